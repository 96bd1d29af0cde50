import { apiListAs, type ListRequest } from '../../api/paging';
import { recordsIn, type ApiRecord } from '../../api/records';
import { apiRequest } from '../../api/request';
import {
	LARGEST_SEARCH_PAGE,
	SEARCH_PATH,
	SEARCH_ROLE,
	SEARCH_WINDOW,
} from '../../api/searchByTime';
import { kindOf, searchSchema } from '../../api/searchSchema';
import { isRecord, numberOf, oneOf, recordOf, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { parsedJson } from '../json';
import { idsOf } from '../idsByName';
import type { Operation } from '../operation';
import type { Item } from '../itemParameters';
import { Access } from './access';
import { searchBody } from './criteria';
import { instantOf, relativeInstant } from './dates';
import { outputFor, outputOf } from './output';
import { listRoleFor, type ParentKind, type RecordKind, type Sort } from './record';

const SAVED_SEARCH_ROLE = 'org.permission.search.read';

/** A list is said to give no more than a search. */
const WINDOW = SEARCH_WINDOW;
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
			const limit = limitOf(item);
			const request = await listing(access, limit);
			if (limit === undefined) sayWhatAllTakes(access);
			return await apiListAs(access.caller, { ...request, limit }, outputFor(access));
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
			const limit = limitOf(item);
			const body = {
				...(await bodyOf(access)),
				...(item.options.includeDeleted === true && { includeDeleted: true }),
			};
			const pageSize = Math.min(limit ?? LARGEST_SEARCH_PAGE, LARGEST_SEARCH_PAGE);
			const request = { ...searching(access, body), pageSize, limit };
			return await apiListAs(access.caller, request, outputFor(access));
		},
	};
}

/** What a model gets of a list when it does not say how much. */
export const LIMIT_OF_TOOLS = 5;
const MOST_FOR_TOOLS = 50;

/** @throws InputMistake when a model asks for more than it can read */
function limitOf(item: Item): number | undefined {
	const { limit } = item;
	if (!item.isTool || limit === undefined) return limit;
	if (limit > MOST_FOR_TOOLS) {
		throw new InputMistake(
			`"Limit" is ${limit}, but a model is given at most ${MOST_FOR_TOOLS} records. Ask for fewer, and search for what you need instead of reading everything.`,
		);
	}
	return numberOf(item.value('limit', '')) ? limit : LIMIT_OF_TOOLS;
}

async function listing(access: Access, limit: number | undefined): Promise<ListRequest> {
	const { kind } = access;
	const { path, role } = await listOf(access);
	const sort = sortOf(access);
	const list: ListRequest = {
		...access.call,
		purpose: `list the ${kind.plural}`,
		plural: kind.plural,
		role,
		path,
		query: { ...sort, ...timesOf(access) },
		pageSize: Math.min(limit ?? USUAL_PAGE, USUAL_PAGE),
	};
	if (kind.timeFilters) return listingByTime(list, sort.sort ?? '');
	const next = path === access.path ? searchingOn(access, sort.sort) : undefined;
	const goOn = 'Use Search to get the others, part by part.';
	return { ...list, window: { entries: Infinity, goOn, next } };
}

/** A list of 10,000 goes on from the time of its last entry. */
function listingByTime(list: ListRequest, sort: string, from?: string): ListRequest {
	const field = sort.replace('-', '');
	const isDescending = sort.startsWith('-');
	const filter = (operator: string) => `filter[${field}][${operator}]`;
	const bounded = (...bounds: Array<[operator: string, at: string]>): ListRequest => {
		const filters = bounds.map(([operator, at]) => [filter(operator), at] as const);
		return { ...list, query: { ...list.query, ...Object.fromEntries(filters) } };
	};
	const request = from === undefined ? list : bounded([isDescending ? 'lte' : 'gte', from]);
	return {
		...request,
		window: windowBy({
			field,
			isMoving: field !== 'createdAt',
			isDescending,
			from,
			next: (at) => listingByTime(list, sort, at),
			newer: (at) => bounded(['gte', at]),
			exactly: (at) => bounded(['gte', at], ['lte', at]),
		}),
	};
}

/** @returns the search, which goes on from the time of its last entry where it is sorted by one */
function searching(access: Access, body: Body, from?: string): ListRequest {
	const { item, kind } = access;
	const isArchive = item.options.archive === true;
	const sort = timeSortOf(body);
	const bounded = (...bounds: Array<[operator: string, at: string]>): Body => ({
		...body,
		and: [
			...[body.and ?? []].flat(),
			...bounds.map(([operator, at]) => ({ [sort?.name ?? '']: { [operator]: at } })),
		],
	});
	const operator = sort?.isDescending ? 'lte' : 'gte';
	const request: ListRequest = {
		...access.call,
		purpose: `search the ${kind.plural}`,
		plural: kind.plural,
		role: SEARCH_ROLE,
		method: 'POST',
		isRead: true,
		path: isArchive ? '/v1/customers/archive/search' : SEARCH_PATH,
		body: from === undefined ? body : bounded([operator, from]),
		pageSize: LARGEST_SEARCH_PAGE,
	};
	if (sort === undefined) return { ...request, window: { entries: WINDOW, goOn: SORT_BY_TIME } };
	return {
		...request,
		window: windowBy({
			...sort,
			isMoving: true,
			from,
			next: (at) => searching(access, body, at),
			newer: (at) => ({ ...request, body: bounded(['gte', at]) }),
			exactly: (at) => ({ ...request, body: bounded(['gte', at], ['lte', at]) }),
		}),
	};
}

type Body = Record<string, unknown>;

const SORT_BY_TIME =
	'Sort by a time, such as the last change, and n8n gets all of them; or narrow the search.';

type TimeSort = { field: string; isDescending: boolean };

/** @returns by which attribute a search is sorted, if that is a time and nothing else */
function timeSortOf({ sort }: Body): (TimeSort & { name: string }) | undefined {
	const [entry, another] = [sort ?? []].flat();
	const [[name, direction] = ['', ''], second] = Object.entries(recordOf(entry));
	if (another !== undefined || second !== undefined || !name.endsWith('_at')) return undefined;
	const [, ...words] = name.split('_');
	const field = words.map((word, at) => (at === 0 ? word : word[0].toUpperCase() + word.slice(1)));
	return { name, field: field.join(''), isDescending: direction === 'desc' };
}

type TimeWindow = TimeSort & {
	isMoving: boolean;
	/** The time from which on this part is. */
	from: string | undefined;
	next: (at: string) => ListRequest;
	newer: (at: string) => ListRequest;
	exactly: (at: string) => ListRequest;
};

/** What Kustomer gives of a list that is sorted by a time, and how it goes on from the last entry. */
function windowBy(list: TimeWindow): ListRequest['window'] {
	const { field, isMoving, isDescending, from, next, newer, exactly } = list;
	const goOn = 'They all have the same time. Narrow the list or the search.';
	const sortedBy = ({ attributes }: ApiRecord) => textOf(attributes[field]);
	const beyond = (at: string) => new Date(Date.parse(at) + (isDescending ? -1 : 1)).toISOString();
	return {
		entries: WINDOW,
		goOn,
		isMoving,
		next(last) {
			const at = sortedBy(last);
			if (Number.isNaN(Date.parse(at))) return undefined;
			if (at !== from || !isMoving) return next(at);
			// More than a page has this one time.
			const then = () => next(beyond(at));
			return { ...exactly(at), window: { entries: WINDOW, goOn, isTied: true, next: then, then } };
		},
		newer(first) {
			const at = sortedBy(first);
			return isDescending && isMoving && at !== '' ? newer(at) : undefined;
		},
	};
}

/** Of a plain list, Kustomer may give no more than 100 pages, and has no filter to go on with. */
function searchingOn(access: Access, sort: string | undefined) {
	const { kind, caller } = access;
	if (kind.searchContext === undefined) return undefined;
	const context = access.filled(kind.searchContext);
	const name = `${context.replace(/_.*/, '')}_created_at`;
	const body = { queryContext: context, sort: [{ [name]: sort === 'asc' ? 'asc' : 'desc' }] };
	return ({ attributes }: ApiRecord): ListRequest | undefined => {
		const at = textOf(attributes.createdAt);
		if (at === '') return undefined;
		const message = `Kustomer gives no more of the list of ${kind.plural}. The rest comes from a search: it sees changes after up to a minute, and leaves out what has not changed for two years.`;
		if ('addExecutionHints' in caller)
			caller.addExecutionHints({ message, location: 'outputPane' });
		return searching(access, body, at);
	};
}

/** A person who starts a long run should know what it may need. */
function sayWhatAllTakes({ kind, caller }: Access): void {
	if (kind.timeFilters || kind.searchContext === undefined) return;
	caller.logger.info(
		`Kustomer: all ${kind.plural} are read. Where Kustomer's list ends at 10,000 of them, the rest comes from a search, which needs the role ${SEARCH_ROLE}, sees changes after up to a minute, and leaves out what has not changed for two years.`,
	);
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
