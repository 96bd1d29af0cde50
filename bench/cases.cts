import { createHmac } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { makeEvent } from '../sandbox/kustomer/server.cts';
import type { NodeDraft } from '../sandbox/n8n/api.cts';
import { receiverPath, workflowOf } from '../test/support/world.cts';
import { startFakeGithub } from './fakeGithub.cts';
import type { Layout } from './layouts.cts';
import type { Shot } from './load.cts';

/** One thing that is compared. */
export interface Case {
	readonly name: string;
	/** Below the address of whichever process receives. */
	readonly path: string;
	readonly connections: number;
	/** Fresh ones for a round. */
	shots(count: number): Shot[];
	/** What every answer must be. */
	readonly status: number;
	/** Whose executions are counted, and how many a round of so many shots must add. */
	readonly workflowId: string;
	executions(count: number): { least: number; most: number };
}

const EVENT = 'kustomer.conversation.update';
const HEADER = 'x-kustomer-webhook-signature';
const CONNECTIONS = 20;
const MANY_CONNECTIONS = 50;
const NOBODY = 'bbbbbbbbbbbbbbbbbbbbbbbb';
const SECRET = 'a-secret-for-the-flow-that-is-built-by-hand';

const ALL = (count: number) => ({ least: count, most: count });
const NONE = () => ({ least: 0, most: 0 });

/** Builds and publishes everything that is compared in one n8n. */
export async function makeCases(
	layout: Layout,
	isShort: boolean,
): Promise<{ cases: Case[]; end(): Promise<void> }> {
	const github = await startFakeGithub();
	const bare = await bareWorkflow(layout);
	const hand = await handBuilt(layout, []);
	const handUnique = await handBuilt(layout, [REMOVE_DUPLICATES]);
	const githubTrigger = await githubWorkflow(layout, github.url);
	const accepting = await ours(layout, 'accepting', {});
	const filtering = await ours(layout, 'filtering', { filters: { ignoreUserIds: NOBODY } });
	const byField = await ours(layout, 'filtering by field', {
		filters: { changedFields: { field: [{ name: 'priority' }] } },
	});
	const batching = await ours(layout, 'batching', { options: { batchWindow: 200, batchSize: 50 } });
	const repeated = shotsOf(accepting.secret, 1);

	const base = { connections: CONNECTIONS, status: 200 };
	const cases: Case[] = [
		{
			...base,
			...bare,
			name: 'bare Webhook node',
			shots: (count) => shotsOf('', count),
			executions: ALL,
		},
		{
			...base,
			...hand,
			name: 'built by hand, accepted',
			shots: (count) => shotsOf(SECRET, count),
			executions: ALL,
		},
		{
			...base,
			...hand,
			name: 'built by hand, filtered out',
			shots: (count) => shotsOf(SECRET, count, true),
			executions: ALL,
		},
		{
			...base,
			...hand,
			name: 'built by hand, forged',
			shots: (count) => shotsOf('forged', count),
			executions: ALL,
		},
		{
			...base,
			...handUnique,
			name: 'built by hand, duplicate',
			shots: (count) => same(shotsOf(SECRET, 1), count),
			executions: ALL,
		},
		{
			...base,
			...githubTrigger,
			name: 'GitHub Trigger',
			shots: (count) => githubShots(github.secret(), count),
			executions: ALL,
		},
		{
			...base,
			...accepting,
			name: 'ours, accepted',
			shots: (count) => shotsOf(accepting.secret, count),
			executions: ALL,
		},
		{
			...base,
			...filtering,
			name: 'ours, filtered out',
			shots: (count) => shotsOf(filtering.secret, count, true),
			executions: NONE,
		},
		{
			...base,
			...byField,
			name: 'ours, filtered out by a field from a list',
			shots: (count) => shotsOf(byField.secret, count, true),
			executions: NONE,
		},
		{
			...base,
			...accepting,
			name: 'ours, forged',
			status: 401,
			shots: (count) => shotsOf('forged', count),
			executions: NONE,
		},
		// The first of them is the only one that may run, once in each process that receives.
		{
			...base,
			...accepting,
			name: 'ours, duplicate',
			shots: (count) => same(repeated, count),
			executions: () => ({ least: 0, most: layout.urls.length }),
		},
		{
			...base,
			...batching,
			name: 'ours, accepted, batched',
			connections: MANY_CONNECTIONS,
			shots: (count) => shotsOf(batching.secret, count),
			executions: (count) => ({ least: 1, most: count / 2 }),
		},
	];
	const inShort = [
		'bare Webhook node',
		'built by hand, accepted',
		'ours, accepted',
		'ours, filtered out',
		'ours, forged',
		'ours, accepted, batched',
	];
	return {
		cases: cases.filter(({ name }) => !isShort || inShort.includes(name)),
		end: async () => await github.close(),
	};
}

/** Signed events of 1 to 4 kB, each another. Those that are to be filtered out were made by somebody nobody wants. */
function shotsOf(secret: string, count: number, isUnwanted = false): Shot[] {
	return Array.from({ length: count }, (_, index) => {
		const body = JSON.stringify(
			makeEvent(EVENT, {
				...(isUnwanted && { modifiedBy: NOBODY }),
				changed: isUnwanted
					? { status: { from: 'open', to: 'done' } }
					: { priority: { from: 1, to: 5 } },
				attributes: { preview: 'The customer asks where the parcel is. '.repeat(index % 40) },
			}),
		);
		const signature = createHmac('sha256', secret).update(body).digest('hex');
		return { body, headers: { 'content-type': 'application/json', [HEADER]: signature } };
	});
}

function same([shot]: readonly Shot[], count: number): Shot[] {
	if (shot === undefined) throw new Error('there is nothing to repeat');
	return Array.from({ length: count }, () => shot);
}

function githubShots(secret: string, count: number): Shot[] {
	return shotsOf('', count).map(({ body }) => ({
		body,
		headers: {
			'content-type': 'application/json',
			'x-github-event': 'push',
			'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
		},
	}));
}

async function ours(layout: Layout, name: string, parameters: Record<string, unknown>) {
	const workflow = await layout.world.publishTrigger({ name, parameters });
	const webhook = layout.kustomer.webhooks().find((one) => one.name.includes(`: ${name} (`));
	if (webhook === undefined) throw new Error(`the workflow "${name}" made no webhook`);
	return { path: receiverPath(workflow), secret: webhook.token, workflowId: workflow.id };
}

const WORK: NodeDraft = {
	name: 'Work',
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	parameters: {},
};
const REMOVE_DUPLICATES: NodeDraft = {
	name: 'New Ones',
	type: 'n8n-nodes-base.removeDuplicates',
	typeVersion: 2,
	parameters: {
		operation: 'removeItemsSeenInPreviousExecutions',
		logic: 'removeItemsWithAlreadySeenKeyValues',
		dedupeValue: '={{ $json.body.id }}',
		options: {},
	},
};

async function bareWorkflow(layout: Layout) {
	return await chain(layout, 'bare', [webhookNode({}), WORK]);
}

/** What a person builds who reads Kustomer's page on signatures: raw body, HMAC, compare, filter, work. */
async function handBuilt(layout: Layout, more: readonly NodeDraft[]) {
	return await chain(layout, 'by hand', [
		webhookNode({ rawBody: true }),
		{
			name: 'HMAC',
			type: 'n8n-nodes-base.crypto',
			typeVersion: 1,
			parameters: {
				action: 'hmac',
				binaryData: true,
				binaryPropertyName: 'data',
				type: 'SHA256',
				secret: SECRET,
				encoding: 'hex',
				dataPropertyName: 'signature',
			},
		},
		onlyIf('Is Signed', '={{ $json.signature }}', `={{ $json.headers["${HEADER}"] }}`),
		onlyIf('Is Wanted', '={{ $json.body.changes.attributes.priority ? "yes" : "no" }}', 'yes'),
		...more,
		WORK,
	]);
}

async function githubWorkflow(layout: Layout, server: string) {
	const credential = await layout.n8n.api.createCredential({
		name: 'GitHub',
		type: 'githubApi',
		data: { server, user: 'octocat', accessToken: 'none' },
	});
	const trigger: NodeDraft = {
		name: 'GitHub Trigger',
		type: 'n8n-nodes-base.githubTrigger',
		typeVersion: 1,
		webhookId: crypto.randomUUID(),
		parameters: {
			authentication: 'accessToken',
			owner: { __rl: true, mode: 'name', value: 'octocat' },
			repository: { __rl: true, mode: 'name', value: 'hello' },
			events: ['*'],
			options: {},
		},
		credentials: { githubApi: credential },
	};
	return await chain(layout, 'github', [trigger, WORK]);
}

function webhookNode(options: INodeParameters): NodeDraft {
	const path = crypto.randomUUID();
	return {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		webhookId: path,
		parameters: { httpMethod: 'POST', path, options },
	};
}

function onlyIf(name: string, leftValue: string, rightValue: string): NodeDraft {
	return {
		name,
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
				conditions: [
					{ id: '1', leftValue, rightValue, operator: { type: 'string', operation: 'equals' } },
				],
				combinator: 'and',
			},
			options: {},
		},
	};
}

/** Publishes nodes as a chain. */
async function chain(layout: Layout, name: string, nodes: readonly NodeDraft[]) {
	const { settings } = workflowOf({}, {});
	const names = nodes.map((node) => node.name);
	const workflow = await layout.n8n.api.createWorkflow({
		name,
		nodes,
		settings,
		connections: Object.fromEntries(
			names
				.slice(1)
				.map((next, place) => [
					names[place] ?? '',
					{ main: [[{ node: next, type: 'main' as const, index: 0 }]] },
				]),
		),
	});
	const { status, errors } = await layout.n8n.api.publish(workflow.id);
	if (status !== 'published') throw new Error(`${name}: ${errors.join(' ')}`);
	const [first] = workflow.nodes;
	const isWebhook = first?.type === 'n8n-nodes-base.webhook';
	return {
		workflowId: workflow.id,
		path: `/webhook/${first?.webhookId}${isWebhook ? '' : '/webhook'}`,
	};
}
