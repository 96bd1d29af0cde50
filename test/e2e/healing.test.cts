import { makeEvent } from '../../sandbox/kustomer/server.cts';
import { itemsOf, type SavedWorkflow } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import {
	AFTER,
	N8N_NAME,
	startWorld,
	TRIGGER,
	triggerOf,
	workflowOf,
	type World,
} from '../support/world.cts';

jest.setTimeout(600_000);

let world: World;

beforeAll(async () => {
	world = await startWorld();
});

afterAll(async () => {
	await world?.end();
});

afterEach(async () => {
	world.kustomer.faults = [];
	for (const { id, active } of await world.n8n.api.listWorkflows()) {
		if (active) await world.n8n.api.unpublish(id);
	}
	for (const { id } of world.kustomer.webhooks()) world.kustomer.deleteWebhook(id);
	world.kustomer.clearLogs();
});

const EVENT = 'kustomer.conversation.update';

describe('the webhook at Kustomer', () => {
	it('still counts when it was switched off there, and is switched on by the next activation', async () => {
		const workflow = await world.publishTrigger({});
		const [webhook] = world.kustomer.webhooks();
		world.kustomer.disableWebhook(webhook?.id ?? '');
		const [late] = await world.kustomer.send(EVENT, { webhookId: webhook?.id });
		expect(late?.status).toBe(200);
		await world.n8n.api.unpublish(workflow.id);
		await world.n8n.api.publish(workflow.id);
		expect(world.kustomer.webhooks().map(({ enabled }) => enabled)).toEqual([true]);
	});

	it('is made again after it was deleted there, and its absence does not hold up unpublishing', async () => {
		const workflow = await world.publishTrigger({});
		world.kustomer.deleteWebhook(world.kustomer.webhooks()[0]?.id ?? '');
		expect(await world.n8n.api.unpublish(workflow.id)).toMatchObject({ errors: [] });
		expect(await world.n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
		expect(world.kustomer.webhooks()).toHaveLength(1);
	});

	it('stays one when the node is renamed', async () => {
		const workflow = await world.publishTrigger({ name: 'Renamed' });
		const renamed = JSON.parse(
			JSON.stringify(await world.n8n.api.getWorkflow(workflow.id)).replaceAll(
				`"${TRIGGER}"`,
				'"New Name"',
			),
		) as SavedWorkflow;
		await world.n8n.api.updateWorkflow(workflow.id, renamed);
		expect(await world.n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
		expect(world.kustomer.webhooks()).toHaveLength(1);
		const [delivery] = await world.kustomer.send(EVENT);
		expect(delivery?.status).toBe(200);
	});

	it('is adopted and not doubled when n8n could not delete it', async () => {
		const workflow = await world.publishTrigger({});
		world.kustomer.faults = [{ method: 'DELETE', path: /outbound-webhooks/, status: 500 }];
		await world.n8n.api.unpublish(workflow.id);
		await until(
			() =>
				world.kustomer.requests().filter(({ method }) => method === 'DELETE').length >= 3 ||
				undefined,
			{ what: 'three tries to delete', withinMs: 20_000 },
		);
		world.kustomer.faults = [];
		expect(await world.n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
		expect(world.kustomer.webhooks()).toHaveLength(1);
	});

	it("leaves other people's webhooks alone, and tells of one that points here", async () => {
		const workflow = await world.createTrigger({ name: 'Mine' });
		const url = `${N8N_NAME}/webhook/${triggerOf(workflow).webhookId}/webhook`;
		const others = [
			world.kustomer.createWebhook({ name: 'Somebody else', url, events: [EVENT] }),
			world.kustomer.createWebhook({
				name: `n8n: Mine (${workflow.id})`,
				url: `${url}2`,
				events: [EVENT],
			}),
		];
		expect(await world.n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
		await world.n8n.api.unpublish(workflow.id);
		expect(world.kustomer.webhooks()).toEqual(others);
		expect(world.n8n.logText()).toContain(
			'another webhook in Kustomer points here: "Somebody else"',
		);
	});

	it('cannot be made when the organization has no place left, and the message says who has them', async () => {
		const names = Array.from({ length: 50 }, (_, place) => `Place ${place}`);
		for (const name of names) {
			world.kustomer.createWebhook({ name, url: 'https://other.example.test/', events: [EVENT] });
		}
		const workflow = await world.createTrigger({});
		const { status, errors } = await world.n8n.api.publish(workflow.id);
		expect(status).toBe('failed');
		expect(errors.join()).toContain('usually 5');
		expect(errors.join()).toContain('"Place 7"');
		expect(errors.join()).toContain('Split Outputs by Event');
	});
});

/** A look would ask Kustomer, too. */
const UNWATCHED = { parameters: { options: { keepWebhookOn: false } } };

describe('the secret', () => {
	it('is read again once when it was changed at Kustomer, however many forged calls arrive', async () => {
		const workflow = await world.publishTrigger(UNWATCHED);
		const [webhook] = world.kustomer.webhooks();
		world.kustomer.rotateToken(webhook?.id ?? '');
		const [delivery] = await world.kustomer.send(EVENT);
		expect(delivery?.status).toBe(200);
		await world.n8n.api.waitForExecutions(workflow.id, 1);
		world.kustomer.clearLogs();
		const forged = await Promise.all(
			Array.from({ length: 20 }, async () => await world.kustomer.send(EVENT, { forged: true })),
		);
		expect(forged.flat().map(({ status }) => status)).toEqual(Array(20).fill(401));
		expect(world.kustomer.requests()).toEqual([]);
	});

	it('is read once per process: after a restart, a delivery gets 503 while Kustomer is down, and passes on its retry', async () => {
		const workflow = await world.publishTrigger(UNWATCHED);
		await world.n8n.restart();
		world.kustomer.clearLogs();
		world.kustomer.faults = [{ path: /outbound-webhooks/, status: 500 }];
		const [first] = await world.kustomer.send(EVENT);
		expect(first?.status).toBe(503);
		world.kustomer.faults = [];
		await world.kustomer.whenIdle(30_000);
		await world.kustomer.send(EVENT);
		await world.n8n.api.waitForExecutions(workflow.id, 2);
		expect(world.kustomer.deliveries().at(-1)?.status).toBe(200);
		expect(world.kustomer.requests().filter(({ status }) => status === 200)).toHaveLength(1);
	});
});

describe('activation', () => {
	it('succeeds within n8n’s own tries when Kustomer fails for a moment', async () => {
		world.kustomer.faults = [
			{ path: /outbound-webhooks/, times: 1, status: 500 },
			{ path: /outbound-webhooks/, times: 1, status: 429 },
		];
		await world.publishTrigger({});
		expect(world.kustomer.webhooks()).toHaveLength(1);
	});

	it('makes one webhook even when Kustomer made it and its answer was lost', async () => {
		world.kustomer.faults = [
			{ method: 'POST', path: /outbound-webhooks/, times: 1, when: 'after', reset: true },
		];
		await world.publishTrigger({});
		expect(world.kustomer.webhooks()).toHaveLength(1);
		const [delivery] = await world.kustomer.send(EVENT);
		expect(delivery?.status).toBe(200);
	});
});

describe('"Listen for test event"', () => {
	it('has a webhook of its own, named as a test and removed afterwards, and production goes on', async () => {
		const workflow = await world.publishTrigger({
			parameters: {
				filters: { conditions: { field: [{ name: 'status', value: 'no such status' }] } },
			},
		});
		await world.n8n.api.listen(workflow.id, TRIGGER);
		const [production, test] = world.kustomer.webhooks();
		expect(test?.name).toBe(`n8n: Kustomer events (${workflow.id}) (test)`);
		expect(test?.url).toContain('/webhook-test/');
		const deliveries = await world.kustomer.send(EVENT);
		expect(deliveries.map(({ status }) => status)).toEqual([200, 200]);
		const [manual] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		if (manual === undefined) throw new Error('no execution');
		expect(manual.mode).toBe('manual');
		expect(itemsOf(manual, AFTER)[0]?.note).toContain(
			'The published workflow would drop this event, because',
		);
		await until(() => world.kustomer.webhooks().length === 1 || undefined, {
			what: 'the test webhook to go',
			withinMs: 10_000,
		});
		expect(world.kustomer.webhooks()[0]?.id).toBe(production?.id);
	});

	it('leaves nothing behind for long when n8n is killed while it listens', async () => {
		const workflow = await world.createTrigger({});
		await world.n8n.api.listen(workflow.id, TRIGGER);
		await until(() => world.kustomer.webhooks().length === 1 || undefined, {
			what: 'the test webhook',
			withinMs: 10_000,
		});
		await world.n8n.kill();
		await world.n8n.restart();
		const [leftover] = world.kustomer.webhooks();
		if (leftover === undefined) throw new Error('no leftover');
		// One that was made a moment ago might be in use, so time has passed.
		const aged = { ...leftover, createdAt: new Date(Date.now() - 11 * 60_000).toISOString() };
		const data = [{ id: leftover.id, type: 'outbound_webhook', attributes: aged }];
		world.kustomer.faults = [
			{ method: 'GET', path: /outbound-webhooks\?/, status: 200, body: { data } },
		];
		await world.n8n.api.publish(workflow.id);
		world.kustomer.faults = [];
		expect(world.kustomer.webhooks().map(({ url }) => url)).toEqual([
			`${N8N_NAME}/webhook/${triggerOf(workflow).webhookId}/webhook`,
		]);
	});
});

describe('each event once', () => {
	it('runs again what could not be confirmed, at most three times, with "When the Workflow Has Finished"', async () => {
		const workflow = await world.publishTrigger({
			parameters: { options: { acknowledge: 'finished' } },
			after: [
				{
					name: AFTER,
					type: 'n8n-nodes-base.stopAndError',
					typeVersion: 1,
					parameters: { errorMessage: 'a broken step' },
				},
			],
		});
		await world.kustomer.send(EVENT);
		await world.kustomer.whenIdle(60_000);
		expect(world.kustomer.deliveries().map(({ status }) => status)).toEqual([500, 500, 500, 200]);
		expect(await world.n8n.api.waitForExecutions(workflow.id, 3)).toHaveLength(3);
		expect(world.n8n.logText()).toContain('the workflow did not succeed in 3 tries');
	});

	it('drops a repeat across a restart with "Also Across Restarts"', async () => {
		const workflow = await world.publishTrigger({
			parameters: { options: { skipDuplicates: 'database' } },
		});
		const envelope = makeEvent(EVENT);
		await world.kustomer.send(envelope);
		await world.n8n.api.waitForExecutions(workflow.id, 1);
		await world.n8n.restart();
		const [repeat] = await world.kustomer.send(envelope);
		expect(repeat?.status).toBe(200);
		const [short, full] = await world.n8n.api.waitForExecutions(workflow.id, 2);
		if (short === undefined || full === undefined) throw new Error('no executions');
		expect(itemsOf(full, AFTER)).toHaveLength(1);
		expect(Object.keys(short.data.resultData.runData)).toEqual([TRIGGER]);
	});

	it('lets one of many repeats through that arrive at the same time', async () => {
		const workflow = await world.publishTrigger({});
		const envelope = makeEvent(EVENT);
		const deliveries = await Promise.all(
			Array.from({ length: 10 }, async () => await world.kustomer.send(envelope)),
		);
		expect(deliveries.flat().map(({ status }) => status)).toEqual(Array(10).fill(200));
		expect(await world.n8n.api.waitForExecutions(workflow.id, 1)).toHaveLength(1);
	});
});

describe('outputs and batches', () => {
	const eventIdsOf = (executions: ReadonlyArray<Parameters<typeof itemsOf>[0]>) =>
		executions.flatMap((execution) => itemsOf(execution, AFTER).map(({ eventId }) => eventId));

	it('gives every chosen event an output of its own', async () => {
		const events = ['kustomer.message.create', EVENT];
		const workflow = await world.publishTrigger({ parameters: { events, splitOutputs: true } });
		await world.kustomer.send(EVENT);
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		if (execution === undefined) throw new Error('no execution');
		expect(itemsOf(execution, TRIGGER, 0)).toEqual([]);
		expect(itemsOf(execution, TRIGGER, 1)).toHaveLength(1);
	});

	it('starts one execution for the events of a window, and confirms every one of them', async () => {
		const workflow = await world.publishTrigger({
			parameters: { options: { batchWindow: 1_000, batchSize: 10 } },
		});
		const envelopes = Array.from({ length: 10 }, () => makeEvent(EVENT));
		const deliveries = await Promise.all(
			envelopes.map(async (envelope) => await world.kustomer.send(envelope)),
		);
		expect(deliveries.flat().map(({ status }) => status)).toEqual(Array(10).fill(200));
		// On a busy machine the events may fall into two windows.
		const executions = await until(
			async () => {
				const found = await world.n8n.api.waitForExecutions(workflow.id, 1);
				return eventIdsOf(found).length < envelopes.length ? undefined : found;
			},
			{ what: 'an execution for every event', withinMs: 20_000 },
		);
		expect(executions.length).toBeLessThanOrEqual(2);
		expect(eventIdsOf(executions).sort()).toEqual(envelopes.map(({ id }) => id).sort());
	});
});

describe('an n8n without its publication service', () => {
	let old: World;

	beforeAll(async () => {
		old = await startWorld({ env: { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' } });
	});

	afterAll(async () => {
		await old?.end();
	});

	it.each<[string, (id: string) => void]>([
		['switched off', (id) => old.kustomer.disableWebhook(id)],
		['deleted', (id) => old.kustomer.deleteWebhook(id)],
		[
			'given other events',
			(id) => old.kustomer.editWebhook(id, { events: ['kustomer.tag.create'] }),
		],
	])('has a webhook put right soon after its start that was %s', async (_, spoil) => {
		const draft = workflowOf({}, { kustomerApi: old.apiCredential });
		const workflow = await old.n8n.api.createWorkflow(draft);
		await old.n8n.api.publish(workflow.id);
		spoil(old.kustomer.webhooks()[0]?.id ?? '');
		await old.n8n.restart();
		const isRight = () => {
			const [now, ...others] = old.kustomer.webhooks();
			const receives = now?.enabled === true && now.events.includes(EVENT);
			return (receives && others.length === 0) || undefined;
		};
		await until(isRight, { what: 'the webhook to be put right', withinMs: 60_000 });
		const [delivery] = await old.kustomer.send(EVENT);
		expect(delivery?.status).toBe(200);
		await old.n8n.api.deleteWorkflow(workflow.id);
		expect(old.kustomer.webhooks()).toEqual([]);
	});
});
