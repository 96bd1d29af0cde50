import { one, pageOfRecords, type Call, type Desk, type Route } from './api.cts';
import { isRecord } from './body.cts';
import { badRequest, notFound } from './errors.cts';
import { createMessage, redact } from './messages.cts';
import { resourceOf } from './resource.cts';
import { rolesTo, ROLES } from './roles.cts';
import { isDeleted, type StoredRecord } from './store.cts';
import { changeTags } from './tags.cts';

type Kind = {
	type: string;
	path: string;
	/** The verbs that update; PATCH is always partial, PUT with `?replace=true` is not. */
	verbs: ReadonlyArray<'PATCH' | 'PUT'>;
	deletes?: boolean;
	/** Whether `{id}` may be several, separated by commas. */
	several?: boolean;
	lookUps?: readonly string[];
	updateStatus?: number;
	mostPerPage?: number;
	/** What a list may be narrowed by. */
	narrow?: (records: StoredRecord[], query: URLSearchParams) => StoredRecord[];
	totals?: boolean;
};

/** Kustomer's records: which verbs, look-ups and lists each of them has. */
const KINDS: readonly Kind[] = [
	{
		type: 'customer',
		path: '/customers',
		verbs: ['PATCH', 'PUT'],
		deletes: true,
		several: true,
		lookUps: ['externalId', 'email', 'phone'],
		narrow: byTime,
		totals: true,
	},
	{
		type: 'conversation',
		path: '/conversations',
		verbs: ['PATCH', 'PUT'],
		deletes: true,
		several: true,
		lookUps: ['externalId'],
	},
	{
		type: 'message',
		path: '/messages',
		verbs: ['PATCH', 'PUT'],
		lookUps: ['externalId', 'externalid'],
	},
	{ type: 'note', path: '/notes', verbs: ['PATCH', 'PUT'], deletes: true },
	{ type: 'company', path: '/companies', verbs: ['PUT'], narrow: byNameOrExternalId },
	{
		type: 'user',
		path: '/users',
		verbs: ['PUT'],
		several: true,
		updateStatus: 201,
		mostPerPage: 500,
		narrow: usersBy,
	},
	{
		type: 'team',
		path: '/teams',
		verbs: ['PATCH', 'PUT'],
		deletes: true,
		mostPerPage: 500,
		narrow: byDeletion,
	},
	{ type: 'tag', path: '/tags', verbs: ['PATCH', 'PUT'], narrow: byDeletion },
	{ type: 'queue', path: '/routing/queues', verbs: ['PUT'] },
];

export function recordRoutes(desk: Desk): Route[] {
	return KINDS.flatMap((kind) => [
		...readingRoutes(desk, kind),
		...writingRoutes(desk, kind),
	]).concat(childRoutes(desk), tagRoutes(desk), memberRoutes(desk));
}

function readingRoutes(desk: Desk, kind: Kind): Route[] {
	const { type, path, lookUps = [], several, totals = false, mostPerPage = 100 } = kind;
	const roles = rolesTo('read', type);
	const { store } = desk.records;
	return [
		{
			method: 'GET',
			path,
			roles,
			handle(call) {
				const all =
					kind.narrow === undefined
						? present(store.all(type))
						: kind.narrow(store.all(type), call.query);
				const records = kind.narrow === byTime ? all : inOrder(all, call.query);
				return withIncluded(
					desk,
					call,
					pageOfRecords(desk, call, { records, totals, mostPerPage }),
				);
			},
		},
		{
			method: 'GET',
			path: `${path}/:id`,
			roles,
			handle(call) {
				const ids = call.params.id.split(',');
				if (!several || ids.length === 1)
					return withIncluded(desk, call, one(desk, readable(desk, type, call.params.id)));
				const found = ids.flatMap((id) => present([store.find(type, id)]));
				return { data: found.map((record) => resourceOf(record, desk.organization)) };
			},
		},
		...lookUps.map(
			(field): Route => ({
				method: 'GET',
				path: `${path}/${field}=:value`,
				roles,
				handle(call) {
					const by = field === 'externalid' ? 'externalId' : field;
					const [record] = store.lookUp(type, by, call.params.value);
					if (record === undefined) throw notFound(by);
					return withIncluded(desk, call, one(desk, record));
				},
			}),
		),
	];
}

function writingRoutes(desk: Desk, kind: Kind): Route[] {
	const { type, path, verbs, deletes, updateStatus } = kind;
	const { records } = desk;
	const create: Route = {
		method: 'POST',
		path,
		roles: rolesTo('create', type),
		status: 201,
		handle({ body, by }) {
			if (type === 'message' || type === 'note') requireConversation(body);
			limitByCustomer(desk, type, body);
			return one(desk, records.create(type, body, by));
		},
	};
	const updates = verbs.map(
		(method): Route => ({
			method,
			path: `${path}/:id`,
			roles: rolesTo('update', type),
			status: updateStatus,
			handle({ params, query, body, by }) {
				const record = updatable(desk, type, { id: params.id, body });
				const rev = query.has('rev') ? Number(query.get('rev')) : undefined;
				const replace = method === 'PUT' && query.get('replace') === 'true';
				return one(desk, records.update(record, body, { by, rev, replace }));
			},
		}),
	);
	const remove: Route = {
		method: 'DELETE',
		path: `${path}/:id`,
		roles: rolesTo('delete', type),
		handle: ({ params, by }) => void records.remove(records.get(type, params.id), by),
	};
	return [create, ...updates, ...(deletes ? [remove] : [])];
}

/** What belongs to a customer or a conversation, under its address. */
function childRoutes(desk: Desk): Route[] {
	const { records } = desk;
	const list = (parent: string, type: string): Route => ({
		method: 'GET',
		path: `${pathOf(parent)}/:id${pathOf(type)}`,
		roles: rolesTo('read', type),
		handle(call) {
			records.get(parent, call.params.id);
			const all = records.store.children(type, parent, call.params.id);
			const channel = call.query.get('channel');
			const since = call.query.get('fromDate') ?? '';
			const chosen = all.filter(
				({ attributes }) =>
					(channel === null || attributes.channel === channel) &&
					String(attributes.createdAt) >= since,
			);
			return withIncluded(
				desk,
				call,
				pageOfRecords(desk, call, { records: inOrder(chosen, call.query) }),
			);
		},
	});
	const create = (parent: string, type: string): Route => ({
		method: 'POST',
		path: `${pathOf(parent)}/:id${pathOf(type)}`,
		roles: rolesTo('create', type),
		status: 201,
		handle({ params, body, by }) {
			records.get(parent, params.id);
			const full: unknown = isRecord(body)
				? { ...(type === 'message' && { direction: 'in' }), ...body, [parent]: params.id }
				: body;
			limitByCustomer(desk, type, full);
			return one(
				desk,
				type === 'message' && isRecord(full)
					? createMessage(records, full, by)
					: records.create(type, full, by),
			);
		},
	});
	return [
		list('customer', 'conversation'),
		list('customer', 'message'),
		list('customer', 'note'),
		list('conversation', 'message'),
		list('conversation', 'note'),
		create('customer', 'conversation'),
		create('customer', 'message'),
		create('conversation', 'message'),
		create('conversation', 'note'),
		{
			method: 'POST',
			path: '/messages/:id/redactions',
			roles: ROLES.redact,
			status: 201,
			handle({ params, body, by }) {
				if (!isRecord(body)) throw badRequest('The request body is not a valid JSON object');
				return one(desk, redact(records, records.get('message', params.id), { body, by }));
			},
		},
	];
}

function tagRoutes(desk: Desk): Route[] {
	const { records } = desk;
	const change = (action: 'add' | 'remove', { params, query, body, by }: Call) => {
		const conversation = records.get('conversation', params.id);
		const tags = isRecord(body) ? body.tags : (body ?? query.get('tags')?.split(',') ?? []);
		return one(desk, changeTags(records, conversation, { action, tags, by }));
	};
	return [
		{
			method: 'POST',
			path: '/conversations/:id/tags',
			roles: rolesTo('update', 'conversation'),
			handle: (call) => change('add', call),
		},
		{
			method: 'DELETE',
			path: '/conversations/:id/tags',
			// The specification asks for delete here; it may be a slip, so a key with either passes.
			roles: [...rolesTo('delete', 'conversation'), ...rolesTo('update', 'conversation')],
			handle: (call) => change('remove', call),
		},
	];
}

function memberRoutes(desk: Desk): Route[] {
	const { records } = desk;
	const members = (method: 'POST' | 'DELETE'): Route => ({
		method,
		path: '/teams/:id/members',
		roles: rolesTo('update', 'team'),
		handle({ params, body, by }) {
			const team = records.get('team', params.id);
			const given = isRecord(body) && Array.isArray(body.members) ? body.members.map(String) : [];
			const present = team.attributes.members as string[];
			const after =
				method === 'POST'
					? [...new Set([...present, ...given])]
					: present.filter((id) => !given.includes(id));
			return one(desk, records.update(team, { members: after }, { by }));
		},
	});
	return [
		members('POST'),
		members('DELETE'),
		{
			method: 'GET',
			path: '/users/:id/teams',
			roles: rolesTo('read', 'team'),
			handle(call) {
				const isMember = ({ attributes }: StoredRecord) =>
					(attributes.members as string[]).includes(call.params.id);
				const teams = present(records.store.all('team')).filter(isMember);
				return pageOfRecords(desk, call, { records: teams, mostPerPage: 500 });
			},
		},
	];
}

/** `?include=attachments` puts a message's files beside it. */
function withIncluded<Document extends { data: unknown }>(
	desk: Desk,
	{ query }: Call,
	document: Document,
) {
	if (!(query.get('include') ?? '').split(',').includes('attachments')) return document;
	const messages = [document.data].flat() as Array<{ id: string }>;
	const files = messages.flatMap(({ id }) =>
		desk.records.store.children('attachment', 'message', id),
	);
	return { ...document, included: files.map((file) => resourceOf(file, desk.organization)) };
}

/** A customer who was merged away is gone, or by a switch leads to who is left. */
function readable(desk: Desk, type: string, id: string): StoredRecord {
	const { records, switches } = desk;
	if (type === 'customer' && switches.mergedCustomer === 'target') {
		const [job] = records.store.children('customer_merge', 'source', id);
		if (job?.related.target) return records.get('customer', job.related.target.id);
	}
	return records.get(type, id);
}

/** A deleted record can be changed only by taking it back. */
function updatable(
	desk: Desk,
	type: string,
	{ id, body }: { id: string; body: unknown },
): StoredRecord {
	const record = desk.records.store.find(type, id);
	const takesBack = isRecord(body) && (body.deleted === null || body.deleted === false);
	return record !== undefined && takesBack ? record : desk.records.get(type, id);
}

function requireConversation(body: unknown): void {
	if (!isRecord(body) || body.conversation !== undefined) return;
	throw badRequest('Missing required property', { parameter: 'conversation', detail: '/required' });
}

/** @throws Refusal 429 beyond the creates that one customer may have in a minute */
export function limitByCustomer(desk: Desk, type: string, body: unknown): void {
	if (!['conversation', 'message', 'note', 'draft', 'kobject'].includes(type) || !isRecord(body))
		return;
	if (body.importedAt !== undefined) return;
	const conversation = desk.records.store.find('conversation', String(body.conversation));
	const customer = body.customer ?? conversation?.related.customer?.id;
	if (customer !== undefined) desk.limitCreates(String(customer));
}

export function present(records: ReadonlyArray<StoredRecord | undefined>): StoredRecord[] {
	return records.filter((record) => record !== undefined).filter((record) => !isDeleted(record));
}

/** `sort=desc` is newest first; the order is that of the ids. */
export function inOrder(records: StoredRecord[], query: URLSearchParams): StoredRecord[] {
	return query.get('sort') === 'desc' ? records.reverse() : records;
}

function pathOf(type: string): string {
	return KINDS.find((kind) => kind.type === type)?.path ?? '';
}

const COMPARE: Readonly<Record<string, (one: string, other: string) => boolean>> = {
	gt: (one, other) => one > other,
	gte: (one, other) => one >= other,
	lt: (one, other) => one < other,
	lte: (one, other) => one <= other,
};

/** `filter[updatedAt][gte]=…&sort=-updatedAt`. Source: https://developer.kustomer.com/api/core-resources/get-customers */
function byTime(records: StoredRecord[], query: URLSearchParams): StoredRecord[] {
	const filters = [...query].flatMap(([name, value]) => {
		const [, field, operator] = /^filter\[(createdAt|updatedAt)\]\[(\w+)\]$/.exec(name) ?? [];
		const compare = operator === undefined ? undefined : COMPARE[operator];
		if (compare === undefined) return [];
		const moment = new Date(value);
		if (Number.isNaN(moment.getTime())) throw badRequest('Invalid date', { parameter: name });
		return ({ attributes }: StoredRecord) =>
			compare(String(attributes[field]), moment.toISOString());
	});
	const chosen = present(records).filter((record) => filters.every((passes) => passes(record)));
	const [, minus, field] = /^(-?)(createdAt|updatedAt)$/.exec(query.get('sort') ?? '') ?? [];
	if (field === undefined) return chosen;
	const ascending = sortedBy(chosen, ({ attributes }) => String(attributes[field]));
	return minus ? ascending.reverse() : ascending;
}

function sortedBy(records: StoredRecord[], key: (record: StoredRecord) => string): StoredRecord[] {
	const keyed = records.map((record) => ({ record, at: key(record) }));
	keyed.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
	return keyed.map(({ record }) => record);
}

/** Both at once are both ignored, as the reference says. */
function byNameOrExternalId(records: StoredRecord[], query: URLSearchParams): StoredRecord[] {
	const [externalId, name] = [query.get('externalId'), query.get('filter')];
	const isNarrowed = (externalId === null) !== (name === null);
	return present(records).filter(
		({ attributes }) =>
			!isNarrowed ||
			attributes.externalId === externalId ||
			(name !== null && String(attributes.name).toLowerCase().includes(name.toLowerCase())),
	);
}

function byDeletion(records: StoredRecord[], query: URLSearchParams): StoredRecord[] {
	const wanted = query.get('deleted');
	if (wanted === 'all') return records;
	return records.filter((record) => isDeleted(record) === (wanted === 'true'));
}

function usersBy(records: StoredRecord[], query: URLSearchParams): StoredRecord[] {
	const given = ['pending', 'deleted', 'userType', 'email'].filter((name) => query.has(name));
	if (given.length > 1) throw badRequest('Filters cannot be combined', { parameter: given[1] });
	const matches = ({ attributes }: StoredRecord) =>
		['userType', 'email'].every((name) => !query.has(name) || attributes[name] === query.get(name));
	return byDeletion(records, query).filter(matches);
}
