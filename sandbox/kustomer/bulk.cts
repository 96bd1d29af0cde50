import type { Author } from './announce.cts';
import { one, pageOfRecords, type Call, type Desk, type Route } from './api.cts';
import { isRecord } from './body.cts';
import { badRequest, Refusal } from './errors.cts';
import { typeOf } from './klassRoutes.cts';
import { kobjectRolesTo, rolesTo } from './roles.cts';
import type { Json, StoredRecord } from './store.cts';

const MOST_ITEMS = 100;
const LONGEST_CLIENT_REF = 255;

type Action = 'create' | 'update' | 'delete';

/** What can be written in bulk: type, path, actions. */
const KINDS: ReadonlyArray<[type: string, path: string, actions: readonly Action[]]> = [
	['customer', '/customers', ['create', 'update', 'delete']],
	['conversation', '/conversations', ['create', 'update', 'delete']],
	['kobject', '/klasses/:name', ['create', 'update', 'delete']],
	['company', '/companies', ['create', 'update']],
	['message', '/messages', ['create', 'update']],
	['note', '/notes', ['create', 'update']],
];

const METHODS = { create: 'POST', update: 'PUT', delete: 'DELETE' } as const;

export function bulkRoutes(desk: Desk): Route[] {
	const writes = KINDS.flatMap(([type, path, actions]) =>
		actions.map(
			(action): Route => ({
				method: METHODS[action],
				path: `${path}/bulk`,
				roles: type === 'kobject' ? kobjectRolesTo(action) : rolesTo(action, type),
				status: ({ bulkStatus }) => bulkStatus,
				handle: (call) => one(desk, enqueue(desk, { call, type, action })),
			}),
		),
	);
	return [...writes, ...jobRoutes(desk)];
}

function jobRoutes(desk: Desk): Route[] {
	const { records } = desk;
	return [
		{
			method: 'GET',
			path: '/bulk/:id',
			roles: [],
			handle: ({ params, by }) => one(desk, advanced(desk, records.get('bulk', params.id), by)),
		},
		{
			method: 'GET',
			path: '/bulk/:id/batches',
			roles: [],
			handle(call) {
				records.get('bulk', call.params.id);
				const batches = records.store.children('bulk_batch', 'bulk', call.params.id);
				const { data, links } = pageOfRecords(desk, call, { records: batches });
				return { data, links, meta: { page: 1, pages: 1, count: batches.length, limit: 100 } };
			},
		},
	];
}

type Order = { call: Call; type: string; action: Action };

function enqueue(desk: Desk, { call, type, action }: Order): StoredRecord {
	const { records } = desk;
	const target = type === 'kobject' ? typeOf(desk, call.params.name) : type;
	const items = itemsOf(call, action);
	if (items.length > MOST_ITEMS)
		throw badRequest(`At most ${MOST_ITEMS} items`, { parameter: 'data' });
	checkClientRefs(items);
	const job = records.add(
		'bulk',
		{
			attributes: {
				ids: items.flatMap(({ id }) => id ?? []),
				context: target,
				status: 'queued',
				completed: false,
				v2: true,
				batchErrors: false,
				payload: { api: { data: items, path: call.url, method: METHODS[action] } },
			},
			related: {},
		},
		call.by,
	);
	// The answer comes before the work, as from a queue.
	const order = { items, target, action, by: call.by };
	const { bulkJobMs } = desk.switches;
	if (bulkJobMs === 0) setImmediate(() => work(desk, job, order));
	else setTimeout(() => work(desk, job, order), bulkJobMs).unref();
	return job;
}

/** `?ids=` applies one body to several; DELETE takes nothing else. */
function itemsOf({ query, body }: Call, action: Action): Json[] {
	const ids = query.get('ids')?.split(',').filter(Boolean);
	if (action === 'delete') {
		if (ids === undefined) throw badRequest('Missing required property', { parameter: 'ids' });
		return ids.map((id) => ({ id }));
	}
	const list = Array.isArray(body)
		? body
		: ids !== undefined && isRecord(body)
			? [body]
			: undefined;
	if (list === undefined || !list.every(isRecord)) {
		throw badRequest('The request body is not a JSON array of objects');
	}
	if (ids !== undefined) return ids.map((id) => ({ ...list[0], id }));
	if (action === 'update' && !list.every(({ id }) => typeof id === 'string')) {
		throw badRequest('Missing required property', { parameter: 'id', detail: '/items/required' });
	}
	return list;
}

/** On all items or on none, and each another one. */
function checkClientRefs(items: readonly Json[]): void {
	const refs = items.map(({ _clientRef }) => _clientRef).filter((ref) => ref !== undefined);
	const areFit = refs.every(
		(ref) => typeof ref === 'string' && ref !== '' && ref.length <= LONGEST_CLIENT_REF,
	);
	const isAllOrNone = refs.length === 0 || refs.length === items.length;
	if (areFit && isAllOrNone && new Set(refs).size === refs.length) return;
	throw badRequest('Invalid _clientRef', { parameter: '_clientRef' });
}

type Work = { items: readonly Json[]; target: string; action: Action; by: Author };

function work(desk: Desk, job: StoredRecord, order: Work): void {
	const { bulkForgets, bulkResults } = desk.switches;
	const results = order.items.flatMap((item) => {
		const result = resultOf(desk, item, order);
		return contains(item, bulkForgets) ? [] : result;
	});
	const failures = results.filter(({ status }) => status === 'error');
	const now = new Date().toISOString();
	desk.records.add(
		'bulk_batch',
		{
			attributes: {
				status: 'complete',
				completed: true,
				completedAt: now,
				successCount: results.length - failures.length,
				failureCount: failures.length,
				objectIds: results.flatMap(({ objectId }) => objectId ?? []),
				errors: failures.map(({ objectId, error }) => ({ id: objectId, data: { error } })),
				...(bulkResults === 'listed' && { results }),
				v2: true,
			},
			related: { bulk: { type: 'bulk', id: job.id } },
		},
		order.by,
	);
}

function contains(item: Json, text: string): boolean {
	return text !== '' && JSON.stringify(item).includes(text);
}

type Result = { _clientRef?: unknown; objectId?: string; status: string; error?: string };

function resultOf({ records, switches }: Desk, item: Json, { target, action, by }: Work): Result {
	const { _clientRef, id, ...body } = item;
	const ref = _clientRef === undefined ? {} : { _clientRef };
	try {
		if (contains(item, switches.bulkRefuses)) throw badRequest('Refused by a switch');
		if (action === 'create') {
			// A client's own id is part of the body of those types that take one.
			const full = id === undefined ? body : { ...body, id };
			return { ...ref, objectId: records.create(target, full, by).id, status: 'created' };
		}
		const record = records.get(target, String(id));
		if (action === 'delete') records.remove(record, by);
		else records.update(record, body, { by });
		return { ...ref, objectId: record.id, status: 'updated' };
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		const isDuplicate = /^Another/.test(error.problem.title);
		return {
			...ref,
			...(id !== undefined && { objectId: String(id) }),
			status: 'error',
			error: isDuplicate ? 'duplicate detected' : error.problem.title,
		};
	}
}

/** Each look moves the job on by one: queued, running, complete once its batch is there. */
function advanced({ records }: Desk, job: StoredRecord, by: Author): StoredRecord {
	const { status } = job.attributes;
	if (status === 'complete') return job;
	const batches = records.store.children('bulk_batch', 'bulk', job.id);
	if (status === 'queued' || batches.length === 0) {
		return records.edit(job, { attributes: { status: 'running' } }, by);
	}
	const failed = batches.some(({ attributes }) => attributes.failureCount !== 0);
	const completedAt = new Date().toISOString();
	const ids = batches.flatMap(({ attributes }) => attributes.objectIds as string[]);
	return records.edit(
		job,
		{
			attributes: {
				status: 'complete',
				completed: true,
				completedAt,
				batchErrors: failed,
				ids,
				batches: { complete: batches.length, total: batches.length, idsTotal: ids.length },
			},
		},
		by,
	);
}
