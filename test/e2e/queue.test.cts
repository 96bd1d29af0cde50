import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { makeEvent, type Delivery } from '../../sandbox/kustomer/server.cts';
import { itemsOf } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { ensureN8n } from '../../sandbox/n8n/install.cts';
import { quickLooks } from '../../sandbox/n8n/quickLooks.cts';
import { outage, publishReporting, Reports } from '../support/outage.cts';
import { withPrograms } from '../support/programs.cts';
import { startQueueWorld, type QueueWorld } from '../support/queueWorld.cts';
import { AFTER } from '../support/world.cts';

jest.setTimeout(1_800_000);
const { describe, it } = withPrograms('redis', 'postgresql');

const ROOT = join(__dirname, '..', '..');
const EVENT = 'kustomer.conversation.update';

let world: QueueWorld;

beforeAll(async () => {
	world = await startQueueWorld({
		env: { ...quickLooks(5), N8N_LOG_LEVEL: 'debug' },
		kustomer: { rateLimit: { requestsPerMinute: 1_000_000 } },
	});
});

afterAll(async () => {
	await world?.end();
});

/** Every workflow's webhook gets every event, so each test leaves none behind. */
afterEach(async () => {
	world.deliverTo();
	for (const { id } of await world.n8n.api.listWorkflows()) await world.n8n.api.deleteWorkflow(id);
});

describe('registration', () => {
	it('makes one webhook, by the main process', async () => {
		world.kustomer.clearLogs();
		await world.publishTrigger({});
		expect(world.kustomer.webhooks()).toHaveLength(1);
		const made = world.kustomer
			.requests()
			.filter(({ method, path }) => method === 'POST' && path.startsWith('/v1/outbound-webhooks'));
		expect(made).toHaveLength(1);
	});

	it('leaves the webhook as it is when the processes that receive are restarted', async () => {
		await world.publishTrigger({});
		world.kustomer.clearLogs();
		const [part] = world.queue.webhookProcesses;
		await part?.stop();
		await part?.start();
		world.deliverTo(0);
		expect(await sent()).toMatchObject({ ok: true });
		const changed = world.kustomer.requests().filter(({ method }) => method !== 'GET');
		expect(changed).toEqual([]);
	});
});

describe('a webhook that was deleted at Kustomer', () => {
	it('is made again by the main process, and every process accepts what it sends', async () => {
		const workflow = await world.publishTrigger({});
		const [former] = world.kustomer.webhooks();
		for (const place of [0, 1]) {
			world.deliverTo(place);
			expect(await sent()).toMatchObject({ status: 200 });
		}
		world.kustomer.deleteWebhook(former?.id ?? '');
		const made = await until(() => world.kustomer.webhooks()[0], {
			what: 'the webhook to be made again',
			withinMs: 30_000,
		});
		expect(made).toMatchObject({ url: former?.url, enabled: true });
		for (const place of [0, 1]) {
			world.deliverTo(place);
			expect(await sent()).toMatchObject({ status: 200 });
		}
		await world.n8n.api.unpublish(workflow.id);
		expect(world.kustomer.webhooks()).toEqual([]);
	});
});

describe('events that were missed while all processes were away', () => {
	const [changes, kills] = process.env.MISSED === 'full' ? [1_000, 3] : [40, 1];
	const filters = {
		messageDirection: 'in',
		changedFields: { field: [{ name: 'priority' }] },
	};
	let reports: Reports;

	beforeEach(async () => {
		reports = await Reports.start();
	});

	afterEach(async () => {
		world.kustomer.clearLogs();
		await reports.close();
	});

	it('are each in exactly one item, by the filters and in order, although the main process is killed', async () => {
		const { kustomer, queue, n8n } = world;
		const all = [n8n, ...queue.workers, ...queue.webhookProcesses];
		const workflow = await publishReporting(world, reports, { filters });
		const expected = await outage({
			kustomer,
			changes,
			stop: async () => void (await Promise.all(all.map(async (part) => await part.stop()))),
			start: async () => void (await Promise.all(all.map(async (part) => await part.start()))),
			passes: ({ name, changes: changed, data }) => {
				if (name.includes('message')) return data.attributes.direction === 'in';
				return name.endsWith('create') || changed?.attributes.priority !== undefined;
			},
		});
		for (let kill = 1; kill <= kills; kill++) {
			await reports.reach(Math.ceil((expected.size * kill) / (kills + 1)));
			await n8n.kill();
			await n8n.start();
		}
		await reports.reach(expected.size).catch(() => undefined);
		await reports.settled();
		const twice = reports.repeated(expected).length;
		console.log(`killed ${kills} times: ${expected.size} events, ${twice} of them twice`);
		// The workers went on meanwhile, and noted what they began.
		reports.expectEach(expected);
		reports.expectMissedInOrder();
		expect(reports.all.filter(({ eventId }) => !expected.has(eventId))).toEqual([]);

		// What Kustomer delivers late reaches processes that have seen none of it.
		const late = kustomer.events().filter(({ id }) => expected.has(id));
		const deliveries = await Promise.all(
			late.slice(-20).map(async (event) => await kustomer.send(event)),
		);
		expect(new Set(deliveries.flat().map(({ status }) => status))).toEqual(new Set([200]));
		await reports.settled();
		reports.expectEach(expected);
		const executions = await n8n.api.listExecutions(workflow.id);
		expect(executions.filter(({ status }) => status === 'error')).toEqual([]);
	});
});

describe('every webhook process by itself', () => {
	it.each([0, 1])('accepts what Kustomer signed: process %i', async (place) => {
		const workflow = await world.publishTrigger({});
		world.deliverTo(place);
		expect(await sent()).toMatchObject({ ok: true, status: 200 });
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		expect(execution?.status).toBe('success');
		expect(execution && itemsOf(execution, AFTER)).toHaveLength(1);
	});

	it.each([0, 1])(
		'puts nothing on the queue for what a stranger signed: process %i',
		async (place) => {
			await world.publishTrigger({});
			world.deliverTo(place);
			expect(await queuedBy(async () => await sent({ forged: true }))).toEqual({
				status: 401,
				queued: 0,
			});
		},
	);

	it.each([0, 1])(
		'puts nothing on the queue for what is filtered out: process %i',
		async (place) => {
			const workflow = await world.publishTrigger({
				parameters: { filters: { changedFields: { field: [{ name: 'priority' }] } } },
			});
			world.deliverTo(place);
			const unchanged = makeEvent(EVENT, { changed: { status: { from: 'open', to: 'done' } } });
			const wanted = makeEvent(EVENT, { changed: { priority: { from: 1, to: 5 } } });
			const first = await queuedBy(async () => await delivered(unchanged));
			expect(first).toEqual({ status: 200, queued: 0 });
			const second = await queuedBy(async () => await delivered(wanted));
			expect(second).toEqual({ status: 200, queued: 1 });
			await world.n8n.api.waitForExecutions(workflow.id, 1);
		},
	);
});

describe('an event that comes twice, once to each webhook process', () => {
	it('runs the steps behind the trigger once with Skip Duplicates: Also Across Restarts', async () => {
		const runs = await runsOfOneEventAtBoth('database');
		expect(runs.map((items) => items.length).sort()).toEqual([0, 1]);
	});

	it('runs them twice with Until n8n Restarts, since each process has its own memory', async () => {
		const runs = await runsOfOneEventAtBoth('process');
		expect(runs.map((items) => items.length)).toEqual([1, 1]);
	});

	async function runsOfOneEventAtBoth(skipDuplicates: string) {
		const workflow = await world.publishTrigger({ parameters: { options: { skipDuplicates } } });
		const envelope = makeEvent(EVENT);
		for (const place of [0, 1]) {
			world.deliverTo(place);
			expect(await delivered(envelope)).toMatchObject({ ok: true });
			// One after the other: two at the same moment are the races of n8n's own store.
			await world.n8n.api.waitForExecutions(workflow.id, place + 1);
		}
		const executions = await world.n8n.api.waitForExecutions(workflow.id, 2);
		return executions.map((execution) => itemsOf(execution, AFTER));
	}
});

describe('options', () => {
	it('collects events into one execution and confirms each', async () => {
		const workflow = await world.publishTrigger({
			parameters: { options: { batchWindow: 1_000 } },
		});
		world.deliverTo(1);
		const envelopes = Array.from({ length: 5 }, () => makeEvent(EVENT));
		const result = await queuedBy(async () => {
			const deliveries = await Promise.all(
				envelopes.map(async (envelope) => await delivered(envelope)),
			);
			expect(deliveries.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
			return deliveries[0];
		});
		expect(result).toEqual({ status: 200, queued: 1 });
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		const ids = execution && itemsOf(execution, AFTER).map(({ eventId }) => eventId);
		expect(ids?.sort()).toEqual(envelopes.map(({ id }) => id).sort());
	});

	it('loses nothing when the process that collects is killed', async () => {
		const workflow = await world.publishTrigger({
			parameters: { options: { batchWindow: 2_000 } },
		});
		const [collecting] = world.queue.webhookProcesses;
		world.deliverTo(0);
		const envelope = makeEvent(EVENT);
		const delivery = delivered(envelope);
		// Long enough to be collected, too short to be confirmed.
		await new Promise((resolve) => setTimeout(resolve, 700));
		await collecting?.kill();
		world.deliverTo(1);
		expect(await delivery).toMatchObject({ ok: false, status: null });
		await world.kustomer.whenIdle(60_000);
		const executions = await world.n8n.api.waitForExecutions(workflow.id, 1);
		const ids = executions.flatMap((one) => itemsOf(one, AFTER)).map(({ eventId }) => eventId);
		expect(ids).toEqual([envelope.id]);
		await collecting?.start();
	});

	it('confirms when the workflow has finished on a worker', async () => {
		const workflow = await world.publishTrigger({
			parameters: { options: { acknowledge: 'finished' } },
			after: [
				{
					name: AFTER,
					type: 'n8n-nodes-base.stopAndError',
					typeVersion: 1,
					parameters: { errorMessage: 'It does not work today' },
				},
			],
		});
		const delivery = await sent();
		expect(delivery.status).toBeGreaterThanOrEqual(500);
		await world.n8n.api.waitForExecutions(workflow.id, 1);
	});

	it('parts the kinds of event by output', async () => {
		const events = [EVENT, 'kustomer.customer.create'];
		const workflow = await world.publishTrigger({
			parameters: { events, splitOutputs: true },
		});
		expect(await delivered(makeEvent('kustomer.customer.create'))).toMatchObject({ ok: true });
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		// The step hangs on the first output, which is the other kind's.
		expect(execution && itemsOf(execution, AFTER)).toEqual([]);
		expect(execution && itemsOf(execution, 'Kustomer Trigger', 1)).toHaveLength(1);
	});
});

it('prints no secret and no payload in any process', async () => {
	const workflow = await world.publishTrigger({});
	const envelope = makeEvent(EVENT, {
		attributes: { name: 'A subject that nobody else may read' },
	});
	await delivered(envelope);
	await world.n8n.api.waitForExecutions(workflow.id, 1);
	const token = world.kustomer.webhooks()[0]?.token ?? 'there is none';
	const log = world.queue.logText();
	expect(log).toContain(workflow.id);
	for (const secret of [token, world.apiKey, 'A subject that nobody else may read']) {
		expect(log).not.toContain(secret);
	}
});

it('is laid out in deploy/compose.yaml with variables that this n8n reads', async () => {
	const compose = await readFile(join(ROOT, 'deploy', 'compose.yaml'), 'utf8');
	const { services } = parse(compose, { merge: true }) as {
		services: { main: { environment: object } };
	};
	const names = Object.keys(services.main.environment).map((name) => name.replace(/_FILE$/, ''));
	const read = await variablesOfN8n();
	expect(names.filter((name) => !read.has(name))).toEqual([]);
});

async function variablesOfN8n(): Promise<Set<string>> {
	const { command } = await ensureN8n();
	const config = join(command, '..', '..', '..', '@n8n', 'config', 'dist');
	const files = await readdir(config, { recursive: true });
	const sources = await Promise.all(
		files
			.filter((file) => file.endsWith('.js'))
			.map(async (file) => await readFile(join(config, file), 'utf8')),
	);
	return new Set(sources.flatMap((source) => source.match(/(?<=')[A-Z][A-Z0-9_]+(?=')/g) ?? []));
}

async function sent(options: { forged?: boolean } = {}): Promise<Delivery> {
	return await delivered(makeEvent(EVENT), options);
}

async function delivered(
	envelope: ReturnType<typeof makeEvent>,
	options: { forged?: boolean } = {},
): Promise<Delivery> {
	const [delivery] = await world.kustomer.send(envelope, options);
	if (delivery === undefined) throw new Error('Kustomer has no webhook for the event');
	return delivery;
}

/** How a delivery was answered, and how many executions it put on the queue. */
async function queuedBy(deliver: () => Promise<Delivery | undefined>) {
	const before = await world.queued();
	const delivery = await deliver();
	return { status: delivery?.status, queued: (await world.queued()) - before };
}
