import { createHmac } from 'node:crypto';
import { DOCUMENTED_CLOCK, N8N_IS_STARTING } from '../../../sandbox/kustomer/delivery.cts';
import { makeEvent, sign, type LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { call, must, receiver, started, stopAll, until, type ListBody } from './started.cts';

afterEach(stopAll);

const URL_OF_N8N = 'https://n8n.example.com/webhook/1/webhook?a=b';
const EVENT = 'kustomer.conversation.update';

async function subscribed(kustomer: LocalKustomer, origin: string, more: object = {}) {
	kustomer.deliverTo('https://n8n.example.com', origin);
	return kustomer.createWebhook({ name: 'n8n', url: URL_OF_N8N, events: [EVENT], ...more });
}

describe('the signature', () => {
	it('equals what openssl computes', () => {
		// printf '%s' '{"id":"6087","name":"kustomer.message.update","text":"■ ☕"}' |
		//   openssl dgst -sha256 -hmac 'made-up-token'
		const body = '{"id":"6087","name":"kustomer.message.update","text":"■ ☕"}';
		expect(sign(body, 'made-up-token')).toBe(
			'121c53881f230e232d701bcf2341d70f20e07d201c95f78a626292ad117a369b',
		);
	});
});

describe('a delivery', () => {
	it('is a POST of the envelope, signed over its bytes, with the custom headers', async () => {
		const kustomer = await started();
		const { origin, received } = await receiver(200);
		const headers = [{ name: 'X-Gate', value: 'open' }];
		const { token } = await subscribed(kustomer, origin, { headers });
		const [delivery] = await kustomer.send(EVENT);
		expect(delivery).toMatchObject({ status: 200, ok: true, attempt: 1, nextRetry: null });
		expect(delivery?.answer).toBe('{"received":true}');
		const { path, headers: sent, body } = must(received[0]);
		expect(path).toBe('/webhook/1/webhook?a=b');
		expect(sent).toMatchObject({
			host: 'n8n.example.com',
			'content-type': 'application/json',
			'x-kustomer-webhook-event': EVENT,
			'x-kustomer-webhook-signature': createHmac('sha256', token).update(body).digest('hex'),
			'x-gate': 'open',
		});
		expect(JSON.parse(body.toString())).toMatchObject({ name: EVENT, org: kustomer.orgId });
	});

	it('goes to enabled webhooks that asked for the event, and to no other', async () => {
		const kustomer = await started();
		const { origin } = await receiver(200);
		const { id } = await subscribed(kustomer, origin);
		await subscribed(kustomer, origin, { enabled: false });
		await subscribed(kustomer, origin, { events: ['kustomer.tag.create'] });
		expect((await kustomer.send(EVENT)).map(({ webhookId }) => webhookId)).toEqual([id]);
	});

	it('goes to one webhook alone when a test says so, whatever it asked for', async () => {
		const kustomer = await started();
		const { origin } = await receiver(200);
		const { id } = await subscribed(kustomer, origin, { enabled: false });
		const sent = await kustomer.send('kustomer.tag.create', { webhookId: id });
		expect(sent).toMatchObject([{ status: 200, event: 'kustomer.tag.create' }]);
	});

	it('can be forged, and then is neither retried nor counted', async () => {
		const kustomer = await started();
		const { origin, received } = await receiver(401);
		const { token } = await subscribed(kustomer, origin);
		await kustomer.send(EVENT, { forged: true });
		const { body, headers } = must(received[0]);
		expect(headers['x-kustomer-webhook-signature']).not.toBe(sign(body, token));
		await kustomer.whenIdle();
		expect(received).toHaveLength(1);
		expect(kustomer.webhooks()[0]?.failures).toBe(0);
	});

	it('can carry other bytes and headers: replaced, doubled or left out', async () => {
		const kustomer = await started();
		const { origin, received } = await receiver(200);
		const { token } = await subscribed(kustomer, origin);
		await kustomer.send(EVENT, {
			bodyOverride: 'no event',
			headers: { 'x-kustomer-webhook-event': null, 'X-Twice': ['1', '2'] },
		});
		const { body, headers, rawHeaders } = must(received[0]);
		expect(body.toString()).toBe('no event');
		expect(headers['x-kustomer-webhook-signature']).toBe(sign('no event', token));
		expect(headers).not.toHaveProperty('x-kustomer-webhook-event');
		expect(rawHeaders.filter((part) => part === 'X-Twice')).toHaveLength(2);
	});

	it('sends an envelope as it is', async () => {
		const kustomer = await started();
		const { origin, received } = await receiver(200);
		await subscribed(kustomer, origin);
		const envelope = makeEvent(EVENT, { id: 'a'.repeat(24), client: 'api-gw' });
		await kustomer.send(envelope);
		expect(JSON.parse(must(received[0]).body.toString())).toEqual(envelope);
	});
});

describe('a delivery that fails', () => {
	it.each([500, 404, 302])('with %i is tried again with the same bytes', async (status) => {
		const kustomer = await started();
		const { origin, received } = await receiver(status, status, 200);
		await subscribed(kustomer, origin);
		const [first] = await kustomer.send(EVENT);
		expect(first).toMatchObject({ status, ok: false });
		expect(first?.nextRetry).not.toBeNull();
		await kustomer.whenIdle();
		expect(kustomer.deliveries().map(({ attempt, ok }) => [attempt, ok])).toEqual([
			[1, false],
			[2, false],
			[3, true],
		]);
		expect(new Set(received.map(({ body }) => body.toString())).size).toBe(1);
		expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/webhook/1/webhook?a=b']));
	});

	it('is given up after the last pause', async () => {
		const kustomer = await started();
		const { origin } = await receiver(500);
		await subscribed(kustomer, origin);
		await kustomer.send(EVENT);
		await kustomer.whenIdle();
		expect(kustomer.deliveries()).toHaveLength(4);
	});

	it('fails when no answer comes in time', async () => {
		const clock = { answerTimeoutMs: 30, retryDelaysMs: [] };
		const kustomer = await started({ clock });
		const { origin } = await receiver(null);
		await subscribed(kustomer, origin);
		const [delivery] = await kustomer.send(EVENT);
		expect(delivery).toMatchObject({ status: null, ok: false });
		expect(delivery?.error).toMatch(/did not answer within 30 ms/);
	});

	it('calls nothing that is not in the deliver-to map, and says so', async () => {
		const kustomer = await started({ clock: { retryDelaysMs: [] } });
		kustomer.createWebhook({ name: 'n8n', url: 'https://elsewhere.example.com/', events: [EVENT] });
		const [delivery] = await kustomer.send(EVENT);
		expect(delivery).toMatchObject({ target: null, status: null });
		expect(delivery?.error).toMatch(/^https:\/\/elsewhere\.example\.com is not in the deliver-to/);
	});

	it('switches the webhook off after ten failures in a row', async () => {
		const kustomer = await started();
		const { origin, received } = await receiver(500);
		await subscribed(kustomer, origin);
		for (let n = 0; n < 3; n++) {
			await kustomer.send(EVENT);
			await kustomer.whenIdle();
		}
		expect(received).toHaveLength(10);
		expect(kustomer.webhooks()[0]).toMatchObject({ enabled: false, isError: true });
		expect(await kustomer.send(EVENT)).toEqual([]);
	});

	it('starts counting anew after a success', async () => {
		const kustomer = await started({ clock: { retryDelaysMs: [1], disableAfterFailures: 2 } });
		const { origin } = await receiver(500, 200, 500, 200);
		await subscribed(kustomer, origin);
		await kustomer.send(EVENT);
		await kustomer.whenIdle();
		await kustomer.send(EVENT);
		await kustomer.whenIdle();
		expect(kustomer.webhooks()[0]?.enabled).toBe(true);
	});

	it('is forgotten when its webhook is deleted', async () => {
		const kustomer = await started({ clock: { retryDelaysMs: [20] } });
		const { origin, received } = await receiver(500);
		const { id } = await subscribed(kustomer, origin);
		await kustomer.send(EVENT);
		kustomer.deleteWebhook(id);
		await kustomer.whenIdle();
		expect(received).toHaveLength(1);
	});

	it('waits the documented minutes by default', () => {
		const minutes = DOCUMENTED_CLOCK.retryDelaysMs.map((delay) => delay / 60_000);
		expect(minutes).toEqual([1, 1, 2, 5, 10, 15, 30]);
	});
});

describe('an n8n that is still starting', () => {
	it.each([
		[false, 200],
		[true, 503],
	])('is refused: %s, as the reverse proxy in deploy/ does, with %i', async (refuse, status) => {
		const kustomer = await started({ refuseWhileStarting: refuse, clock: { retryDelaysMs: [] } });
		const { origin } = await receiver({ status: 200, body: N8N_IS_STARTING });
		await subscribed(kustomer, origin);
		expect(await kustomer.send(EVENT)).toMatchObject([{ status, ok: status === 200 }]);
	});
});

describe('the deliver-to map', () => {
	it('lets several take turns, and passes over one where nobody listens, as a load balancer does', async () => {
		const kustomer = await started();
		const [one, other] = [await receiver(200), await receiver(200)];
		await subscribed(kustomer, one.origin);
		kustomer.deliverTo('https://n8n.example.com', [one.origin, 'http://127.0.0.1:1', other.origin]);
		for (let turn = 0; turn < 3; turn++) await kustomer.send(EVENT);
		expect(kustomer.deliveries().map(({ ok, attempt }) => ok && attempt)).toEqual([1, 1, 1]);
		expect([one.received.length, other.received.length]).toEqual([1, 2]);
	});

	it.each([
		['http://n8n.example.com', 'http://127.0.0.1:1'],
		['https://n8n.example.com', 'http://192.0.2.1:1'],
		['https://n8n.example.com', 'https://127.0.0.1:1'],
		['https://n8n.example.com', 'http://127.0.0.1.example.com'],
		['https://n8n.example.com/path', 'http://127.0.0.1:1'],
	])('refuses %s → %s', async (from, to) => {
		const kustomer = await started();
		expect(() => kustomer.deliverTo(from, to)).toThrow();
		expect(kustomer.state.deliverTo).toEqual({});
	});
});

describe('transactions', () => {
	it('lists deliveries of one webhook and of all, newest first, without forged ones', async () => {
		const kustomer = await started();
		const { origin } = await receiver(500, 200);
		const { id } = await subscribed(kustomer, origin);
		await kustomer.send(EVENT);
		await kustomer.whenIdle();
		await kustomer.send(EVENT, { forged: true });
		for (const path of [`${id}/transactions`, 'transactions']) {
			const reply = await call<ListBody>(kustomer, { path: `/v1/outbound-webhooks/${path}` });
			expect(reply.body.data.map(({ attributes }) => attributes)).toEqual([
				{
					webhookId: id,
					sentAt: expect.any(Number),
					nextRetry: null,
					status: 'Success',
					eventName: EVENT,
				},
				{
					webhookId: id,
					sentAt: expect.any(Number),
					// Of an attempt that was followed by another.
					nextRetry: expect.stringMatching(/^\d{4}-/),
					status: 'Error',
					eventName: EVENT,
				},
			]);
		}
		expect((await call(kustomer, { path: '/v1/outbound-webhooks/x/transactions' })).status).toBe(
			404,
		);
	});

	it('tells when the next attempt is due', async () => {
		const kustomer = await started({ clock: { retryDelaysMs: [60_000] } });
		const { origin } = await receiver(500);
		await subscribed(kustomer, origin);
		await kustomer.send(EVENT);
		const { body } = await call<ListBody>(kustomer, { path: '/v1/outbound-webhooks/transactions' });
		expect(Date.parse(String(body.data[0]?.attributes.nextRetry))).toBeGreaterThan(Date.now());
		await expect(kustomer.whenIdle(20)).rejects.toThrow(/1 retries planned/);
		await until(() => kustomer.deliveries().length === 1, 'one delivery');
	});
});
