import { one, pageOfRecords, type Call, type Desk, type Route } from './api.cts';
import { isRecord } from './body.cts';
import { badRequest, conflict, notFound } from './errors.cts';
import { inOrder, limitByCustomer, present } from './recordRoutes.cts';
import { kobjectRolesTo, rolesTo } from './roles.cts';
import { isId } from './schema.cts';
import type { StoredRecord } from './store.cts';

/**
 * Klasses, which are types, and the custom objects in them. Objects are addressed by the klass's
 * name, klasses by their id, under the same path.
 */
export function klassRoutes(desk: Desk): Route[] {
	return [
		...typeRoutes(desk),
		...objectRoutes(desk),
		...listsOf(desk, 'customer'),
		...listsOf(desk, 'company'),
	];
}

function typeRoutes(desk: Desk): Route[] {
	const { records } = desk;
	return [
		{
			method: 'GET',
			path: '/klasses',
			roles: rolesTo('read', 'klass'),
			handle(call) {
				const status = call.query.get('status') ?? 'enabled';
				const name = call.query.get('name');
				const chosen = present(records.store.all('klass')).filter(
					({ attributes }) =>
						attributes.status === status && (name === null || attributes.name === name),
				);
				return pageOfRecords(desk, call, { records: chosen });
			},
		},
		{
			method: 'POST',
			path: '/klasses',
			roles: rolesTo('create', 'klass'),
			handle: ({ body, by }) => one(desk, records.create('klass', body, by)),
		},
		{
			method: 'PUT',
			path: '/klasses/:id',
			roles: rolesTo('update', 'klass'),
			handle: ({ params, body, by }) =>
				one(desk, records.update(records.get('klass', params.id), body, { by })),
		},
		{
			method: 'DELETE',
			path: '/klasses/:id',
			roles: rolesTo('delete', 'klass'),
			handle({ params, by }) {
				const klass = records.get('klass', params.id);
				const objects = records.store.all(`kobject.${String(klass.attributes.name)}`);
				if (present(objects).length > 0) throw conflict('The klass has objects', 'id');
				records.remove(klass, by);
			},
		},
	];
}

function objectRoutes(desk: Desk): Route[] {
	const { records } = desk;
	const path = '/klasses/:name';
	const create = ({ params, body, by }: Call, owner: Record<string, string> = {}) => {
		const type = typeOf(desk, params.name);
		const full: unknown = isRecord(body) ? { ...body, ...owner } : body;
		limitByCustomer(desk, 'kobject', full);
		return one(desk, records.create(type, full, by));
	};
	return [
		{
			method: 'GET',
			path,
			roles: [...rolesTo('read', 'klass'), 'org.admin.klass.read'],
			handle(call) {
				const { name } = call.params;
				if (isId(name)) return one(desk, records.get('klass', name));
				const objects = present(records.store.all(typeOf(desk, name)));
				return pageOfRecords(desk, call, { records: inOrder(since(objects, call), call.query) });
			},
		},
		{
			method: 'POST',
			path,
			roles: kobjectRolesTo('create'),
			status: 201,
			handle: (call) => create(call),
		},
		{
			method: 'POST',
			path: '/customers/:id/klasses/:name',
			roles: kobjectRolesTo('create'),
			status: 201,
			handle(call) {
				records.get('customer', call.params.id);
				return create(call, { customer: call.params.id });
			},
		},
		{
			method: 'GET',
			path: `${path}/externalId=:value`,
			roles: kobjectRolesTo('read'),
			handle({ params }) {
				const type = typeOf(desk, params.name);
				const [object] = records.store.lookUp(type, 'externalId', params.value);
				if (object === undefined) throw notFound('externalId');
				return one(desk, object);
			},
		},
		{
			method: 'GET',
			path: `${path}/:id`,
			roles: kobjectRolesTo('read'),
			handle: ({ params }) => one(desk, records.get(typeOf(desk, params.name), params.id)),
		},
		{
			method: 'PUT',
			path: `${path}/:id`,
			roles: kobjectRolesTo('update'),
			handle({ params, query, body, by }) {
				const object = records.get(typeOf(desk, params.name), params.id);
				return one(
					desk,
					records.update(object, body, { by, replace: query.get('replace') === 'true' }),
				);
			},
		},
		{
			method: 'DELETE',
			path: `${path}/:id`,
			roles: kobjectRolesTo('delete'),
			handle: ({ params, by }) =>
				void records.remove(records.get(typeOf(desk, params.name), params.id), by),
		},
	];
}

function listsOf(desk: Desk, owner: 'customer' | 'company'): Route[] {
	const { records } = desk;
	return [
		{
			method: 'GET',
			path: `/${owner === 'customer' ? 'customers' : 'companies'}/:id/klasses/:name`,
			roles: rolesTo('read', owner),
			handle(call) {
				records.get(owner, call.params.id);
				const objects = records.store.children(
					typeOf(desk, call.params.name),
					owner,
					call.params.id,
				);
				return pageOfRecords(desk, call, { records: inOrder(since(objects, call), call.query) });
			},
		},
	];
}

/** @throws Refusal 404 where there is no such klass */
export function typeOf({ records }: Desk, name: string): string {
	if (records.store.lookUp('klass', 'name', name).length === 0) throw notFound('name');
	return `kobject.${name}`;
}

function since(objects: StoredRecord[], { query }: Call): StoredRecord[] {
	const fromDate = query.get('fromDate');
	if (fromDate === null) return objects;
	if (Number.isNaN(Date.parse(fromDate)))
		throw badRequest('Invalid date', { parameter: 'fromDate' });
	const from = new Date(fromDate).toISOString();
	return objects.filter(({ attributes }) => String(attributes.createdAt) >= from);
}
