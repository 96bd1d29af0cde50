import { ClientRequest } from 'node:http';
import { makeEvent, type LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { keyOf, startedKustomer } from '../../../support/actionWorld.cts';
import { until } from '../../../support/until.cts';
import {
	aheadBy,
	automaticDraft,
	endTriggers,
	heldTimers,
	manualDraft,
	registeredTrigger,
	SECRET,
	startTrigger,
	type Credentials,
	type TestTrigger,
} from '../../../support/triggerContexts.cts';

const event = () => makeEvent('kustomer.conversation.update');

const statusOf = async (trigger: TestTrigger, secret: string) =>
	(await trigger.deliver({ body: event(), secret })).status;

// However slow the machine is, no delivery gives up waiting for its secret.
let timers: ReturnType<typeof heldTimers>;
beforeEach(() => (timers = heldTimers(3_000)));
afterEach(async () => {
	jest.restoreAllMocks();
	await endTriggers();
});

describe('the secret of a webhook that n8n made', () => {
	let kustomer: LocalKustomer;
	const webhookReads = (id: string) =>
		kustomer.requests().filter(({ path }) => path === `/v1/outbound-webhooks/${id}`).length;

	beforeEach(async () => (kustomer = await startedKustomer()));
	afterEach(async () => await kustomer.close());

	it('is known from publishing, so that no delivery asks Kustomer for it', async () => {
		const trigger = await startTrigger(automaticDraft(kustomer));
		await trigger.activate();
		kustomer.clearLogs();
		const { token } = kustomer.webhooks()[0];
		expect(await statusOf(trigger, token)).toBe(200);
		expect(kustomer.requests()).toEqual([]);
	});

	it('is read once by each process, and deliveries that wait for it share that read', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		kustomer.faults = [{ path: /outbound-webhooks/, when: 'after', delayMs: 200 }];
		const answers = await Promise.all(
			Array.from({ length: 10 }, async () => await statusOf(trigger, webhook.token)),
		);
		expect(answers).toEqual(Array(10).fill(200));
		expect(await statusOf(trigger, webhook.token)).toBe(200);
		expect(webhookReads(webhook.id)).toBe(1);
		expect(kustomer.requests()).toHaveLength(1);
		expect(trigger.executions).toHaveLength(11);
	});

	it('is read once more when it was changed at Kustomer, and the delivery passes', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		await statusOf(trigger, webhook.token);
		const token = kustomer.rotateToken(webhook.id);
		expect(await statusOf(trigger, token)).toBe(200);
		expect(await statusOf(trigger, token)).toBe(200);
		expect(webhookReads(webhook.id)).toBe(2);
		expect(trigger.log('warn')).toEqual([]);
	});

	it('is read for forged deliveries at most once a minute', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		await statusOf(trigger, webhook.token);
		for (let attempt = 0; attempt < 25; attempt++) {
			expect(await statusOf(trigger, 'forged')).toBe(401);
		}
		expect(webhookReads(webhook.id)).toBe(2);
		aheadBy(30_000);
		expect(await statusOf(trigger, 'forged')).toBe(401);
		expect(webhookReads(webhook.id)).toBe(2);
		aheadBy(61_000);
		expect(await statusOf(trigger, 'forged')).toBe(401);
		expect(webhookReads(webhook.id)).toBe(3);
		expect(await statusOf(trigger, webhook.token)).toBe(200);
	});

	it('is read for simultaneous forged deliveries only once', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		await statusOf(trigger, webhook.token);
		await Promise.all(Array.from({ length: 20 }, async () => await statusOf(trigger, 'forged')));
		expect(webhookReads(webhook.id)).toBe(2);
	});

	it('is not read for a delivery whose signature is malformed', async () => {
		const { trigger } = await registeredTrigger(kustomer);
		await trigger.deliver({ body: event(), secret: null });
		await trigger.deliver({ body: event(), headers: { 'x-kustomer-webhook-signature': 'short' } });
		expect(kustomer.requests()).toEqual([]);
	});

	it('that cannot be read is answered 503, and the next delivery passes', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		kustomer.faults = [{ path: /outbound-webhooks/, status: 500, times: 1 }];
		const body = event();
		const first = await trigger.deliver({ body, secret: webhook.token });
		expect(first).toEqual({ status: 503, body: '{"message":"Try again later"}' });
		expect(trigger.executions).toEqual([]);
		expect(trigger.log('warn')).toEqual([
			expect.stringContaining('could not be read at the moment'),
		]);
		aheadBy(1_100);
		expect((await trigger.deliver({ body, secret: webhook.token })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	it.each([
		['breaks the connection', { reset: true }],
		['answers 429', { status: 429 }],
		['answers 401 because the key was revoked', { status: 401 }],
		['answers with a web page', { status: 200, body: '<html></html>' }],
	])('is answered 503 while Kustomer %s', async (_, fault) => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		kustomer.faults = [{ path: /outbound-webhooks/, ...fault }];
		expect(await statusOf(trigger, webhook.token)).toBe(503);
	});

	it('is answered 503 when Kustomer does not answer for three seconds', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		kustomer.faults = [{ path: /outbound-webhooks/, delayMs: 60_000 }];
		const answer = statusOf(trigger, webhook.token);
		await until(() => timers.count() === 1, 'the delivery to wait');
		timers.fire(3_000);
		expect(await answer).toBe(503);
		expect(trigger.executions).toEqual([]);
	});

	it('is waited for three seconds in all, though the credential beside it cannot be read either', async () => {
		const { trigger, webhook } = await registeredTrigger(
			kustomer,
			{},
			{
				credentials: {
					...automaticDraft(kustomer).credentials,
					kustomerWebhookApi: { secret: '' },
				},
			},
		);
		const never = new Promise(() => {});
		Object.defineProperty(trigger.credentials, 'kustomerWebhookApi', { value: never });
		kustomer.faults = [{ path: /outbound-webhooks/, delayMs: 60_000 }];
		const answer = statusOf(trigger, webhook.token);
		await until(() => timers.count() === 1, 'the delivery to wait');
		timers.fire(3_000);
		expect(await answer).toBe(503);
	});

	it.each([
		['is noted', undefined],
		['is not noted yet', {}],
	])('is asked for no longer than 7.5 seconds when the webhook %s', async (_, notes) => {
		const { trigger, webhook } = await registeredTrigger(kustomer, {}, notes && { notes });
		const limits = jest.spyOn(ClientRequest.prototype, 'setTimeout');
		expect(await statusOf(trigger, webhook.token)).toBe(200);
		expect(limits.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([7_500]);
	});

	it('cannot be doubted while Kustomer is down: what does not match gets 503, what does passes', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		await statusOf(trigger, webhook.token);
		const token = kustomer.rotateToken(webhook.id);
		kustomer.faults = [{ path: /outbound-webhooks/, status: 503 }];
		expect(await statusOf(trigger, token)).toBe(503);
		expect(await statusOf(trigger, token)).toBe(503);
		expect(await statusOf(trigger, webhook.token)).toBe(200);
		kustomer.faults = [];
		aheadBy(61_000);
		expect(await statusOf(trigger, token)).toBe(200);
	});

	it('still verifies what was sent before the webhook was deleted at Kustomer', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer);
		await statusOf(trigger, webhook.token);
		kustomer.deleteWebhook(webhook.id);
		expect(await statusOf(trigger, webhook.token)).toBe(200);
		expect(await statusOf(trigger, 'forged')).toBe(401);
		expect(await statusOf(trigger, webhook.token)).toBe(200);
	});

	it('is found by the address while n8n has not saved its notes yet', async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer, {}, { notes: {} });
		expect(await statusOf(trigger, webhook.token)).toBe(200);
		expect(await statusOf(trigger, webhook.token)).toBe(200);
		expect(kustomer.requests()).toHaveLength(1);
	});

	it("is never taken from someone else's webhook at the same address", async () => {
		const { trigger, webhook } = await registeredTrigger(kustomer, {}, { notes: {} });
		kustomer.editWebhook(webhook.id, { name: 'Made by hand' });
		expect(await statusOf(trigger, webhook.token)).toBe(503);
		expect(trigger.executions).toEqual([]);
	});

	it('stands nowhere in the static data, the items or the log', async () => {
		const trigger = await startTrigger(automaticDraft(kustomer));
		await trigger.activate();
		const { token } = kustomer.webhooks()[0];
		await statusOf(trigger, token);
		await statusOf(trigger, kustomer.rotateToken(kustomer.webhooks()[0].id));
		await statusOf(trigger, 'forged');
		const written = JSON.stringify([
			trigger.workflow.staticData,
			trigger.executions,
			trigger.log(),
		]);
		for (const secret of [token, kustomer.webhooks()[0].token, keyOf(kustomer)]) {
			expect(written).not.toContain(secret);
		}
		expect(Object.keys(trigger.notes()).sort()).toEqual(['host', 'orgId', 'url', 'webhookId']);
	});

	describe('with a webhook credential beside it', () => {
		const withCredential = async (secret: string) => {
			const made = await registeredTrigger(
				kustomer,
				{},
				{
					credentials: {
						...automaticDraft(kustomer).credentials,
						kustomerWebhookApi: { secret },
					},
				},
			);
			return made;
		};

		it('comes second: while the credential matches, Kustomer is not asked, even for an expired key', async () => {
			const { trigger } = await withCredential(SECRET);
			kustomer.revokeKey(keyOf(kustomer));
			expect(await statusOf(trigger, SECRET)).toBe(200);
			expect(await statusOf(trigger, SECRET)).toBe(200);
			expect(kustomer.requests()).toEqual([]);
			expect(trigger.reads('kustomerWebhookApi')).toBe(1);
		});

		it('is used when the credential does not match', async () => {
			const { trigger, webhook } = await withCredential('an old secret that no longer holds');
			expect(await statusOf(trigger, webhook.token)).toBe(200);
			expect(webhookReads(webhook.id)).toBe(1);
		});

		it('is used when the credential cannot be read', async () => {
			const { trigger, webhook } = await withCredential(SECRET);
			spoil(trigger.credentials, 'kustomerWebhookApi');
			expect(await statusOf(trigger, webhook.token)).toBe(200);
		});

		it('is used when the credential is empty', async () => {
			const { trigger, webhook } = await withCredential('');
			expect(await statusOf(trigger, webhook.token)).toBe(200);
			expect(await statusOf(trigger, 'forged')).toBe(401);
		});
	});
});

describe('the secret of a webhook that was made by hand', () => {
	const PREVIOUS = 'the-secret-before-this-one-0000001';
	const withSecrets = async (kustomerWebhookApi: Credentials[string]) =>
		await startTrigger(manualDraft({}, { credentials: { kustomerWebhookApi } }));

	it('passes, and the previous one too', async () => {
		const trigger = await withSecrets({ secret: SECRET, previousSecret: PREVIOUS });
		expect(await statusOf(trigger, SECRET)).toBe(200);
		expect(await statusOf(trigger, PREVIOUS)).toBe(200);
		expect(await statusOf(trigger, 'neither')).toBe(401);
	});

	it('passes although blanks came along when it was copied', async () => {
		const trigger = await withSecrets({ secret: ` ${SECRET}\n` });
		expect(await statusOf(trigger, SECRET)).toBe(200);
	});

	it('is read from the credential once in a minute', async () => {
		const trigger = await withSecrets({ secret: SECRET });
		for (let delivery = 0; delivery < 5; delivery++) await statusOf(trigger, SECRET);
		expect(trigger.reads('kustomerWebhookApi')).toBe(1);
		aheadBy(30_000);
		await statusOf(trigger, SECRET);
		expect(trigger.reads('kustomerWebhookApi')).toBe(1);
		aheadBy(61_000);
		await statusOf(trigger, SECRET);
		expect(trigger.reads('kustomerWebhookApi')).toBe(2);
	});

	it('no longer passes 60 s after it was taken out of the credential', async () => {
		const trigger = await withSecrets({ secret: SECRET, previousSecret: PREVIOUS });
		expect(await statusOf(trigger, PREVIOUS)).toBe(200);
		trigger.credentials.kustomerWebhookApi = { secret: SECRET };
		aheadBy(61_000);
		expect(await statusOf(trigger, PREVIOUS)).toBe(401);
	});

	it('passes at once when it was changed', async () => {
		const trigger = await withSecrets({ secret: PREVIOUS });
		expect(await statusOf(trigger, PREVIOUS)).toBe(200);
		trigger.credentials.kustomerWebhookApi = { secret: SECRET };
		expect(await statusOf(trigger, SECRET)).toBe(200);
		expect(trigger.reads('kustomerWebhookApi')).toBe(2);
	});

	it('is read for forged deliveries at most once in ten seconds', async () => {
		const trigger = await withSecrets({ secret: SECRET });
		await statusOf(trigger, SECRET);
		for (let attempt = 0; attempt < 25; attempt++) await statusOf(trigger, 'forged');
		expect(trigger.reads('kustomerWebhookApi')).toBe(2);
		aheadBy(5_000);
		await statusOf(trigger, 'forged');
		expect(trigger.reads('kustomerWebhookApi')).toBe(2);
		aheadBy(11_000);
		await statusOf(trigger, 'forged');
		expect(trigger.reads('kustomerWebhookApi')).toBe(3);
	});

	it('whose credential cannot be read is answered 503, and passes once it can', async () => {
		const trigger = await withSecrets({ secret: SECRET });
		spoil(trigger.credentials, 'kustomerWebhookApi');
		expect(await statusOf(trigger, SECRET)).toBe(503);
		Object.defineProperty(trigger.credentials, 'kustomerWebhookApi', { value: { secret: SECRET } });
		aheadBy(1_100);
		expect(await statusOf(trigger, SECRET)).toBe(200);
	});

	it.each<[string, Credentials]>([
		['an empty credential', { kustomerWebhookApi: { secret: '', previousSecret: '' } }],
		['a blank secret', { kustomerWebhookApi: { secret: '   ' } }],
		['no credential', {}],
	])('rejects everything with %s', async (_, credentials) => {
		const trigger = await startTrigger(manualDraft({}, { credentials }));
		expect(await statusOf(trigger, '')).toBe(401);
		expect(await statusOf(trigger, '   ')).toBe(401);
		expect(await statusOf(trigger, SECRET)).toBe(401);
		expect(trigger.executions).toEqual([]);
		expect(trigger.log('warn')).toEqual([
			expect.stringContaining('Choose a Kustomer Webhook API credential'),
		]);
	});

	it('never asks Kustomer and notes nothing in the static data', async () => {
		const trigger = await withSecrets({ secret: SECRET });
		await trigger.activate();
		await statusOf(trigger, SECRET);
		expect(JSON.stringify(trigger.workflow.staticData)).not.toContain(SECRET);
		expect(trigger.notes()).toEqual({});
	});
});

/** As n8n does for a credential that was deleted, or that it cannot decrypt. */
function spoil(credentials: Credentials, type: string): void {
	Object.defineProperty(credentials, type, {
		configurable: true,
		get: () => {
			throw new Error('Credential with ID "x" does not exist');
		},
	});
}
