import { EVENT_NAMES, makeEvent, type Envelope } from '../../sandbox/kustomer/server.cts';
import { itemsOf, type SavedWorkflow } from '../../sandbox/n8n/api.cts';
import {
	AFTER,
	N8N_NAME,
	startWorld,
	TRIGGER,
	triggerOf,
	type TriggerDraft,
	type World,
} from '../support/world.cts';

jest.setTimeout(600_000);

let world: World;

beforeAll(async () => {
	world = await startWorld();
});

afterAll(async () => {
	await world?.end();
});

const SECRET = 'a-secret-that-was-typed-by-hand-0123456789';

describe('a workflow with automatic setup', () => {
	let workflow: SavedWorkflow;
	const chosen = EVENT_NAMES.filter((name) => name !== 'kustomer.tag.update');

	beforeAll(async () => {
		workflow = await world.publishTrigger({ name: 'Everything', parameters: { events: chosen } });
	});

	it('makes exactly one webhook when it is published', () => {
		const webhooks = world.kustomer.webhooks();
		expect(webhooks).toHaveLength(1);
		expect(webhooks[0]).toMatchObject({
			name: `n8n: Everything (${workflow.id})`,
			url: `${N8N_NAME}/webhook/${triggerOf(workflow).webhookId}/webhook`,
			events: chosen,
			enabled: true,
		});
	});

	it('notes the id, address, host and organization of its webhook, and nothing secret', () => {
		const [webhook] = world.kustomer.webhooks();
		const notes = workflow.staticData?.[`node:${TRIGGER}`];
		expect(notes).toEqual({
			webhookId: webhook?.id,
			url: webhook?.url,
			host: world.kustomer.url,
			orgId: world.kustomer.orgId,
		});
	});

	it.each(chosen)('runs once for %s, with the item that the contract describes', async (name) => {
		const envelope = makeEvent(name);
		const before = (await world.n8n.api.listExecutions(workflow.id)).length;
		const [delivery] = await world.kustomer.send(envelope);
		expect(delivery).toMatchObject({ ok: true, status: 200 });
		const executions = await world.n8n.api.waitForExecutions(workflow.id, before + 1);
		expect(executions).toHaveLength(before + 1);
		const [execution] = executions;
		if (execution === undefined) throw new Error('no execution');
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, AFTER)).toHaveLength(1);
		expectContractShape(itemsOf(execution, AFTER)[0], envelope);
	});

	it('answers 200 to an event that is not chosen and starts nothing', async () => {
		await expectNoExecution(workflow, async () => {
			const [webhook] = world.kustomer.webhooks();
			const [delivery] = await world.kustomer.send('kustomer.tag.update', {
				webhookId: webhook?.id,
			});
			expect(delivery).toMatchObject({ status: 200 });
		});
	});

	it.each([
		['a wrong signature', { forged: true }],
		['no signature', { headers: { 'X-Kustomer-Webhook-Signature': null } }],
		['a malformed signature', { headers: { 'X-Kustomer-Webhook-Signature': 'sha256=abc' } }],
		[
			'two signatures',
			{ headers: { 'X-Kustomer-Webhook-Signature': ['0'.repeat(64), '1'.repeat(64)] } },
		],
	])('answers 401 to %s and starts nothing', async (_, spoiled) => {
		await expectNoExecution(workflow, async () => {
			const [delivery] = await world.kustomer.send('kustomer.team.create', {
				forged: true,
				...spoiled,
			});
			expect(delivery).toMatchObject({ status: 401 });
		});
	});

	it('drops a repeat of an event that was received', async () => {
		const envelope = makeEvent('kustomer.customer.create');
		const before = (await world.n8n.api.listExecutions(workflow.id)).length;
		await world.kustomer.send(envelope);
		await world.n8n.api.waitForExecutions(workflow.id, before + 1);
		await expectNoExecution(workflow, async () => {
			const [repeat] = await world.kustomer.send(envelope);
			expect(repeat).toMatchObject({ status: 200 });
		});
	});

	it('removes its webhook when it is unpublished', async () => {
		await world.n8n.api.unpublish(workflow.id);
		expect(world.kustomer.webhooks()).toEqual([]);
		expect((await world.n8n.api.getWorkflow(workflow.id)).staticData?.[`node:${TRIGGER}`]).toEqual(
			{},
		);
	});
});

describe('a workflow with manual setup', () => {
	let workflow: SavedWorkflow;
	let webhookId: string;

	beforeAll(async () => {
		const credential = await world.n8n.api.createCredential({
			name: 'Made by hand',
			type: 'kustomerWebhookApi',
			data: { secret: SECRET, previousSecret: '' },
		});
		workflow = await world.publishTrigger({
			parameters: { registration: 'manual', events: ['*'], simplify: false },
			credentials: { kustomerWebhookApi: credential },
		});
		const webhook = world.kustomer.createWebhook({
			name: 'By hand',
			url: `${N8N_NAME}/webhook/${triggerOf(workflow).webhookId}/webhook`,
			events: [...EVENT_NAMES],
		});
		webhookId = webhook.id;
	});

	afterAll(() => {
		world.kustomer.deleteWebhook(webhookId);
	});

	it('rejects deliveries while the credential holds another secret, and accepts them once it holds the right one', async () => {
		const token = world.kustomer.webhooks().find(({ id }) => id === webhookId)?.token;
		const envelope = makeEvent('kustomer.message.create');
		const [rejected] = await world.kustomer.send(envelope);
		expect(rejected).toMatchObject({ status: 401 });
		const credential = triggerOf(workflow).credentials?.kustomerWebhookApi;
		await world.n8n.api.updateCredential(credential?.id ?? '', {
			name: 'Made by hand',
			type: 'kustomerWebhookApi',
			data: { secret: token, previousSecret: SECRET },
		});
		await world.kustomer.whenIdle(30_000);
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		if (execution === undefined) throw new Error('no execution');
		expect(itemsOf(execution, AFTER)).toEqual([envelope]);
	});

	it('passes the event exactly as received when Simplify is off, also an event that Kustomer adds later', async () => {
		const envelope = { ...makeEvent('kustomer.tag.create'), name: 'kustomer.company.update' };
		const [delivery] = await world.kustomer.send(envelope, { webhookId });
		expect(delivery).toMatchObject({ status: 200 });
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 2);
		if (execution === undefined) throw new Error('no execution');
		expect(itemsOf(execution, AFTER)).toEqual([envelope]);
	});
});

describe('what cannot work is refused in words', () => {
	/** What the credential test says (where there is one), and what publishing says. */
	type Refusal = { test?: string; publishing: string };

	const mistakes: ReadonlyArray<[string, string, () => Promise<Refusal>]> = [
		[
			'an empty list of events',
			'Choose at least one under Events',
			async () => await publishing({ parameters: { events: [] } }),
		],
		[
			'manual setup without a secret',
			'There is no webhook secret',
			async () => await publishing({ parameters: { registration: 'manual' }, credentials: {} }),
		],
		[
			'"finished" together with "Also Across Restarts"',
			'does not go together',
			async () =>
				await publishing({
					parameters: { options: { acknowledge: 'finished', skipDuplicates: 'database' } },
				}),
		],
		[
			'an event that Kustomer does not know',
			'Kustomer does not know the event "kustomer.company.eaten"',
			async () =>
				await publishing({
					parameters: { options: { additionalEvents: ['kustomer.company.eaten'] } },
				}),
		],
		[
			'a revoked key',
			'does not accept the API key',
			async () => await withCredential({ apiKey: 'revoked' }),
		],
		[
			'a key of another region',
			'belongs to another region',
			async () => {
				const { token } = world.kustomer.addKey({
					token: 'key-of-europe',
					roles: [],
					region: 'prod2',
				});
				return await withCredential({ apiKey: token });
			},
		],
		[
			'a host that refuses connections',
			'Kustomer refuses connections',
			async () => await withCredential({ baseUrl: 'http://127.0.0.1:9' }),
		],
		[
			'a subdomain that cannot be one',
			'Enter the first part of your sign-in address',
			async () => await withCredential({ region: 'org', subdomain: 'no such organization' }),
		],
		[
			'a host name that nobody has',
			'host name',
			async () => await withCredential({ baseUrl: 'https://kustomer.invalid' }),
		],
		[
			'an unencrypted connection',
			'must begin with https://',
			async () => await withCredential({ baseUrl: 'http://kustomer.example' }),
		],
	];
	let refusals: Refusal[];

	// n8n tries each for about 15 seconds, so all of them at once.
	beforeAll(async () => {
		refusals = await Promise.all(mistakes.map(async ([, , make]) => await make()));
	});

	it.each(mistakes.map(([name, words], place) => [name, words, place] as const))(
		'%s',
		(_, words, place) => {
			const { test, publishing } = refusals[place] ?? { publishing: '' };
			expect(publishing).toContain(words);
			expect(test ?? words).toContain(words);
		},
	);

	it('accepts a key without any role in the credential test, and names the role on publishing', async () => {
		const { token } = world.kustomer.addKey({ token: 'key-without-roles', roles: [] });
		const { test, publishing } = await withCredential({ apiKey: token });
		expect(test).toBe('OK: Kustomer accepts the API key.');
		expect(publishing).toContain('org.outbound_webhooks');
	});

	async function publishing(draft: TriggerDraft): Promise<Refusal> {
		const outcome = await world.publishTrigger(draft).then(
			() => 'published',
			(error: Error) => error.message,
		);
		return { publishing: outcome };
	}

	async function withCredential(spoiled: Record<string, string>): Promise<Refusal> {
		const valid = { region: 'custom', baseUrl: world.kustomer.url, apiKey: world.apiKey };
		const draft = { name: 'Spoiled', type: 'kustomerApi', data: { ...valid, ...spoiled } };
		const credential = await world.n8n.api.createCredential(draft);
		const { status, message } = await world.n8n.api.testCredential({ ...draft, id: credential.id });
		const refused = await publishing({ credentials: { kustomerApi: credential } });
		return { ...refused, test: status === 'OK' ? `OK: ${message}` : message };
	}
});

describe('after all of this', () => {
	it('no secret, token or signature stands in workflows, static data, executions or the log', async () => {
		const signatures = world.kustomer
			.deliveries()
			.flatMap(({ requestHeaders }) => requestHeaders['X-Kustomer-Webhook-Signature'] ?? []);
		const secrets = [
			world.apiKey,
			SECRET,
			...world.kustomer.webhooks().map(({ token }) => token),
			...signatures,
		].filter((secret) => secret.length >= 16);
		expect(signatures.length).toBeGreaterThan(10);
		const places = [world.n8n.logText()];
		for (const { id } of await world.n8n.api.listWorkflows()) {
			places.push(JSON.stringify(await world.n8n.api.getWorkflow(id)));
			for (const execution of await world.n8n.api.listExecutions(id)) {
				places.push(JSON.stringify(await world.n8n.api.getExecution(execution.id)));
			}
		}
		const text = places.join('\n');
		expect(text.length).toBeGreaterThan(10_000);
		expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
	});
});

async function expectNoExecution(workflow: SavedWorkflow, act: () => Promise<void>): Promise<void> {
	const before = await world.n8n.api.waitForExecutions(workflow.id, 0);
	await act();
	const after = await world.n8n.api.waitForExecutions(workflow.id, 0);
	expect(after).toHaveLength(before.length);
}

/** The contract's table, field by field, read from the envelope that was sent. */
function expectContractShape(item: unknown, envelope: Envelope): void {
	const [, resource, action] = envelope.name.split('.');
	expect(item).toMatchObject({
		event: envelope.name,
		resource,
		action,
		eventId: envelope.id,
		occurredAt: envelope.createdAt,
		orgId: envelope.org,
		id: envelope.data.id,
	});
	const { attributes, related, changes } = item as Record<string, Record<string, unknown>>;
	const { password: _, ...withoutPassword } = envelope.data.attributes;
	expect(attributes).toEqual(resource === 'user' ? withoutPassword : envelope.data.attributes);
	expect(related?.org).toBe(envelope.org);
	expect(Object.keys(item as object)).toEqual([
		'event',
		'resource',
		'action',
		'eventId',
		'occurredAt',
		'orgId',
		'orgName',
		'client',
		'id',
		'attributes',
		'related',
		'changes',
	]);
	if (action === 'create') expect(changes).toEqual({});
	else expect(Object.keys(changes ?? {}).length).toBeGreaterThan(0);
	for (const bookkeeping of ['rev', 'updatedAt', 'modifiedAt', 'lastActivityAt']) {
		expect(changes).not.toHaveProperty(bookkeeping);
	}
}
