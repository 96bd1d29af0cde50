import { NodeOperationError, type IExecuteFunctions, type INode } from 'n8n-workflow';
import { pause } from '../../../nodes/Kustomer/actions/cancellation';
import { filesOf } from '../../../nodes/Kustomer/actions/files';
import { ofItem } from '../../../nodes/Kustomer/actions/nodeErrors';
import { listLimit, locator, parameterText } from '../../../nodes/Kustomer/actions/locator';
import { fieldsOf, rowsOf } from '../../../nodes/Kustomer/actions/rows';
import { searched } from '../../../nodes/Kustomer/actions/search';
import { headerNames, withoutSecrets } from '../../../nodes/Kustomer/actions/withoutSecrets';
import { chosenOperation } from '../../../nodes/Kustomer/actions/table';
import { hookItem, hookOf } from '../../../nodes/Kustomer/actions/inboundHook/hooks';
import { postSettings } from '../../../nodes/Kustomer/actions/inboundHook/postSettings';
import {
	asBase,
	ownAddresses,
	pointsAt,
} from '../../../nodes/Kustomer/actions/outboundWebhook/ownAddresses';
import {
	switchWebhook,
	webhookItem,
} from '../../../nodes/Kustomer/actions/outboundWebhook/webhooks';

const NODE = { name: 'Kustomer', type: 'kustomer', typeVersion: 1 } as INode;

/** What these functions ask of n8n: parameters that may be anything an expression gives. */
const contextWith = (parameters: Record<string, unknown>) =>
	({
		getNode: () => NODE,
		getNodeParameter: (name: string, _item: number, fallback: unknown) =>
			name in parameters ? parameters[name] : fallback,
	}) as unknown as IExecuteFunctions;

describe('a resource locator', () => {
	it.each<[unknown, { mode: string; value: string }]>([
		[
			{ mode: 'list', value: ' a ' },
			{ mode: 'list', value: 'a' },
		],
		['bare text', { mode: '', value: 'bare text' }],
		[null, { mode: '', value: '' }],
		[
			{ mode: 3, value: null },
			{ mode: '', value: '' },
		],
	])('of %j is read as %j', (given, expected) =>
		expect(locator(contextWith({ hook: given }), 'hook', 0)).toEqual(expected),
	);
});

describe('entered text', () => {
	it.each<[unknown, string]>([
		[' a ', 'a'],
		[12, '12'],
		[null, ''],
	])('of %j is %j', (given, expected) =>
		expect(parameterText(contextWith({ id: given }), 'id', 0)).toBe(expected),
	);
});

describe('the length of a list', () => {
	it.each<[Record<string, unknown>, number | undefined]>([
		[{ returnAll: true, limit: 3 }, undefined],
		[{ limit: 3.9 }, 3],
		[{ limit: -4 }, 1],
		[{ limit: 'many' }, 50],
		[{}, 50],
	])('of %j is %j', (parameters, expected) =>
		expect(listLimit(contextWith(parameters), 0)).toBe(expected),
	);
});

describe('rows', () => {
	const collection = { name: 'fields', row: 'field' };

	it.each([null, 'text', {}, { field: 'text' }])('are none in %j', (fields) =>
		expect(rowsOf(contextWith({ fields }), collection, 0)).toEqual([]),
	);

	it('are those that are objects, and fields have a name, a value and a type', () => {
		const field = [null, {}, { name: ' a ', value: 0, type: 'text' }, { name: 5, type: 'odd' }];
		expect(fieldsOf(contextWith({ fields: { field } }), 0)).toEqual([
			{ name: '', value: null, type: 'automatic' },
			{ name: 'a', value: 0, type: 'text' },
			{ name: '5', value: null, type: 'automatic' },
		]);
	});
});

describe('the entries of a list', () => {
	const entries = [
		{ name: 'Orders', value: 'b', description: 'kustomer.hook.order' },
		{ name: 'Mails', value: 'a' },
		{ name: 'Without an address', value: '' },
	];
	const found = (filter?: string) => searched(entries, filter).results.map(({ name }) => name);

	it('stand in order of their names when nothing is searched', () =>
		expect(found()).toEqual(['Mails', 'Orders']));

	it.each(['HOOK.order ', 'ord', 'b'])('are found by name, value or description: %j', (filter) =>
		expect(found(filter)).toEqual(['Orders']),
	);
});

describe('what stays out of items', () => {
	it('are secrets and the values of headers', () =>
		expect(
			withoutSecrets({ token: 't', key: 'k', secret: 's', url: 'u', headers: [{ name: 'X' }, {}] }),
		).toEqual({ url: 'u', headers: ['X', ''] }));

	it.each<[unknown, string[]]>([
		[{ 'X-Key': 'secret' }, ['X-Key']],
		['X-Key: secret', []],
		[null, []],
		[[null, { name: 'X' }], ['X']],
	])('of headers as %j only the names stay', (headers, names) =>
		expect(headerNames(headers)).toEqual(names),
	);
});

describe('an error of an item', () => {
	it('keeps n8n’s own error and the item it names', () => {
		const error = new NodeOperationError(NODE, 'words', { itemIndex: 7 });
		expect(ofItem(contextWith({}), error, 3)).toBe(error);
		expect(error.context.itemIndex).toBe(7);
		const itemless = new NodeOperationError(NODE, 'words');
		expect(ofItem(contextWith({}), itemless, 3).context.itemIndex).toBe(3);
	});

	it.each<[unknown, string]>([
		[new Error('words'), 'words'],
		['bare words', 'bare words'],
	])('made of %j says %j', (thrown, message) => {
		const error = ofItem(contextWith({}), thrown, 3);
		expect(error.message).toBe(message);
		expect(error.context.itemIndex).toBe(3);
	});
});

describe('an operation that does not exist', () => {
	it.each([
		{ resource: 'inboundHook', operation: 'none' },
		{ resource: 'none', operation: 'post' },
	])('is refused in words: %j', (parameters) =>
		expect(() => chosenOperation(contextWith(parameters))).toThrow(
			`has no operation "${parameters.operation}" for the resource "${parameters.resource}"`,
		),
	);
});

describe('the options of a post', () => {
	it.each([null, 'text', {}])('are the usual ones for %j', (options) =>
		expect(postSettings(contextWith({ options }))).toEqual({
			batch: { size: 1, intervalMs: 0 },
			retry: { maxRetries: 3, retryBrokenConnections: false },
			timeoutMs: 30_000,
		}),
	);

	it('are numbers within limits, whatever an expression gives', () =>
		expect(
			postSettings(
				contextWith({
					options: { batchSize: '70', batchInterval: -1, maxRetries: ' ', timeout: 'soon' },
				}),
			),
		).toMatchObject({
			batch: { size: 50, intervalMs: 0 },
			retry: { maxRetries: 3 },
			timeoutMs: 30_000,
		}));
});

describe('a hook that Kustomer describes', () => {
	const hook = (attributes: Record<string, unknown>) => ({
		id: 'h1',
		attributes,
		relationships: {},
	});

	it.each<[Record<string, unknown>, string]>([
		[{ title: 'T', description: 'D', eventName: 'E' }, 'T'],
		[{ description: 'D', eventName: 'E' }, 'D'],
		[{ eventName: 'E' }, 'E'],
		[{}, 'h1'],
	])('%j is called %s', (attributes, label) =>
		expect(hookOf('web', hook(attributes)).label).toBe(label),
	);

	it.each<['web' | 'form' | 'email', Record<string, unknown>, string]>([
		['web', { url: 'https://x/v1/hooks/web/a', hash: 'a' }, 'https://x/v1/hooks/web/a'],
		['web', { hash: 'a' }, '/v1/hooks/web/a'],
		['web', {}, ''],
		['form', { hash: 'a' }, ''],
		['email', { email: 'm@hooks.example.com', hash: 'a' }, 'm@hooks.example.com'],
		['email', { hash: 'a' }, 'a@hooks.kustomerapp.com'],
		['email', {}, ''],
	])('as a %s hook of %j has the address %j', (type, attributes, address) =>
		expect(hookOf(type, hook(attributes)).address).toBe(address),
	);

	it('has nulls for what is not told, and never its key', () => {
		expect(hookItem('form', hook({ key: 'k' }))).toEqual({
			id: 'h1',
			hookType: 'form',
			title: null,
			description: null,
			eventName: '',
			address: '',
			debug: null,
			createdAt: null,
			updatedAt: null,
			modifiedAt: null,
		});
		const told = { title: 't', description: 'd', debug: true, createdAt: '1' };
		expect(hookItem('form', hook({ ...told, updatedAt: '2', modifiedAt: '3' }))).toMatchObject(
			told,
		);
	});
});

describe('a webhook as an item', () => {
	it('has nulls for what is not told', () =>
		expect(webhookItem({ id: 'w', attributes: {}, relationships: {} })).toMatchObject({
			isError: null,
			createdAt: null,
			updatedAt: null,
			createdById: null,
			headerNames: [],
		}));
});

describe('the addresses of this n8n', () => {
	it.each<[string, string[]]>([
		['https://n8n.example.com', ['https://n8n.example.com/']],
		['https://n8n.example.com/team', ['https://n8n.example.com/team/']],
		['https://n8n.example.com/team/', ['https://n8n.example.com/team/']],
		['mailto:a@example.com', []],
		['', []],
	])('from %j are %j', (address, bases) => expect(asBase(address)).toEqual(bases));

	it('do not lead to a test nor to what is no URL', () => {
		const own = ['https://n8n.example.com/'];
		expect(pointsAt(own, 'https://n8n.example.com/webhook/1/webhook')).toBe(true);
		expect(pointsAt(own, 'https://n8n.example.com/webhook-test/1/webhook')).toBe(false);
		expect(pointsAt(own, 'no URL')).toBe(false);
	});
});

describe('a file to send', () => {
	const reading = (
		row: unknown,
		binary: Record<string, unknown>,
		json: Record<string, unknown> = {},
	) =>
		({
			...contextWith({ files: { file: [row] } }),
			getInputData: () => [{ json, binary }],
			helpers: {
				assertBinaryData: (_item: number, property: string) => {
					if (property in binary) return binary[property];
					throw new Error('no such file');
				},
			},
		}) as unknown as IExecuteFunctions;

	it.each<[Record<string, unknown>, Record<string, unknown>]>([
		[
			{ fileName: 'a.pdf', mimeType: 'application/pdf', data: '' },
			{ fileName: 'a.pdf', mimeType: 'application/pdf' },
		],
		[
			{ fileExtension: 'pdf', data: '' },
			{ fileName: 'scan.pdf', mimeType: 'application/octet-stream' },
		],
		[{ data: '' }, { fileName: 'scan' }],
	])('of %j is named %j', async (file, expected) => {
		const context = reading({ binaryProperty: ' scan ' }, { scan: file });
		expect((await filesOf(context, 0))[0]).toMatchObject({ name: 'scan', ...expected });
	});

	it('is named in the form as the row says', async () => {
		const context = reading({ name: 'invoice', binaryProperty: 'scan' }, { scan: { data: '' } });
		expect((await filesOf(context, 0))[0].name).toBe('invoice');
	});

	it('is missed by its name, with the names that are there', async () => {
		const file = { mimeType: 'text/plain', data: '' };
		const context = reading(
			{},
			{ scan: file },
			{ photo: file, plain: {}, half: { mimeType: '' }, text: 'x' },
		);
		await expect(filesOf(context, 0)).rejects.toThrow('This item has: "scan", "photo".');
	});
});

describe('a pause', () => {
	const paused = async (signal: AbortSignal | undefined, durationMs: number) =>
		await pause(
			{
				...contextWith({}),
				getExecutionCancelSignal: () => signal,
			} as unknown as IExecuteFunctions,
			durationMs,
		);

	it('ends when its time is up, with or without a way to stop it', async () => {
		await paused(undefined, 1);
		await paused(new AbortController().signal, 1);
	});

	it('ends at once when the execution is stopped, in words', async () => {
		const controller = new AbortController();
		const pausing = paused(controller.signal, 1_000);
		controller.abort();
		await expect(pausing).rejects.toThrow('The execution was stopped');
	});
});

describe('a webhook that already is as wanted', () => {
	it('is left alone, and has no error where Kustomer tells of none', async () => {
		const resource = { id: 'w', attributes: { enabled: false }, relationships: {} };
		const item = await switchWebhook(contextWith({}), resource, { enabled: false });
		expect(item).toMatchObject({ enabled: false, isError: null });
	});
});

describe('the addresses of an n8n that tells none', () => {
	it('are none', () =>
		expect(
			ownAddresses({
				getWorkflowDataProxy: () => ({}),
				getInstanceBaseUrl: () => '',
			} as unknown as IExecuteFunctions),
		).toEqual([]));
});
