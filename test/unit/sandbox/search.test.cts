import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { get, idOf, list, made, search, send } from './api.cts';
import { must, started, stopAll } from './started.cts';

afterEach(stopAll);

async function names(kustomer: LocalKustomer, body: object): Promise<unknown[]> {
	const reply = await search(kustomer, body);
	if (reply.status !== 200) throw new Error(reply.text);
	return reply.body.data.map(({ attributes }) => attributes.name ?? attributes.title).sort();
}

const customers = (...and: object[]) => ({ queryContext: 'customer', and });
const talks = (...and: object[]) => ({ queryContext: 'conversation', and });

describe('search', () => {
	it.each([
		[
			'equals',
			customers({ customer_email: { equals: 'Jun.Watanabe@example.com' } }),
			['Jun Watanabe'],
		],
		[
			'not_equals',
			talks({ conversation_status: { not_equals: 'open' } }),
			['A word of thanks', 'Forty pots for the café', 'Invoice for October'],
		],
		['in', talks({ conversation_status: { in: ['snoozed'] } }), ['Forty pots for the café']],
		['contains a whole word', customers({ customer_name: { contains: 'aune' } }), ['Solveig Aune']],
		['contains no part of a word', customers({ customer_name: { contains: 'aun' } }), []],
		['starts_with', customers({ customer_name: { starts_with: 'chi' } }), ['Chiara Bianchi']],
		[
			'contains_any',
			customers({ customer_name: { contains_any: ['jun', 'priya'] } }),
			['Jun Watanabe', 'Priya Raman'],
		],
		['set', customers({ customer_gender: { set: true } }), ['Priya Raman']],
		[
			'not_set',
			customers({ customer_email: { not_set: '' } }),
			['Chiara Bianchi', 'Front desk of Café Lindenhof'],
		],
		[
			'a number',
			customers({ customer_custom_ordersNum: { gte: 3 } }),
			['Matteo Ricci', 'Solveig Aune'],
		],
		['two bounds', customers({ customer_custom_ordersNum: { gte: 3, lt: 11 } }), ['Solveig Aune']],
		['any text', customers({ customer_any_text: { contains: 'tea lady' } }), ['Anneliese Vogt']],
		[
			'another kind of record',
			customers({ conversation_status: { equals: 'snoozed' } }),
			['Anneliese Vogt'],
		],
		[
			'what the record is under',
			talks({ customer_name: { contains: 'Piotr' } }),
			['Invoice for October'],
		],
		[
			'a custom object with a hyphen',
			{
				queryContext: 'kobject_service-call',
				and: [{ 'kobject_custom_service-call_hoursNum': { gt: 1 } }],
			},
			['Glaze touch-up on site'],
		],
		[
			'one of several',
			{
				queryContext: 'customer',
				or: [
					{ customer_phone: { equals: '+81900000014' } },
					{ customer_externalId: { equals: 'C-1009' } },
				],
			},
			['Jun Watanabe', 'Priya Raman'],
		],
		[
			'all and any',
			{
				queryContext: 'customer',
				and: [{ customer_gender: { equals: 'f' } }],
				or: [{ customer_name: { contains: 'jun' } }],
			},
			[],
		],
		[
			'none of',
			{ queryContext: 'company', not: [{ company_name: { contains: 'café' } }] },
			['Aune Båtbyggeri'],
		],
	])('finds by %s', async (_, body, expected) => {
		const kustomer = await started();
		expect(await names(kustomer, body)).toEqual([...expected].sort());
	});

	it('shifts dates without a time by the time zone, and no others', async () => {
		const kustomer = await started();
		const createdAt = '2026-05-01T22:30:00.000Z';
		kustomer.put({
			type: 'company',
			attributes: { name: 'Late', createdAt, updatedAt: createdAt },
		});
		const since = (value: string, timeZone: string) => ({
			queryContext: 'company',
			and: [{ company_created_at: { gte: value } }, { company_created_at: { lt: '2026-06-01' } }],
			timeZone,
		});
		expect(await names(kustomer, since('2026-05-02', 'Europe/Berlin'))).toEqual(['Late']);
		expect(await names(kustomer, since('2026-05-02', 'GMT'))).toEqual([]);
		expect(await names(kustomer, since('2026-05-02T00:00:00.000Z', 'Europe/Berlin'))).toEqual([]);
	});

	it.each([
		['an unknown attribute', customers({ createdAt: { gte: '2026-01-01' } })],
		['an unknown operator', customers({ customer_name: { like: 'x' } })],
		['an operator of another class', customers({ customer_name: { gte: 'x' } })],
		['a bad date', customers({ customer_created_at: { gte: 'now-30m' } })],
		['a bad context', { queryContext: 'ticket', and: [] }],
		['an unknown key', { ...customers(), limit: 5 }],
		['a bad sort', { ...customers(), sort: [{ customer_name: 'up' }] }],
	])('refuses %s with 400', async (_, body) => {
		const kustomer = await started();
		const reply = await search(kustomer, body);
		expect([reply.status, reply.body.errors[0]?.code]).toEqual([400, 'badparam']);
	});

	it('sorts, tells totals, and gives ids alone when asked', async () => {
		const kustomer = await started();
		const body = { ...customers(), sort: [{ customer_created_at: 'asc' }] };
		const reply = await search(kustomer, body, '?pageSize=3');
		const stamps = reply.body.data.map(({ attributes }) => String(attributes.createdAt));
		expect(stamps).toEqual([...stamps].sort());
		expect(reply.body.meta).toMatchObject({
			total: 12,
			totalPages: 4,
			aggregations: {},
			timed_out: false,
		});
		const ids = await search(kustomer, body, '?pageSize=1&idsOnly=true');
		expect(ids.body.data).toEqual([{ type: 'customer', id: reply.body.data[0]?.id }]);
	});

	it('sorts only by what is documented where the switch says so', async () => {
		const kustomer = await started({ switches: { documentedSortsOnly: true } });
		const body = { ...talks(), sort: [{ conversation_updated_at: 'asc' }] };
		expect((await search(kustomer, body)).status).toBe(400);
	});

	it('gives equal rows in another order each time', async () => {
		const kustomer = await started();
		const stamp = '2026-01-01T00:00:00.000Z';
		for (let n = 0; n < 40; n++) {
			kustomer.put({ type: 'company', attributes: { name: `C${n}`, updatedAt: stamp } });
		}
		const body = { queryContext: 'company', sort: [{ company_updated_at: 'asc' }] };
		const order = async () => (await search(kustomer, body)).body.data.map(({ id }) => id).join();
		const first = await order();
		expect(await order()).not.toBe(first);
		kustomer.switches.shuffleTies = false;
		const second = await order();
		expect(await order()).toBe(second);
	});

	it('sees a write only after the lag, and forgets a change no sooner', async () => {
		const kustomer = await started({ switches: { searchLagMs: 60_000 } });
		const id = idOf(kustomer, 'customer', 'Jun Watanabe');
		await send(kustomer, ['PATCH', `/customers/${id}`, { name: 'Jun W.' }]);
		await made(kustomer, '/customers', { name: 'Brand New' });
		const found = async () =>
			await names(kustomer, customers({ customer_name: { contains_any: ['jun', 'brand'] } }));
		expect(await found()).toEqual(['Jun Watanabe']);
		expect((await get(kustomer, `/customers/${id}`)).body.data.attributes.name).toBe('Jun W.');
		kustomer.switches.searchLagMs = 0;
		expect(await found()).toEqual(['Brand New', 'Jun W.']);
	});

	it('leaves deleted records out unless they are asked for', async () => {
		const kustomer = await started();
		await send(kustomer, ['DELETE', `/customers/${idOf(kustomer, 'customer', 'Jun Watanabe')}`]);
		const body = customers({ customer_name: { contains: 'jun' } });
		expect(await names(kustomer, body)).toEqual([]);
		expect(await names(kustomer, { ...body, includeDeleted: true })).toEqual(['Jun Watanabe']);
	});

	it('ends at two years; what is older is in the archive', async () => {
		const kustomer = await started();
		const updatedAt = '2020-01-01T00:00:00.000Z';
		kustomer.put({ type: 'company', attributes: { name: 'Old', updatedAt, createdAt: updatedAt } });
		const body = { queryContext: 'company', and: [{ company_name: { equals: 'old' } }] };
		expect(await names(kustomer, body)).toEqual([]);
		const archive = await send(kustomer, ['POST', '/customers/archive/search', body]);
		expect(archive.text).toContain('"Old"');
	});

	it('goes as far as its window, and page 100 still has a next link', async () => {
		const kustomer = await started({ rateLimit: { searchesPerMinute: 1000 } });
		for (let n = 0; n < 101; n++) kustomer.put({ type: 'company', attributes: { name: `C${n}` } });
		const body = { queryContext: 'company', and: [] };
		const last = await search(kustomer, body, '?page=100&pageSize=1');
		expect(last.body.links.next).toMatch(/page=101&pageSize=1$/);
		expect((await search(kustomer, body, '?page=101&pageSize=1')).status).toBe(400);
		expect((await search(kustomer, body, '?page=21&pageSize=500')).status).toBe(400);
		kustomer.switches.beyondSearchWindow = 'empty';
		expect((await search(kustomer, body, '?page=101&pageSize=1')).body.data).toEqual([]);
		kustomer.switches.mostSearchPages = 0;
		expect((await search(kustomer, body, '?page=101&pageSize=1')).body.data).toHaveLength(1);
	});

	it('has a budget of its own', async () => {
		const kustomer = await started({ rateLimit: { searchesPerMinute: 1 } });
		expect((await search(kustomer, customers())).status).toBe(200);
		expect((await search(kustomer, customers())).status).toBe(429);
		expect((await get(kustomer, '/customers')).status).toBe(200);
	});
});

describe('the schema of searches', () => {
	it('names fields with their class, the operators of each class, and the sorts', async () => {
		const kustomer = await started();
		const { body } = await get(kustomer, '/customers/searches/schema');
		expect(body.data.attributes).toMatchObject({
			fields: {
				properties: {
					conversation_status: { operator: 'list', enum: ['snoozed', 'open', 'done'] },
					customer_custom_lastOrderAt: { operator: 'datetime', format: 'date-time' },
					'kobject_custom_service-call_hoursNum': { operator: 'number' },
				},
			},
			operators: { properties: { string: { enum: expect.arrayContaining(['contains']) } } },
			sort: { properties: { fields: { enum: expect.arrayContaining(['customer_updated_at']) } } },
		});
	});
});

describe('saved searches', () => {
	it('are listed, read and run', async () => {
		const kustomer = await started();
		const { body } = await list(kustomer, '/customers/searches');
		const gold = must(body.data.find(({ attributes }) => attributes.name === 'Gold customers'));
		const path = `/customers/searches/${gold.id}`;
		expect((await get(kustomer, path)).body.data.attributes.data).toMatchObject({
			queryContext: 'customer',
		});
		const run = await send(kustomer, ['POST', `${path}/execution`, {}]);
		expect(run.text).toContain('Matteo Ricci');
	});

	it('are made, changed and deleted', async () => {
		const kustomer = await started();
		const { id } = await made(kustomer, '/customers/searches', { name: 'Mine', data: talks() });
		const path = `/customers/searches/${id}`;
		await send(kustomer, ['PUT', path, { name: 'Ours' }]);
		expect((await get(kustomer, path)).body.data.attributes.name).toBe('Ours');
		await send(kustomer, ['DELETE', path]);
		expect((await get(kustomer, path)).status).toBe(404);
	});
});
