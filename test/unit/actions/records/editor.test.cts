import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { RECORD_PROPERTIES } from '../../../../nodes/Kustomer/actions/records/description';
import { PROPERTIES } from '../../../../nodes/Kustomer/actions/table';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import {
	loadOptions,
	mapperFields,
	runNode,
	searchList,
} from '../../../support/executeContext.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const at = (resource: string, operation: string, parameters: INodeParameters = {}) =>
	apiRun(kustomer, { resource, operation, ...parameters });

function withRoles(roles: string[]) {
	const { token } = kustomer.addKey({ token: 'eyJ-some-roles', roles });
	return { credentials: { kustomerApi: apiCredential(kustomer, token) } };
}

const labels = (fields: Array<{ displayName: string }>) =>
	fields.map(({ displayName }) => displayName);

describe('a list to choose from', () => {
	const run = () => at('customer', 'get');

	it('is searched at Kustomer, not in what is shown', async () => {
		const { results } = await searchList('searchCustomers', run(), 'Matteo');
		expect(results).toEqual([
			{ name: 'Matteo Ricci', value: expect.any(String), description: 'matteo.ricci@example.com' },
		]);
		expect(kustomer.requestsTo('POST', '/v1/customers/search')[0].body).toMatchObject({
			and: [{ customer_any_text: { contains: 'Matteo' } }],
		});
	});

	it('goes on where it ended as somebody scrolls', async () => {
		for (let i = 0; i < 60; i++) kustomer.create('customer', { name: `Customer ${i}` });
		const page = await searchList('searchCustomers', run());
		expect(page.results).toHaveLength(50);
		const next = await searchList(
			'searchCustomers',
			run(),
			undefined,
			page.paginationToken as string,
		);
		expect(next.results).toHaveLength(22);
		expect(next.paginationToken).toBeUndefined();
		const values = [...page.results, ...next.results].map(({ value }) => value);
		expect(new Set(values).size).toBe(72);
	});

	it.each([
		['searchConversations', 'conversation', 'Broken spout'],
		['searchCompanies', 'company', 'Café Lindenhof'],
		['searchMessages', 'message', 'How do I return a pot that was a present?'],
		['searchNotes', 'note', 'Ask the workshop for the lead time first.'],
		['searchUsers', 'user', 'Lerato Dube'],
		['searchTeams', 'team', 'Returns'],
		['searchQueues', 'queue', 'Repair workshop'],
	])('of %s has what people call them', async (method, resource, name) => {
		const { results } = await searchList(method, at(resource, 'get'));
		expect(results.map((entry) => entry.name)).toContain(name);
	});

	it('has the classes by their labels, and their objects', async () => {
		const { results } = await searchList('searchKlasses', at('customObject', 'get'), 'serv');
		expect(results).toEqual([{ name: 'Service call', value: 'service-call' }]);
		const objects = at('customObject', 'get', { klass: chosen('list', 'service-call') });
		const { results: calls } = await searchList('searchCustomObjects', objects);
		expect(labels(calls.map(({ name }) => ({ displayName: name })))).toEqual([
			'Glaze touch-up on site',
		]);
	});

	it.each([
		['customer', ['Gold customers']],
		['conversation', ['Open repairs']],
		['note', []],
	])('has the saved searches for a %s', async (resource, names) => {
		const { results } = await searchList('searchSavedSearches', at(resource, 'search'));
		expect(results.map(({ name }) => name)).toEqual(names);
	});

	it('names the role that is missing', async () => {
		const bare = { ...at('user', 'get'), ...withRoles([]) };
		await expect(searchList('searchUsers', bare)).rejects.toThrow(
			/lacks the role org\.permission\.user\.read/,
		);
		await expect(searchList('searchCustomers', bare)).rejects.toThrow(
			/org\.permission\.customer\.read/,
		);
		await expect(loadOptions('getTeams', bare)).rejects.toThrow(/org\.permission\.team\.read/);
	});

	it('of users and teams is sorted by name', async () => {
		const users = await loadOptions('getUsers', at('conversation', 'assign'));
		expect(users.slice(0, 2).map(({ name }) => name)).toEqual(['Amir Haddad', 'Demo key']);
		const teams = await loadOptions('getTeams', at('conversation', 'assign'));
		expect(teams.map(({ name }) => name)).toEqual(['Repairs', 'Returns']);
	});
});

describe('the form of attributes', () => {
	it('begins with what is required, then has Kustomer’s own and the organization’s', async () => {
		const { fields } = await mapperFields(at('message', 'create'));
		expect(labels(fields.filter(({ required }) => required))).toEqual([
			'App',
			'Channel',
			'Direction',
		]);
		expect(labels(fields.slice(0, 3))).toEqual(['App', 'Channel', 'Direction']);
		expect(fields.find(({ id }) => id === 'app')?.defaultValue).toBe('n8n');
		expect(fields.find(({ id }) => id === 'custom.campaignStr')).toMatchObject({
			displayName: 'Campaign',
			type: 'string',
			removed: true,
		});
	});

	it('requires nothing of an update, and shows what it starts with', async () => {
		const { fields } = await mapperFields(at('customer', 'update'));
		expect(fields.some(({ required }) => required)).toBe(false);
		expect(labels(fields.filter(({ removed }) => removed !== true))).toEqual([
			'Emails (Comma-Separated)',
			'Name',
		]);
	});

	it('leaves deleted attributes out, and offers the choices of a drop-down', async () => {
		const { fields } = await mapperFields(at('customer', 'create'));
		expect(fields.map(({ id }) => id)).not.toContain('custom.oldCodeStr');
		expect(fields.find(({ id }) => id === 'custom.loyaltyStr')).toMatchObject({
			type: 'options',
			options: [
				{ name: 'Bronze', value: 'Bronze' },
				{ name: 'Silver', value: 'Silver' },
				{ name: 'Gold', value: 'Gold' },
			],
		});
	});

	it('keeps no list of more than 50 choices in the workflow', async () => {
		const choices = Array.from({ length: 51 }, (_, i) => `Choice ${i}`);
		kustomer.put({
			type: 'metadata',
			id: 'customer',
			attributes: { properties: { longStr: { type: 'string', enumeration: choices } } },
		});
		const { fields } = await mapperFields(at('customer', 'create'));
		expect(fields.find(({ id }) => id === 'custom.longStr')).toMatchObject({ type: 'string' });
		expect(fields.find(({ id }) => id === 'custom.longStr')).not.toHaveProperty('options');
	});

	it('offers what only a new one takes to an upsert too', async () => {
		const klass = { klass: chosen('name', 'order') };
		const ids = async (operation: string) =>
			(await mapperFields(at('customObject', operation, klass))).fields.map(({ id }) => id);
		expect(await ids('upsert')).toEqual(expect.arrayContaining(['customer', 'custom.totalNum']));
		expect(await ids('update')).not.toContain('customer');
	});

	it('offers custom attributes as JSON, with the role, where their list may not be read', async () => {
		const credentials = withRoles(['org.permission.customer']);
		const { fields } = await mapperFields({ ...at('customer', 'create'), ...credentials });
		const shown = fields.filter(({ removed }) => removed !== true);
		expect(shown.map(({ id, type }) => [id, type])).toContainEqual(['custom', 'object']);
		expect(labels(shown).join()).toContain('org.permission.metadata.read');
		const value = { name: 'Ines', custom: '{"vipBool": true}' };
		const run = at('customer', 'create', {
			attributes: { mappingMode: 'defineBelow', value, schema: [] } as never,
		});
		await runNode({ ...run, ...credentials });
		expect(kustomer.requestsTo('POST', '/v1/customers')[0].body).toEqual({
			name: 'Ines',
			custom: { vipBool: true },
		});
	});

	it('has no fields where no class is chosen, and none for what has no attributes', async () => {
		const { fields } = await mapperFields(at('customObject', 'create'));
		expect(fields.map(({ id }) => id)).toContain('title');
		expect((await mapperFields(at('event', 'verify'))).fields).toEqual([]);
	});
});

describe('the form of a search', () => {
	it('offers the fields of the kind first, custom ones too', async () => {
		const fields = await loadOptions('getSearchFields', at('customer', 'search'));
		expect(fields.map(({ value }) => value)).toContain('customer_custom_loyaltyStr');
		expect(fields[0].value).toMatch(/^customer_/);
		expect(String(fields.at(-1)?.value)).not.toMatch(/^customer_/);
	});

	it('offers the operators of the field in its row', async () => {
		const criteria = { criterion: [{ field: 'customer_created_at' }, { field: 'customer_name' }] };
		const run = at('customer', 'search', { criteria: criteria as never });
		const operators = async (row: number) =>
			(
				await loadOptions(
					'getSearchOperators',
					run,
					`parameters.criteria.criterion[${row}].operator`,
				)
			).map(({ name }) => name);
		expect(await operators(0)).toContain('Is on or After');
		expect(await operators(1)).toContain('Contains');
		expect(await operators(7)).toEqual([]);
	});

	it('offers orders of the kind', async () => {
		const sorts = await loadOptions('getSearchSorts', at('conversation', 'search'));
		const [usual, ...others] = sorts;
		expect(usual).toEqual({ name: 'Last Change', value: '' });
		expect(others.map(({ value }) => value)).toContain('conversation_last_message_at');
		expect(others.every(({ value }) => String(value).startsWith('conversation_'))).toBe(true);
	});

	it('offers the usual order while no credential is chosen yet', async () => {
		const run = { ...at('conversation', 'search'), credentials: {} };
		expect(await loadOptions('getSearchSorts', run)).toEqual([{ name: 'Last Change', value: '' }]);
		expect(kustomer.requests()).toEqual([]);
	});

	it('has the fields of Kustomer’s reference where the key may not read the schema', async () => {
		const run = { ...at('customer', 'search'), ...withRoles([]) };
		const fields = await loadOptions('getSearchFields', run);
		expect(fields.length).toBeGreaterThan(100);
	});
});

describe('the parameters', () => {
	const named = (name: string): INodeProperties[] => PROPERTIES.filter((one) => one.name === name);

	it.each(['specifyAttributes', 'scope', 'specifySearch', 'sendTo', 'mode'])(
		'%s takes no expression',
		(name) => {
			expect(named(name)).not.toHaveLength(0);
			for (const { noDataExpression } of named(name)) expect(noDataExpression).toBe(true);
		},
	);

	it('are few, for n8n looks through all of them each time it reads one', () =>
		expect(RECORD_PROPERTIES.length).toBeLessThanOrEqual(65));

	it('ask only models to confirm', () =>
		expect(named('confirm')[0].displayOptions?.show?.['@tool']).toEqual([true]));
});
