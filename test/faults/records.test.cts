import { setTimeout as delay } from 'node:timers/promises';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import {
	SIGN_IN_PAGE,
	type Fault,
	type LocalKustomer,
	type Resource,
} from '../../sandbox/kustomer/server.cts';
import { itemsOf, type NodeDraft } from '../../sandbox/n8n/api.cts';
import { apiCredential, chosen, startedKustomer } from '../support/actionWorld.cts';
import { startBreakingProxy, type Break, type BreakingProxy } from '../support/breakingProxy.cts';
import { itemOf, runNode } from '../support/executeContext.cts';
import { startWorld, type World } from '../support/world.cts';
import { record } from './record.cts';

jest.setTimeout(1_800_000);

const FULL = process.env.FAULTS === 'full';
const LIMITED: Omit<Fault, 'path'> = {
	status: 429,
	headers: { 'x-ratelimit-reset': '1' },
	body: { errors: [{ status: 429, code: 'too_many_requests', title: 'Too many requests' }] },
};

let kustomer: LocalKustomer;
let proxy: BreakingProxy;
let made = 0;

beforeAll(async () => {
	kustomer = await startedKustomer();
	proxy = await startBreakingProxy(kustomer.url);
});

afterAll(async () => {
	await proxy?.close();
	await kustomer?.close();
});

beforeEach(() => {
	kustomer.faults = [];
	proxy.breaks = [];
	kustomer.clearLogs();
});

type Row = { email: string; name: string };

const newRow = (): Row => {
	made++;
	return { email: `fault${made}@example.com`, name: `Fault ${made}` };
};

const newRows = (count: number): Row[] => Array.from({ length: count }, newRow);

/** Writes a customer for each row; one that does not succeed gives `{ error }`. */
async function written(
	operation: 'create' | 'update' | 'upsert',
	rows: readonly Row[],
	options: INodeParameters = {},
): Promise<IDataObject[]> {
	const { items } = await runNode({
		parameters: {
			resource: 'customer',
			operation,
			customer: chosen('email', '={{ $json.email }}'),
			matchBy: 'email',
			matchValue: '={{ $json.email }}',
			specifyAttributes: 'json',
			attributesJson:
				'={{ JSON.stringify({ name: $json.name, emails: [{ email: $json.email }], phones: [] }) }}',
			options,
		},
		items: rows.map((row) => itemOf(row)),
		credentials: { kustomerApi: { ...apiCredential(kustomer), baseUrl: proxy.url } },
		onError: 'continueRegularOutput',
	});
	return items.map(({ json }) => json);
}

function customersOf({ email }: Row): Resource[] {
	return kustomer
		.records('customer')
		.filter(({ attributes }) => JSON.stringify(attributes.emails).includes(`"${email}"`));
}

/** What is said of a row against what is there: how many of each kind. */
function verdict(rows: readonly Row[], items: readonly IDataObject[]) {
	const at = rows.map((row, place) => ({ there: customersOf(row), item: items[place], row }));
	const told = at.filter(({ item }) => item.error === undefined);
	const failed = at.filter(({ item }) => item.error !== undefined);
	return {
		items: items.length,
		toldWritten: told.length,
		toldFailed: failed.length,
		toldWrittenButNotThere: told.filter(
			({ there, item, row }) => there[0]?.id !== item.id || there[0].attributes.name !== row.name,
		).length,
		writtenTwice: at.filter(({ there }) => there.length > 1).length,
		failedWithoutReason: failed.filter(({ item }) => String(item.error).length < 30).length,
		/** Whoever reads such an error has to learn that it may be there. */
		thereWithoutAWordOfIt: failed.filter(
			({ there, item, row }) =>
				there[0]?.attributes.name === row.name &&
				!/may have carried it out/.test(String(item.error)),
		).length,
	};
}

const NO_HARM = {
	toldWrittenButNotThere: 0,
	writtenTwice: 0,
	failedWithoutReason: 0,
	thereWithoutAWordOfIt: 0,
};

type Point = { name: string; set(method: string, path: RegExp, times: number): void };

const inKustomer = (name: string, fault: Omit<Fault, 'path'>): Point => ({
	name,
	set: (method, path, times) => kustomer.faults.push({ ...fault, method, path, times }),
});
const onTheWay = (name: string, at: Break['at']): Point => ({
	name,
	set: (method, path, times) => proxy.breaks.push({ method, path, at, times }),
});

/** Each point at which a connection can break, from the request's first byte to the answer's last. */
const POINTS: readonly Point[] = [
	onTheWay('before the request is read', 'unread'),
	inKustomer('after it was read, before it is done', { reset: true }),
	inKustomer('after it was done, before the answer', { when: 'after', reset: true }),
	onTheWay('before the first byte of the answer', 0),
	...[0.02, 0.2, 0.5, 0.9, 0.999].map((part) =>
		onTheWay(`after ${part * 100} % of the answer`, part),
	),
	inKustomer('in the middle of the body of the answer', { half: true }),
];

/** Answers that are none. */
const WRONG_ANSWERS: readonly Point[] = [
	inKustomer('a sign-in page in its place', SIGN_IN_PAGE),
	inKustomer('a sign-in page after it was done', { ...SIGN_IN_PAGE, when: 'after' }),
	inKustomer('half of some JSON', { when: 'after', status: 200, body: '{"data":{"type":"cus' }),
	inKustomer('an empty record', { status: 200, body: { data: null } }),
	inKustomer('a bad gateway', { when: 'after', status: 502, body: '<html>Bad Gateway</html>' }),
];

describe.each([...POINTS, ...WRONG_ANSWERS])('$name', (point) => {
	it('costs a create its answer, but never makes a second record', async () => {
		const rows = newRows(3);
		point.set('POST', /\/v1\/customers$/, 1);
		const items = await written('create', rows);
		expect(verdict(rows, items)).toMatchObject({ ...NO_HARM, items: 3, toldFailed: 1 });
		expect(items[0].error).toBeDefined();
	});

	it('does not make an update happen twice', async () => {
		const rows = newRows(3);
		const before = rows.map(({ email }) =>
			kustomer.create('customer', { name: 'Before', emails: [{ email }] }),
		);
		point.set('PATCH', /\/v1\/customers\//, 1);
		const items = await written('update', rows);
		expect(verdict(rows, items)).toMatchObject({ ...NO_HARM, items: 3 });
		const revs = before.map(({ id }) => Number(kustomer.record('customer', id)?.attributes.rev));
		expect(Math.max(...revs)).toBe(2);
		expect(revs.slice(1)).toEqual([2, 2]);
	});

	it('leaves an upsert with one record, whose second run changes nothing more', async () => {
		const rows = newRows(3);
		point.set('POST', /\/v1\/customers$/, 1);
		const first = await written('upsert', rows);
		expect(verdict(rows, first)).toMatchObject({ ...NO_HARM, items: 3 });
		const second = await written('upsert', rows);
		expect(verdict(rows, second)).toMatchObject({ ...NO_HARM, toldWritten: 3 });
	});
});

it.each(POINTS)('a look-up that breaks $name is tried again', async (point) => {
	const [row] = newRows(1);
	const { id } = kustomer.create('customer', { name: 'Before', emails: [{ email: row.email }] });
	point.set('GET', /\/v1\/customers\/email=/, 1);
	expect(await written('upsert', [row])).toMatchObject([{ id, created: false }]);
	expect(customersOf(row)).toHaveLength(1);
});

it('a look-up that never works writes nothing: an outage is not "not there"', async () => {
	const rows = newRows(2);
	kustomer.faults = [{ method: 'GET', path: /email=/, status: 503 }];
	const items = await written('upsert', rows, { maxRetries: 0 });
	expect(items).toEqual(rows.map(() => ({ error: expect.stringContaining('503') })));
	expect(kustomer.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
});

it.each(['{"data":', '"hello"', { data: null }, ''])(
	'a company whose look-up is answered with %j is not created: that does not say "not there"',
	async (body) => {
		kustomer.faults = [{ method: 'GET', path: /companies/, status: 200, body }];
		const { items } = await runNode({
			parameters: {
				resource: 'company',
				operation: 'upsert',
				matchBy: 'externalId',
				matchValue: 'CO-100',
				specifyAttributes: 'json',
				attributesJson: '{"name":"Again"}',
			},
			credentials: { kustomerApi: apiCredential(kustomer) },
			onError: 'continueRegularOutput',
		});
		expect(items[0].json.error).toMatch(/the answer is not Kustomer's/);
		expect(kustomer.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
	},
);

it.each(['create', 'upsert'] as const)(
	'a limit in the middle of a run of %s only makes it wait',
	async (operation) => {
		const rows = newRows(8);
		const fault = { ...LIMITED, method: 'POST', path: /\/v1\/customers$/, times: 0 };
		kustomer.faults = [fault];
		const running = written(operation, rows);
		for (let looks = 0; looks < 5_000 && customersOf(rows[3]).length === 0; looks++) await delay(1);
		fault.times = 2;
		const items = await running;
		expect(verdict(rows, items)).toMatchObject({ ...NO_HARM, toldWritten: 8 });
		expect(fault.times).toBe(0);
	},
);

it.each(['create', 'update', 'upsert'] as const)(
	'whatever happens to %s at random, nothing is written twice or told wrongly',
	async (operation) => {
		const rows = newRows(FULL ? 500 : 40);
		if (operation !== 'create') {
			for (const { email } of rows.filter((_, place) => operation === 'update' || place % 2)) {
				kustomer.create('customer', { name: 'Before', emails: [{ email }] });
			}
		}
		const points = [...POINTS, ...WRONG_ANSWERS];
		for (let count = 0; count < rows.length / 2; count++) {
			const point = points[Math.floor(Math.random() * points.length)];
			point.set(operation === 'update' || count % 2 ? 'PATCH' : 'POST', /\/v1\/customers/, 1);
		}
		const items = await written(operation, rows, { batchSize: 10 });
		const outcome = verdict(rows, items);
		record(`Kustomer fails at ${operation} of customers`, outcome);
		expect(outcome).toMatchObject({ ...NO_HARM, items: rows.length });
		expect(outcome.toldFailed).toBeGreaterThan(0);
		if (operation !== 'upsert') return;
		kustomer.faults = [];
		proxy.breaks = [];
		const again = await written('upsert', rows, { batchSize: 10 });
		expect(verdict(rows, again)).toMatchObject({ ...NO_HARM, toldWritten: rows.length });
	},
);

describe('in a real n8n', () => {
	let world: World;

	beforeAll(async () => {
		world = await startWorld({ env: { N8N_LOG_LEVEL: 'warn' } });
	});

	afterAll(async () => await world?.end());

	it('an upsert of rows under fire, and run again, leaves one record for each', async () => {
		const rows = newRows(FULL ? 200 : 20);
		const workflow = await published(rows);
		world.kustomer.faults = [
			{ method: 'POST', path: /customers$/, when: 'after', reset: true, times: 2 },
			{ method: 'POST', path: /customers$/, reset: true, times: 2 },
			{ method: 'POST', path: /customers$/, ...LIMITED, times: 1 },
			{ method: 'POST', path: /customers$/, when: 'after', half: true, times: 2 },
			{ method: 'POST', path: /customers$/, ...SIGN_IN_PAGE, times: 2 },
		];
		const first = await run(workflow, 1);
		const counts = rows.map(({ email }) => thereWith(email));
		expect(first).toHaveLength(rows.length);
		expect(Math.max(...counts)).toBe(1);
		expect(world.kustomer.faults.map(({ times }) => times)).toEqual([0, 0, 0, 0, 0]);
		const second = await run(workflow, 2);
		expect(second.map(({ error }) => error)).toEqual(rows.map(() => undefined));
		expect(rows.map(({ email }) => thereWith(email))).toEqual(rows.map(() => 1));
	});

	const thereWith = (email: string) =>
		world.kustomer
			.records('customer')
			.filter(({ attributes }) => JSON.stringify(attributes.emails).includes(`"${email}"`)).length;

	type Published = { id: string; path: string; rows: readonly Row[] };

	async function published(rows: readonly Row[]): Promise<Published> {
		const path = crypto.randomUUID();
		const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
		const nodes = [
			{
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				webhookId: path,
				parameters: { httpMethod: 'POST', path, options: {} },
			},
			{
				name: 'Rows',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				parameters: { fieldToSplitOut: 'body.rows', options: {} },
			},
			{
				name: 'Upsert',
				type: 'n8n-nodes-kustomer.kustomer',
				typeVersion: 1,
				onError: 'continueRegularOutput',
				parameters: {
					resource: 'customer',
					operation: 'upsert',
					matchBy: 'email',
					matchValue: '={{ $json.email }}',
					specifyAttributes: 'json',
					attributesJson: '={{ JSON.stringify({ name: $json.name }) }}',
				},
				credentials: { kustomerApi: world.apiCredential },
			},
		] as NodeDraft[];
		const { id } = await world.n8n.api.createWorkflow({
			name: 'Under fire',
			nodes,
			connections: { Webhook: to('Rows'), Rows: to('Upsert') },
			settings: { executionOrder: 'v1' },
		});
		expect(await world.n8n.api.publish(id)).toMatchObject({ status: 'published' });
		return { id, path, rows };
	}

	async function run({ id, path, rows }: Published, count: number): Promise<IDataObject[]> {
		await fetch(`${world.n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ rows }),
		});
		const [execution] = await world.n8n.api.waitForExecutions(id, count, 300_000);
		return itemsOf(execution, 'Upsert');
	}
});
