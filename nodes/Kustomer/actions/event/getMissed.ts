import type { INodeProperties } from 'n8n-workflow';
import { mayReadEvents } from '../../api/conversations';
import { ANY_EVENT } from '../../event/catalog';
import { simplifiedItem } from '../../event/item';
import type { Gap } from '../../missed/gap';
import { missedEvents, RECOVERABLE_EVENTS, RECOVERABLE_NAMES } from '../../missed/missed';
import { listedTexts, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { LIST_LENGTH, type Item } from '../itemParameters';
import { DATE_WORDS, instantOf, relativeInstant, withoutDateObjects } from '../records/dates';

/** How far Kustomer's search is behind. */
const INDEX_LAG_MS = 60_000;

const WITHOUT_EVENTS =
	'The API key may not read recorded events (role org.permission.event.read), so each conversation is given once, as it is now, without changes.';

const NOT_YET_FOUND =
	"Kustomer's search is up to a minute behind, so what happened within the last minute may be missing. It can be fetched in a minute.";

const properties: INodeProperties[] = [
	{
		displayName:
			'For what happened while n8n could not be reached. Conversations come as Kustomer recorded each event; customers and messages once each, as they are now, because Kustomer keeps no record of their changes. What was deleted is not given.',
		name: 'catchUpNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Since',
		name: 'since',
		type: 'dateTime',
		default: '',
		required: true,
		description:
			'When events began to be missed, e.g. the time of the last execution before the outage. An expression may also give a relative time, such as now-3h.',
	},
	{
		displayName: 'Until',
		name: 'until',
		type: 'dateTime',
		default: '',
		description:
			'When events arrived again. Leave it empty for an outage that has just ended: then it is now.',
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		default: [],
		required: true,
		description:
			'The events that your workflow listens to. Those of users, teams and tags cannot be fetched afterwards.',
		options: [
			...RECOVERABLE_EVENTS.map(({ name, label, about }) => ({
				name: label,
				value: name,
				description: about,
			})),
			{
				name: 'All of These (*)',
				value: ANY_EVENT,
				description: 'Every event in this list',
			},
		],
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description:
			'Whether to return the same items as the trigger, instead of events in the form in which Kustomer sends them. Either says with "recovered" that it was fetched afterwards.',
	},
	...LIST_LENGTH,
];

function gapOf(item: Item): Gap {
	const now = new Date();
	const since = instantIn(item, 'since', now);
	if (since === undefined) throw new InputMistake('"Since" is empty. Enter a time in it.');
	const until = instantIn(item, 'until', now) ?? now.toISOString();
	if (since < until) return { since, until };
	throw new InputMistake(`"Since" (${since}) is not before "Until" (${until}).`);
}

function instantIn(item: Item, name: 'since' | 'until', now: Date): string | undefined {
	const given = textOf(withoutDateObjects(item.value(name, '')));
	if (given === '') return undefined;
	const instant = relativeInstant(given, now) ?? instantOf(given, item.context.getTimezone());
	if (instant !== undefined) return instant;
	const label = name === 'since' ? 'Since' : 'Until';
	throw new InputMistake(`"${given.slice(0, 60)}" in "${label}" is not ${DATE_WORDS}.`);
}

function namesIn(item: Item): readonly string[] {
	const given = listedTexts(item.value('events', []));
	if (given.length === 0) {
		throw new InputMistake('No event is chosen. Choose at least one in "Events".');
	}
	if (given.includes(ANY_EVENT)) return RECOVERABLE_NAMES;
	const unknown = given.find((name) => !RECOVERABLE_NAMES.includes(name));
	if (unknown === undefined) return given;
	throw new InputMistake(
		`"${unknown.slice(0, 60)}" in "Events" cannot be fetched afterwards. These can: ${RECOVERABLE_NAMES.join(', ')}.`,
	);
}

export const catchUp: Operation = {
	name: 'Get Missed',
	value: 'catchUp',
	action: 'Get missed events',
	description:
		'Fetch what happened in Kustomer within a span of time, oldest first. For events that were missed because n8n was down or the webhook was off.',
	properties,
	credential: 'kustomerApi',
	async perItem(item) {
		const { context, limit = Infinity } = item;
		const names = namesIn(item);
		const gap = gapOf(item);
		const readsEvents = await mayReadEvents(context);
		if (!readsEvents && names.some((name) => name.startsWith('kustomer.conversation.'))) {
			item.run.hint(WITHOUT_EVENTS);
		}
		if (Date.parse(gap.until) > Date.now() - INDEX_LAG_MS) item.run.hint(NOT_YET_FOUND);
		const isSimplified = item.value('simplify', true) !== false;
		const found: object[] = [];
		for await (const event of missedEvents(context, gap, { names, readsEvents })) {
			found.push(isSimplified ? simplifiedItem(event) : event.raw);
			if (found.length >= limit) break;
		}
		return found;
	},
};
