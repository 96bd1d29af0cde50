import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USERS } from '../../sandbox/kustomer/people.cts';
import { SIGN_IN_PAGE, startKustomer, type Fault } from '../../sandbox/kustomer/server.cts';
import type { SavedWorkflow } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { lineOfMatrix } from '../../sandbox/n8n/install.cts';
import { startN8n } from '../../sandbox/n8n/n8n.cts';
import { quickLooks } from '../../sandbox/n8n/quickLooks.cts';
import { N8N_NAME, startWorld, type World } from '../support/world.cts';

jest.setTimeout(900_000);

const EVENT = 'kustomer.conversation.update';
const WITHIN_MS = 30_000;
const LINE = lineOfMatrix() ?? '2.41';

/** n8n 1.x has no failed executions for this: there it is in the log only. */
const TELLS_IN_EXECUTIONS = LINE !== '1.123';

/** How n8n 2.x publishes today, and how it did before, as 1.x does: for `LOOKS=full`, which takes twice the time. */
const WAYS: Array<[string, Record<string, string>]> =
	LINE === '1.123'
		? [['n8n 1.x', {}]]
		: [
				['n8n’s publication service', {}],
				['n8n’s older way to publish', { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' }],
			];

describe.each(process.env.LOOKS === 'full' ? WAYS : WAYS.slice(0, 1))('with %s', (_, env) => {
	let world: World;

	beforeAll(async () => {
		world = await startWorld({
			env: { ...quickLooks(2), ...env },
			kustomer: {
				rateLimit: { requestsPerMinute: 1_000_000 },
				// Nothing is tried again, so that a test need not wait for it.
				clock: { retryDelaysMs: [], answerTimeoutMs: 5_000, disableAfterFailures: 10 },
			},
		});
	});

	afterAll(async () => {
		await world?.end();
	});

	afterEach(async () => {
		const { n8n, kustomer } = world;
		kustomer.faults = [];
		kustomer.switches.webhookEditor = 'told';
		kustomer.deliverTo(N8N_NAME, n8n.url);
		for (const { id } of await n8n.api.listWorkflows()) await n8n.api.deleteWorkflow(id);
		for (const { id } of kustomer.webhooks()) kustomer.deleteWebhook(id);
		kustomer.clearLogs();
	});

	/** Publishes a trigger, and waits until it has looked at its webhook. */
	async function watched(parameters: Record<string, unknown> = {}, name = 'Watched') {
		const workflow = await world.publishTrigger({ name, parameters });
		const seen = logLength();
		const [webhook] = world.kustomer.webhooks();
		if (webhook === undefined) throw new Error('no webhook');
		world.kustomer.clearLogs();
		await looks(2);
		return { workflow, webhook, seen };
	}

	const lists = () =>
		world.kustomer
			.requests()
			.filter(({ method, path }) => method === 'GET' && path.startsWith('/v1/outbound-webhooks?'));

	/** Waits for so many more looks. */
	async function looks(count: number): Promise<void> {
		const before = lists().length;
		await reached(() => lists().length >= before + count, `${count} looks`);
	}

	const logLength = () => world.n8n.logText().length;

	const now = (id: string) => world.kustomer.webhooks().find((webhook) => webhook.id === id);

	/** @returns the messages of the workflow's failed executions, oldest first; in 1.x of the log's warnings */
	async function told({ workflow, seen }: { workflow: SavedWorkflow; seen: number }) {
		if (!TELLS_IN_EXECUTIONS) {
			const lines = world.n8n.logText().slice(seen).split('\n');
			return lines.filter((line) => line.includes('Kustomer Trigger: '));
		}
		const failed = await world.n8n.api.listExecutions(workflow.id);
		const executions = await Promise.all(
			failed
				.filter(({ status }) => status === 'error')
				.map(async ({ id }) => await world.n8n.api.getExecution(id)),
		);
		return executions.map(({ data }) => data.resultData.error?.message ?? '').reverse();
	}

	/** Waits until so much was told, lets the looks go on, and returns it all. */
	async function toldInTheEnd(about: { workflow: SavedWorkflow; seen: number }, count = 1) {
		await reached(async () => (await told(about)).length >= count, `${count} messages`);
		await new Promise((resolve) => setTimeout(resolve, 4_500));
		return await told(about);
	}

	it('switches on again what Kustomer has switched off, and tells', async () => {
		const about = await watched();
		const { id } = about.webhook;
		world.kustomer.deliverTo(N8N_NAME, 'http://127.0.0.1:9');
		world.kustomer.faults = [{ path: /./, status: 503 }];
		for (let n = 0; n < 10; n++) await world.kustomer.send(EVENT);
		expect(now(id)).toMatchObject({ enabled: false, isError: true });
		world.kustomer.deliverTo(N8N_NAME, world.n8n.url);
		world.kustomer.faults = [];
		await reached(() => now(id)?.enabled === true, 'the webhook to be on');
		const messages = await toldInTheEnd(about);
		expect(messages).toEqual([expect.stringContaining('Kustomer had switched off the webhook')]);
		expect(await delivered()).toEqual([200]);
	});

	it('leaves off what a person has switched off, and tells once who', async () => {
		const about = await watched();
		const { id } = about.webhook;
		world.kustomer.editWebhook(id, { enabled: false });
		const messages = await toldInTheEnd(about);
		expect(messages).toEqual([expect.stringContaining(`by ${USERS[0].name}`)]);
		expect(now(id)?.enabled).toBe(false);
	});

	it('switches on once in a day what nobody says who has switched off', async () => {
		const about = await watched();
		const { id } = about.webhook;
		world.kustomer.switches.webhookEditor = 'hidden';
		world.kustomer.editWebhook(id, { enabled: false });
		await reached(() => now(id)?.enabled === true, 'the webhook to be on');
		world.kustomer.editWebhook(id, { enabled: false });
		expect(await toldInTheEnd(about, 2)).toEqual([
			expect.stringContaining('does not tell who switched it off'),
			expect.stringContaining('off again within a day'),
		]);
		expect(now(id)?.enabled).toBe(false);
	});

	it('leaves alone what is paused, also when n8n starts again', async () => {
		const about = await watched();
		const { id, name } = about.webhook;
		world.kustomer.editWebhook(id, { name: `${name} (paused)`, enabled: false });
		await looks(2);
		await world.n8n.restart();
		await looks(2);
		expect(now(id)).toMatchObject({ name: `${name} (paused)`, enabled: false });
		expect(await told(about)).toEqual([]);
	});

	it('adds events that are missing, and lets more be', async () => {
		const about = await watched({ events: [EVENT, 'kustomer.tag.create'] });
		const { id } = about.webhook;
		world.kustomer.editWebhook(id, { events: ['kustomer.team.create', EVENT] });
		await reached(() => now(id)?.events.includes('kustomer.tag.create') === true, 'the event');
		expect(now(id)?.events).toEqual(['kustomer.team.create', EVENT, 'kustomer.tag.create']);
		await looks(2);
		expect(writes()).toEqual(['PATCH']);
	});

	it('leaves a webhook alone that delivers elsewhere now, also when it is unpublished', async () => {
		const about = await watched();
		const { id, url } = about.webhook;
		const elsewhere = 'https://elsewhere.example.test/';
		world.kustomer.editWebhook(id, { url: elsewhere });
		const [message, ...more] = await toldInTheEnd(about);
		expect(more).toEqual([]);
		expect(message).toContain(elsewhere);
		expect(message).toContain(url);
		await world.n8n.api.unpublish(about.workflow.id);
		expect(now(id)?.url).toBe(elsewhere);
		expect(writes()).toEqual([]);
	});

	it('makes again what was deleted, once in a day, and receives there', async () => {
		const about = await watched();
		const { id, name, url } = about.webhook;
		world.kustomer.deleteWebhook(id);
		await reached(() => world.kustomer.webhooks().length === 1, 'the webhook to be there');
		const [made] = world.kustomer.webhooks();
		expect(made).toMatchObject({ name, url, enabled: true });
		expect(await delivered()).toEqual([200]);
		await world.n8n.restart();
		expect(await delivered()).toEqual([200]);
		await looks(2);
		expect(world.kustomer.webhooks()).toEqual([expect.objectContaining({ id: made?.id })]);
		await world.n8n.api.unpublish(about.workflow.id);
		expect(world.kustomer.webhooks()).toEqual([]);
	});

	it('does not make again what is deleted twice in a day', async () => {
		const about = await watched();
		world.kustomer.deleteWebhook(about.webhook.id);
		await reached(() => world.kustomer.webhooks().length === 1, 'the webhook to be there');
		world.kustomer.deleteWebhook(world.kustomer.webhooks()[0]?.id ?? '');
		expect(await toldInTheEnd(about, 2)).toEqual([
			expect.stringContaining('has been made again'),
			expect.stringContaining('deleted again in Kustomer within a day'),
		]);
		expect(world.kustomer.webhooks()).toEqual([]);
	});

	it('leaves everything alone when the credential belongs to another organization', async () => {
		const about = await watched();
		const other = await startKustomer({});
		const data = (server: { url: string }, apiKey = '') => ({
			name: 'Kustomer',
			type: 'kustomerApi',
			data: { region: 'custom', baseUrl: server.url, apiKey },
		});
		const { id } = world.apiCredential;
		await world.n8n.api.updateCredential(id, data(other, other.state.keys[0]?.token));
		expect(await toldInTheEnd(about)).toEqual([expect.stringContaining('now belongs to')]);
		expect(other.webhooks()).toEqual([]);
		expect(now(about.webhook.id)).toEqual(about.webhook);
		await world.n8n.api.updateCredential(id, data(world.kustomer, world.apiKey));
		await looks(1);
		await other.close();
	});

	it('tells at the third look in a row that Kustomer refuses the key', async () => {
		const about = await watched();
		world.kustomer.faults = [{ path: /outbound-webhooks/, status: 401 }];
		expect(await toldInTheEnd(about)).toEqual([expect.stringContaining('three times in a row')]);
	});

	it('changes nothing while Kustomer is away, and logs that once', async () => {
		const about = await watched();
		world.kustomer.faults = [{ path: /./, ...SIGN_IN_PAGE }];
		const asked = world.kustomer.requests().length;
		await reached(() => world.kustomer.requests().length >= asked + 3, 'three looks');
		world.kustomer.faults = [];
		expect(now(about.webhook.id)).toEqual(about.webhook);
		const lines = world.n8n.logText().slice(about.seen);
		expect(lines.split('could not be looked at')).toHaveLength(2);
	});

	it('does not disturb listening for a test event', async () => {
		const about = await watched();
		await world.n8n.api.listen(about.workflow.id, 'Kustomer Trigger');
		await reached(() => world.kustomer.webhooks().length === 2, 'the test webhook');
		await looks(2);
		expect(await delivered()).toEqual([200, 200]);
		await reached(() => world.kustomer.webhooks().length === 1, 'the test webhook to go');
		await looks(2);
		expect(now(about.webhook.id)).toEqual(about.webhook);
	});

	it('leaves production untouched from a restored copy at another address, which tells', async () => {
		const about = await watched();
		await world.n8n.stop();
		const userFolder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-copy-'));
		await cp(world.n8n.userFolder, userFolder, { recursive: true });
		world.kustomer.clearLogs();
		const copy = await startN8n({
			userFolder,
			line: lineOfMatrix(),
			webhookUrl: 'https://copy.example.test/',
			env: { ...quickLooks(1), ...env },
		});
		try {
			const isTold = () => copy.logText().includes('as in a copy of another n8n');
			await reached(isTold, 'the copy to tell');
			expect(now(about.webhook.id)).toEqual(about.webhook);
			await copy.api.unpublish(about.workflow.id);
			expect(world.kustomer.webhooks()).toEqual([about.webhook]);
			expect(writes()).toEqual([]);
			await copy.api.publish(about.workflow.id);
			expect(world.kustomer.webhooks().map(({ url }) => new URL(url).host)).toEqual([
				'n8n.example.test',
				'copy.example.test',
			]);
		} finally {
			await copy.stop();
			await rm(userFolder, { recursive: true, force: true });
			await world.n8n.start();
		}
	});

	const AWAY: Array<[string, Omit<Fault, 'path'>]> = [
		['breaks connections', { reset: true }],
		['hangs', { hang: true }],
		['refuses the key', { status: 401 }],
		['limits requests', { status: 429, headers: { 'retry-after': '10' } }],
		['is down', { status: 500 }],
		['is hidden by a sign-in page', SIGN_IN_PAGE],
	];

	it.each(AWAY)('keeps its address when Kustomer %s while n8n starts', async (_what, fault) => {
		const about = await watched();
		const { id } = about.webhook;
		const rounds = Number(process.env.STARTS ?? 1);
		for (let round = 0; round < rounds; round++) {
			await world.n8n.stop();
			world.kustomer.disableWebhook(id);
			world.kustomer.faults = [{ path: /./, ...fault }];
			await world.n8n.start();
			const statuses: Array<number | null> = [];
			for (let n = 0; n < 5; n++) {
				const [delivery] = await world.kustomer.send(EVENT, { webhookId: id });
				statuses.push(delivery?.status ?? null);
				await new Promise((resolve) => setTimeout(resolve, 500));
			}
			for (const status of statuses) expect([200, 503]).toContain(status);
			world.kustomer.faults = [];
			await reached(() => now(id)?.enabled === true, 'the webhook to be on', 90_000);
			expect(await delivered()).toEqual([200]);
		}
	});

	it('leaves nothing when it is unpublished during a look, however far that is', async () => {
		const rounds = Number(process.env.UNPUBLISHINGS ?? 6);
		const { kustomer, n8n } = world;
		const workflow = await world.createTrigger({ name: 'Unpublished' });
		for (let round = 0; round < rounds; round++) {
			expect(await n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
			const [webhook] = kustomer.webhooks();
			if (webhook === undefined) throw new Error('no webhook');
			// Every request takes a while, so that the end comes at any of them.
			kustomer.faults = [{ path: /outbound-webhooks/, when: 'after', delayMs: 150 }];
			if (round % 2 === 0) kustomer.deleteWebhook(webhook.id);
			else kustomer.disableWebhook(webhook.id);
			await new Promise((resolve) => setTimeout(resolve, 2_300 * Math.random()));
			await n8n.api.unpublish(workflow.id);
			kustomer.faults = [];
			await new Promise((resolve) => setTimeout(resolve, 3_000));
			expect(kustomer.webhooks()).toEqual([]);
		}
	});

	it('takes one request for each look of each trigger, no execution and no static data', async () => {
		const count = 20;

		const workflows: SavedWorkflow[] = [];
		for (let n = 0; n < count; n++) {
			workflows.push(await world.publishTrigger({ name: `Trigger ${n}` }));
		}
		const saved = async () =>
			await Promise.all(
				workflows.map(async ({ id }) => (await world.n8n.api.getWorkflow(id)).staticData),
			);
		const before = await saved();
		// The time in which a look that came with publishing ends.
		await looks(2 * count);
		world.kustomer.clearLogs();
		const since = Date.now();
		await looks(5 * count);
		const seconds = (Date.now() - since) / 1_000;
		expect(world.kustomer.requests()).toEqual(lists());
		expect(lists().length / count).toBeLessThanOrEqual(seconds / 2 + 2);
		expect(await saved()).toEqual(before);
		for (const { id } of workflows) expect(await world.n8n.api.countExecutions(id)).toBe(0);
	});

	async function delivered(): Promise<Array<number | null>> {
		return (await world.kustomer.send(EVENT)).map(({ status }) => status);
	}

	function writes(): string[] {
		return world.kustomer
			.requests()
			.filter(({ method }) => method !== 'GET')
			.map(({ method }) => method);
	}
});

async function reached(
	isSo: () => boolean | Promise<boolean>,
	what: string,
	withinMs = WITHIN_MS,
): Promise<void> {
	await until(async () => (await isSo()) || undefined, { what, withinMs });
}
