import { isRecord } from './body.cts';
import type { Author } from './announce.cts';
import { badRequest } from './errors.cts';
import type { Draft, Records } from './records.cts';
import type { Followed, Preparation, Rule } from './rules.cts';
import { isDeleted, type Json, type StoredRecord } from './store.cts';

export const messageRule: Rule = {
	prepare(draft, about) {
		const { before, body, records } = about;
		belongTogether(draft, records);
		takeAttachments(draft, about);
		if (before !== undefined) return;
		const { attributes } = draft;
		const isIn = body.direction === 'in';
		attributes.size = body.size ?? String(body.preview ?? '').length;
		attributes.status = body.status ?? (isIn ? 'received' : 'sent');
		attributes.directionType = `${stageOf(draft, records)}-${isIn ? 'in' : 'out'}`;
	},
	follow(about) {
		if (about.before === undefined) countMessage(about);
		tieAttachments(about);
	},
};

export const noteRule: Rule = {
	prepare(draft, about) {
		belongTogether(draft, about.records);
		takeAttachments(draft, about);
	},
	follow(about) {
		const { before, after, by, records } = about;
		tieAttachments(about);
		const conversation = records.store.find('conversation', after.related.conversation?.id ?? '');
		const step = before === undefined ? 1 : !isDeleted(before) && isDeleted(after) ? -1 : 0;
		if (conversation === undefined || step === 0) return;
		const noteCount = Number(conversation.attributes.noteCount) + step;
		records.touch(conversation, { noteCount, lastActivityAt: after.attributes.updatedAt }, by);
	},
};

/**
 * Logs a message of a customer who has no conversation for it yet, as Kustomer does on the
 * customer's own route: a conversation is made.
 */
export function createMessage(records: Records, body: Json, by: Author): StoredRecord {
	if (body.conversation !== undefined) return records.create('message', body, by);
	// A bad body must not leave an empty conversation behind.
	for (const field of ['channel', 'app']) {
		if (body[field] === undefined) {
			throw badRequest('Missing required property', { parameter: field, detail: '/required' });
		}
	}
	const { customer, direction, importedAt } = body;
	const conversation = records.create(
		'conversation',
		{ customer, direction, ...(importedAt !== undefined && { importedAt }) },
		by,
	);
	return records.create('message', { ...body, conversation: conversation.id }, by);
}

/**
 * @param body one of `{ preview }`, `{ attachments }`, `{ meta }`
 * @returns the redaction
 * @throws Refusal 400
 */
export function redact(
	records: Records,
	message: StoredRecord,
	change: { body: Json; by: Author },
): StoredRecord {
	const { body, by } = change;
	const names = Object.keys(body);
	if (names.length !== 1 || !['preview', 'attachments', 'meta'].includes(names[0])) {
		throw badRequest('Give one of preview, attachments, meta', {
			parameter: names[1] ?? 'preview',
		});
	}
	const { conversation, customer } = message.related;
	if (Array.isArray(body.attachments)) {
		for (const id of body.attachments) {
			const attachment = records.get('attachment', String(id));
			records.edit(attachment, { attributes: { redacted: true } }, by);
		}
	}
	const redacted = { redacted: true, redactedAt: records.now() };
	const shown = body.attachments === undefined ? body : {};
	const author = by.userId === null ? null : { type: 'user', id: by.userId };
	records.edit(
		message,
		{ attributes: { ...shown, ...redacted }, related: { ...message.related, redactedBy: author } },
		by,
	);
	return records.add(
		'message_redaction',
		{
			attributes: shown,
			related: { message: { type: 'message', id: message.id }, conversation, customer },
		},
		by,
	);
}

/** Where only the conversation is named, its customer is meant. */
function belongTogether({ related }: Draft, { store }: Records): void {
	const conversation = related.conversation;
	const customer = conversation && store.find('conversation', conversation.id)?.related.customer;
	if (customer) related.customer = customer;
}

/** Messages and notes name attachments by their ids or as `{ _id, name, … }`. */
function takeAttachments({ attributes }: Draft, { body, records }: Preparation): void {
	if (body.attachments === undefined) return;
	if (!Array.isArray(body.attachments))
		throw badRequest('Invalid type', { parameter: 'attachments' });
	attributes.attachments = body.attachments.map((entry: unknown) => {
		const id = isRecord(entry) ? entry._id : entry;
		const known = records.store.find('attachment', String(id));
		if (known === undefined) throw badRequest('No such attachment', { parameter: 'attachments' });
		const { name, contentType, contentLength } = known.attributes;
		return { _id: known.id, name, contentType, contentLength };
	});
}

function tieAttachments({ after, by, records }: Followed): void {
	for (const { _id } of (after.attributes.attachments ?? []) as Json[]) {
		const attachment = records.store.find('attachment', String(_id));
		if (attachment === undefined || attachment.related.message || after.type !== 'message')
			continue;
		const message = { type: 'message', id: after.id };
		records.edit(attachment, { related: { ...attachment.related, message } }, by);
	}
}

function stageOf({ related, attributes }: Draft, { store }: Records): string {
	const conversation = store.find('conversation', related.conversation?.id ?? '');
	if (conversation === undefined || conversation.attributes.messageCount === 0) return 'initial';
	const isSame = conversation.attributes.lastMessageDirection === attributes.direction;
	return isSame ? 'followup' : 'response';
}

/** A message moves its conversation and its customer; one from outside opens the conversation again. */
function countMessage({ after, by, records }: Followed): void {
	const { direction, sentAt } = after.attributes;
	const conversation = records.store.find('conversation', after.related.conversation?.id ?? '');
	if (conversation !== undefined) {
		const attributes = conversationAfter(conversation.attributes, after);
		// A customer's own message leaves `modifiedAt` alone: nobody edited anything.
		if (by.userId === null) records.touch(conversation, attributes, by);
		else records.edit(conversation, { attributes }, by);
	}
	const customer = records.store.find('customer', after.related.customer?.id ?? '');
	if (customer === undefined) return;
	const last = { sentAt, id: after.id };
	const attributes: Json = {
		lastMessageAt: sentAt,
		lastActivityAt: after.attributes.updatedAt,
		preview: {
			text: after.attributes.preview,
			type: 'message_' + String(direction),
			previewAt: sentAt,
		},
		...(direction === 'in'
			? { lastMessageIn: last, lastMessageUnrespondedTo: last, lastCustomerActivityAt: sentAt }
			: { lastMessageOut: last, lastMessageUnrespondedTo: {} }),
	};
	records.touch(customer, attributes, by);
}

function conversationAfter(conversation: Json, { id, attributes, related }: StoredRecord): Json {
	const { channel, direction, sentAt, createdAt, directionType, preview } = attributes;
	const isIn = direction === 'in';
	const side = isIn ? 'In' : 'Out';
	const counter = isIn ? 'inboundMessageCount' : 'outboundMessageCount';
	const createdBy = related.createdBy?.id;
	const short = { id, sentAt, createdAt };
	const first = { createdByTeams: [], ...short, channel, directionType, createdBy };
	const isFirst = (conversation[`firstMessage${side}`] as Json | undefined)?.id === undefined;
	const answer = { createdByTeams: [], assignedTeams: [], assignedUsers: [], ...short, createdBy };
	const reopens = isIn && conversation.status !== 'open';
	return {
		preview,
		channels: [...new Set([...(conversation.channels as unknown[]), channel])],
		messageCount: Number(conversation.messageCount) + 1,
		[counter]: Number(conversation[counter]) + 1,
		[`lastMessage${side}`]: short,
		lastMessageAt: sentAt,
		lastMessageDirection: direction,
		lastActivityAt: attributes.updatedAt,
		...(isFirst && { [`firstMessage${side}`]: first }),
		...(isIn
			? { lastMessageUnrespondedTo: short }
			: { lastMessageUnrespondedTo: {}, lastResponse: answer }),
		...(!isIn &&
			(conversation.firstResponse as Json).id === undefined && { firstResponse: answer }),
		...(reopens &&
			conversation.snooze !== undefined && {
				snooze: { ...(conversation.snooze as Json), status: 'canceled' },
			}),
		...(reopens && { status: 'open', reopenCount: Number(conversation.reopenCount ?? 0) + 1 }),
	};
}
