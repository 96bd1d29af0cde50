import { isRecord } from '../narrowing';
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

/**
 * Reads a list page by page until `links.next` is empty or a page brings nothing new. A list that
 * Kustomer goes on with, but does not hand out any further, is said to be cut.
 * Source: https://developer.kustomer.com/docs/concepts/pagination
 *
 * @returns the entries in Kustomer's order, each once, at most `limit`
 * @throws NodeApiError as `apiRequest`
 */
export async function apiList(caller: ApiCaller, request: ListRequest): Promise<ApiRecord[]> {
	const {
		limit = Infinity,
		pageSize = DEFAULT_PAGE_SIZE,
		method = 'GET',
		window,
		...asked
	} = request;
	const found = new Map<string, ApiRecord>();
	for (let page = 1; page <= MOST_PAGES; page++) {
		const query = { ...asked.query, page, pageSize };
		const body = await apiRequest(caller, { ...asked, method, query });
		const before = found.size;
		for (const record of recordsIn(body)) found.set(record.id, found.get(record.id) ?? record);
		if (found.size >= limit) return [...found.values()].slice(0, limit);
		if (found.size === before || !hasNextPage(body)) return [...found.values()];
		if (window !== undefined && found.size >= window.entries) break;
	}
	sayThatItIsCut(caller, { ...asked, entries: found.size, goOn: window?.goOn ?? '' });
	return [...found.values()];
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
