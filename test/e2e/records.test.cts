// Every operation on records, on whichever line of n8n N8N_LINE names: one workflow with all of them runs once, then
// each step is looked at: what Kustomer got, and what the item says. `npm run test:matrix` runs it on all lines.
import type { INodeParameters, ResourceMapperField } from 'n8n-workflow';
import { USERS } from '../../sandbox/kustomer/people.cts';
import type { Execution, NodeDraft } from '../../sandbox/n8n/api.cts';
import { lineOfMatrix } from '../../sandbox/n8n/install.cts';
import { N8nSession } from '../../sandbox/n8n/session.cts';
import { RECORD_RESOURCES } from '../../nodes/Kustomer/actions/records/resources';
import {
	filledIn,
	firstNodes,
	lineOf,
	located,
	nodeOfStep,
	outcomesOf,
	type Ids,
	type Outcome,
	type Step,
} from '../support/stepWorkflow.cts';
import { inKlass, of, ROWS_OF_SHEET, STEPS } from '../support/recordSteps.cts';
import { conversationNamed, related } from '../support/sentMessages.cts';
import { startWorld, type World } from '../support/world.cts';

jest.setTimeout(300_000);

const LINE = lineOfMatrix();

let world: World;
let session: N8nSession;
let execution: Execution;
let outcomes: Map<string, Outcome>;
let ids: Ids;

beforeAll(async () => {
	world = await startWorld({
		kustomer: { rateLimit: { requestsPerMinute: 1_000_000 } },
		env: { GENERIC_TIMEZONE: 'America/New_York' },
	});
	session = new N8nSession(world.n8n.url);
	await session.open();
	const known = seededIds();
	execution = await runOnce(await nodesOf(STEPS, known));
	({ outcomes, ids } = outcomesOf(
		STEPS,
		{ execution, requests: world.kustomer.requests() },
		known,
	));
});

afterAll(async () => await world?.end());

/** Ids of the made-up organization, under the names that the steps use. */
function seededIds(): Ids {
	const idOf = (type: string, name: string) =>
		world.kustomer.records(type).find(({ attributes }) => attributes.name === name)?.id ?? '';
	const customerOf = (name: string) =>
		related(conversationNamed(world.kustomer, name), 'customer') ?? '';
	const [file] = world.kustomer.records('attachment');
	const [response] = world.kustomer.records('satisfaction_response');
	return new Map([
		['Solveig', idOf('customer', 'Solveig Aune')],
		['Anneliese', idOf('customer', 'Anneliese Vogt')],
		['Jun', idOf('customer', 'Jun Watanabe')],
		['Company of Solveig', idOf('company', 'Aune Båtbyggeri')],
		['Company of Anneliese', idOf('company', 'Café Lindenhof')],
		['Open repairs', idOf('search', 'Open repairs')],
		['Broken spout', idOf('conversation', 'Broken spout')],
		['Lid', idOf('conversation', 'Lid does not fit')],
		['Customer of Lid', customerOf('Lid does not fit')],
		['File', file.id],
		['Message with File', related(file, 'message') ?? ''],
		['Response', response.id],
		['Rated', related(response, 'conversation') ?? ''],
	]);
}

/** The form's fields come from the node, as in the editor. */
async function nodesOf(steps: readonly Step[], known: Ids): Promise<NodeDraft[]> {
	const forms = new Map<string, ResourceMapperField[]>();
	const nodes: NodeDraft[] = [];
	for (const step of steps) {
		const { resource, operation } = step.parameters;
		const key = `${String(resource)}/${String(operation)}`;
		const hasForm = step.form !== undefined || step.isMapped === true;
		if (hasForm && !forms.has(key)) forms.set(key, await formFields(step.parameters));
		nodes.push(
			nodeOfStep(
				{ ...step, parameters: filledIn(step.parameters, known) },
				forms.get(key) ?? [],
				world.apiCredential,
			),
		);
	}
	return nodes;
}

/** Publishes "Webhook → Rows → steps", calls it with the rows, and waits for the execution. */
async function runOnce(steps: readonly NodeDraft[]): Promise<Execution> {
	const path = crypto.randomUUID();
	const nodes = [...firstNodes(path), ...steps];
	const { id } = await world.n8n.api.createWorkflow({
		name: 'Records',
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(0, -1)
				.map(({ name }, at) => [
					name,
					{ main: [[{ node: nodes[at + 1].name, type: 'main' as const, index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1', timezone: 'America/New_York' },
	});
	expect(await world.n8n.api.publish(id)).toEqual({ status: 'published', errors: [] });
	world.kustomer.clearLogs();
	await fetch(`${world.n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ rows: ROWS_OF_SHEET }),
	});
	const [run] = await world.n8n.api.waitForExecutions(id, 1, 90_000);
	return run;
}

/** What the editor sends when it asks the node something. */
const asked = (currentNodeParameters: INodeParameters, more: object) => ({
	nodeTypeAndVersion: { name: 'n8n-nodes-kustomer.kustomer', version: 1 },
	currentNodeParameters,
	credentials: { kustomerApi: world.apiCredential },
	...more,
});

async function formFields(parameters: INodeParameters): Promise<ResourceMapperField[]> {
	const { fields } = await session.rest<{ fields: ResourceMapperField[] }>({
		method: 'POST',
		path: '/dynamic-node-parameters/resource-mapper-fields',
		body: asked(parameters, { path: 'parameters.attributes', methodName: 'getAttributes' }),
	});
	return fields;
}

async function optionsFor(parameters: INodeParameters, more: object) {
	return await session.rest<Array<{ name: string; value: string }>>({
		method: 'POST',
		path: '/dynamic-node-parameters/options',
		body: asked(parameters, more),
	});
}

type Found = { results: Array<{ name: string; value: string }>; paginationToken?: string };

async function foundIn(
	parameters: INodeParameters,
	more: { path: string; methodName: string; filter?: string; paginationToken?: string },
): Promise<Found> {
	return await session.rest<Found>({
		method: 'POST',
		path: '/dynamic-node-parameters/resource-locator-results',
		body: asked(parameters, more),
	});
}

describe(`the steps on n8n ${LINE}`, () => {
	it('are every operation that the node has on records', () => {
		const offered = RECORD_RESOURCES.flatMap(({ value, operations }) =>
			operations.map((operation) => `${value}/${operation.value}`),
		);
		const tried = STEPS.map(
			({ parameters }) => `${String(parameters.resource)}/${String(parameters.operation)}`,
		);
		expect([...new Set(tried)].sort()).toEqual(offered.sort());
	});

	it('ran to the end', () => {
		expect(execution.status).toBe('success');
		expect(Object.keys(execution.data.resultData.runData)).toHaveLength(STEPS.length + 2);
	});

	it.each(STEPS)('$name', ({ name, asks, query, body, gives, givesAmong }) => {
		const { items, requests } = outcomes.get(name) ?? { items: [], requests: [] };
		if (gives !== undefined) {
			const wanted = filledIn(gives, ids);
			if (Array.isArray(wanted)) expect(items).toHaveLength(wanted.length);
			expect(Array.isArray(wanted) ? items : items[0]).toMatchObject(wanted as object);
		}
		if (givesAmong !== undefined) {
			expect(items).toContainEqual(expect.objectContaining(filledIn(givesAmong, ids)));
		}
		expect(requests.map((one) => one && lineOf(one))).toEqual(filledIn(asks, ids));
		const last = requests.at(-1);
		if (query !== undefined) expect(last?.query).toMatchObject(query);
		if (last !== undefined)
			expect(last.body === '' ? undefined : last.body).toEqual(filledIn(body, ids));
	});

	it('say of each item which one it came from', () => {
		const [run] = execution.data.resultData.runData['Upsert Customers of a Sheet'] ?? [];
		expect(run?.data?.main[0]?.map(({ pairedItem }) => pairedItem)).toEqual(
			ROWS_OF_SHEET.map((_, item) => ({ item })),
		);
	});

	it('left no key in what n8n stores of them', () => {
		expect(JSON.stringify(execution)).not.toContain(world.apiKey);
	});
});

describe(`the form of attributes on n8n ${LINE}`, () => {
	it('begins with few and offers all, custom ones with types, labels and choices', async () => {
		const fields = await formFields({ resource: 'customer', operation: 'create' });
		const shown = fields.filter(({ removed }) => removed !== true).map(({ id }) => id);
		expect(shown.sort()).toEqual(['emails', 'name']);
		const custom = fields.filter(({ id }) => id.startsWith('custom.'));
		expect(custom).toEqual(
			expect.arrayContaining([
				expect.objectContaining({ id: 'custom.vipBool', displayName: 'VIP', type: 'boolean' }),
				expect.objectContaining({ id: 'custom.ordersNum', type: 'number' }),
				expect.objectContaining({ id: 'custom.lastOrderAt', type: 'dateTime' }),
				expect.objectContaining({
					id: 'custom.loyaltyStr',
					type: 'options',
					options: ['Bronze', 'Silver', 'Gold'].map((value) => ({ name: value, value })),
				}),
			]),
		);
		// It was deleted in Kustomer.
		expect(custom.map(({ id }) => id)).not.toContain('custom.oldCodeStr');
	});

	it.each([
		[{ resource: 'message', operation: 'create' }, ['app', 'channel', 'direction']],
		[{ resource: 'company', operation: 'create' }, ['name']],
		[{ resource: 'company', operation: 'update' }, []],
		[{ ...inKlass('create') }, ['title']],
	])('of %j requires %j', async (parameters, required) => {
		const fields = await formFields(parameters);
		expect(
			fields
				.filter((field) => field.required)
				.map(({ id }) => id)
				.sort(),
		).toEqual(required);
	});

	it('of custom objects is that of the class', async () => {
		const fields = await formFields(
			of('customObject', 'create', { klass: located('list', 'service-call') }),
		);
		const custom = fields.map(({ id }) => id).filter((id) => id.startsWith('custom.'));
		expect(custom.sort()).toEqual(['custom.hoursNum', 'custom.technicianStr']);
	});
});

describe(`the lists on n8n ${LINE}`, () => {
	const customers = { path: 'parameters.customer', methodName: 'searchCustomers' };
	const getCustomer = of('customer', 'get', { customer: located('list', '') });

	it('are searched by Kustomer', async () => {
		const { results } = await foundIn(getCustomer, { ...customers, filter: 'Watanabe' });
		expect(results).toMatchObject([{ name: 'Jun Watanabe', value: ids.get('Jun') }]);
	});

	it('go on page by page', async () => {
		for (let made = 0; made < 60; made++) {
			world.kustomer.create('customer', { name: `Page ${made}` });
		}
		const names: string[] = [];
		let paginationToken: string | undefined;
		let pages = 0;
		do {
			const found = await foundIn(getCustomer, { ...customers, paginationToken });
			names.push(...found.results.map(({ name }) => name));
			({ paginationToken } = found);
			pages++;
		} while (paginationToken !== undefined && pages < 10);
		expect(pages).toBeGreaterThan(1);
		expect(new Set(names.filter((name) => name.startsWith('Page '))).size).toBe(60);
	});

	it.each([
		['conversation', 'searchConversations', 'Where is my parcel?'],
		['company', 'searchCompanies', 'Café Lindenhof'],
		['user', 'searchUsers', 'Lerato Dube'],
		['team', 'searchTeams', 'Repairs'],
		['queue', 'searchQueues', 'Repair workshop'],
	])('of %s have names', async (resource, methodName, name) => {
		const parameters = of(resource, 'get', { [resource]: located('list', '') });
		const { results } = await foundIn(parameters, { path: `parameters.${resource}`, methodName });
		expect(results.map((one) => one.name)).toContain(name);
	});

	it('of messages and notes show their text', async () => {
		const messages = await foundIn(of('message', 'get', { message: located('list', '') }), {
			path: 'parameters.message',
			methodName: 'searchMessages',
			filter: 'broken',
		});
		expect(messages.results.map(({ name }) => name).join()).toMatch(/spout of my teapot/);
		const notes = await foundIn(of('note', 'get', { note: located('list', '') }), {
			path: 'parameters.note',
			methodName: 'searchNotes',
		});
		expect(notes.results.map(({ name }) => name).join()).toMatch(/spare part 7 fits/);
	});

	it('of classes, their records and saved searches', async () => {
		const klasses = await foundIn(inKlass('get'), {
			path: 'parameters.klass',
			methodName: 'searchKlasses',
		});
		expect(klasses.results).toMatchObject([
			{ name: 'Order', value: 'order' },
			{ name: 'Service call', value: 'service-call' },
		]);
		const orders = await foundIn(inKlass('get', { customObject: located('list', '') }), {
			path: 'parameters.customObject',
			methodName: 'searchCustomObjects',
			filter: 'TW-20433',
		});
		expect(orders.results.map(({ name }) => name)).toEqual(['Order TW-20433']);
		const saved = await foundIn(of('conversation', 'search'), {
			path: 'parameters.savedSearch',
			methodName: 'searchSavedSearches',
			filter: 'repairs',
		});
		expect(saved.results).toMatchObject([{ name: 'Open repairs', value: ids.get('Open repairs') }]);
	});

	it('of users and teams to assign', async () => {
		const assign = of('conversation', 'assign');
		const users = await optionsFor(assign, { path: 'parameters.users', methodName: 'getUsers' });
		expect(users).toContainEqual({ name: 'Lerato Dube', value: USERS[2].id });
		const teams = await optionsFor(assign, { path: 'parameters.teams', methodName: 'getTeams' });
		expect(teams.map(({ name }) => name)).toEqual(['Repairs', 'Returns']);
	});

	it('of what can be searched for: fields, their operators, and orders', async () => {
		const field = 'customer_custom_ordersNum';
		const search = of('customer', 'search', {
			criteria: { criterion: [{ field, operator: '', value: '' }] },
		});
		const path = 'parameters.criteria.criterion[0]';
		const fields = await optionsFor(search, {
			path: `${path}.field`,
			methodName: 'getSearchFields',
		});
		expect(fields.map(({ value }) => value)).toEqual(
			expect.arrayContaining([field, 'customer_email', 'customer_updated_at']),
		);
		const operators = await optionsFor(search, {
			path: `${path}.operator`,
			methodName: 'getSearchOperators',
		});
		expect(operators.map(({ value }) => value)).toEqual(expect.arrayContaining(['gt', 'lte']));
		expect(operators.map(({ value }) => value)).not.toContain('contains');
		const sorts = await optionsFor(search, {
			path: 'parameters.sortBy',
			methodName: 'getSearchSorts',
		});
		expect(sorts.map(({ value }) => value)).toContain('customer_updated_at');
	});

	it('say which role is missing', async () => {
		const token = 'key-without-roles-for-customers';
		world.kustomer.addKey({ token, roles: ['org.permission.conversation.read'] });
		const kustomerApi = await world.n8n.api.createCredential({
			name: 'Few roles',
			type: 'kustomerApi',
			data: { region: 'custom', baseUrl: world.kustomer.url, apiKey: token },
		});
		const body = { ...asked(getCustomer, customers), credentials: { kustomerApi } };
		await expect(
			session.rest({
				method: 'POST',
				path: '/dynamic-node-parameters/resource-locator-results',
				body,
			}),
		).rejects.toThrow(/org\.permission\.customer\.read/);
	});
});
