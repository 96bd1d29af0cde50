import { setTimeout as delay } from 'node:timers/promises';
import { makeEvent, type EventName, type Fault } from '../../sandbox/kustomer/server.cts';
import { itemsOf, type NodeDraft } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { startWorld, type World } from '../support/world.cts';
import { record } from './record.cts';
import { reporting, startSink, type Sink } from './sink.cts';

jest.setTimeout(1_800_000);

const FULL = process.env.FAULTS === 'full';
const EVENT: EventName = 'kustomer.conversation.update';

/** What a service in trouble does, before or after it has done what was asked. */
const FAILURES: Array<Omit<Fault, 'path'>> = (['before', 'after'] as const).flatMap((when) => [
	{ when, delayMs: 2_000 },
	{ when, reset: true },
	{ when, status: 502, body: '<html><h1>Bad Gateway</h1></html>' },
	{ when, status: 500, body: Buffer.from([0, 159, 146, 150]) },
	// The limit's minute is over at once.
	{ when, status: 429, headers: { 'x-ratelimit-reset': '1' }, body: { errors: [] } },
	{ when, status: 503 },
]);
/** Answers of success to what was not done: a post cannot see through that, a registration must. */
const FALSE_SUCCESSES: Array<Omit<Fault, 'path'>> = [
	{ status: 200, body: '<html>Sign in to the hotel’s network</html>' },
	{ status: 200, body: '{"data":' },
	{ status: 200, body: { data: null } },
	{ status: 204 },
];

let world: World;
let sink: Sink;

beforeAll(async () => {
	sink = await startSink();
	world = await startWorld({
		env: { N8N_EXPRESSION_ENGINE: 'legacy', N8N_LOG_LEVEL: 'warn' },
		kustomer: {
			clock: {
				retryDelaysMs: [1_000, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000],
				answerTimeoutMs: 5_000,
				disableAfterFailures: 1_000_000,
			},
			rateLimit: { requestsPerMinute: 1_000_000, hookPostsPerMinute: 1_000_000 },
		},
	});
});

afterAll(async () => {
	await world?.end();
	await sink?.close();
});

afterEach(async () => {
	world.kustomer.faults = [];
	for (const { id } of await world.n8n.api.listWorkflows()) await world.n8n.api.deleteWorkflow(id);
	for (const { id } of world.kustomer.webhooks()) world.kustomer.deleteWebhook(id);
});

it('has exactly one correct webhook, however Kustomer fails while it is registered and removed', async () => {
	const rounds = FULL ? 20 : 2;
	const { api } = world.n8n;
	const workflow = await world.createTrigger({ name: 'registration' });
	const counts = { rounds, publishedAtOnce: 0, publishedAfterwards: 0, failures: 0 };
	for (let round = 0; round < rounds; round++) {
		const faults = randomFaults(
			/outbound-webhooks/,
			[...FAILURES, ...FALSE_SUCCESSES],
			1 + (round % 8),
		);
		world.kustomer.faults = faults;
		const { status, errors } = await api.publish(workflow.id);
		if (status === 'published') counts.publishedAtOnce++;
		else {
			// The message has to say whose failure it is.
			expect(errors.join()).toMatch(/Kustomer/);
			world.kustomer.faults = [];
			expect(await api.publish(workflow.id)).toMatchObject({ status: 'published' });
			counts.publishedAfterwards++;
		}
		counts.failures += faults.filter(({ times }) => times === 0).length;
		world.kustomer.faults = [];
		expect(world.kustomer.webhooks()).toMatchObject([{ enabled: true, events: [EVENT] }]);
		const [delivery] = await world.kustomer.send(EVENT);
		expect(delivery).toMatchObject({ status: 200 });

		const atTheEnd = randomFaults(/outbound-webhooks/, FAILURES, round % 3);
		world.kustomer.faults = atTheEnd;
		await api.unpublish(workflow.id);
		counts.failures += atTheEnd.filter(({ times }) => times === 0).length;
	}
	world.kustomer.faults = [];
	await api.publish(workflow.id);
	expect(world.kustomer.webhooks()).toHaveLength(1);
	await api.unpublish(workflow.id);
	await api.deleteWorkflow(workflow.id);
	expect(world.kustomer.webhooks()).toEqual([]);
	record('Kustomer fails at registration and removal', counts);
	expect(counts.failures).toBeGreaterThan(rounds);
});

it('runs every event once and accepts no forged one, however Kustomer fails when the secret is read', async () => {
	const rounds = FULL ? 6 : 1;
	const counts = { rounds, events: 0, firstTries: {} as Record<string, number>, failures: 0 };
	const workflow = await world.publishTrigger({
		name: 'secret',
		after: [reporting(sink, 'secret', '$json.eventId')],
	});
	const executions = async () => await world.n8n.api.countExecutions(workflow.id);
	const before = await executions();
	const events: string[] = [];
	for (let round = 0; round < rounds; round++) {
		// Only a process that has just begun has to ask for the secret.
		await world.n8n.restart();
		// After each failed read the trigger waits longer, up to a minute: with more failures in a row, Kustomer's tries,
		// here seconds apart instead of minutes, would be over first.
		const failing = FAILURES.filter(({ delayMs }) => delayMs === undefined);
		const faults = [
			...randomFaults(/outbound-webhooks/, [...failing, ...FALSE_SUCCESSES], 2 + (round % 3)),
			{ path: /outbound-webhooks/, delayMs: 2_000, times: 1 },
		];
		world.kustomer.faults = faults;
		const [forged] = await world.kustomer.send(EVENT, { forged: true });
		expect([401, 503, null]).toContain(forged?.status);
		for (let burst = 0; burst < 4; burst++) {
			const envelopes = Array.from({ length: 5 }, () => makeEvent(EVENT));
			const tries = await Promise.all(envelopes.map(async (one) => await world.kustomer.send(one)));
			for (const { status } of tries.flat()) {
				counts.firstTries[`${status}`] = (counts.firstTries[`${status}`] ?? 0) + 1;
			}
			events.push(...envelopes.map(({ id }) => id));
			await delay(500);
		}
		await world.kustomer.whenIdle(120_000);
		counts.failures += faults.filter(({ times }) => times === 0).length;
	}
	world.kustomer.faults = [];
	counts.events = events.length;
	const runs = await sink.runsFor('secret', events);
	const outcome = {
		...counts,
		missing: runs.filter((count) => count === 0).length,
		twice: runs.filter((count) => count > 1).length,
	};
	record('Kustomer fails when the secret is read', outcome);
	expect(outcome).toMatchObject({ missing: 0, twice: 0 });
	// n8n counts an execution once it is over, a moment after its last step.
	await until(async () => (await executions()) - before >= events.length || undefined, {
		what: 'an execution for each event',
		withinMs: 20_000,
	});
	expect((await executions()) - before).toBe(events.length);
	expect(counts.failures).toBeGreaterThan(rounds);
});

it('says of every post whether Kustomer has it, however Kustomer fails', async () => {
	const items = FULL ? 200 : 20;
	const { address } = world.kustomer.createHook('web', { title: 'Under fire' });
	// Two seconds each would take minutes.
	const failures = FAILURES.map((one) =>
		one.delayMs === undefined ? one : { when: one.when, delayMs: 300 },
	);
	const faults = randomFaults(/\/hooks\//, [...failures, {}, {}, {}, {}], items);
	world.kustomer.faults = faults;
	world.kustomer.clearLogs();
	const { told, refused } = await posted(address, items);
	world.kustomer.faults = [];
	const arrived = world.kustomer
		.hookRequests()
		.map(({ rawBody }) => (JSON.parse(rawBody.toString('utf8')) as { number: number }).number);
	const distinct = new Set(arrived);
	const outcome = {
		items,
		failures: faults.filter((one) => one.times === 0 && one.when !== undefined).length,
		reportedAccepted: told.length,
		reportedFailed: refused.length,
		acceptedButNotThere: told.filter((number) => !distinct.has(number)).length,
		failedButThere: refused.filter(({ number }) => distinct.has(number)).length,
		failedWithoutReason: refused.filter(({ reason }) => reason.length < 20).length,
		recordedTwice: arrived.length - distinct.size,
	};
	record('Kustomer fails at posts', outcome);
	expect(outcome).toMatchObject({ acceptedButNotThere: 0, failedWithoutReason: 0 });
	expect(told.length + refused.length).toBe(items);
	expect(outcome.failures).toBeGreaterThan(items / 4);
});

/** As many as `count` at random, for one request each. */
function randomFaults(
	path: RegExp,
	kinds: ReadonlyArray<Omit<Fault, 'path'>>,
	count: number,
): Fault[] {
	return Array.from({ length: count }, () => {
		const kind = kinds[Math.floor(Math.random() * kinds.length)];
		return { ...kind, path, times: 1 };
	});
}

/** Posts numbered items through the Kustomer node, which continues after those that fail. */
async function posted(address: string, items: number) {
	const { api, url } = world.n8n;
	const path = crypto.randomUUID();
	const jsCode = `return Array.from({ length: ${items} }, (_, number) => ({ json: { number } }));`;
	const nodes: NodeDraft[] = [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, options: {} },
		},
		{ name: 'Items', type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } },
		{
			name: 'Post',
			type: 'n8n-nodes-kustomer.kustomer',
			typeVersion: 1,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'inboundHook',
				operation: 'post',
				hookType: 'web',
				hook: { __rl: true, mode: 'url', value: address },
				options: { batchSize: 50 },
			},
			credentials: { kustomerApi: world.apiCredential },
		},
	];
	const to = (next: string) => ({ main: [[{ node: next, type: 'main' as const, index: 0 }]] });
	const workflow = await api.createWorkflow({
		name: 'posts',
		nodes,
		connections: { Webhook: to('Items'), Items: to('Post') },
		settings: { executionOrder: 'v1' },
	});
	expect(await api.publish(workflow.id)).toMatchObject({ status: 'published' });
	await fetch(`${url}/webhook/${path}`, { method: 'POST' });
	const [execution] = await api.waitForExecutions(workflow.id, 1, 600_000);
	if (execution === undefined) throw new Error('no execution');
	const results = itemsOf(execution, 'Post').map((item, number) => ({ item, number }));
	return {
		told: results.filter(({ item }) => item.accepted === true).map(({ number }) => number),
		refused: results
			.filter(({ item }) => item.accepted !== true)
			.map(({ item, number }) => ({ number, reason: item.error as string })),
	};
}
