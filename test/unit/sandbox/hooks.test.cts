import { randomBytes } from 'node:crypto';
import { BARE_KEY, call, FULL_KEY, must, started, stopAll, type ListBody } from './started.cts';

afterEach(stopAll);

describe('posting to inbound hooks', () => {
	it.each([
		['JSON', 'application/json; charset=utf-8', Buffer.from('{ "a": "■",\r\n"n": 1.0 }')],
		['form fields', 'application/x-www-form-urlencoded', Buffer.from('a=1&b=%E2%9C%93')],
		['XML', 'application/xml', Buffer.from('<?xml version="1.0"?><a>ü</a>')],
		['bytes', 'application/octet-stream', randomBytes(1000)],
		['multipart', 'multipart/form-data; boundary=x', Buffer.from('--x\r\n\r\nbroken')],
	])('records %s byte for byte', async (_, type, body) => {
		const kustomer = await started();
		const { id, hash } = kustomer.createHook('web', { title: 'Orders' });
		const path = `/v1/hooks/web/${hash}`;
		const headers = { 'content-type': type };
		const reply = await call(kustomer, { method: 'POST', path, body, headers });
		expect(reply.status).toBe(200);
		const [entry] = kustomer.hookRequests();
		expect(entry).toMatchObject({ kind: 'web', hookId: id, path, outcome: 'accepted' });
		expect(must(entry).headers['content-type']).toBe(type);
		expect(must(entry).rawBody.equals(body)).toBe(true);
		expect(reply.body.data).toEqual({
			id: must(entry).id,
			type: 'hook_transaction',
			links: { self: `/v1/hooks/web/${id}/transactions/${must(entry).id}` },
		});
	});

	it('takes form hooks with and without the organization, without a key', async () => {
		const kustomer = await started();
		const { hash, address } = kustomer.createHook('form', { title: 'Contact' });
		expect(address).toBe(`${kustomer.url}/v1/hooks/form/${kustomer.orgId}/${hash}`);
		for (const path of [new URL(address).pathname, `/v1/hooks/form/${hash}`]) {
			const reply = await call(kustomer, { method: 'POST', path, key: '', body: { a: 1 } });
			expect(reply.status).toBe(200);
		}
		const senders = kustomer.hookRequests().map(({ headers }) => headers.authorization);
		expect(senders).toEqual([undefined, undefined]);
	});

	it('records a key that does not belong on a form hook', async () => {
		const kustomer = await started();
		const { hash } = kustomer.createHook('form', { title: 'Contact' });
		await call(kustomer, { method: 'POST', path: `/v1/hooks/form/${hash}`, body: {} });
		expect(kustomer.hookRequests()[0]?.headers.authorization).toBe(`Bearer ${FULL_KEY}`);
	});

	it.each([
		['', 401, 'unauthorized'],
		[BARE_KEY, 401, 'missing role'],
	])('asks for a key with org.hooks on web hooks (%p)', async (key, status, outcome) => {
		const kustomer = await started();
		const { hash } = kustomer.createHook('web', { title: 'Orders' });
		const reply = await call(kustomer, {
			method: 'POST',
			path: `/v1/hooks/web/${hash}`,
			key,
			body: {},
		});
		expect(reply.status).toBe(status);
		expect(kustomer.hookRequests()).toMatchObject([{ outcome }]);
	});

	it('answers 404 to an unknown hash, a wrong organization and a hook of another kind', async () => {
		const kustomer = await started();
		const { hash } = kustomer.createHook('form', { title: 'Contact' });
		const paths = [`web/${hash}`, `form/${'0'.repeat(64)}`, `form/${'0'.repeat(24)}/${hash}`];
		for (const path of paths) {
			const reply = await call(kustomer, { method: 'POST', path: `/v1/hooks/${path}`, body: {} });
			expect(reply.status).toBe(404);
		}
		expect(kustomer.hookRequests().map(({ outcome }) => outcome)).toEqual(
			Array(3).fill('unknown hook'),
		);
	});

	it('takes 400,000 bytes and answers 413 to one more', async () => {
		const kustomer = await started();
		const { hash } = kustomer.createHook('form', { title: 'Contact' });
		const post = { method: 'POST', path: `/v1/hooks/form/${hash}`, key: '' };
		const headers = { 'content-type': 'text/plain' };
		const most = await call(kustomer, { ...post, headers, body: 'x'.repeat(400_000) });
		const more = await call(kustomer, { ...post, headers, body: 'x'.repeat(400_001) });
		expect([most.status, more.status]).toEqual([200, 413]);
	});

	it('answers 400 to JSON that does not parse', async () => {
		const kustomer = await started();
		const { hash } = kustomer.createHook('form', { title: 'Contact' });
		const headers = { 'content-type': 'application/vnd.api+json' };
		const path = `/v1/hooks/form/${hash}`;
		const reply = await call(kustomer, { method: 'POST', path, headers, body: '{"a":' });
		expect(reply.status).toBe(400);
		expect(kustomer.hookRequests()[0]).toMatchObject({ outcome: 'not JSON' });
	});
});

describe('managing inbound hooks', () => {
	it.each(['web', 'form', 'email'])('creates a %s hook and reads it again', async (kind) => {
		const kustomer = await started();
		const body = {
			title: 'Orders',
			description: 'From the shop',
			eventName: 'kustomer.app.shop.order',
		};
		const made = await call(kustomer, { method: 'POST', path: `/v1/hooks/${kind}`, body });
		expect(made.status).toBe(201);
		expect(made.body.data.attributes.hash).toMatch(/^[0-9a-f]{64}$/);
		expect(made.body.data.attributes.title).toBe(kind === 'web' ? undefined : 'Orders');
		const path = must(made.body.data.links.self);
		expect((await call(kustomer, { path })).body.data).toEqual(made.body.data);
	});

	it('raises an event of its own name by default', async () => {
		const kustomer = await started();
		const { id, eventName } = kustomer.createHook('web', { title: 'Orders' });
		expect(eventName).toBe(`kustomer.hooks.web.${id}.receive`);
	});

	it('ends the list after ten pages of at most 99', async () => {
		const kustomer = await started();
		for (let n = 0; n < 25; n++) kustomer.createHook('form', { title: `Form ${n}` });
		const titles: unknown[] = [];
		let next: string | null = '/v1/hooks/form?pageSize=2';
		while (next !== null) {
			const { body }: { body: ListBody } = await call<ListBody>(kustomer, { path: next });
			titles.push(...body.data.map(({ attributes }) => attributes.title));
			next = body.links.next ?? null;
		}
		expect(titles).toEqual(Array.from({ length: 20 }, (_, n) => `Form ${n}`));
		const most = await call(kustomer, { path: '/v1/hooks/form?pageSize=100' });
		expect(most.body.meta.pageSize).toBe(99);
		expect((await call(kustomer, { path: '/v1/hooks/form?page=11' })).status).toBe(400);
	});

	it('shows what arrived while debug was on, and says so while it is off', async () => {
		const kustomer = await started();
		const { id, hash } = kustomer.createHook('web', { title: 'Orders' });
		const post = { method: 'POST', path: `/v1/hooks/web/${hash}` };
		const path = `/v1/hooks/web/${id}/transactions`;
		await call(kustomer, { ...post, body: { before: true } });
		const off = await call(kustomer, { path });
		expect(off.status).toBe(400);
		expect(off.body.errors[0]?.source.parameter).toBe('debug');
		await call(kustomer, { method: 'PATCH', path: `/v1/hooks/web/${id}`, body: { debug: true } });
		const form = new FormData();
		form.set('order', '17');
		form.set('photo', new Blob(['abc'], { type: 'image/png' }), 'spout.png');
		await call(kustomer, { ...post, body: form });
		const { body } = await call<ListBody>(kustomer, { path });
		expect(body.data.map(({ attributes }) => attributes.body)).toEqual([
			{ order: '17', photo: { fileName: 'spout.png', mimeType: 'image/png', bytes: 3 } },
		]);
	});
});
