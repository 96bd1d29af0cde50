import type { IBinaryKeyData, INodeProperties } from 'n8n-workflow';
import { apiReply, type ApiRequest } from '../../api/request';
import { recordsIn, type ApiRecord } from '../../api/records';
import { downloaded } from '../../api/storage';
import { isRecord, listedTexts, oneOf, recordOf, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { WithFiles, type Operation } from '../operation';
import { Access } from './access';
import { refuseUnlessConfirmed } from './confirming';
import { message } from './message';
import { outputOf } from './output';

const ATTACHMENT_ROLE = 'org.permission.attachment.read (or org.user.attachment.read)';
const REDACTION_ROLE = 'org.permission.message_redaction.create (or org.admin.message.write)';

const downloadAttachments: Operation = {
	name: 'Download Attachments',
	value: 'downloadAttachments',
	action: 'Download attachments of message',
	description:
		'Get the files of a message as attachment_0, attachment_1 and so on, e.g. to store them in a drive',
	credential: 'kustomerApi',
	properties: [],
	async perItem(item) {
		const access = new Access(item, message);
		const { id } = await access.meant();
		const { record, files } = await withAttachments(access, id);
		const binary: IBinaryKeyData = {};
		for (const [place, file] of files.entries()) {
			const found = await attachmentFile(access, { message: id, id: file });
			if (found !== undefined) binary[`attachment_${place}`] = found;
		}
		const output = await outputOf(access, record);
		return Object.keys(binary).length === 0 ? output : new WithFiles(output, binary);
	},
};

/** @returns the message, and the ids of its files wherever Kustomer names them */
async function withAttachments(access: Access, id: string) {
	const asked = access.reading(id, { include: 'attachments' });
	const reply = await apiReply(access.caller, asked);
	const record = access.recordIn(reply, asked);
	const beside = recordsIn({ data: recordOf(reply.body).included }).filter(
		({ type }) => type === 'attachment',
	);
	const { data } = recordOf(record.relationships.attachments);
	const named = [record.attributes.attachments, data].flat().map(idIn);
	const files = new Set([...named, ...beside.map((file) => file.id)].filter((one) => one !== ''));
	return { record, files: [...files] };
}

/** Kustomer names files by their ids, or by objects with one. */
function idIn(entry: unknown): string {
	return isRecord(entry) ? textOf(entry._id) || textOf(entry.id) : textOf(entry);
}

/** @returns the file; undefined for one that was redacted, of which nothing is left */
async function attachmentFile(
	access: Access,
	{ message: owner, id }: Record<'message' | 'id', string>,
) {
	const asked: ApiRequest = {
		...access.call,
		purpose: 'find the file of the message',
		role: ATTACHMENT_ROLE,
		missing: `Kustomer has no file with the ID ${id} in this message. It may have been deleted.`,
		method: 'GET',
		path: `${access.pathOf(owner)}/attachments/${encodeURIComponent(id)}`,
	};
	const found = access.recordIn(await apiReply(access.caller, asked), asked);
	const { name, contentType, redacted } = found.attributes;
	if (redacted === true) return undefined;
	const fileName = textOf(name) || id;
	return await downloaded(
		access.item.context,
		{ ...asked, purpose: `download the file "${fileName}"` },
		{ url: addressOf(found), name: fileName, contentType: textOf(contentType) },
	);
}

function addressOf(attachment: ApiRecord & { links?: unknown }): string {
	return textOf(recordOf(attachment.links).related);
}

const PARTS = ['', 'preview', 'attachments', 'meta'] as const;

const REDACT: INodeProperties[] = [
	{
		displayName: 'Redact',
		name: 'redact',
		type: 'options',
		default: '',
		description: 'What is removed for good, e.g. the number of a credit card',
		options: [
			{ name: '(Choose)', value: '' },
			{ name: 'Attachments', value: 'attachments', description: 'Its files' },
			{
				name: 'Channel Data',
				value: 'meta',
				description: 'From, to, subject and what else the channel knows of it',
			},
			{ name: 'Text', value: 'preview', description: 'Replaced by another text' },
		],
	},
	{
		displayName: 'Replacement Text',
		name: 'replacement',
		type: 'string',
		default: '[redacted]',
		description: 'What the message says from then on',
		displayOptions: { show: { redact: ['preview'] } },
	},
	{
		displayName: 'Attachment IDs',
		name: 'attachmentIds',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Attachment' },
		default: [],
		placeholder: 'e.g. 5fe109880e432183796e9218',
		description: 'Which of its files are removed. Empty: all of them.',
		displayOptions: { show: { redact: ['attachments'] } },
	},
];

const redact: Operation = {
	name: 'Redact',
	value: 'redact',
	action: 'Redact message',
	description:
		'Remove the text, the files or the channel data of a message for good, e.g. because a customer sent a password. Kustomer cannot bring them back.',
	credential: 'kustomerApi',
	properties: REDACT,
	async perItem(item) {
		const access = new Access(item, message);
		const part = oneOf(item.text('redact'), PARTS);
		if (part === '') {
			throw new InputMistake(
				'It is not said what is to be redacted. Set "Redact" to preview (the text), attachments or meta (the channel data).',
			);
		}
		refuseUnlessConfirmed(item, {
			parameter: message.value,
			label: message.label,
			done: 'redacted',
		});
		const { id } = await access.meant();
		const removed = await redactionOf(access, { id, part });
		const asked: ApiRequest = {
			...access.call,
			purpose: 'redact the message',
			role: REDACTION_ROLE,
			missing: `Kustomer has no message with the ID ${id}, or not these files in it.`,
			method: 'POST',
			path: `${access.pathOf(id)}/redactions`,
			body: { [part]: removed },
		};
		access.recordIn(await apiReply(access.caller, asked), asked);
		return { redacted: true, id, part };
	},
};

/** What Kustomer is sent for each part: another text, the ids of files, what is left of the channel's data. */
async function redactionOf(
	access: Access,
	{ id, part }: { id: string; part: 'preview' | 'attachments' | 'meta' },
): Promise<unknown> {
	const { item } = access;
	if (part === 'preview') return item.text('replacement') || '[redacted]';
	if (part === 'meta') return {};
	const given = listedTexts(item.value('attachmentIds', []));
	const files = given.length > 0 ? given : (await withAttachments(access, id)).files;
	if (files.length > 0) return files;
	throw new InputMistake('The message has no files, so there is nothing to redact.');
}

export const MESSAGE_VERBS: readonly Operation[] = [downloadAttachments, redact];
