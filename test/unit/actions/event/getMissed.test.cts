import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, apiRun, startedKustomer } from '../../../support/actionWorld.cts';
import { runNode, type NodeRun } from '../../../support/executeContext.cts';
import { byName } from '../records/cases.cts';

const CLOSED = 'kustomer.conversation.update';
const CUSTOMER = 'kustomer.customer.create';

let kustomer: LocalKustomer;
let since: string;

beforeEach(async () => {
	kustomer = await startedKustomer();
	await sleep(3);
	since = new Date().toISOString();
	await sleep(3);
});
afterEach(async () => await kustomer.close());

const run = (parameters: INodeParameters = {}, more: Partial<NodeRun> = {}) =>
	apiRun(
		kustomer,
		{ resource: 'event', operation: 'catchUp', since, events: [CLOSED, CUSTOMER], ...parameters },
		more,
	);

async function happen() {
	kustomer.update('conversation', byName(kustomer, 'conversation', 'Broken spout').id, {
		status: 'done',
	});
	await sleep(3);
	for (const name of ['Ada', 'Bo', 'Cy']) {
		kustomer.create('customer', { name });
		await sleep(3);
	}
}

describe('what was missed', () => {
	it("becomes the trigger's items, oldest first, marked as recovered", async () => {
		await happen();
		const { items } = await runNode(run());
		const sent = kustomer.events().find(({ name }) => name === CLOSED);
		expect(items).toEqual([
			{
				json: expect.objectContaining({
					event: CLOSED,
					eventId: sent?.id,
					occurredAt: sent?.createdAt,
					changes: expect.objectContaining({ status: { from: 'open', to: 'done' } }) as object,
					recovered: true,
				}),
				pairedItem: { item: 0 },
			},
			...['Ada', 'Bo', 'Cy'].map((name) => ({
				json: expect.objectContaining({
					event: CUSTOMER,
					attributes: expect.objectContaining({ name }) as object,
					recovered: true,
				}) as object,
				pairedItem: { item: 0 },
			})),
		]);
	});

	it('becomes envelopes without Simplify', async () => {
		await happen();
		const { items } = await runNode(run({ simplify: false, events: [CUSTOMER] }));
		expect(items[0].json).toMatchObject({
			name: CUSTOMER,
			data: { type: 'customer', attributes: { name: 'Ada' } },
			recovered: true,
		});
	});

	it('is cut at the limit, the oldest first', async () => {
		await happen();
		const { items } = await runNode(run({ limit: 2, events: [CUSTOMER] }));
		expect(items.map(({ json }) => (json.attributes as { name: string }).name)).toEqual([
			'Ada',
			'Bo',
		]);
	});

	it('is all there with Return All', async () => {
		for (let made = 0; made < 60; made++) kustomer.create('customer', { name: `N${made}` });
		expect((await runNode(run({ events: [CUSTOMER] }))).items).toHaveLength(50);
		const { items } = await runNode(run({ events: [CUSTOMER], returnAll: true }));
		expect(items).toHaveLength(60);
	});

	it('ends where "Until" says', async () => {
		await happen();
		const until = new Date().toISOString();
		await sleep(3);
		kustomer.create('customer', { name: 'Later' });
		const { items } = await runNode(run({ events: [CUSTOMER], until }));
		expect(items).toHaveLength(3);
	});

	it('may be asked for with a relative time, and with all events', async () => {
		await happen();
		const { items } = await runNode(run({ since: 'now-1m', events: ['*'], returnAll: true }));
		const names = new Set(items.map(({ json }) => json.event));
		expect([...names]).toEqual(expect.arrayContaining([CLOSED, CUSTOMER]));
	});

	it("takes a time without a zone for the workflow's", async () => {
		const local = new Date(Date.parse(since) + 2 * 3_600_000).toISOString().slice(0, -1);
		await happen();
		const { items } = await runNode(run({ since: local }, { timeZone: 'Africa/Johannesburg' }));
		expect(items).toHaveLength(4);
	});

	it('is nothing where nothing happened, and a model is told so', async () => {
		const quiet = { since: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' };
		expect((await runNode(run(quiet))).items).toEqual([]);
		const nodeType = 'n8n-nodes-kustomer.kustomerTool';
		expect((await runNode(run(quiet, { nodeType }))).items[0].json).toEqual({ found: 0 });
	});
});

describe('a hint above the output', () => {
	const LAG = "Kustomer's search is up to a minute behind";
	const ROLE = 'The API key may not read recorded events (role org.permission.event.read)';
	const hints = async (run: NodeRun) =>
		(await runNode(run)).hints.map(({ message }) => message).join('\n');

	it('says that the last minute may be missing, if it is asked for', async () => {
		expect(await hints(run())).toContain(LAG);
		const until = new Date(Date.now() - 61_000).toISOString();
		expect(await hints(run({ since: '2020-01-01T00:00:00Z', until }))).toBe('');
	});

	it('says that conversations come without changes, if the key may not read events', async () => {
		await happen();
		const roles = ['org.permission.search', 'org.permission.conversation.read'];
		kustomer.addKey({ token: 'poor', roles: [...roles, 'org.permission.search.create'] });
		const credentials = { kustomerApi: apiCredential(kustomer, 'poor') };
		const result = await runNode(run({ events: [CLOSED] }, { credentials }));
		expect(result.items.map(({ json }) => json.changes)).toEqual([{}]);
		expect(result.hints.map(({ message }) => message).join()).toContain(ROLE);
		expect(await hints(run({ events: [CUSTOMER] }, { credentials }))).not.toContain(ROLE);
	});
});

describe('refused in words', () => {
	it.each<[string, INodeParameters, string]>([
		['no time', { since: '' }, '"Since" is empty'],
		['a time that is none', { since: 'yesterday' }, '"yesterday" in "Since" is not a date'],
		['an end that is none', { until: '31.12.' }, '"31.12." in "Until" is not a date'],
		['an end before the beginning', { until: '2020-01-01' }, 'is not before "Until"'],
		['no event', { events: [] }, 'Choose at least one in "Events"'],
		[
			'an event that cannot be fetched',
			{ events: [CLOSED, 'kustomer.user.update'] },
			'"kustomer.user.update" in "Events" cannot be fetched afterwards. These can: kustomer.customer.create,',
		],
	])('is %s', async (_, parameters, words) => {
		await expect(runNode(run(parameters))).rejects.toThrow(words);
		expect(kustomer.requests()).toEqual([]);
	});

	it('is a key without the role for searches', async () => {
		kustomer.addKey({ token: 'poor', roles: ['org.permission.event.read'] });
		const credentials = { kustomerApi: apiCredential(kustomer, 'poor') };
		await expect(runNode(run({}, { credentials }))).rejects.toThrow(
			'lacks the role org.permission.search.create',
		);
	});
});
