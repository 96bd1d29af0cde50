import { conversationEvents, readConversations } from '../api/conversations';
import type { ApiRecord } from '../api/records';
import type { ApiCaller } from '../api/request';
import { searchOldestFirst } from '../api/searchByTime';
import { partsOf, singleId } from '../event/event';
import { textOf, timeOf } from '../narrowing';
import { isWithin, type Gap } from './gap';
import { recordedEvent, stateEvent, type Recorded, type Recovered } from './recovered';

/** What waits in memory for its turn; the later ones are read again afterwards. */
const MOST_WAITING = 10_000;

/** Kustomer's thousand requests a minute are for everybody. */
const READ_AT_ONCE = 4;

/** An address with more ids than this grows too long. */
const RECORDS_AT_ONCE = 50;

/** How long a conversation counts as read just now. */
const FRESH_MS = 60_000;

type Action = 'create' | 'update';

/** An event whose conversation is still to be read. */
type Waiting = { conversationId: string; at: string; what: Recorded | Action };

/**
 * The events of the gap that Kustomer recorded of conversations, oldest first, each with its
 * conversation as it is now. Where a change within the gap left no recorded event, the
 * conversation's state tells of it.
 */
export async function* recordedWithin(
	caller: ApiCaller,
	gap: Gap,
	actions: ReadonlySet<string>,
): AsyncGenerator<Recovered> {
	let from: string | undefined = gap.since;
	while (from !== undefined) {
		const first: First = await firstEvents(caller, { gap, from, actions });
		yield* withConversations(caller, gap, first.waiting);
		from = first.goOnAt;
	}
}

/** The first events of the gap, and from when on there are more. */
type First = { waiting: Waiting[]; goOnAt?: string };

async function firstEvents(
	caller: ApiCaller,
	{ gap, from, actions }: { gap: Gap; from: string; actions: ReadonlySet<string> },
): Promise<First> {
	let first: First = { waiting: [] };
	const add = async (group: ApiRecord[]) => {
		const found = await Promise.all(group.map(async (one) => await eventsOf(caller, one, gap)));
		const fresh = found.flat().filter(({ at, what }) => at >= from && actions.has(actionOf(what)));
		first = limited([...first.waiting, ...fresh], first.goOnAt);
	};
	const seen = new Set<string>();
	let group: ApiRecord[] = [];
	const search = { context: 'conversation', by: 'updatedAt', since: from } as const;
	for await (const record of searchOldestFirst(caller, {
		...search,
		and: [{ created_at: { lte: gap.until } }],
	})) {
		if (seen.has(record.id)) continue;
		seen.add(record.id);
		group.push(record);
		if (group.length < READ_AT_ONCE) continue;
		await add(group);
		group = [];
	}
	await add(group);
	return { ...first, waiting: first.waiting.sort(byTime) };
}

/** Sorting for each that is added would cost more than some that wait in vain. */
function limited(waiting: Waiting[], goOnAt: string | undefined): First {
	const known = goOnAt === undefined ? waiting : waiting.filter(({ at }) => at < goOnAt);
	if (known.length <= 2 * MOST_WAITING) return { waiting: known, goOnAt };
	const sorted = known.sort(byTime);
	const { at } = sorted[MOST_WAITING];
	return { waiting: sorted.filter((one) => one.at < at), goOnAt: at };
}

function byTime(one: Waiting, other: Waiting): number {
	return one.at < other.at ? -1 : Number(one.at > other.at);
}

async function eventsOf(caller: ApiCaller, record: ApiRecord, gap: Gap): Promise<Waiting[]> {
	const conversationId = record.id;
	const recorded = (await conversationEvents(caller, conversationId))
		.map(recordedIn)
		.filter(
			(one) => isWithin(gap, one.at) && /^kustomer\.conversation\.(create|update)$/.test(one.name),
		)
		.map((what): Waiting => ({ conversationId, at: what.at, what }));
	const { createdAt, updatedAt } = record.attributes;
	if (isWithin(gap, createdAt)) {
		if (recorded.some(({ what }) => actionOf(what) === 'create')) return recorded;
		return [{ conversationId, at: timeOf(createdAt), what: 'create' }, ...recorded];
	}
	if (recorded.length > 0 || !isWithin(gap, updatedAt)) return recorded;
	return [{ conversationId, at: timeOf(updatedAt), what: 'update' }];
}

function recordedIn({ id, attributes, relationships }: ApiRecord): Recorded {
	const { name, createdAt, publishedAt, changes } = attributes;
	const author = singleId(relationships.modifiedBy) ?? singleId(relationships.createdBy);
	return { id, name: textOf(name), at: timeOf(createdAt ?? publishedAt), changes, author };
}

function actionOf(what: Recorded | Action): string {
	return typeof what === 'string' ? what : partsOf(what.name).action;
}

async function* withConversations(
	caller: ApiCaller,
	gap: Gap,
	waiting: readonly Waiting[],
): AsyncGenerator<Recovered> {
	let place = 0;
	while (place < waiting.length) {
		const next = waiting.slice(place, place + RECORDS_AT_ONCE);
		const ids = [...new Set(next.map(({ conversationId }) => conversationId))];
		const records = await readConversations(caller, ids);
		const conversations = new Map(records.map((record) => [record.id, record]));
		const readAtMs = Date.now();
		for (const { conversationId, at, what } of next) {
			if (Date.now() - readAtMs > FRESH_MS) break;
			place++;
			const record = conversations.get(conversationId);
			if (record === undefined) continue;
			yield typeof what === 'string'
				? { ...stateEvent(what, 'conversation', { record, gap }), at }
				: recordedEvent(what, record);
		}
	}
}
