// Many records under fire: bulk requests whose connections break, refused items among thousands, and an n8n that is
// killed while it writes or reads. The short form has a tenth of the items.
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { type Fault, type LocalKustomer, type Resource } from '../../sandbox/kustomer/server.cts';
import { itemsOf, type NodeDraft } from '../../sandbox/n8n/api.cts';
import { apiCredential, chosen, startedKustomer } from '../support/actionWorld.cts';
import { startBreakingProxy, type Break, type BreakingProxy } from '../support/breakingProxy.cts';
import { itemOf, runNode } from '../support/executeContext.cts';
import { until } from '../support/until.cts';
import { startWorld, type World } from '../support/world.cts';
import { record } from './record.cts';

jest.setTimeout(1_800_000);

const FULL = process.env.FAULTS === 'full';
const MANY = FULL ? 10_000 : 1_000;

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
	kustomer.switches.bulkRefuses = '';
});

type Row = { email: string; name: string; id?: string };
type Operation = 'create' | 'update' | 'upsert' | 'delete';

function newRows(count: number): Row[] {
	return Array.from({ length: count }, () => {
		made++;
		return { email: `volume${made}@example.com`, name: `Volume ${made}.` };
	});
}

async function written(operation: Operation, rows: readonly Row[]): Promise<IDataObject[]> {
	const parameters: INodeParameters = {
		resource: 'customer',
		operation,
		customer: chosen('id', '={{ $json.id }}'),
		matchBy: 'email',
		matchValue: '={{ $json.email }}',
		specifyAttributes: 'json',
		attributesJson: '={{ JSON.stringify({ name: $json.name, emails: [{ email: $json.email }] }) }}',
		options: { bulk: true },
	};
	const { items } = await runNode({
		parameters,
		items: rows.map((row) => itemOf(row)),
		credentials: { kustomerApi: { ...apiCredential(kustomer), baseUrl: proxy.url } },
		onError: 'continueRegularOutput',
	});
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(rows.map((_, item) => ({ item })));
	return items.map(({ json }) => json);
}

/** By e-mail address, deleted ones too. */
function customersByEmail(local = kustomer): Map<string, Resource[]> {
	const found = new Map<string, Resource[]>();
	for (const customer of local.records('customer')) {
		for (const { email } of customer.attributes.emails as Array<{ email: string }>) {
			found.set(email, [...(found.get(email) ?? []), customer]);
		}
	}
	return found;
}

/** What is said of a row against what is there. */
function verdict(operation: Operation, rows: readonly Row[], items: readonly IDataObject[]) {
	const byEmail = customersByEmail();
	const all = rows.map((row, at) => ({
		row,
		item: items[at],
		there: byEmail.get(row.email) ?? [],
	}));
	const isDone = ({ row, there: [one] }: (typeof all)[0]) =>
		one !== undefined &&
		(operation === 'delete' ? one.attributes.deleted === true : one.attributes.name === row.name);
	const told = all.filter(({ item }) =>
		['created', 'updated', 'deleted'].includes(String(item.status)),
	);
	const unknown = all.filter(({ item }) => item.status === 'unknown');
	const failed = all.filter(({ item }) => item.error !== undefined);
	return {
		items: told.length + unknown.length + failed.length,
		toldDone: told.length,
		toldUnknown: unknown.length,
		toldFailed: failed.length,
		toldDoneButNot: told.filter((one) => !isDone(one) || one.item.id !== one.there[0].id).length,
		twice: all.filter(({ there }) => there.length > 1).length,
		doneWithoutAWordOfIt: failed.filter(
			(one) => isDone(one) && !/may have carried it out/.test(String(one.item.error)),
		).length,
		unknownWithoutReason: unknown.filter(({ item }) => String(item.reason).length < 30).length,
	};
}

const NO_HARM = { toldDoneButNot: 0, twice: 0, doneWithoutAWordOfIt: 0, unknownWithoutReason: 0 };

it(`of ${MANY} items with 3 % refused, exactly those are errors`, async () => {
	const rows = newRows(MANY);
	const refused = rows.map((_, at) => at).filter((at) => at % 33 === 7);
	for (const at of refused) rows[at].name = `Refused ${at}`;
	kustomer.switches.bulkRefuses = 'Refused';
	const items = await written('create', rows);
	expect(items.flatMap(({ error }, at) => (error === undefined ? [] : [at]))).toEqual(refused);
	const outcome = verdict('create', rows, items);
	record('Refused items in bulk', { requests: kustomer.requests().length, ...outcome });
	expect(outcome).toMatchObject({ ...NO_HARM, items: MANY, toldUnknown: 0 });
});

type Point = { name: string; set(method: string, path: RegExp): void };

const inKustomer = (name: string, fault: Omit<Fault, 'path'>): Point => ({
	name,
	set: (method, path) => kustomer.faults.push({ ...fault, method, path, times: 1 }),
});
const onTheWay = (name: string, at: Break['at']): Point => ({
	name,
	set: (method, path) => proxy.breaks.push({ method, path, at, times: 1 }),
});

const POINTS: readonly Point[] = [
	onTheWay('before the request is read', 'unread'),
	inKustomer('after it was read, before it is done', { reset: true }),
	inKustomer('after it was done, before the answer', { when: 'after', reset: true }),
	...[0, 0.2, 0.5, 0.999].map((part) => onTheWay(`after ${part * 100} % of the answer`, part)),
	inKustomer('in the middle of the body of the answer', { half: true }),
	inKustomer('with a bad gateway', {
		when: 'after',
		status: 502,
		body: '<html>Bad Gateway</html>',
	}),
];

/** Those of an upsert in bulk, in their order. */
const UPSERT_CALLS: Array<[method: string, path: RegExp]> = [
	['POST', /customers\/bulk/],
	['GET', /v1\/bulk\/[0-9a-f]+$/],
	['GET', /batches/],
	['POST', /customers\/search/],
	['PUT', /customers\/bulk/],
];

const METHODS = { create: 'POST', update: 'PUT', delete: 'DELETE', upsert: 'POST' } as const;

describe.each(POINTS)('a connection that ends $name', (point) => {
	it.each(['create', 'update', 'delete'] as const)(
		'leaves %s in bulk with what is known and what is not',
		async (operation) => {
			const rows = newRows(8);
			if (operation !== 'create') {
				for (const row of rows) {
					row.id = kustomer.create('customer', { name: 'Old', emails: [{ email: row.email }] }).id;
				}
			}
			point.set(METHODS[operation], /customers\/bulk/);
			const items = await written(operation, rows);
			const outcome = verdict(operation, rows, items);
			expect(outcome).toMatchObject({ ...NO_HARM, items: 8, toldDone: 0 });
			expect(outcome.toldUnknown + outcome.toldFailed).toBe(8);
		},
	);

	it.each(FULL ? UPSERT_CALLS : UPSERT_CALLS.slice(0, 1))(
		'at %s %s leaves an upsert in bulk with one record each',
		async (method, path) => {
			const rows = newRows(8);
			for (const { email } of rows.slice(0, 4)) {
				kustomer.create('customer', { name: 'Old', emails: [{ email }] });
			}
			point.set(method, path);
			const items = await written('upsert', rows);
			expect(verdict('upsert', rows, items)).toMatchObject({ ...NO_HARM, toldDone: 8 });
		},
	);
});

describe('an n8n that is killed', () => {
	let world: World;

	beforeAll(async () => {
		world = await startWorld({
			env: { N8N_LOG_LEVEL: 'warn' },
			kustomer: { rateLimit: { requestsPerMinute: 1_000_000, searchesPerMinute: 1_000_000 } },
		});
	});

	afterAll(async () => await world?.end());

	it('in the middle of a bulk upsert leaves one record each after the next run', async () => {
		const rows = newRows(MANY);
		world.kustomer.switches.bulkJobMs = 400;
		const workflow = await published([
			ROWS,
			ours({
				resource: 'customer',
				operation: 'upsert',
				matchBy: 'email',
				matchValue: '={{ $json.email }}',
				specifyAttributes: 'json',
				attributesJson: '={{ JSON.stringify({ name: $json.name }) }}',
				options: { bulk: true },
			}),
		]);
		const begun = () => world.kustomer.requestsTo('POST', '/v1/customers/bulk').length;
		void start(workflow, { rows });
		await until(() => begun() >= 3, 'three bulk requests');
		await killed();
		world.kustomer.switches.bulkJobMs = 0;
		const there = rows.filter(({ email }) => customersByEmail(world.kustomer).has(email)).length;
		const items = await ran(workflow, { rows });
		const byEmail = customersByEmail(world.kustomer);
		const counts = rows.map(({ email }) => byEmail.get(email)?.length ?? 0);
		record('n8n killed in a bulk upsert', { rows: MANY, thereBeforeTheNextRun: there });
		expect(counts.filter((count) => count !== 1)).toEqual([]);
		expect(items.filter(({ error }) => error !== undefined)).toEqual([]);
		expect(items).toHaveLength(MANY);
	});

	it('in the middle of Return All reads all of it in the next run', async () => {
		for (let at = world.kustomer.records('customer').length; at < 2 * MANY; at++) {
			world.kustomer.put({ type: 'customer', attributes: { name: `More ${at}` } });
		}
		const workflow = await published([
			ours({ resource: 'customer', operation: 'getMany', returnAll: true }),
		]);
		world.kustomer.clearLogs();
		world.kustomer.faults = [{ method: 'GET', path: /v1\/customers\?/, delayMs: 100 }];
		void start(workflow, {});
		await until(() => world.kustomer.requestsTo('GET', '/v1/customers').length > 4, 'four pages');
		await killed();
		world.kustomer.faults = [];
		const items = await ran(workflow, {});
		const there = world.kustomer
			.records('customer')
			.filter(({ attributes }) => !attributes.deleted);
		expect(new Set(items.map(({ id }) => id))).toEqual(new Set(there.map(({ id }) => id)));
		expect(items).toHaveLength(there.length);
	});

	async function killed(): Promise<void> {
		await world.n8n.kill();
		await world.n8n.start();
	}

	const ROWS = {
		name: 'Rows',
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		parameters: { fieldToSplitOut: 'body.rows', options: {} },
	} as NodeDraft;

	const ours = (parameters: INodeParameters) =>
		({
			name: 'Kustomer',
			type: 'n8n-nodes-kustomer.kustomer',
			typeVersion: 1,
			onError: 'continueRegularOutput',
			parameters,
			credentials: { kustomerApi: world.apiCredential },
		}) as NodeDraft;

	type Published = { id: string; path: string };

	async function published(steps: readonly NodeDraft[]): Promise<Published> {
		const path = crypto.randomUUID();
		const webhook = {
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, options: {} },
		} as NodeDraft;
		const nodes = [webhook, ...steps];
		const { id } = await world.n8n.api.createWorkflow({
			name: 'Volume',
			nodes,
			connections: Object.fromEntries(
				nodes
					.slice(1)
					.map(({ name }, at) => [
						nodes[at].name,
						{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
					]),
			),
			settings: { executionOrder: 'v1' },
		});
		expect(await world.n8n.api.publish(id)).toMatchObject({ status: 'published' });
		return { id, path };
	}

	async function start({ path }: Published, body: object): Promise<void> {
		const response = fetch(`${world.n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		await response.catch(() => {});
	}

	/** @returns the items of a run that comes to its end */
	async function ran(workflow: Published, body: object): Promise<IDataObject[]> {
		const before = await world.n8n.api.listExecutions(workflow.id);
		await start(workflow, body);
		const all = await world.n8n.api.waitForExecutions(workflow.id, before.length + 1, 300_000);
		return itemsOf(all[0], 'Kustomer');
	}
});
