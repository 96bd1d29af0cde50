// In queue mode, n8n 1.x runs an execution again from its beginning when the worker that had it has died.
import { itemsOf, type NodeDraft } from '../../sandbox/n8n/api.cts';
import { withPrograms } from '../support/programs.cts';
import { startQueueWorld, type QueueWorld } from '../support/queueWorld.cts';
import { conversationNamed, delivered, draftsAsked, sentIn } from '../support/sentMessages.cts';
import { located } from '../support/stepWorkflow.cts';
import { until } from '../support/until.cts';
import { record } from './record.cts';

jest.setTimeout(600_000);
const { it } = withPrograms('redis', 'postgresql');

const FULL = process.env.FAULTS === 'full';
const SEND = 'Send';

let world: QueueWorld | undefined;

afterAll(async () => await world?.end());

// Two n8n processes and their databases are started for it: not for every run.
(FULL ? it : xit)('a worker that dies leaves no message that goes out twice', async () => {
	world = await startQueueWorld({
		line: '1.123',
		env: {
			// Modules of 2.x.
			N8N_DISABLED_MODULES: '',
			WEBHOOK_URL: 'https://n8n.example.test/',
			QUEUE_WORKER_LOCK_DURATION: '4000',
			QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
			QUEUE_WORKER_STALLED_INTERVAL: '2000',
		},
	});
	const { kustomer, n8n, queue, apiCredential } = world;
	const { id: conversation } = conversationNamed(kustomer, 'Broken spout');
	const rows = [1, 2, 3].map((n) => ({ text: `Stalled ${n}` }));
	const path = crypto.randomUUID();
	const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	const workflow = await n8n.api.createWorkflow({
		name: 'Answers',
		nodes: [
			{
				...{ name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2, webhookId: path },
				parameters: { httpMethod: 'POST', path, options: {} },
			},
			{
				...{ name: 'Rows', type: 'n8n-nodes-base.splitOut', typeVersion: 1 },
				parameters: { fieldToSplitOut: 'body.rows', options: {} },
			},
			{
				...{ name: SEND, type: 'n8n-nodes-kustomer.kustomer', typeVersion: 1 },
				parameters: {
					...{ resource: 'message', operation: 'send', body: '={{ $json.text }}' },
					conversation: located('id', conversation),
					options: { timeout: 300_000 },
				},
				credentials: { kustomerApi: apiCredential },
			},
		] as NodeDraft[],
		connections: { Webhook: to('Rows'), Rows: to(SEND) },
		settings: { executionOrder: 'v1' },
	});
	expect(await n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
	const drafts = { method: 'POST', path: /drafts/, times: 1 };
	// The second message goes out, and the worker never hears of it.
	kustomer.faults = [{ ...drafts }, { ...drafts, when: 'after', hang: true }];
	const [receiver] = queue.webhookProcesses;
	await fetch(`${receiver.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ rows }),
	});
	await until(() => draftsAsked(kustomer).length === 2, 'the second message');
	const [busy] = queue.workers.filter((worker) => worker.logText().includes('started execution'));
	await (busy ?? queue.workers[0]).kill();
	if (busy === undefined) await queue.workers[1].kill();
	if (busy === undefined)
		await Promise.all(queue.workers.map(async (worker) => await worker.start()));

	const [run] = await n8n.api.waitForExecutions(workflow.id, 1, 120_000);
	await delivered(kustomer);
	const counts = rows.map(({ text }) => sentIn(kustomer, conversation, text).length);
	record('A worker dies while it sends the second of three messages', {
		sentOnce: counts.filter((count) => count === 1).length,
		sentTwice: counts.filter((count) => count > 1).length,
		execution: run.status,
	});
	expect(counts).toEqual([1, 1, 1]);
	expect(run.status).toBe('success');
	expect(itemsOf(run, SEND)).toMatchObject(rows.map(() => ({ sent: true })));
});
