import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { get, idOf, list, made, send } from './api.cts';
import { must, started, stopAll, until } from './started.cts';

afterEach(stopAll);

const customerOf = (kustomer: LocalKustomer) => idOf(kustomer, 'customer', 'Thabo Molefe');

async function conversation(kustomer: LocalKustomer, more: object = {}) {
	return await made(kustomer, '/conversations', { customer: customerOf(kustomer), ...more });
}

const EMAIL = { channel: 'email', app: 'n8n' };

describe('a conversation', () => {
	it.each([
		['no customer', { customer: undefined }, 'customer'],
		['the status snoozed', { status: 'snoozed' }, 'status'],
		['priority 6', { priority: 6 }, 'priority'],
		['eleven assignees', { assignedUsers: Array(11).fill('a'.repeat(24)) }, 'assignedUsers'],
		['a queue that is not there', { queue: { id: 'a'.repeat(24) } }, 'queue'],
	])('is not made with %s', async (_, spoilt, parameter) => {
		const kustomer = await started();
		const body = { customer: customerOf(kustomer), ...spoilt };
		const reply = await send(kustomer, ['POST', '/conversations', body]);
		expect(reply.status).toBe(400);
		expect(reply.body.errors[0]?.source.parameter).toBe(parameter);
	});

	it('takes a client’s own id once', async () => {
		const kustomer = await started();
		const body = { customer: customerOf(kustomer), id: 'c'.repeat(24) };
		expect((await made(kustomer, '/conversations', body)).id).toBe(body.id);
		expect((await send(kustomer, ['POST', '/conversations', body])).status).toBe(409);
	});

	it('counts for its customer, by status', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const counts = () =>
			kustomer.record('customer', customerOf(kustomer))?.attributes.conversationCounts;
		expect(counts()).toEqual({ open: 1, done: 0, snoozed: 0, all: 1 });
		await send(kustomer, ['PATCH', `/conversations/${id}`, { status: 'done' }]);
		expect(counts()).toEqual({ open: 0, done: 1, snoozed: 0, all: 1 });
		await send(kustomer, ['DELETE', `/conversations/${id}`]);
		expect(counts()).toEqual({ open: 0, done: 0, snoozed: 0, all: 0 });
	});

	it('has its queue as a relationship, written as an object or, unless refused, as an id', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const queue = idOf(kustomer, 'queue', 'Wholesale');
		const put = async (value: unknown) =>
			await send(kustomer, ['PATCH', `/conversations/${id}`, { queue: value }]);
		expect((await put({ id: queue })).body.data.relationships.queue?.data.id).toBe(queue);
		expect((await put({ id: null })).body.data.relationships).not.toHaveProperty('queue');
		expect((await put(queue)).status).toBe(200);
		kustomer.switches.bareQueueId = 'refuse';
		expect((await put(queue)).status).toBe(400);
	});

	it('is moved to another customer by a body of its own', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const customer = idOf(kustomer, 'customer', 'Priya Raman');
		const both = await send(kustomer, ['PATCH', `/conversations/${id}`, { customer, name: 'X' }]);
		expect(both.status).toBe(400);
		const alone = await send(kustomer, ['PATCH', `/conversations/${id}`, { customer }]);
		expect(alone.body.data.relationships.customer?.data.id).toBe(customer);
	});

	it('wakes when its time has come', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const time = new Date(Date.now() + 300).toISOString();
		const snooze = { status: 'snoozed', snooze: { time, status: 'scheduled' } };
		const asleep = await send(kustomer, ['PATCH', `/conversations/${id}`, snooze]);
		expect(asleep.body.data.attributes.status).toBe('snoozed');
		const status = () => kustomer.record('conversation', id)?.attributes;
		await until(() => status()?.status === 'open', 'awake');
		expect(status()?.snooze).toMatchObject({ status: 'elapsed' });
	});

	it('keeps a history of every change, with the ids of the events', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		await send(kustomer, ['PATCH', `/conversations/${id}`, { priority: 5 }]);
		const { body } = await list(kustomer, `/conversations/${id}/events?sort=desc`);
		const [last, first] = body.data;
		expect(first?.attributes.name).toBe('kustomer.conversation.create');
		expect(last?.attributes.changes).toMatchObject({
			attributes: { priority: { op: 'replace', before: 3, after: 5 } },
		});
		expect(kustomer.events().map((event) => event.id)).toContain(last?.id);
		const me = (await get(kustomer, '/users/current')).body.data.id;
		expect(last?.relationships.createdBy?.data.id).toBe(me);
	});
});

describe('tags of a conversation', () => {
	it('are added by name or id; an unknown name becomes a tag', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const late = idOf(kustomer, 'tag', 'late parcel');
		const tags = ['thank you', late, 'from n8n'];
		const { body } = await send(kustomer, ['POST', `/conversations/${id}/tags`, tags]);
		expect(body.data.attributes.tags).toEqual([
			idOf(kustomer, 'tag', 'thank you'),
			late,
			idOf(kustomer, 'tag', 'from n8n'),
		]);
		expect(kustomer.events().map(({ name }) => name)).toContain('kustomer.tag.create');
	});

	it.each([
		['a body', '', ['late parcel']],
		['a body with tags', '', { tags: ['late parcel'] }],
		['a query', '?tags=late%20parcel', undefined],
	])('are removed by %s', async (_, query, body) => {
		const kustomer = await started();
		const { id } = await conversation(kustomer, { tags: ['late parcel', 'thank you'] });
		const reply = await send(kustomer, ['DELETE', `/conversations/${id}/tags${query}`, body]);
		expect(reply.body.data.attributes.tags).toEqual([idOf(kustomer, 'tag', 'thank you')]);
	});
});

describe('a message', () => {
	it('by a customer’s route makes a conversation, and moves both', async () => {
		const kustomer = await started();
		const customer = customerOf(kustomer);
		const body = { ...EMAIL, direction: 'in', preview: 'Hello?' };
		const message = await made(kustomer, `/customers/${customer}/messages`, body);
		expect(message.relationships.customer?.data).toEqual({ type: 'customers', id: customer });
		const id = must(message.relationships.conversation).data.id;
		expect(kustomer.record('conversation', id)?.attributes).toMatchObject({
			messageCount: 1,
			inboundMessageCount: 1,
			preview: 'Hello?',
			lastMessageDirection: 'in',
			channels: ['email'],
		});
		expect(kustomer.record('customer', customer)?.attributes.lastMessageIn).toMatchObject({
			id: message.id,
		});
	});

	it('opens a conversation that was done', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		await send(kustomer, ['PATCH', `/conversations/${id}`, { status: 'done' }]);
		await made(kustomer, `/conversations/${id}/messages`, {
			...EMAIL,
			direction: 'in',
			preview: 'One more',
		});
		expect(kustomer.record('conversation', id)?.attributes.status).toBe('open');
	});

	it.each([
		['channel', { channel: undefined }],
		['app', { app: undefined }],
		['body', { body: 'Hi' }],
		['conversation', { conversation: undefined }],
		['direction', { direction: undefined }],
	])('is refused for its %s', async (parameter, spoilt) => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const body = { ...EMAIL, direction: 'out', conversation: id, ...spoilt };
		const reply = await send(kustomer, ['POST', '/messages', body]);
		expect([reply.status, reply.body.errors[0]?.source.parameter]).toEqual([400, parameter]);
	});

	it('is redacted one part at a time', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const message = await made(kustomer, `/conversations/${id}/messages`, {
			...EMAIL,
			preview: 'Card 1234',
		});
		const path = `/messages/${message.id}/redactions`;
		expect((await send(kustomer, ['POST', path, { preview: '■', meta: {} }])).status).toBe(400);
		expect((await send(kustomer, ['POST', path, { preview: 'Card ■' }])).status).toBe(201);
		expect(kustomer.record('message', message.id)?.attributes).toMatchObject({
			preview: 'Card ■',
			redacted: true,
		});
		expect(must(kustomer.events().at(-1)).changes?.relationships).toHaveProperty('redactedBy');
	});

	it('is refused beyond the creates that a customer may have in a minute, unless imported', async () => {
		const kustomer = await started({ rateLimit: { createsPerCustomerPerMinute: 2 } });
		const { id } = await conversation(kustomer);
		const note = async (more: object) =>
			await send(kustomer, ['POST', `/conversations/${id}/notes`, { body: 'x', ...more }]);
		expect((await note({})).status).toBe(201);
		const refused = await note({});
		expect(refused.status).toBe(429);
		expect(refused.headers.has('x-ratelimit-reset')).toBe(true);
		expect((await note({ importedAt: new Date().toISOString() })).status).toBe(201);
	});
});

describe('a draft', () => {
	const draft = (kustomer: LocalKustomer, body: object, query = '') =>
		send(kustomer, ['POST', `/customers/${customerOf(kustomer)}/drafts${query}`, body]);
	const MAIL = {
		channel: 'email',
		to: [{ email: 'thabo.molefe@example.com' }],
		subject: 'Hi',
		body: '<p>Hello</p>',
	};

	it('stays one without a time to send', async () => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const { status, body } = await draft(kustomer, { ...MAIL, conversation: id });
		expect([status, body.data.attributes.sendAt]).toEqual([200, null]);
		const drafts = await list(kustomer, `/customers/${customerOf(kustomer)}/drafts`);
		expect(drafts.body.data.map((one) => one.id)).toEqual([body.data.id]);
		expect((await send(kustomer, ['DELETE', `/drafts/${body.data.id}`])).status).toBe(204);
	});

	it.each([
		['now', () => ({ sendAt: new Date().toISOString() })],
		['a time without being scheduled', () => ({ sendAt: '2099-01-01T00:00:00.000Z' })],
		['soon', () => ({ sendAt: new Date(Date.now() + 200).toISOString(), scheduled: true })],
	])('is sent at %s, as a message of its author', async (_, when) => {
		const kustomer = await started();
		const { id } = await conversation(kustomer);
		const { body } = await draft(kustomer, { ...MAIL, conversation: id, ...when() });
		const messages = async () => (await list(kustomer, `/conversations/${id}/messages`)).body.data;
		await until(
			() => Number(kustomer.record('conversation', id)?.attributes.messageCount) > 0,
			'sent',
		);
		const [message] = await messages();
		expect(message?.attributes).toMatchObject({
			direction: 'out',
			preview: 'Hello',
			subject: 'Hi',
			meta: { to: MAIL.to },
		});
		expect(message?.relationships.createdBy?.data).toEqual(body.data.relationships.createdBy?.data);
		expect((await send(kustomer, ['PUT', `/drafts/${body.data.id}`, MAIL])).status).toBe(404);
	});

	it('waits for its time, and is unscheduled by an empty one', async () => {
		const kustomer = await started();
		const later = { sendAt: '2099-01-01T00:00:00.000Z', scheduled: true };
		const { body } = await draft(kustomer, { ...MAIL, ...later }, '?createConversation=true');
		expect(body.data.attributes.sendAt).toBe(later.sendAt);
		expect(body.data.relationships).toHaveProperty('conversation');
		const off = await send(kustomer, [
			'PUT',
			`/drafts/${body.data.id}`,
			{ channel: 'email', sendAt: '' },
		]);
		expect(off.body.data.attributes).toMatchObject({
			sendAt: null,
			scheduled: false,
			subject: 'Hi',
		});
	});

	it.each([
		['an unknown channel', { channel: 'fax' }, 'channel'],
		['what another channel has', { channel: 'sms', subject: 'Hi' }, 'subject'],
		['a bad time', { channel: 'sms', sendAt: 'noon' }, 'sendAt'],
	])('is refused with %s', async (_, body, parameter) => {
		const kustomer = await started();
		const reply = await draft(kustomer, body);
		expect([reply.status, reply.body.errors[0]?.source.parameter]).toEqual([400, parameter]);
	});
});

describe('attachments', () => {
	it('are announced, uploaded with the file last, and come along with their message', async () => {
		const kustomer = await started();
		const file = { name: 'a.txt', contentType: 'text/plain', contentLength: 3 };
		const { status, text } = await send(kustomer, ['POST', '/attachments', file]);
		const { data, meta } = JSON.parse(text) as {
			data: { id: string };
			meta: { upload: { url: string; fields: Record<string, string> } };
		};
		expect(status).toBe(201);
		const form = new FormData();
		for (const [name, value] of Object.entries(meta.upload.fields)) form.append(name, value);
		const early = new FormData();
		early.append('file', new Blob(['abc']));
		expect((await fetch(meta.upload.url, { method: 'POST', body: early })).status).toBe(403);
		form.append('file', new Blob(['abc']), 'a.txt');
		expect((await fetch(meta.upload.url, { method: 'POST', body: form })).status).toBe(204);
		const { id } = await conversation(kustomer);
		const message = await made(kustomer, `/conversations/${id}/messages`, {
			...EMAIL,
			attachments: [{ _id: data.id, ...file }],
		});
		const withFiles = await get(kustomer, `/messages/${message.id}?include=attachments`);
		expect(JSON.parse(withFiles.text)).toMatchObject({
			included: [{ id: data.id, attributes: { uploaded: true } }],
		});
		const { body } = await get(kustomer, `/messages/${message.id}/attachments/${data.id}`);
		expect(await (await fetch(must(body.data.links.related))).text()).toBe('abc');
	});

	it('of some kinds are refused', async () => {
		const kustomer = await started();
		const file = { name: 'a.exe', contentType: 'x/y', contentLength: 3 };
		expect((await send(kustomer, ['POST', '/attachments', file])).status).toBe(400);
	});
});

describe('merging customers', () => {
	it('is a job that unites both by the documented rules', async () => {
		const kustomer = await started();
		const [source, target] = ['Solveig Aune', 'Matteo Ricci'].map((name) =>
			idOf(kustomer, 'customer', name),
		);
		const { status, body } = await send(kustomer, [
			'POST',
			'/customers/merges',
			{ source, target },
		]);
		expect([status, body.data.attributes.status]).toEqual([201, 'pending']);
		const job = `/customers/merges/${body.data.id}`;
		await get(kustomer, job);
		expect((await get(kustomer, job)).body.data.attributes.status).toBe('complete');
		const { attributes } = must(kustomer.record('customer', must(target)));
		expect(attributes).toMatchObject({
			name: 'Matteo Ricci',
			externalId: 'C-1002',
			custom: { loyaltyStr: 'Gold' },
		});
		expect(attributes.emails).toHaveLength(2);
		const talks = await list(kustomer, `/customers/${target}/conversations`);
		expect(talks.body.data).toHaveLength(2);
		expect((attributes.conversationCounts as { all: number }).all).toBe(2);
		expect((await get(kustomer, `/customers/${source}`)).status).toBe(404);
		kustomer.switches.mergedCustomer = 'target';
		expect((await get(kustomer, `/customers/${source}`)).body.data.id).toBe(target);
	});

	it('of a customer with itself is refused', async () => {
		const kustomer = await started();
		const id = customerOf(kustomer);
		expect(
			(await send(kustomer, ['POST', '/customers/merges', { source: id, target: id }])).status,
		).toBe(400);
	});
});

describe('a satisfaction response', () => {
	it('is reached through its conversation', async () => {
		const kustomer = await started();
		const { attributes } = must(
			kustomer.record('conversation', idOf(kustomer, 'conversation', 'A word of thanks')),
		);
		const { formResponse } = attributes.satisfactionLevel as { formResponse: string };
		const { body } = await get(kustomer, `/satisfaction-responses/${formResponse}`);
		expect(body.data).toMatchObject({ type: 'satisfaction_response', attributes: { rating: 5 } });
	});
});
