import { apiList } from '../../api/paging';
import { recordsIn } from '../../api/records';
import { apiRequest } from '../../api/request';
import { kindOf, searchSchema } from '../../api/searchSchema';
import { isRecord, oneOf, recordOf, textOf } from '../../narrowing';
import { InputMistake } from '../errors';
import { parsedJson } from '../json';
import { idsOf } from '../names';
import type { Operation } from '../operation';
import { Access } from './access';
import { searchBody } from './criteria';
import { instantOf, relativeInstant } from './dates';
import { outputOf } from './output';
import { listRoleFor, type ParentKind, type RecordKind, type Sort } from './record';

export const SEARCH_ROLE = 'org.permission.search.create (or org.user.search.read)';
const SAVED_SEARCH_ROLE = 'org.permission.search.read';

/** Kustomer's search gives no more, however it is paged. */
const SEARCH_WINDOW = 10_000;
const LARGEST_PAGE = 500;
const USUAL_PAGE = 100;

/** @returns the operation that reads one record */
export function getOperation(kind: RecordKind): Operation {
	return {
		name: 'Get',
		value: 'get',
		action: `Get ${kind.label.toLowerCase()}`,
		description: `Read one ${kind.label.toLowerCase()} with everything Kustomer knows of it, e.g. the one that an event is about`,
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const { id, record } = await access.meant();
			return await outputOf(access, record ?? (await access.read(id)));
		},
	};
}

/** @returns the operation that lists records */
export function getManyOperation(kind: RecordKind): Operation {
	return {
		name: 'Get Many',
		value: 'getMany',
		action: `Get many ${kind.plural}`,
		description: `List ${kind.plural} page by page, e.g. to copy them elsewhere`,
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const { path, role } = await listOf(access);
			const { limit } = item;
			const found = await apiList(access.caller, {
				...access.call,
				purpose: `list the ${kind.plural}`,
				role,
				path,
				query: { ...sortOf(access), ...timesOf(access) },
				pageSize: Math.min(limit ?? USUAL_PAGE, USUAL_PAGE),
				limit,
				window: { entries: Infinity, goOn: `Use Search to get the others, part by part.` },
			});
			return await Promise.all(found.map(async (record) => await outputOf(access, record)));
		},
	};
}

/** @returns the operation that searches */
export function searchOperation(kind: RecordKind): Operation {
	return {
		name: 'Search',
		value: 'search',
		action: `Search ${kind.plural}`,
		description: `Find ${kind.plural} by plain words, by criteria, or with a search that was saved in Kustomer`,
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const { limit } = item;
			const isArchive = item.options.archive === true;
			const found = await apiList(access.caller, {
				...access.call,
				purpose: `search the ${kind.plural}`,
				role: SEARCH_ROLE,
				method: 'POST',
				isRead: true,
				path: isArchive ? '/v1/customers/archive/search' : '/v1/customers/search',
				body: {
					...(await bodyOf(access)),
					...(item.options.includeDeleted === true && { includeDeleted: true }),
				},
				pageSize: Math.min(limit ?? LARGEST_PAGE, LARGEST_PAGE),
				limit,
				window: {
					entries: SEARCH_WINDOW,
					goOn: 'Narrow the search, e.g. with a criterion on the time of the last change, and go on from the last record.',
				},
			});
			return await Promise.all(found.map(async (record) => await outputOf(access, record)));
		},
	};
}

/** The kind's own list, or the one of the record that `scope` names. */
async function listOf(access: Access): Promise<{ path: string; role: string }> {
	const { item, kind } = access;
	const scope = textOf(item.value('scope', 'all'));
	const role = listRoleFor(kind, scope);
	const path = kind.parents?.[scope as ParentKind];
	if (path === undefined) return { path: access.path, role };
	const { id } = await access.of(scope).meant();
	return { path: access.filled(path, id), role };
}

function sortOf({ item, kind }: Access): Record<string, string> {
	if (kind.sorts === undefined) return {};
	const sort = kind.sorts[textOf(item.value('sort', 'newest')) as Sort] ?? kind.sorts.newest;
	return sort === undefined ? {} : { sort };
}

function timesOf({ item, kind }: Access): Record<string, string> {
	if (kind.timeFilters === undefined) return {};
	const { createdAfter, updatedAfter } = recordOf(item.value('filters', {}));
	const times = { createdAt: createdAfter, updatedAt: updatedAfter };
	return Object.fromEntries(
		Object.entries(times).flatMap(([name, given]) => {
			if (given === undefined || given === null || given === '') return [];
			const text = given instanceof Date ? given.toISOString() : String(given);
			const instant = instantOf(text, item.context.getTimezone());
			if (instant !== undefined) return [[`filter[${name}][gte]`, instant]];
			throw new InputMistake(
				`"${text.slice(0, 60)}" in "Filters" is not a time. Write it as 2026-11-24T15:30.`,
			);
		}),
	);
}

async function bodyOf(access: Access): Promise<Record<string, unknown>> {
	const { item, kind } = access;
	const context = access.filled(kind.searchContext ?? kind.value);
	const how = oneOf(item.value('specifySearch', 'form'), ['form', 'saved', 'json']);
	if (how === 'form') return await formBody(access, context);
	const query = how === 'saved' ? await savedQuery(access) : givenQuery(item.value('query', ''));
	const search = { queryContext: context, ...query };
	return withText(search, { context: String(search.queryContext), text: item.text('text') });
}

async function formBody(access: Access, context: string): Promise<Record<string, unknown>> {
	const { item, caller } = access;
	const schema = item.run.once('search schema', async () => await searchSchema(caller));
	return await searchBody({
		schema: await schema,
		context,
		rows: item.rows('criteria', 'criterion'),
		match: oneOf(item.value('match', 'all'), ['all', 'any'] as const),
		text: item.value('text', ''),
		sortBy: item.value('sortBy', ''),
		sortDirection: oneOf(item.value('sortDirection', 'desc'), ['desc', 'asc'] as const),
		timeZone: item.context.getTimezone(),
		now: new Date(),
		idsOf: async (names, entered) => await idsOf(caller, names, entered),
	});
}

async function savedQuery({ item, caller, call }: Access): Promise<Record<string, unknown>> {
	const id = item.locator('savedSearch').value;
	if (id === '') throw new InputMistake('No saved search is chosen. Choose one in "Saved Search".');
	const body = await apiRequest(caller, {
		...call,
		purpose: 'read the saved search',
		role: SAVED_SEARCH_ROLE,
		missing: 'Kustomer has no saved search with this ID. Choose one from the list.',
		method: 'GET',
		path: `/v1/customers/searches/${encodeURIComponent(id)}`,
	});
	const { data } = recordOf(recordsIn(body)[0]?.attributes);
	// The columns of the list in Kustomer's app say nothing about what is found.
	const query: Record<string, unknown> = Object.fromEntries(
		Object.entries(recordOf(data)).filter(([name]) => name !== 'fields'),
	);
	// Kustomer has no order of its own, and pages without one overlap.
	const kind = kindOf(textOf(query.queryContext)) || 'customer';
	return { sort: [{ [`${kind}_updated_at`]: 'desc' }], ...query };
}

function givenQuery(given: unknown): Record<string, unknown> {
	const query = typeof given === 'string' ? parsedJson(given || '{}', '"Query (JSON)"') : given;
	if (isRecord(query)) return withInstants(query, new Date()) as Record<string, unknown>;
	throw new InputMistake('"Query (JSON)" must be one JSON object, such as { "and": [] }.');
}

const OF_TIMES = new Set(['gt', 'gte', 'lt', 'lte']);

/** Kustomer does not know `now-7d`. */
function withInstants(value: unknown, now: Date): unknown {
	if (Array.isArray(value)) return value.map((entry) => withInstants(entry, now));
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [
			name,
			OF_TIMES.has(name) && typeof inner === 'string'
				? (relativeInstant(inner, now) ?? inner)
				: withInstants(inner, now),
		]),
	);
}

function withText(query: Record<string, unknown>, words: { context: string; text: string }) {
	if (words.text === '') return query;
	const field = `${words.context.replace(/_.*/, '')}_any_text`;
	const and = query.and === undefined ? [] : [query.and].flat();
	return { ...query, and: [...and, { [field]: { contains: words.text } }] };
}
