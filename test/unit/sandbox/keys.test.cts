import { BARE_KEY, call, FULL_KEY, started, stopAll, type ListBody } from './started.cts';

afterEach(stopAll);

const CURRENT = '/v1/auth/tokens/current';

describe('API keys', () => {
	it('lets any valid key ask about itself, whatever its roles', async () => {
		const kustomer = await started();
		const reply = await call(kustomer, { path: CURRENT, key: BARE_KEY });
		expect(reply.status).toBe(200);
		expect(reply.body.data.attributes).toMatchObject({ roles: [], lastTokenChars: 'oles' });
	});

	it('names the machine user behind a key', async () => {
		const kustomer = await started();
		const { body } = await call(kustomer, { path: '/v1/users/current' });
		expect(body.data).toMatchObject({ type: 'user', attributes: { name: 'Full key' } });
	});

	it.each([
		['no key', ''],
		['an unknown key', 'eyJ-unknown'],
	])('answers 401 to %s', async (_, key) => {
		const kustomer = await started();
		const { status, body } = await call(kustomer, { path: CURRENT, key });
		expect(status).toBe(401);
		expect(body.errors[0]).toEqual({
			status: 401,
			code: 'unauthorized',
			title: expect.any(String),
		});
	});

	it('answers 401 to an expired and to a revoked key', async () => {
		const kustomer = await started({ keys: [{ token: FULL_KEY, roles: [] }] });
		kustomer.addKey({ token: 'old', roles: [], expired: true });
		expect((await call(kustomer, { path: CURRENT, key: 'old' })).status).toBe(401);
		kustomer.revokeKey(FULL_KEY);
		expect((await call(kustomer, { path: CURRENT })).status).toBe(401);
	});

	it("answers a key of another region with Kustomer's words about pods", async () => {
		const kustomer = await started({ keys: [{ token: FULL_KEY, roles: [], region: 'eu' }] });
		const { body } = await call(kustomer, { path: CURRENT });
		expect(body.errors[0]?.title).toBe(
			'Auth token associated with pod prod2 but request is being handled by prod1',
		);
	});

	it.each([401, 403] as const)('answers %i to a key that lacks the role', async (missingRole) => {
		const kustomer = await started({ switches: { missingRole } });
		const { status, body } = await call(kustomer, { path: '/v1/hooks/web', key: BARE_KEY });
		expect(status).toBe(missingRole);
		expect(body.errors[0]).toMatchObject({ status: missingRole, title: 'Unauthorized' });
	});

	it('lets a parent role stand for its children only', async () => {
		const keys = [{ token: FULL_KEY, roles: ['org.permission.hook'] }];
		const kustomer = await started({ keys });
		expect((await call(kustomer, { path: '/v1/hooks/web' })).status).toBe(200);
		expect((await call(kustomer, { path: '/v1/outbound-webhooks' })).status).toBe(401);
	});

	it('records requests with their Authorization header', async () => {
		const kustomer = await started();
		await call(kustomer, { path: `${CURRENT}?x=1` });
		expect(kustomer.requests()).toMatchObject([
			{
				method: 'GET',
				path: `${CURRENT}?x=1`,
				status: 200,
				headers: { authorization: `Bearer ${FULL_KEY}` },
			},
		]);
	});
});

describe('lists for pickers', () => {
	it.each(['/v1/users', '/v1/teams', '/v1/tags', '/v1/routing/queues'])(
		'pages %s until links.next is null',
		async (path) => {
			const kustomer = await started();
			const ids = new Set<string>();
			let next: string | null = `${path}?page=1&pageSize=1`;
			while (next !== null) {
				const { body }: { body: ListBody } = await call<ListBody>(kustomer, { path: next });
				for (const { id } of body.data) ids.add(id);
				next = body.links.next ?? null;
			}
			const { body } = await call<ListBody>(kustomer, { path });
			expect(ids.size).toBe(body.data.length);
			expect(ids.size).toBeGreaterThan(1);
		},
	);

	it('refuses a page size above the maximum where the switch says so', async () => {
		const kustomer = await started({ switches: { pageSizeTooLarge: 'refuse' } });
		expect((await call(kustomer, { path: '/v1/tags?pageSize=101' })).status).toBe(400);
		expect((await call(kustomer, { path: '/v1/users?pageSize=500' })).status).toBe(200);
	});
});
