import { textsOf } from '../narrowing';

/**
 * Kustomer's subscribable events: the one table from which the type, the picker, the outputs, the
 * subtitle and the README check derive.
 * `short` labels an output: the canvas shows about nine letters of it.
 * Source: https://developer.kustomer.com/docs/events/event-catalog
 */
export const EVENTS = [
	{
		name: 'kustomer.customer.create',
		label: 'Customer Created',
		short: 'Cust. Created',
		about: 'A customer was added',
	},
	{
		name: 'kustomer.customer.update',
		label: 'Customer Updated',
		short: 'Cust. Updated',
		about:
			'Anything about a customer changed, activity times included: many events unless you filter',
	},
	{
		name: 'kustomer.conversation.create',
		label: 'Conversation Created',
		short: 'Conv. Created',
		about: 'A conversation was opened',
	},
	{
		name: 'kustomer.conversation.update',
		label: 'Conversation Updated',
		short: 'Conv. Updated',
		about: 'Status, assignment, tags, custom attributes or counters of a conversation changed',
	},
	{
		name: 'kustomer.message.create',
		label: 'Message Created',
		short: 'Msg. Created',
		about: 'A message was sent or received. Carries a preview, not the full text or files.',
	},
	{
		name: 'kustomer.message.update',
		label: 'Message Updated',
		short: 'Msg. Updated',
		about:
			'A message changed, e.g. it was redacted. Carries a preview, not the full text or files.',
	},
	{
		name: 'kustomer.user.create',
		label: 'User Created',
		short: 'User Created',
		about: 'A user (team member) was added',
	},
	{
		name: 'kustomer.user.update',
		label: 'User Updated',
		short: 'User Updated',
		about: 'A user (team member) changed',
	},
	{
		name: 'kustomer.team.create',
		label: 'Team Created',
		short: 'Team Created',
		about: 'A team was added',
	},
	{
		name: 'kustomer.team.update',
		label: 'Team Updated',
		short: 'Team Updated',
		about: 'A team or its members changed',
	},
	{
		name: 'kustomer.tag.create',
		label: 'Tag Created',
		short: 'Tag Created',
		about: 'A tag was added',
	},
	{
		name: 'kustomer.tag.update',
		label: 'Tag Updated',
		short: 'Tag Updated',
		about: 'A tag changed',
	},
] as const;

export type EventName = (typeof EVENTS)[number]['name'];

export const EVENT_NAMES: readonly EventName[] = EVENTS.map((event) => event.name);

/** Stands for every event, including those that Kustomer may add later. */
export const ANY_EVENT = '*';

/** What the trigger was told to listen to: `events`, then `options.additionalEvents`, each once. */
export type Chosen = { any: boolean; names: readonly string[] };

/**
 * @param events value of the parameter `events`
 * @param additionalEvents value of `options.additionalEvents`
 * @returns what was chosen, in order, each once and without empty names
 */
export function chosenEvents(events: unknown, additionalEvents: unknown): Chosen {
	const names = [...textsOf(events), ...textsOf(additionalEvents)];
	return {
		any: names.includes(ANY_EVENT),
		names: [...new Set(names.filter((name) => name !== ANY_EVENT))],
	};
}

/** @returns whether an event of this name is to start the workflow */
export function isChosen(chosen: Chosen, name: string): boolean {
	return chosen.any || chosen.names.includes(name);
}

export function isNothingChosen(chosen: Chosen): boolean {
	return !chosen.any && chosen.names.length === 0;
}

export { textsOf as listOfText } from '../narrowing';
