import { one, pageOfRecords, type Call, type Desk, type Route } from './api.cts';
import { isRecord } from './body.cts';
import { badRequest } from './errors.cts';
import { present } from './recordRoutes.cts';
import { rolesTo, ROLES } from './roles.cts';
import { OPERATORS, search, type SearchScope } from './search.cts';
import { DOCUMENTED_SORTS, searchFields } from './searchFields.cts';
import type { Json } from './store.cts';

/** Source: https://developer.kustomer.com/docs/concepts/search */
const MOST_PER_PAGE = 500;

export function searchRoutes(desk: Desk): Route[] {
	const { records } = desk;
	const searching = (path: string, scope: SearchScope): Route => ({
		method: 'POST',
		path,
		roles: ROLES.search,
		handle: (call) => found(desk, call, { body: call.body, scope }),
	});
	return [
		searching('/customers/search', 'live'),
		searching('/customers/archive/search', 'archive'),
		{
			method: 'GET',
			path: '/customers/searches/schema',
			roles: ROLES.search,
			handle: () => schemaOf(desk),
		},
		{
			method: 'GET',
			path: '/customers/searches',
			roles: ROLES.savedSearches,
			handle(call) {
				const saved = present(records.store.all('search'));
				const page = pageOfRecords(desk, call, { records: saved });
				return { ...page, meta: { ...page.meta, searchCount: saved.length } };
			},
		},
		{
			method: 'POST',
			path: '/customers/searches',
			roles: rolesTo('create', 'search'),
			status: 201,
			handle: ({ body, by }) => one(desk, records.create('search', body, by)),
		},
		{
			method: 'GET',
			path: '/customers/searches/:id',
			roles: ROLES.savedSearches,
			handle: ({ params }) => one(desk, records.get('search', params.id)),
		},
		{
			method: 'PUT',
			path: '/customers/searches/:id',
			roles: rolesTo('update', 'search'),
			handle: ({ params, body, by }) =>
				one(desk, records.update(records.get('search', params.id), body, { by })),
		},
		{
			method: 'DELETE',
			path: '/customers/searches/:id',
			roles: rolesTo('delete', 'search'),
			handle: ({ params, by }) => void records.remove(records.get('search', params.id), by),
		},
		// What Kustomer's own page calls; not documented.
		{
			method: 'POST',
			path: '/customers/searches/:id/execution',
			roles: ROLES.search,
			handle(call) {
				const { data } = records.get('search', call.params.id).attributes;
				return found(desk, call, { body: data, scope: 'live' });
			},
		},
	];
}

/** One page of what a search finds, within the window that search has. */
function found(desk: Desk, call: Call, { body, scope }: { body: unknown; scope: SearchScope }) {
	if (!isRecord(body)) throw badRequest('The request body is not a valid JSON object');
	const { switches, records } = desk;
	const rows = search({ store: records.store, switches }, body, scope);
	const beyond = isBeyondWindow(desk, call);
	if (beyond && switches.beyondSearchWindow === 400) {
		throw badRequest('Search goes no further', { parameter: 'page' });
	}
	const page = pageOfRecords(desk, call, {
		records: rows,
		totals: true,
		mostPerPage: MOST_PER_PAGE,
	});
	const meta = { ...page.meta, aggregations: {}, timed_out: false };
	const data = beyond ? [] : page.data;
	if (call.query.get('idsOnly') !== 'true') return { ...page, data, meta };
	const ids = data.map(({ type, id }) => (switches.idsOnly === 'strings' ? id : { type, id }));
	return { ...page, data: ids, meta };
}

function isBeyondWindow({ switches }: Desk, { query }: Call): boolean {
	const { mostSearchPages, mostSearchRows } = switches;
	const page = Number(query.get('page') ?? 1);
	const pageSize = Math.min(Number(query.get('pageSize')) || 100, MOST_PER_PAGE);
	return (
		(mostSearchPages > 0 && page > mostSearchPages) ||
		(mostSearchRows > 0 && page * pageSize > mostSearchRows)
	);
}

const JSON_TYPES: Readonly<Record<string, string>> = { number: 'number', boolean: 'boolean' };

/** Fields, operators and sorts as this organization has them. */
function schemaOf({ records, organization }: Desk) {
	const properties = [...searchFields(records.store)].map(([name, field]): [string, Json] => [
		name,
		{
			type: JSON_TYPES[field.class] ?? 'string',
			...(field.class === 'datetime' && { format: 'date-time' }),
			...(field.enum !== undefined && { enum: field.enum }),
			operator: field.class,
		},
	]);
	const operators = Object.entries(OPERATORS).map(([name, words]): [string, Json] => [
		name,
		{ type: 'string', enum: words },
	]);
	return {
		data: {
			type: 'search_schema',
			id: organization.id,
			attributes: {
				fields: { type: 'object', properties: Object.fromEntries(properties) as object },
				operators: { type: 'object', properties: Object.fromEntries(operators) as object },
				sort: { properties: { fields: { type: 'string', enum: DOCUMENTED_SORTS } } },
			},
		},
	};
}
