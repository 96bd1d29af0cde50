import type { HookWithAddress } from '../../sandbox/kustomer/server.cts';
import { makeEvent, sign } from '../../sandbox/kustomer/server.cts';
import {
	itemsOf,
	type CredentialReference,
	type Execution,
	type NodeDraft,
} from '../../sandbox/n8n/api.cts';
import { N8N_NAME, startWorld, type World } from '../support/world.cts';

jest.setTimeout(600_000);

const START = 'Start';
const ACTION = 'Kustomer';
const SECRET = 'a-secret-that-was-typed-by-hand-0123456789';

let world: World;
let webHook: HookWithAddress;
let formHook: HookWithAddress;

beforeAll(async () => {
	world = await startWorld();
	webHook = world.kustomer.createHook('web', { title: 'Orders' });
	formHook = world.kustomer.createHook('form', { title: 'Contact form' });
});
afterAll(async () => await world?.end());
beforeEach(() => world.kustomer.clearLogs());

type Credentials = Record<string, CredentialReference>;

/** n8n's own Webhook node: it hands over the body as a file, byte for byte. */
const start = (path: string): NodeDraft => ({
	name: START,
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	webhookId: path,
	parameters: { httpMethod: 'POST', path, options: { rawBody: true } },
});

const kustomerNode = (
	parameters: Record<string, unknown>,
	more: { credentials?: Credentials; onError?: NodeDraft['onError'] } = {},
) =>
	({
		name: ACTION,
		type: 'n8n-nodes-kustomer.kustomer',
		typeVersion: 1,
		parameters,
		credentials: { kustomerApi: world.apiCredential },
		...more,
	}) as NodeDraft;

const post = (hookType: 'web' | 'form', parameters: Record<string, unknown> = {}) => ({
	resource: 'inboundHook',
	operation: 'post',
	hookType,
	hook: { __rl: true, mode: 'url', value: (hookType === 'web' ? webHook : formHook).address },
	...parameters,
});

const splitItems: NodeDraft = {
	name: 'Split',
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	parameters: { fieldToSplitOut: 'body.items', options: {} },
};

/** Publishes "Webhook → steps", calls it, and returns the one execution. */
async function run(
	steps: NodeDraft[],
	request: { body: string | Buffer; headers?: Record<string, string> },
): Promise<Execution> {
	const path = crypto.randomUUID();
	const names = [START, ...steps.map(({ name }) => name)];
	const workflow = await world.n8n.api.createWorkflow({
		name: 'Posts to Kustomer',
		nodes: [start(path), ...steps],
		connections: Object.fromEntries(
			names
				.slice(0, -1)
				.map((name, i) => [name, { main: [[{ node: names[i + 1], type: 'main', index: 0 }]] }]),
		),
		settings: { executionOrder: 'v1' },
	});
	const { status, errors } = await world.n8n.api.publish(workflow.id);
	expect({ status, errors }).toEqual({ status: 'published', errors: [] });
	await fetch(`${world.n8n.url}/webhook/${path}`, {
		method: 'POST',
		body: typeof request.body === 'string' ? request.body : new Uint8Array(request.body),
		headers: { 'content-type': 'application/json', ...request.headers },
	});
	const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
	await world.n8n.api.deleteWorkflow(workflow.id);
	// What n8n stores of a run is read by more people than the credential.
	expect(JSON.stringify(execution)).not.toMatch(new RegExp(`${world.apiKey}|${SECRET}`));
	return execution;
}

describe('in a real n8n, a workflow', () => {
	it('posts JSON text to a web hook, byte for byte and with the API key', async () => {
		const body = ' { "a" : 1.0,\n\t"é■": [ ] } \n';
		const execution = await run([kustomerNode(post('web', { specifyBody: 'json', body }))], {
			body: '{}',
		});
		expect(execution.status).toBe('success');
		const [request] = world.kustomer.hookRequests();
		expect(request.rawBody.toString()).toBe(body);
		expect(request.headers.authorization).toBe(`Bearer ${world.apiKey}`);
		expect(itemsOf(execution, ACTION)).toEqual([
			expect.objectContaining({
				accepted: true,
				statusCode: 200,
				hookType: 'web',
				transactionId: request.id,
				bytes: Buffer.byteLength(body),
				attempts: 1,
			}),
		]);
	});

	it('posts to a form hook without a key', async () => {
		const parameters = post('form', {
			specifyBody: 'fields',
			fields: { field: [{ name: 'order.id', value: '={{ $json.body.id }}' }] },
		});
		await run([kustomerNode(parameters, { credentials: {} })], { body: '{"id":7}' });
		const [request] = world.kustomer.hookRequests();
		expect(request.rawBody.toString()).toBe('{"order":{"id":7}}');
		expect(request.headers).not.toHaveProperty('authorization');
	});

	it('posts a file that n8n holds, byte for byte', async () => {
		const bytes = Buffer.alloc(200_000, '{"kustomer": "■"} ');
		const parameters = post('web', {
			contentType: 'form',
			specifyBody: 'fields',
			files: { file: [{ name: 'export', binaryProperty: 'data' }] },
		});
		const execution = await run([kustomerNode(parameters)], {
			body: bytes,
			headers: { 'content-type': 'text/plain' },
		});
		expect(execution.status).toBe('success');
		const [{ rawBody, headers }] = world.kustomer.hookRequests();
		const type = String(headers['content-type']);
		const form = await new Response(new Uint8Array(rawBody), {
			headers: { 'content-type': type },
		}).formData();
		const file = form.get('export') as File;
		expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
		expect(file.type).toBe('text/plain');
	});

	it('goes on with the items that Kustomer took, and sends the others to the error output', async () => {
		const parameters = post('web', { specifyBody: 'json', body: '={{ $json.text }}' });
		const items = ['{"i":0}', '{', '{"i":2}'].map((text) => ({ text }));
		const execution = await run(
			[splitItems, kustomerNode(parameters, { onError: 'continueErrorOutput' })],
			{ body: JSON.stringify({ items }) },
		);
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, ACTION, 0)).toHaveLength(2);
		expect(itemsOf(execution, ACTION, 1)).toEqual([
			expect.objectContaining({ error: expect.stringContaining('line 1, column 2') }),
		]);
	});

	it('shows our words when a post does not succeed', async () => {
		const hook = { __rl: true, mode: 'url', value: formHook.address };
		const execution = await run([kustomerNode(post('web', { hook }))], { body: '{}' });
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toMatch(/This is the address of a form hook/);
		expect(world.kustomer.requests()).toHaveLength(0);
	});

	it('mails to an email hook through the Send Email node', async () => {
		const emailHook = world.kustomer.createHook('email', { title: 'Order mails' });
		const smtp = await world.n8n.api.createCredential({
			name: 'Local SMTP',
			type: 'smtp',
			data: {
				user: '',
				password: '',
				host: '127.0.0.1',
				port: world.kustomer.smtpPort,
				secure: false,
				disableStartTls: true,
			},
		});
		const data = { order: { id: 'A-1', note: '</script><b>&■ "quoted"' } };
		const compose = kustomerNode({
			resource: 'inboundHook',
			operation: 'composeEmail',
			hook: { __rl: true, mode: 'list', value: emailHook.address },
			subject: 'Your order {A-1}',
			text: 'Thank you.',
			specifyBody: 'json',
			body: '={{ JSON.stringify($json.body) }}',
		});
		const mail: NodeDraft = {
			name: 'Send Email',
			type: 'n8n-nodes-base.emailSend',
			typeVersion: 2.1,
			parameters: {
				fromEmail: 'shop@example.test',
				toEmail: 'customer@example.test',
				subject: '={{ $json.subject }}',
				emailFormat: 'both',
				text: '={{ $json.text }}',
				html: '={{ $json.html }}',
				options: { bccEmail: '={{ $json.bcc }}', appendAttribution: false },
			},
			credentials: { smtp },
		};
		const execution = await run([compose, mail], { body: JSON.stringify(data) });
		expect(execution.data.resultData.error).toBeUndefined();
		const [received] = world.kustomer.mails();
		expect(received).toMatchObject({
			hookIds: [emailHook.id],
			subject: 'Your order {A-1}',
			data: [data],
			broken: [],
		});
		expect(received.text).toContain('Thank you.');
		expect(received.html).toContain(`data-kustomer-key="${emailHook.hash}"`);
	});

	it('verifies deliveries that came through the Webhook node', async () => {
		const secret = await world.n8n.api.createCredential({
			name: 'Typed by hand',
			type: 'kustomerWebhookApi',
			data: { secret: SECRET },
		});
		const verify = kustomerNode(
			{ resource: 'event', operation: 'verify' },
			{ credentials: { kustomerWebhookApi: secret }, onError: 'continueErrorOutput' },
		);
		const event = makeEvent('kustomer.message.create');
		const body = JSON.stringify(event, null, 2);
		const signature = sign(Buffer.from(body), SECRET);
		const headers = { 'x-kustomer-webhook-signature': signature };

		const trueOne = await run([verify], { body, headers });
		expect(itemsOf(trueOne, ACTION, 0)).toEqual([
			expect.objectContaining({ event: 'kustomer.message.create', eventId: event.id }),
		]);
		expect(itemsOf(trueOne, ACTION, 1)).toEqual([]);

		const forged = await run([verify], { body: body.replace('message', 'massage'), headers });
		expect(itemsOf(forged, ACTION, 0)).toEqual([]);
		expect(itemsOf(forged, ACTION, 1)).toEqual([
			expect.objectContaining({ error: expect.stringContaining('does not match') }),
		]);
	});

	it('switches its own webhooks on again', async () => {
		const url = `${N8N_NAME}/webhook/1234/webhook`;
		const webhook = world.kustomer.createWebhook({
			name: 'Switched off',
			url,
			events: ['kustomer.tag.create'],
		});
		world.kustomer.disableWebhook(webhook.id);
		const repair = kustomerNode({ resource: 'outboundWebhook', operation: 'repair' });
		const execution = await run([repair], { body: '{}' });
		expect(itemsOf(execution, ACTION)).toEqual([
			expect.objectContaining({ repaired: true, id: webhook.id, enabled: true }),
		]);
		expect(world.kustomer.webhooks()).toMatchObject([{ id: webhook.id, enabled: true }]);
	});
});

describe('the API credential in the HTTP Request node', () => {
	const request = (url: string): NodeDraft => ({
		name: ACTION,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'kustomerApi',
			options: {},
		},
		credentials: { kustomerApi: world.apiCredential },
	});

	it('reads from Kustomer', async () => {
		const execution = await run([request(`${world.kustomer.url}/v1/users/current`)], {
			body: '{}',
		});
		expect(execution.status).toBe('success');
		expect(world.kustomer.requests()[0].headers.authorization).toBe(`Bearer ${world.apiKey}`);
	});

	it('sends nothing to another host', async () => {
		// The same machine under another name: only the check stands between it and the key.
		const foreign = world.kustomer.url.replace('127.0.0.1', 'localhost');
		const execution = await run([request(`${foreign}/v1/users/current`)], { body: '{}' });
		expect(execution.status).toBe('error');
		expect(JSON.stringify(execution.data.resultData.error)).toMatch(/is not sent to/);
		expect(world.kustomer.requests()).toHaveLength(0);
	});
});

describe('as a tool for AI', () => {
	it('the node is offered', async () => {
		expect(await world.n8n.api.nodeTypes()).toContain('n8n-nodes-kustomer.kustomerTool');
	});
});

describe('after all of this', () => {
	it('no key and no secret stands in the log of n8n', () => {
		const log = world.n8n.logText();
		expect(log.length).toBeGreaterThan(1_000);
		expect(log).not.toContain(world.apiKey);
		expect(log).not.toContain(SECRET);
	});
});
