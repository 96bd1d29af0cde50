import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { RECORD_RESOURCES } from '../../../../nodes/Kustomer/actions/records/resources';
import type { LocalKustomer, Resource } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen } from '../../../support/actionWorld.cts';
import { runNode, type NodeRun } from '../../../support/executeContext.cts';

/** @returns the first record of a type that the local Kustomer was seeded with */
export function first(kustomer: LocalKustomer, type: string): Resource {
	const [record] = kustomer.records(type);
	if (record === undefined) throw new Error(`no ${type} in the local Kustomer`);
	return record;
}

export function byName(kustomer: LocalKustomer, type: string, name: string): Resource {
	const found = kustomer.records(type).find(({ attributes }) => attributes.name === name);
	if (found === undefined) throw new Error(`no ${type} named ${name}`);
	return found;
}

const relatedTo = (record: Resource, name: string) =>
	(record.relationships[name] as { data: { id: string } }).data.id;

export const messageWithFile = (kustomer: LocalKustomer) =>
	relatedTo(first(kustomer, 'attachment'), 'message');

/** @returns the id of a conversation that was rated */
export const rated = (kustomer: LocalKustomer) =>
	relatedTo(first(kustomer, 'satisfaction_response'), 'conversation');

/** One valid use of an operation. */
export type Case = {
	resource: string;
	operation: string;
	parameters: (kustomer: LocalKustomer) => INodeParameters;
	items?: INodeExecutionData[];
};

const byId = (type: string, parameter = type) => ({
	[parameter]: (kustomer: LocalKustomer) => chosen('id', first(kustomer, type).id),
});

type Parts = Record<string, unknown>;

/** Functions among the parts are asked with the Kustomer at hand. */
function withParts(parts: Parts) {
	return (kustomer: LocalKustomer) =>
		Object.fromEntries(
			Object.entries(parts).map(([name, part]) => [
				name,
				typeof part === 'function' ? (part as (from: LocalKustomer) => unknown)(kustomer) : part,
			]),
		) as INodeParameters;
}

const json = (attributes: object) => ({
	specifyAttributes: 'json',
	attributesJson: JSON.stringify(attributes),
});
const ORDER = { klass: chosen('name', 'order') };
const anOrder = byId('kobject.order', 'customObject');

const withFile = {
	message: (kustomer: LocalKustomer) => chosen('id', messageWithFile(kustomer)),
};

const PARTS: Readonly<Record<string, Parts>> = {
	'company/create': json({ name: 'Tea House' }),
	'company/delete': byId('company'),
	'company/get': byId('company'),
	'company/getMany': {},
	'company/search': {},
	'company/update': { ...byId('company'), ...json({ employeeCount: 7 }) },
	'company/upsert': { matchValue: 'CO-900', ...json({ name: 'Tea House' }) },
	'conversation/addTags': { ...byId('conversation'), tags: ['wholesale'] },
	'conversation/assign': { ...byId('conversation'), users: ['Imke Brandt'] },
	'conversation/close': byId('conversation'),
	'conversation/create': { ...byId('customer'), ...json({ name: 'A question' }) },
	'conversation/delete': byId('conversation'),
	'conversation/get': byId('conversation'),
	'conversation/getMany': {},
	'conversation/getTranscript': byId('conversation'),
	'conversation/moveToQueue': { ...byId('conversation'), queue: chosen('id', 'Everyone') },
	'conversation/removeTags': { ...byId('conversation'), tags: ['broken spout'] },
	'conversation/reopen': byId('conversation'),
	'conversation/search': {},
	'conversation/snooze': { ...byId('conversation'), duration: 2, unit: 'hours' },
	'conversation/update': { ...byId('conversation'), ...json({ name: 'Renamed' }) },
	'conversation/upsert': {
		...byId('customer'),
		matchValue: 'T-1',
		...json({ name: 'A question' }),
	},
	'customObject/create': { ...ORDER, ...json({ title: 'Order 1' }) },
	'customObject/delete': { ...ORDER, ...anOrder },
	'customObject/get': { ...ORDER, ...anOrder },
	'customObject/getMany': ORDER,
	'customObject/search': ORDER,
	'customObject/update': { ...ORDER, ...anOrder, ...json({ title: 'Order 2' }) },
	'customObject/upsert': { ...ORDER, matchValue: 'TW-9', ...json({ title: 'Order 9' }) },
	'customer/create': json({ name: 'Ines Duarte' }),
	'customer/delete': byId('customer'),
	'customer/get': byId('customer'),
	'customer/getMany': {},
	'customer/merge': {
		customerToMerge: (from: LocalKustomer) => chosen('id', from.records('customer')[0].id),
		customerToKeep: (from: LocalKustomer) => chosen('id', from.records('customer')[1].id),
	},
	'customer/search': {},
	'customer/update': { ...byId('customer'), ...json({ name: 'Solveig Berg' }) },
	'customer/upsert': { matchValue: 'ines@example.com', ...json({ name: 'Ines Duarte' }) },
	'message/create': {
		...byId('conversation'),
		...json({ channel: 'sms', direction: 'in', preview: 'Hello' }),
	},
	'message/createDraft': { ...byId('conversation'), body: 'We will look into it.' },
	'message/downloadAttachments': withFile,
	'message/get': byId('message'),
	'message/getMany': {},
	'message/redact': { ...withFile, redact: 'attachments' },
	'message/search': {},
	'message/send': { ...byId('conversation'), body: 'A new spout is on its way.' },
	'message/update': { ...byId('message'), ...json({ subject: 'Spout' }) },
	'note/create': { ...byId('conversation'), body: 'Called back' },
	'note/delete': byId('note'),
	'note/get': byId('note'),
	'note/getMany': {},
	'note/search': {},
	'note/update': { ...byId('note'), body: 'Called twice' },
	'queue/get': byId('queue'),
	'queue/getMany': {},
	'satisfaction/get': { conversation: (kustomer: LocalKustomer) => chosen('id', rated(kustomer)) },
	'tag/getMany': {},
	'team/get': byId('team'),
	'team/getMany': {},
	'user/get': byId('user'),
	'user/getMany': {},
};

/** Operations that belong to other subjects, and are held by tests of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set<string>();

/** Every operation of every kind of records. */
export const CASES: readonly Case[] = RECORD_RESOURCES.flatMap(({ value: resource, operations }) =>
	operations
		.map(({ value: operation }) => ({ resource, operation, name: `${resource}/${operation}` }))
		.filter(({ name }) => !ELSEWHERE.has(name))
		.map(({ name, ...one }) => {
			const parts = PARTS[name];
			if (parts === undefined) throw new Error(`add an example of ${name} to the cases`);
			return { ...one, parameters: withParts(parts) };
		}),
);

export const NAMED_CASES = CASES.map((one) => [`${one.resource}/${one.operation}`, one] as const);

/** @returns a run of the case, with other parameters put in */
export function runOf(
	kustomer: LocalKustomer,
	{ resource, operation, parameters, items }: Case,
	{ more = {}, ...run }: Partial<NodeRun> & { more?: INodeParameters } = {},
): NodeRun {
	const all = { resource, operation, ...parameters(kustomer), ...more };
	return apiRun(kustomer, all, { items, mode: 'trigger', ...run });
}

/** Runs an operation and gives the first item's JSON. */
export async function itemFrom(run: NodeRun) {
	const { items } = await runNode(run);
	return items[0].json as Record<string, never>;
}

/** Runs an operation and gives the JSON of its items. */
export async function itemsFrom(run: NodeRun) {
	const { items } = await runNode(run);
	return items.map(({ json: data }) => data as Record<string, never>);
}
