import type { FastifyRequest } from 'fastify';
import { badRequest } from './errors.cts';

export type Paging = {
	/** The largest `pageSize` that Kustomer accepts here. */
	mostPerPage: number;
	/** The last page that can be asked for; without it there is no end. */
	mostPages?: number;
	/** Whether the reply tells how many entries and pages there are in all. */
	totals: boolean;
};

export type Page<Entry> = {
	data: Entry[];
	meta: Record<string, number>;
	links: Record<string, string | null>;
};

/** The documentation seen gives no default; small enough that a client must page to see it all. */
const USUAL_PAGE_SIZE = 25;

/**
 * One page of a list. What Kustomer does with a `pageSize` beyond its maximum is not known; here
 * it is refused, so that a client which would need the lenient answer is found out.
 * Source: https://developer.kustomer.com/docs/concepts/pagination
 */
export function pageOf<Entry>(
	request: FastifyRequest,
	entries: readonly Entry[],
	paging: Paging,
): Page<Entry> {
	const url = new URL(request.url, 'http://local');
	const page = wholeNumber(url, 'page', 1, paging.mostPages);
	const pageSize = wholeNumber(url, 'pageSize', USUAL_PAGE_SIZE, paging.mostPerPage);
	const pages = Math.max(1, Math.ceil(entries.length / pageSize));
	const last = Math.min(pages, paging.mostPages ?? pages);
	const link = (to: number) => linkTo(url, to, pageSize);
	return {
		data: entries.slice((page - 1) * pageSize, page * pageSize),
		meta: { page, pageSize, ...(paging.totals && { total: entries.length, totalPages: pages }) },
		links: {
			self: link(page),
			first: link(1),
			prev: page > 1 ? link(page - 1) : null,
			next: page < last ? link(page + 1) : null,
			...(paging.totals && { last: link(last) }),
		},
	};
}

function wholeNumber(url: URL, name: string, usual: number, most = Infinity): number {
	const given = url.searchParams.get(name);
	if (given === null) return usual;
	const value = Number(given);
	if (!Number.isInteger(value) || value < 1 || value > most) {
		const range = most === Infinity ? 'at least 1' : `between 1 and ${most}`;
		throw badRequest(`${name} must be a whole number, ${range}`, { field: name });
	}
	return value;
}

function linkTo(url: URL, page: number, pageSize: number): string {
	const query = new URLSearchParams(url.searchParams);
	query.set('page', String(page));
	query.set('pageSize', String(pageSize));
	return `${url.pathname}?${query.toString()}`;
}
