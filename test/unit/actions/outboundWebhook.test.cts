import type { LocalKustomer, UpdateVerb } from '../../../sandbox/kustomer/server.cts';
import { apiCredential, apiRun, chosen, startedKustomer } from '../../support/actionWorld.cts';
import { itemOf, runNode, searchList, type NodeRun } from '../../support/executeContext.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const run = (
	operation: string,
	parameters: NodeRun['parameters'] = {},
	more: Partial<NodeRun> = {},
) => apiRun(kustomer, { resource: 'outboundWebhook', operation, ...parameters }, more);

function webhook(fields: Record<string, unknown> = {}) {
	return kustomer.createWebhook({
		name: 'To n8n',
		url: 'https://n8n.example.test/webhook/1234/webhook',
		events: ['kustomer.conversation.update'],
		headers: [{ name: 'X-Gateway-Key', value: 'header-value-nobody-may-see' }],
		...fields,
	});
}

describe('an outbound webhook as an item', () => {
	it('shows everything but its secret and the values of its headers', async () => {
		const { id, token, createdAt, createdBy } = webhook();
		const { items } = await runNode(run('get', { webhook: chosen('id', id) }));
		expect(items).toEqual([
			{
				json: {
					id,
					name: 'To n8n',
					url: 'https://n8n.example.test/webhook/1234/webhook',
					enabled: true,
					isError: false,
					events: ['kustomer.conversation.update'],
					headerNames: ['X-Gateway-Key'],
					createdAt,
					updatedAt: createdAt,
					createdById: createdBy,
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(JSON.stringify(items)).not.toContain(token);
		expect(JSON.stringify(items)).not.toContain('nobody-may-see');
	});

	it.each(['get', 'getMany', 'enable', 'disable', 'repair', 'getDeliveries'])(
		'holds no secret after %s',
		async (operation) => {
			const { id, token } = webhook();
			await kustomer.send('kustomer.conversation.update');
			if (operation !== 'disable') kustomer.disableWebhook(id);
			const { items } = await runNode(run(operation, { webhook: chosen('id', id) }));
			expect(items.length).toBeGreaterThan(0);
			expect(JSON.stringify(items)).not.toContain(token);
			expect(JSON.stringify(items)).not.toContain('nobody-may-see');
		},
	);
});

describe('listing outbound webhooks', () => {
	it('gives all or as many as are wanted', async () => {
		for (let i = 0; i < 4; i++) webhook({ name: `Webhook ${i}` });
		expect((await runNode(run('getMany', { limit: 3 }))).items).toHaveLength(3);
		expect((await runNode(run('getMany', { returnAll: true }))).items).toHaveLength(4);
	});

	it('reads every page, and so does the list in the editor', async () => {
		const [first, second] = [webhook({ name: 'First' }), webhook({ name: 'Second' })];
		const page = ({ id, ...attributes }: typeof first, next: string | null) => ({
			method: 'GET',
			path: next === null ? /page=2/ : /page=1/,
			status: 200,
			body: { data: [{ id, type: 'outbound_webhook', attributes }], links: { next } },
		});
		kustomer.faults = [page(first, '/v1/outbound-webhooks?page=2'), page(second, null)];
		const { items } = await runNode(run('getMany', { returnAll: true }));
		expect(items.map(({ json }) => json.id)).toEqual([first.id, second.id]);
		const { results } = await searchList('searchWebhooks', run('get'));
		expect(results.map(({ value }) => value)).toEqual([first.id, second.id]);
	});

	it('in the editor says which are off', async () => {
		const on = webhook({ name: 'On' });
		const off = webhook({ name: 'Broken' });
		kustomer.disableWebhook(off.id);
		expect(await searchList('searchWebhooks', run('get'))).toEqual({
			results: [
				{ name: 'Broken (Off)', value: off.id, description: off.url },
				{ name: 'On', value: on.id, description: on.url },
			],
		});
	});
});

describe('switching an outbound webhook', () => {
	it.each<UpdateVerb>(['PUT', 'PATCH'])('works where Kustomer wants %s', async (updateVerb) => {
		await kustomer.close();
		kustomer = await startedKustomer({ updateVerb });
		const { id } = webhook();
		const off = await runNode(run('disable', { webhook: chosen('id', id) }));
		expect(kustomer.webhooks()[0].enabled).toBe(false);
		expect(off.items[0].json).toMatchObject({ id, enabled: false });
		const on = await runNode(run('enable', { webhook: chosen('id', id) }));
		expect(on.items[0].json).toMatchObject({ id, enabled: true, isError: false });
	});

	it('off marks it as paused, and on takes the mark away', async () => {
		const { id } = webhook();
		const off = await runNode(run('disable', { webhook: chosen('id', id) }));
		expect(off.items[0].json.name).toBe('To n8n (paused)');
		expect(kustomer.webhooks()[0]).toMatchObject({ name: 'To n8n (paused)', enabled: false });
		const on = await runNode(run('enable', { webhook: chosen('id', id) }));
		expect(on.items[0].json.name).toBe('To n8n');
		expect(kustomer.webhooks()[0]).toMatchObject({ name: 'To n8n', enabled: true });
	});

	it('off marks one that Kustomer has switched off before', async () => {
		const { id } = webhook();
		kustomer.disableWebhook(id);
		await runNode(run('disable', { webhook: chosen('id', id) }));
		expect(kustomer.webhooks()[0]).toMatchObject({ name: 'To n8n (paused)', enabled: false });
	});

	it('on takes the mark from one that was switched on in Kustomer', async () => {
		const { id } = webhook({ name: 'To n8n (paused)' });
		await runNode(run('enable', { webhook: chosen('id', id) }));
		expect(kustomer.webhooks()[0]).toMatchObject({ name: 'To n8n', enabled: true });
	});

	it('changes nothing else', async () => {
		const before = webhook();
		kustomer.disableWebhook(before.id);
		await runNode(run('enable', { webhook: chosen('id', before.id) }));
		const { name, url, events, headers, token } = kustomer.webhooks()[0];
		expect({ name, url, events, headers, token }).toEqual({
			name: before.name,
			url: before.url,
			events: before.events,
			headers: before.headers,
			token: before.token,
		});
	});

	it.each([
		['enable', {}],
		['disable', { name: 'To n8n (paused)', enabled: false }],
	])('leaves one alone that is as wanted: %s', async (operation, fields) => {
		const { id } = webhook(fields);
		await runNode(run(operation, { webhook: chosen('id', id) }));
		expect(kustomer.requests().map(({ method }) => method)).toEqual(['GET']);
	});

	it.each(['enable', 'disable'])('says so when Kustomer refuses: %s', async (operation) => {
		const { id } = webhook({ enabled: operation === 'disable' });
		kustomer.faults = [404, 405].map((status, place) => ({
			method: ['PATCH', 'PUT'][place],
			path: /outbound/,
			status,
		}));
		await expect(runNode(run(operation, { webhook: chosen('id', id) }))).rejects.toThrow(
			'n8n could not change the webhook in Kustomer: Kustomer refused',
		);
	});

	it.each(['get', 'enable', 'disable'])(
		'%s says that there is none of this ID',
		async (operation) => {
			const unknown = chosen('id', 'f'.repeat(24));
			await expect(runNode(run(operation, { webhook: unknown }))).rejects.toThrow(
				/no outbound webhook with this ID/,
			);
		},
	);
});

describe('deleting an outbound webhook', () => {
	it('deletes that one', async () => {
		const { id } = webhook({ name: 'Old' });
		webhook({ name: 'New' });
		const { items } = await runNode(run('delete', { webhook: chosen('id', id) }));
		expect(items).toEqual([{ json: { deleted: true }, pairedItem: { item: 0 } }]);
		expect(kustomer.webhooks().map(({ name }) => name)).toEqual(['New']);
	});

	it('names the role that is missing', async () => {
		const { id } = webhook();
		const roles = ['org.permission.outbound_webhook.read'];
		const { token } = kustomer.addKey({ token: 'eyJ-reader', roles });
		const credentials = { kustomerApi: apiCredential(kustomer, token) };
		await expect(
			runNode(run('delete', { webhook: chosen('id', id) }, { credentials })),
		).rejects.toThrow(
			/lacks the role org\.permission\.outbound_webhook\.delete \(or org\.outbound_webhooks\)/,
		);
		expect(kustomer.webhooks()).toHaveLength(1);
	});

	it('needs a chosen one', async () => {
		await expect(runNode(run('delete', { webhook: chosen('list', '') }))).rejects.toThrow(
			/No webhook is chosen/,
		);
	});
});

describe('the deliveries of an outbound webhook', () => {
	it('show event, status and times as dates', async () => {
		const { id } = webhook();
		await kustomer.send('kustomer.conversation.update');
		const { items } = await runNode(run('getDeliveries', { webhook: chosen('id', id) }));
		expect(items[0].json).toMatchObject({
			webhookId: id,
			eventName: 'kustomer.conversation.update',
			status: expect.any(String),
			sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
		});
	});

	it('are none of a webhook that does not exist', async () => {
		const unknown = chosen('id', 'f'.repeat(24));
		await expect(runNode(run('getDeliveries', { webhook: unknown }))).rejects.toThrow(
			/no outbound webhook with this ID/,
		);
	});
});

describe('repairing', () => {
	it('switches on what points at this n8n and is off, and nothing else', async () => {
		const ours = webhook({ name: 'Ours, off' });
		const on = webhook({ name: 'Ours, on' });
		const theirs = webhook({ name: 'Theirs', url: 'https://other.example.test/webhook/1' });
		const alike = webhook({
			name: 'Alike',
			url: 'https://n8n.example.test.evil.example/webhook/1',
		});
		const test = webhook({ name: 'Test', url: 'https://n8n.example.test/webhook-test/1/webhook' });
		for (const { id } of [ours, theirs, alike, test]) kustomer.disableWebhook(id);
		const { items } = await runNode(run('repair'));
		expect(items.map(({ json }) => json)).toEqual([
			expect.objectContaining({ repaired: true, id: ours.id, enabled: true }),
		]);
		const enabled = kustomer.webhooks().filter((one) => one.enabled);
		expect(enabled.map(({ id }) => id)).toEqual([ours.id, on.id]);
	});

	it('leaves off what is paused, and says so', async () => {
		webhook({ name: 'Ours (paused)', enabled: false });
		webhook({ name: 'Theirs (paused)', enabled: false, url: 'https://other.example.test/' });
		const { items, hints } = await runNode(run('repair'));
		expect(items).toEqual([]);
		expect(kustomer.webhooks().map(({ enabled }) => enabled)).toEqual([false, false]);
		const [{ message }, ...more] = hints;
		expect(more).toEqual([]);
		expect(message).toContain('"Ours (paused)"');
		expect(message).not.toContain('Theirs');
	});

	it('says nothing of pauses when there are none', async () => {
		webhook();
		expect((await runNode(run('repair'))).hints).toEqual([]);
	});

	it('gives nothing when all are on, so that the next step does not run', async () => {
		webhook();
		expect((await runNode(run('repair'))).items).toEqual([]);
	});

	it('knows this n8n by WEBHOOK_URL, also below a path and beside another editor address', async () => {
		const below = webhook({ url: 'https://gateway.example.test/n8n/webhook/1' });
		const beside = webhook({ url: 'https://gateway.example.test/other/webhook/1' });
		for (const { id } of [below, beside]) kustomer.disableWebhook(id);
		const addresses = {
			webhookUrl: 'https://gateway.example.test/n8n/',
			editorUrl: 'https://editor.example.test/',
		};
		const { items } = await runNode(run('repair', {}, addresses));
		expect(items.map(({ json }) => json.id)).toEqual([below.id]);
	});

	it('knows another address that it is told', async () => {
		const { id } = webhook({ url: 'https://tunnel.example.test/webhook/1' });
		kustomer.disableWebhook(id);
		const { items } = await runNode(run('repair', { otherAddress: 'https://tunnel.example.test' }));
		expect(items.map(({ json }) => json.id)).toEqual([id]);
		await expect(runNode(run('repair', { otherAddress: 'tunnel' }))).rejects.toThrow(/not a URL/);
	});

	it('goes on with the others when one cannot be switched on', async () => {
		const [first, second] = [webhook({ name: 'First' }), webhook({ name: 'Second' })];
		for (const { id } of [first, second]) kustomer.disableWebhook(id);
		kustomer.faults = [{ method: 'PATCH', path: new RegExp(first.id), status: 400 }];
		const { items } = await runNode(run('repair', {}, { onError: 'continueRegularOutput' }));
		expect(items.map(({ json }) => json)).toEqual([
			{ error: expect.stringContaining('could not change the webhook') },
			expect.objectContaining({ id: second.id, repaired: true }),
		]);
	});

	it('runs once, however many items started it', async () => {
		kustomer.disableWebhook(webhook().id);
		const { items } = await runNode(run('repair', {}, { items: [itemOf({}), itemOf({})] }));
		expect(items).toHaveLength(1);
	});
});

describe('what Kustomer seldom answers', () => {
	it('is told when the reply contains no webhook', async () => {
		const { id } = webhook();
		kustomer.faults = [{ method: 'GET', path: /outbound-webhooks\//, status: 200, body: {} }];
		await expect(runNode(run('get', { webhook: chosen('id', id) }))).rejects.toThrow(
			"the answer is not Kustomer's",
		);
	});

	it.each([{ data: null }, {}, []])('is told when the list is %j', async (body) => {
		kustomer.faults = [{ method: 'GET', path: /outbound-webhooks/, status: 200, body }];
		await expect(runNode(run('getMany'))).rejects.toThrow("the answer is not Kustomer's");
		await expect(searchList('searchWebhooks', run('get'))).rejects.toThrow(
			"the answer is not Kustomer's",
		);
	});

	it('is passed on where a delivery has no time, or one that is none', async () => {
		const { id } = webhook();
		const times = [1_700_000_000, 1_700_000_000_000, 9e99, '2025', undefined];
		const data = times.map((sentAt, place) => ({
			id: `t${place}`,
			type: 'transaction',
			attributes: { sentAt },
		}));
		kustomer.faults = [{ method: 'GET', path: /transactions/, status: 200, body: { data } }];
		const { items } = await runNode(run('getDeliveries', { webhook: chosen('id', id) }));
		expect(items.map(({ json }) => json.sentAt)).toEqual([
			'2023-11-14T22:13:20.000Z',
			'2023-11-14T22:13:20.000Z',
			9e99,
			'2025',
			null,
		]);
	});
});

describe('a repair that does not succeed', () => {
	it('stops the workflow, unless it is to go on', async () => {
		webhook({ enabled: false });
		kustomer.faults = [{ method: 'PATCH', path: /outbound/, status: 500 }];
		const draft = run('repair', {}, { webhookUrl: 'https://n8n.example.test/' });
		await expect(runNode(draft)).rejects.toThrow('status 500');
		const { items } = await runNode({ ...draft, onError: 'continueRegularOutput' });
		expect(items[0].json.error).toContain('status 500');
	});
});
