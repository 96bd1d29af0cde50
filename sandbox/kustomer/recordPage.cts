import type { FastifyInstance } from 'fastify';
import type { Author } from './announce.cts';
import type { Desk } from './api.cts';
import { jsonObjectOf } from './body.cts';
import { badRequest, notFound } from './errors.cts';
import { createMessage } from './messages.cts';
import { present } from './recordRoutes.cts';
import type { Records } from './records.cts';
import { resourceOf } from './resource.cts';
import { textOf } from './searchFields.cts';
import { isDeleted, type Json, type StoredRecord } from './store.cts';

const ROWS_PER_PAGE = 25;
const DAY_MS = 24 * 60 * 60 * 1000;

type Column = readonly [label: string, read: (record: StoredRecord, records: Records) => unknown];

const field = (label: string, name: string): Column => [
	label,
	({ attributes }) => attributes[name],
];
const first = (label: string, list: string, name: string): Column => [
	label,
	({ attributes }) => (attributes[list] as Json[] | undefined)?.[0]?.[name],
];
const relation = (label: string, name: string): Column => [
	label,
	({ related }, records) => nameOf(records, related[name]?.type ?? name, related[name]?.id),
];
const names = (label: string, list: string, type: string): Column => [
	label,
	({ attributes }, records) =>
		((attributes[list] ?? []) as string[]).map((id) => nameOf(records, type, id)).join(', '),
];
const updated = field('Updated', 'updatedAt');
const NAME = field('Name', 'name');

/** What the tables show; custom objects are added klass by klass. */
const TABLES: Readonly<Record<string, { label: string; columns: readonly Column[] }>> = {
	conversation: {
		label: 'Conversations',
		columns: [
			['Name', ({ attributes }) => attributes.name || attributes.preview],
			relation('Customer', 'customer'),
			field('Status', 'status'),
			names('Assigned to', 'assignedUsers', 'user'),
			names('Tags', 'tags', 'tag'),
			field('Messages', 'messageCount'),
			updated,
		],
	},
	customer: {
		label: 'Customers',
		columns: [
			field('Name', 'displayName'),
			first('Email', 'emails', 'email'),
			first('Phone', 'phones', 'phone'),
			field('Company', 'companyName'),
			names('Tags', 'tags', 'tag'),
			updated,
		],
	},
	message: {
		label: 'Messages',
		columns: [
			field('Text', 'preview'),
			field('Direction', 'direction'),
			field('Channel', 'channel'),
			relation('Customer', 'customer'),
			updated,
		],
	},
	note: { label: 'Notes', columns: [field('Text', 'body'), relation('By', 'createdBy'), updated] },
	company: { label: 'Companies', columns: [NAME, field('External id', 'externalId'), updated] },
	draft: {
		label: 'Drafts',
		columns: [
			field('Text', 'body'),
			field('Channel', 'channel'),
			relation('Customer', 'customer'),
			field('Send at', 'sendAt'),
		],
	},
	user: {
		label: 'Users',
		columns: [
			NAME,
			field('Display name', 'displayName'),
			field('Kind', 'userType'),
			field('Email', 'email'),
		],
	},
	team: { label: 'Teams', columns: [NAME, names('Members', 'members', 'user')] },
	queue: { label: 'Queues', columns: [NAME, field('Display name', 'displayName')] },
	tag: { label: 'Tags', columns: [NAME, field('Color', 'color')] },
	search: { label: 'Saved searches', columns: [NAME, updated] },
	satisfaction_response: {
		label: 'Satisfaction',
		columns: [
			relation('Customer', 'customer'),
			field('Status', 'status'),
			field('Rating', 'rating'),
		],
	},
};

const OBJECT_COLUMNS: readonly Column[] = [
	field('Title', 'title'),
	field('External id', 'externalId'),
	relation('Customer', 'customer'),
	updated,
];

type ById = { Params: { id: string } };

/** What the page of records asks for; its writes have the effects that the API's have. */
export function recordPageRoutes(app: FastifyInstance, desk: Desk): void {
	const { records, organization } = desk;
	app.get<{ Querystring: { type?: string; text?: string; page?: string } }>(
		'/_local/records',
		(request) => tableOf(records, request.query),
	);
	app.get<{ Params: { type: string; id: string } }>('/_local/records/:type/:id', (request) => {
		const { type, id } = request.params;
		const record = records.store.find(type, id);
		if (record === undefined) throw notFound('id');
		const talks = records.store.children('conversation', 'customer', id);
		return {
			title: titleOf(record, records),
			resource: resourceOf(record, organization),
			conversations: talks.map((talk) => ({ id: talk.id, title: titleOf(talk, records) })),
		};
	});
	app.get<ById>('/_local/conversations/:id', (request) =>
		talkOf(records, records.get('conversation', request.params.id)),
	);
	app.post<ById>('/_local/conversations/:id/messages', (request, reply) => {
		const conversation = records.get('conversation', request.params.id);
		const { id } = write(records, conversation, jsonObjectOf(request));
		return reply.code(201).send({ id });
	});
	app.patch<ById>('/_local/conversations/:id', (request) => {
		const body = jsonObjectOf(request);
		const time = new Date(Date.now() + DAY_MS).toISOString();
		const snooze = body.status === 'snoozed' && { snooze: { time, status: 'scheduled' } };
		const conversation = records.get('conversation', request.params.id);
		const { attributes } = records.update(
			conversation,
			{ ...body, ...snooze },
			{ by: agent(records) },
		);
		return { status: attributes.status };
	});
	app.post('/_local/conversations', (request, reply) => {
		const { customer, text } = jsonObjectOf(request);
		const message = {
			customer,
			channel: 'chat',
			app: 'chat',
			direction: 'in',
			preview: textFrom(text),
		};
		const { related } = createMessage(records, message, { userId: null });
		return reply.code(201).send({ id: related.conversation?.id });
	});
	app.post('/_local/customers', (request, reply) => {
		const { name, email } = jsonObjectOf(request);
		const emails = email ? [{ email, type: 'home', verified: true }] : [];
		const { id } = records.create('customer', { name, emails }, agent(records));
		return reply.code(201).send({ id });
	});
}

function tableOf(records: Records, query: { type?: string; text?: string; page?: string }) {
	const { store } = records;
	const kobjects = store.types().filter((type) => type.startsWith('kobject.'));
	const types = [
		...Object.entries(TABLES).map(([type, { label }]) => ({ type, label })),
		...kobjects.map((type) => ({ type, label: type.replace('kobject.', 'Object: ') })),
	].map((entry) => ({ ...entry, count: present(store.all(entry.type)).length }));
	const type = query.type ?? 'conversation';
	const columns = TABLES[type]?.columns ?? OBJECT_COLUMNS;
	const wanted = (query.text ?? '').trim().toLowerCase();
	const cellsOf = (record: StoredRecord) => columns.map(([, read]) => cell(read(record, records)));
	const fits = (record: StoredRecord) =>
		wanted === '' ||
		record.id === wanted ||
		textOf(record).includes(wanted) ||
		(TABLES[type] !== undefined &&
			cellsOf(record).some((text) => text.toLowerCase().includes(wanted)));
	const found = store.all(type).filter(fits).reverse();
	const page = Math.max(1, Number(query.page) || 1);
	return {
		types,
		columns: columns.map(([label]) => label),
		total: found.length,
		pages: Math.max(1, Math.ceil(found.length / ROWS_PER_PAGE)),
		rows: found.slice((page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE).map((record) => ({
			id: record.id,
			type,
			deleted: isDeleted(record),
			cells: cellsOf(record),
		})),
	};
}

const LONGEST_CELL_CHARACTERS = 80;

function cell(value: unknown): string {
	const text = value === null || value === undefined ? '' : String(value);
	if (/^\d{4}-\d\d-\d\dT/.test(text)) return text.slice(0, 16).replace('T', ' ');
	return text.length > LONGEST_CELL_CHARACTERS
		? `${text.slice(0, LONGEST_CELL_CHARACTERS)}…`
		: text;
}

function titleOf({ type, id, attributes }: StoredRecord, records: Records): string {
	const { name, displayName, title, preview } = attributes;
	const body = records.store.find(type, id)?.attributes.body;
	return cell(displayName || name || title || preview || body || id);
}

function nameOf({ store }: Records, type: string, id: string | undefined): string {
	if (id === undefined) return '';
	const { displayName, name } = store.find(type, id)?.attributes ?? {};
	return String(displayName || name || id);
}

/** A conversation as its messages, notes and drafts, oldest first, with what the forms offer. */
function talkOf(records: Records, conversation: StoredRecord) {
	const { store } = records;
	const { id, attributes, related } = conversation;
	const customer = nameOf(records, 'customer', related.customer?.id);
	const entries = [
		...store.children('message', 'conversation', id),
		...store.children('note', 'conversation', id),
		...store.children('draft', 'conversation', id),
	].sort((one, other) =>
		String(one.attributes.createdAt) < String(other.attributes.createdAt) ? -1 : 1,
	);
	const people = present(store.all('user')).filter((user) => user.attributes.userType === 'user');
	return {
		id,
		title: titleOf(conversation, records),
		customer,
		status: attributes.status,
		priority: attributes.priority,
		queue: nameOf(records, 'queue', related.queue?.id),
		chosenUsers: attributes.assignedUsers,
		chosenTags: attributes.tags,
		users: people.map((user) => ({ id: user.id, name: nameOf(records, 'user', user.id) })),
		tags: present(store.all('tag')).map((tag) => ({ id: tag.id, name: tag.attributes.name })),
		entries: entries.map((entry) => ({
			kind: entry.type === 'message' ? entry.attributes.direction : entry.type,
			author: nameOf(records, 'user', entry.related.createdBy?.id) || customer,
			at: entry.attributes.createdAt,
			text: entry.attributes.body ?? entry.attributes.preview,
			channel: entry.attributes.channel,
			redacted: entry.attributes.redacted === true,
			files: ((entry.attributes.attachments ?? []) as Json[]).map(({ name }) => name),
		})),
	};
}

/** @param body who writes (`customer` or a user's id), what, and whether as a note */
function write(records: Records, conversation: StoredRecord, body: Json): StoredRecord {
	const text = textFrom(body.text);
	const isCustomer = body.from === 'customer';
	const by: Author = isCustomer
		? { userId: null }
		: { userId: records.get('user', String(body.from)).id };
	if (body.kind === 'note') {
		if (isCustomer) throw badRequest('Only agents write notes: choose one under “As”');
		return records.create('note', { conversation: conversation.id, body: text }, by);
	}
	const channels = conversation.attributes.channels as string[];
	const channel = channels.at(-1) ?? 'chat';
	const direction = isCustomer ? 'in' : 'out';
	return createMessage(
		records,
		{ conversation: conversation.id, channel, app: channel, direction, preview: text },
		by,
	);
}

function textFrom(value: unknown): string {
	if (typeof value !== 'string' || value.trim() === '') throw badRequest('Write something first');
	return value;
}

/** Whoever sits in front of the page changes things as the first user. */
function agent({ store }: Records): Author {
	return { userId: store.all('user')[0]?.id ?? null };
}
