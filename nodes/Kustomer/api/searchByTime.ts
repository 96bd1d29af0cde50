import { isRecord, timeOf } from '../narrowing';
import { sayThatItIsCut, totalOf } from './paging';
import { recordsIn, type ApiRecord } from './records';
import { apiRequest, unreadable, type ApiCaller } from './request';
import { takeSearch } from './searchBudget';

export const SEARCH_ROLE = 'org.permission.search.create (or org.user.search.read)';
export const SEARCH_PATH = '/v1/customers/search';

/** Kustomer's search gives no more, however it is paged. */
export const SEARCH_WINDOW = 10_000;
export const LARGEST_SEARCH_PAGE = 500;

/** How long a page is good for, while whoever reads it takes their time with each record. */
const FRESH_MS = 60_000;

/** How often the pages of one time are gone through. */
const MOST_PASSES = 12;

type TimeField = 'createdAt' | 'updatedAt';

const FIELDS: Readonly<Record<TimeField, string>> = {
	createdAt: 'created_at',
	updatedAt: 'updated_at',
};

type Criterion = Readonly<Record<string, Partial<Record<'gt' | 'gte' | 'lt' | 'lte', string>>>>;

export type TimeSearch = {
	/** `customer`, `conversation` or `message`. */
	context: string;
	/** The time that sorts and narrows them. */
	by: TimeField;
	/** ISO 8601; inclusive. */
	since: string;
	/** ISO 8601; inclusive. Without an end where left out. */
	until?: string;
	/** Further criteria, by the search attribute without its context, e.g. `created_at`. */
	and?: readonly Criterion[];
};

/**
 * Finds the records of a time span, oldest first and each state once. It never asks for a second
 * page: a record that changes leaves its place, those behind it move up, and the first of the next
 * page would be skipped. Each request begins where the last one ended instead. Only where a whole
 * page has one and the same time are pages turned, in another order.
 *
 * @throws NodeApiError as `apiRequest`
 */
export async function* searchOldestFirst(
	caller: ApiCaller,
	search: TimeSearch,
): AsyncGenerator<ApiRecord> {
	let { since } = search;
	/** Those of exactly that time which were given. */
	let given = new Set<string>();
	for (;;) {
		const { records } = await pageOf(caller, { ...search, since, sortBy: search.by, page: 1 });
		const readAtMs = Date.now();
		const began = since;
		let isStale = false;
		for (const record of records) {
			const at = timeOf(record.attributes[search.by]);
			if (at === since && given.has(record.id)) continue;
			if (isStale) break;
			if (at > since) [since, given] = [at, new Set()];
			given.add(record.id);
			yield record;
			isStale = Date.now() - readAtMs > FRESH_MS;
		}
		if (isStale) continue;
		if (records.length < LARGEST_SEARCH_PAGE) return;
		if (since !== began) continue;
		yield* ofOneTime(caller, { ...search, since, until: since }, given);
		[since, given] = [new Date(Date.parse(since) + 1).toISOString(), new Set()];
	}
}

/**
 * What a mass edit changed has one time. Equal ones have no order that pages could rely on, so the
 * pages are read until they have shown as many as Kustomer counts.
 */
async function* ofOneTime(
	caller: ApiCaller,
	search: TimeSearch,
	given: ReadonlySet<string>,
): AsyncGenerator<ApiRecord> {
	const found = new Map<string, ApiRecord>();
	let total = Infinity;
	for (let pass = 1; pass <= MOST_PASSES && found.size < total; pass++) {
		for (let page = 1; page <= SEARCH_WINDOW / LARGEST_SEARCH_PAGE; page++) {
			const read = await pageOf(caller, { ...search, sortBy: otherThan(search.by), page });
			for (const record of read.records) found.set(record.id, record);
			total = read.total ?? found.size;
			if (read.records.length < LARGEST_SEARCH_PAGE) break;
		}
	}
	if (found.size < total) {
		const goOn = `They all have the time ${search.since}.`;
		sayThatItIsCut(caller, { ...asking(search), entries: found.size, goOn });
	}
	for (const record of found.values()) if (!given.has(record.id)) yield record;
}

async function pageOf(
	caller: ApiCaller,
	{ page, ...search }: TimeSearch & { sortBy: TimeField; page: number },
): Promise<{ records: ApiRecord[]; total?: number }> {
	await takeSearch(caller);
	const body = await apiRequest(caller, {
		...asking(search),
		query: { page, pageSize: LARGEST_SEARCH_PAGE },
		body: bodyOf(search),
	});
	if (!isRecord(body) || !Array.isArray(body.data)) throw unreadable(caller, asking(search));
	return { records: recordsIn(body), total: totalOf(body) };
}

function otherThan(field: TimeField): TimeField {
	return field === 'updatedAt' ? 'createdAt' : 'updatedAt';
}

function asking({ context }: TimeSearch) {
	return {
		purpose: `search for ${context}s that changed`,
		role: SEARCH_ROLE,
		method: 'POST',
		isRead: true,
		path: SEARCH_PATH,
	} as const;
}

function bodyOf({
	context,
	by,
	since,
	until,
	and = [],
	sortBy,
}: TimeSearch & { sortBy: TimeField }) {
	const own = (field: string) => `${context}_${field}`;
	const bounds = [{ gte: since }, ...(until === undefined ? [] : [{ lte: until }])];
	const further = and.flatMap((criterion) =>
		Object.entries(criterion).map(([field, operator]) => ({ [own(field)]: operator })),
	);
	return {
		queryContext: context,
		and: [...bounds.map((bound) => ({ [own(FIELDS[by])]: bound })), ...further],
		sort: [{ [own(FIELDS[sortBy])]: 'asc' }],
	};
}
