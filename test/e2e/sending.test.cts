// Messages to customers, as n8n itself runs the node: what goes out, what does not, and what a second run of a step does.
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { itemsOf, type Execution, type NodeDraft } from '../../sandbox/n8n/api.cts';
import { lineOfMatrix } from '../../sandbox/n8n/install.cts';
import {
	conversationNamed,
	delivered,
	draftsAsked,
	related,
	sentIn,
} from '../support/sentMessages.cts';
import { located } from '../support/stepWorkflow.cts';
import { AFTER, startWorld, TRIGGER, type World } from '../support/world.cts';

jest.setTimeout(300_000);

const LINE = lineOfMatrix();
const SEND = 'Send';

let world: World;

beforeAll(async () => {
	world = await startWorld({ env: { GENERIC_TIMEZONE: 'America/New_York' } });
});
afterAll(async () => await world?.end());
beforeEach(() => world.kustomer.clearLogs());

const SOLVEIG = 'solveig.aune@example.com';
const conversation = () => conversationNamed(world.kustomer, 'Broken spout');
const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });

const step = (parameters: INodeParameters, more: Partial<NodeDraft> = {}): NodeDraft =>
	({
		name: SEND,
		type: 'n8n-nodes-kustomer.kustomer',
		typeVersion: 1,
		parameters: {
			...{ resource: 'message', operation: 'send' },
			conversation: located('id', conversation().id),
			...parameters,
		},
		credentials: { kustomerApi: world.apiCredential },
		...more,
	}) as NodeDraft;

const simple = (name: string, type: string, parameters: INodeParameters = {}, typeVersion = 1) =>
	({ name, type: `n8n-nodes-base.${type}`, typeVersion, parameters }) as NodeDraft;

/** @returns what a person gets who presses "Execute workflow" */
async function byHand(nodes: readonly NodeDraft[]): Promise<Execution> {
	const first = simple('Start', 'manualTrigger');
	const { id } = await world.n8n.api.createWorkflow({
		name: 'By hand',
		nodes: [first, ...nodes],
		connections: { Start: to(nodes[0].name) },
		settings: { executionOrder: 'v1' },
	});
	await world.n8n.api.listen(id, 'Start');
	const [run] = await world.n8n.api.waitForExecutions(id, 1);
	return run;
}

type Published = { id: string; call: (rows: object[], count?: number) => Promise<Execution> };

/** Publishes "Webhook → Rows → Send". */
async function published(send: NodeDraft): Promise<Published> {
	const path = crypto.randomUUID();
	const webhook = {
		...simple('Webhook', 'webhook', { httpMethod: 'POST', path, options: {} }, 2),
		webhookId: path,
	} as NodeDraft;
	const rows = simple('Rows', 'splitOut', { fieldToSplitOut: 'body.rows', options: {} });
	const { id } = await world.n8n.api.createWorkflow({
		name: 'Answers',
		nodes: [webhook, rows, send],
		connections: { Webhook: to('Rows'), Rows: to(SEND) },
		settings: { executionOrder: 'v1' },
	});
	expect(await world.n8n.api.publish(id)).toEqual({ status: 'published', errors: [] });
	return {
		id,
		call: async (body, count = 1) => {
			await fetch(`${world.n8n.url}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ rows: body }),
			});
			const [run] = await world.n8n.api.waitForExecutions(id, count, 60_000);
			return run;
		},
	};
}

async function sentCount(text: string): Promise<number> {
	await delivered(world.kustomer);
	return sentIn(world.kustomer, conversation().id, text).length;
}

const isTold = { sent: true, conversationId: expect.any(String), to: SOLVEIG, channel: 'email' };

describe(`an answer on n8n ${LINE}`, () => {
	it('goes out, becomes a message, and its event starts the trigger', async () => {
		const trigger = await world.publishTrigger({
			parameters: {
				events: ['kustomer.message.create'],
				filters: { messageDirection: 'out' },
			},
		});
		const { call } = await published(step({ body: '=Dear {{ $json.name }}, <it works>' }));
		const run = await call([{ name: 'Solveig' }]);
		expect(run.status).toBe('success');
		expect(itemsOf(run, SEND)).toMatchObject([{ ...isTold, conversationId: conversation().id }]);
		expect(draftsAsked(world.kustomer)).toMatchObject([
			{
				channel: 'email',
				conversation: conversation().id,
				from: { email: 'support@teapot-works.example' },
				to: [{ email: SOLVEIG }],
				body: 'Dear Solveig, &lt;it works&gt;',
			},
		]);
		const [started] = await world.n8n.api.waitForExecutions(trigger.id, 1);
		const [event] = itemsOf(started, AFTER);
		expect(event).toMatchObject({
			event: 'kustomer.message.create',
			client: 'drafts',
			attributes: { direction: 'out', channel: 'email' },
			related: { conversation: conversation().id },
		});
		expect(itemsOf(started, TRIGGER)).toHaveLength(1);
		await world.n8n.api.unpublish(trigger.id);
	});

	it('for later is kept by Kustomer, in the zone of the workflow', async () => {
		const { call } = await published(
			step({ body: 'Later', when: 'at', sendAt: '2126-01-02T09:00:00' }),
		);
		const run = await call([{}]);
		expect(itemsOf(run, SEND)).toMatchObject([{ ...isTold, when: '2126-01-02T14:00:00.000Z' }]);
		expect(draftsAsked(world.kustomer)).toMatchObject([{ scheduled: true }]);
		expect(await sentCount('Later')).toBe(0);
	});

	it('does not go out when somebody has answered', async () => {
		const since = new Date(Date.now() - 60_000).toISOString();
		world.kustomer.create('message', {
			conversation: conversation().id,
			...{ channel: 'email', app: 'postmark', direction: 'out', preview: 'Answered' },
		});
		const { call } = await published(
			step({ body: 'Too late', onlyIf: 'notAnsweredSince', since: '={{ $json.since }}' }),
		);
		expect(itemsOf(await call([{ since }]), SEND)).toEqual([
			{ sent: false, reason: expect.stringContaining('answered at') },
		]);
		expect(draftsAsked(world.kustomer)).toEqual([]);
	});

	it('that cannot be addressed stops the workflow with the field to fill in', async () => {
		const customer = String(related(conversation(), 'customer'));
		const empty = world.kustomer.create('conversation', { customer, name: 'Empty' });
		const { call } = await published(
			step({ body: 'Hello', conversation: located('id', empty.id) }),
		);
		const run = await call([{}]);
		expect(run.status).toBe('error');
		expect(run.data.resultData.error?.message).toContain('Fill in "Channel"');
		expect(draftsAsked(world.kustomer)).toEqual([]);
	});
});

describe(`a run from the editor on n8n ${LINE}`, () => {
	it('shows what would go out, and says so', async () => {
		const run = await byHand([step({ body: 'From the editor' })]);
		expect(run.mode).toBe('manual');
		expect(itemsOf(run, SEND)).toMatchObject([
			{ sent: false, preview: { channel: 'email', to: SOLVEIG, body: 'From the editor' } },
		]);
		const [{ hints }] = run.data.resultData.runData[SEND];
		expect(hints).toMatchObject([{ message: expect.stringContaining('nothing was sent') }]);
		const writes = world.kustomer.requests().filter(({ method }) => method !== 'GET');
		expect(writes).toEqual([]);
	});

	it('sends with Send When Testing', async () => {
		const run = await byHand([step({ body: 'To myself', sendWhenTesting: true })]);
		expect(itemsOf(run, SEND)).toMatchObject([isTold]);
		expect(await sentCount('To myself')).toBe(1);
	});

	it('counts as production in a sub-workflow, as its texts say', async () => {
		const sub = await world.n8n.api.createWorkflow({
			name: 'Sub-workflow',
			nodes: [
				simple('Called', 'executeWorkflowTrigger', { inputSource: 'passthrough' }, 1.1),
				step({ body: 'From a sub-workflow' }),
			],
			connections: { Called: to(SEND) },
			settings: { executionOrder: 'v1' },
		});
		await world.n8n.api.publish(sub.id);
		const call = simple(
			'Call',
			'executeWorkflow',
			{ workflowId: located('id', sub.id), workflowInputs: {}, options: {} } as INodeParameters,
			1.2,
		);
		const run = await byHand([call]);
		expect(itemsOf(run, 'Call')).toMatchObject([isTold]);
		expect(await sentCount('From a sub-workflow')).toBe(1);
	});
});

describe(`a step that runs again on n8n ${LINE}`, () => {
	const rows = (name: string) => [1, 2, 3].map((n) => ({ text: `${name} ${n}` }));
	const counts = async (name: string) =>
		await Promise.all(rows(name).map(async ({ text }) => await sentCount(text)));
	/** The second message is refused, once. */
	const refuseSecond = () => {
		const about = { method: 'POST', path: /drafts/, times: 1 };
		world.kustomer.faults = [{ ...about }, { ...about, status: 422, body: { errors: [] } }];
	};

	it('because of Retry On Fail sends no item twice', async () => {
		const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		const { call } = await published(step({ body: '={{ $json.text }} {{ $now }}' }, retrying));
		refuseSecond();
		const run = await call(rows('Retried'));
		expect(run.status).toBe('success');
		expect(itemsOf(run, SEND)).toMatchObject([isTold, isTold, isTold]);
		await delivered(world.kustomer);
		const texts = sentIn(world.kustomer, conversation().id)
			.map(({ attributes }) => String(attributes.preview))
			.filter((text) => text.startsWith('Retried'))
			.map((text) => text.slice(0, 'Retried 1'.length));
		expect(texts).toEqual(['Retried 1', 'Retried 2', 'Retried 3']);
	});

	it('because a person retries the execution sends no item twice', async () => {
		const { id, call } = await published(step({ body: '={{ $json.text }}' }));
		refuseSecond();
		const run = await call(rows('By hand'));
		expect(run.status).toBe('error');
		expect(await counts('By hand')).toEqual([1, 0, 0]);
		await world.n8n.api.retryExecution(run.id);
		const [again] = await world.n8n.api.waitForExecutions(id, 2);
		expect(again.mode).toBe('retry');
		expect(itemsOf(again, SEND)).toMatchObject([isTold, isTold, isTold]);
		expect(await counts('By hand')).toEqual([1, 1, 1]);
	});

	it('in a loop sends what each round is to send', async () => {
		const loop = simple('Loop', 'splitInBatches', { batchSize: 1, options: {} }, 3);
		const path = crypto.randomUUID();
		const webhook = {
			...simple('Webhook', 'webhook', { httpMethod: 'POST', path, options: {} }, 2),
			webhookId: path,
		} as NodeDraft;
		const split = simple('Rows', 'splitOut', { fieldToSplitOut: 'body.rows', options: {} });
		const { id } = await world.n8n.api.createWorkflow({
			name: 'Loop',
			nodes: [webhook, split, loop, step({ body: '={{ $json.text }}' })],
			connections: {
				Webhook: to('Rows'),
				Rows: to('Loop'),
				Loop: { main: [[], [{ node: SEND, type: 'main', index: 0 }]] },
				[SEND]: to('Loop'),
			},
			settings: { executionOrder: 'v1' },
		});
		await world.n8n.api.publish(id);
		await fetch(`${world.n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ rows: rows('Round') }),
		});
		await world.n8n.api.waitForExecutions(id, 1);
		expect(await counts('Round')).toEqual([1, 1, 1]);
	});
});

it(`a draft waits for an agent on n8n ${LINE}`, async () => {
	const { call } = await published(step({ operation: 'createDraft', body: 'A proposal' }));
	const [item] = itemsOf(await call([{}]), SEND) as [IDataObject];
	expect(item).toEqual({
		id: expect.any(String),
		conversationId: conversation().id,
		channel: 'email',
		to: SOLVEIG,
	});
	expect(world.kustomer.record('draft', String(item.id))?.attributes).toMatchObject({
		body: 'A proposal',
		sendAt: null,
	});
	expect(await sentCount('A proposal')).toBe(0);
});
