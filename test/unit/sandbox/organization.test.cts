import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT_NAMES, SIGN_IN_PAGE, type Envelope } from '../../../sandbox/kustomer/server.cts';
import { get, idOf, list, made, send } from './api.cts';
import { must, receiver, started, stopAll, until } from './started.cts';

afterEach(stopAll);

/** A local Kustomer whose one webhook asks for everything, and what it receives. */
async function watched() {
	const { origin, received } = await receiver(200);
	const kustomer = await started({ deliverTo: { 'https://n8n.example.com': origin } });
	const { token } = kustomer.createWebhook({
		name: 'n8n',
		url: 'https://n8n.example.com/webhook',
		events: [...EVENT_NAMES],
	});
	const events = () => received.map(({ body }) => JSON.parse(body.toString()) as Envelope);
	const named = async (name: string) => {
		await until(() => events().some((event) => event.name === name), name);
		return must(events().findLast((event) => event.name === name));
	};
	return { kustomer, token, received, named, events };
}

describe('a write', () => {
	it('sends the signed event with what really changed, author and revision', async () => {
		const { kustomer, token, received, named } = await watched();
		const id = idOf(kustomer, 'customer', 'Solveig Aune');
		const before = must(kustomer.record('customer', id)).attributes;
		const body = {
			locale: 'nb_NO',
			custom: { ordersNum: 4 },
			company: must(kustomer.records('company')[0]).id,
		};
		const { body: after } = await send(kustomer, ['PATCH', `/customers/${id}`, body]);
		const event = await named('kustomer.customer.update');
		expect(event.data).toEqual(after.data);
		expect(event).toMatchObject({ org: kustomer.orgId, client: 'api', persist: true });
		expect(event.changes?.relationships).toMatchObject({ modifiedBy: { op: 'replace' } });
		expect(event.changes?.attributes).toEqual({
			locale: { op: 'add', after: 'nb_NO', before: null },
			custom: { op: 'replace', before: before.custom, after: after.data.attributes.custom },
			rev: { op: 'replace', before: before.rev, after: Number(before.rev) + 1 },
			updatedAt: {
				op: 'replace',
				before: before.updatedAt,
				after: after.data.attributes.updatedAt,
			},
			modifiedAt: {
				op: 'replace',
				before: before.modifiedAt,
				after: after.data.attributes.modifiedAt,
			},
		});
		const last = must(received[0]);
		expect(last.headers['x-kustomer-webhook-signature']).toBe(kustomer.sign(last.body, token));
	});

	it.each([
		['customer', '/customers', { name: 'A' }],
		['user', '/users', { name: 'B', email: 'b@example.com' }],
		['team', '/teams', { name: 'C' }],
		['tag', '/tags', { name: 'D' }],
	])('that makes a %s tells of it', async (type, path, body) => {
		const { kustomer, named } = await watched();
		const { id } = await made(kustomer, path, body);
		const event = await named(`kustomer.${type}.create`);
		expect(event.data.id).toBe(id);
		const habits = { customer: undefined, user: null, team: null, tag: null };
		expect(event.changes).toBe(habits[type as keyof typeof habits]);
	});

	it('of a customer’s message moves the conversation without an editor, an agent’s with one', async () => {
		const { kustomer, named } = await watched();
		const conversation = idOf(kustomer, 'conversation', 'Lid does not fit');
		const say = (direction: string, userId: string | null) =>
			kustomer.create(
				'message',
				{ conversation, channel: 'sms', app: 'twilio', direction, preview: '…' },
				{ userId },
			);
		say('in', null);
		const quiet = await named('kustomer.conversation.update');
		expect(quiet.changes?.attributes).not.toHaveProperty('modifiedAt');
		expect((await named('kustomer.message.create')).data.relationships).not.toHaveProperty(
			'createdBy',
		);
		kustomer.clearLogs();
		say('out', must(kustomer.records('user')[1]).id);
		await until(
			() => kustomer.events().some(({ name }) => name === 'kustomer.conversation.update'),
			'moved',
		);
		const edited = must(
			kustomer.events().find(({ name }) => name === 'kustomer.conversation.update'),
		);
		expect(edited.changes?.attributes).toHaveProperty('modifiedAt');
	});

	it('tells nobody who did not ask', async () => {
		const kustomer = await started();
		const { id } = await made(kustomer, '/companies', { name: 'Tea Ltd' });
		await send(kustomer, ['PUT', `/companies/${id}`, { name: 'Tea Inc' }]);
		expect(kustomer.events()).toEqual([]);
		await made(kustomer, '/customers', { name: 'A' });
		expect(kustomer.events()).toHaveLength(1);
		expect(kustomer.deliveries()).toEqual([]);
	});
});

describe('custom objects', () => {
	it('have their klass in the type and a relationship of its own form, and move their customer', async () => {
		const kustomer = await started();
		const customer = idOf(kustomer, 'customer', 'Jun Watanabe');
		const body = { title: 'Order 1', externalId: 'O-1', custom: { totalNum: 5 } };
		const order = await made(kustomer, `/customers/${customer}/klasses/order`, body);
		expect(order).toMatchObject({
			type: 'kobject.order',
			attributes: { title: 'Order 1', rev: 1 },
			relationships: {
				klass: { link: { self: '/v1/klasses/order' }, data: { type: 'klass', id: 'order' } },
			},
			links: { self: `/v1/klasses/orders/${order.id}` },
		});
		expect(must(kustomer.record('customer', customer)).attributes.recentItems).toMatchObject([
			{ id: order.id },
		]);
		expect((await get(kustomer, '/klasses/order/externalId=O-1')).body.data.id).toBe(order.id);
		const changed = await send(kustomer, [
			'PUT',
			`/klasses/order/${order.id}`,
			{ title: 'Order one' },
		]);
		expect(changed.body.data.attributes).toMatchObject({
			title: 'Order one',
			custom: { totalNum: 5 },
		});
		expect((await send(kustomer, ['PATCH', `/klasses/order/${order.id}`, {}])).status).toBe(404);
		expect((await send(kustomer, ['DELETE', `/klasses/order/${order.id}`])).status).toBe(204);
	});

	it('of a klass that is not there are answered with 404', async () => {
		const kustomer = await started();
		expect((await get(kustomer, '/klasses/invoice')).status).toBe(404);
		expect((await send(kustomer, ['POST', '/klasses/invoice', { title: 'X' }])).status).toBe(404);
	});

	it('keep their klass from being deleted', async () => {
		const kustomer = await started();
		const path = `/klasses/${idOf(kustomer, 'klass', 'order')}`;
		expect((await send(kustomer, ['DELETE', path])).status).toBe(409);
		const klass = await send(kustomer, ['POST', '/klasses', { name: 'empty' }]);
		expect(klass.status).toBe(200);
		expect((await send(kustomer, ['DELETE', `/klasses/${klass.body.data.id}`])).status).toBe(204);
	});
});

describe('metadata', () => {
	it('describes custom attributes of every kind, deleted ones too', async () => {
		const kustomer = await started();
		const { body } = await get(kustomer, '/metadata/customer');
		const properties = body.data.attributes.properties as Record<string, object>;
		const endings = Object.keys(properties).map(
			(name) => /(Str|Txt|Num|At|Bool|Url|Id|Tree)$/.exec(name)?.[0],
		);
		expect(new Set(endings).size).toBe(8);
		expect(properties.oldCodeStr).toHaveProperty('deletedAt');
	});

	it('is changed property by property, and opens references', async () => {
		const kustomer = await started();
		const friendsId = { type: 'string', target: 'customer', displayName: 'Friends' };
		await send(kustomer, ['PUT', '/metadata/customer', { properties: { friendsId } }]);
		const { body } = await get(kustomer, '/metadata/customer');
		expect(body.data.attributes.properties).toMatchObject({ friendsId, loyaltyStr: {} });
		await made(kustomer, '/customers', { custom: { friendsId: 'a'.repeat(24) } });
	});

	it.each(['ticket', 'kobject.invoice'])('of %s is not there', async (resource) => {
		const kustomer = await started();
		expect((await get(kustomer, `/metadata/${resource}`)).status).toBe(404);
	});
});

describe('bulk', () => {
	const finished = async (kustomer: Awaited<ReturnType<typeof started>>, id: string) => {
		const seen: unknown[] = [];
		while (seen.at(-1) !== 'complete') {
			seen.push((await get(kustomer, `/bulk/${id}`)).body.data.attributes.status);
			if (seen.length > 100) throw new Error('The job does not end');
		}
		const batches = await list(kustomer, `/bulk/${id}/batches`);
		return { seen, batch: must(batches.body.data[0]).attributes };
	};

	it('creates as a job, item by item, with results by client reference', async () => {
		const kustomer = await started();
		const items = [
			{ name: 'A', externalId: 'B-1', _clientRef: 'a' },
			{ name: 'B', externalId: 'B-1', _clientRef: 'b' },
		];
		const { status, body } = await send(kustomer, ['POST', '/customers/bulk', items]);
		expect([status, body.data.type, body.data.attributes.status]).toEqual([201, 'bulk', 'queued']);
		const { seen, batch } = await finished(kustomer, body.data.id);
		expect(seen[0]).toBe('running');
		expect(batch).toMatchObject({
			successCount: 1,
			failureCount: 1,
			results: [
				{ _clientRef: 'a', status: 'created', objectId: expect.any(String) },
				{ _clientRef: 'b', status: 'error', error: 'duplicate detected' },
			],
		});
	});

	it('updates and deletes by ids', async () => {
		const kustomer = await started();
		const ids = kustomer
			.records('conversation')
			.slice(0, 2)
			.map(({ id }) => id);
		const query = `?ids=${ids.join(',')}`;
		const updated = await send(kustomer, ['PUT', `/conversations/bulk${query}`, [{ priority: 5 }]]);
		await finished(kustomer, updated.body.data.id);
		expect(ids.map((id) => kustomer.record('conversation', id)?.attributes.priority)).toEqual([
			5, 5,
		]);
		const deleted = await send(kustomer, ['DELETE', `/conversations/bulk${query}`]);
		const { batch } = await finished(kustomer, deleted.body.data.id);
		expect(batch.objectIds).toEqual(ids);
		expect((await get(kustomer, `/conversations/${ids[0]}`)).status).toBe(404);
	});

	it.each([
		['more than 100 items', Array(101).fill({ name: 'A' })],
		['references on some items only', [{ name: 'A', _clientRef: 'a' }, { name: 'B' }]],
		['the same reference twice', [{ _clientRef: 'a' }, { _clientRef: 'a' }]],
		['what is no list', { name: 'A' }],
	])('refuses %s', async (_, items) => {
		const kustomer = await started();
		expect((await send(kustomer, ['POST', '/customers/bulk', items])).status).toBe(400);
	});
});

describe('small things', () => {
	it('tell who the organization is and what it sends from', async () => {
		const kustomer = await started();
		expect((await get(kustomer, '/orgs/current')).body.data.attributes.name).toBe('teapot-works');
		const accounts = await list(kustomer, '/outboundAccounts');
		expect(accounts.body.data.map(({ attributes }) => attributes.channel)).toContain('sms');
		const customer = idOf(kustomer, 'customer', 'Jun Watanabe');
		expect((await get(kustomer, `/customers/${customer}/events`)).status).toBe(404);
	});

	it('count requests by their route, with what was asked', async () => {
		const kustomer = await started();
		await get(kustomer, '/customers/email=a%40example.com?include=x');
		await made(kustomer, '/companies', { name: 'Tea Ltd' });
		const [asked] = kustomer.requestsTo('GET', '/v1/customers/email=:value');
		expect(asked).toMatchObject({ query: { include: 'x' }, status: 404 });
		expect(kustomer.requestsTo('POST', '/v1/companies')).toMatchObject([
			{ body: { name: 'Tea Ltd' } },
		]);
	});
});

describe('faults of a route', () => {
	const company = { name: 'Tea Ltd' };
	const newest = (kustomer: Awaited<ReturnType<typeof started>>) =>
		kustomer.records('company').at(-1)?.attributes.name;

	it('hang before or after the write', async () => {
		for (const when of ['before', 'after'] as const) {
			const kustomer = await started();
			kustomer.faults = [{ path: /companies/, when, hang: true }];
			const signal = AbortSignal.timeout(300);
			const asked = fetch(`${kustomer.url}/v1/companies`, {
				method: 'POST',
				headers: { authorization: `Bearer ${must(kustomer.state.keys[0]).token}` },
				body: JSON.stringify(company),
				signal,
			});
			await expect(asked).rejects.toThrow();
			expect(newest(kustomer) === 'Tea Ltd').toBe(when === 'after');
		}
	});

	it('cut the answer in the middle of its body, after the write', async () => {
		const kustomer = await started();
		kustomer.faults = [{ path: /companies/, half: true, times: 1 }];
		await expect(send(kustomer, ['POST', '/companies', company])).rejects.toThrow();
		expect(newest(kustomer)).toBe('Tea Ltd');
		expect((await get(kustomer, '/companies')).status).toBe(200);
	});

	it('put a sign-in page in Kustomer’s place', async () => {
		const kustomer = await started();
		kustomer.faults = [{ path: /companies/, ...SIGN_IN_PAGE }];
		const reply = await get(kustomer, '/companies');
		expect([reply.status, reply.headers.get('content-type')]).toEqual([
			200,
			expect.stringMatching(/html/),
		]);
	});
});

describe('the records file', () => {
	it('keeps what was written, drafts on their way too, and survives a line that was cut', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'kustomer-'));
		const stateFile = join(folder, 'state.json');
		try {
			const first = await started({ stateFile });
			const id = idOf(first, 'customer', 'Jun Watanabe');
			await send(first, ['PATCH', `/customers/${id}`, { name: 'Jun W.' }]);
			const draft = {
				channel: 'sms',
				body: 'Soon',
				sendAt: new Date(Date.now() + 300).toISOString(),
				scheduled: true,
			};
			await send(first, ['POST', `/customers/${id}/drafts`, draft]);
			const customers = first.records('customer');
			await first.close();
			const path = `${stateFile}.records`;
			writeFileSync(path, `${readFileSync(path, 'utf8')}{"type":"customer","id":"`);
			const second = await started({ stateFile });
			expect(second.records('customer')).toEqual(customers);
			const sent = () =>
				second.records('message').some(({ attributes }) => attributes.preview === 'Soon');
			await until(sent, 'the draft was sent');
			await second.close();
			const third = await started({ stateFile });
			expect(third.records('message').at(-1)?.attributes.preview).toBe('Soon');
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
