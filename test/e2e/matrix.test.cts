// The main ways through the package, on whichever line of n8n N8N_LINE names: `npm run test:matrix` runs it on all.
import { makeEvent, sign, type HookWithAddress } from '../../sandbox/kustomer/server.cts';
import { itemsOf, type Execution, type NodeDraft } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { lineOfMatrix } from '../../sandbox/n8n/install.cts';
import { Kustomer } from '../../nodes/Kustomer/Kustomer.node';
import { KustomerTrigger } from '../../nodes/Kustomer/KustomerTrigger.node';
import { ITEM, POSTED } from '../fixtures/contract.cts';
import { AFTER, startWorld, TRIGGER, type World } from '../support/world.cts';

jest.setTimeout(300_000);

const LINE = lineOfMatrix();
const EVENT = 'kustomer.conversation.update';
const ACTION = 'Kustomer';

/**
 * Where the lines differ. n8n 2.x publishes in the background and tries a registration that does not succeed, and the
 * removal of one, several times; n8n 1.x does both once, while the person waits, and then leaves it.
 */
const TRIES_AGAIN = { '2.41': true, '1.123': false }[LINE];

let world: World;

beforeAll(async () => {
	world = await startWorld();
});

afterAll(async () => await world?.end());

afterEach(async () => {
	world.kustomer.faults = [];
	for (const { id, active } of await world.n8n.api.listWorkflows()) {
		if (active) await world.n8n.api.unpublish(id);
	}
	for (const { id } of world.kustomer.webhooks()) world.kustomer.deleteWebhook(id);
	world.kustomer.clearLogs();
});

describe(`n8n ${LINE} with this package`, () => {
	it('is of the line that was asked for', () => {
		expect(world.n8n.version.startsWith(`${LINE}.`)).toBe(true);
	});

	it.each([new KustomerTrigger().description, new Kustomer().description])(
		'shows every text and parameter of $displayName',
		async (description) => {
			const shown = await world.n8n.api.nodeDescription(`n8n-nodes-kustomer.${description.name}`);
			// Expressions are compiled for the package, so they are not those of the source to the letter.
			const { name, icon, credentials, webhooks, outputs, subtitle, ...texts } =
				asJson(description);
			expect(shown).toMatchObject(texts);
			expect(shown?.credentials).toMatchObject(credentials ?? []);
			expect(shown?.iconUrl).toMatchObject({ light: expect.stringMatching(/svg$/) });
			expect(shown?.codex?.categories).toContain('Communication');
		},
	);

	it('offers the action node as a tool for AI', async () => {
		expect(await world.n8n.api.nodeTypes()).toContain('n8n-nodes-kustomer.kustomerTool');
	});

	it.each([
		['the right key', {}, 'OK', 'Kustomer accepts the API key'],
		['a wrong key', { apiKey: 'revoked' }, 'Error', 'does not accept the API key'],
		['an address that refuses', { baseUrl: 'http://127.0.0.1:9' }, 'Error', 'refuses connections'],
	])('tests a credential with %s', async (_, spoiled, status, words) => {
		const data = { region: 'custom', baseUrl: world.kustomer.url, apiKey: world.apiKey };
		const draft = { name: 'Tried', type: 'kustomerApi', data: { ...data, ...spoiled } };
		const { id } = await world.n8n.api.createCredential(draft);
		const said = await world.n8n.api.testCredential({ ...draft, id });
		expect(said).toEqual({ status, message: expect.stringContaining(words) });
	});
});

describe(`registration on n8n ${LINE}`, () => {
	it('makes one webhook, notes it, and removes it', async () => {
		const workflow = await world.publishTrigger({ name: 'Matrix' });
		const webhooks = world.kustomer.webhooks();
		expect(webhooks).toMatchObject([
			{ name: `n8n: Matrix (${workflow.id})`, events: [EVENT], enabled: true },
		]);
		expect(workflow.staticData?.[`node:${TRIGGER}`]).toMatchObject({
			webhookId: webhooks[0]?.id,
			host: world.kustomer.url,
			orgId: world.kustomer.orgId,
		});
		await world.n8n.api.unpublish(workflow.id);
		expect(world.kustomer.webhooks()).toEqual([]);
	});

	it('that cannot work is refused in words', async () => {
		await expect(world.publishTrigger({ parameters: { events: [] } })).rejects.toThrow(
			/Choose at least one under Events/,
		);
	});

	it('when Kustomer fails for a moment is tried again by n8n 2.x, and by a person on 1.x', async () => {
		world.kustomer.faults = [{ path: /outbound-webhooks/, times: 1, status: 500 }];
		const workflow = await world.createTrigger({});
		const first = await world.n8n.api.publish(workflow.id);
		expect(first.status).toBe(TRIES_AGAIN ? 'published' : 'failed');
		if (!TRIES_AGAIN) {
			expect(first.errors.join()).toContain('Kustomer');
			expect(await world.n8n.api.publish(workflow.id)).toEqual({ status: 'published', errors: [] });
		}
		expect(world.kustomer.webhooks()).toHaveLength(1);
	});

	it('that could not be removed is tried again by n8n 2.x, and adopted on either line', async () => {
		const workflow = await world.publishTrigger({});
		world.kustomer.clearLogs();
		world.kustomer.faults = [{ method: 'DELETE', path: /outbound-webhooks/, status: 500 }];
		await world.n8n.api.unpublish(workflow.id);
		const tries = () =>
			world.kustomer.requests().filter(({ method }) => method === 'DELETE').length;
		await until(() => tries() >= (TRIES_AGAIN ? 3 : 1) || undefined, {
			what: 'the tries to delete',
			withinMs: 20_000,
		});
		if (!TRIES_AGAIN) expect(tries()).toBe(1);
		world.kustomer.faults = [];
		expect(await world.n8n.api.publish(workflow.id)).toMatchObject({ status: 'published' });
		expect(world.kustomer.webhooks()).toHaveLength(1);
	});

	it('works again after n8n was started again', async () => {
		const workflow = await world.publishTrigger({});
		await world.n8n.restart();
		expect(world.kustomer.webhooks()).toHaveLength(1);
		expect(await sent()).toEqual([200]);
		await world.n8n.api.waitForExecutions(workflow.id, 1);
	});
});

describe(`a delivery on n8n ${LINE}`, () => {
	it('starts one execution with the simplified item', async () => {
		const workflow = await world.publishTrigger({});
		const event = makeEvent(EVENT);
		expect(await sent(event)).toEqual([200]);
		const item = await onlyItem(await world.n8n.api.waitForExecutions(workflow.id, 1));
		expect(Object.keys(item)).toEqual(ITEM);
		expect(item).toMatchObject({
			event: EVENT,
			eventId: event.id,
			attributes: event.data.attributes,
		});
	});

	it('to manual setup is verified with the secret of the credential, and handed on as it was sent', async () => {
		const webhook = world.kustomer.createWebhook({
			name: 'By hand',
			url: 'https://n8n.example.test/',
			events: [EVENT],
		});
		const secret = await world.n8n.api.createCredential({
			name: 'By hand',
			type: 'kustomerWebhookApi',
			data: { secret: webhook.token },
		});
		const workflow = await world.publishTrigger({
			parameters: { registration: 'manual', simplify: false },
			credentials: { kustomerWebhookApi: secret },
		});
		expect(world.kustomer.webhooks()).toHaveLength(1);
		const event = makeEvent(EVENT);
		const body = JSON.stringify(event);
		const deliver = async (key: string) => {
			const { status } = await fetch(world.receiver(workflow), {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'x-kustomer-webhook-signature': sign(Buffer.from(body), key),
				},
				body,
			});
			return status;
		};
		expect(await deliver('another secret')).toBe(401);
		expect(await deliver(webhook.token)).toBe(200);
		expect(await onlyItem(await world.n8n.api.waitForExecutions(workflow.id, 1))).toEqual(event);
	});

	it.each([
		['is forged', { forged: true }],
		['has no signature', { headers: { 'X-Kustomer-Webhook-Signature': null } }],
	])('that %s is answered 401 and starts nothing', async (_, spoiled) => {
		const workflow = await world.publishTrigger({});
		const [delivery] = await world.kustomer.send(EVENT, spoiled);
		expect(delivery?.status).toBe(401);
		expect(await world.n8n.api.listExecutions(workflow.id)).toEqual([]);
	});

	it('that is not chosen, filtered out or a repeat is answered 200 and starts nothing', async () => {
		const filters = { conditions: { field: [{ name: 'status', value: 'done' }] } };
		const workflow = await world.publishTrigger({ parameters: { filters } });
		const done = withStatus('done');
		expect(await sent(withStatus('open'))).toEqual([200]);
		expect(await world.n8n.api.listExecutions(workflow.id)).toEqual([]);
		expect(await sent(done)).toEqual([200]);
		await world.n8n.api.waitForExecutions(workflow.id, 1);
		expect(await sent(done)).toEqual([200]);
		const [webhook] = world.kustomer.webhooks();
		const [other] = await world.kustomer.send('kustomer.tag.create', { webhookId: webhook?.id });
		expect(other?.status).toBe(200);
		expect(await world.n8n.api.waitForExecutions(workflow.id, 1)).toHaveLength(1);
	});

	it('leaves by the output of its event', async () => {
		const workflow = await world.publishTrigger({
			parameters: { events: ['kustomer.tag.create', EVENT], splitOutputs: true },
		});
		await sent();
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		expect([0, 1].map((output) => itemsOf(execution, TRIGGER, output).length)).toEqual([0, 1]);
	});

	it('is confirmed after the workflow has finished, if so wished: a failure is told to Kustomer', async () => {
		const after: NodeDraft[] = [
			{
				name: AFTER,
				type: 'n8n-nodes-base.stopAndError',
				typeVersion: 1,
				parameters: { errorMessage: 'On purpose' },
			},
		];
		await world.publishTrigger({ parameters: { options: { acknowledge: 'finished' } }, after });
		const [delivery] = await world.kustomer.send(EVENT);
		expect(delivery?.status).toBe(500);
	});
});

describe(`a post on n8n ${LINE}`, () => {
	it('reaches a web hook with the key', async () => {
		const hook = world.kustomer.createHook('web', { title: 'Orders' });
		const execution = await posted('web', hook);
		const [request] = world.kustomer.hookRequests();
		expect(JSON.parse(request.rawBody.toString())).toMatchObject({ event: EVENT });
		expect(request.headers.authorization).toBe(`Bearer ${world.apiKey}`);
		const [item] = itemsOf(execution, ACTION);
		expect(Object.keys(item)).toEqual(expect.arrayContaining(POSTED));
		expect(item).toMatchObject({ accepted: true, statusCode: 200, transactionId: request.id });
	});

	it('reaches a form hook without one', async () => {
		const hook = world.kustomer.createHook('form', { title: 'Contact form' });
		const execution = await posted('form', hook);
		expect(execution.status).toBe('success');
		expect(world.kustomer.hookRequests()[0].headers).not.toHaveProperty('authorization');
	});

	it('that does not succeed shows our words', async () => {
		const hook = world.kustomer.createHook('form', { title: 'Contact form' });
		const execution = await posted('web', hook);
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toMatch(/This is the address of a form hook/);
	});
});

describe(`after all of this, n8n ${LINE}`, () => {
	it('has no key and no secret in its log', () => {
		const log = world.n8n.logText();
		expect(log.length).toBeGreaterThan(1_000);
		expect(log).not.toContain(world.apiKey);
	});
});

/** Runs "trigger → post to the hook" with one event. */
async function posted(hookType: 'web' | 'form', hook: HookWithAddress): Promise<Execution> {
	const workflow = await world.publishTrigger({
		after: [
			{
				name: ACTION,
				type: 'n8n-nodes-kustomer.kustomer',
				typeVersion: 1,
				parameters: {
					resource: 'inboundHook',
					operation: 'post',
					hookType,
					hook: { __rl: true, mode: 'url', value: hook.address },
				},
				credentials: hookType === 'web' ? { kustomerApi: world.apiCredential } : {},
			},
		],
	});
	await sent();
	const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
	return execution;
}

/** @returns the status of each answer */
async function sent(event = makeEvent(EVENT)): Promise<Array<number | null>> {
	return (await world.kustomer.send(event)).map(({ status }) => status);
}

function withStatus(status: string) {
	const event = makeEvent(EVENT);
	return { ...event, data: { ...event.data, attributes: { ...event.data.attributes, status } } };
}

async function onlyItem(executions: Execution[]) {
	expect(executions).toHaveLength(1);
	expect(executions[0].status).toBe('success');
	const items = itemsOf(executions[0], AFTER);
	expect(items).toHaveLength(1);
	return items[0];
}

/** As n8n sends it to the editor: without what JSON cannot hold. */
function asJson<T>(value: T): T {
	return JSON.parse(JSON.stringify(value)) as T;
}
