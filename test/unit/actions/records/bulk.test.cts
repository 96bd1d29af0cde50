import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { itemOf, runNode, type NodeRun } from '../../../support/executeContext.cts';
import { byName, first } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

type Row = Record<string, unknown>;

const JSON_OF_ITEM = {
	specifyAttributes: 'json',
	attributesJson: '={{ JSON.stringify($json.attributes) }}',
};
const ORDER = { klass: chosen('name', 'order') };

/** Runs an operation in bulk with a row for each item. */
async function inBulk(
	resource: string,
	operation: string,
	{ rows, more = {}, ...run }: { rows: Row[]; more?: INodeParameters } & Partial<NodeRun>,
) {
	const { options, ...parameters } = more as { options?: INodeParameters };
	return await runNode(
		apiRun(
			kustomer,
			{
				resource,
				operation,
				[resource]: chosen('id', '={{ $json.id }}'),
				customer: chosen('id', '={{ $json.customer ?? $json.id }}'),
				matchBy: 'email',
				matchValue: '={{ $json.email }}',
				...(operation === 'delete' ? {} : JSON_OF_ITEM),
				options: { bulk: true, ...options },
				...parameters,
			},
			{ items: rows.map((row) => itemOf(row as never)), ...run },
		),
	);
}

const jsonOf = ({ items }: Awaited<ReturnType<typeof runNode>>) =>
	items.map(({ json }) => json as Record<string, never>);
const people = (count: number, from = 0): Row[] =>
	Array.from({ length: count }, (_, at) => ({
		attributes: { name: `Bulk ${from + at}`, emails: [{ email: `bulk${from + at}@example.com` }] },
		email: `bulk${from + at}@example.com`,
	}));
const sentTo = (method: string, route: string) => kustomer.requestsTo(method, `/v1${route}`);
const named = (name: string) =>
	kustomer.records('customer').filter(({ attributes }) => attributes.name === name);
const goOn = { onError: 'continueRegularOutput' } as const;

describe('creating in bulk', () => {
	it('sends 100 customers in a request, and pairs what Kustomer says of each', async () => {
		const result = await inBulk('customer', 'create', { rows: people(250) });
		expect(sentTo('POST', '/customers/bulk').map(({ body }) => (body as Row[]).length)).toEqual([
			100, 100, 50,
		]);
		expect(sentTo('POST', '/customers')).toEqual([]);
		expect(jsonOf(result)).toEqual(
			Array.from({ length: 250 }, (_, at) => ({
				id: named(`Bulk ${at}`)[0].id,
				status: 'created',
			})),
		);
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
			Array.from({ length: 250 }, (_, item) => ({ item })),
		);
	});

	it('refers to each customer, on all of them', async () => {
		await inBulk('customer', 'create', { rows: people(3) });
		const [{ body }] = sentTo('POST', '/customers/bulk');
		expect((body as Row[]).map(({ _clientRef }) => _clientRef)).toEqual(['0', '1', '2']);
	});

	it('asks until the job is done', async () => {
		kustomer.switches.bulkJobMs = 300;
		const result = await inBulk('customer', 'create', { rows: people(2) });
		expect(jsonOf(result).map(({ status }) => status)).toEqual(['created', 'created']);
		expect(sentTo('GET', '/bulk/:id').length).toBeGreaterThan(2);
	});

	it('stays below 90 kB in a request', async () => {
		const rows = people(10).map((row) => ({
			attributes: { ...(row.attributes as Row), name: 'x'.repeat(20_000) },
		}));
		await inBulk('customer', 'create', { rows });
		const sizes = sentTo('POST', '/customers/bulk').map(({ rawBody }) => rawBody.length);
		expect(sizes).toHaveLength(3);
		expect(Math.max(...sizes)).toBeLessThan(90_000);
	});

	it('gives an error for exactly the refused ones', async () => {
		const rows = people(200);
		const refused = [3, 4, 99, 150];
		for (const at of refused) (rows[at].attributes as Row).name = `Refuse ${at}`;
		kustomer.switches.bulkRefuses = 'Refuse';
		const items = jsonOf(await inBulk('customer', 'create', { rows, ...goOn }));
		expect([...items.keys()].filter((at) => 'error' in items[at])).toEqual(refused);
		expect(items[3].error).toBe(
			'n8n could not create customers: Kustomer refused this item. Kustomer says: "Refused by a switch".',
		);
		expect(items[5]).toEqual({ id: named('Bulk 5')[0].id, status: 'created' });
	});

	it('says of one that is there already what helps', async () => {
		const rows = [
			...people(1),
			{ attributes: { emails: [{ email: 'solveig.aune@example.com' }] } },
		];
		const items = jsonOf(await inBulk('customer', 'create', { rows, ...goOn }));
		expect(items[1].error).toMatch(/duplicate detected.*use Create or Update/);
	});

	it('stops at the first refused one, unless told to go on, and says what to do', async () => {
		kustomer.switches.bulkRefuses = 'Bulk 7"';
		const running = inBulk('customer', 'create', { rows: people(2_000) });
		await expect(running).rejects.toMatchObject({
			message: expect.stringContaining('Kustomer refused this item'),
			description: expect.stringContaining('Set "On Error"'),
			context: { itemIndex: 7 },
		});
		expect(sentTo('POST', '/customers/bulk').length).toBeLessThan(20);
	});

	it('says "unknown" of those that Kustomer did not answer for', async () => {
		kustomer.switches.bulkForgets = 'Bulk 1"';
		const result = await inBulk('customer', 'create', { rows: people(3) });
		const items = jsonOf(result);
		expect(items.map(({ status }) => status)).toEqual(['created', 'unknown', 'created']);
		expect(items[1]).toEqual({
			id: null,
			status: 'unknown',
			reason: expect.stringContaining('does not mention this item'),
		});
		expect(result.hints[0].message).toMatch(/did not say what became of 1 items/);
	});

	it.each([
		['the connection breaks before the answer', { when: 'after', reset: true }],
		['half of the answer comes', { when: 'after', half: true }],
		['the answer is no job', { when: 'after', status: 200, body: '"done"' }],
		['a gateway answers', { when: 'after', status: 502, body: '<html>Bad Gateway</html>' }],
	] as const)('says "unknown" of all where %s, and sends nothing twice', async (_, fault) => {
		kustomer.faults = [{ method: 'POST', path: /customers\/bulk/, times: 1, ...fault }];
		const items = jsonOf(await inBulk('customer', 'create', { rows: people(3) }));
		expect(items.map(({ status }) => status)).toEqual(['unknown', 'unknown', 'unknown']);
		expect(items[0].reason).toMatch(/may have carried it out/);
		expect(sentTo('POST', '/customers/bulk')).toHaveLength(1);
	});

	it.each(['/v1/bulk/[0-9a-f]+$', '/v1/bulk/[0-9a-f]+/batches'])(
		'says "unknown" of all where %s cannot be read',
		async (path) => {
			kustomer.switches.bulkJobMs = 100;
			kustomer.faults = [{ method: 'GET', path: new RegExp(path), status: 404 }];
			const items = jsonOf(await inBulk('customer', 'create', { rows: people(2), ...goOn }));
			expect(items.map(({ status }) => status)).toEqual(['unknown', 'unknown']);
			expect(items[0].reason).toMatch(/Kustomer took the request .*bulk job [0-9a-f]{24}/);
		},
	);

	it('asks no more where all is told at once', async () => {
		await inBulk('customer', 'create', { rows: people(2) });
		expect(kustomer.requests().map(({ method, path }) => `${method} ${path}`)).toEqual([
			'POST /v1/customers/bulk',
			expect.stringMatching(/^GET .*\/batches/),
		]);
	});

	it('does not believe a batch that has not ended', async () => {
		const batch = { status: 'scheduled', objectIds: ['5fe109880e432183796e9218'], errors: [] };
		const data = [{ type: 'bulk_batch', id: '5fe109880e432183796e9219', attributes: batch }];
		kustomer.faults = [
			{ method: 'GET', path: /\/batches/, times: 1, status: 200, body: JSON.stringify({ data }) },
		];
		const [{ id }] = jsonOf(await inBulk('customer', 'create', { rows: people(1) }));
		expect(id).toBe(named('Bulk 0')[0].id);
	});

	it('waits for a job that is not there yet', async () => {
		kustomer.switches.bulkJobMs = 100;
		kustomer.faults = [{ method: 'GET', path: /v1\/bulk\/[0-9a-f]+$/, status: 404, times: 2 }];
		const items = jsonOf(await inBulk('customer', 'create', { rows: people(2) }));
		expect(items.map(({ status }) => status)).toEqual(['created', 'created']);
	});

	it('fails each item where the whole is refused for want of a role', async () => {
		kustomer.faults = [{ method: 'POST', path: /customers\/bulk/, status: 403 }];
		const items = jsonOf(await inBulk('customer', 'create', { rows: people(2), ...goOn }));
		expect(items).toHaveLength(2);
		expect(items[1].error).toMatch(/role org\.permission\.customer\.create/);
	});

	it('sends the halves where the content makes Kustomer refuse the whole', async () => {
		kustomer.faults = [{ method: 'POST', path: /customers\/bulk/, times: 2, status: 400 }];
		const items = jsonOf(await inBulk('customer', 'create', { rows: people(8) }));
		expect(items.every(({ status }) => status === 'created')).toBe(true);
		const sizes = sentTo('POST', '/customers/bulk').map(({ body }) => (body as Row[]).length);
		expect(sizes).toEqual([8, 4, 2, 2, 4]);
	});

	it('fails the one item that is too large', async () => {
		const rows = people(4);
		rows[1] = { attributes: { name: 'x'.repeat(120_000) } };
		const items = jsonOf(await inBulk('customer', 'create', { rows, ...goOn }));
		expect(items.map((item) => 'error' in item)).toEqual([false, true, false, false]);
		expect(items[1].error).toMatch(/too large/);
	});

	it('keeps the order of the items', async () => {
		const rows = people(120).reverse();
		const items = jsonOf(await inBulk('customer', 'create', { rows }));
		expect(items[0].id).toBe(named('Bulk 119')[0].id);
	});

	it('goes on with the others where an item cannot be sent', async () => {
		const rows = people(3);
		rows[1] = { attributes: 'no object' };
		const items = jsonOf(await inBulk('customer', 'create', { rows, ...goOn }));
		expect(items.map((item) => 'error' in item)).toEqual([false, true, false]);
	});

	it('ends when the execution is stopped', async () => {
		const stop = new AbortController();
		kustomer.switches.bulkJobMs = 60_000;
		const running = inBulk('customer', 'create', { rows: people(10), signal: stop.signal });
		setTimeout(() => stop.abort(), 200);
		await expect(running).rejects.toThrow(/execution was stopped/);
	});

	it('is not what an agent does', async () => {
		const [item] = jsonOf(
			await inBulk('customer', 'create', {
				rows: people(1),
				nodeType: 'n8n-nodes-kustomer.kustomerTool',
			}),
		);
		expect(item).toMatchObject({ type: 'customer' });
	});
});

describe.each([
	['conversation', 'conversations', {}],
	['customObject', 'klasses/:name', ORDER],
])('creating %s in bulk', (resource, path, more) => {
	const type = resource === 'customObject' ? 'kobject.order' : resource;
	const rows = (count: number): Row[] =>
		Array.from({ length: count }, (_, at) => ({
			customer: first(kustomer, 'customer').id,
			attributes: {
				[resource === 'customObject' ? 'title' : 'name']: `Bulk ${at}`,
				externalId: `B-${at}`,
			},
		}));

	it('pairs by external ID', async () => {
		const items = jsonOf(await inBulk(resource, 'create', { rows: rows(150), more }));
		const records = kustomer.records(type);
		expect(items).toEqual(
			Array.from({ length: 150 }, (_, at) => ({
				id: records.find(({ attributes }) => attributes.externalId === `B-${at}`)?.id,
				status: 'created',
			})),
		);
		expect(sentTo('POST', `/${path}/bulk`)).toHaveLength(2);
		expect(kustomer.requests().length).toBeLessThan(20);
	});

	it('refuses an item without one, and sends the others', async () => {
		const some = rows(3);
		delete (some[1].attributes as Row).externalId;
		const items = jsonOf(await inBulk(resource, 'create', { rows: some, more, ...goOn }));
		expect(items[1].error).toMatch(/needs an External ID \(externalId\)/);
		expect(items.map(({ status }) => status)).toEqual(['created', undefined, 'created']);
	});

	it('knows which ones were refused, though Kustomer names none', async () => {
		kustomer.switches.bulkRefuses = '"Bulk 1';
		const items = jsonOf(await inBulk(resource, 'create', { rows: rows(15), more, ...goOn }));
		expect([...items.keys()].filter((at) => 'error' in items[at])).toEqual([1, 10, 11, 12, 13, 14]);
	});

	it('does not take one that is not mentioned for a refused one', async () => {
		kustomer.switches.bulkRefuses = '"Bulk 1"';
		kustomer.switches.bulkForgets = '"Bulk 2"';
		const items = jsonOf(await inBulk(resource, 'create', { rows: rows(4), more, ...goOn }));
		expect(items.map(({ status }) => status)).toEqual(['created', 'unknown', 'unknown', 'created']);
	});
});

describe('updating in bulk', () => {
	const known = () => kustomer.records('customer').slice(0, 5);

	it('changes customers with one request, and sends along what would be lost', async () => {
		const solveig = byName(kustomer, 'customer', 'Solveig Aune');
		const rows = [{ id: solveig.id, attributes: { phones: [{ phone: '+15550199' }] } }];
		const items = jsonOf(await inBulk('customer', 'update', { rows }));
		expect(items).toEqual([{ id: solveig.id, status: 'updated' }]);
		const after = kustomer.record('customer', solveig.id);
		expect(after?.relationships.company).toEqual(solveig.relationships.company);
		expect(after?.attributes.phones).toEqual([
			...(solveig.attributes.phones as unknown[]),
			expect.objectContaining({ phone: '+15550199' }),
		]);
		const [{ body }] = sentTo('PUT', '/customers/bulk');
		expect(body).toMatchObject([{ id: solveig.id, rev: solveig.attributes.rev }]);
	});

	it('reads a hundred customers at once', async () => {
		const rows = known().map(({ id }, at) => ({ id, attributes: { name: `Changed ${at}` } }));
		const items = jsonOf(await inBulk('customer', 'update', { rows }));
		expect(items).toEqual(rows.map(({ id }) => ({ id, status: 'updated' })));
		expect(known().map(({ attributes }) => attributes.name)).toEqual(
			rows.map((_, at) => `Changed ${at}`),
		);
		expect(kustomer.requests().filter(({ method }) => method !== 'POST')).toHaveLength(3);
	});

	it('changes a record that comes twice in the order of the items', async () => {
		const [{ id }] = known();
		const rows = ['First', 'Second', 'Third'].map((name) => ({ id, attributes: { name } }));
		const items = jsonOf(await inBulk('customer', 'update', { rows }));
		expect(items).toHaveLength(3);
		expect(sentTo('PUT', '/customers/bulk')).toHaveLength(3);
		expect(kustomer.record('customer', id)?.attributes.name).toBe('Third');
	});

	it('says of an ID that is not there what a single update says', async () => {
		const rows = [
			...known().map(({ id }) => ({ id, attributes: { name: 'There' } })),
			{ id: '5fe109880e432183796e9218', attributes: { name: 'Not there' } },
		];
		const items = jsonOf(await inBulk('customer', 'update', { rows, ...goOn }));
		expect(items.at(-1)?.error).toMatch(/Kustomer has no customer with the ID 5fe109880e4/);
		expect(items.slice(0, -1).every(({ status }) => status === 'updated')).toBe(true);
	});

	it('writes again where somebody changed the record meanwhile', async () => {
		const [{ id }] = known();
		const rows = [{ id, attributes: { tags: ['wholesale'] } }];
		kustomer.faults = [{ method: 'PUT', path: /bulk/, delayMs: 200, times: 1 }];
		const running = inBulk('customer', 'update', { rows });
		setTimeout(() => kustomer.update('customer', id, { name: 'Meanwhile' }), 120);
		expect(jsonOf(await running)).toEqual([{ id, status: 'updated' }]);
		expect(kustomer.record('customer', id)?.attributes).toMatchObject({ name: 'Meanwhile' });
	});

	it('of conversations adds to lists', async () => {
		const { id, attributes } = first(kustomer, 'conversation');
		const rows = [{ id, attributes: { tags: ['wholesale'], priority: 5 } }];
		expect(jsonOf(await inBulk('conversation', 'update', { rows }))).toEqual([
			{ id, status: 'updated' },
		]);
		const after = kustomer.record('conversation', id)?.attributes;
		expect(after?.tags).toEqual(expect.arrayContaining(attributes.tags as unknown[]));
		expect(after?.priority).toBe(5);
	});

	it('of custom objects works as well', async () => {
		const { id } = first(kustomer, 'kobject.order');
		const rows = [{ id, attributes: { title: 'Changed' } }];
		await inBulk('customObject', 'update', { rows, more: ORDER });
		expect(kustomer.record('kobject.order', id)?.attributes.title).toBe('Changed');
		expect(sentTo('PUT', '/klasses/:name/bulk')).toHaveLength(1);
	});

	it('understands results that are only ids and errors', async () => {
		kustomer.switches.bulkResults = 'idsOnly';
		const rows = known().map(({ id }) => ({ id, attributes: { name: 'Ids' } }));
		const items = jsonOf(await inBulk('customer', 'update', { rows }));
		expect(items).toEqual(rows.map(({ id }) => ({ id, status: 'updated' })));
	});
});

describe('deleting in bulk', () => {
	it.each([
		['customer', {}],
		['conversation', {}],
		['customObject', ORDER],
	])('%s gives what was deleted', async (resource, more) => {
		const type = resource === 'customObject' ? 'kobject.order' : resource;
		const made = Array.from({ length: 120 }, () => kustomer.put({ type }));
		const rows = [...made, '5fe109880e432183796e9218'].map((id) => ({ id }));
		const items = jsonOf(await inBulk(resource, 'delete', { rows, more, ...goOn }));
		expect(items.slice(0, -1)).toEqual(made.map((id) => ({ id, status: 'deleted' })));
		expect(items.at(-1)?.error).toMatch(/Kustomer refused this item/);
		expect(kustomer.requests().filter(({ method }) => method === 'DELETE')).toHaveLength(2);
		expect(made.every((id) => kustomer.record(type, id)?.attributes.deleted === true)).toBe(true);
	});
});

describe('upserting in bulk', () => {
	const there = (count: number) => {
		for (const { attributes } of people(count)) {
			kustomer.create('customer', { ...(attributes as Row), name: 'Before' });
		}
	};

	it('creates and updates, looking up only what is there', async () => {
		there(40);
		const rows = people(100);
		const result = jsonOf(await inBulk('customer', 'upsert', { rows }));
		expect(result).toEqual(
			rows.map((_, at) => ({
				id: named(`Bulk ${at}`)[0].id,
				status: at < 40 ? 'updated' : 'created',
				created: at >= 40,
			})),
		);
		expect(named('Before')).toEqual([]);
		expect(kustomer.requests().length).toBeLessThan(15);
	});

	it.each(['externalId', 'phone'] as const)('matches by %s', async (matchBy) => {
		const value = matchBy === 'phone' ? '+15550111' : 'X-1';
		const list = matchBy === 'phone' ? { phones: [{ phone: value }] } : { externalId: value };
		const { id } = kustomer.create('customer', { name: 'Before', ...list });
		const rows = [
			{ email: value, attributes: { name: 'After' } },
			...people(2).map((row, at) => ({ ...row, email: `+1555012${at}` })),
		];
		const items = jsonOf(await inBulk('customer', 'upsert', { rows, more: { matchBy } }));
		expect(items[0]).toEqual({ id, status: 'updated', created: false });
		expect(items.slice(1).map(({ created }) => created)).toEqual([true, true]);
	});

	it('finds what the search does not see yet', async () => {
		kustomer.switches.searchLagMs = 60_000;
		there(5);
		const items = jsonOf(await inBulk('customer', 'upsert', { rows: people(8) }));
		expect(items.map(({ created }) => created)).toEqual([...'fffffttt'].map((one) => one === 't'));
	});

	it('works with a key that may not search', async () => {
		there(5);
		kustomer.faults = [{ method: 'POST', path: /customers\/search/, status: 403 }];
		const items = jsonOf(await inBulk('customer', 'upsert', { rows: people(8) }));
		expect(items.map(({ created }) => created)).toEqual([...'fffffttt'].map((one) => one === 't'));
	});

	it('works on equal keys one after the other', async () => {
		const rows = ['First', 'Second', 'Third'].map((name, at) => ({
			email: at === 1 ? 'SAME@example.com' : 'same@example.com',
			attributes: { name },
		}));
		const items = jsonOf(await inBulk('customer', 'upsert', { rows }));
		expect(items.map(({ created }) => created)).toEqual([true, false, false]);
		expect(new Set(items.map(({ id }) => id)).size).toBe(1);
		expect(named('Third')).toHaveLength(1);
	});

	it('changes a customer that two keys lead to twice, not at once', async () => {
		const emails = [{ email: 'one@example.com' }, { email: 'two@example.com' }];
		const { id } = kustomer.create('customer', { name: 'Before', emails });
		const rows = emails.map(({ email }, at) => ({ email, attributes: { name: `After ${at}` } }));
		const items = jsonOf(await inBulk('customer', 'upsert', { rows }));
		expect(items).toEqual(rows.map(() => ({ id, status: 'updated', created: false })));
	});

	it('leaves one record where a request was answered for by nobody, and knows its ID', async () => {
		kustomer.faults = [
			{ method: 'POST', path: /customers\/bulk/, when: 'after', reset: true, times: 1 },
		];
		const rows = people(5);
		const items = jsonOf(await inBulk('customer', 'upsert', { rows }));
		expect(items).toEqual(
			rows.map((_, at) => ({ id: named(`Bulk ${at}`)[0].id, status: 'created', created: true })),
		);
		expect(rows.map((_, at) => named(`Bulk ${at}`).length)).toEqual(rows.map(() => 1));
	});

	it('gives an error for what Kustomer refuses for another reason', async () => {
		kustomer.switches.bulkRefuses = 'Bulk 2"';
		const items = jsonOf(await inBulk('customer', 'upsert', { rows: people(4), ...goOn }));
		expect(items.map((item) => 'error' in item)).toEqual([false, false, true, false]);
	});
});
