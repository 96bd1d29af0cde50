import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { Kustomer } from '../../../../nodes/Kustomer/Kustomer.node';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, startedKustomer } from '../../../support/actionWorld.cts';
import { executeContext, runNode } from '../../../support/executeContext.cts';
import { until } from '../../../support/until.cts';
import { first } from './cases.cts';

jest.setTimeout(60_000);

const COUNT = 10_700;

let kustomer: LocalKustomer;
/** Ids of the customers and conversations, oldest first. Seven of each share a time. */
let ids: Record<string, string[]>;

const stampOf = (at: number) =>
	new Date(1_790_000_000_000 + Math.floor(at / 7) * 1_000).toISOString();

beforeAll(async () => {
	kustomer = await startedKustomer({
		rateLimit: { requestsPerMinute: 1e6, searchesPerMinute: 1e6 },
	});
	const customer = { type: 'customer', id: first(kustomer, 'customer').id };
	for (const type of ['customer', 'conversation']) {
		for (const { id } of kustomer.records(type)) kustomer.remove(type, id);
	}
	const made = (type: string, related = {}) =>
		Array.from({ length: COUNT }, (_, at) => {
			const stamp = stampOf(at);
			const attributes = { name: `N ${at}`, createdAt: stamp, updatedAt: stamp, tags: [] };
			return kustomer.put({ type, attributes, related });
		});
	ids = { customer: made('customer'), conversation: made('conversation', { customer }) };
});
afterAll(async () => await kustomer.close());
beforeEach(() => {
	kustomer.clearLogs();
	kustomer.faults = [];
	Object.assign(kustomer.switches, { mostListPages: 0, beyondSearchWindow: 400 });
});

const all = (resource: string, operation: string, more: INodeParameters = {}) =>
	apiRun(kustomer, {
		resource,
		operation,
		returnAll: true,
		options: { names: false, fields: ['createdAt', 'updatedAt'] },
		...more,
	});

const idsOf = (items: readonly INodeExecutionData[]) => items.map(({ json }) => String(json.id));

/** Each once, and none later than the one behind it. */
function expectAllInOrder(items: INodeExecutionData[], resource: string, field = 'createdAt') {
	expect(new Set(idsOf(items))).toEqual(new Set(ids[resource]));
	expect(items).toHaveLength(COUNT);
	const times = items.map(({ json }) => String((json.attributes as Record<string, string>)[field]));
	return { isAscending: isSorted(times), isDescending: isSorted(times.toReversed()) };
}

const isSorted = (texts: string[]) => texts.every((text, at) => at === 0 || texts[at - 1] <= text);

describe('a list of more than 10,000', () => {
	it.each([
		['no end of pages', 0, 400],
		['a refusal beyond page 100', 100, 400],
		['an empty page beyond page 100', 100, 'empty'],
	] as const)('is whole with %s', async (_, mostListPages, beyondSearchWindow) => {
		Object.assign(kustomer.switches, { mostListPages, beyondSearchWindow });
		const { items, hints } = await runNode(all('customer', 'getMany', { sort: 'newest' }));
		expect(expectAllInOrder(items, 'customer').isDescending).toBe(true);
		expect(hints).toEqual([]);
		expect(kustomer.requests().length).toBeLessThan(115);
		expect(kustomer.requests().every(({ method }) => method === 'GET')).toBe(true);
	});

	it('is whole in the other direction', async () => {
		const { items } = await runNode(all('customer', 'getMany', { sort: 'oldest' }));
		expect(expectAllInOrder(items, 'customer').isAscending).toBe(true);
	});

	it.each(['newest', 'oldest'])(
		'of conversations goes on with a search, and says so: %s',
		async (sort) => {
			kustomer.switches.mostListPages = 100;
			const { items, hints } = await runNode(all('conversation', 'getMany', { sort }));
			const order = expectAllInOrder(items, 'conversation');
			expect(sort === 'newest' ? order.isDescending : order.isAscending).toBe(true);
			expect(hints.map(({ message }) => message)).toEqual([
				expect.stringMatching(/The rest comes from a search: .* two years/),
			]);
			const searches = kustomer.requests().filter(({ method }) => method === 'POST');
			expect(searches[0].body).toMatchObject({
				queryContext: 'conversation',
				sort: [{ conversation_created_at: sort === 'newest' ? 'desc' : 'asc' }],
			});
		},
	);

	it('names the role where the key may not search', async () => {
		kustomer.switches.mostListPages = 100;
		kustomer.faults = [{ method: 'POST', path: /search/, status: 403 }];
		await expect(runNode(all('conversation', 'getMany'))).rejects.toThrow(
			/role org\.permission\.search\.create/,
		);
	});

	it('asks for no page beyond the limit', async () => {
		const run = all('customer', 'getMany', { returnAll: false, limit: 250 });
		expect((await runNode(run)).items).toHaveLength(250);
		expect(kustomer.requests()).toHaveLength(3);
	});

	it('has three pages under way, and gives them in order', async () => {
		const delayMs = 500;
		kustomer.faults = [{ method: 'GET', path: /page=2&/, delayMs }];
		const run = all('customer', 'getMany', { returnAll: false, limit: 500, sort: 'oldest' });
		const { items } = await runNode(run);
		expect(isSorted(items.map(({ json }) => String((json.attributes as never)['createdAt'])))).toBe(
			true,
		);
		const at = (page: number) =>
			Date.parse(
				kustomer.requests().find(({ query }) => query.page === String(page))?.receivedAt ?? '',
			);
		expect(at(4) - at(2)).toBeLessThan(delayMs);
		expect(at(5) - at(2)).toBeGreaterThanOrEqual(delayMs - 50);
	});
});

describe('a search for more than 10,000', () => {
	const by = (context: string, field: string, sortDirection: string) => ({
		sortBy: `${context}_${field}`,
		sortDirection,
	});

	it.each([
		['created_at', 'desc'],
		['created_at', 'asc'],
		['updated_at', 'desc'],
		['updated_at', 'asc'],
	])('by %s %s is whole', async (field, direction) => {
		const more = by('conversation', field, direction);
		const { items, hints } = await runNode(all('conversation', 'search', more));
		const attribute = field === 'created_at' ? 'createdAt' : 'updatedAt';
		const order = expectAllInOrder(items, 'conversation', attribute);
		expect(direction === 'desc' ? order.isDescending : order.isAscending).toBe(true);
		expect(hints).toEqual([]);
		expect(kustomer.requests().length).toBeLessThan(60);
	});

	it('says what to do where it is not sorted by a time', async () => {
		const { items, hints } = await runNode(
			all('customer', 'search', { sortBy: 'customer_name', sortDirection: 'asc' }),
		);
		expect(items.length).toBeGreaterThanOrEqual(10_000);
		expect(hints[0].message).toMatch(/no more than 10000 entries.*Sort by a time/);
	});
});

describe('records that change while they are read', () => {
	const during = async (run: ReturnType<typeof all>, page: RegExp, change: () => void) => {
		kustomer.faults = [{ path: page, delayMs: 150, times: 1 }];
		const running = runNode(run);
		await until(() => kustomer.requests().some(({ path }) => page.test(path)), 'the page');
		change();
		return (await running).items;
	};
	const touched = (type: string, which: number[]) => () => {
		for (const at of which) kustomer.update(type, ids[type][at], { name: 'Meanwhile' });
	};

	it.each(['lastUpdated', 'firstUpdated'])('are all in a list by change: %s', async (sort) => {
		const run = all('customer', 'getMany', { sort });
		const change = touched('customer', [3, 5_000, COUNT - 3]);
		const items = await during(
			run,
			/customers\?.*updatedAt.*lte|customers\?.*updatedAt.*gte/,
			change,
		);
		expect(new Set(idsOf(items))).toEqual(new Set(ids.customer));
		expect(items).toHaveLength(COUNT);
	});
});

describe('many of one time', () => {
	it('are all found, though no page ends with another time', async () => {
		const local = await startedKustomer({
			rateLimit: { requestsPerMinute: 1e6, searchesPerMinute: 1e6 },
		});
		for (let at = 0; at < COUNT; at++) {
			const stamp = stampOf(at > 600 && at < 2_400 ? 700 : at);
			local.put({ type: 'company', attributes: { name: 'C', createdAt: stamp, updatedAt: stamp } });
		}
		const { items, hints } = await runNode(
			apiRun(local, {
				resource: 'company',
				operation: 'search',
				returnAll: true,
				sortBy: 'company_updated_at',
				sortDirection: 'asc',
				options: { names: false },
			}),
		);
		const there = local.records('company').length;
		await local.close();
		expect(new Set(idsOf(items)).size).toBe(there);
		expect(hints).toEqual([]);
	});
});

describe('a long run', () => {
	it('ends within a second when it is stopped', async () => {
		const stop = new AbortController();
		const running = runNode({ ...all('customer', 'getMany'), signal: stop.signal });
		await until(() => kustomer.requests().length > 10, 'ten pages');
		const stoppedAt = Date.now();
		stop.abort();
		await expect(running).rejects.toThrow(/execution was stopped/);
		expect(Date.now() - stoppedAt).toBeLessThan(1_000);
		const asked = kustomer.requests().length;
		await new Promise((resolve) => setTimeout(resolve, 200));
		// Those that were under way.
		expect(kustomer.requests().length).toBeLessThanOrEqual(asked + 3);
	});

	it('tells in the log what it may need and how far it is', async () => {
		const { context } = await executeContext(all('conversation', 'getMany'));
		const info = jest.spyOn(context.logger, 'info').mockReturnValue();
		await new Kustomer().execute.call(context);
		const told = info.mock.calls.map(([line]) => line);
		info.mockRestore();
		expect(told).toEqual([
			expect.stringMatching(/all conversations are read.*needs the role/),
			'Kustomer: 5000 conversations read so far',
			'Kustomer: 10000 conversations read so far',
		]);
	});
});
