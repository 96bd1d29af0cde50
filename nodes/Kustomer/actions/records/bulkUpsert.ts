import { recordsIn, type ApiRecord } from '../../api/records';
import { apiReply } from '../../api/request';
import { SEARCH_ROLE } from '../../api/searchByTime';
import { isRecord, textOf } from '../../narrowing';
import { Failure } from '../itemErrors';
import { enteredBody, type Body } from './body';
import type { BulkWrite, Entry, ItemOutcome, BulkAnswer } from './bulk';
import { created, recordsOf, updateAll } from './bulkWrites';
import type { Lookup } from './record';
import { changeOf, keyOf, upserted, withKey, withoutNulls, type Failed, type Key } from './upsert';
import { creating } from './writing';

/** How many are looked up at a time where that has to be done one by one. */
const AT_ONCE = 10;

/**
 * Upserts customers in bulk. All are created first, because Kustomer says which of them are there
 * already: only those are found, with one search for all of them, and changed. What is not known to
 * be done goes the way of a single upsert, which looks first.
 */
export const upsertInBulk: BulkWrite = {
	async prepare(access) {
		const match = keyOf(access);
		const key = `${match.by} ${match.value.toLowerCase()}`;
		return { key, match, body: await enteredBody(access, 'upsert') };
	},
	async send(entries) {
		const outcomes = new Map<Entry, ItemOutcome>();
		const there: Entry[] = [];
		const open: Open[] = [];
		const refused = new Map<Entry, unknown>();
		for (const [entry, told] of await createdOf(entries)) {
			if ('done' in told) outcomes.set(entry, upsertedItem(told.done.id, told.done.status));
			else if ('unknown' in told) open.push({ entry, failed: unknownBefore(told) });
			else refused.set(entry, told.refused);
		}
		const records = await found([...refused.keys()]);
		const seen = new Set<string>();
		for (const [entry, reason] of refused) {
			const record = records.get(entry);
			if (record instanceof Failure) outcomes.set(entry, record);
			else if (record === undefined) outcomes.set(entry, new Failure(reason));
			// Two keys of one customer: one after the other.
			else if (seen.has(record.id)) open.push({ entry });
			else {
				seen.add(record.id);
				there.push({ ...entry, key: record.id, record });
			}
		}
		for (const [{ place }, outcome] of await changedOf(there)) {
			const entry = entries.find((one) => one.place === place);
			if (entry === undefined) continue;
			if (isUnknown(outcome)) open.push({ entry });
			else outcomes.set(entry, outcome);
		}
		for (const [entry, outcome] of await oneByOne(open)) outcomes.set(entry, outcome);
		return outcomes;
	},
};

function matchOf({ access, match }: Entry): Key {
	return match ?? keyOf(access);
}

type Open = { entry: Entry; failed?: Failed };

function unknownBefore({ unknown }: { unknown: string }): Failed {
	return { kind: 'unknown', error: new Error(unknown) };
}

function upsertedItem(id: string, status: string): object {
	const isNew = status !== 'updated';
	return { id, status: isNew ? 'created' : 'updated', created: isNew };
}

function isUnknown(outcome: ItemOutcome): boolean {
	return 'status' in outcome && outcome.status === 'unknown';
}

async function createdOf(entries: readonly Entry[]): Promise<Map<Entry, BulkAnswer>> {
	const byPlace = new Map(entries.map((entry) => [entry.place, entry]));
	const fresh = await Promise.all(
		entries.map(async (entry): Promise<Entry> => {
			const { access, place, body } = entry;
			const asked = await creating(access, withKey(withoutNulls(body), matchOf(entry)));
			const key = String(access.item.index);
			return { access, place, key, body: { ...(asked.body as Body), _clientRef: key } };
		}),
	);
	const told = await created(fresh);
	return new Map(
		[...told].flatMap(([{ place }, one]) => {
			const entry = byPlace.get(place);
			return entry === undefined ? [] : [[entry, one] as const];
		}),
	);
}

async function changedOf(entries: readonly Entry[]): Promise<Map<Entry, ItemOutcome>> {
	const outcomes = new Map<Entry, ItemOutcome>();
	const changing = entries.flatMap((entry) => {
		const change = changeOf(entry.access, entry.body);
		if (Object.keys(change).length > 0) {
			return [{ ...entry, body: { ...change, id: entry.key } }];
		}
		outcomes.set(entry, upsertedItem(entry.key, 'updated'));
		return [];
	});
	if (changing.length === 0) return outcomes;
	for (const [entry, outcome] of await updateAll(changing)) {
		const isDone = !(outcome instanceof Failure) && !isUnknown(outcome);
		outcomes.set(entry, isDone ? upsertedItem(entry.key, 'updated') : outcome);
	}
	return outcomes;
}

async function oneByOne(open: readonly Open[]): Promise<Map<Entry, ItemOutcome>> {
	const outcomes = new Map<Entry, ItemOutcome>();
	await inGroups(open, async ({ entry, failed }) => {
		const { access, body } = entry;
		try {
			const { record, created: isNew } = await upserted(access, {
				key: matchOf(entry),
				body,
				failed,
			});
			outcomes.set(entry, upsertedItem(record.id, isNew ? 'created' : 'updated'));
		} catch (error) {
			outcomes.set(entry, new Failure(error));
		}
	});
	return outcomes;
}

/** @returns the customers that have the entries' keys; undefined for none, a failure where it could not be told */
async function found(entries: readonly Entry[]) {
	const records = new Map<Entry, ApiRecord | Failure | undefined>();
	if (entries.length === 0) return records;
	const keys = new Map(entries.map((entry) => [entry, matchOf(entry)]));
	const searched = entries.length === 1 ? [] : await searchedFor([...keys.values()], entries[0]);
	for (const [entry, key] of keys) {
		const [record, another] = searched.filter((one) => hasKey(one, key));
		if (another === undefined && record !== undefined) records.set(entry, record);
	}
	const rest = entries.filter((entry) => !records.has(entry));
	await inGroups(rest, async (entry) => {
		const { by, value } = matchOf(entry);
		const record = await entry.access.lookUp(by, value).catch((error) => new Failure(error));
		records.set(entry, record);
	});
	return records;
}

const SEARCH_FIELDS: Readonly<Record<Lookup, string>> = {
	email: 'customer_email',
	externalId: 'customer_externalId',
	phone: 'customer_phone',
};

/**
 * One search for all keys. A search is late by up to a minute, so what it finds is read, and what
 * it does not find is looked up one by one.
 */
async function searchedFor(keys: readonly Key[], { access }: Entry): Promise<ApiRecord[]> {
	const search = access.item.run.once('search for many keys', () => ({ isRefused: false }));
	if (search.isRefused) return [];
	const reply = await apiReply(access.caller, {
		...access.call,
		purpose: 'search the customers',
		role: SEARCH_ROLE,
		method: 'POST',
		isRead: true,
		path: '/v1/customers/search',
		query: { page: 1, pageSize: keys.length },
		body: {
			queryContext: 'customer',
			or: keys.map(({ by, value }) => ({ [SEARCH_FIELDS[by]]: { equals: value } })),
			sort: [{ customer_created_at: 'asc' }],
		},
	});
	search.isRefused = reply.status >= 300;
	if (search.isRefused) return [];
	const ids = recordsIn(reply.body).map(({ id }) => id);
	return await recordsOf(access, ids);
}

function hasKey({ attributes }: ApiRecord, { by, value }: Key): boolean {
	const lists = { email: 'emails', externalId: 'externalIds', phone: 'phones' } as const;
	const entries: unknown = attributes[lists[by]];
	const values = (Array.isArray(entries) ? entries : []).filter(isRecord).map((one) => one[by]);
	if (by === 'externalId') values.push(attributes.externalId);
	return values.some((one) => textOf(one).toLowerCase() === value.toLowerCase());
}

async function inGroups<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
	for (let start = 0; start < all.length; start += AT_ONCE) {
		await Promise.all(all.slice(start, start + AT_ONCE).map(work));
	}
}
