import type { Reply } from '../../api/errors';
import type { ApiRecord } from '../../api/records';
import { apiReply, type ApiRequest } from '../../api/request';
import { isRecord, oneOf, recordOf, textOf } from '../../narrowing';
import type { Access } from './access';
import { attributesFor } from './attributes';
import { withWhatIsThere, type Body } from './body';
import type { RecordKind } from './record';

/** A record that others change at the same moment is read and changed again this often. */
const MOST_CONFLICTS = 3;

/** The record to change, and what was read of it already. */
export type Meant = { id: string; record?: ApiRecord };

/**
 * Changes a record by what is there: it is read first, and the change carries `rev`, so that what
 * somebody else does meanwhile is not undone.
 *
 * @param change works out what to change; asked again when somebody else changed the record
 *   meanwhile; undefined: nothing
 * @returns the record as it is afterwards
 * @throws NodeApiError when it cannot be read, for then nothing is written
 */
export async function changedWith(
	access: Access,
	{ id, record: known }: Meant,
	change: (record: ApiRecord) => Promise<Body | undefined>,
): Promise<ApiRecord> {
	let record = known ?? (await access.read(id));
	for (let conflicts = 0; ; conflicts++) {
		const body = await change(record);
		if (body === undefined) return record;
		const asked = changing(access, record.id, withRev(access.kind, record, body));
		const reply = await apiReply(access.caller, asked);
		const isConflict = reply.status === 409 && access.kind.hasRev === true;
		if (!isConflict || conflicts >= MOST_CONFLICTS) return await recordAfter(access, asked, reply);
		const { rev } = record.attributes;
		record = await access.read(record.id);
		// Nobody changed it: the conflict is another one, such as an address that somebody else has.
		if (record.attributes.rev === rev) return await recordAfter(access, asked, reply);
	}
}

/**
 * Changes a record. A list that is added to, and a customer's company, which Kustomer unlinks when
 * it is left out, are read first.
 *
 * @returns the record as it is afterwards
 */
export async function updated(access: Access, meant: Meant, body: Body): Promise<ApiRecord> {
	if (!addsToList(access, body) && access.kind.value !== 'customer') {
		return await changed(access, meant.id, body);
	}
	return await changedWith(access, meant, async (record) => bodyOver(access, record, body));
}

/** @returns whether the change depends on what the record is now */
export function needsRecord(access: Access, body: Body): boolean {
	const mustNameCompany = access.kind.value === 'customer' && !('company' in body);
	return mustNameCompany || addsToList(access, body);
}

/**
 * @param record as it is now
 * @returns the body with what is there in the lists that are added to, and a customer's company
 * @throws InputMistake for a list that Kustomer masks
 */
export function bodyOver(access: Access, record: ApiRecord, body: Body): Body {
	const own = attributesFor('update', access.kind.attributes);
	const full = addsToList(access, body) ? withWhatIsThere(body, record, own) : body;
	return withRev(access.kind, record, withCompany(access.kind, record, full));
}

function addsToList({ kind, item }: Access, body: Body): boolean {
	const lists = attributesFor('update', kind.attributes).filter(
		({ type }) => type === 'list' || type === 'idList',
	);
	if (!lists.some(({ name }) => isFilledList(body[name]))) return false;
	return oneOf(item.value('lists', 'add'), ['add', 'replace']) === 'add';
}

/** @returns the record as it is afterwards; what it was before is not looked at */
export async function changed(access: Access, id: string, body: Body): Promise<ApiRecord> {
	const asked = changing(access, id, body);
	return await recordAfter(access, asked, await apiReply(access.caller, asked));
}

function isFilledList(value: unknown): boolean {
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

function changing(access: Access, id: string, body: Body): ApiRequest {
	const { kind, label } = access;
	return {
		...access.call,
		purpose: `change the ${label}`,
		role: access.role('update'),
		missing: `Kustomer has no ${label} with the ID ${id}. It may have been deleted or merged.`,
		method: kind.updateVerb ?? 'PATCH',
		path: access.pathOf(id),
		body,
	};
}

async function recordAfter(access: Access, asked: ApiRequest, reply: Reply): Promise<ApiRecord> {
	if (reply.status === 204) return await access.read(String(asked.path.split('/').at(-1)));
	return access.recordIn(reply, asked);
}
