import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { toolOf } from '../../../support/aiTool.cts';
import { runNode } from '../../../support/executeContext.cts';
import {
	byName,
	first,
	itemFrom,
	itemsFrom,
	messageWithFile,
	NAMED_CASES,
	runOf,
} from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const nodeType = 'n8n-nodes-kustomer.kustomerTool';

const asTool = (resource: string, operation: string, parameters: INodeParameters) =>
	apiRun(kustomer, { resource, operation, ...parameters }, { nodeType });

const broken = () => byName(kustomer, 'conversation', 'Broken spout');
const writes = () => kustomer.requests().filter(({ method }) => !/GET|search/.test(method));

/** What the model of an agent gets when it calls the tool with these arguments. */
async function answerTo(parameters: INodeParameters, given: object): Promise<unknown> {
	const tool = await toolOf(apiRun(kustomer, parameters));
	return JSON.parse(String(await tool.invoke(given)));
}

const ai = (key: string, type = 'string') => `={{ $fromAI('${key}', '', '${type}') }}`;

/** The ten mistakes that models make. What is to be written must not be, and the answer leads on. */
const MISTAKES: ReadonlyArray<
	readonly [mistake: string, parameters: INodeParameters, given: object, answer: RegExp]
> = [
	[
		'"" for what they do not know',
		{ resource: 'customer', operation: 'get', customer: chosen('id', ai('customer')) },
		{ customer: '' },
		/^No customer is given\. Choose one in "Customer", or give its ID there\.$/,
	],
	[
		'a word for a number',
		{
			resource: 'conversation',
			operation: 'update',
			conversation: chosen('id', ai('conversation')),
			specifyAttributes: 'json',
			attributesJson: ai('attributes'),
		},
		{ attributes: '{"priority":"high"}' },
		/^"Priority" must be a number, with a point and without thousands separators, but it is "high"\.$/,
	],
	[
		'a wrong choice',
		{
			resource: 'conversation',
			operation: 'update',
			conversation: chosen('id', ai('conversation')),
			specifyAttributes: 'json',
			attributesJson: ai('attributes'),
		},
		{ attributes: '{"status":"closed"}' },
		/^"Status" must be one of open, snoozed, done, but it is "closed"\.$/,
	],
	[
		'a name for an ID',
		{ resource: 'customer', operation: 'get', customer: chosen('id', ai('customer')) },
		{ customer: 'Solveig Aune' },
		/^"Solveig Aune" cannot be the ID of a customer: IDs look like 5fe1\w+\. Find the customer with a search first and take its ID from there; do not make one up\.$/,
	],
	[
		'an ID that they made up',
		{ resource: 'customer', operation: 'get', customer: chosen('id', ai('customer')) },
		{ customer: '5f5f5f5f5f5f5f5f5f5f5f5f' },
		/^n8n could not read the customer: Kustomer has no customer with the ID 5f{1}5f.* Find the customer with a search first/,
	],
	[
		'JSON that breaks off',
		{
			resource: 'customer',
			operation: 'create',
			specifyAttributes: 'json',
			attributesJson: ai('attributes'),
		},
		{ attributes: '{"name": "Ines' },
		/^"Attributes \(JSON\)" is not valid JSON: line 1, column \d+: /,
	],
	[
		'a missing argument',
		{
			resource: 'message',
			operation: 'create',
			conversation: chosen('id', ai('conversation')),
			specifyAttributes: 'json',
			attributesJson: ai('attributes'),
		},
		{ attributes: '{"preview":"Hello"}' },
		/^Kustomer needs a value for Channel \(channel\), Direction \(direction\)\. Enter it in "Attributes"\.$/,
	],
	[
		'a wrong date',
		{
			resource: 'conversation',
			operation: 'snooze',
			conversation: chosen('id', ai('conversation')),
			until: ai('until'),
		},
		{ until: 'next Monday' },
		/^"next Monday" in "Until" is not a time\. Write it as 2026-11-24T15:30\.$/,
	],
	[
		'a huge limit',
		{ resource: 'customer', operation: 'getMany', limit: ai('limit') },
		{ limit: '100000' },
		/^"Limit" is 100000, but a model is given at most 50 records\. Ask for fewer, and search/,
	],
	[
		'a delete that nobody confirmed',
		{
			resource: 'conversation',
			operation: 'delete',
			conversation: chosen('id', ai('conversation')),
			confirm: ai('confirm'),
		},
		{ confirm: 'yes' },
		/^Nothing was deleted: "Confirm" must repeat what is given in "Conversation"\. Ask the person first, then give the same ID or address in both\.$/,
	],
];

it.each(MISTAKES)('%s is answered with the remedy', async (_, parameters, given, answer) => {
	const args = { conversation: broken().id, ...given };
	expect(await answerTo(parameters, args)).toEqual([{ error: expect.stringMatching(answer) }]);
	expect(writes()).toEqual([]);
});

describe('what models write otherwise', () => {
	const updating = async (attributes: unknown) => {
		const { id } = broken();
		await itemFrom(
			asTool('conversation', 'update', {
				conversation: chosen('id', id),
				specifyAttributes: 'json',
				attributesJson: attributes as never,
			}),
		);
		const [{ body }] = kustomer.requestsTo('PATCH', '/v1/conversations/:id');
		return body;
	};

	it.each([
		[
			'numbers, booleans and times as text',
			'{"priority":"3","ended":"true","endedAt":"2026-11-24T00:00Z"}',
			{ priority: 3, ended: true, endedAt: '2026-11-24T00:00:00.000Z' },
		],
		[
			'"" and [] for what stays',
			{ name: '', tags: [], custom: { noteStr: '' }, priority: 2 },
			{ priority: 2 },
		],
		['null to empty', '{"externalId":null}', { externalId: null }],
		[
			'numbers of the organization as text',
			'{"custom":{"scoreNum":"4"}}',
			{ custom: { scoreNum: 4 } },
		],
		['JSON in a JSON text', JSON.stringify('{"priority":1}'), { priority: 1 }],
		['JSON in Markdown', '```json\n{"priority":1}\n```', { priority: 1 }],
	])('%s', async (_, attributes, body) => expect(await updating(attributes)).toEqual(body));

	it('lists as JSON', async () => {
		const conversation = chosen('id', broken().id);
		await itemFrom(
			asTool('conversation', 'addTags', { conversation, tags: '["wholesale", "thank you"]' }),
		);
		const [{ body }] = kustomer.requestsTo('POST', '/v1/conversations/:id/tags');
		expect(body).toEqual(['wholesale', 'thank you']);
	});

	it('true as text, and an e-mail address for an ID', async () => {
		const conversation = chosen('id', broken().id);
		const tags = { conversation, tags: 'brand new', createMissing: 'true' };
		await itemFrom(asTool('conversation', 'addTags', tags));
		const customer = chosen('id', 'solveig.aune@example.com');
		expect(await itemFrom(asTool('customer', 'get', { customer }))).toMatchObject({
			attributes: { displayName: 'Solveig Aune' },
		});
	});
});

describe('what a model has to confirm', () => {
	const DESTROYING: ReadonlyArray<readonly [string, string, string, INodeParameters]> = [
		['customer', 'delete', 'customer', {}],
		['note', 'delete', 'note', {}],
		['customer', 'merge', 'customerToMerge', {}],
		['message', 'redact', 'message', { redact: 'preview' }],
	];

	it.each(DESTROYING)('%s: %s', async (resource, operation, parameter, more) => {
		const id = resource === 'message' ? messageWithFile(kustomer) : first(kustomer, resource).id;
		const keep = kustomer.records('customer')[1].id;
		const run = (confirm: string) =>
			asTool(resource, operation, {
				[parameter]: chosen('id', id),
				customerToKeep: chosen('id', keep),
				confirm,
				...more,
			});
		for (const confirm of ['', 'yes', 'true', 'a'.repeat(24), keep]) {
			const { error } = await itemFrom(run(confirm));
			expect(error).toMatch(/^Nothing was (deleted|merged|redacted): "Confirm" must repeat/);
		}
		expect(kustomer.requests()).toEqual([]);
		expect(await itemFrom(run(id))).not.toHaveProperty('error');
	});
});

describe('what a model reads', () => {
	/** Its transcript is what a model asks for. */
	const short = NAMED_CASES.filter(([name]) => name !== 'conversation/getTranscript');

	it.each(short)('of %s has less than 2,000 characters', async (_, one) => {
		const [, parameter] = /\/(delete|merge|redact)/.exec(_) ?? [];
		const run = runOf(kustomer, one);
		const named = run.parameters[one.operation === 'merge' ? 'customerToMerge' : one.resource];
		const confirm = parameter === undefined ? '' : String((named as { value: string }).value);
		const parameters = { ...run.parameters, confirm };
		const { items } = await runNode({ ...run, parameters, nodeType });
		expect(items[0].json).not.toHaveProperty('error');
		expect(JSON.stringify(items.map(({ json }) => json)).length).toBeLessThan(2_000);
	});

	it('is cut off where a text is long, and says so', async () => {
		const { id } = first(kustomer, 'note');
		await runNode(
			apiRun(kustomer, {
				resource: 'note',
				operation: 'update',
				note: chosen('id', id),
				body: 'x'.repeat(600),
			}),
		);
		const note = await itemFrom(asTool('note', 'get', { note: chosen('id', id) }));
		expect((note.attributes as Record<string, string>).body).toBe(
			`${'x'.repeat(500)}… (cut off here; 600 characters in all)`,
		);
	});

	it('has no empty values, and names in the place of IDs', async () => {
		const { attributes, related, names } = await itemFrom(
			asTool('conversation', 'get', { conversation: chosen('id', broken().id) }),
		);
		expect(Object.values(attributes as object)).not.toContain(null);
		expect(Object.keys(related as object)).toEqual(['customer']);
		expect(attributes).not.toHaveProperty('assignedUsers');
		expect(names).toMatchObject({
			modifiedBy: expect.any(String),
			assignedUsers: ['Lerato Dube'],
			queue: expect.any(String),
		});
	});

	it.each([
		[undefined, 5],
		['', 5],
		[0, 5],
		['7', 7],
		[50, 8],
	])('of a list with limit %j has %i records', async (limit, count) => {
		const parameters = limit === undefined ? {} : { limit: limit as never };
		const resource = count === 8 ? 'conversation' : 'customer';
		expect(await itemsFrom(asTool(resource, 'getMany', parameters))).toHaveLength(count);
	});

	it('of a transcript has its text once', async () => {
		const conversation = chosen('id', broken().id);
		const transcript = await itemFrom(asTool('conversation', 'getTranscript', { conversation }));
		expect(Object.keys(transcript)).toEqual(['conversationId', 'text']);
	});
});
