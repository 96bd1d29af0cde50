import type { Author } from './announce.cts';
import { one, pageOfRecords, type Desk, type Route } from './api.cts';
import { isRecord } from './body.cts';
import { badRequest } from './errors.cts';
import { limitByCustomer } from './recordRoutes.cts';
import type { Records } from './records.cts';
import { ROLES } from './roles.cts';
import { checkBody, type Fields } from './schema.cts';
import type { Json, StoredRecord } from './store.cts';
import type { Switches } from './switches.cts';

const PERSON = { email: 'string!', name: 'string' };
const EVERY: Fields = {
	conversation: 'id',
	customer: 'id',
	auto: 'boolean',
	sendAt: 'string?',
	scheduled: 'boolean',
	source: '=bulk|satisfaction',
	lang: 'string?',
	shortcuts: 'string[]',
	kbArticles: 'string[]',
	payload: 'object',
	body: 'string',
};
const TEXT: Fields = {
	...EVERY,
	to: 'string',
	from: 'string',
	app: 'string',
	attachments: 'string[]',
};

/** What a draft may hold, by channel. Source: Kustomer's specification, a union by `channel`. */
const BY_CHANNEL: Readonly<Record<string, Fields>> = {
	email: {
		...EVERY,
		to: 'any',
		from: PERSON,
		cc: [PERSON],
		bcc: [PERSON],
		subject: 'string',
		replyTo: 'string',
		headers: [{ name: 'string!', value: 'string' }],
		template: 'string?',
		templateType: 'string',
		htmlBody: 'string',
		app: '=gmail|postmark',
	},
	sms: { ...TEXT, app: '=twilio|zipwhip|messagebird' },
	whatsapp: { ...TEXT, app: '=twilio_whatsapp|messagebird|whatsapp!', meta: 'object' },
	chat: { ...TEXT, responseButtons: 'object[]', app: '=chat|smooch' },
	facebook: TEXT,
	instagram: TEXT,
	'twitter-dm': TEXT,
	'twitter-tweet': TEXT,
	note: { ...EVERY, userMentions: 'object[]' },
};

/** Channel → the app that sends where the draft names none. */
const APPS: Readonly<Record<string, string>> = { email: 'postmark', sms: 'twilio', chat: 'chat' };

/** Channel and address of what the organization sends from. */
export const OUTBOUND_ACCOUNTS = [
	{ channel: 'email', name: 'Teapot Works Support', account: 'support@teapot-works.example' },
	{ channel: 'email', name: 'Wholesale', account: 'wholesale@teapot-works.example' },
	{ channel: 'sms', name: 'Texts', account: '+15550100042' },
	{ channel: 'whatsapp', name: 'WhatsApp', account: '+15550100043' },
];

/** Drafts are how Kustomer really sends. Any valid key may write them. */
export function draftRoutes(desk: Desk): Route[] {
	const { records } = desk;
	return [
		{
			method: 'GET',
			path: '/customers/:id/drafts',
			roles: ROLES.drafts,
			handle(call) {
				records.get('customer', call.params.id);
				const drafts = records.store.children('draft', 'customer', call.params.id);
				return pageOfRecords(desk, call, { records: drafts });
			},
		},
		{
			method: 'POST',
			path: '/customers/:id/drafts',
			roles: [],
			status: ({ draftStatus }) => draftStatus,
			handle({ params, query, body, by }) {
				const customer = records.get('customer', params.id);
				limitByCustomer(desk, 'draft', isRecord(body) ? { ...body, customer: params.id } : body);
				const createConversation = query.get('createConversation') === 'true';
				const { switches } = desk;
				const draft = { body, by, createConversation, switches };
				return one(desk, createDraft(records, customer, draft));
			},
		},
		{
			method: 'PUT',
			path: '/drafts/:id',
			roles: [],
			handle: ({ params, body, by }) =>
				one(desk, updateDraft(records, records.get('draft', params.id), { body, by })),
		},
		{
			method: 'DELETE',
			path: '/drafts/:id',
			roles: [],
			handle({ params, query, by }) {
				const draft = records.get('draft', params.id);
				records.remove(draft, by);
				const conversation = draft.related.conversation;
				if (query.get('deleteConversation') !== 'true' || !conversation) return;
				records.remove(records.get('conversation', conversation.id), by);
			},
		},
		{
			method: 'GET',
			path: '/outboundAccounts',
			roles: ROLES.accounts,
			handle: () => ({
				data: OUTBOUND_ACCOUNTS.map((attributes, at) => ({
					type: 'outbound_account',
					id: String(at + 1).padStart(24, '0'),
					attributes,
				})),
			}),
		},
		...draftAttachmentRoutes(desk),
	];
}

function draftAttachmentRoutes(desk: Desk): Route[] {
	const { records } = desk;
	const path = '/drafts/:id/attachments';
	return [
		{
			method: 'POST',
			path,
			roles: [],
			handle({ params, body, by }) {
				const draft = records.get('draft', params.id);
				checkBody(body, { name: 'string!', contentType: 'string!', contentLength: 'number!' });
				const file = records.add(
					'attachment',
					{
						attributes: { ...body, uploaded: false, redacted: false },
						related: { draft: { type: 'draft', id: draft.id } },
					},
					by,
				);
				const { data } = one(desk, file);
				const related = `${desk.url()}/_files/${file.id}?put`;
				return { data: { ...data, links: { ...data.links, related } } };
			},
		},
		{
			method: 'GET',
			path,
			roles: ROLES.attachments,
			handle(call) {
				const files = records.store.children('attachment', 'draft', call.params.id);
				return pageOfRecords(desk, call, { records: files });
			},
		},
		{
			method: 'DELETE',
			path: `${path}/:attachment`,
			roles: [],
			handle: ({ params, by }) =>
				void records.remove(records.get('attachment', params.attachment), by),
		},
	];
}

type DraftBody = { body: unknown; by: Author };
type NewDraft = DraftBody & { createConversation: boolean; switches: Switches };

/** @throws Refusal 400 as the API answers */
export function createDraft(
	records: Records,
	customer: StoredRecord,
	{ body, by, createConversation, switches }: NewDraft,
): StoredRecord {
	const given = checkedDraft(body);
	let conversation = given.conversation;
	if (conversation === undefined && createConversation) {
		const made = { customer: customer.id, direction: 'out' };
		conversation = records.create('conversation', made, by).id;
	}
	if (conversation !== undefined) {
		belongsTo(records, String(conversation), customer);
		if (switches.draftsPerConversation === 'one') replaceDraft(records, given, by);
	}
	const { conversation: _, customer: __, ...attributes } = given;
	const now = records.now();
	return records.add(
		'draft',
		{
			attributes: {
				status: 'draft',
				modifiedAt: now,
				...attributes,
				sendAt: whenToSend(given, now, switches),
			},
			related: {
				customer: { type: 'customer', id: customer.id },
				...(conversation !== undefined && {
					conversation: { type: 'conversation', id: String(conversation) },
				}),
			},
		},
		by,
	);
}

function updateDraft(records: Records, draft: StoredRecord, { body, by }: DraftBody): StoredRecord {
	const { conversation: _, customer: __, ...attributes } = checkedDraft(body);
	if (attributes.channel !== draft.attributes.channel) {
		throw badRequest('The channel cannot change', { parameter: 'channel' });
	}
	// A time schedules, an empty one unschedules, none leaves it as it is.
	const unscheduled = attributes.sendAt === '' || attributes.sendAt === null;
	const scheduled = typeof attributes.sendAt === 'string' && !unscheduled;
	return records.edit(
		draft,
		{
			attributes: {
				...attributes,
				...(scheduled && { scheduled: true }),
				...(unscheduled && { sendAt: null, scheduled: false }),
			},
		},
		by,
	);
}

function checkedDraft(body: unknown): Json {
	if (!isRecord(body)) throw badRequest('The request body is not a valid JSON object');
	const fields =
		Object.hasOwn(BY_CHANNEL, String(body.channel)) && BY_CHANNEL[String(body.channel)];
	if (!fields) throw badRequest('Invalid enum', { parameter: 'channel', detail: '/oneOf' });
	checkBody(body, { channel: 'string!', ...fields });
	if (
		typeof body.sendAt === 'string' &&
		body.sendAt !== '' &&
		Number.isNaN(Date.parse(body.sendAt))
	) {
		throw badRequest('Invalid format', {
			parameter: 'sendAt',
			detail: '/properties/sendAt/format',
		});
	}
	return body;
}

/** Without `scheduled` the time is overridden: the draft goes out at once. */
function whenToSend(
	{ sendAt, scheduled }: Json,
	now: string,
	{ draftsWithoutTime }: Switches,
): unknown {
	if (typeof sendAt !== 'string' || sendAt === '') {
		return draftsWithoutTime === 'send' ? now : null;
	}
	return scheduled === true ? sendAt : now;
}

function replaceDraft(records: Records, { conversation, channel }: Json, by: Author): void {
	const there = records.store.children('draft', 'conversation', String(conversation));
	for (const draft of there) {
		if (draft.attributes.channel === channel && dueAt(draft) === undefined)
			records.remove(draft, by);
	}
}

function belongsTo(records: Records, conversation: string, customer: StoredRecord): void {
	const owner = records.store.find('conversation', conversation)?.related.customer?.id;
	if (owner === customer.id) return;
	throw badRequest('No such conversation of this customer', { parameter: 'conversation' });
}

/** @returns when a draft is due, in epoch milliseconds; undefined: it stays a draft */
export function dueAt({ attributes }: StoredRecord): number | undefined {
	const { sendAt } = attributes;
	return typeof sendAt === 'string' && sendAt !== '' ? Date.parse(sendAt) : undefined;
}

/** Sends a draft: it becomes a message, or a note, and is gone. */
export function sendDraft(records: Records, draft: StoredRecord): void {
	const { attributes, related } = draft;
	const { channel, body, subject, app, to, from, cc, bcc, auto, source } = attributes;
	const by: Author = { userId: related.createdBy?.id ?? null, client: 'drafts' };
	const { customer } = related;
	records.remove(draft, by);
	if (!customer || records.store.find('customer', customer.id) === undefined) return;
	const conversation =
		related.conversation?.id ??
		records.create('conversation', { customer: customer.id, direction: 'out' }, by).id;
	if (channel === 'note') {
		records.create('note', { conversation, body: String(body ?? '') }, by);
		return;
	}
	const preview = String(body ?? '')
		.replace(/<[^>]+>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	const files = records.store.children('attachment', 'draft', draft.id);
	records.create(
		'message',
		{
			conversation,
			channel,
			direction: 'out',
			app: app ?? APPS[String(channel)] ?? channel,
			preview,
			...(subject !== undefined && { subject }),
			...(auto !== undefined && { auto }),
			...(source !== undefined && { source }),
			...(files.length > 0 && { attachments: files.map(({ id }) => id) }),
			meta: Object.fromEntries(
				Object.entries({ from, to, cc, bcc, subject }).filter(([, value]) => value !== undefined),
			),
		},
		by,
	);
}
