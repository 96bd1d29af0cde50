import { apiRequest, unreadable, type ApiCaller, type ApiRequest } from './request';
import { isRecord } from './replies';

/** A JSON:API resource as Kustomer's lists hold it. */
export type Resource = {
	id: string;
	type?: string;
	attributes: Record<string, unknown>;
	relationships: Record<string, unknown>;
};

export type ListRequest = Omit<ApiRequest, 'method' | 'body'> & {
	/** Stop after so many entries; all of them when left out. */
	limit?: number;
	pageSize?: number;
};

/** Kustomer's hook lists end at 10 pages, others go on; this is where a list that never ends is cut. */
const MOST_PAGES = 100;

const DEFAULT_PAGE_SIZE = 100;

/**
 * Reads a list page by page until `links.next` is empty or a page brings nothing new.
 * Source: https://developer.kustomer.com/docs/concepts/pagination
 *
 * @returns the entries in Kustomer's order, at most `limit`
 * @throws NodeApiError as `apiRequest`
 */
export async function apiList(caller: ApiCaller, request: ListRequest): Promise<Resource[]> {
	const found: Resource[] = [];
	const seen = new Set<string>();
	for (let page = 1; page <= MOST_PAGES; page++) {
		const body = await apiRequest(caller, {
			...request,
			method: 'GET',
			query: { ...request.query, page, pageSize: request.pageSize ?? DEFAULT_PAGE_SIZE },
		});
		if (!isRecord(body) || !Array.isArray(body.data)) throw unreadable(caller, request);
		const fresh = resourcesOf(body).filter((resource) => !seen.has(resource.id));
		for (const resource of fresh) seen.add(resource.id);
		found.push(...fresh);
		if (request.limit !== undefined && found.length >= request.limit)
			return found.slice(0, request.limit);
		if (fresh.length === 0 || !hasNextPage(body)) return found;
	}
	return found;
}

/** @returns the resources of a reply's `data`, one or many, with every part present */
export function resourcesOf(body: unknown): Resource[] {
	const data = isRecord(body) ? body.data : undefined;
	return (Array.isArray(data) ? data : [data]).flatMap((entry) => {
		if (!isRecord(entry) || typeof entry.id !== 'string') return [];
		return [
			{
				id: entry.id,
				type: typeof entry.type === 'string' ? entry.type : undefined,
				attributes: isRecord(entry.attributes) ? entry.attributes : {},
				relationships: isRecord(entry.relationships) ? entry.relationships : {},
			},
		];
	});
}

function hasNextPage(body: unknown): boolean {
	return (
		isRecord(body) &&
		isRecord(body.links) &&
		typeof body.links.next === 'string' &&
		body.links.next !== ''
	);
}
