import type { INodeParameters } from 'n8n-workflow';
import type { Access } from '../../../../nodes/Kustomer/actions/records/access';
import { kindNamed } from '../../../../nodes/Kustomer/actions/records/kinds';
import { outputOf } from '../../../../nodes/Kustomer/actions/records/output';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { runNode, type NodeRun } from '../../../support/executeContext.cts';
import { byName, first, itemFrom, itemsFrom } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const run = (
	resource: string,
	operation: string,
	parameters: INodeParameters = {},
	more: Partial<NodeRun> = {},
) => apiRun(kustomer, { resource, operation, ...parameters }, more);

const solveig = () => byName(kustomer, 'customer', 'Solveig Aune');
const broken = () => byName(kustomer, 'conversation', 'Broken spout');
const searches = () =>
	kustomer
		.requests()
		.filter(({ method }) => method === 'POST')
		.map(({ body }) => body as Record<string, unknown>);

describe('a customer', () => {
	const get = (customer: unknown) => run('customer', 'get', { customer: customer as never });

	it.each([
		['list', () => solveig().id],
		['id', () => solveig().id],
		['url', () => `https://acme.kustomerapp.com/app/customers/${solveig().id}/event/1`],
		['email', () => 'solveig.aune@example.com'],
		['phone', () => '+4740000011'],
		['externalId', () => 'C-1001'],
	])('is found by %s', async (mode, value) => {
		expect(await itemFrom(get(chosen(mode, value())))).toMatchObject({ id: solveig().id });
	});

	it.each([
		['an ID', () => solveig().id],
		['an e-mail address', () => 'solveig.aune@example.com'],
		['the address of a page', () => `https://acme.kustomerapp.com/app/customers/${solveig().id}`],
	])('is found by bare text of an expression that is %s', async (_, value) => {
		expect(await itemFrom(get(value()))).toMatchObject({ id: solveig().id });
	});

	it('whose address needs encoding is found', async () => {
		const item = await itemFrom(get(chosen('email', 'a.vogt+tea@example.com')));
		expect(item).toMatchObject({ attributes: { name: 'Anneliese Vogt' } });
	});

	it.each([
		['', 'No customer is given'],
		['not an id!', 'cannot be the ID of a customer'],
		['https://example.com/somewhere', 'not the address of a customer'],
	])('given as %j is refused before anything is asked', async (value, words) => {
		await expect(runNode(get(value))).rejects.toThrow(words);
		expect(kustomer.requests()).toEqual([]);
	});

	it.each([
		['email', 'nobody@example.com', 'no customer with the e-mail address nobody@example.com'],
		['id', 'b'.repeat(24), `no customer with the ID ${'b'.repeat(24)}`],
	])('that is not there by %s is named', async (mode, value, words) => {
		await expect(runNode(get(chosen(mode, value)))).rejects.toThrow(words);
	});

	it('is not looked up by half a character', async () => {
		await expect(runNode(get(chosen('externalId', 'a\ud83d')))).rejects.toThrow('half a character');
	});

	it('is not taken from a sign-in page', async () => {
		kustomer.faults.push({ path: /customers/, status: 200, body: '<html></html>' });
		await expect(runNode(get(chosen('id', solveig().id)))).rejects.toThrow("not Kustomer's");
	});
});

it.each([
	['company', { company: chosen('externalId', 'CO-100') }, 'Aune Båtbyggeri'],
	[
		'customObject',
		{ klass: chosen('list', 'order'), customObject: chosen('externalId', 'TW-20433') },
		'Order TW-20433',
	],
	['user', { user: chosen('id', '66b0c1a05a4d0bca7f1e0a13') }, 'Lerato Dube'],
])('a %s is found', async (resource, parameters, name) => {
	const { attributes } = await itemFrom(run(resource, 'get', parameters as INodeParameters));
	const { name: own, title } = attributes as Record<string, string>;
	expect(own ?? title).toBe(name);
});

describe('an item', () => {
	const conversation = (options: object = {}, more: Partial<NodeRun> = {}) =>
		run(
			'conversation',
			'get',
			{ conversation: chosen('id', broken().id), options: options as never },
			more,
		);

	it('has the words for ids and the ids of what is related', async () => {
		expect(await itemFrom(conversation())).toMatchObject({
			id: broken().id,
			type: 'conversation',
			related: { customer: solveig().id },
			names: {
				tags: ['broken spout'],
				assignedUsers: ['Lerato Dube'],
				queue: 'Repair workshop',
			},
			url: null,
		});
	});

	it('has no names when nobody wants them, and asks for none', async () => {
		expect(await itemFrom(conversation({ names: false }))).toMatchObject({ names: {} });
		expect(kustomer.requests()).toHaveLength(1);
	});

	it('has only the fields that are asked for', async () => {
		const { attributes } = await itemFrom(conversation({ fields: ['status, name', 'nonsense'] }));
		expect(attributes).toEqual({ status: 'open', name: 'Broken spout' });
	});

	it.each([
		['customer', {}, 'https://acme.kustomerapp.com/app/customers/r1'],
		['conversation', { customer: 'c1' }, 'https://acme.kustomerapp.com/app/customers/c1/event/r1'],
		[
			'message',
			{ customer: 'c1', conversation: 'v1' },
			'https://acme.kustomerapp.com/app/customers/c1/event/v1',
		],
		['message', {}, null],
		['note', {}, null],
	])('of a %s related to %j has the page %s', async (value, related, page) => {
		const kind = kindNamed(value);
		if (kind === undefined) throw new Error(value);
		const item = { value: () => true, options: { names: false }, isTool: false };
		const caller = {
			getCredentials: async () =>
				await Promise.resolve({ region: 'org', subdomain: 'https://acme.kustomerapp.com/app' }),
		};
		const relationships = Object.fromEntries(
			Object.entries(related).map(([name, id]) => [name, { data: { type: name, id } }]),
		);
		const record = { id: 'r1', attributes: {}, relationships };
		const output = await outputOf({ item, kind, caller } as unknown as Access, record);
		expect(output).toMatchObject({ related, url: page });
	});

	it.each([true, false])('of a user never has a password (simplify: %s)', async (simplify) => {
		const id = kustomer.put({ type: 'user', attributes: { name: 'P', password: 'secret' } });
		const { attributes } = await itemFrom(run('user', 'get', { user: chosen('id', id), simplify }));
		expect(attributes).toMatchObject({ name: 'P' });
		expect(attributes).not.toHaveProperty('password');
	});

	it('reads each list of names once for many records', async () => {
		await runNode(run('conversation', 'getMany', { returnAll: true }));
		await runNode(run('conversation', 'getMany', { returnAll: true }));
		expect(kustomer.requestsTo('GET', '/v1/users')).toHaveLength(1);
	});
});

describe('as a tool of an agent', () => {
	const nodeType = 'n8n-nodes-kustomer.kustomerTool';

	it('gives few attributes unless more are asked for', async () => {
		const parameters = { customer: chosen('id', solveig().id) };
		const { attributes } = await itemFrom(run('customer', 'get', parameters, { nodeType }));
		expect(Object.keys(attributes as object).sort()).toEqual([
			'createdAt',
			'displayName',
			'emails',
			'externalId',
			'phones',
			'updatedAt',
		]);
	});

	it('says that nothing was found, where a step gives nothing', async () => {
		const parameters = { text: 'nothing says this' };
		expect(await itemsFrom(run('customer', 'search', parameters, { nodeType }))).toEqual([
			{ found: 0 },
		]);
		expect(await itemsFrom(run('customer', 'search', parameters))).toEqual([]);
	});

	it('takes "" for not given, and numbers and JSON as text', async () => {
		const list = { limit: '2' as never, filters: { updatedAfter: '', createdAfter: '' } };
		expect(await itemsFrom(run('customer', 'getMany', list, { nodeType }))).toHaveLength(2);
		const attributes = { name: 'New', email: undefined };
		const update = {
			conversation: broken().id as never,
			specifyAttributes: 'json',
			attributesJson: JSON.stringify(attributes),
			clear: '' as never,
		};
		await runNode(run('conversation', 'update', update, { nodeType }));
		expect(broken).toThrow();
		const search = { text: '', criteria: {}, sortBy: '', limit: '' as never };
		expect(await itemsFrom(run('customer', 'search', search, { nodeType }))).not.toHaveLength(0);
	});
});

describe('a list', () => {
	const fill = (count: number) => {
		for (let i = 0; i < count; i++) {
			kustomer.put({ type: 'company', attributes: { name: `Company ${i}`, externalId: `X-${i}` } });
		}
	};

	it('is read to its end over several pages, each once', async () => {
		fill(230);
		const found = await itemsFrom(run('company', 'getMany', { returnAll: true }));
		expect(new Set(found.map(({ id }) => id)).size).toBe(232);
		expect(found).toHaveLength(232);
	});

	it('ends at the limit and asks for no more', async () => {
		fill(230);
		expect(await itemsFrom(run('company', 'getMany', { limit: 7 }))).toHaveLength(7);
		expect(kustomer.requestsTo('GET', '/v1/companies').map(({ query }) => query)).toEqual([
			{ page: '1', pageSize: '7' },
		]);
	});

	it.each([
		['conversation', 'newest', 'desc'],
		['conversation', 'oldest', 'asc'],
		['customer', 'newest', '-createdAt'],
		['customer', 'oldest', 'createdAt'],
		['customer', 'lastUpdated', '-updatedAt'],
		['customer', 'firstUpdated', 'updatedAt'],
	])('of %ss is sorted by %s', async (resource, sort, asked) => {
		await runNode(run(resource, 'getMany', { sort }));
		expect(kustomer.requestsTo('GET', `/v1/${resource}s`)[0].query.sort).toBe(asked);
	});

	it('of customers is filtered by time, in the workflow’s zone', async () => {
		const filters = { updatedAfter: '2026-11-24T08:00', createdAfter: '2020-01-01T00:00:00Z' };
		await runNode(run('customer', 'getMany', { filters }, { timeZone: 'Europe/Berlin' }));
		expect(kustomer.requestsTo('GET', '/v1/customers')[0].query).toMatchObject({
			'filter[updatedAt][gte]': '2026-11-24T07:00:00.000Z',
			'filter[createdAt][gte]': '2020-01-01T00:00:00.000Z',
		});
		const soon = { filters: { updatedAfter: 'soon' } };
		await expect(runNode(run('customer', 'getMany', soon))).rejects.toThrow(
			'"soon" in "Filters" is not a time',
		);
	});

	it.each([
		['conversation', 'customer', '/v1/customers/:id/conversations'],
		['message', 'conversation', '/v1/conversations/:id/messages'],
		['note', 'customer', '/v1/customers/:id/notes'],
		['customObject', 'company', '/v1/companies/:id/klasses/:name'],
	])('of %ss is that of the %s in its scope', async (resource, scope, route) => {
		const parameters = {
			scope,
			klass: chosen('name', 'order'),
			[scope]: chosen('id', first(kustomer, scope).id),
		};
		await runNode(run(resource, 'getMany', parameters));
		expect(kustomer.requestsTo('GET', route)).toHaveLength(1);
	});

	it('that is empty gives no item', async () => {
		const nobody = kustomer.create('customer', { name: 'New' }).id;
		const parameters = { scope: 'customer', customer: chosen('id', nobody) };
		expect(await itemsFrom(run('conversation', 'getMany', parameters))).toEqual([]);
	});
});

describe('a search', () => {
	const search = (parameters: INodeParameters, resource = 'customer') =>
		run(resource, 'search', parameters);
	const names = async (parameters: INodeParameters, resource?: string) =>
		(await itemsFrom(search(parameters, resource))).map(
			({ attributes }) => (attributes as Record<string, string>).name,
		);
	const rows = (...criterion: object[]) => ({ criteria: { criterion } as never });
	const gold = { field: 'custom.loyaltyStr', operator: 'equals', value: 'Gold' };
	const many = { field: 'customer_custom_ordersNum', operator: 'gte', value: '3' };

	it('by all and by any of its criteria differs', async () => {
		expect(await names(rows(gold, many))).toEqual(['Matteo Ricci']);
		const any = await names({ ...rows(gold, many), match: 'any' });
		expect(any.sort()).toEqual(['Anneliese Vogt', 'Matteo Ricci', 'Solveig Aune']);
	});

	it('by plain words finds what holds them, beside criteria too', async () => {
		expect(await names({ text: 'Matteo' })).toEqual(['Matteo Ricci']);
		expect(await names({ text: 'Solveig', ...rows(gold) })).toEqual([]);
	});

	it('takes relative times, and names for ids', async () => {
		const found = await names(
			rows(
				{ field: 'created_at', operator: 'gt', value: 'now-9000d' },
				{ field: 'tags', operator: 'equals', value: 'broken spout' },
				{ field: 'queue', operator: 'equals', value: 'Repair workshop' },
			),
			'conversation',
		);
		expect(found).toEqual(['Broken spout']);
		const [{ and }] = searches() as Array<{ and: Array<Record<string, { gt: string }>> }>;
		expect(Date.now() - Date.parse(and[0].conversation_created_at.gt)).toBeGreaterThan(
			9000 * 86_400_000 - 60_000,
		);
	});

	it('is sorted as told', async () => {
		const sorted = { sortBy: 'created_at', sortDirection: 'asc' };
		await names(sorted);
		expect(searches()[0].sort).toEqual([{ customer_created_at: 'asc' }]);
	});

	it('that somebody saved in Kustomer is run', async () => {
		const [, saved] = kustomer.records('search');
		const found = await names({ specifySearch: 'saved', savedSearch: chosen('list', saved.id) });
		expect(found.sort()).toEqual(['Anneliese Vogt', 'Matteo Ricci']);
		await expect(
			names({ specifySearch: 'saved', savedSearch: chosen('id', 'c'.repeat(24)) }),
		).rejects.toThrow('no saved search with this ID');
		await expect(names({ specifySearch: 'saved', savedSearch: chosen('id', '') })).rejects.toThrow(
			'No saved search is chosen',
		);
	});

	it('in Kustomer’s own JSON goes out as it is, but for relative times', async () => {
		const query = {
			or: [{ customer_updated_at: { gt: 'now-7d' } }, { customer_name: { contains: 'now-7d' } }],
		};
		await names({ specifySearch: 'json', query: JSON.stringify(query) });
		expect(searches()[0]).toEqual({
			queryContext: 'customer',
			or: [
				{ customer_updated_at: { gt: expect.stringMatching(/^\d{4}-.*Z$/) } },
				{ customer_name: { contains: 'now-7d' } },
			],
		});
		await expect(names({ specifySearch: 'json', query: '[1]' })).rejects.toThrow(
			'must be one JSON object',
		);
		await expect(names({ specifySearch: 'json', query: '{' })).rejects.toThrow('not valid JSON');
	});

	it('of the archive and of deleted records asks there', async () => {
		await names({ options: { archive: true, includeDeleted: true } });
		const [{ path, body }] = kustomer.requestsTo('POST', '/v1/customers/archive/search');
		expect(path).toContain('archive');
		expect(body).toMatchObject({ includeDeleted: true });
	});

	it('of custom objects is one of their class', async () => {
		const order = { klass: chosen('name', 'order'), text: 'TW-20433' };
		const found = await itemsFrom(search(order, 'customObject'));
		expect(found.map(({ type }) => type)).toEqual(['kobject.order']);
	});

	it('that Kustomer does not hand out to its end says how to go on', async () => {
		kustomer.switches.mostSearchRows = 0;
		const page = (next: boolean) => ({
			data: Array.from({ length: 500 }, (_, i) => ({ id: `${Math.random()}${i}`, attributes: {} })),
			links: { next: next ? '/v1/next' : null },
		});
		for (let i = 0; i < 21; i++) {
			kustomer.faults.push({
				method: 'POST',
				path: /search/,
				times: 1,
				status: 200,
				body: page(true),
			});
		}
		const { items, hints } = await runNode(search({ returnAll: true, options: { names: false } }));
		expect(items).toHaveLength(10_000);
		expect(hints[0].message).toMatch(/no more than 10000 entries.*Narrow the list or the search/);
	});
});
