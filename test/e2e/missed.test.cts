import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import fastify from 'fastify';
import type { ApiRequest } from '../../sandbox/kustomer/server.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import {
	N8N_NAME,
	quickLooks,
	startWorld,
	TRIGGER,
	workflowOf,
	type World,
} from '../support/world.cts';

/** n8n is away while things happen at Kustomer, and gets to know them afterwards. */

jest.setTimeout(1_800_000);

const FULL = process.env.MISSED === 'full';
const CHANGES = FULL ? 1_000 : 100;
const EVENTS = ['customer', 'conversation', 'message'].flatMap((one) => [
	`kustomer.${one}.create`,
	`kustomer.${one}.update`,
]);

type Reported = {
	eventId: string;
	event: string;
	occurredAt: string;
	recovered: boolean;
	by: string;
};

let world: World;
let reports: Reported[];
let sink: { url: string; close: () => Promise<void> };

beforeAll(async () => {
	sink = await startSink();
	world = await startWorld({
		env: { ...quickLooks(10), N8N_LOG_LEVEL: 'warn' },
		kustomer: {
			rateLimit: { requestsPerMinute: 1_000_000 },
			clock: { retryDelaysMs: [], answerTimeoutMs: 5_000, disableAfterFailures: 10 },
		},
	});
});

afterAll(async () => {
	await world?.end();
	await sink?.close();
});

beforeEach(() => (reports = []));

afterEach(async () => {
	const { n8n, kustomer } = world;
	for (const { id } of await n8n.api.listWorkflows()) await n8n.api.deleteWorkflow(id);
	for (const { id } of kustomer.webhooks()) kustomer.deleteWebhook(id);
	kustomer.clearLogs();
});

it('each event in exactly one item, in order, whatever is delivered late beside it', async () => {
	await published({ options: { catchUp: 'separate' } });
	const expected = await outage();
	await recovered(expected.size);
	await settled();
	expectEach(expected);
	const [, ...times] = reports.map(({ occurredAt }) => occurredAt);
	expect(times).toEqual([...times].sort());
	expect(new Set(reports.map(({ by }) => by))).toEqual(new Set(['missed']));
	// What Kustomer would deliver late starts nothing a second time.
	const late = world.kustomer.events().filter(({ name }) => name.includes('conversation'));
	for (const event of late.slice(-20)) await world.kustomer.send(event);
	await delay(2_000);
	expectEach(expected);
	if (FULL) {
		// Two and a half minutes: the gap ends a minute after the webhook is on, and the search is late.
		const isUnmarked = () => !world.kustomer.webhooks()[0]?.name.includes('missed') || undefined;
		await until(isUnmarked, { what: 'the mark to be taken away', withinMs: 240_000 });
		expectEach(expected);
	}
	expect(
		await world.n8n.api.listExecutions((await world.n8n.api.listWorkflows())[0]?.id ?? ''),
	).not.toContainEqual(expect.objectContaining({ status: 'error' }));
});

it('none is missing if n8n is killed meanwhile', async () => {
	await published({ options: { catchUp: 'separate' } });
	const expected = await outage();
	const kills = FULL ? 3 : 1;
	for (let kill = 1; kill <= kills; kill++) {
		const enough = Math.ceil((expected.size * kill) / (kills + 1));
		await until(() => reports.length >= enough || undefined, {
			what: `${enough} of ${expected.size} items`,
			withinMs: 300_000,
		});
		await world.n8n.kill();
		await world.n8n.restart();
	}
	await until(() => missing(expected).length === 0 || undefined, {
		what: 'every event',
		withinMs: 300_000,
	}).catch(() => undefined);
	expect(missing(expected)).toEqual([]);
	const twice = [...countsOf()].filter(([, count]) => count > 1);
	console.log(`killed ${kills} times: ${expected.size} events, ${twice.length} of them twice`);
	// What was running at that moment had not been noted yet.
	expect(twice.length).toBeLessThanOrEqual(kills);
});

/** @returns the ids of the events that are to be found afterwards */
async function outage(): Promise<Set<string>> {
	const { kustomer, n8n } = world;
	await n8n.stop();
	for (let n = 0; n < 10; n++) kustomer.create('customer', { name: `Unheard ${n}` });
	await kustomer.whenIdle(30_000);
	expect(kustomer.webhooks()).toMatchObject([{ enabled: false, isError: true }]);
	const old = new Set(
		['customer', 'conversation', 'message'].flatMap((type) =>
			kustomer.records(type).map(({ id }) => id),
		),
	);
	const heard = kustomer.events().length - 10;
	// The creation of the one that was heard of counts, although the gap begins before it.
	const customers = kustomer
		.records('customer')
		.filter(({ id, attributes }) => old.has(id) && attributes.name !== 'Heard');
	for (let n = 0; n < CHANGES; n++) {
		const customer = customers[n % customers.length]?.id ?? '';
		const conversations = kustomer.records('conversation');
		const conversation = conversations[(n * 7) % conversations.length]?.id ?? '';
		switch (n % 5) {
			case 0:
				kustomer.create('customer', { name: `New ${n}` });
				break;
			case 1:
				kustomer.update('customer', customer, { name: `Renamed ${n}` });
				break;
			case 2:
				kustomer.create('conversation', { customer, name: `Case ${n}` });
				break;
			case 3:
				kustomer.update('conversation', conversation, { priority: 1 + (n % 4), name: `Case ${n}` });
				break;
			default:
				kustomer.create('message', {
					conversation,
					channel: 'chat',
					app: 'test',
					direction: 'in',
					preview: `Hi ${n}`,
				});
		}
		await delay(2);
	}
	const happened = kustomer.events().slice(heard);
	const seen = kustomer.requests().length;
	await n8n.restart();
	kustomer.deliverTo(N8N_NAME, n8n.url);
	const since = await until(() => markIn(kustomer.requests().slice(seen)), {
		what: 'the webhook to be on, with the mark',
		withinMs: 60_000,
	});
	return new Set(
		happened.map(({ id, name, data }) => {
			const [, resource = ''] = name.split('.');
			if (resource === 'conversation') return id;
			const { createdAt, rev } = kustomer.record(resource, data.id)?.attributes ?? {};
			const isNew = String(createdAt) >= since;
			return `${resource}:${data.id}:${isNew ? 'create' : `update:${String(rev)}`}`;
		}),
	);
}

/** @returns since when events are to be fetched, by the first request that says so */
function markIn(requests: readonly ApiRequest[]): string | undefined {
	const names = requests.map(({ body }) => String((body as { name?: string } | null)?.name));
	return names.map((name) => /missed since ([^)]+)/.exec(name)?.[1]).find(Boolean);
}

async function recovered(count: number): Promise<void> {
	await until(() => reports.length >= count || undefined, {
		what: `${count} items`,
		withinMs: 600_000,
	}).catch(() => undefined);
}

async function settled(): Promise<void> {
	let before = -1;
	while (before !== reports.length) {
		before = reports.length;
		await delay(3_000);
	}
}

function countsOf(): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { eventId } of reports) counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
	return counts;
}

function missing(expected: Set<string>): string[] {
	const counts = countsOf();
	return [...expected].filter((id) => !counts.has(id));
}

function expectEach(expected: Set<string>): void {
	expect(missing(expected)).toEqual([]);
	const own = [...countsOf()].filter(([id]) => expected.has(id));
	expect(own.filter(([, count]) => count > 1)).toEqual([]);
}

async function published(parameters: Record<string, unknown>) {
	const { n8n, kustomer, apiCredential } = world;
	const report = (by: string) => ({
		name: by,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url: sink.url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ { ...$json, attributes: null, by: '${by}' } }}`,
		},
	});
	const draft = workflowOf(
		{ parameters: { events: EVENTS, ...parameters }, after: [report('live'), report('missed')] },
		{ kustomerApi: apiCredential },
	);
	const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	const workflow = await n8n.api.createWorkflow({
		...draft,
		connections: { [TRIGGER]: { main: [to('live'), to('missed')] } },
	});
	const { status, errors } = await n8n.api.publish(workflow.id);
	if (status !== 'published') throw new Error(`${status}: ${errors.join(' ')}`);
	const [webhook] = kustomer.webhooks();
	expect(webhook).toMatchObject({ enabled: true });
	kustomer.create('customer', { name: 'Heard' });
	await until(() => reports.length > 0 || undefined, { what: 'a live event', withinMs: 30_000 });
	expect(reports).toMatchObject([{ by: 'live', event: 'kustomer.customer.create' }]);
	expect(reports[0]).not.toHaveProperty('keys');
	reports = [];
}

async function startSink() {
	const server = fastify();
	server.post<{ Body: Reported }>('/', async (request) => {
		reports.push(request.body);
		return {};
	});
	await server.listen({ host: '127.0.0.1', port: 0 });
	const { port } = server.server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/`, close: async () => await server.close() };
}
