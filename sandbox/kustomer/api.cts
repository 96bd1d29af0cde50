import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Author } from './announce.cts';
import { isRecord, parsedJson, rawBodyOf } from './body.cts';
import { badRequest, notFound, tooLarge, wrongVerb } from './errors.cts';
import type { ApiKey, Keys } from './keys.cts';
import type { Organization } from './organization.cts';
import { pageOf, type Paging } from './paging.cts';
import type { CreateLimit } from './rateLimit.cts';
import type { Records } from './records.cts';
import { resourceOf, type Resource } from './resource.cts';
import type { Json, StoredRecord } from './store.cts';
import type { Switches } from './switches.cts';

/** A request to a route of the table. */
export type Call = {
	params: Record<string, string>;
	query: URLSearchParams;
	/** Parsed JSON; undefined where there is none. */
	body: unknown;
	by: Author;
	key: ApiKey;
	url: string;
};

export type Route = {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Without `/v1`; `:name` is a part that varies. */
	path: string;
	/** Any one of them is enough; none: any valid key. `:name` as in the path. */
	roles: readonly string[];
	/** Default: 200, and 204 where there is nothing to answer. */
	status?: number | ((switches: Switches) => number);
	handle: (call: Call) => unknown;
};

/** What routes work with. */
export type Desk = {
	records: Records;
	organization: Organization;
	switches: Switches;
	keys: Keys;
	limitCreates: CreateLimit;
	/** The server's own address. */
	url: () => string;
};

/** Source: fact sheets on request sizes; posts to hooks may have 400 kB. */
const MOST_BODY_BYTES = 100 * 1024;

/** @returns the JSON:API document of one record */
export function one(desk: Desk, record: StoredRecord): { data: Resource } {
	return { data: resourceOf(record, desk.organization) };
}

/** @returns one page of records as the address asks for it */
export function pageOfRecords(
	desk: Desk,
	call: Pick<Call, 'url'>,
	{ records, ...paging }: Partial<Paging> & { records: readonly StoredRecord[] },
) {
	const usual = { mostPerPage: 100, totals: false, ...paging, ...desk.switches };
	const most = usual.mostPages ?? (desk.switches.mostListPages || Infinity);
	const asked = Number(new URL(call.url, 'http://local').searchParams.get('page') ?? 1);
	if (asked > most && desk.switches.beyondSearchWindow === 400) {
		throw badRequest(`page must be at most ${most}`, { parameter: 'page' });
	}
	const page = pageOf(call, asked > most ? [] : records, usual);
	return { ...page, data: page.data.map((record) => resourceOf(record, desk.organization)) };
}

type Match = { route: Route; params: Record<string, string> };

/** The table of routes: the first that fits wins, those without a varying part before the others. */
export class Router {
	private readonly patterns: ReadonlyArray<{ route: Route; pattern: RegExp; names: string[] }>;

	constructor(readonly routes: readonly Route[]) {
		const variety = ({ path }: Route) =>
			path.split('/').filter((part) => part.startsWith(':')).length;
		this.patterns = [...routes]
			.sort((one, other) => variety(one) - variety(other))
			.map((route) => ({
				route,
				pattern: new RegExp(`^/v1${route.path.replace(/:\w+/g, '([^/]+)')}$`),
				names: [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name),
			}));
	}

	/** @param method any where left out */
	match({ url }: { url: string }, method?: string): Match | undefined {
		const path = url.split('?')[0];
		for (const { route, pattern, names } of this.patterns) {
			if (method !== undefined && route.method !== method) continue;
			const parts = pattern.exec(path)?.slice(1);
			if (parts === undefined) continue;
			return {
				route,
				params: Object.fromEntries(names.map((name, at) => [name, decoded(parts[at])])),
			};
		}
		return undefined;
	}
}

/** A value is encoded as a whole, so it is decoded once; `@` comes either way. */
function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw badRequest('Invalid encoding in the address');
	}
}

/** Puts a table of routes onto the server: key, role, size, body, status, masking. */
export function serveRoutes(app: FastifyInstance, desk: Desk, router: Router): void {
	app.all('/v1/*', (request, reply) => {
		const match = router.match(request, request.method);
		if (match !== undefined) return answer(desk, match, { request, reply });
		throw router.match(request) === undefined ? notFound() : wrongVerb(request, desk.switches);
	});
}

async function answer(
	desk: Desk,
	{ route, params }: Match,
	{ request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<unknown> {
	const roles = route.roles.map((role) => role.replace(':name', params.name ?? '*'));
	const key = desk.keys.require(request, roles);
	const by = { userId: key.userId, client: 'api', isAdmin: key.roles.includes('org.admin') };
	const { searchParams: query } = new URL(request.url, 'http://local');
	const body = bodyOf(request);
	const said = await route.handle({ params, query, body, by, key, url: request.url });
	const { status } = route;
	reply.code(
		typeof status === 'function'
			? status(desk.switches)
			: (status ?? (said === undefined ? 204 : 200)),
	);
	return said === undefined ? reply.send() : masked(said, key.masked);
}

function bodyOf(request: FastifyRequest): unknown {
	const bytes = rawBodyOf(request);
	if (bytes.length > MOST_BODY_BYTES) throw tooLarge(MOST_BODY_BYTES);
	if (bytes.length === 0) return undefined;
	const body = parsedJson(bytes.toString('utf8'));
	if (body === undefined) throw badRequest('The request body is not valid JSON');
	return body;
}

/**
 * A key without the permission to read sensitive attributes gets stars in their place.
 *
 * @param names attributes, custom ones as `custom.<name>`
 */
function masked(said: unknown, names: readonly string[]): unknown {
	if (names.length === 0 || !isRecord(said)) return said;
	const cover = (resource: Resource): Resource => {
		const attributes: Json = { ...resource.attributes };
		for (const name of names) {
			const [field, inner] = name.split('.');
			const value = attributes[field];
			if (inner === undefined) attributes[field] = stars(value);
			else if (isRecord(value)) attributes[field] = { ...value, [inner]: stars(value[inner]) };
		}
		return { ...resource, attributes };
	};
	const { data, included } = said as { data?: Resource | Resource[]; included?: Resource[] };
	return {
		...said,
		...(data !== undefined && { data: Array.isArray(data) ? data.map(cover) : cover(data) }),
		...(included !== undefined && { included: included.map(cover) }),
	};
}

function stars(value: unknown): unknown {
	if (typeof value === 'string') return '******';
	if (Array.isArray(value)) return value.map(stars);
	if (!isRecord(value)) return value === undefined ? undefined : null;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, stars(inner)]));
}
