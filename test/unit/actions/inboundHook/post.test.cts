import type { INodeExecutionData } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import {
	apiCredential,
	apiRun,
	chosen,
	keyOf,
	startedKustomer,
	startStranger,
} from '../../../support/actionWorld.cts';
import { until } from '../../../support/until.cts';
import { itemOf, runNode, storedFile, type NodeRun } from '../../../support/executeContext.cts';

let kustomer: LocalKustomer;
let webHook: string;
let formHook: string;

beforeAll(async () => {
	kustomer = await startedKustomer();
	webHook = kustomer.createHook('web', { title: 'Orders' }).address;
	formHook = kustomer.createHook('form', { title: 'Contact form' }).address;
});
afterAll(async () => await kustomer.close());
beforeEach(() => {
	kustomer.clearLogs();
	kustomer.faults = [];
});

function toWeb(parameters: NodeRun['parameters'] = {}, run: Partial<NodeRun> = {}): NodeRun {
	const all = {
		resource: 'inboundHook',
		operation: 'post',
		hookType: 'web',
		hook: chosen('url', webHook),
		...parameters,
	};
	return apiRun(kustomer, all, run);
}

function toForm(parameters: NodeRun['parameters'] = {}, run: Partial<NodeRun> = {}): NodeRun {
	return toWeb({ hookType: 'form', hook: chosen('url', formHook), ...parameters }, run);
}

const file = (name: string, property: string) => ({ file: [{ name, binaryProperty: property }] });
const sentBodies = () => kustomer.hookRequests().map(({ rawBody }) => rawBody.toString());
const bodyOfBytes = (bytes: number) => `"${'a'.repeat(bytes - 2)}"`;

function withBinary(bytes: Buffer, fileName: string, mimeType: string): INodeExecutionData {
	const data = { data: bytes.toString('base64'), fileName, mimeType };
	return { json: { note: 'see file' }, binary: { invoice: data } };
}

async function receivedForm(): Promise<FormData> {
	const { rawBody, headers } = kustomer.hookRequests()[0];
	const type = String(headers['content-type']);
	return await new Response(new Uint8Array(rawBody), {
		headers: { 'content-type': type },
	}).formData();
}

describe('what is posted', () => {
	it('is the incoming item as JSON, with the API key, to a web hook', async () => {
		const { items } = await runNode(toWeb({}, { items: [itemOf({ order: { id: 'A-1' } })] }));
		const [request] = kustomer.hookRequests();
		expect(request.rawBody.toString()).toBe('{"order":{"id":"A-1"}}');
		expect(request.headers).toMatchObject({
			'content-type': 'application/json',
			'content-length': '22',
			authorization: `Bearer ${keyOf(kustomer)}`,
		});
		expect(items).toEqual([
			{
				json: {
					accepted: true,
					statusCode: 200,
					hookType: 'web',
					transactionId: request.id,
					bytes: 22,
					attempts: 1,
					response: { data: expect.objectContaining({ id: request.id }) },
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('is JSON text byte for byte as written, spaces and line breaks included', async () => {
		const body = ' { "a" : 1.0,\n\t"é■": 12345678901234567890 } \n';
		await runNode(toWeb({ specifyBody: 'json', body }));
		expect(sentBodies()).toEqual([body]);
	});

	it('is the object that an expression gives', async () => {
		const body = '={{ { total: $json.total } }}';
		await runNode(toWeb({ specifyBody: 'json', body }, { items: [itemOf({ total: 5 })] }));
		expect(sentBodies()).toEqual(['{"total":5}']);
	});

	it('is made of fields, nested by dots, with the types that expressions give', async () => {
		const field = [
			{ name: 'order.id', value: '=A-{{ $json.id }}' },
			{ name: 'order.total', value: '={{ $json.id / 2 }}' },
			{ name: 'rush', type: 'boolean', value: 'true' },
		];
		const run = toWeb({ specifyBody: 'fields', fields: { field } }, { items: [itemOf({ id: 7 })] });
		await runNode(run);
		expect(sentBodies()).toEqual(['{"order":{"id":"A-7","total":3.5},"rush":true}']);
	});

	it('is XML as written', async () => {
		const body = '<order>\n <id>é</id>\n</order>\n';
		await runNode(toForm({ contentType: 'xml', specifyBody: 'raw', body }));
		expect(sentBodies()).toEqual([body]);
		expect(kustomer.hookRequests()[0].headers['content-type']).toBe('application/xml');
	});

	it('is form data with files, their names and types kept', async () => {
		const bytes = Buffer.from([0, 1, 13, 10, 255]);
		const items = [withBinary(bytes, 'büro.pdf', 'application/pdf')];
		const files = file('document', 'invoice');
		await runNode(toForm({ contentType: 'form', files }, { items }));
		const form = await receivedForm();
		expect(form.get('note')).toBe('see file');
		const sent = form.get('document') as File;
		expect([sent.name, sent.type]).toEqual(['büro.pdf', 'application/pdf']);
		expect(Buffer.from(await sent.arrayBuffer()).equals(bytes)).toBe(true);
	});

	it('is form data with a file that n8n keeps on disk, read as a stream', async () => {
		const bytes = Buffer.alloc(300_000, 'kustomer');
		const stored = await storedFile(bytes, 'big.csv', 'text/csv');
		expect(stored.id).toMatch(/^filesystem/);
		const items = [{ json: {}, binary: { invoice: stored } }];
		const parameters = { contentType: 'form', files: file('document', 'invoice') };
		const { items: output } = await runNode(toWeb(parameters, { items }));
		const sent = (await receivedForm()).get('document') as File;
		expect(Buffer.from(await sent.arrayBuffer()).equals(bytes)).toBe(true);
		expect(output[0].json.bytes).toBe(kustomer.hookRequests()[0].rawBody.length);
	});

	it('is form data with a file that the workflow keeps among its fields', async () => {
		const stored = await storedFile(Buffer.from('bytes'), 'a.txt', 'text/plain');
		const items = [{ json: { invoice: { ...stored } } }];
		const parameters = {
			contentType: 'form',
			specifyBody: 'fields',
			files: file('document', 'invoice'),
		};
		const run = toForm(parameters, { items: items as unknown as INodeExecutionData[] });
		await runNode({ ...run, binaryMode: 'combined' });
		const sent = (await receivedForm()).get('document') as File;
		expect(await sent.text()).toBe('bytes');
	});

	it('is form data of fields with names as written', async () => {
		const fields = { field: [{ name: 'order.id', value: 'A-1' }] };
		await runNode(toForm({ contentType: 'form', specifyBody: 'fields', fields }));
		expect((await receivedForm()).get('order.id')).toBe('A-1');
	});
});

describe('a reply without a transaction', () => {
	it.each([
		['OK', 'OK'],
		['', null],
		[{ data: { id: 5 } }, { data: { id: 5 } }],
		[{ data: [] }, { data: [] }],
	])('counts as accepted, and is passed on: %j', async (body, response) => {
		kustomer.faults = [{ path: /hooks\/web/, status: 200, body }];
		const { items } = await runNode(toWeb());
		expect(items[0].json).toEqual({
			accepted: true,
			statusCode: 200,
			hookType: 'web',
			transactionId: null,
			bytes: 2,
			attempts: 1,
			response,
		});
	});
});

describe('an API key', () => {
	it('never goes to a form hook, even when the node has one', async () => {
		const { credentialReads } = await runNode(toForm());
		expect(kustomer.hookRequests()[0].headers).not.toHaveProperty('authorization');
		expect(credentialReads).toBe(0);
	});

	it('never goes to another host', async () => {
		const stranger = await startStranger();
		const hook = chosen('url', new URL(webHook).pathname.replace(/^/, stranger.url));
		await expect(runNode(toWeb({ hook }))).rejects.toThrow(/is not sent to http:\/\/127/);
		expect(stranger.received).toHaveLength(0);
		await stranger.close();
	});

	it('never goes along with a redirect', async () => {
		const stranger = await startStranger();
		kustomer.faults = [
			{ path: /hooks\/web/, status: 307, headers: { location: `${stranger.url}/v1/hooks/web/a` } },
		];
		await expect(runNode(toWeb())).rejects.toThrow(/redirect, which n8n does not follow/);
		expect(stranger.received).toHaveLength(0);
		await stranger.close();
	});

	it('is read and decrypted once per run', async () => {
		const items = Array.from({ length: 20 }, (_, i) => itemOf({ i }));
		const { credentialReads } = await runNode(toWeb({ options: { batchSize: 5 } }, { items }));
		expect(credentialReads).toBe(1);
	});

	it('is in no item and in no message', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 400, body: { errors: [{ message: 'no' }] } }];
		const { items } = await runNode(toWeb({}, { onError: 'continueRegularOutput' }));
		expect(JSON.stringify(items)).not.toContain(keyOf(kustomer));
	});

	it('is asked for in our words where it is needed and missing', async () => {
		await expect(runNode(toWeb({}, { credentials: {} }))).rejects.toThrow(
			/This needs a Kustomer API credential\. Choose or create one/,
		);
	});

	it('is not needed for a form hook', async () => {
		await runNode(toForm({}, { credentials: {} }));
		expect(kustomer.hookRequests()).toHaveLength(1);
	});

	it('is asked for in our words when it is empty', async () => {
		const credentials = { kustomerApi: apiCredential(kustomer, ' ') };
		await expect(runNode(toWeb({}, { credentials }))).rejects.toThrow(/has no API key/);
	});
});

describe('input that cannot be posted', () => {
	it.each([
		[
			'the address of a form hook as web',
			() => toWeb({ hook: chosen('url', formHook) }),
			/form hook/,
		],
		[
			'the address of a web hook as form',
			() => toForm({ hook: chosen('url', webHook) }),
			/web hook/,
		],
		['no hook', () => toWeb({ hook: chosen('list', '') }), /No hook is chosen/],
		[
			'JSON that does not parse',
			() => toWeb({ specifyBody: 'json', body: '{\n "a": }' }),
			/line 2, column 7/,
		],
		[
			'a list as form data',
			() => toWeb({ contentType: 'form', specifyBody: 'json', body: '[]' }),
			/must be an object/,
		],
		[
			'a binary field that does not exist',
			() =>
				toWeb(
					{ contentType: 'form', files: file('f', 'data') },
					{ items: [withBinary(Buffer.from('a'), 'a.txt', 'text/plain')] },
				),
			/no file in the binary field "data".*This item has: "invoice"/,
		],
		[
			'a binary field of an item without files',
			() => toWeb({ contentType: 'form', files: file('f', 'data') }),
			/no files at all/,
		],
	])('%s is said, and nothing is sent', async (_, run, words) => {
		await expect(runNode(run())).rejects.toThrow(words);
		expect(kustomer.requests()).toHaveLength(0);
	});

	it('names the item it belongs to', async () => {
		const items = [itemOf({ body: '1' }), itemOf({ body: '{' })];
		const run = toWeb({ specifyBody: 'json', body: '={{ $json.body }}' }, { items });
		await expect(runNode(run)).rejects.toMatchObject({ context: { itemIndex: 1 } });
	});
});

describe('the size', () => {
	it.each([399_999, 400_000])('of %i bytes goes out', async (bytes) => {
		const { items } = await runNode(toWeb({ specifyBody: 'json', body: bodyOfBytes(bytes) }));
		expect(items[0].json).toMatchObject({ accepted: true, bytes });
		expect(kustomer.hookRequests()[0].rawBody).toHaveLength(bytes);
	});

	it('of 400,001 bytes does not', async () => {
		const run = toWeb({ specifyBody: 'json', body: bodyOfBytes(400_001) });
		await expect(runNode(run)).rejects.toThrow(/400,001 bytes/);
		expect(kustomer.requests()).toHaveLength(0);
	});

	it('counts bytes, not characters', async () => {
		const run = toWeb({ specifyBody: 'json', body: `"${'é'.repeat(200_000)}"` });
		await expect(runNode(run)).rejects.toThrow(/400,002 bytes/);
	});

	it('of a file beyond the limit is noticed without sending', async () => {
		const stored = await storedFile(Buffer.alloc(5_000_000), 'big.bin', 'application/x-big');
		const items = [{ json: {}, binary: { data: stored } }];
		const run = toForm({ contentType: 'form', files: file('f', 'data') }, { items });
		await expect(runNode(run)).rejects.toThrow(/at most 400,000/);
		expect(kustomer.requests()).toHaveLength(0);
	});

	it('is hinted at from 90 % on', async () => {
		const close = await runNode(toWeb({ specifyBody: 'json', body: bodyOfBytes(360_000) }));
		expect(close.hints).toEqual([
			{ message: expect.stringContaining('360,000'), location: 'outputPane' },
		]);
		const far = await runNode(toWeb({ specifyBody: 'json', body: bodyOfBytes(359_999) }));
		expect(far.hints).toEqual([]);
	});
});

describe('a post that Kustomer does not take', () => {
	it.each([
		['an unknown hook', (url: string) => `${url.slice(0, -4)}0000`, /no web hook at this address/],
	])('for %s says so', async (_, spoil, words) => {
		await expect(runNode(toWeb({ hook: chosen('url', spoil(webHook)) }))).rejects.toThrow(words);
		expect(kustomer.hookRequests()).toHaveLength(1);
	});

	it('for a key without the role names the role', async () => {
		const { token } = kustomer.addKey({ token: 'eyJ-without-roles', roles: [] });
		const credentials = { kustomerApi: apiCredential(kustomer, token) };
		await expect(runNode(toWeb({}, { credentials }))).rejects.toThrow(/lacks the role org\.hooks/);
	});

	it('for a key of another region says which field to change', async () => {
		const { token } = kustomer.addKey({ token: 'eyJ-eu', roles: ['org.hooks'], region: 'eu' });
		const credentials = { kustomerApi: apiCredential(kustomer, token) };
		await expect(runNode(toWeb({}, { credentials }))).rejects.toThrow(/another region/);
	});

	it('for a field that it refuses names the field', async () => {
		const errors = [{ status: '400', detail: 'is not allowed', source: { pointer: '/data/x' } }];
		kustomer.faults = [{ path: /hooks\/web/, status: 400, body: { errors } }];
		await expect(runNode(toWeb())).rejects.toThrow(/is not allowed \(\/data\/x\)/);
		expect(kustomer.requests()).toHaveLength(1);
	});

	it('with a reply that is not JSON is understood', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 404, body: '<html>', times: 1 }];
		await expect(runNode(toWeb())).rejects.toThrow(/no web hook at this address/);
	});

	it('as too large says so', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 413, body: '' }];
		await expect(runNode(toWeb())).rejects.toThrow(/too large/);
	});

	it('because nothing listens there says so', async () => {
		const hook = chosen('url', 'http://127.0.0.1:1/v1/hooks/form/abc');
		const run = toForm({ hook, options: { maxRetries: 0 } });
		await expect(runNode(run)).rejects.toThrow(/refuses connections\. Check the hook's address/);
	});
});

describe('trying again', () => {
	it('happens after 5xx, and the item says how often', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 503, times: 1 }];
		const { items } = await runNode(toWeb());
		expect(items[0].json).toMatchObject({ accepted: true, attempts: 2 });
		expect(kustomer.requests()).toHaveLength(2);
	});

	it('ends with maxRetries', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 500 }];
		await expect(runNode(toWeb({ options: { maxRetries: 1 } }))).rejects.toThrow(/tried 2 times/);
		expect(kustomer.requests()).toHaveLength(2);
	});

	it('sends the same bytes again, files too', async () => {
		kustomer.faults = [{ path: /hooks\/form/, status: 502, times: 1 }];
		const stored = await storedFile(Buffer.from('bytes'), 'a.txt', 'text/plain');
		const items = [{ json: {}, binary: { data: stored } }];
		await runNode(toForm({ contentType: 'form', files: file('f', 'data') }, { items }));
		const [first, second] = kustomer.requests().map(({ rawBody }) => rawBody.toString());
		expect(second).toBe(first);
	});

	it('does not happen when the connection broke after the post was sent', async () => {
		kustomer.faults = [{ path: /hooks\/web/, reset: true }];
		await expect(runNode(toWeb())).rejects.toThrow(/may have received the post/);
		expect(kustomer.requests()).toHaveLength(1);
	});

	it('happens then when the user allows it', async () => {
		kustomer.faults = [{ path: /hooks\/web/, reset: true, times: 1 }];
		const { items } = await runNode(toWeb({ options: { retryBrokenConnections: true } }));
		expect(items[0].json).toMatchObject({ accepted: true, attempts: 2 });
	});

	it('does not happen when Kustomer took too long, for it may have the post', async () => {
		kustomer.faults = [{ path: /hooks\/web/, delayMs: 400 }];
		const run = toWeb({ options: { timeout: 50 } });
		await expect(runNode(run)).rejects.toThrow(/did not answer in time.*may have received/);
		// And so it has, a moment later.
		await until(() => kustomer.hookRequests().length === 1, 'the late post');
		expect(kustomer.requests()).toHaveLength(1);
	});

	it('waits until the window of a used-up rate resets', async () => {
		const resetAt = Math.ceil(Date.now() / 1_000) + 1;
		kustomer.faults = [
			{
				path: /hooks\/web/,
				status: 429,
				times: 1,
				headers: { 'x-ratelimit-reset': String(resetAt) },
			},
		];
		const { items } = await runNode(toWeb());
		expect(Date.now()).toBeGreaterThanOrEqual(resetAt * 1_000);
		expect(items[0].json).toMatchObject({ accepted: true, attempts: 2 });
	});

	it('does not happen for other 4xx', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 422 }];
		await expect(runNode(toWeb())).rejects.toThrow(/status 422/);
		expect(kustomer.requests()).toHaveLength(1);
	});
});

describe('many items', () => {
	const numbered = (count: number) => Array.from({ length: count }, (_, i) => itemOf({ i }));
	const sentNumbers = () => sentBodies().map((body) => (JSON.parse(body) as { i: number }).i);

	it('of which every tenth does not succeed come out as many, in order, each paired', async () => {
		const items = numbered(1_000).map((item, i) =>
			itemOf({ ...item.json, text: i % 10 === 9 ? '{' : `{"i":${i}}` }),
		);
		const parameters = {
			specifyBody: 'json',
			body: '={{ $json.text }}',
			options: { batchSize: 50 },
		};
		const { items: output } = await runNode(
			toWeb(parameters, { items, onError: 'continueRegularOutput' }),
		);
		expect(output).toHaveLength(1_000);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		for (const [i, { json }] of output.entries()) {
			if (i % 10 === 9) expect(json).toEqual({ error: expect.stringContaining('not valid JSON') });
			else expect(json).toMatchObject({ accepted: true });
		}
		expect(kustomer.hookRequests()).toHaveLength(900);
	}, 30_000);

	it('reach Kustomer one after the other, in order', async () => {
		kustomer.faults = [{ path: /hooks\/web/, delayMs: 60, times: 1 }];
		await runNode(toWeb({}, { items: numbered(10) }));
		expect(sentNumbers()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	});

	it('of a batch are under way at the same time, and the output keeps their order', async () => {
		kustomer.faults = [{ path: /hooks\/web/, delayMs: 150, times: 1 }];
		const options = { batchSize: 3 };
		const { items } = await runNode(toWeb({ options }, { items: numbered(5) }));
		// The others do not wait for the slow one.
		expect(sentNumbers()).toEqual([1, 2, 3, 4, 0]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3, 4].map((item) => ({ item })),
		);
	});

	it('are never more than 50 at a time', async () => {
		kustomer.faults = [{ path: /hooks\/web/, delayMs: 100 }];
		let most = 0;
		const watch = setInterval(() => {
			const open = kustomer.requests().filter(({ status }) => status === null).length;
			most = Math.max(most, open);
		}, 5);
		await runNode(toWeb({ options: { batchSize: 500 } }, { items: numbered(120) }));
		clearInterval(watch);
		expect(most).toBeLessThanOrEqual(50);
		expect(most).toBeGreaterThan(10);
	});

	it('wait for the interval between two batches', async () => {
		const startMs = Date.now();
		const options = { batchSize: 2, batchInterval: 120 };
		await runNode(toWeb({ options }, { items: numbered(6) }));
		expect(Date.now() - startMs).toBeGreaterThanOrEqual(240);
	});

	it('end with the first that does not succeed', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 404, times: 1 }];
		await expect(runNode(toWeb({}, { items: numbered(3) }))).rejects.toMatchObject({
			context: { itemIndex: 0 },
		});
		expect(kustomer.requests()).toHaveLength(1);
	});

	it('are no longer sent once the execution is stopped', async () => {
		const controller = new AbortController();
		const run = toWeb({}, { items: numbered(200), signal: controller.signal });
		const running = runNode(run);
		await until(() => kustomer.requests().length >= 5, 'five posts');
		controller.abort();
		await expect(running).rejects.toThrow(/was stopped/);
		const sent = kustomer.requests().length;
		expect(sent).toBeLessThan(200);
		await new Promise((resolve) => setTimeout(resolve, 50));
		// One may have been on its way.
		expect(kustomer.requests().length).toBeLessThanOrEqual(sent + 1);
	});

	it('do not wait out a pause once the execution is stopped', async () => {
		const controller = new AbortController();
		const headers = { 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 2) };
		kustomer.faults = [{ path: /hooks\/web/, status: 429, headers }];
		const run = toWeb({}, { signal: controller.signal, onError: 'continueRegularOutput' });
		const startMs = Date.now();
		const running = runNode(run);
		await until(() => kustomer.requests().length >= 1, 'the first post');
		controller.abort();
		await expect(running).rejects.toThrow(/was stopped/);
		expect(Date.now() - startMs).toBeLessThan(1_500);
	});
});

describe('continue on fail', () => {
	it('puts the reason in place of the item', async () => {
		const items = [itemOf({ body: '{' }), itemOf({ body: '1' })];
		const run = toWeb({ specifyBody: 'json', body: '={{ $json.body }}' }, { items });
		const { items: output } = await runNode({ ...run, onError: 'continueErrorOutput' });
		expect(output).toEqual([
			{ json: { error: expect.stringContaining('not valid JSON') }, pairedItem: { item: 0 } },
			{ json: expect.objectContaining({ accepted: true }), pairedItem: { item: 1 } },
		]);
	});

	it('also when nothing could be begun', async () => {
		const run = toWeb({}, { items: [itemOf({}), itemOf({})], credentials: {} });
		const { items } = await runNode({ ...run, onError: 'continueErrorOutput' });
		expect(items).toHaveLength(2);
		expect(items[1]).toEqual({
			json: { error: expect.stringContaining('needs a Kustomer API credential') },
			pairedItem: { item: 1 },
		});
	});
});
