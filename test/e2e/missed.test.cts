import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../sandbox/n8n/deadline.cts';
import { quickLooks } from '../../sandbox/n8n/quickLooks.cts';
import { outage, publishReporting, Reports } from '../support/outage.cts';
import { N8N_NAME, startWorld, type World } from '../support/world.cts';

/** In n8n's usual mode; queue.test.cts has the same in queue mode. */

jest.setTimeout(1_800_000);

const FULL = process.env.MISSED === 'full';
const CHANGES = FULL ? 1_000 : 100;

let world: World;
let reports: Reports;

beforeAll(async () => {
	reports = await Reports.start();
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
	await reports?.close();
});

beforeEach(() => reports.clear());

afterEach(async () => {
	const { n8n, kustomer } = world;
	for (const { id } of await n8n.api.listWorkflows()) await n8n.api.deleteWorkflow(id);
	for (const { id } of kustomer.webhooks()) kustomer.deleteWebhook(id);
	kustomer.clearLogs();
});

it('each event in exactly one item, in order, whatever is delivered late beside it', async () => {
	const workflow = await publishReporting(world, reports);
	const expected = await away();
	await reports.reach(expected.size, 600_000).catch(() => undefined);
	await reports.settled();
	reports.expectEach(expected);
	reports.expectMissedInOrder();
	// What Kustomer would deliver late starts nothing a second time.
	const late = world.kustomer.events().filter(({ name }) => name.includes('conversation'));
	for (const event of late.slice(-20)) await world.kustomer.send(event);
	await delay(2_000);
	reports.expectEach(expected);
	if (FULL) {
		// Two and a half minutes: the gap ends a minute after the webhook is on, and the search is late.
		const isUnmarked = () => !world.kustomer.webhooks()[0]?.name.includes('missed') || undefined;
		await until(isUnmarked, { what: 'the mark to be taken away', withinMs: 240_000 });
		reports.expectEach(expected);
	}
	expect(await world.n8n.api.listExecutions(workflow.id)).not.toContainEqual(
		expect.objectContaining({ status: 'error' }),
	);
});

it('none is missing if n8n is killed meanwhile', async () => {
	await publishReporting(world, reports);
	const expected = await away();
	const kills = FULL ? 3 : 1;
	for (let kill = 1; kill <= kills; kill++) {
		await reports.reach(Math.ceil((expected.size * kill) / (kills + 1)));
		await world.n8n.kill();
		await world.n8n.restart();
	}
	const isThere = () => reports.missing(expected).length === 0 || undefined;
	await until(isThere, { what: 'every event', withinMs: 300_000 }).catch(() => undefined);
	expect(reports.missing(expected)).toEqual([]);
	const twice = reports.repeated(expected);
	console.log(`killed ${kills} times: ${expected.size} events, ${twice.length} of them twice`);
	// What was running at that moment had not been noted yet.
	expect(twice.length).toBeLessThanOrEqual(kills);
});

/** @returns the ids of the events that are to be found afterwards */
async function away(): Promise<Set<string>> {
	const { kustomer, n8n } = world;
	return await outage({
		kustomer,
		changes: CHANGES,
		stop: async () => await n8n.stop(),
		start: async () => {
			await n8n.restart();
			kustomer.deliverTo(N8N_NAME, n8n.url);
		},
	});
}
