import type { INodeProperties } from 'n8n-workflow';
import { apiReply, type ApiRequest } from '../../api/request';
import { storageReply } from '../../api/storage';
import { recordOf, textOf } from '../../narrowing';
import { binaryField, filePart, type FilePart } from '../files';
import { multipartBody } from '../multipart';
import type { Access } from './access';

/** The parameter of every operation that takes files of the incoming item. */
export const FILES: INodeProperties = {
	displayName: 'Files',
	name: 'files',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add File' },
	default: {},
	placeholder: 'Add File',
	description: 'Files of the incoming item to attach, e.g. an invoice that the step before made',
	options: [
		{
			displayName: 'File',
			name: 'file',
			values: [
				{
					displayName: 'Input Binary Field',
					name: 'binaryProperty',
					type: 'string',
					default: 'data',
					hint: 'The name of the input binary field containing the file to be attached',
				},
			],
		},
	],
};

/** A file as messages, notes and drafts name it. */
export type Attachment = {
	_id: string;
	name: string;
	contentType: string;
	contentLength: number;
};

/**
 * Uploads the files of the parameter `files`, one after the other, each of which is in memory
 * meanwhile. To be called last before the write that names them: nobody sees a file that none names.
 *
 * @returns what the body of that write has as `attachments`; empty where no files are given
 * @throws InputMistake naming a binary field that the item does not have, before anything is sent;
 *   NodeApiError when Kustomer or its storage refuses a file
 */
export async function uploadedFiles(access: Access): Promise<Attachment[]> {
	const { item } = access;
	const rows = item.rows('files', 'file');
	for (const row of rows) binaryField(item, textOf(row.binaryProperty));
	const attachments: Attachment[] = [];
	for (const row of rows) attachments.push(await uploaded(access, await filePart(item, row)));
	return attachments;
}

/** Kustomer is told of the file, and says where its bytes go. */
async function uploaded(access: Access, file: FilePart): Promise<Attachment> {
	const { caller } = access;
	const bytes = await bytesOf(file);
	const attachment = {
		name: file.fileName,
		contentType: file.mimeType,
		contentLength: bytes.length,
	};
	const asked: ApiRequest = {
		...access.call,
		purpose: `upload the file "${file.fileName}"`,
		role: access.role('create'),
		method: 'POST',
		path: '/v1/attachments',
		body: attachment,
		// Told of twice, one of them stays without bytes, and nobody sees it.
		isRead: true,
	};
	const reply = await apiReply(caller, asked);
	const { id } = access.recordIn(reply, asked);
	const { url, fields } = recordOf(recordOf(recordOf(reply.body).meta).upload);
	// The storage takes every field as it was given out, and the file last.
	const form = await multipartBody([
		...Object.entries(recordOf(fields)).map(([name, value]) => ({ name, text: String(value) })),
		{ ...file, name: 'file', pieces: [bytes] },
	]);
	await storageReply(caller, asked, {
		method: 'POST',
		url: textOf(url),
		headers: { 'Content-Type': form.contentType },
		body: form.bytes,
	});
	return { _id: id, ...attachment };
}

/**
 * Attaches the files of the parameter `files` to a draft, which has a place of its own for them.
 *
 * @throws as `uploadedFiles`; the draft may have some of the files then
 */
export async function attachFiles(access: Access, draftId: string): Promise<void> {
	const { item } = access;
	for (const row of item.rows('files', 'file')) {
		await attached(access, draftId, await filePart(item, row));
	}
}

async function attached(access: Access, draftId: string, file: FilePart): Promise<void> {
	const bytes = await bytesOf(file);
	const asked: ApiRequest = {
		...access.call,
		purpose: `attach the file "${file.fileName}"`,
		method: 'POST',
		path: `/v1/drafts/${encodeURIComponent(draftId)}/attachments`,
		body: { name: file.fileName, contentType: file.mimeType, contentLength: bytes.length },
	};
	const reply = await apiReply(access.caller, asked);
	access.recordIn(reply, asked);
	const { related } = recordOf(recordOf(recordOf(reply.body).data).links);
	await storageReply(access.caller, asked, {
		method: 'PUT',
		url: textOf(related),
		headers: { 'Content-Type': file.mimeType },
		body: bytes,
	});
}

/** What goes along, by name and type; throws InputMistake naming a binary field that is not there. */
export function filesGiven({ item }: Access): Array<{ name: string; contentType: string }> {
	return item.rows('files', 'file').map((row) => {
		const property = textOf(row.binaryProperty);
		const { fileName, mimeType } = binaryField(item, property);
		return { name: fileName ?? property, contentType: mimeType };
	});
}

async function bytesOf({ pieces }: FilePart): Promise<Buffer> {
	const all: Uint8Array[] = [];
	for await (const piece of pieces) all.push(piece);
	return Buffer.concat(all);
}
