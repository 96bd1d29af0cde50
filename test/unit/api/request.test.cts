import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { apiRequest, connectionOf } from '../../../nodes/Kustomer/api/request';
import { apiCredential, apiRun, keyOf, startedKustomer } from '../../support/actionWorld.cts';
import {
	executeContext,
	itemOf,
	editorOf,
	runNode,
	type NodeRun,
} from '../../support/executeContext.cts';
import { until } from '../../support/until.cts';

const READING = {
	purpose: 'list the web hooks',
	role: 'org.permission.hook.read',
	method: 'GET',
	path: '/v1/hooks/web',
} as const;

let kustomer: LocalKustomer;

beforeAll(async () => (kustomer = await startedKustomer()));
afterAll(async () => await kustomer.close());
afterEach(() => jest.restoreAllMocks());
beforeEach(() => {
	kustomer.clearLogs();
	kustomer.faults = [];
});

const paths = () => kustomer.requests().map(({ path }) => path.split('?')[0]);
const withKey = (apiKey: string): Partial<NodeRun> => ({
	credentials: { kustomerApi: apiCredential(kustomer, apiKey) },
});

/** A key of its own for each test: what is known of one is kept for a minute. */
let keys = 0;
function keyWith(roles: string[]): string {
	return kustomer.addKey({ token: `eyJ-request-${++keys}`, roles }).token;
}

async function reading(run: Partial<NodeRun> = {}) {
	const { context } = await executeContext(apiRun(kustomer, {}, run));
	return await apiRequest(context, READING);
}

describe('a 401', () => {
	it('names the role, where the key lacks it', async () =>
		await expect(reading(withKey(keyWith(['org.hooks'])))).rejects.toThrow(
			/could not list the web hooks: the API key lacks the role org\.permission\.hook\.read\..*make a new key/,
		));

	it('asks for a new key, where Kustomer does not accept this one', async () => {
		const reason = await reading(withKey('eyJ-unknown')).catch((error: Error) => error.message);
		expect(reason).toMatch(/does not accept the API key\. It has expired.*Make a new key/);
		expect(reason).not.toMatch(/role|eyJ/);
	});

	it.each(['org.permission.hook.read', 'org.permission.hook'])(
		'does not send anybody for a new key that has the role already, as %s',
		async (role) => {
			kustomer.faults = [{ path: /hooks\/web/, status: 401 }];
			const reason = await reading(withKey(keyWith([role]))).catch(String);
			expect(reason).toMatch(/although the API key has the role org\.permission\.hook\.read/);
			expect(reason).not.toMatch(/new key/i);
		},
	);

	it.each([
		['refuses to tell', { status: 403 }],
		['breaks the connection', { reset: true }],
		['tells no roles', { status: 200, body: { data: { attributes: {} } } }],
		['tells nonsense', { status: 200, body: '<html>' }],
	])('is taken for a bad key, where Kustomer %s which roles it has', async (_, fault) => {
		kustomer.faults = [{ path: /auth\/tokens/, ...fault }];
		await expect(reading(withKey(keyWith([])))).rejects.toThrow(/does not accept the API key/);
	});

	it('is understood for posts to web hooks too', async () => {
		const { address } = kustomer.createHook('web', { title: 'Orders' });
		const parameters = { resource: 'inboundHook', operation: 'post', hook: address };
		const run = apiRun(kustomer, parameters, withKey(keyWith([])));
		await expect(runNode(run)).rejects.toThrow(/the API key lacks the role org\.hooks/);
	});

	it('asks for the roles once a minute, however many items fail', async () => {
		const clock = jest.spyOn(Date, 'now');
		const startMs = Date.now();
		const items = Array.from({ length: 8 }, () => itemOf({}));
		const parameters = { resource: 'inboundHook', operation: 'getMany' };
		const options = { ...withKey(keyWith([])), items, onError: 'continueRegularOutput' as const };
		const asked = async (atMs: number) => {
			kustomer.clearLogs();
			clock.mockReturnValue(startMs + atMs);
			const { items: output } = await runNode(apiRun(kustomer, parameters, options));
			for (const { json } of output) expect(json.error).toMatch(/lacks the role/);
			expect(output).toHaveLength(8);
			return paths().filter((path) => path === '/v1/auth/tokens/current').length;
		};
		expect(await asked(0)).toBe(1);
		expect(await asked(59_000)).toBe(0);
		expect(await asked(61_000)).toBe(1);
	}, 30_000);
});

describe('a 403', () => {
	it('names the role, as a Kustomer of the older kind answers', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 403 }];
		await expect(reading(withKey(keyWith([])))).rejects.toThrow(/lacks the role org\.permission/);
	});
});

describe('a success that is none', () => {
	it('is a page of somebody in between', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 200, body: '\n<html>Sign in</html>' }];
		await expect(reading()).rejects.toThrow(/not Kustomer's.*a proxy or a sign-in page/);
	});
});

describe('a call that is tried again', () => {
	it('reads after a broken connection and a 5xx', async () => {
		kustomer.faults = [
			{ path: /hooks\/web/, reset: true, times: 1 },
			{ path: /hooks\/web/, status: 502, times: 1 },
		];
		await expect(reading()).resolves.toHaveProperty('data');
		expect(kustomer.requests()).toHaveLength(3);
	});

	it.each([{ status: 502 }, { reset: true }])(
		'does not write after %j, for Kustomer may have taken it',
		async (fault) => {
			kustomer.faults = [{ method: 'POST', path: /hooks\/web/, ...fault }];
			const parameters = { resource: 'inboundHook', operation: 'create', title: 'Orders' };
			await expect(runNode(apiRun(kustomer, parameters))).rejects.toThrow(/create the hook/);
			expect(kustomer.requests()).toHaveLength(1);
		},
	);

	it('writes after a 429, once the window is over', async () => {
		const resetAt = Math.ceil(Date.now() / 1_000) + 1;
		const headers = { 'x-ratelimit-reset': String(resetAt) };
		kustomer.faults = [{ method: 'POST', path: /hooks\/web/, status: 429, times: 1, headers }];
		const parameters = { resource: 'inboundHook', operation: 'create', title: 'Orders' };
		await runNode(apiRun(kustomer, parameters));
		expect(Date.now()).toBeGreaterThanOrEqual(resetAt * 1_000);
		expect(kustomer.requests().map(({ status }) => status)).toEqual([429, 201]);
	});

	it('waits no longer once the execution is stopped, and is not sent again', async () => {
		const controller = new AbortController();
		kustomer.faults = [{ path: /hooks\/web/, status: 429, headers: { 'retry-after': '5' } }];
		const startMs = Date.now();
		const waiting = reading({ signal: controller.signal });
		await until(() => kustomer.requests()[0]?.status === 429, 'the first answer');
		controller.abort();
		await expect(waiting).rejects.toThrow('The execution was stopped');
		expect(Date.now() - startMs).toBeLessThan(4_000);
		expect(kustomer.requests()).toHaveLength(1);
	});

	it('is broken off when the execution is stopped while Kustomer is silent', async () => {
		const controller = new AbortController();
		kustomer.faults = [{ path: /hooks\/web/, delayMs: 5_000 }];
		const waiting = reading({ signal: controller.signal });
		await until(() => kustomer.requests().length === 1, 'the request');
		controller.abort();
		await expect(waiting).rejects.toThrow('The execution was stopped');
	});

	it('is given up at once in a list of the editor when the wait would be too long', async () => {
		kustomer.faults = [{ path: /hooks\/web/, status: 429, headers: { 'retry-after': '20' } }];
		const context = await editorOf(apiRun(kustomer, {}));
		await expect(apiRequest(context, READING)).rejects.toThrow(/Try again in a minute/);
		expect(kustomer.requests()).toHaveLength(1);
	});
});

describe('the credential', () => {
	it('is decrypted once for all calls of a run', async () => {
		const hook = kustomer.createHook('web', { title: 'A', debug: true });
		const parameters = { resource: 'inboundHook', operation: 'getDeliveries', hook: hook.id };
		const items = Array.from({ length: 5 }, () => itemOf({}));
		const { credentialReads } = await runNode(apiRun(kustomer, parameters, { items }));
		expect(credentialReads).toBe(1);
		expect(kustomer.requests()).toHaveLength(10);
	});

	it('is the one to correct where it cannot be used, and nothing is sent', async () => {
		const credentials = { kustomerApi: { region: 'org', apiKey: keyOf(kustomer) } };
		await expect(reading({ credentials })).rejects.toThrow(/has no subdomain/);
		expect(kustomer.requests()).toHaveLength(0);
	});
});

describe('the code of a connection that failed', () => {
	it.each<[unknown, string, string]>([
		[{ code: 'ECONNRESET', syscall: 'read' }, 'ECONNRESET', 'read'],
		[{ cause: { code: 'ENOTFOUND', syscall: 'getaddrinfo' } }, 'ENOTFOUND', 'getaddrinfo'],
		[{ message: 'connect ECONNREFUSED 127.0.0.1' }, 'ECONNREFUSED', ''],
		[{ message: 'x', messages: ['read ECONNRESET'] }, 'ECONNRESET', ''],
		[{ message: 'unable: CERT_HAS_EXPIRED' }, 'CERT_HAS_EXPIRED', ''],
		[{ code: 5 }, '', ''],
		['ECONNRESET', '', ''],
		[null, '', ''],
	])('in %j is %j, during %j', (error, code, systemCall) =>
		expect(connectionOf(error)).toEqual({ code, systemCall }),
	);
});
