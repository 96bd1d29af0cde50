import { NodeApiError } from 'n8n-workflow';
import type { BulkResult } from '../../api/bulkRequest';
import { recordsIn, type ApiRecord } from '../../api/records';
import { apiReply, apiRequest, refused, type ApiRequest } from '../../api/request';
import { textOf } from '../../narrowing';
import { Failure, InputMistake } from '../itemErrors';
import type { Access } from './access';
import { enteredBody, type Body } from './body';
import {
	toldOf,
	unknownItem,
	type BulkWrite,
	type Entry,
	type ItemOutcome,
	type BulkAnswer,
} from './bulk';
import { bodyOver, needsRecord, updated } from './changing';
import { listRoleFor } from './record';
import { creating } from './writing';

export const createInBulk: BulkWrite = {
	async prepare(access) {
		const body = await enteredBody(access, 'create');
		const asked = await creating(access, body);
		return asKept(access, asked.body as Body);
	},
	send: async (entries) => outcomesOf(await created(entries), 'created'),
};

export const updateInBulk: BulkWrite = {
	async prepare(access) {
		const body = await enteredBody(access, 'update');
		if (Object.keys(body).length === 0) {
			throw new InputMistake('There is nothing to change. Add an attribute and fill it in.');
		}
		const { id } = await access.meant();
		return { key: id, body: { ...body, id } };
	},
	send: async (entries) => await updateAll(entries),
};

export const deleteInBulk: BulkWrite = {
	async prepare(access) {
		const { id } = await access.meant();
		return { key: id, body: { id } };
	},
	async send(entries) {
		const [{ access }] = entries;
		const told = await toldOf(entries, {
			request: (some) => ({
				purpose: `delete ${access.kind.plural}`,
				role: access.role('delete'),
				method: 'DELETE',
				path: `${access.path}/bulk`,
				query: { ids: some.map(({ key }) => key).join(',') },
			}),
			pair: pairedById,
		});
		return outcomesOf(told, 'deleted');
	},
};

/** What the body of a new record is told apart by. Only customers take a reference of ours. */
function asKept({ kind, item }: Access, body: Body): Pick<Entry, 'key' | 'body'> {
	if (kind.value === 'customer') {
		const key = String(item.index);
		return { key, body: { ...body, _clientRef: key } };
	}
	const key = textOf(body.id) || textOf(body.externalId);
	if (key !== '') return { key, body };
	throw new InputMistake(
		`In bulk, each ${kind.label.toLowerCase()} needs an External ID (externalId), or nobody can tell which answer is about which item. Fill it in, or switch off "Bulk".`,
	);
}

/** Creates the entries' records. */
export async function created(entries: readonly Entry[]): Promise<Map<Entry, BulkAnswer>> {
	const [{ access }] = entries;
	return await toldOf(entries, {
		request: (some) => ({
			purpose: `create ${access.kind.plural}`,
			role: access.role('create'),
			method: 'POST',
			path: `${access.path}/bulk`,
			body: some.map(({ body }) => body),
		}),
		pair: access.kind.value === 'customer' ? pairedByRef : pairedByKey,
	});
}

function pairedByRef(entries: readonly Entry[], results: readonly BulkResult[]) {
	const byRef = new Map(results.map((result) => [result.clientRef, result]));
	return pairedWith(entries, ({ key }) => byRef.get(key));
}

function pairedById(entries: readonly Entry[], results: readonly BulkResult[]) {
	const byId = new Map(results.map((result) => [result.id, result]));
	return pairedWith(entries, ({ key }) => byId.get(key));
}

/**
 * Results of conversations and custom objects name the new id only, so the new records are read to
 * see whose they are. What was refused has none: it is what remains.
 */
async function pairedByKey(entries: readonly Entry[], results: readonly BulkResult[]) {
	const named = new Map(
		results.flatMap((result) => [
			[result.externalId, result] as const,
			[result.id, result] as const,
		]),
	);
	named.delete('');
	const paired = pairedWith(entries, ({ key }) => named.get(key));
	const told = new Set(paired.values());
	const open = results.filter((result) => !told.has(result));
	const made = open.filter(({ refusal, id }) => refusal === undefined && id !== '');
	const byId = new Map(made.map((result) => [result.id, result]));
	const known =
		made.length === 0 ? [] : await newRecords(entries[0].access, [...byId.keys()]).catch(() => []);
	const byExternalId = new Map(
		known.map(({ id, attributes }) => [textOf(attributes.externalId), byId.get(id)]),
	);
	const rest = entries.filter((entry) => !paired.has(entry));
	for (const [entry, result] of pairedWith(rest, ({ key }) => byExternalId.get(key))) {
		paired.set(entry, result);
	}
	const left = entries.filter((entry) => !paired.has(entry));
	const refused = open.filter(({ refusal }) => refusal !== undefined);
	if (left.length !== refused.length) return paired;
	const reasons = [...new Set(refused.map(({ refusal }) => refusal))].join('", or "');
	for (const [at, entry] of left.entries()) {
		paired.set(entry, { ...refused[at], refusal: reasons });
	}
	return paired;
}

function pairedWith(
	entries: readonly Entry[],
	find: (entry: Entry) => BulkResult | undefined,
): Map<Entry, BulkResult> {
	const paired = new Map<Entry, BulkResult>();
	for (const entry of entries) {
		const result = find(entry);
		if (result !== undefined) paired.set(entry, result);
	}
	return paired;
}

/**
 * Changes the entries' records, after reading what the change depends on.
 *
 * @param entries with the record's id as their key and in their body
 */
export async function updateAll(entries: readonly Entry[]): Promise<Map<Entry, ItemOutcome>> {
	const outcomes = new Map<Entry, ItemOutcome>();
	const sent = new Map<Entry, Entry>();
	for (const [entry, full] of await completed(entries)) {
		if (full instanceof Failure) outcomes.set(entry, full);
		else sent.set(full, entry);
	}
	if (sent.size === 0) return outcomes;
	const [{ access }] = entries;
	const told = await toldOf([...sent.keys()], {
		request: (some) => ({
			purpose: `change ${access.kind.plural}`,
			role: access.role('update'),
			method: 'PUT',
			path: `${access.path}/bulk`,
			body: some.map(({ body }) => body),
		}),
		pair: pairedById,
	});
	for (const [full, outcome] of outcomesOf(told, 'updated')) {
		const entry = sent.get(full) ?? full;
		const isConflict = outcome instanceof Failure && isAboutRev(full, outcome);
		outcomes.set(entry, isConflict ? await changedAlone(entry) : outcome);
	}
	return outcomes;
}

/** Somebody changed the record since it was read. */
function isAboutRev({ body }: Entry, { reason }: Failure): boolean {
	return body.rev !== undefined && /\brev\b|conflict|changed by/i.test(String(reason));
}

async function changedAlone({ access, key, body }: Entry): Promise<ItemOutcome> {
	try {
		const change = Object.entries(body).filter(([name]) => name !== 'id');
		await updated(access, { id: key }, Object.fromEntries(change));
		return { id: key, status: 'updated' };
	} catch (error) {
		return new Failure(error);
	}
}

/** Lists that are added to, and a customer's company, are sent along as they are now. */
async function completed(entries: readonly Entry[]): Promise<Map<Entry, Entry | Failure>> {
	const lacking = entries.filter(
		({ access, body, record }) => record === undefined && needsRecord(access, body),
	);
	const ids = lacking.map(({ key }) => key);
	let known: Map<string, ApiRecord>;
	try {
		const records = ids.length === 0 ? [] : await recordsOf(entries[0].access, ids);
		known = new Map(records.map((record) => [record.id, record]));
	} catch (error) {
		return new Map(entries.map((entry) => [entry, new Failure(error)]));
	}
	return new Map(
		entries.map((entry): [Entry, Entry | Failure] => {
			const { access, key, body } = entry;
			if (!needsRecord(access, body)) return [entry, entry];
			const record = entry.record ?? known.get(key);
			try {
				if (record === undefined) throw new InputMistake(access.noSuch(`the ID ${key}`));
				return [entry, { ...entry, body: { ...bodyOver(access, record, body), id: key } }];
			} catch (error) {
				return [entry, new Failure(error)];
			}
		}),
	);
}

const NEWEST_PAGES = 5;
const LIST_PAGE = 100;
const READ_AT_ONCE = 10;

/** @returns those of the records that are there */
export async function recordsOf(access: Access, ids: readonly string[]): Promise<ApiRecord[]> {
	if (access.kind.severalByIds && ids.length > 1) {
		const asked: ApiRequest = {
			...access.call,
			purpose: `read ${access.kind.plural}`,
			role: access.role('read'),
			method: 'GET',
			path: `${access.path}/${ids.map(encodeURIComponent).join(',')}`,
		};
		const reply = await apiReply(access.caller, asked);
		if (reply.status < 300) return recordsIn(reply.body);
		// One that is not there may hide the others.
		if (reply.status !== 404) throw refused(access.caller, reply, asked);
	}
	const found: ApiRecord[] = [];
	for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
		const group = ids.slice(start, start + READ_AT_ONCE);
		found.push(
			...(await Promise.all(group.map(async (id) => await readIfThere(access, id)))).flat(),
		);
	}
	return found;
}

async function readIfThere(access: Access, id: string): Promise<ApiRecord[]> {
	const reading = access.read(id).then((record) => [record]);
	return await reading.catch((error: unknown) => {
		if (error instanceof NodeApiError && error.httpCode === '404') return [];
		throw error;
	});
}

/** @returns records that were made just now, with as few requests as their kind allows */
async function newRecords(access: Access, ids: readonly string[]): Promise<ApiRecord[]> {
	if (access.kind.severalByIds) return await recordsOf(access, ids);
	const wanted = new Set(ids);
	const found: ApiRecord[] = [];
	for (let page = 1; page <= NEWEST_PAGES && wanted.size > 0; page++) {
		const body = await apiRequest(access.caller, {
			...access.call,
			purpose: `list the ${access.kind.plural}`,
			role: listRoleFor(access.kind, 'all'),
			method: 'GET',
			path: access.path,
			query: { page, pageSize: LIST_PAGE, sort: access.kind.sorts?.newest ?? 'desc' },
		});
		const listed = recordsIn(body);
		for (const record of listed) if (wanted.delete(record.id)) found.push(record);
		if (listed.length < LIST_PAGE) break;
	}
	return [...found, ...(await recordsOf(access, [...wanted]))];
}

function outcomesOf(
	told: ReadonlyMap<Entry, BulkAnswer>,
	done: 'created' | 'updated' | 'deleted',
): Map<Entry, ItemOutcome> {
	return new Map(
		[...told].map(([entry, one]): [Entry, ItemOutcome] => {
			if ('refused' in one) return [entry, new Failure(one.refused)];
			const id = textOf(entry.body.id) || null;
			if ('unknown' in one) return [entry, unknownItem(entry, id, one.unknown)];
			const status = done === 'created' && one.done.status === 'updated' ? 'updated' : done;
			return [entry, { id: one.done.id || id, status }];
		}),
	);
}
