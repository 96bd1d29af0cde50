import type { INodeParameters } from 'n8n-workflow';
import {
	EVENT_NAMES,
	SIGN_IN_PAGE,
	type LocalKustomer,
	type OutboundWebhook,
} from '../../../../sandbox/kustomer/server.cts';
import { USERS } from '../../../../sandbox/kustomer/people.cts';
import { apiCredential, startedKustomer } from '../../../support/actionWorld.cts';
import {
	aheadBy,
	automaticDraft,
	endTriggers,
	manualDraft,
	startTrigger,
	type TestTrigger,
	type TestWatch,
	type TriggerDraft,
} from '../../../support/triggerContexts.cts';
import { until } from '../../../support/until.cts';

const CHOSEN = 'kustomer.conversation.update';
const NAME = 'n8n: Test workflow (workflow1)';
const HOUR_MS = 60 * 60_000;

let kustomer: LocalKustomer;

beforeEach(async () => {
	kustomer = await startedKustomer();
});

afterEach(async () => {
	jest.restoreAllMocks();
	await endTriggers();
	await kustomer.close();
});

/** What is published, with its webhook at Kustomer, and `trigger()` called. */
type Published = {
	trigger: TestTrigger;
	watch: TestWatch;
	/** The webhook as it is now. */
	webhook: () => OutboundWebhook;
};

async function published(
	parameters: INodeParameters = {},
	draft: TriggerDraft = {},
): Promise<Published> {
	const trigger = await startTrigger(automaticDraft(kustomer, parameters, draft));
	const watch = await trigger.watch();
	await trigger.activate();
	kustomer.clearLogs();
	return { trigger, watch, webhook: () => the(trigger) };
}

function the(trigger: TestTrigger): OutboundWebhook {
	const found = kustomer.webhooks().filter(({ url }) => url === trigger.address);
	expect(found).toHaveLength(1);
	return found[0];
}

const asked = () => kustomer.requests().map(({ method, path }) => `${method} ${path}`);

const writes = () => asked().filter((line) => !line.startsWith('GET'));

describe('the clock', () => {
	it('fires within a few seconds and every five minutes, at a second of the trigger’s own', async () => {
		const { watch } = await published();
		expect(watch.crons.map(({ expression }) => expression)).toEqual([
			expect.stringMatching(/^[1-5]?\d \* \* \* \* \*$/),
			expect.stringMatching(/^[1-5]?\d [0-4]-59\/5 \* \* \* \*$/),
		]);
		const aMoment =
			(Number(watch.crons[0]?.expression.split(' ')[0]) - new Date().getSeconds() + 60) % 60;
		expect(aMoment).toBeLessThan(10);
	});

	it('is not asked for with a parameter that cannot be evaluated, and nothing is thrown', async () => {
		const trigger = await startTrigger(
			automaticDraft(kustomer, {
				options: { webhookName: '={{ $("Nowhere").first().json.name }}' },
			}),
		);
		const watch = await trigger.watch();
		expect(watch.crons).toEqual([]);
		expect(watch.response).toEqual({});
		expect(trigger.log('warn')).toEqual([expect.stringContaining('nobody looks after')]);
	});

	it('spreads the looks of many triggers', async () => {
		const expressions = await Promise.all(
			Array.from({ length: 40 }, async () => {
				const trigger = await startTrigger(automaticDraft(kustomer));
				return (await trigger.watch()).crons[1]?.expression.split(' ').slice(0, 2).join(' ');
			}),
		);
		expect(new Set(expressions).size).toBeGreaterThan(25);
	});

	it('leads to one look within the first minute, and no more', async () => {
		const { trigger, watch } = await published();
		const [first] = watch.crons;
		for (let minute = 0; minute < 3; minute++) {
			first?.onTick();
			await watch.over();
		}
		expect(asked()).toEqual(['GET /v1/outbound-webhooks?page=1&pageSize=100']);
		expect(trigger.log('warn')).toEqual([]);
	});

	it('tries again a minute later while the webhook is not registered', async () => {
		const trigger = await startTrigger(automaticDraft(kustomer));
		const watch = await trigger.watch();
		watch.crons[0]?.onTick();
		await watch.over();
		expect(kustomer.requests()).toEqual([]);
		await trigger.activate();
		kustomer.clearLogs();
		watch.crons[0]?.onTick();
		await watch.over();
		expect(asked()).toHaveLength(1);
	});

	it('does not begin a look while one is under way', async () => {
		const { watch } = await published();
		for (const { onTick } of [...watch.crons, ...watch.crons]) onTick();
		await watch.over();
		expect(asked()).toHaveLength(1);
	});

	it('does nothing any more once it is closed', async () => {
		const { watch } = await published();
		await watch.response.closeFunction?.();
		await watch.look();
		expect(kustomer.requests()).toEqual([]);
	});

	it.each<[string, TriggerDraft]>([
		['with manual setup', manualDraft()],
		['with Keep Webhook On off', { parameters: { options: { keepWebhookOn: false } } }],
	])('is not asked for %s, and n8n gets an answer all the same', async (_, draft) => {
		const watch = await (await startTrigger(draft)).watch();
		expect(watch.crons).toEqual([]);
		expect(watch.response).toEqual({});
	});

	it('is not asked for in a run by hand', async () => {
		const trigger = await startTrigger(automaticDraft(kustomer));
		const watch = await trigger.watch({ mode: 'manual', moment: 'manual' });
		expect(watch.crons).toEqual([]);
		expect(watch.response).toEqual({});
	});
});

describe('a look with all well', () => {
	it('takes one request and one read of the credential, starts nothing, writes no static data and tells nothing', async () => {
		const { trigger, watch } = await published();
		const notes = { ...trigger.notes() };
		trigger.workflow.staticData.__dataChanged = false;
		const reads = trigger.reads('kustomerApi');
		for (let n = 0; n < 5; n++) await watch.look();
		// Each costs n8n more than all the rest of a look.
		expect(trigger.reads('kustomerApi')).toBe(reads + 5);
		expect(asked()).toEqual(Array(5).fill('GET /v1/outbound-webhooks?page=1&pageSize=100'));
		expect(trigger.notes()).toEqual(notes);
		expect(trigger.workflow.staticData.__dataChanged).toBe(false);
		expect(trigger.log('warn')).toEqual([]);
		expect(watch).toMatchObject({ failed: [], emitted: [] });
	});

	it('takes one request with all events, too, and lets more than the twelve be', async () => {
		const { watch, webhook } = await published({ events: ['*'] });
		await watch.look();
		expect(asked()).toHaveLength(1);
		expect([...webhook().events].sort()).toEqual([...EVENT_NAMES].sort());
	});

	it('warms the cache of secrets, so that a burst right after it asks Kustomer nothing', async () => {
		const { trigger: earlier, webhook } = await published();
		const { trigger, watch } = await restarted(earlier);
		await watch.look();
		kustomer.clearLogs();
		const { token } = webhook();
		const body = {
			name: CHOSEN,
			id: 'e1',
			data: { type: 'conversation', id: 'c1', attributes: {} },
		};
		expect(await trigger.deliver({ body, secret: token })).toMatchObject({ status: 200 });
		expect(kustomer.requests()).toEqual([]);
	});
});

/** @returns the same trigger in a process that remembers nothing: memory is kept by node id */
async function restarted(
	earlier: TestTrigger,
	draft: TriggerDraft = {},
	parameters: INodeParameters = {},
) {
	const trigger = await startTrigger(
		automaticDraft(kustomer, parameters, {
			notes: { ...earlier.notes() },
			...draft,
			node: { webhookId: earlier.node.webhookId },
		}),
	);
	const watch = await trigger.watch({ moment: 'init' });
	expect(await trigger.isRegistered('init')).toBe(true);
	kustomer.clearLogs();
	return { trigger, watch };
}

describe('an address that is not this node’s own', () => {
	it('is left alone, and told once: production is untouched', async () => {
		const { trigger: production, webhook } = await published();
		const before = webhook();
		const { trigger, watch } = await restarted(production, {
			webhookUrl: 'https://staging.example.test/',
		});
		await watch.look();
		await watch.look();
		expect(kustomer.requests()).toEqual([]);
		expect(webhook()).toEqual(before);
		expect(watch.failed).toEqual([expect.stringContaining(trigger.address)]);
		expect(watch.failed[0]).toContain(production.address);
		expect(watch.failed[0]).toContain('unpublish this workflow and publish it again');
	});

	it('is not looked at where n8n has not said which the own one is', async () => {
		const { trigger: earlier } = await published();
		const trigger = await startTrigger(automaticDraft(kustomer, {}, { notes: earlier.notes() }));
		const watch = await trigger.watch({ moment: 'init' });
		await watch.look();
		expect(kustomer.requests()).toEqual([]);
		expect(watch.failed).toEqual([]);
	});
});

describe('a credential', () => {
	it('that is gone or unusable is told once, and nothing is asked', async () => {
		const { trigger, watch } = await published();
		trigger.credentials.kustomerApi = { region: 'org', subdomain: 'acme', apiKey: '' };
		await watch.look();
		await watch.look();
		expect(kustomer.requests()).toEqual([]);
		expect(watch.failed).toEqual([expect.stringContaining('has no API key')]);
	});

	it('that n8n cannot read is told once', async () => {
		const { trigger, watch } = await published();
		Object.defineProperty(trigger.credentials, 'kustomerApi', {
			get: () => {
				throw new Error('decrypting failed');
			},
		});
		await watch.look();
		await watch.look();
		expect(watch.failed).toEqual([expect.stringContaining('cannot be used')]);
		expect(watch.failed[0]).not.toContain('decrypting failed');
	});

	it.each(['host', 'organization'] as const)(
		'of another %s is told once, and nothing is changed there',
		async (other) => {
			const { trigger, watch, webhook } = await published();
			const before = webhook();
			const elsewhere = await startedKustomer({ orgId: 'org-elsewhere' });
			if (other === 'organization') trigger.notes().host = elsewhere.url;
			trigger.credentials.kustomerApi = apiCredential(elsewhere);
			await watch.look();
			await watch.look();
			expect(elsewhere.webhooks()).toEqual([]);
			expect(webhook()).toEqual(before);
			expect(watch.failed).toEqual([expect.stringContaining('now belongs to')]);
			await elsewhere.close();
		},
	);
});

describe('a webhook that was switched off', () => {
	it('by Kustomer is switched on again, with one warning, and told', async () => {
		const { trigger, watch, webhook } = await published();
		kustomer.disableWebhook(webhook().id);
		await watch.look();
		expect(webhook()).toMatchObject({ enabled: true, isError: false });
		expect(trigger.log('warn')).toHaveLength(1);
		expect(watch.failed).toEqual([expect.stringMatching(/Events from .* to .* may be missing/)]);
		await watch.look();
		expect(watch.failed).toHaveLength(1);
	});

	it('by Kustomer is recognized by its deliveries where it does not say so', async () => {
		const { watch, webhook } = await published();
		kustomer.clock.disableAfterFailures = 100;
		for (let n = 0; n < 3; n++) await kustomer.send(CHOSEN);
		kustomer.editWebhook(webhook().id, { enabled: false });
		await watch.look();
		expect(webhook().enabled).toBe(true);
		expect(watch.failed).toEqual([expect.stringContaining('Kustomer had switched off')]);
	});

	it('by a person is left off and told once, with the person’s name', async () => {
		const { watch, webhook } = await published();
		kustomer.editWebhook(webhook().id, { enabled: false });
		await watch.look();
		await watch.look();
		expect(webhook().enabled).toBe(false);
		expect(writes()).toEqual([]);
		expect(watch.failed).toEqual([expect.stringContaining(`by ${USERS[0].name}`)]);
	});

	it('by nobody knows whom is switched on and told; off again within a day it is left off', async () => {
		const { watch, webhook } = await published();
		kustomer.switches.webhookEditor = 'hidden';
		kustomer.editWebhook(webhook().id, { enabled: false });
		await watch.look();
		expect(webhook().enabled).toBe(true);
		kustomer.editWebhook(webhook().id, { enabled: false });
		await watch.look();
		await watch.look();
		expect(webhook().enabled).toBe(false);
		expect(watch.failed).toEqual([
			expect.stringContaining('does not tell who switched it off'),
			expect.stringContaining('switched off again within a day'),
		]);
	});

	it('and left off stays so for longer than a day', async () => {
		const { watch, webhook } = await published();
		kustomer.switches.webhookEditor = 'hidden';
		for (const ahead of [0, 0, 25]) {
			kustomer.editWebhook(webhook().id, { enabled: false });
			aheadBy(ahead * HOUR_MS);
			await watch.look();
		}
		expect(webhook().enabled).toBe(false);
	});

	it('a day after it was switched on is switched on again', async () => {
		const { watch, webhook } = await published();
		kustomer.switches.webhookEditor = 'hidden';
		kustomer.editWebhook(webhook().id, { enabled: false });
		await watch.look();
		await watch.look();
		aheadBy(25 * HOUR_MS);
		kustomer.editWebhook(webhook().id, { enabled: false });
		await watch.look();
		expect(webhook().enabled).toBe(true);
	});

	it('and paused is left alone', async () => {
		const { watch, webhook } = await published();
		kustomer.editWebhook(webhook().id, { name: `${NAME} (paused)`, enabled: false });
		await watch.look();
		expect(writes()).toEqual([]);
		expect(asked()).toHaveLength(1);
		expect(watch.failed).toEqual([]);
	});
});

describe('a webhook that was edited', () => {
	it('gets the events back that it lacks, with one warning, and keeps those it has besides', async () => {
		const { trigger, watch, webhook } = await published({
			events: [CHOSEN, 'kustomer.tag.create'],
		});
		kustomer.editWebhook(webhook().id, { events: [CHOSEN, 'kustomer.team.create'] });
		await watch.look();
		expect(webhook().events).toEqual([CHOSEN, 'kustomer.team.create', 'kustomer.tag.create']);
		expect(trigger.log('warn')).toEqual([expect.stringContaining('Added: kustomer.tag.create')]);
		expect(watch.failed).toEqual([]);
		await watch.look();
		expect(writes()).toHaveLength(1);
	});

	it('with all events gets the twelve back', async () => {
		const { watch, webhook } = await published({ events: ['*'] });
		kustomer.editWebhook(webhook().id, { events: [CHOSEN] });
		await watch.look();
		expect([...webhook().events].sort()).toEqual([...EVENT_NAMES].sort());
	});

	it('with another URL is left as it is, and told once with both addresses', async () => {
		const { trigger, watch, webhook } = await published();
		const { id } = webhook();
		const url = 'https://elsewhere.example.test/';
		kustomer.editWebhook(id, { url });
		await watch.look();
		await watch.look();
		expect(writes()).toEqual([]);
		expect(watch.failed).toEqual([expect.stringContaining(url)]);
		expect(watch.failed[0]).toContain(trigger.address);
	});
});

describe('a webhook that is gone', () => {
	it('is made again under its name and URL, and told; gone again within a day it is not', async () => {
		const { trigger, watch, webhook } = await published({
			options: { webhookHeaders: { header: [{ name: 'X-Gate', value: 'made-up' }] } },
		});
		await watch.look();
		const former = webhook();
		kustomer.deleteWebhook(former.id);
		const notes = { ...trigger.notes() };
		await watch.look();
		const { name, url, events, headers } = former;
		expect(webhook()).toMatchObject({ name, url, events, headers, enabled: true });
		expect(trigger.notes()).toEqual(notes);
		kustomer.deleteWebhook(webhook().id);
		await watch.look();
		await watch.look();
		expect(kustomer.webhooks()).toEqual([]);
		expect(watch.failed).toEqual([
			expect.stringContaining('has been made again'),
			expect.stringContaining('deleted again in Kustomer within a day'),
		]);
	});

	it('is made again after another publishing, whatever happened before', async () => {
		const { trigger, watch, webhook } = await published();
		for (let n = 0; n < 2; n++) {
			kustomer.deleteWebhook(webhook().id);
			await watch.look();
			await trigger.deactivate();
			await trigger.activate();
		}
		expect(watch.failed).toHaveLength(2);
	});

	it('and was made again is found again by the next look, also after a restart', async () => {
		const { trigger: earlier, watch: before, webhook } = await published();
		kustomer.deleteWebhook(webhook().id);
		await before.look();
		const made = webhook();
		const { trigger, watch } = await restarted(earlier);
		await watch.look();
		expect(kustomer.webhooks()).toEqual([made]);
		expect(watch.failed).toEqual([]);
		await trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('is not made in an organization of which nothing is known but that it is another', async () => {
		const { trigger, watch, webhook } = await published();
		kustomer.deleteWebhook(webhook().id);
		trigger.notes().orgId = 'former-organization';
		await watch.look();
		expect(kustomer.webhooks()).toEqual([]);
		expect(watch.failed).toEqual([expect.stringContaining('now belongs to')]);
	});

	it('tells once that it cannot be made again', async () => {
		const { watch, webhook } = await published();
		kustomer.deleteWebhook(webhook().id);
		kustomer.faults = [{ method: 'POST', path: /outbound-webhooks$/, status: 403 }];
		await watch.look();
		await watch.look();
		expect(watch.failed).toEqual([expect.stringContaining('could not be repaired')]);
		kustomer.faults = [];
		await watch.look();
		expect(webhook().enabled).toBe(true);
	});
});

describe('a key that Kustomer refuses', () => {
	it.each([401, 403])(
		'(%d) is told at the third look in a row, and again after a day',
		async (status) => {
			const { watch } = await published();
			kustomer.faults = [{ path: /outbound-webhooks/, status }];
			await watch.look();
			await watch.look();
			expect(watch.failed).toEqual([]);
			await watch.look();
			await watch.look();
			expect(watch.failed).toEqual([expect.stringContaining('three times in a row')]);
			aheadBy(25 * HOUR_MS);
			await watch.look();
			expect(watch.failed).toHaveLength(2);
		},
	);

	it('is not told when a look in between succeeds', async () => {
		const { watch } = await published();
		for (const status of [401, 401, 0, 401, 401]) {
			kustomer.faults = status === 0 ? [] : [{ path: /outbound-webhooks/, status }];
			await watch.look();
		}
		expect(watch.failed).toEqual([]);
	});
});

describe('Kustomer away', () => {
	it.each([
		['refusing for a while', { status: 429, headers: { 'retry-after': '120' } }],
		['down', { status: 404 }],
		['hidden by a sign-in page', { ...SIGN_IN_PAGE }],
		['talking nonsense', { status: 200, body: { hello: 'world' } }],
	])('%s changes nothing, and is logged once an hour', async (_, fault) => {
		const { trigger, watch, webhook } = await published();
		const before = webhook();
		kustomer.faults = [{ path: /outbound-webhooks/, ...fault }];
		await watch.look();
		await watch.look();
		expect(trigger.log('warn')).toHaveLength(1);
		aheadBy(HOUR_MS);
		await watch.look();
		expect(trigger.log('warn')).toHaveLength(2);
		expect(watch.failed).toEqual([]);
		kustomer.faults = [];
		expect(webhook()).toEqual(before);
	});
});

describe('unpublishing during a look', () => {
	it.each([
		['reads the list', { method: 'GET', path: /outbound-webhooks\?/ }],
		['switches on', { method: 'PATCH', path: /outbound-webhooks/ }],
	])('that %s leaves nothing, and nothing is made again', async (_, fault) => {
		const { trigger, watch, webhook } = await published();
		kustomer.disableWebhook(webhook().id);
		kustomer.faults = [{ ...fault, times: 1, delayMs: 50 }];
		watch.crons[1]?.onTick();
		await trigger.deactivate();
		await watch.look();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('that makes the webhook again removes it', async () => {
		const { trigger, watch, webhook } = await published();
		kustomer.deleteWebhook(webhook().id);
		kustomer.faults = [{ method: 'POST', path: /outbound-webhooks$/, times: 1, delayMs: 100 }];
		watch.crons[1]?.onTick();
		await until(() => kustomer.requests().some(({ method }) => method === 'POST'), 'the request');
		await trigger.deactivate();
		await watch.look();
		expect(kustomer.webhooks()).toEqual([]);
	});
});

describe('a repair whose answer is lost', () => {
	it('is told by the next look, which finds the webhook on', async () => {
		const { watch, webhook } = await published();
		kustomer.disableWebhook(webhook().id);
		kustomer.faults = [
			{ method: 'PATCH', path: /outbound-webhooks/, times: 1, when: 'after', reset: true },
		];
		await watch.look();
		expect(webhook().enabled).toBe(true);
		expect(watch.failed).toEqual([]);
		await watch.look();
		await watch.look();
		expect(watch.failed).toEqual([expect.stringContaining('Kustomer had switched off')]);
	});

	it('makes one webhook and no second, and counts as made today', async () => {
		const { watch, webhook } = await published();
		kustomer.deleteWebhook(webhook().id);
		kustomer.faults = [
			{ method: 'POST', path: /outbound-webhooks$/, times: 1, when: 'after', reset: true },
		];
		await watch.look();
		await watch.look();
		expect(watch.failed).toEqual([expect.stringContaining('has been made again')]);
		kustomer.deleteWebhook(webhook().id);
		await watch.look();
		expect(kustomer.webhooks()).toEqual([]);
	});
});
