import type { INodeParameters } from 'n8n-workflow';
import {
	EVENT_NAMES,
	SIGN_IN_PAGE,
	type LocalKustomer,
} from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, keyOf, startedKustomer } from '../../../support/actionWorld.cts';
import {
	aheadBy,
	automaticDraft,
	endTriggers,
	manualDraft,
	startTrigger,
	type TestTrigger,
	type TriggerDraft,
} from '../../../support/triggerContexts.cts';

const CHOSEN = 'kustomer.conversation.update';
const NAME = 'n8n: Test workflow (workflow1)';

let kustomer: LocalKustomer;
const servers: LocalKustomer[] = [];

async function another(options: Parameters<typeof startedKustomer>[0] = {}) {
	const server = await startedKustomer(options);
	servers.push(server);
	return server;
}

beforeEach(async () => (kustomer = await another()));
afterEach(async () => {
	jest.restoreAllMocks();
	await endTriggers();
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

const triggerWith = async (parameters: INodeParameters = {}, draft: TriggerDraft = {}) =>
	await startTrigger(automaticDraft(kustomer, parameters, draft));

async function activated(parameters: INodeParameters = {}, draft: TriggerDraft = {}) {
	const trigger = await triggerWith(parameters, draft);
	await trigger.activate();
	return { trigger, webhook: the(kustomer, trigger) };
}

/** @returns the one webhook that Kustomer has for the trigger */
function the(server: LocalKustomer, trigger: TestTrigger) {
	const found = server.webhooks().filter(({ url }) => url === trigger.address);
	expect(found).toHaveLength(1);
	return found[0];
}

/** @returns what n8n would show: the message of what publishing throws */
async function refusalOf(trigger: TestTrigger): Promise<string> {
	const [outcome] = await Promise.allSettled([trigger.activate()]);
	expect(outcome.status).toBe('rejected');
	return outcome.status === 'rejected' ? (outcome.reason as Error).message : '';
}

const writes = (server = kustomer) =>
	server
		.requests()
		.filter(({ method }) => method !== 'GET')
		.map(({ method }) => method);

describe('publishing', () => {
	it('makes a webhook with the chosen events at the address of this n8n, and notes which', async () => {
		const { trigger, webhook } = await activated();
		expect(webhook).toMatchObject({
			name: NAME,
			url: trigger.address,
			events: [CHOSEN],
			enabled: true,
			headers: [],
		});
		expect(trigger.notes()).toEqual({
			webhookId: webhook.id,
			url: webhook.url,
			host: kustomer.url,
			orgId: kustomer.orgId,
		});
	});

	it('changes nothing the second time', async () => {
		const { trigger, webhook } = await activated();
		kustomer.clearLogs();
		expect(await trigger.isRegistered()).toBe(true);
		await trigger.activate();
		expect(writes()).toEqual([]);
		expect(kustomer.webhooks()).toEqual([webhook]);
	});

	it('says that nothing is registered before', async () => {
		expect(await (await triggerWith()).isRegistered()).toBe(false);
		expect(writes()).toEqual([]);
	});

	it('subscribes to what the organization offers for all events', async () => {
		const { webhook } = await activated({ events: ['*'] });
		expect([...webhook.events].sort()).toEqual([...EVENT_NAMES].sort());
	});

	it('subscribes to the twelve where the organization does not tell', async () => {
		kustomer.faults = [{ path: /outbound-webhooks\/events/, status: 500 }];
		const { webhook } = await activated({ events: ['*'] });
		expect([...webhook.events].sort()).toEqual([...EVENT_NAMES].sort());
	});

	it('takes the name and the headers from the options', async () => {
		const { webhook } = await activated({
			options: {
				webhookName: 'Orders to n8n',
				webhookHeaders: { header: [{ name: 'X-Gateway-Key', value: 'made-up' }] },
			},
		});
		expect(webhook.name).toBe('Orders to n8n');
		expect(webhook.headers).toEqual([{ name: 'X-Gateway-Key', value: 'made-up' }]);
	});

	it('leaves one webhook behind when Kustomer is down at first, for n8n tries again', async () => {
		const trigger = await triggerWith();
		kustomer.faults = [{ path: /outbound-webhooks/, status: 503, times: 1 }];
		expect(await refusalOf(trigger)).toContain('Kustomer answered with status 503');
		await trigger.deactivate();
		await trigger.activate();
		expect(kustomer.webhooks()).toHaveLength(1);
	});

	it('adopts its webhook when the connection broke after Kustomer had made it', async () => {
		const trigger = await triggerWith();
		kustomer.faults = [
			{ method: 'POST', path: /outbound-webhooks/, when: 'after', reset: true, times: 1 },
		];
		await refusalOf(trigger);
		expect(kustomer.webhooks()).toHaveLength(1);
		await trigger.deactivate();
		await trigger.activate();
		expect(trigger.notes().webhookId).toBe(the(kustomer, trigger).id);
	});

	it.each<[string, number, unknown]>([
		['a web page', 200, '<html>Sign in to the network of this hotel</html>'],
		['half of a list', 200, '{"data":'],
		['no list', 200, { data: null }],
		['nothing', 204, undefined],
	])('makes no second webhook when the list of webhooks is %s', async (_, status, body) => {
		const trigger = await triggerWith();
		await trigger.activate();
		kustomer.faults = [{ method: 'GET', path: /outbound-webhooks\?/, status, body }];
		expect(await refusalOf(trigger)).toContain("the answer is not Kustomer's");
		kustomer.faults = [];
		await trigger.activate();
		expect(kustomer.webhooks()).toHaveLength(1);
	});

	it('does not count its webhook as removed when a web page answered', async () => {
		const trigger = await triggerWith();
		await trigger.activate();
		const body = ' <!doctype html><title>Proxy</title>';
		kustomer.faults = [{ method: 'DELETE', path: /outbound-webhooks/, status: 200, body }];
		await expect(trigger.deactivate()).rejects.toThrow("the answer is not Kustomer's");
		kustomer.faults = [];
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('reads the secret where the reply to the create does not hold it', async () => {
		const trigger = await triggerWith();
		kustomer.faults = [
			{
				method: 'POST',
				path: /outbound-webhooks$/,
				when: 'after',
				status: 201,
				body: { data: { id: 'x' } },
			},
		];
		const made = { id: 'x', type: 'outbound_webhook', attributes: { token: 'token-of-x' } };
		kustomer.faults.push({
			method: 'GET',
			path: /outbound-webhooks\/x$/,
			status: 200,
			body: { data: made },
		});
		await trigger.activate();
		const answer = await trigger.deliver({ body: 'not an event', secret: 'token-of-x' });
		expect(answer.status).toBe(422);
		const signed = await trigger.deliver({ body: '{}', secret: 'token-of-x' });
		expect(signed.status).toBe(200);
	});

	it('takes back a webhook whose secret Kustomer does not show, and says what to do', async () => {
		const trigger = await triggerWith();
		const made = { data: { id: 'x', type: 'outbound_webhook', attributes: { enabled: true } } };
		kustomer.faults = [
			{ method: 'POST', path: /outbound-webhooks$/, status: 201, body: made },
			{ method: 'GET', path: /outbound-webhooks\/x$/, status: 200, body: made },
		];
		expect(await refusalOf(trigger)).toContain('does not show the secret of the webhook');
		expect(writes()).toEqual(['POST', 'DELETE']);
		expect(trigger.notes()).toEqual({});
	});
});

describe('publishing is refused in words', () => {
	it('without an event', async () => {
		expect(await refusalOf(await triggerWith({ events: [] }))).toContain('No event is chosen');
		expect(kustomer.requests()).toEqual([]);
	});

	it.each([
		['http://localhost:5678/', 'local to this machine or network'],
		['https://localhost/', 'local to this machine or network'],
		['http://192.168.1.20:5678/', 'local to this machine or network'],
		['https://10.0.0.5/', 'local to this machine or network'],
		['https://n8n.internal/', 'local to this machine or network'],
		['http://n8n.example.test/', 'https addresses only'],
	])('at the address %s', async (webhookUrl, words) => {
		const message = await refusalOf(await triggerWith({}, { webhookUrl }));
		expect(message).toContain(words);
		expect(message).toContain('WEBHOOK_URL');
		expect(kustomer.requests()).toEqual([]);
	});

	it.each([
		[{ region: 'org', subdomain: '' }, 'has no subdomain'],
		[
			{ region: 'org', subdomain: 'my company' },
			'subdomain in the Kustomer API credential is not one',
		],
		[{ region: 'custom', baseUrl: 'http://api.example.test' }, 'must begin with https://'],
		[{ region: 'mars' }, 'a region that does not exist'],
	])('with the credential %j', async (credential, words) => {
		const trigger = await triggerWith();
		trigger.credentials.kustomerApi = { ...credential, apiKey: 'made-up' };
		expect(await refusalOf(trigger)).toContain(words);
	});

	it('with a host name that does not exist', async () => {
		const trigger = await triggerWith();
		const baseUrl = 'https://nonesuch.invalid';
		trigger.credentials.kustomerApi = { region: 'custom', baseUrl, apiKey: 'made-up' };
		expect(await refusalOf(trigger)).toMatch(/host name (is not known|could not be looked up)/);
	});

	it('where something else than Kustomer answers', async () => {
		kustomer.faults = [{ path: /./, status: 404, body: '<html>Not here</html>' }];
		expect(await refusalOf(await triggerWith())).toContain('Check the subdomain');
	});

	it('with the key of another region', async () => {
		const { token } = kustomer.addKey({ token: 'key-of-eu', roles: ['org'], region: 'eu' });
		const trigger = await triggerWith();
		trigger.credentials.kustomerApi = apiCredential(kustomer, token);
		const message = await refusalOf(trigger);
		expect(message).toContain('belongs to another region');
		expect(message).toContain('By Organization Subdomain');
		expect(message).not.toContain(token);
	});

	it('with a key that was revoked', async () => {
		const key = keyOf(kustomer);
		kustomer.revokeKey(key);
		const message = await refusalOf(
			await startTrigger({
				...automaticDraft(await another()),
				credentials: { kustomerApi: apiCredential(kustomer, key) },
			}),
		);
		expect(message).toContain('does not accept the API key');
		expect(message).not.toContain(key);
	});

	it.each([
		[[], 'org.permission.outbound_webhook.read'],
		[['org.permission.outbound_webhook.read'], 'org.permission.outbound_webhook.create'],
	])('with a key that has the roles %j only', async (roles, missing) => {
		kustomer.addKey({ token: 'weak-key', roles });
		const trigger = await triggerWith();
		trigger.credentials.kustomerApi = apiCredential(kustomer, 'weak-key');
		const message = await refusalOf(trigger);
		expect(message).toContain('lacks the role');
		expect(message).toContain(missing);
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('where Kustomer cannot be reached', async () => {
		const trigger = await triggerWith();
		await kustomer.close();
		expect(await refusalOf(trigger)).toContain('Kustomer refuses connections');
	});

	it('when no place is left, with who takes them and both ways out', async () => {
		kustomer = await another({ webhookLimit: 5 });
		for (const name of ['Orders', 'Data lake', 'Pager', 'Archive', 'Old test']) {
			kustomer.createWebhook({ name, url: 'https://example.test/x', events: [CHOSEN] });
		}
		const message = await refusalOf(await triggerWith());
		expect(message).toContain('usually 5');
		for (const name of ['Orders', 'Data lake', 'Pager', 'Archive', 'Old test']) {
			expect(message).toContain(`"${name}"`);
		}
		expect(message).toContain('delete one');
		expect(message).toContain('Split Outputs by Event');
	});

	it('with a missing role, and not as a full organization, though five webhooks exist', async () => {
		for (let count = 0; count < 5; count++) {
			kustomer.createWebhook({
				name: `No. ${count}`,
				url: 'https://example.test/x',
				events: [CHOSEN],
			});
		}
		kustomer.addKey({ token: 'weak-key', roles: ['org.permission.outbound_webhook.read'] });
		const trigger = await triggerWith();
		trigger.credentials.kustomerApi = apiCredential(kustomer, 'weak-key');
		expect(await refusalOf(trigger)).toContain('lacks the role');
	});

	it('with an event that Kustomer does not know', async () => {
		const trigger = await triggerWith({
			options: { additionalEvents: ['kustomer.conversation.updated'] },
		});
		const message = await refusalOf(trigger);
		expect(message).toContain('does not know the event "kustomer.conversation.updated"');
		expect(message).toContain('Known are: ');
	});

	it.each([
		['with a space', { name: 'X Key', value: 'v' }, 'cannot be the name of a header'],
		[
			"that is Kustomer's own",
			{ name: 'X-Kustomer-Webhook-Signature', value: 'v' },
			"Kustomer's own",
		],
		['with a line break in its value', { name: 'X-Key', value: 'made\nup' }, 'line break'],
	])('with a header %s', async (_, header, words) => {
		const trigger = await triggerWith({ options: { webhookHeaders: { header: [header] } } });
		const message = await refusalOf(trigger);
		expect(message).toContain(words);
		expect(message).not.toContain('made');
		expect(kustomer.requests()).toEqual([]);
	});

	it.each(['automatic', 'manual'])(
		'with finished and database together (%s)',
		async (registration) => {
			const options = { acknowledge: 'finished', skipDuplicates: 'database' };
			const trigger = await triggerWith(
				{ registration, options },
				{
					credentials: {
						kustomerApi: apiCredential(kustomer),
						kustomerWebhookApi: { secret: 'made-up-secret-of-a-test' },
					},
				},
			);
			const message = await refusalOf(trigger);
			expect(message).toContain('When the Workflow Has Finished');
			expect(message).toContain('Until n8n Restarts');
			expect(kustomer.requests()).toEqual([]);
		},
	);

	it('while Kustomer limits requests', async () => {
		kustomer.faults = [{ path: /./, status: 429, headers: { 'retry-after': '60' } }];
		expect(await refusalOf(await triggerWith())).toContain('Try again in a minute');
	});
});

describe('manual setup', () => {
	it('asks nothing of Kustomer, whether publishing or unpublishing', async () => {
		const trigger = await startTrigger(manualDraft());
		expect(await trigger.isRegistered()).toBe(false);
		await trigger.activate();
		await trigger.deactivate();
		expect(kustomer.requests()).toEqual([]);
		expect(trigger.notes()).toEqual({});
	});

	it.each([
		['no credential', {}],
		['an empty credential', { kustomerWebhookApi: { secret: '' } }],
		['a secret of spaces', { kustomerWebhookApi: { secret: '  ' } }],
	])('is refused with %s, with where the secret is found', async (_, credentials) => {
		const message = await refusalOf(await startTrigger(manualDraft({}, { credentials })));
		expect(message).toContain('There is no webhook secret');
		expect(message).toContain('Header Information');
	});

	it('is refused without an event', async () => {
		const trigger = await startTrigger(manualDraft({ events: [] }));
		expect(await refusalOf(trigger)).toContain('No event is chosen');
	});

	it('works at a local address, for a gateway may deliver to it', async () => {
		await (
			await startTrigger(manualDraft({}, { webhookUrl: 'http://localhost:5678/' }))
		).activate();
	});
});

describe('publishing again', () => {
	it.each<[string, (id: string) => unknown]>([
		['was switched off', (id) => kustomer.disableWebhook(id)],
		[
			'has another address',
			(id) => kustomer.editWebhook(id, { url: 'https://other.example.test/' }),
		],
		['has other events', (id) => kustomer.editWebhook(id, { events: ['kustomer.tag.create'] })],
		[
			'has other headers',
			(id) => kustomer.editWebhook(id, { headers: [{ name: 'X', value: 'y' }] }),
		],
	])('repairs a webhook that %s, and keeps its id and secret', async (_, edit) => {
		const { trigger, webhook } = await activated();
		edit(webhook.id);
		expect(await trigger.isRegistered()).toBe(false);
		await trigger.activate();
		const repaired = the(kustomer, trigger);
		expect(repaired).toMatchObject({
			...webhook,
			updatedAt: repaired.updatedAt,
			modifiedBy: repaired.modifiedBy,
		});
		expect(kustomer.webhooks()).toHaveLength(1);
		expect(await trigger.isRegistered()).toBe(true);
	});

	it('follows a change of the events in the node', async () => {
		const { trigger, webhook } = await activated();
		trigger.node.parameters.events = [CHOSEN, 'kustomer.tag.create'];
		await trigger.activate();
		expect(the(kustomer, trigger)).toMatchObject({
			id: webhook.id,
			events: [CHOSEN, 'kustomer.tag.create'],
		});
	});

	it('makes a new webhook where the old one was deleted', async () => {
		const { trigger, webhook } = await activated();
		kustomer.deleteWebhook(webhook.id);
		expect(await trigger.isRegistered()).toBe(false);
		await trigger.activate();
		expect(the(kustomer, trigger).id).not.toBe(webhook.id);
		expect(trigger.notes().webhookId).toBe(the(kustomer, trigger).id);
	});

	it('leaves the name that people gave the webhook', async () => {
		const { trigger, webhook } = await activated();
		kustomer.editWebhook(webhook.id, { name: 'Do not touch', events: ['kustomer.tag.create'] });
		await trigger.activate();
		expect(the(kustomer, trigger)).toMatchObject({ id: webhook.id, name: 'Do not touch' });
	});

	it.each([
		['PATCH', ['PATCH']],
		['PUT', ['PATCH', 'PUT']],
	] as const)('repairs where Kustomer knows the verb %s', async (updateVerb, expected) => {
		kustomer = await another({ updateVerb });
		const { trigger, webhook } = await activated();
		kustomer.disableWebhook(webhook.id);
		kustomer.clearLogs();
		await trigger.activate();
		expect(writes()).toEqual(expected);
		expect(the(kustomer, trigger)).toMatchObject({ id: webhook.id, enabled: true });
	});

	it('changes nothing but what differs', async () => {
		const { trigger, webhook } = await activated();
		kustomer.disableWebhook(webhook.id);
		kustomer.clearLogs();
		await trigger.activate();
		const [change] = kustomer.requests().filter(({ method }) => method === 'PATCH');
		expect(change?.body).toEqual({ enabled: true });
	});

	it('never deletes a webhook that Kustomer does not let it change', async () => {
		const { trigger, webhook } = await activated();
		kustomer.disableWebhook(webhook.id);
		const before = the(kustomer, trigger);
		kustomer.faults = [404, 405].map((status, place) => ({
			method: ['PATCH', 'PUT'][place],
			path: /outbound-webhooks\//,
			status,
		}));
		expect(await refusalOf(trigger)).toContain('could not change the webhook');
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([before]);
	});

	it('says so where Kustomer accepts a change and does not make it', async () => {
		const { trigger, webhook } = await activated();
		kustomer.disableWebhook(webhook.id);
		kustomer.faults = [
			{ method: 'PATCH', path: /outbound-webhooks/, status: 200, body: { data: {} } },
		];
		expect(await refusalOf(trigger)).toContain(`the change of the webhook "${NAME}"`);
		expect(kustomer.webhooks()).toHaveLength(1);
	});

	it('goes through where Kustomer shows the values of headers masked', async () => {
		const header = [{ name: 'X-Gateway-Key', value: 'made-up' }];
		const { trigger, webhook } = await activated({ options: { webhookHeaders: { header } } });
		const attributes = { ...webhook, headers: [{ name: 'X-Gateway-Key', value: '***' }] };
		const data = { id: webhook.id, type: 'outbound_webhook', attributes };
		kustomer.faults = [
			{ method: 'GET', path: /outbound-webhooks\?/, status: 200, body: { data: [data] } },
			{
				method: 'GET',
				path: new RegExp(`outbound-webhooks/${webhook.id}`),
				status: 200,
				body: { data },
			},
		];
		await trigger.activate();
		expect(the(kustomer, trigger).headers).toEqual(header);
		expect(kustomer.webhooks()).toHaveLength(1);
	});

	it('says so where a webhook is gone the moment it is changed', async () => {
		const { trigger, webhook } = await activated();
		kustomer.disableWebhook(webhook.id);
		kustomer.faults = [
			{ method: 'PATCH', path: /outbound-webhooks/, status: 200, body: { data: {} } },
			{ method: 'GET', path: new RegExp(`outbound-webhooks/${webhook.id}`), status: 404 },
		];
		expect(await refusalOf(trigger)).toContain('it has just been deleted');
	});

	it('switches on a webhook that Kustomer makes switched off', async () => {
		kustomer.switches.webhookStartsEnabled = false;
		const { webhook } = await activated();
		expect(webhook.enabled).toBe(true);
	});

	it('leaves nothing where Kustomer makes it switched off and does not let it be switched on', async () => {
		kustomer.switches.webhookStartsEnabled = false;
		const trigger = await triggerWith();
		kustomer.faults = [{ method: 'PATCH', path: /outbound-webhooks/, status: 400 }];
		expect(await refusalOf(trigger)).toContain('could not change the webhook');
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('keeps a webhook whose secret Kustomer does not show any more', async () => {
		const { trigger, webhook } = await activated();
		const attributes = { ...webhook, token: undefined };
		const data = { id: webhook.id, type: 'outbound_webhook', attributes };
		kustomer.faults = [
			{ method: 'GET', path: /outbound-webhooks\?/, status: 200, body: { data: [data] } },
			{ method: 'GET', path: /outbound-webhooks\/[^e]/, status: 200, body: { data } },
		];
		expect(await refusalOf(trigger)).toContain('does not show the secret of the webhook');
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([webhook]);
	});

	it('says which role is missing for a repair', async () => {
		const { trigger, webhook } = await activated();
		kustomer.disableWebhook(webhook.id);
		kustomer.addKey({ token: 'weak-key', roles: ['org.permission.outbound_webhook.read'] });
		trigger.credentials.kustomerApi = apiCredential(kustomer, 'weak-key');
		expect(await refusalOf(trigger)).toContain('org.permission.outbound_webhook.update');
		expect(kustomer.webhooks()).toHaveLength(1);
	});

	it('adopts its own webhook when the notes were lost', async () => {
		const { trigger, webhook } = await activated();
		for (const key of Object.keys(trigger.notes())) delete trigger.notes()[key];
		await trigger.activate();
		expect(the(kustomer, trigger).id).toBe(webhook.id);
		expect(trigger.notes().webhookId).toBe(webhook.id);
	});

	it('finds its webhook by its id where Kustomer cuts the list', async () => {
		const { trigger } = await activated();
		kustomer.faults = [
			{ method: 'GET', path: /outbound-webhooks\?/, status: 200, body: { data: [] } },
		];
		expect(await trigger.isRegistered()).toBe(true);
		expect(kustomer.webhooks()).toHaveLength(1);
	});
});

describe("other people's webhooks", () => {
	const lookAlikes = (address: string) => [
		{ name: NAME, url: 'https://n8n.example.test/webhook/another-id/webhook' },
		{ name: NAME, url: `${address}/` },
		{ name: `${NAME} (test)`, url: 'https://n8n.example.test/webhook-test/another-id/webhook' },
		{ name: 'n8n: Test workflow (workflow2)', url: address },
		{ name: 'Made by hand', url: address },
		{ name: 'Made by hand (test)', url: address.replace('/webhook/', '/webhook-test/') },
	];

	it('stay as they are, whatever they resemble, through the whole life of a trigger', async () => {
		const trigger = await triggerWith();
		const others = lookAlikes(trigger.address).map((fields) =>
			kustomer.createWebhook({ ...fields, events: [CHOSEN] }),
		);
		await trigger.activate();
		expect(kustomer.webhooks()).toHaveLength(others.length + 1);
		kustomer.disableWebhook(String(trigger.notes().webhookId));
		await trigger.activate();
		for (const key of Object.keys(trigger.notes())) delete trigger.notes()[key];
		await trigger.activate();
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual(others);
	});

	it('that point here are named in the log', async () => {
		const trigger = await triggerWith();
		const other = kustomer.createWebhook({
			name: 'Made by hand',
			url: trigger.address,
			events: [CHOSEN],
		});
		await trigger.activate();
		const [line, ...more] = trigger.log('warn');
		expect(more).toEqual([]);
		expect(line).toContain('another webhook in Kustomer points here: "Made by hand"');
		expect(line).toContain(other.id);
		expect(line).not.toContain(other.token);
	});
});

describe('listening for a test event', () => {
	const testOf = async (trigger: TestTrigger) =>
		await triggerWith({}, { isTest: true, node: { webhookId: trigger.node.webhookId } });

	it('has a webhook of its own that says so, beside the one in production', async () => {
		const { trigger, webhook } = await activated();
		const test = await testOf(trigger);
		await test.activate();
		expect(test.address).toContain('/webhook-test/');
		expect(the(kustomer, test).name).toBe(`${NAME} (test)`);
		await test.deactivate();
		expect(kustomer.webhooks()).toEqual([webhook]);
	});

	it('is not disturbed by publishing meanwhile', async () => {
		const { trigger } = await activated();
		const test = await testOf(trigger);
		await test.activate();
		const before = the(kustomer, test);
		trigger.node.parameters.events = ['kustomer.tag.create'];
		await trigger.activate();
		expect(the(kustomer, test)).toEqual(before);
		await test.deactivate();
	});

	it.each(['publishing', 'the next test'])(
		'leaves nothing for long when n8n is killed: %s removes the leftover',
		async (next) => {
			const trigger = await triggerWith({});
			const leftover = kustomer.createWebhook({
				name: `${NAME} (test)`,
				url: trigger.address.replace('/webhook/', '/webhook-test/'),
				events: ['kustomer.tag.create'],
			});
			const following = next === 'publishing' ? trigger : await testOf(trigger);
			aheadBy(10 * 60_000);
			await following.activate();
			if (next === 'publishing') expect(kustomer.webhooks()).not.toContainEqual(leftover);
			await following.deactivate();
			expect(kustomer.webhooks()).toEqual([]);
		},
	);
});

describe('a test webhook that another process may be listening to', () => {
	it('is left alone for ten minutes, and removed afterwards', async () => {
		const trigger = await triggerWith();
		const url = trigger.address.replace('/webhook/', '/webhook-test/');
		const live = kustomer.createWebhook({ name: `${NAME} (test)`, url, events: [CHOSEN] });
		await trigger.activate();
		expect(kustomer.webhooks()).toContainEqual(live);
		expect(trigger.log('warn')).toEqual([]);
		aheadBy(10 * 60_000);
		expect(await trigger.isRegistered()).toBe(true);
		expect(kustomer.webhooks()).not.toContainEqual(live);
	});

	it('is left alone beside a test at the same address', async () => {
		const { trigger } = await activated({}, { isTest: true });
		const fields = { name: `${NAME} (test)`, url: trigger.address, events: [CHOSEN] };
		const live = kustomer.createWebhook(fields);
		expect(await trigger.isRegistered()).toBe(true);
		expect(kustomer.webhooks()).toContainEqual(live);
		expect(trigger.log('warn')).toEqual([]);
	});

	it('is left alone for ever when it belongs to an n8n at another address', async () => {
		const trigger = await triggerWith();
		const url = trigger.address
			.replace('https://', 'https://other.')
			.replace('/webhook/', '/webhook-test/');
		const live = kustomer.createWebhook({ name: `${NAME} (test)`, url, events: [CHOSEN] });
		aheadBy(24 * 60 * 60_000);
		await trigger.activate();
		expect(kustomer.webhooks()).toContainEqual(live);
	});
});

describe('a second webhook of this very trigger in production', () => {
	it('is removed at once', async () => {
		const { trigger, webhook } = await activated();
		kustomer.createWebhook({ name: NAME, url: trigger.address, events: [CHOSEN] });
		expect(await trigger.isRegistered()).toBe(true);
		expect(kustomer.webhooks()).toEqual([webhook]);
	});
});

describe('unpublishing', () => {
	it('removes the webhook and the notes', async () => {
		const { trigger } = await activated();
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
		expect(trigger.notes()).toEqual({});
	});

	it('asks nothing of Kustomer where there is no note', async () => {
		await (await triggerWith()).deactivate();
		expect(kustomer.requests()).toEqual([]);
	});

	it('removes one that a look made again, under an id that is not noted', async () => {
		const { trigger, webhook } = await activated();
		kustomer.deleteWebhook(webhook.id);
		const { name, url, events } = webhook;
		kustomer.createWebhook({ name, url, events });
		const other = kustomer.createWebhook({ name: 'Somebody else', url, events });
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([other]);
		expect(trigger.log('warn')).toEqual([]);
	});

	it('removes a second one of its own beside the noted one', async () => {
		const { trigger, webhook } = await activated();
		const { name, url, events } = webhook;
		kustomer.createWebhook({ name, url, events });
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('finds the noted one where Kustomer cuts its list', async () => {
		const { trigger } = await activated();
		kustomer.faults = [
			{ method: 'GET', path: /outbound-webhooks\?/, status: 200, body: { data: [] } },
		];
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('leaves one alone that somebody made deliver elsewhere', async () => {
		const { trigger, webhook } = await activated();
		const url = 'https://elsewhere.example.test/';
		kustomer.editWebhook(webhook.id, { url });
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([expect.objectContaining({ id: webhook.id, url })]);
		expect(trigger.log('warn')).toEqual([expect.stringContaining(`now delivers to ${url}`)]);
		expect(trigger.notes()).toEqual({});
	});

	it.each([404, 410])('counts a webhook that is gone (%d) as removed', async (status) => {
		const { trigger, webhook } = await activated();
		kustomer.deleteWebhook(webhook.id);
		kustomer.faults = [{ method: 'DELETE', path: /outbound-webhooks/, status }];
		await trigger.deactivate();
		expect(trigger.notes()).toEqual({});
	});

	it.each([
		['Kustomer is down', { status: 503 }, 'status 503'],
		['the connection breaks', { reset: true }, 'could not delete the webhook'],
		['the key lacks the role', { status: 403 }, 'org.permission.outbound_webhook.delete'],
	])('throws when %s, so that n8n tries again and shows it', async (_, fault, words) => {
		const { trigger, webhook } = await activated();
		kustomer.faults = [{ method: 'DELETE', path: /outbound-webhooks/, times: 1, ...fault }];
		await expect(trigger.deactivate()).rejects.toThrow(words);
		expect(trigger.notes().webhookId).toBe(webhook.id);
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});
});

describe('a start of n8n', () => {
	const MOMENTS = ['init', 'leadershipChange'] as const;

	it.each(MOMENTS)('asks nothing of Kustomer (%s)', async (moment) => {
		const { trigger } = await activated();
		kustomer.clearLogs();
		expect(await trigger.isRegistered(moment)).toBe(true);
		expect(kustomer.requests()).toEqual([]);
	});

	it.each(MOMENTS)('reads no credential with manual setup (%s)', async (moment) => {
		const trigger = await startTrigger(manualDraft());
		expect(await trigger.isRegistered(moment)).toBe(true);
		expect(trigger.reads('kustomerWebhookApi')).toBe(0);
		expect(await trigger.isRegistered('update')).toBe(false);
	});

	it.each(MOMENTS)(
		'makes no webhook for a restored copy at another address (%s)',
		async (moment) => {
			const { trigger, webhook } = await activated();
			const copy = await triggerWith({}, { webhookUrl: 'https://copy.example.test/' });
			Object.assign(copy.notes(), trigger.notes());
			expect(await copy.isRegistered(moment)).toBe(true);
			expect(kustomer.webhooks()).toEqual([webhook]);
		},
	);

	it('registers what was never registered', async () => {
		expect(await (await triggerWith()).isRegistered('init')).toBe(false);
	});
});

describe('a check while nobody publishes', () => {
	it.each([
		['refuses the key', { status: 401 }],
		['lacks a role', { status: 403 }],
		['limits requests', { status: 429, headers: { 'retry-after': '60' } }],
		['is down', { status: 500 }],
		['breaks the connection', { reset: true }],
		['is hidden by a sign-in page', { ...SIGN_IN_PAGE }],
	])('takes the webhook to be in order when Kustomer %s, and logs it', async (_, fault) => {
		const { trigger, webhook } = await activated();
		kustomer.faults = [{ path: /outbound-webhooks/, ...fault }];
		expect(await trigger.isRegistered('update')).toBe(true);
		expect(trigger.log('warn')).toEqual([expect.stringContaining('taken to be in order')]);
		kustomer.faults = [];
		expect(kustomer.webhooks()).toEqual([webhook]);
	});

	it('fails when the notes are of another address or host', async () => {
		const { trigger } = await activated();
		kustomer.faults = [{ path: /outbound-webhooks/, status: 500 }];
		for (const other of [{ url: 'https://other.example.test/' }, { host: 'https://other.test' }]) {
			const notes = { ...trigger.notes() };
			Object.assign(trigger.notes(), other);
			await expect(trigger.isRegistered('update')).rejects.toThrow('status 500');
			Object.assign(trigger.notes(), notes);
		}
		await expect(trigger.isRegistered('activate')).rejects.toThrow('status 500');
	});
});

describe('a credential that now belongs to another organization', () => {
	it('names the leftover when unpublishing, and asks nothing of the wrong organization', async () => {
		const { trigger, webhook } = await activated();
		const elsewhere = await another();
		trigger.credentials.kustomerApi = apiCredential(elsewhere);
		await trigger.deactivate();
		expect(elsewhere.requests()).toEqual([]);
		const [line, ...more] = trigger.log('warn');
		expect(more).toEqual([]);
		for (const words of [webhook.id, kustomer.url, kustomer.orgId, 'Outbound Webhooks']) {
			expect(line).toContain(words);
		}
		expect(trigger.notes()).toEqual({});
	});

	it('makes a webhook there when publishing, and names the leftover', async () => {
		const { trigger, webhook } = await activated();
		const elsewhere = await another({ orgId: 'org-elsewhere' });
		trigger.credentials.kustomerApi = apiCredential(elsewhere);
		expect(await trigger.isRegistered()).toBe(false);
		await trigger.activate();
		expect(trigger.notes()).toEqual({
			webhookId: the(elsewhere, trigger).id,
			url: the(elsewhere, trigger).url,
			host: elsewhere.url,
			orgId: 'org-elsewhere',
		});
		expect(trigger.log('warn')).toEqual([expect.stringContaining(webhook.id)]);
		expect(kustomer.webhooks()).toEqual([webhook]);
	});
});

describe('a webhook that is in use', () => {
	it('is not taken over nor deleted by a copy of the workflow, which carries the same notes', async () => {
		const { trigger: original, webhook } = await activated();
		const copy = await triggerWith();
		Object.assign(copy.notes(), original.notes());
		await copy.activate();
		expect(the(kustomer, original)).toEqual(webhook);
		expect(the(kustomer, copy).id).not.toBe(webhook.id);
		Object.assign(copy.notes(), original.notes());
		await copy.deactivate();
		expect(the(kustomer, original)).toEqual(webhook);
	});

	it('survives a check that Kustomer did not answer, though n8n deletes after every failed try', async () => {
		const { trigger, webhook } = await activated();
		const headers = { 'retry-after': '60' };
		kustomer.faults = [{ path: /outbound-webhooks/, times: 1, status: 429, headers }];
		await expect(trigger.isRegistered()).rejects.toThrow('limits how many requests');
		await trigger.deactivate();
		expect(the(kustomer, trigger)).toEqual(webhook);
		expect(await trigger.isRegistered()).toBe(true);
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('is not brought down by a leftover that cannot be removed', async () => {
		const { trigger } = await activated();
		kustomer.createWebhook({
			name: `${NAME} (test)`,
			url: trigger.address.replace('/webhook/', '/webhook-test/'),
			events: [CHOSEN],
		});
		kustomer.faults = [{ method: 'DELETE', path: /outbound-webhooks/, times: 1, status: 500 }];
		expect(await trigger.isRegistered()).toBe(true);
	});
});

describe('what seldom happens', () => {
	const TOKENLESS = { id: 'x', type: 'outbound_webhook', attributes: { enabled: true } };

	it('a deleted credential is named with the webhook that is left behind', async () => {
		const { trigger, webhook } = await activated();
		trigger.credentials.kustomerApi = { region: 'org', subdomain: '', apiKey: '' };
		await expect(trigger.deactivate()).rejects.toThrow(
			`so its webhook ${webhook.id} in organization ${kustomer.orgId} (${kustomer.url}) could not be removed`,
		);
		delete trigger.notes().orgId;
		await expect(trigger.deactivate()).rejects.toThrow('in organization unknown');
	});

	it('a webhook whose secret is nowhere to be had is taken back', async () => {
		const trigger = await triggerWith();
		kustomer.faults = [
			{ method: 'POST', path: /outbound-webhooks$/, status: 201, body: { data: TOKENLESS } },
			{ path: /outbound-webhooks\/x$/, status: 404 },
		];
		expect(await refusalOf(trigger)).toContain('does not show the secret of the webhook');
		expect(trigger.notes()).toEqual({});
	});

	it('Ignore Own Changes says so when Kustomer tells neither the user nor the creator', async () => {
		const trigger = await triggerWith({ filters: { ignoreOwnChanges: true } });
		const made = { ...TOKENLESS, attributes: { enabled: true, token: 't' } };
		kustomer.faults = [
			{ method: 'POST', path: /outbound-webhooks$/, status: 201, body: { data: made } },
			{ path: /users\/current/, status: 403 },
		];
		await trigger.activate();
		expect(trigger.log('warn')).toEqual([
			expect.stringContaining('Ignore Own Changes has no effect'),
		]);
		expect(trigger.notes()).not.toHaveProperty('userId');
	});

	it('another organization at the same host is named when publishing', async () => {
		const { trigger, webhook } = await activated();
		kustomer.deleteWebhook(webhook.id);
		trigger.notes().orgId = 'former-organization';
		await trigger.activate();
		const [line, ...more] = trigger.log('warn');
		expect(more).toEqual([]);
		expect(line).toContain(`the API key now belongs to organization ${kustomer.orgId}`);
		expect(line).toContain(`${webhook.id} in organization former-organization`);
	});

	it('a webhook that is gone is told about without its organization where that is not known', async () => {
		const { trigger, webhook } = await activated();
		kustomer.deleteWebhook(webhook.id);
		delete trigger.notes().orgId;
		await trigger.deactivate();
		expect(trigger.log('warn')).toEqual([expect.stringContaining('of organization unknown')]);
	});

	it('another host is told about without its organization where that is not known', async () => {
		const { trigger } = await activated();
		delete trigger.notes().orgId;
		trigger.credentials.kustomerApi = apiCredential(await another());
		await trigger.deactivate();
		expect(trigger.log('warn')).toEqual([expect.stringContaining('(organization unknown)')]);
	});

	it('a leftover that cannot be removed is named', async () => {
		const { trigger } = await activated();
		const second = kustomer.createWebhook({ name: NAME, url: trigger.address, events: [CHOSEN] });
		kustomer.faults = [{ method: 'DELETE', path: /outbound-webhooks/, times: 1, status: 500 }];
		expect(await trigger.isRegistered()).toBe(true);
		expect(trigger.log('warn')).toEqual([
			expect.stringContaining(`(${second.id}) could not be removed`),
		]);
	});
});

describe('a webhook without a name', () => {
	it('is given one when it is repaired', async () => {
		const { trigger, webhook } = await activated();
		const attributes = { ...webhook, name: '', events: ['kustomer.tag.create'] };
		const data = [{ id: webhook.id, type: 'outbound_webhook', attributes }];
		kustomer.faults = [{ method: 'GET', path: /outbound-webhooks\?/, status: 200, body: { data } }];
		await trigger.activate();
		const change = kustomer.requests().find(({ method }) => method === 'PATCH');
		expect(change?.body).toEqual({ name: NAME, events: [CHOSEN] });
	});
});

describe('marks in the name of a webhook', () => {
	const SINCE = ' (missed since 2026-11-24T06:41:02.000Z)';

	it('of a pause are taken away by publishing, and what was missed stays noted', async () => {
		const { trigger, webhook } = await activated();
		kustomer.editWebhook(webhook.id, { name: `${NAME}${SINCE} (paused)`, enabled: false });
		expect(await trigger.isRegistered()).toBe(false);
		await trigger.activate();
		expect(the(kustomer, trigger)).toMatchObject({
			id: webhook.id,
			name: `${NAME}${SINCE}`,
			enabled: true,
		});
	});

	it('of a pause are taken away even where the webhook was switched on by hand', async () => {
		const { trigger, webhook } = await activated();
		kustomer.editWebhook(webhook.id, { name: `${NAME} (paused)` });
		await trigger.activate();
		expect(the(kustomer, trigger).name).toBe(NAME);
	});

	it.each(['init', 'leadershipChange'] as const)(
		'of a pause outlast a start of n8n (%s), which is no publishing',
		async (moment) => {
			const { trigger, webhook } = await activated();
			kustomer.editWebhook(webhook.id, { name: `${NAME} (paused)`, enabled: false });
			kustomer.clearLogs();
			expect(await trigger.isRegistered(moment)).toBe(true);
			expect(kustomer.requests()).toEqual([]);
			expect(await trigger.isRegistered('update')).toBe(false);
		},
	);

	it.each([' (paused)', SINCE])('do not hinder its adoption: %s', async (mark) => {
		const { trigger, webhook } = await activated();
		kustomer.editWebhook(webhook.id, { name: `${NAME}${mark}` });
		for (const key of Object.keys(trigger.notes())) delete trigger.notes()[key];
		await trigger.activate();
		expect(the(kustomer, trigger).id).toBe(webhook.id);
	});
});

describe('an organization that lists more events than one webhook may have', () => {
	const MORE = ['kustomer.note.create', 'kustomer.note.update'];
	const TWELVE = [...EVENT_NAMES].sort();

	/** The local Kustomer refuses more than twelve, as Kustomer's documentation says. */
	const listing = (names: readonly string[]) => {
		const body = { events: names };
		kustomer.faults = [{ method: 'GET', path: /outbound-webhooks\/events/, status: 200, body }];
	};

	it('has the twelve registered for all events, and the log names the rest', async () => {
		listing([...EVENT_NAMES, ...MORE]);
		const { trigger, webhook } = await activated({ events: ['*'] });
		expect([...webhook.events].sort()).toEqual(TWELVE);
		const [line, ...more] = trigger.log('warn');
		expect(more).toEqual([]);
		expect(line).toContain(MORE.join(', '));
	});

	it('has them registered also when a webhook is changed', async () => {
		const { trigger, webhook } = await activated();
		listing([...EVENT_NAMES, ...MORE]);
		trigger.node.parameters.events = ['*'];
		await trigger.activate();
		expect(the(kustomer, trigger).id).toBe(webhook.id);
		expect([...the(kustomer, trigger).events].sort()).toEqual(TWELVE);
		expect(trigger.log('warn')).toEqual([expect.stringContaining(MORE.join(', '))]);
	});

	it('is asked for the named ones beside the known ones first, as far as it lists them', async () => {
		const known = EVENT_NAMES.slice(0, 11);
		const [named] = MORE;
		listing([...known, ...MORE]);
		const additionalEvents = [named, 'kustomer.unheard.of'];
		const { trigger, webhook } = await activated({ events: ['*'], options: { additionalEvents } });
		const asked = kustomer.requests().filter(({ method }) => method === 'POST');
		expect(asked.map(({ body }) => (body as { events: string[] }).events)).toEqual([
			[...known, ...MORE, 'kustomer.unheard.of'],
			[...known, named],
			known,
		]);
		expect(webhook.events).toEqual(known);
		const told = trigger.log('warn').join();
		for (const name of [...MORE, 'kustomer.unheard.of']) expect(told.split(name)).toHaveLength(2);
	});

	it('is not asked a second time where it refuses for another reason', async () => {
		listing([...EVENT_NAMES, ...MORE]);
		kustomer.faults.push({ method: 'POST', path: /outbound-webhooks$/, status: 403 });
		await refusalOf(await triggerWith({ events: ['*'] }));
		expect(writes()).toEqual(['POST']);
	});
});
