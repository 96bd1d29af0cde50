import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT_NAMES } from '../../../sandbox/kustomer/server.cts';
import { BARE_KEY, call, must, started, stopAll, type ListBody } from './started.cts';

afterEach(stopAll);

const PATH = '/v1/outbound-webhooks';
const VALID = {
	name: 'n8n',
	url: 'https://n8n.example.com/webhook/1/webhook',
	events: ['kustomer.conversation.update'],
	headers: [{ name: 'X-Gate', value: 'open' }],
};
const creating = (body: unknown, key?: string) => ({ method: 'POST', path: PATH, body, key });

describe('outbound webhooks', () => {
	it('creates from a flat body and answers 201 with a JSON:API resource and a token', async () => {
		const kustomer = await started();
		const { status, body } = await call(kustomer, creating(VALID));
		expect(status).toBe(201);
		expect(body.data.attributes).toMatchObject({ ...VALID, enabled: true, isError: false });
		expect(body.data.attributes.token).toMatch(/^[0-9a-f]{64}$/);
		expect(body.data.relationships.org?.data.id).toBe(kustomer.orgId);
		expect(body.data.links.self).toBe(`${PATH}/${body.data.id}`);
	});

	it('lists with tokens and without a paging block', async () => {
		const kustomer = await started();
		const { body: made } = await call(kustomer, creating(VALID));
		const { body } = await call<ListBody>(kustomer, { path: PATH });
		expect(Object.keys(body)).toEqual(['data']);
		expect(body.data[0]?.attributes.token).toBe(made.data.attributes.token);
		expect(body.data[0]?.attributes).toHaveProperty('modifiedAt');
	});

	it('tells the subscribable events, not as JSON:API', async () => {
		const kustomer = await started();
		const { body } = await call(kustomer, { path: `${PATH}/events` });
		expect(body).toEqual({ events: [...EVENT_NAMES] });
		expect(body.events).toHaveLength(12);
	});

	it('deletes with 204, and answers 404 from then on', async () => {
		const kustomer = await started();
		const { id } = kustomer.createWebhook(VALID);
		const reply = await call(kustomer, { method: 'DELETE', path: `${PATH}/${id}` });
		expect([reply.status, reply.text]).toEqual([204, '']);
		expect((await call(kustomer, { method: 'DELETE', path: `${PATH}/${id}` })).status).toBe(404);
		expect((await call(kustomer, { path: `${PATH}/${id}` })).status).toBe(404);
	});

	it.each([
		['an http address', { url: 'http://n8n.example.com/' }, 'url'],
		['something that is no address', { url: 'n8n' }, 'url'],
		['no events', { events: [] }, 'events'],
		['an unknown event', { events: ['kustomer.note.create'] }, 'events'],
		['more than twelve events', { events: [...EVENT_NAMES, EVENT_NAMES[0]] }, 'events'],
		['a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
		['no name', { name: undefined }, 'name'],
		['a header that HTTP cannot carry', { headers: [{ name: 'a b', value: '' }] }, 'headers'],
		['an unknown field', { filter: {} }, 'filter'],
	])('refuses %s with 400 and names the field', async (_, spoilt, field) => {
		const kustomer = await started();
		const { status, body } = await call(kustomer, creating({ ...VALID, ...spoilt }));
		expect(status).toBe(400);
		expect(body.errors[0]).toMatchObject({ code: 'badparam', source: { parameter: field } });
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('refuses a body that is no JSON', async () => {
		const kustomer = await started();
		expect((await call(kustomer, creating('{"name":'))).status).toBe(400);
	});

	it('takes five and refuses the sixth', async () => {
		const kustomer = await started();
		for (let n = 0; n < 5; n++) expect((await call(kustomer, creating(VALID))).status).toBe(201);
		const { status, body } = await call(kustomer, creating(VALID));
		expect(status).toBe(400);
		expect(body.errors[0]?.title).toMatch(/at most 5/);
	});

	it('needs a role for each action', async () => {
		const kustomer = await started();
		const { id } = kustomer.createWebhook(VALID);
		const asked = [
			creating(VALID, BARE_KEY),
			{ path: PATH, key: BARE_KEY },
			{ path: `${PATH}/events`, key: BARE_KEY },
			{ path: `${PATH}/${id}/transactions`, key: BARE_KEY },
			{ method: 'PATCH', path: `${PATH}/${id}`, body: {}, key: BARE_KEY },
			{ method: 'DELETE', path: `${PATH}/${id}`, key: BARE_KEY },
		];
		for (const one of asked) expect((await call(kustomer, one)).status).toBe(401);
	});

	it.each([
		['PATCH', [404, 200]],
		['PUT', [200, 404]],
		['both', [200, 200]],
		['none', [404, 404]],
	] as const)('updates by the verb %s', async (updateVerb, expected) => {
		const kustomer = await started({ updateVerb });
		const { id } = kustomer.createWebhook(VALID);
		const change = { path: `${PATH}/${id}`, body: { name: 'renamed' } };
		const put = await call(kustomer, { ...change, method: 'PUT' });
		const patch = await call(kustomer, { ...change, method: 'PATCH' });
		expect([put.status, patch.status]).toEqual(expected);
		expect(kustomer.webhooks()[0]?.name).toBe(updateVerb === 'none' ? 'n8n' : 'renamed');
	});

	it('answers 405 to the other verb where the switch says so', async () => {
		const kustomer = await started({ switches: { wrongVerb: 405 } });
		const { id } = kustomer.createWebhook(VALID);
		const put = await call(kustomer, { method: 'PUT', path: `${PATH}/${id}`, body: {} });
		expect(put.status).toBe(405);
	});

	it.each(['org.permission.outbound_webhook.create', 'org.admin.outbound_webhooks'])(
		'creates with the role %s alone, in the name of the key’s machine user',
		async (role) => {
			const keys = [{ token: 'eyJ-maker', roles: [role], userId: 'a'.repeat(24) }];
			const kustomer = await started({ keys });
			const { status, body } = await call(kustomer, creating(VALID, 'eyJ-maker'));
			expect(status).toBe(201);
			expect(body.data.relationships.createdBy?.data).toEqual({
				type: 'user',
				id: 'a'.repeat(24),
			});
		},
	);

	it('starts switched off where the switch says so', async () => {
		const kustomer = await started({ switches: { webhookStartsEnabled: false } });
		const { body } = await call(kustomer, creating(VALID));
		expect(body.data.attributes.enabled).toBe(false);
	});

	it('clears the error when it is switched on again', async () => {
		const kustomer = await started();
		const { id } = kustomer.createWebhook(VALID);
		kustomer.disableWebhook(id);
		expect(kustomer.webhooks()[0]).toMatchObject({ enabled: false, isError: true });
		await call(kustomer, { method: 'PATCH', path: `${PATH}/${id}`, body: { enabled: true } });
		expect(kustomer.webhooks()[0]).toMatchObject({ enabled: true, isError: false });
	});

	it('gives a rotated token to whoever reads it next', async () => {
		const kustomer = await started();
		const { id, token } = kustomer.createWebhook(VALID);
		const rotated = kustomer.rotateToken(id);
		expect(rotated).not.toBe(token);
		const { body } = await call(kustomer, { path: `${PATH}/${id}` });
		expect(body.data.attributes.token).toBe(rotated);
	});
});

describe('the state file', () => {
	it('keeps webhooks and hooks across restarts, readable to its owner only', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'kustomer-'));
		const stateFile = join(folder, 'deep', 'state.json');
		try {
			const first = await started({ stateFile });
			first.createWebhook(VALID);
			first.createHook('form', { title: 'Contact' });
			const [webhooks, [hook]] = [first.webhooks(), first.state.hooks];
			await first.close();
			const second = await started({ stateFile });
			expect(second.webhooks()).toEqual(webhooks);
			expect(second.state.hooks[0]?.hash).toBe(must(hook).hash);
			expect(statSync(stateFile).mode & 0o077).toBe(0);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
