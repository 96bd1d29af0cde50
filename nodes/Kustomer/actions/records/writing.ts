import { apiReply, refused, type ApiRequest } from '../../api/request';
import { recordOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { Access } from './access';
import { attributesFor, completed } from './attributes';
import { enteredBody, type Body } from './body';
import { changed, updated } from './changing';
import { refuseUnlessConfirmed } from './confirming';
import { outputOf } from './output';
import type { RecordKind } from './record';
import { uploadedFiles, type Attachment } from './uploading';

/** @returns the operation that creates a record */
export function createOperation(kind: RecordKind): Operation {
	return {
		...wordsOfCreate(kind),
		value: 'create',
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			const asked = await creating(access, await enteredBody(access, 'create'));
			const attachments = kind.takesFiles ? await uploadedFiles(access) : [];
			return await outputOf(access, await access.write(withAttachments(asked, attachments)));
		},
	};
}

function withAttachments(asked: ApiRequest, attachments: readonly Attachment[]): ApiRequest {
	if (attachments.length === 0) return asked;
	const body = recordOf(asked.body);
	const given: unknown[] = Array.isArray(body.attachments) ? body.attachments : [];
	return { ...asked, body: { ...body, attachments: [...given, ...attachments] } };
}

function wordsOfCreate({ value, label }: RecordKind) {
	if (value === 'message') {
		return {
			name: 'Log Message (Is Not Sent)',
			action: 'Log message',
			description:
				'Record a message that was sent or received outside Kustomer, e.g. by a phone system. Nothing is sent to the customer.',
		};
	}
	const word = label.toLowerCase();
	return {
		name: 'Create',
		action: `Create ${word}`,
		description: `Create a ${word} in Kustomer. Running the step twice creates two: where an external ID or an address tells them apart, use Create or Update.`,
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
			return await outputOf(access, await updated(access, await access.meant(), body));
		},
	};
}

/** @returns the operation that deletes a record */
export function deleteOperation(kind: RecordKind): Operation {
	const label = kind.label.toLowerCase();
	return {
		name: 'Delete',
		value: 'delete',
		action: `Delete ${label}`,
		description: kind.isMarkedDeleted
			? `Mark a ${label} as deleted; Kustomer can restore it`
			: `Delete a ${label} for good, e.g. because a person asked for it`,
		credential: 'kustomerApi',
		properties: [],
		async perItem(item) {
			const access = new Access(item, kind);
			refuseUnlessConfirmed(item, { parameter: kind.value, label: kind.label, done: 'deleted' });
			const { id } = await access.meant();
			if (kind.isMarkedDeleted) await changed(access, id, { deleted: true });
			else await removed(access, id);
			return { deleted: true, id };
		},
	};
}

async function removed(access: Access, id: string): Promise<void> {
	const { label } = access;
	const asked: ApiRequest = {
		...access.call,
		purpose: `delete the ${label}`,
		role: access.role('delete'),
		missing: `Kustomer has no ${label} with the ID ${id}.`,
		method: 'DELETE',
		path: access.pathOf(id),
	};
	const reply = await apiReply(access.caller, asked);
	if (reply.status >= 300) throw refused(access.caller, reply, asked);
}

/**
 * @param body as it was entered
 * @returns the request that creates the record, where it belongs
 * @throws InputMistake naming what Kustomer requires and nobody entered
 */
export async function creating(access: Access, body: Body): Promise<ApiRequest> {
	const { item, kind, label } = access;
	const { path, belonging } = await placeOfNew(access);
	const own = attributesFor('create', kind.attributes);
	const full = kind.value === 'note' ? body : completed({ ...body, ...belonging }, own);
	const isImport = item.options.historical === true;
	return {
		...access.call,
		purpose: `create the ${label}`,
		role: access.role('create'),
		missing: `Kustomer knows no place for this ${label}: check the record that it belongs to.`,
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
	if (kind.value !== 'message' && kind.value !== 'note')
		return { path: access.path, belonging: {} };
	const isInNew = kind.value === 'message' && item.value('sendTo', '') === 'newConversation';
	const parent = isInNew ? 'customer' : 'conversation';
	const { id } = await access.of(parent).meant();
	return { path: access.filled(kind.parents?.[parent] ?? kind.path, id), belonging: {} };
}
