import { setTimeout as delay } from 'node:timers/promises';
import { apiList, apiListAs } from '../../../nodes/Kustomer/api/paging';
import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { apiRun, startedKustomer } from '../../support/actionWorld.cts';
import { executeContext, editorOf } from '../../support/executeContext.cts';

const CUSTOMERS = { purpose: 'list the customers', path: '/v1/customers', pageSize: 1 } as const;
const LISTING = { purpose: 'list the web hooks', path: '/v1/hooks/web' } as const;

let kustomer: LocalKustomer;

beforeAll(async () => {
	kustomer = await startedKustomer();
	for (let i = 0; i < 25; i++) kustomer.createHook('web', { title: `Hook ${i}` });
});
afterAll(async () => await kustomer.close());
beforeEach(() => {
	kustomer.clearLogs();
	kustomer.faults = [];
});

const operation = async () => (await executeContext(apiRun(kustomer, {}))).context;

describe('a list', () => {
	it('has every entry once, in the order of Kustomer', async () => {
		const found = await apiList(await operation(), { ...LISTING, pageSize: 10 });
		const ids = kustomer.state.hooks.map(({ id }) => id);
		expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
		expect(kustomer.requests()).toHaveLength(3);
	});

	it('reads no further than the limit', async () => {
		const found = await apiList(await operation(), { ...LISTING, pageSize: 10, limit: 12 });
		expect(found).toHaveLength(12);
		expect(kustomer.requests()).toHaveLength(2);
	});

	it('asks for no page behind the last where Kustomer tells how many there are', async () => {
		await apiList(await operation(), CUSTOMERS);
		expect(kustomer.requests()).toHaveLength(kustomer.records('customer').length);
	});

	it('has the next pages under way while one is worked on', async () => {
		const underWay: number[] = [];
		await apiListAs(await operation(), CUSTOMERS, async (record) => {
			const isFirst = underWay.length === 0;
			for (let wait = 0; isFirst && wait < 40 && kustomer.requests().length < 4; wait++) {
				await delay(50);
			}
			underWay.push(kustomer.requests().length - 1);
			return record;
		});
		expect(underWay[0]).toBe(3);
	});

	it('ends where a page has nothing new, whatever it links to', async () => {
		const body = { data: [{ id: 'a' }], links: { next: '/v1/hooks/web?page=2' } };
		kustomer.faults = [{ path: /hooks\/web/, status: 200, body }];
		expect(await apiList(await operation(), LISTING)).toHaveLength(1);
		expect(kustomer.requests()).toHaveLength(2);
	});

	it.each([{}, { links: {} }, { links: { next: null } }, { links: 'x' }])(
		'ends with a page that goes on with %j',
		async (rest) => {
			kustomer.faults = [
				{ path: /hooks\/web/, status: 200, body: { data: [{ id: 'a' }], ...rest } },
			];
			expect(await apiList(await operation(), LISTING)).toHaveLength(1);
			expect(kustomer.requests()).toHaveLength(1);
		},
	);
});

describe('a list that is longer than Kustomer gives', () => {
	const window = { entries: 20, goOn: 'Go on from there.' };
	const CUT = { ...LISTING, pageSize: 10, window };
	const words =
		'Kustomer gives no more than 20 entries when n8n asks it to list the web hooks, so some may be missing. Go on from there.';

	it('says so above the output of an operation', async () => {
		const context = await operation();
		expect(await apiList(context, CUT)).toHaveLength(20);
		expect(context.hints).toEqual([{ message: words, location: 'outputPane' }]);
	});

	it('says so in the log elsewhere', async () => {
		const context = await editorOf(apiRun(kustomer, {}));
		const warn = jest.spyOn(context.logger, 'warn').mockReturnValue();
		expect(await apiList(context, CUT)).toHaveLength(20);
		expect(warn.mock.calls).toEqual([[words]]);
		warn.mockRestore();
	});

	it('says nothing when as many are read as were asked for, nor when it just fits', async () => {
		const context = await operation();
		await apiList(context, { ...CUT, limit: 20 });
		await apiList(context, { ...CUT, window: { ...window, entries: 26 } });
		expect(context.hints).toEqual([]);
	});
});
