import type { FastifyRequest } from 'fastify';
import { badRequest } from './errors.cts';
import type { Switches } from './switches.cts';

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
	meta: Record<string, unknown>;
	links: Record<string, string | null>;
};

const USUAL_PAGE_SIZE = 100;

/**
 * One page of a list. Links are paths with their query, as Kustomer writes them.
 * Source: https://developer.kustomer.com/docs/concepts/pagination
 *
 * @throws Refusal 400 beyond the last page that can be asked for
 */
export function pageOf<Entry>(
	request: Pick<FastifyRequest, 'url'>,
	entries: readonly Entry[],
	paging: Paging & Pick<Switches, 'pageSizeTooLarge'>,
): Page<Entry> {
	const url = new URL(request.url, 'http://local');
	const page = pageNumber(url, paging.mostPages);
	const pageSize = pageSizeOf(url, paging);
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

function pageNumber(url: URL, most = Infinity): number {
	const given = Number(url.searchParams.get('page') ?? 1);
	const page = Number.isInteger(given) && given >= 1 ? given : 1;
	if (page > most) throw badRequest(`page must be at most ${most}`, { parameter: 'page' });
	return page;
}

/** 0 and what is no number fall back to the usual: public clients send `pageSize=0` and get a page. */
function pageSizeOf(
	url: URL,
	{ mostPerPage, pageSizeTooLarge }: Paging & Pick<Switches, 'pageSizeTooLarge'>,
): number {
	const given = Number(url.searchParams.get('pageSize') ?? 0);
	if (!Number.isInteger(given) || given < 1) return Math.min(USUAL_PAGE_SIZE, mostPerPage);
	if (given > mostPerPage && pageSizeTooLarge === 'refuse') {
		throw badRequest(`pageSize must be at most ${mostPerPage}`, { parameter: 'pageSize' });
	}
	return Math.min(given, mostPerPage);
}

function linkTo(url: URL, page: number, pageSize: number): string {
	const query = new URLSearchParams(url.searchParams);
	query.set('page', String(page));
	query.set('pageSize', String(pageSize));
	return `${url.pathname}?${query.toString()}`;
}
