import { isRecord } from '../narrowing';
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

/**
 * Reads a list page by page until `links.next` is empty or a page has nothing new. Where Kustomer
 * gives no further pages of a longer list, a hint above the output says so; outside of operations,
 * a warning in the log does.
 * Source: https://developer.kustomer.com/docs/concepts/pagination
 *
 * @returns the entries in Kustomer's order, each once, at most `limit`
 * @throws NodeApiError as `apiRequest`
 */
export async function apiList(caller: ApiCaller, request: ListRequest): Promise<ApiRecord[]> {
	const { limit = Infinity, pageSize = DEFAULT_PAGE_SIZE, method = 'GET', ...rest } = request;
	const { window = { entries: Infinity, goOn: '' }, ...asked } = rest;
	const found = new Map<string, ApiRecord>();
	for (let page = 1; page <= MOST_PAGES; page++) {
		const query = { ...asked.query, page, pageSize };
		const body = await apiRequest(caller, { ...asked, method, query });
		if (!isRecord(body) || !Array.isArray(body.data)) throw unreadable(caller, asked);
		const before = found.size;
		for (const record of recordsIn(body)) found.set(record.id, found.get(record.id) ?? record);
		if (found.size >= limit) return [...found.values()].slice(0, limit);
		// Whether the last page links to a next one, which Kustomer would refuse, is not documented.
		if (found.size >= window.entries) break;
		if (found.size === before || !hasNextPage(body)) return [...found.values()];
	}
	sayThatItIsCut(caller, { ...asked, entries: found.size, goOn: window.goOn });
	return [...found.values()];
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
