import { cardErrors, jsonApiErrors, platformErrors } from '../../../sandbox/kustomer/server.cts';
import { BARE_KEY, call, started, stopAll } from './started.cts';

afterEach(stopAll);

const CURRENT = '/v1/auth/tokens/current';

describe('the rate limit', () => {
	it('answers 429 beyond the budget and serves again in the next window', async () => {
		const rateLimit = { requestsPerMinute: 2, windowMs: 150 };
		const kustomer = await started({ rateLimit });
		const first = await call(kustomer, { path: CURRENT });
		expect(first.headers.get('x-ratelimit-limit')).toBe('2');
		expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
		await call(kustomer, { path: CURRENT });
		const refused = await call(kustomer, { path: CURRENT });
		expect(refused.status).toBe(429);
		expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
		const resetMs = Number(refused.headers.get('x-ratelimit-reset')) * 1000;
		expect(resetMs).toBeGreaterThan(Date.now() - 1_000);
		expect(resetMs).toBeLessThan(Date.now() + 2_000);
		const deadline = Date.now() + 3_000;
		let status = 429;
		while (status === 429 && Date.now() < deadline) {
			({ status } = await call(kustomer, { path: CURRENT }));
		}
		expect(status).toBe(200);
	});

	it('keeps posts to hooks in a budget of their own', async () => {
		const rateLimit = { requestsPerMinute: 1, hookPostsPerMinute: 1 };
		const kustomer = await started({ rateLimit });
		const { hash } = kustomer.createHook('form', { title: 'Contact' });
		const post = { method: 'POST', path: `/v1/hooks/form/${hash}`, body: {} };
		expect((await call(kustomer, { path: CURRENT })).status).toBe(200);
		expect((await call(kustomer, post)).status).toBe(200);
		expect((await call(kustomer, post)).status).toBe(429);
	});

	it.each([
		['never', null, null, null],
		['resetWhenExceeded', '0', null, 'yes'],
		['always', '0', expect.stringMatching(/^\d+$/), 'yes'],
	] as const)('can leave headers out (%s)', async (headers, remaining, early, late) => {
		const kustomer = await started({ rateLimit: { requestsPerMinute: 1, headers } });
		const served = await call(kustomer, { path: CURRENT });
		const refused = await call(kustomer, { path: CURRENT });
		expect(served.headers.get('x-ratelimit-remaining')).toBe(remaining);
		expect(served.headers.get('x-ratelimit-reset')).toEqual(early);
		expect(refused.headers.has('x-ratelimit-reset')).toBe(late === 'yes');
	});
});

describe('every answer', () => {
	it.each([
		['a good one', { path: CURRENT }, 200],
		['a missing role', { path: '/v1/hooks/web', key: BARE_KEY }, 401],
		['nothing there', { path: '/v1/nothing' }, 404],
		['a bad body', { method: 'POST', path: '/v1/outbound-webhooks', body: {} }, 400],
	])('carries the headers of the recorded ones (%s)', async (_, asked, status) => {
		const kustomer = await started();
		const reply = await call(kustomer, asked);
		expect(reply.status).toBe(status);
		const headers: Record<string, string> = {};
		reply.headers.forEach((value, name) => (headers[name] = value));
		expect(headers).toMatchObject({
			'content-type': 'application/json; charset=utf-8',
			'x-ratelimit-limit': '1000',
			'x-ratelimit-remaining': '999',
			'x-kustomer-pod': 'prod1',
			etag: expect.stringMatching(/^W\/"/),
		});
		expect(reply.headers.has('x-ratelimit-reset')).toBe(false);
	});

	it('has errors in the recorded shape, or in the portal’s where the switch says so', async () => {
		const kustomer = await started();
		const asked = { method: 'POST', path: '/v1/outbound-webhooks', body: { filter: {} } };
		expect((await call(kustomer, asked)).body).toEqual({
			errors: [
				{
					status: 400,
					source: { parameter: 'filter' },
					code: 'badparam',
					title: 'Additional properties not allowed',
					detail: '/additionalProperties',
				},
			],
		});
		kustomer.switches.errors = 'portal';
		const { errors } = (await call(kustomer, asked)).body;
		expect(errors).toEqual([
			{ code: 'bad_request', message: expect.any(String), meta: { field: 'filter' } },
		]);
	});
});

describe('faults', () => {
	it.each([
		['the platform shape', platformErrors('conflict', 'Revision is old', { rev: 3 })],
		[
			'the JSON:API shape',
			jsonApiErrors(409, { code: 'conflict', title: 'Conflict', detail: 'Old', pointer: '/rev' }),
		],
		['the card shape', cardErrors(409, 'Conflict', 'Old')],
	])('answer with %s of errors', async (_, body) => {
		const kustomer = await started();
		kustomer.faults = [{ path: /^\/v1\/auth/, status: 409, body }];
		const reply = await call(kustomer, { path: CURRENT });
		expect(reply.status).toBe(409);
		expect(reply.body).toEqual(body);
	});

	it('apply so many times, to their method and path only', async () => {
		const kustomer = await started();
		kustomer.faults.push({ method: 'get', path: /tokens\/current$/, times: 1, status: 500 });
		expect((await call(kustomer, { path: '/v1/users/current' })).status).toBe(200);
		expect((await call(kustomer, { path: CURRENT })).status).toBe(500);
		expect((await call(kustomer, { path: CURRENT })).status).toBe(200);
		expect(kustomer.requests().map(({ status }) => status)).toEqual([200, 500, 200]);
	});

	it('answer with what is no JSON', async () => {
		const kustomer = await started();
		kustomer.faults = [{ path: /./, status: 502, body: '<h1>Bad gateway</h1>' }];
		const reply = await call(kustomer, { path: CURRENT });
		expect([reply.status, reply.text]).toEqual([502, '<h1>Bad gateway</h1>']);
		expect(reply.headers.get('content-type')).toMatch(/text\/html/);
	});

	it('redirect', async () => {
		const kustomer = await started();
		const headers = { location: `${kustomer.url}/v1/users/current` };
		kustomer.faults = [{ path: /tokens/, status: 302, headers }];
		const reply = await fetch(kustomer.url + CURRENT, { redirect: 'manual' });
		expect([reply.status, reply.headers.get('location')]).toEqual([302, headers.location]);
	});

	it('delay an answer', async () => {
		const kustomer = await started();
		kustomer.faults = [{ path: /./, delayMs: 60 }];
		const began = Date.now();
		expect((await call(kustomer, { path: CURRENT })).status).toBe(200);
		expect(Date.now() - began).toBeGreaterThanOrEqual(55);
	});

	it.each(['before', 'after'] as const)('break the connection %s handling', async (when) => {
		const kustomer = await started();
		const { hash } = kustomer.createHook('form', { title: 'Contact' });
		kustomer.faults = [{ path: /hooks/, when, reset: true, times: 1 }];
		const post = { method: 'POST', path: `/v1/hooks/form/${hash}`, body: { a: 1 } };
		await expect(call(kustomer, post)).rejects.toThrow();
		expect(kustomer.hookRequests()).toHaveLength(when === 'after' ? 1 : 0);
		expect(kustomer.requests()).toMatchObject([{ body: { a: 1 }, status: null }]);
		expect((await call(kustomer, post)).status).toBe(200);
	});

	it('lose the answer of a request that was handled', async () => {
		const kustomer = await started();
		kustomer.faults = [{ method: 'POST', path: /outbound/, when: 'after', status: 504, body: '' }];
		const body = { name: 'n8n', url: 'https://n8n.example.com/', events: ['kustomer.tag.create'] };
		const reply = await call(kustomer, { method: 'POST', path: '/v1/outbound-webhooks', body });
		expect(reply.status).toBe(504);
		expect(kustomer.webhooks()).toHaveLength(1);
	});
});
