import { setTimeout as delay } from 'node:timers/promises';
import { makeEvent, type EventName } from '../../sandbox/kustomer/server.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { withPrograms } from '../support/programs.cts';
import { startQueueWorld, type QueueWorld } from '../support/queueWorld.cts';
import { N8N_NAME } from '../support/world.cts';
import { Chaos, type Mortal } from './chaos.cts';
import { record } from './record.cts';
import { reporting, startSink, type Sink } from './sink.cts';

jest.setTimeout(3_600_000);
const { it } = withPrograms('redis', 'postgresql');

const FULL = process.env.FAULTS === 'full';
const EVENT: EventName = 'kustomer.conversation.update';

// Kustomer's documented pauses (1, 1, 2, 5, 10, 15, 30 minutes) with shorter minutes: so long that n8n, which needs its
// time to start again, is not away for more than some of them. How many failures switch a webhook off is another matter:
// test/e2e/healing.test.cts.
const A_MINUTE_MS = 3_000;
const SHORT_MINUTES = {
	retryDelaysMs: [1, 1, 2, 5, 10, 15, 30].map((minutes) => minutes * A_MINUTE_MS),
	answerTimeoutMs: 5_000,
	disableAfterFailures: 1_000_000,
};

/** By the webhook's name, the ids of the events that were answered 2xx. */
type Confirmed = ReadonlyMap<string, ReadonlySet<string>>;

let world: QueueWorld;
let sink: Sink;

beforeAll(async () => {
	sink = await startSink();
	world = await startQueueWorld({
		kustomer: { clock: SHORT_MINUTES, refuseWhileStarting: true },
		env: {
			// Many events in little time; what holds here does not depend on how expressions are computed.
			N8N_EXPRESSION_ENGINE: 'legacy',
			N8N_LOG_LEVEL: 'warn',
		},
	});
});

afterAll(async () => {
	await world?.end();
	await sink?.close();
});

afterEach(async () => {
	for (const { id } of await world.n8n.api.listWorkflows()) await world.n8n.api.deleteWorkflow(id);
	for (const { id } of world.kustomer.webhooks()) world.kustomer.deleteWebhook(id);
});

it('loses no event when the main and the webhook processes are killed, one by one or batched', async () => {
	const count = FULL ? 10_000 : 200;
	await publish('one by one', { skipDuplicates: 'database' });
	await publish('batched', { skipDuplicates: 'database', batchWindow: 300 });
	const chaos = new Chaos([main(), ...world.queue.webhookProcesses], [], [1_000, 4_000]);
	const { sent, confirmed } = await sendBursts(count);
	const kills = await chaos.end();
	expect(Object.keys(kills).length).toBeGreaterThan(0);
	for (const name of ['one by one', 'batched']) {
		const outcome = await countedAt(name, sent, confirmed);
		record(`Main and webhook processes killed, ${name}`, { ...outcome, kills });
		expect(outcome).toMatchObject({ sent: count, neverConfirmed: 0, missingWithoutTrace: 0 });
		// The main process goes through the queue when it starts, and can mistake an execution that is just being queued
		// for a dangling one: n8n then records it as crashed.
		expect(outcome.missing).toBeLessThanOrEqual(count / 1_000);
	}
});

// n8n needs over a minute to give up on what a killed worker had in hand: not for every run.
(FULL ? it : xit)(
	'loses only what n8n itself records as crashed when workers are killed too',
	async () => {
		await publish('any killed', { skipDuplicates: 'database' });
		await publishBare('any killed, bare');
		const mortals = [main(), ...world.queue.webhookProcesses, ...world.queue.workers];
		// So rarely that a small machine, which is busy for ten seconds with each start, comes to itself between.
		const chaos = new Chaos(mortals, [], [8_000, 20_000]);
		const { sent, confirmed } = await sendBursts(FULL ? 8_000 : 300);
		const kills = await chaos.end();
		const counted = await countedAt('any killed', sent, confirmed);
		const ours = { ...counted, ...(await triedAgain('any killed', sent, confirmed)) };
		const bare = await countedAt('any killed, bare', sent, confirmed);
		record('Workers killed as well', { ...ours, kills });
		record("Workers killed as well, n8n's bare Webhook node", bare);
		expect(ours).toMatchObject({ neverConfirmed: 0, missingWithoutTrace: 0, missingAfterwards: 0 });
	},
);

it('loses no event when Redis and PostgreSQL go away for a while', async () => {
	await publish('away', { skipDuplicates: 'database' });
	await publishBare('away, bare');
	const { redis, postgres } = world.queue;
	const parts = [main(), ...world.queue.webhookProcesses, ...world.queue.workers];
	const watch = new Chaos([], parts, [500, 500]);
	const interrupting = (async () => {
		for (const seconds of FULL ? [2, 15] : [2]) {
			for (const server of [redis, postgres]) {
				await delay(2_000);
				await server.stop();
				await delay(seconds * 1_000);
				await server.start();
			}
		}
	})();
	const { sent, confirmed } = await sendBursts(FULL ? 2_000 : 200);
	await interrupting;
	await watch.end();
	const ours = await countedAt('away', sent, confirmed);
	const bare = await countedAt('away, bare', sent, confirmed);
	record('Redis and PostgreSQL stopped and started', ours);
	record("Redis and PostgreSQL stopped and started, n8n's bare Webhook node", bare);
	expect(ours).toMatchObject({ neverConfirmed: 0, missingWithoutTrace: 0 });
});

async function publish(name: string, options: Record<string, unknown>): Promise<void> {
	await world.publishTrigger({
		name,
		parameters: { options },
		after: [reporting(sink, name, '$json.eventId')],
	});
}

/** n8n's own Webhook node behind a webhook of Kustomer's, for comparison: it neither verifies nor drops duplicates. */
async function publishBare(name: string): Promise<void> {
	const path = crypto.randomUUID();
	const workflow = await world.n8n.api.createWorkflow({
		name,
		nodes: [
			{
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				webhookId: path,
				parameters: { httpMethod: 'POST', path },
			},
			reporting(sink, name, '$json.body.id'),
		],
		connections: { Webhook: { main: [[{ node: 'Report', type: 'main', index: 0 }]] } },
	});
	expect(await world.n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
	world.kustomer.createWebhook({
		name,
		url: `${N8N_NAME}/webhook/${path}`,
		events: [EVENT],
		enabled: true,
	});
}

/** Sends so many events, fifty at a time, and waits until Kustomer has no more to try. */
async function sendBursts(count: number) {
	const { kustomer } = world;
	const sent: string[] = [];
	const confirmed = new Map<string, Set<string>>();
	const note = () => {
		for (const { ok, webhookName, body } of kustomer.deliveries()) {
			const ids = confirmed.get(webhookName) ?? new Set();
			confirmed.set(webhookName, ids);
			if (ok) ids.add((JSON.parse(body.toString('utf8')) as { id: string }).id);
		}
		kustomer.clearLogs();
	};
	kustomer.clearLogs();
	while (sent.length < count) {
		const length = Math.min(50, count - sent.length);
		const burst = Array.from({ length }, () => makeEvent(EVENT));
		await Promise.all(burst.map(async (envelope) => await kustomer.send(envelope)));
		sent.push(...burst.map(({ id }) => id));
		note();
	}
	await kustomer.whenIdle(400_000);
	note();
	return { sent, confirmed };
}

/** What became of the events at one workflow. */
async function countedAt(name: string, sent: readonly string[], confirmed: Confirmed) {
	const notSucceeded = await settled(name);
	const runs = sink.runs(name);
	const isConfirmed = confirmedAt(name, confirmed);
	const missing = missingAt(name, sent, confirmed);
	return {
		sent: sent.length,
		confirmed: isConfirmed.size,
		neverConfirmed: sent.filter((id) => !isConfirmed.has(id)).length,
		missing: missing.length,
		missingBecame: await recordedOf(missing, name),
		/** There is no execution in n8n's list that did not succeed and could be theirs. */
		missingWithoutTrace: Math.max(0, missing.length - total(notSucceeded)),
		ranMoreThanOnce: sent.filter((id) => (runs.get(id) ?? 0) > 1).length,
		notSucceeded,
	};
}

function missingAt(name: string, sent: readonly string[], confirmed: Confirmed): string[] {
	const isConfirmed = confirmedAt(name, confirmed);
	return sent.filter((id) => isConfirmed.has(id) && !sink.runs(name).has(id));
}

function confirmedAt(name: string, confirmed: Confirmed): ReadonlySet<string> {
	// The trigger adds n8n's name and the workflow's id to it.
	const webhook = [...confirmed.keys()].find(
		(key) => key === name || key.startsWith(`n8n: ${name} (`),
	);
	return confirmed.get(webhook ?? '') ?? new Set();
}

/** @returns by the statuses of an event's executions, how many events have these */
async function recordedOf(
	ids: readonly string[],
	workflowName: string,
): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const id of ids) {
		const rows = await world.queue.postgres.ask(
			`select e.status from execution_entity e join workflow_entity w on w.id = e."workflowId"
			 join execution_data d on d."executionId" = e.id
			 where w.name = '${workflowName}' and d.data like '%${id}%' order by e.id`,
		);
		// Of an execution that failed before it began n8n keeps no data, hence no event.
		const statuses = rows === '' ? 'without the event' : rows.split('\n').join(', ');
		counts[statuses] = (counts[statuses] ?? 0) + 1;
	}
	return counts;
}

/** A person goes through n8n's list and runs again what did not end well. */
async function triedAgain(name: string, sent: readonly string[], confirmed: Confirmed) {
	// At its start, and every three hours, n8n looks for executions that nobody works on any more.
	await world.n8n.restart();
	await settled(name, ['new', 'running']);
	const rows = await world.queue.postgres.ask(
		`select e.id from execution_entity e join workflow_entity w on w.id = e."workflowId"
		 where w.name = '${name}' and e.status in ('crashed', 'error')`,
	);
	const ids = rows.split('\n').filter((id) => id !== '');
	for (const id of ids) await world.n8n.api.retryExecution(id);
	await settled(name);
	return { triedAgain: ids.length, missingAfterwards: missingAt(name, sent, confirmed).length };
}

/**
 * Waits until nothing is queued any more, and there is no execution of these statuses.
 * @returns how many executions did not succeed, by n8n's status
 */
async function settled(
	workflowName: string,
	none: readonly string[] = [],
): Promise<Record<string, number>> {
	const { redis } = world.queue;
	await until(
		async () => {
			const lengths = await Promise.all(
				['wait', 'active', 'delayed'].map(async (list) => {
					const command = list === 'delayed' ? 'ZCARD' : 'LLEN';
					return Number(await redis.ask(command, `bull:jobs:${list}`));
				}),
			);
			return lengths.every((length) => length === 0) || undefined;
		},
		{ what: 'the queue to run empty', withinMs: FULL ? 1_200_000 : 300_000, everyMs: 500 },
	);
	return await until(
		async () => {
			const counts = await statusesOf(workflowName);
			return none.some((status) => status in counts) ? undefined : counts;
		},
		{ what: `no execution to be ${none.join(' or ')}`, withinMs: 60_000, everyMs: 500 },
	);
}

async function statusesOf(workflowName: string): Promise<Record<string, number>> {
	const rows = await world.queue.postgres.ask(
		`select e.status, count(*) from execution_entity e join workflow_entity w on w.id = e."workflowId"
		 where w.name = '${workflowName}' and e.status <> 'success' group by 1`,
	);
	const pairs = rows.split('\n').filter((row) => row !== '');
	return Object.fromEntries(
		pairs.map((row) => [row.split('|')[0] ?? '', Number(row.split('|')[1])]),
	);
}

function total(counts: Record<string, number>): number {
	return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function main(): Mortal {
	const { main: n8n } = world.queue;
	return {
		name: 'main',
		get isRunning() {
			return n8n.isRunning;
		},
		kill: async () => await n8n.kill(),
		start: async () => await n8n.start(),
	};
}
