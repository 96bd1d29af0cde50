import { textsOf } from '../narrowing';

/**
 * Kustomer's subscribable events: each of these records, created and updated. The type, the picker,
 * the outputs and the subtitle derive from this one table.
 * Source: https://developer.kustomer.com/docs/events/event-catalog
 */
const RECORDS = [
	{
		record: 'customer',
		label: 'Customer',
		short: 'Cust.',
		created: 'A customer was added',
		updated:
			'Anything about a customer changed, activity times included: many events unless you filter',
	},
	{
		record: 'conversation',
		label: 'Conversation',
		short: 'Conv.',
		created: 'A conversation was opened',
		updated: 'Status, assignment, tags, custom attributes or counters of a conversation changed',
	},
	{
		record: 'message',
		label: 'Message',
		short: 'Msg.',
		created: 'A message was sent or received. Carries a preview, not the full text or files.',
		updated:
			'A message changed, e.g. it was redacted. Carries a preview, not the full text or files.',
	},
	{
		record: 'user',
		label: 'User',
		short: 'User',
		created: 'A user (team member) was added',
		updated: 'A user (team member) changed',
	},
	{
		record: 'team',
		label: 'Team',
		short: 'Team',
		created: 'A team was added',
		updated: 'A team or its members changed',
	},
	{
		record: 'tag',
		label: 'Tag',
		short: 'Tag',
		created: 'A tag was added',
		updated: 'A tag changed',
	},
] as const;

export type EventName = `kustomer.${(typeof RECORDS)[number]['record']}.${'create' | 'update'}`;

/** `short` labels an output: the canvas shows about nine letters of it. */
type KnownEvent = { name: EventName; label: string; short: string; about: string };

export const EVENTS: readonly KnownEvent[] = RECORDS.flatMap(
	({ record, label, short, created, updated }) => [
		{
			name: `kustomer.${record}.create` as const,
			label: `${label} Created`,
			short: `${short} Created`,
			about: created,
		},
		{
			name: `kustomer.${record}.update` as const,
			label: `${label} Updated`,
			short: `${short} Updated`,
			about: updated,
		},
	],
);

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
