import { isRecord, recordOf } from '../narrowing';
import { recordsIn, type ApiRecord } from './records';
import { apiRequest, type ApiCaller, type ApiRequest } from './request';

export type ListRequest = Omit<ApiRequest, 'method'> & {
	method?: 'GET' | 'POST';
	/** Stop after this many entries; all of them when left out. */
	limit?: number;
	pageSize?: number;
	/** Where Kustomer ends this list, and how to get what follows. */
	window?: { entries: number; goOn: string };
};

/** Kustomer's lists and searches end at 100 pages, those of hooks at 10. */
const MOST_PAGES = 100;

const DEFAULT_PAGE_SIZE = 100;

/** How often a list is gone through whose records change places meanwhile. */
const MOST_PASSES = 4;

/**
 * Reads a list page by page until `links.next` is empty or a page brings nothing new. Where Kustomer
 * tells the total and it does not fit, records changed places between two pages, and the list is
 * gone through again. A list that Kustomer does not hand out to the end is said to be cut.
 * Source: https://developer.kustomer.com/docs/concepts/pagination
 *
 * @returns the entries in Kustomer's order, each once, at most `limit`
 * @throws NodeApiError as `apiRequest`
 */
export async function apiList(caller: ApiCaller, request: ListRequest): Promise<ApiRecord[]> {
	const found = new Map<string, ApiRecord>();
	let outcome: Outcome = 'moved';
	// A total that is never reached must not go on for ever.
	let before = -1;
	for (let pass = 1; outcome === 'moved' && found.size > before && pass <= MOST_PASSES; pass++) {
		before = found.size;
		outcome = await onePass(caller, request, found);
	}
	const { limit = Infinity, window, purpose } = request;
	if (outcome === 'cut') {
		sayThatItIsCut(caller, { purpose, entries: found.size, goOn: window?.goOn ?? '' });
	}
	return [...found.values()].slice(0, limit);
}

type Outcome = 'done' | 'moved' | 'cut';

async function onePass(
	caller: ApiCaller,
	{ limit = Infinity, pageSize = DEFAULT_PAGE_SIZE, method = 'GET', window, ...asked }: ListRequest,
	found: Map<string, ApiRecord>,
): Promise<Outcome> {
	const seen = new Set<string>();
	const totals = new Set<number>();
	for (let page = 1; page <= MOST_PAGES; page++) {
		const query = { ...asked.query, page, pageSize };
		const body = await apiRequest(caller, { ...asked, method, query });
		const before = seen.size;
		for (const record of recordsIn(body)) {
			seen.add(record.id);
			if (!found.has(record.id)) found.set(record.id, record);
		}
		if (found.size >= limit) return 'done';
		const total = totalOf(body);
		if (total !== undefined) totals.add(total);
		if (seen.size === before || !hasNextPage(body)) {
			const isWhole = totals.size < 2 && found.size >= (total ?? 0);
			return page === 1 || isWhole ? 'done' : 'moved';
		}
		if (window !== undefined && seen.size >= window.entries) break;
	}
	return 'cut';
}

function totalOf(body: unknown): number | undefined {
	const { total } = recordOf(recordOf(body).meta);
	return typeof total === 'number' ? total : undefined;
}

function sayThatItIsCut(
	caller: ApiCaller,
	list: { purpose: string; entries: number; goOn: string },
): void {
	const message =
		`n8n could not ${list.purpose} to the end: Kustomer does not give more than these ${list.entries} entries of a list, and there are others. ${list.goOn}`.trim();
	if ('addExecutionHints' in caller) caller.addExecutionHints({ message, location: 'outputPane' });
	else caller.logger.warn(`Kustomer: ${message}`);
}

function hasNextPage(body: unknown): boolean {
	return (
		isRecord(body) &&
		isRecord(body.links) &&
		typeof body.links.next === 'string' &&
		body.links.next !== ''
	);
}
