import type { INodeProperties } from 'n8n-workflow';
import { forgetNames, namesOf } from '../../api/names';
import { apiList } from '../../api/paging';
import type { ApiRecord } from '../../api/records';
import { numberOf, oneOf, recordOf, textOf, textsOf } from '../../narrowing';
import { InputMistake } from '../errors';
import { idsOf } from '../names';
import type { Operation } from '../operation';
import type { Item } from '../parameters';
import { Access } from './access';
import { conversation } from './conversation';
import { instantOf } from './dates';
import { locatorNamed } from './description';
import { outputOf } from './output';
import { appendedTags, changedWith } from './writing';

/** What people do with conversations all day, in their words. */

type Change = (record: ApiRecord, access: Access) => Promise<Record<string, unknown>>;

/** An operation that reads the conversation, works out a change of it, and gives it as it is then. */
function verb(
	entry: Pick<Operation, 'name' | 'value' | 'action' | 'description' | 'properties'>,
	change: Change,
): Operation {
	return {
		...entry,
		credential: 'kustomerApi',
		async perItem(item) {
			const access = new Access(item, conversation);
			const meant = await access.meant();
			const changed = await changedWith(access, meant, async (record) => change(record, access));
			return await outputOf(access, changed);
		},
	};
}

const MODE: INodeProperties = {
	displayName: 'Mode',
	name: 'mode',
	type: 'options',
	noDataExpression: true,
	default: 'add',
	description: 'What happens to those who are assigned already',
	options: [
		{ name: 'Add', value: 'add', description: 'They stay' },
		{ name: 'Remove', value: 'remove', description: 'Those named here are taken off' },
		{ name: 'Replace', value: 'replace', description: 'Only those named here remain' },
	],
};

const assign = verb(
	{
		name: 'Assign',
		value: 'assign',
		action: 'Assign conversation',
		description: 'Give a conversation to users or teams, add some, or take some off',
		properties: [
			MODE,
			{
				displayName: 'User Names or IDs',
				name: 'users',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getUsers' },
				default: [],
				description:
					'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: 'Team Names or IDs',
				name: 'teams',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getTeams' },
				default: [],
				description:
					'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
		],
	},
	async (record, { item, caller }) => {
		const mode = oneOf(item.value('mode', 'add'), ['add', 'replace', 'remove']);
		const users = await idsOf(caller, 'users', item.value('users', []));
		const teams = await idsOf(caller, 'teams', item.value('teams', []));
		if (mode !== 'replace' && users.length + teams.length === 0) {
			throw new InputMistake('Nobody is named. Choose users or teams.');
		}
		const { assignedUsers, assignedTeams } = record.attributes;
		return {
			assignedUsers: combined(textsOf(assignedUsers), users, mode),
			assignedTeams: combined(textsOf(assignedTeams), teams, mode),
		};
	},
);

function combined(there: string[], named: string[], mode: 'add' | 'replace' | 'remove'): string[] {
	if (mode === 'replace') return named;
	if (mode === 'remove') return there.filter((id) => !named.includes(id));
	return [...new Set([...there, ...named])];
}

const close = verb(
	{
		name: 'Close',
		value: 'close',
		action: 'Close conversation',
		description:
			'Mark a conversation as done. Kustomer may send the customer a satisfaction survey because of it.',
		properties: [],
	},
	async () => ({ status: 'done' }),
);

const reopen = verb(
	{
		name: 'Reopen',
		value: 'reopen',
		action: 'Reopen conversation',
		description: 'Open a conversation that is done or snoozed',
		properties: [],
	},
	async ({ attributes }) => ({
		status: 'open',
		...(attributes.status === 'snoozed' && { snooze: { status: 'canceled' } }),
	}),
);

const UNIT_MS: Readonly<Record<string, number>> = {
	minutes: 60_000,
	hours: 3_600_000,
	days: 86_400_000,
};

const snooze = verb(
	{
		name: 'Snooze',
		value: 'snooze',
		action: 'Snooze conversation',
		description:
			'Put a conversation aside until a time, when it opens again. A reply of the customer opens it earlier.',
		properties: [
			{
				displayName: 'Until',
				name: 'until',
				type: 'dateTime',
				default: '',
				description:
					"The time at which it opens again, in the workflow's time zone. Empty: see Duration.",
			},
			{
				displayName: 'Duration',
				name: 'duration',
				type: 'number',
				default: 1,
				typeOptions: { minValue: 1 },
				description: 'How long it stays aside, if Until is empty',
			},
			{
				displayName: 'Unit',
				name: 'unit',
				type: 'options',
				default: 'days',
				description: 'The unit of Duration',
				options: [
					{ name: 'Days', value: 'days' },
					{ name: 'Hours', value: 'hours' },
					{ name: 'Minutes', value: 'minutes' },
				],
			},
		],
	},
	async (_record, { item }) => ({
		status: 'snoozed',
		snooze: { time: snoozedUntil(item), status: 'scheduled' },
	}),
);

function snoozedUntil(item: Item): string {
	const given = item.value('until', '');
	const text = given instanceof Date ? given.toISOString() : String(given ?? '').trim();
	const time = text === '' ? afterDuration(item) : instantOf(text, item.context.getTimezone());
	if (time === undefined) {
		throw new InputMistake(
			`"${text.slice(0, 60)}" in "Until" is not a time. Write it as 2026-11-24T15:30.`,
		);
	}
	if (Date.parse(time) > Date.now()) return time;
	throw new InputMistake(`"Until" is ${time}, which is in the past. Give a time to come.`);
}

function afterDuration(item: Item): string {
	const duration = numberOf(item.value('duration', 1));
	if (duration === undefined || duration <= 0) {
		throw new InputMistake('"Duration" must be a number above 0, or "Until" must hold a time.');
	}
	const unitMs = UNIT_MS[item.text('unit')] ?? UNIT_MS.days;
	return new Date(Date.now() + duration * unitMs).toISOString();
}

const moveToQueue = verb(
	{
		name: 'Move to Queue',
		value: 'moveToQueue',
		action: 'Move conversation to queue',
		description: 'Put a conversation into a queue, from which it is routed to somebody',
		properties: [locatorNamed('queue', 'The queue that it goes to')],
	},
	async (_record, { item, caller }) => {
		const [id] = await idsOf(caller, 'queues', item.locator('queue').value);
		if (id === undefined) throw new InputMistake('No queue is given. Choose one in "Queue".');
		return { queue: { id } };
	},
);

const TAGS: INodeProperties = {
	displayName: 'Tags',
	name: 'tags',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Tag' },
	default: [],
	placeholder: 'e.g. refund',
	description: 'Names of tags; several may be separated by commas',
};

const addTags: Operation = {
	name: 'Add Tags',
	value: 'addTags',
	action: 'Add tags to conversation',
	description: 'Add tags to a conversation; nothing else on it changes',
	credential: 'kustomerApi',
	properties: [
		TAGS,
		{
			displayName: 'Create Missing Tags',
			name: 'createMissing',
			type: 'boolean',
			default: false,
			description:
				'Whether a name that no tag has becomes a tag of the whole organization. Off, so that a typo does not.',
		},
	],
	async perItem(item) {
		const access = new Access(item, conversation);
		const names = await tagNames(access);
		const { id } = await access.meant();
		return await outputOf(access, await appendedTags(access, id, names));
	},
};

/** Kustomer takes the names, and makes a new tag of one that it does not know. */
async function tagNames({ item, caller }: Access): Promise<string[]> {
	const entered = textsOf(item.value('tags', []))
		.flatMap((text) => text.split(','))
		.flatMap(textsOf);
	if (entered.length === 0) throw new InputMistake('No tag is given. Enter one in "Tags".');
	const known = await namesOf(caller, 'tags');
	if (item.isOn('createMissing')) {
		await forgetNames(caller, 'tags');
		return entered.map((name) => known?.find(({ id }) => id === name)?.name ?? name);
	}
	const ids = await idsOf(caller, 'tags', entered);
	return ids.map((id) => known?.find((tag) => tag.id === id)?.name ?? id);
}

const removeTags = verb(
	{
		name: 'Remove Tags',
		value: 'removeTags',
		action: 'Remove tags from conversation',
		description: 'Take tags off a conversation; nothing else on it changes',
		properties: [TAGS],
	},
	async ({ attributes }, { item, caller }) => {
		const ids = await idsOf(caller, 'tags', item.value('tags', []));
		if (ids.length === 0) throw new InputMistake('No tag is given. Enter one in "Tags".');
		return { tags: textsOf(attributes.tags).filter((id) => !ids.includes(id)) };
	},
);

type Entry = {
	at: string;
	kind: 'message' | 'note';
	author: string;
	channel: string | null;
	text: string;
	/** A message's text is what Kustomer shows of it in lists, which may be shorter than it was. */
	isPreview: boolean;
};

const getTranscript: Operation = {
	name: 'Get Transcript',
	value: 'getTranscript',
	action: 'Get transcript of conversation',
	description:
		'Read the messages and notes of a conversation in order, as one text and one by one, e.g. for an AI summary. Long messages are shown as previews.',
	credential: 'kustomerApi',
	properties: [],
	async perItem(item) {
		const access = new Access(item, conversation);
		const { id } = await access.meant();
		const [messages, notes] = await Promise.all([
			entriesOf(access, { id, kind: 'message' }),
			entriesOf(access, { id, kind: 'note' }),
		]);
		const entries = [...messages, ...notes].sort((a, b) => a.at.localeCompare(b.at));
		return { conversationId: id, text: entries.map(lineOf).join('\n\n'), entries };
	},
};

async function entriesOf(
	access: Access,
	of: { id: string; kind: Entry['kind'] },
): Promise<Entry[]> {
	const { kind, filled, role } = asKind(access, of.kind);
	const records = await apiList(access.caller, {
		...access.call,
		purpose: `read the ${kind.plural} of the conversation`,
		role,
		missing: `Kustomer has no conversation with the ID ${of.id}.`,
		path: filled(of.id),
		query: { sort: 'asc' },
	});
	const users = (await namesOf(access.caller, 'users').catch(() => undefined)) ?? [];
	return records.map((record) => entryOf(record, of.kind, users));
}

function asKind(access: Access, value: Entry['kind']) {
	const other = access.of(value);
	const path = other.kind.parents?.conversation ?? other.kind.path;
	return {
		kind: other.kind,
		role: other.role('read'),
		filled: (id: string) => other.filled(path, id),
	};
}

function entryOf(
	{ attributes, relationships }: ApiRecord,
	kind: Entry['kind'],
	users: ReadonlyArray<{ id: string; name: string }>,
): Entry {
	const { data } = recordOf(relationships.createdBy);
	const user = users.find(({ id }) => id === recordOf(data).id)?.name;
	const isIn = kind === 'message' && attributes.direction === 'in';
	return {
		at: textOf(attributes.sentAt) || textOf(attributes.createdAt),
		kind,
		author: isIn ? 'Customer' : (user ?? 'Team'),
		channel: kind === 'message' ? textOf(attributes.channel) || null : null,
		text: textOf(kind === 'message' ? attributes.preview : attributes.body),
		isPreview: kind === 'message',
	};
}

function lineOf({ at, kind, author, channel, text }: Entry): string {
	const how = kind === 'note' ? 'note' : (channel ?? 'message');
	return `[${at}] ${author} (${how}): ${text}`;
}

export const CONVERSATION_VERBS: readonly Operation[] = [
	addTags,
	assign,
	close,
	getTranscript,
	moveToQueue,
	removeTags,
	reopen,
	snooze,
];
