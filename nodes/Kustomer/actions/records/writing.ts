import { kustomerErrors, type Reply } from '../../api/errors';
import { recordsIn, type ApiRecord } from '../../api/records';
import { apiReply, refused, unreadable, type ApiRequest } from '../../api/request';
import { isRecord, oneOf, recordOf, textOf } from '../../narrowing';
import { InputMistake } from '../errors';
import type { Operation } from '../operation';
import { Access } from './access';
import { attributesFor, completed } from './attributes';
import { enteredBody, withWhatIsThere, type Body } from './body';
import { outputOf } from './output';
import type { Lookup, RecordKind } from './record';

/** A record that others change at the same moment is read and changed again this often. */
const MOST_CONFLICTS = 3;

/** How often an upsert looks and creates, where the outcome is not known or somebody was faster. */
const MOST_TRIES = 3;

class Broken {
	constructor(readonly error: unknown) {}
}

/** @returns the operation that creates a record */
export function createOperation(kind: RecordKind): Operation {
	return {
		name: kind.value === 'message' ? 'Log Message (Is Not Sent)' : 'Create',
		value: 'create',
		action: kind.value === 'message' ? 'Log message' : `Create ${kind.label.toLowerCase()}`,
		description:
			kind.value === 'message'
				? 'Record a message that was sent or received outside Kustomer, e.g. by a phone system. Nothing is sent to the customer.'
				: `Create a ${kind.label.toLowerCase()} in Kustomer. Running the step twice creates two: where an external ID or an address tells them apart, use Create or Update.`,
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const body = await enteredBody(access, 'create');
			return await outputOf(access, await created(access, body));
		},
	};
}

/** @returns the operation that changes a record */
export function updateOperation(kind: RecordKind): Operation {
	return {
		name: 'Update',
		value: 'update',
		action: `Update ${kind.label.toLowerCase()}`,
		description: `Change attributes of one ${kind.label.toLowerCase()}; what is left out stays as it is`,
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const body = await enteredBody(access, 'update');
			if (Object.keys(body).length === 0) {
				throw new InputMistake('There is nothing to change. Add an attribute and fill it in.');
			}
			const { id, record } = await access.meant();
			return await outputOf(access, await updated(access, { id, record, body }));
		},
	};
}

/** @returns the operation that creates a record or changes the one that is there */
export function upsertOperation(kind: RecordKind): Operation {
	return {
		name: 'Create or Update',
		value: 'upsert',
		action: `Create or update ${kind.label.toLowerCase()}`,
		description: 'Create a new record, or update the current one if it already exists (upsert)',
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const { by, value } = keyOf(access);
			const body = await enteredBody(access, 'update');
			// Two items with one key must not both find nothing.
			const outcome = await item.run.inTurn(
				`${kind.value} ${by} ${value.toLowerCase()}`,
				async () => await upserted(access, { by, value, body }),
			);
			const output = await outputOf(access, outcome.record);
			return { ...output, created: outcome.created };
		},
	};
}

/** @returns the operation that deletes a record */
export function deleteOperation(kind: RecordKind): Operation {
	return {
		name: 'Delete',
		value: 'delete',
		action: `Delete ${kind.label.toLowerCase()}`,
		description: kind.isMarkedDeleted
			? `Mark a ${kind.label.toLowerCase()} as deleted; Kustomer can restore it`
			: `Delete a ${kind.label.toLowerCase()} for good, e.g. because a person asked for it`,
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const { id } = await access.meant();
			if (kind.isMarkedDeleted) await changed(access, id, { deleted: true });
			else await removed(access, id);
			return { deleted: true, id };
		},
	};
}

/** @throws NodeApiError when Kustomer refuses, or when it is not known whether it was created */
async function created(access: Access, body: Body): Promise<ApiRecord> {
	const asked = await creating(access, body);
	return recordOfReply(access, asked, await apiReply(access.caller, asked));
}

async function creating(access: Access, body: Body): Promise<ApiRequest> {
	const { item, kind } = access;
	const { path, belonging } = await placeOfNew(access);
	const own = attributesFor('create', kind.attributes);
	const full = kind.value === 'note' ? body : completed({ ...body, ...belonging }, own);
	const isImport = item.options.historical === true;
	return {
		...access.call,
		purpose: `create the ${kind.label.toLowerCase()}`,
		role: access.role('create'),
		missing: `Kustomer knows no place for this ${kind.label.toLowerCase()}: check the record that it belongs to.`,
		method: 'POST',
		path,
		body: {
			...full,
			...(isImport && !full.importedAt && { importedAt: new Date().toISOString() }),
		},
	};
}

/** Where a new record is posted, and what says whose it is. */
async function placeOfNew(access: Access): Promise<{ path: string; belonging: Body }> {
	const { item, kind } = access;
	if (kind.value === 'conversation') {
		const { id } = await access.of('customer').meant();
		return { path: access.path, belonging: { customer: id } };
	}
	const isInNew = kind.value === 'message' && item.value('sendTo', '') === 'newConversation';
	const parent = isInNew ? 'customer' : 'conversation';
	const path =
		kind.value === 'message' || kind.value === 'note' ? kind.parents?.[parent] : undefined;
	if (path === undefined) return { path: access.path, belonging: {} };
	const { id } = await access.of(parent).meant();
	return { path: access.filled(path, id), belonging: {} };
}

type Change = { id: string; record?: ApiRecord; body: Body };

/**
 * @param change works out what to change of the record as it is; asked again when somebody else
 *   changed it meanwhile
 * @returns the record as it is afterwards
 */
export async function changedWith(
	access: Access,
	{ id, record: known }: { id: string; record?: ApiRecord },
	change: (record: ApiRecord) => Promise<Body>,
): Promise<ApiRecord> {
	let record = known;
	for (let conflicts = 0; ; conflicts++) {
		record ??= await access.read(id);
		const asked = changing(access, record.id, withRev(access.kind, record, await change(record)));
		const reply = await apiReply(access.caller, asked);
		const isConflict = reply.status === 409 && access.kind.hasRev && !tellsOfDuplicate(reply);
		if (!isConflict || conflicts >= MOST_CONFLICTS) return await recordAfter(access, asked, reply);
		record = undefined;
	}
}

/** @returns the conversation with the tags added; Kustomer makes a tag of a name that it does not know */
export async function appendedTags(
	access: Access,
	id: string,
	names: readonly string[],
): Promise<ApiRecord> {
	const asked: ApiRequest = {
		...access.call,
		purpose: 'add tags to the conversation',
		role: access.role('update'),
		missing: `Kustomer has no conversation with the ID ${id}.`,
		method: 'POST',
		path: `${access.path}/${encodeURIComponent(id)}/tags`,
		body: names,
	};
	return recordOfReply(access, asked, await apiReply(access.caller, asked));
}

/**
 * Changes a record. A list that is added to, and a customer's company, which Kustomer unlinks when
 * it is left out, are read first; the change then carries `rev`, so that nobody else's is undone.
 */
async function updated(access: Access, change: Change): Promise<ApiRecord> {
	const { kind, item } = access;
	const own = attributesFor('update', kind.attributes);
	const isAdding = oneOf(item.value('lists', 'add'), ['add', 'replace']) === 'add';
	const lists = own.filter(({ type }) => type === 'list' || type === 'idList');
	const addsTo = isAdding && lists.some(({ name }) => nonEmptyList(change.body[name]));
	if (!addsTo && kind.value !== 'customer') return await changed(access, change.id, change.body);
	return await changedWith(access, change, async (record) =>
		withCompany(kind, record, addsTo ? withWhatIsThere(change.body, record, own) : change.body),
	);
}

function nonEmptyList(value: unknown): boolean {
	return Array.isArray(value) && value.length > 0;
}

function withRev(kind: RecordKind, { attributes }: ApiRecord, body: Body): Body {
	return kind.hasRev && typeof attributes.rev === 'number' && body.rev === undefined
		? { ...body, rev: attributes.rev }
		: body;
}

function withCompany(kind: RecordKind, { relationships }: ApiRecord, body: Body): Body {
	if (kind.value !== 'customer' || 'company' in body) return body;
	const { data } = recordOf(relationships.company);
	const id = isRecord(data) ? textOf(data.id) : '';
	return id === '' ? body : { ...body, company: id };
}

async function changed(access: Access, id: string, body: Body): Promise<ApiRecord> {
	const asked = changing(access, id, body);
	return await recordAfter(access, asked, await apiReply(access.caller, asked));
}

function changing(access: Access, id: string, body: Body): ApiRequest {
	const { kind } = access;
	const label = kind.label.toLowerCase();
	return {
		...access.call,
		purpose: `change the ${label}`,
		role: access.role('update'),
		missing: `Kustomer has no ${label} with the ID ${id}. It may have been deleted or merged.`,
		method: kind.updateVerb ?? 'PATCH',
		path: `${access.path}/${encodeURIComponent(id)}`,
		body,
	};
}

async function recordAfter(access: Access, asked: ApiRequest, reply: Reply): Promise<ApiRecord> {
	if (reply.status === 204) return await access.read(String(asked.path.split('/').at(-1)));
	return recordOfReply(access, asked, reply);
}

function recordOfReply({ caller }: Access, asked: ApiRequest, reply: Reply): ApiRecord {
	if (reply.status >= 300) throw refused(caller, reply, asked);
	const [record] = recordsIn(reply.body);
	if (record === undefined) throw unreadable(caller, asked);
	return record;
}

async function removed(access: Access, id: string): Promise<void> {
	const label = access.kind.label.toLowerCase();
	const asked: ApiRequest = {
		...access.call,
		purpose: `delete the ${label}`,
		role: access.role('delete'),
		missing: `Kustomer has no ${label} with the ID ${id}.`,
		method: 'DELETE',
		path: `${access.path}/${encodeURIComponent(id)}`,
	};
	const reply = await apiReply(access.caller, asked);
	if (reply.status >= 300) throw refused(access.caller, reply, asked);
}

type Key = { by: Lookup; value: string };

function keyOf({ item, kind }: Access): Key {
	const by = oneOf(
		item.value('matchBy', 'externalId'),
		kind.value === 'customer' ? ['email', 'phone', 'externalId'] : ['externalId'],
	);
	const value = item.text('matchValue');
	if (value !== '') return { by, value };
	throw new InputMistake(
		'"Match Value" is empty, so nobody can tell whether the record is there. Check the expression in it.',
	);
}

/**
 * Looks up, then changes or creates. Where Kustomer refuses a second record with this key, or it is
 * not known whether one was made, it looks again: a second run is always safe.
 */
async function upserted(access: Access, { by, value, body }: Key & { body: Body }) {
	let isUnknown = false;
	for (let tries = 1; ; tries++) {
		const there = await access.lookUp(by, value);
		if (there !== undefined && isUnknown) return { record: there, created: true };
		if (there !== undefined)
			return { record: await rewritten(access, there, body), created: false };
		const asked = await creating(access, withKey(body, { by, value }));
		const reply = await apiReply(access.caller, asked).catch((error: unknown) => new Broken(error));
		if (reply instanceof Broken) {
			isUnknown = true;
			if (tries >= MOST_TRIES) throw reply.error;
			continue;
		}
		if (reply.status < 300) return { record: recordOfReply(access, asked, reply), created: true };
		isUnknown = reply.status >= 500;
		const isWorthALook = isUnknown || reply.status === 409 || tellsOfDuplicate(reply);
		if (!isWorthALook || tries >= MOST_TRIES) throw refused(access.caller, reply, asked);
	}
}

async function rewritten(access: Access, record: ApiRecord, body: Body): Promise<ApiRecord> {
	// The conversation's customer is only for a new one; moving it is another change.
	const { customer, ...others } = body;
	const change =
		access.kind.value === 'conversation'
			? others
			: { ...others, ...(customer !== undefined && { customer }) };
	if (Object.keys(change).length === 0) return record;
	return await updated(access, { id: record.id, record, body: change });
}

function withKey(body: Body, { by, value }: Key): Body {
	if (by === 'externalId') return { ...body, externalId: value };
	const [list, entry] = by === 'email' ? ['emails', 'email'] : ['phones', 'phone'];
	const given = Array.isArray(body[list]) ? (body[list] as unknown[]) : [];
	const isThere = given.some(
		(one) => isRecord(one) && textOf(one[entry]).toLowerCase() === value.toLowerCase(),
	);
	return { ...body, [list]: isThere ? given : [{ [entry]: value }, ...given] };
}

/** The status of such a refusal is not documented: 409 by one page, 400 by another. */
function tellsOfDuplicate(reply: Reply): boolean {
	const said = kustomerErrors(reply.body)
		.map(({ code, text }) => `${code} ${text}`)
		.join(' ');
	return reply.status < 500 && /duplicate|already|taken|in use|unique|exists/i.test(said);
}
