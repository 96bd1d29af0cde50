import { request } from 'node:http';
import { relatedId } from '../../../nodes/Kustomer/event/fields';
import type { Envelope } from '../../../sandbox/kustomer/server.cts';
import { call, must, receiver, started, stopAll } from './started.cts';

afterEach(stopAll);

const WEBHOOK = {
	name: 'By hand',
	url: 'https://n8n.example.com/webhook/1/webhook',
	events: ['kustomer.message.create'],
};

/** `fetch` does not let a test choose the Host header. */
async function statusFor(url: string, headers: Record<string, string>): Promise<number> {
	return await new Promise((resolve, reject) => {
		const sent = request(url, { headers }, (reply) => {
			reply.resume();
			resolve(reply.statusCode ?? 0);
		});
		sent.on('error', reject);
		sent.end();
	});
}

describe('the page', () => {
	it('is served at / and loads nothing from elsewhere', async () => {
		const kustomer = await started();
		const { status, text, headers } = await call(kustomer, { path: '/', key: '' });
		expect(status).toBe(200);
		expect(text).toContain('This is not Kustomer');
		expect(text).not.toMatch(/(src|href)="https?:/);
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
	});

	it('can be left out', async () => {
		const kustomer = await started({ page: false });
		expect((await call(kustomer, { path: '/' })).status).toBe(404);
		expect((await call(kustomer, { path: '/_local/state' })).status).toBe(404);
	});

	it('is told of everything but secrets, and only of news', async () => {
		const kustomer = await started();
		const { token, id } = kustomer.createWebhook(WEBHOOK);
		const { text } = await call(kustomer, { path: '/_local/state', key: '' });
		expect(text).toContain(id);
		expect(text).not.toContain(token);
		expect(text).not.toContain(must(kustomer.state.keys[0]).token);
		const { version } = JSON.parse(text) as { version: number };
		const path = `/_local/state?since=${version}`;
		expect((await call(kustomer, { path })).status).toBe(204);
		kustomer.rotateToken(id);
		expect((await call(kustomer, { path })).status).toBe(200);
	});

	it('stops and starts the n8n beside it, and tells of none where there is none', async () => {
		let isRunning = true;
		const n8n = {
			isRunning: () => isRunning,
			stop: async () => void (isRunning = false),
			start: async () => void (isRunning = true),
		};
		const kustomer = await started({ n8n });
		const shown = async (since = '') =>
			await call<{ version: number; n8n?: object }>(kustomer, {
				path: `/_local/state?since=${since}`,
			});
		for (const wanted of [false, false, true]) {
			const before = (await shown()).body.version;
			const body = { isRunning: wanted };
			const reply = await call(kustomer, { method: 'POST', path: '/_local/n8n', body });
			expect(reply.body).toEqual({ isRunning: wanted });
			expect(isRunning).toBe(wanted);
			expect((await shown(String(before))).body.n8n).toEqual({ isRunning: wanted });
		}
		const alone = await started();
		const { text } = await call(alone, { path: '/_local/state' });
		expect(JSON.parse(text)).not.toHaveProperty('n8n');
		const body = { isRunning: false };
		expect((await call(alone, { method: 'POST', path: '/_local/n8n', body })).status).toBe(404);
	});

	it('makes up messages of a customer and in a conversation that are there', async () => {
		const kustomer = await started();
		const { body } = await call<Envelope>(kustomer, {
			path: '/_local/events/kustomer.message.create',
		});
		for (const type of ['customer', 'conversation']) {
			const id = String(relatedId(body.data.relationships[type]));
			expect(kustomer.record(type, id)).toBeDefined();
		}
	});

	it('gets a secret when it asks for that one', async () => {
		const kustomer = await started();
		const { token, id } = kustomer.createWebhook(WEBHOOK);
		const reply = await call<{ secret: string }>(kustomer, {
			path: `/_local/webhooks/${id}/secret`,
		});
		expect(reply.body.secret).toBe(token);
		expect(reply.headers.get('cache-control')).toBe('no-store');
	});

	it('adds, switches, sends to and deletes a webhook', async () => {
		const { origin, received } = await receiver(200);
		const kustomer = await started({ deliverTo: { 'https://n8n.example.com': origin } });
		const body = { ...WEBHOOK, enabled: false };
		const { status } = await call(kustomer, { method: 'POST', path: '/_local/webhooks', body });
		expect(status).toBe(201);
		const { id } = must(kustomer.webhooks()[0]);
		const path = `/_local/webhooks/${id}`;
		await call(kustomer, { method: 'PATCH', path, body: { enabled: true } });
		const drawn = await call(kustomer, { path: '/_local/events/kustomer.message.create' });
		const sent = await call(kustomer, {
			method: 'POST',
			path: '/_local/send',
			body: { envelope: { ...(drawn.body as object), edited: true } },
		});
		expect(sent.body).toMatchObject({ deliveries: [{ webhookName: 'By hand', status: 200 }] });
		expect(JSON.parse(must(received[0]).body.toString())).toMatchObject({ edited: true });
		await call(kustomer, { method: 'POST', path: `${path}/failure` });
		expect(kustomer.webhooks()).toMatchObject([{ enabled: false, isError: true }]);
		await call(kustomer, { method: 'DELETE', path });
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('lets the API answer nothing for a while', async () => {
		const kustomer = await started();
		const body = { forMs: 300 };
		await call(kustomer, { method: 'POST', path: '/_local/silence', body });
		const asked = async (timeoutMs: number) =>
			await fetch(`${kustomer.url}/v1/users/current`, { signal: AbortSignal.timeout(timeoutMs) });
		await expect(asked(100)).rejects.toThrow('timeout');
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect((await asked(5_000)).status).toBe(401);
		const wrong = await call(kustomer, { method: 'POST', path: '/_local/silence', body: {} });
		expect(wrong.status).toBe(400);
	});

	it('says what is wrong with a webhook as the API does', async () => {
		const kustomer = await started();
		const body = { ...WEBHOOK, url: 'http://localhost:5678' };
		const reply = await call(kustomer, { method: 'POST', path: '/_local/webhooks', body });
		expect(reply.status).toBe(400);
		expect(reply.body.errors[0]?.title).toMatch(/https/);
	});

	it.each([
		[{ origin: 'https://evil.example.com' }, 403],
		[{ origin: 'null' }, 403],
		[{ host: 'evil.example.com' }, 403],
		[{}, 200],
	])('cannot be worked by other web sites (%p)', async (headers, expected) => {
		const kustomer = await started();
		expect(await statusFor(`${kustomer.url}/_local/state`, headers)).toBe(expected);
	});
});
