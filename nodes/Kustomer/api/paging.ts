import { isRecord, recordOf } from '../narrowing';
import { recordsIn, type ApiRecord } from './records';
import { apiRequest, unreadable, type ApiCaller, type ApiRequest } from './request';

export type ListRequest = Omit<ApiRequest, 'method'> & {
	method?: 'GET' | 'POST';
	/** Stop after this many entries; all of them when left out. */
	limit?: number;
	pageSize?: number;
	/** Where Kustomer ends this list, and how to get what follows. */
	window?: { entries: number; goOn: string };
};

/** Of searches, and of lists whose end is not documented. */
const MOST_PAGES = 100;

const DEFAULT_PAGE_SIZE = 100;

/** How often a list is gone through whose records change places meanwhile. */
const MOST_PASSES = 4;

/**
 * Reads a list page by page until `links.next` is empty or a page has nothing new. Where Kustomer
 * tells the total and it does not fit, records changed places between two pages, and the list is
 * read again. Where Kustomer gives no further pages of a longer list, a hint above the output says
 * so; outside of operations, a warning in the log does.
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
		if (!isRecord(body) || !Array.isArray(body.data)) throw unreadable(caller, asked);
		const before = seen.size;
		for (const record of recordsIn(body)) {
			seen.add(record.id);
			if (!found.has(record.id)) found.set(record.id, record);
		}
		if (found.size >= limit) return 'done';
		// Whether the last page links to a next one, which Kustomer would refuse, is not documented.
		if (window !== undefined && seen.size >= window.entries) break;
		const total = totalOf(body);
		if (total !== undefined) totals.add(total);
		if (seen.size === before || !hasNextPage(body)) {
			const isWhole = totals.size < 2 && found.size >= (total ?? 0);
			return page === 1 || isWhole ? 'done' : 'moved';
		}
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
		`Kustomer gives no more than ${list.entries} entries when n8n asks it to ${list.purpose}, so some may be missing. ${list.goOn}`.trim();
	if ('addExecutionHints' in caller) caller.addExecutionHints({ message, location: 'outputPane' });
	else caller.logger.warn(message);
}

function hasNextPage(body: unknown): boolean {
	return (
		isRecord(body) &&
		isRecord(body.links) &&
		typeof body.links.next === 'string' &&
		body.links.next !== ''
	);
}
