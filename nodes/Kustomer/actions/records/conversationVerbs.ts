import type { INodeProperties } from 'n8n-workflow';
import { numberOf, oneOf, textsOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { idsOf } from '../idsByName';
import type { Operation } from '../operation';
import type { Item } from '../itemParameters';
import { instantOf } from './dates';
import { locatorNamed } from './locators';
import { addTags, removeTags } from './tagging';
import { getTranscript } from './transcript';
import { verb } from './verb';

/** What people do with conversations all day, in their words. */

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

/**
 * The editor asks for lists before it has chosen a new step's credential, and does not ask again by
 * itself; it does when somebody has chosen the conversation.
 */
const AGAIN = { loadOptionsDependsOn: ['conversation.value'] };

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
				typeOptions: { loadOptionsMethod: 'getUsers', ...AGAIN },
				default: [],
				description:
					'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: 'Team Names or IDs',
				name: 'teams',
				type: 'multiOptions',
				typeOptions: { loadOptionsMethod: 'getTeams', ...AGAIN },
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
		properties: [
			{
				displayName:
					'Running this step from the editor really closes conversations, one for each incoming item, and Kustomer may send each customer a satisfaction survey.',
				name: 'closeNotice',
				type: 'notice',
				default: '',
			},
		],
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
	const now = new Date().toISOString();
	throw new InputMistake(
		`"Until" is ${time}, which is in the past. It is ${now} now: give a time to come.`,
	);
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
