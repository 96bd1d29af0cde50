import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { LocalKustomer, OutboundWebhook } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, startedKustomer } from '../../../support/actionWorld.cts';
import {
	aheadBy,
	automaticDraft,
	endTriggers,
	startTrigger,
	type TestTrigger,
	type TestWatch,
} from '../../../support/triggerContexts.cts';
import { byName } from '../../actions/records/cases.cts';

const EVENTS = ['customer', 'conversation', 'message'].flatMap((one) => [
	`kustomer.${one}.create`,
	`kustomer.${one}.update`,
]);
const MARK = / \(missed since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\)$/;
const MINUTE_MS = 60_000;

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => {
	jest.restoreAllMocks();
	await endTriggers();
	await kustomer.close();
});

type Published = { trigger: TestTrigger; watch: TestWatch; webhook: () => OutboundWebhook };

async function published(parameters: INodeParameters = {}): Promise<Published> {
	const { options, ...others } = parameters;
	const trigger = await startTrigger(
		automaticDraft(kustomer, {
			events: EVENTS,
			options: { catchUp: 'separate', ...(options as object) },
			...others,
		}),
	);
	const watch = await trigger.watch();
	await trigger.activate();
	const webhook = () => {
		const [found] = kustomer.webhooks();
		if (found === undefined) throw new Error('no webhook');
		return found;
	};
	await watch.look();
	// Confirmed once, so that the gap does not reach back for an hour and a half.
	kustomer.deliverTo('https://n8n.example.test', trigger.url);
	await sleep(3);
	return { trigger, watch, webhook };
}

/** Kustomer switches the webhook off, and things happen; the rest is up to the looks. */
async function outage({ webhook }: Published, happening: () => void | Promise<void>) {
	kustomer.disableWebhook(webhook().id);
	await sleep(3);
	await happening();
	await sleep(3);
}

const executions = ({ watch }: Published) => watch.emitted as INodeExecutionData[][][];

const given = (one: Published): IDataObject[] =>
	executions(one).flatMap((data) => data.flat().map(({ json }) => json));

const ofTest = (one: Published) =>
	given(one).filter(({ attributes }) => String((attributes as IDataObject).name).startsWith('T'));

async function happen() {
	for (const name of ['T1', 'T2', 'T3']) {
		kustomer.create('customer', { name });
		await sleep(3);
	}
}

/** @returns the time in the mark of the name that was sent, in milliseconds */
function sinceIn(body: unknown): number {
	const { name } = body as { name: string };
	return Date.parse(/missed since ([^)]+)/.exec(name)?.[1] ?? '');
}

/** Lets the gap be over, and the search index with it. */
async function settled({ watch }: Published) {
	aheadBy(3 * MINUTE_MS);
	await watch.look();
}

describe('a webhook that Kustomer had switched off', () => {
	it('is on again, and what happened meanwhile starts the workflow, oldest first', async () => {
		const one = await published();
		const name = one.webhook().name;
		await outage(one, happen);
		await one.watch.look();
		expect(one.webhook()).toMatchObject({ enabled: true, name: expect.stringMatching(MARK) });
		expect(ofTest(one)).toMatchObject(
			['T1', 'T2', 'T3'].map((called) => ({
				event: 'kustomer.customer.create',
				attributes: { name: called },
				recovered: true,
			})),
		);
		expect(executions(one).every((data) => data.flat().length === 1)).toBe(true);
		await settled(one);
		expect(one.webhook().name).toBe(name);
		expect(ofTest(one)).toHaveLength(3);
		expect(one.watch.failed).toEqual([]);
	});

	it('is found by Kustomer to be noted since when, with the request that switches it on', async () => {
		const one = await published();
		await outage(one, happen);
		const off = Date.parse(one.webhook().updatedAt);
		kustomer.clearLogs();
		await one.watch.look();
		const [first] = kustomer.requests().filter(({ method }) => method === 'PATCH');
		expect(first?.body).toMatchObject({ enabled: true });
		expect(off - sinceIn(first?.body)).toBe(95 * MINUTE_MS);
	});

	it('is fetched for from the last delivery that succeeded, where there is one', async () => {
		const one = await published();
		await kustomer.send('kustomer.conversation.update');
		const heardAt = Date.now();
		await outage(one, happen);
		const seen = kustomer.requests().length;
		await one.watch.look();
		const patches = kustomer
			.requests()
			.slice(seen)
			.filter(({ method }) => method === 'PATCH');
		expect(Math.abs(heardAt - sinceIn(patches[0]?.body) - 5 * MINUTE_MS)).toBeLessThan(2_000);
	});

	it('leaves in batches where events are collected', async () => {
		const one = await published({ options: { batchWindow: 10, batchSize: 2 } });
		await outage(one, happen);
		await one.watch.look();
		const sizes = executions(one).map((data) => data.flat().length);
		expect(sizes.slice(0, -1).every((size) => size === 2)).toBe(true);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(given(one).length);
	});

	it('gives each event once, beside deliveries and at later looks', async () => {
		const one = await published();
		let late: ReturnType<LocalKustomer['events']> = [];
		await outage(one, async () => {
			kustomer.clearLogs();
			await happen();
			kustomer.update('conversation', byName(kustomer, 'conversation', 'Broken spout').id, {
				name: 'T4',
			});
			late = [...kustomer.events()];
		});
		await one.watch.look();
		const before = given(one).length;
		await settled(one);
		expect(given(one)).toHaveLength(before);
		for (const event of late) {
			const [delivery] = await kustomer.send(event);
			expect(delivery).toMatchObject({ status: 200, answer: expect.stringContaining('duplicate') });
		}
		expect(one.trigger.executions).toEqual([]);
	});

	it('does not give again what was delivered', async () => {
		const one = await published();
		kustomer.create('customer', { name: 'T0' });
		await kustomer.whenIdle();
		expect(one.trigger.executions).toHaveLength(1);
		await outage(one, happen);
		await one.watch.look();
		expect(ofTest(one).map(({ attributes }) => (attributes as IDataObject).name)).toEqual([
			'T1',
			'T2',
			'T3',
		]);
	});

	it('gives the change of a record whose creation was delivered just before', async () => {
		const one = await published();
		const { id } = kustomer.create('customer', { name: 'T0' });
		await kustomer.whenIdle();
		expect(one.trigger.executions).toHaveLength(1);
		await outage(one, () => void kustomer.update('customer', id, { name: 'T1' }));
		await one.watch.look();
		expect(ofTest(one)).toMatchObject([
			{ event: 'kustomer.customer.update', id, attributes: { name: 'T1' } },
		]);
		const item = executions(one).flatMap((data) => data.flat());
		expect(item.filter(({ instead }) => instead !== undefined)).toEqual([]);
	});

	it('leaves the choice to who remembers longer, where a record was created and changed', async () => {
		const one = await published();
		await outage(one, async () => {
			const { id } = kustomer.create('customer', { name: 'T1' });
			await sleep(3);
			kustomer.update('customer', id, { name: 'T2' });
		});
		await one.watch.look();
		const [created, ...others] = executions(one)
			.flatMap((data) => data.flat())
			.filter(({ json }) => (json.attributes as IDataObject).name === 'T2');
		expect(others).toEqual([]);
		expect(created).toMatchObject({
			json: { event: 'kustomer.customer.create' },
			instead: { event: 'kustomer.customer.update', recovered: true },
		});
	});

	it('goes on after a restart from the mark in its name', async () => {
		const one = await published();
		await outage(one, happen);
		const { id, name } = one.webhook();
		const since = new Date(Date.now() - 60_000).toISOString();
		kustomer.editWebhook(id, { name: `${name} (missed since ${since})`, enabled: true });
		await one.watch.look();
		expect(ofTest(one)).toHaveLength(3);
		await settled(one);
		expect(one.webhook().name).toBe(name);
	});

	it('tells how many updates were withheld because nobody knows what changed', async () => {
		const filters = { changedFields: { field: [{ name: 'priority' }] } };
		const one = await published({ filters });
		await outage(one, () => {
			kustomer.update('customer', byName(kustomer, 'customer', 'Solveig Aune').id, { name: 'T1' });
			const conversation = byName(kustomer, 'conversation', 'Broken spout').id;
			kustomer.update('conversation', conversation, { priority: 5 });
			kustomer.update('conversation', conversation, { name: 'T2' });
		});
		await one.watch.look();
		const updates = given(one).filter(({ action }) => action === 'update');
		expect(updates).toMatchObject([{ changes: { priority: { to: 5 } } }]);
		await settled(one);
		expect(one.watch.failed).toEqual([
			expect.stringMatching(/missed updates? (was|were) withheld.*Changed Fields.*Get Missed/),
		]);
	});

	it('gives nothing of what was not chosen, nor once it is unpublished', async () => {
		const one = await published({ events: ['kustomer.message.create'] });
		await outage(one, happen);
		await one.watch.look();
		expect(ofTest(one)).toEqual([]);
		await one.trigger.deactivate();
		expect(kustomer.webhooks()).toEqual([]);
	});

	it('is told when the key may not search, and tried again at the next look', async () => {
		const one = await published();
		await outage(one, happen);
		kustomer.faults.push({ path: /customers\/search/, status: 403, body: {} });
		await one.watch.look();
		await one.watch.look();
		expect(one.watch.failed).toEqual([expect.stringContaining('cannot be fetched')]);
		expect(one.webhook().name).toMatch(MARK);
		kustomer.faults = [];
		await one.watch.look();
		expect(ofTest(one)).toHaveLength(3);
	});
});

it('a webhook that was deleted is made again with the mark, and what happened is fetched', async () => {
	const one = await published();
	kustomer.deleteWebhook(one.webhook().id);
	await sleep(3);
	await happen();
	await sleep(3);
	await one.watch.look();
	expect(one.webhook().name).toMatch(MARK);
	expect(ofTest(one)).toHaveLength(3);
});

it('a pause is no gap', async () => {
	const one = await published();
	const { id, name } = one.webhook();
	kustomer.editWebhook(id, { name: `${name} (paused)`, enabled: false });
	await happen();
	await one.watch.look();
	kustomer.editWebhook(id, { name, enabled: true });
	await one.watch.look();
	expect(given(one)).toEqual([]);
});

describe('a delivery that was given up', () => {
	async function givenUp(one: Published) {
		kustomer.clock.retryDelaysMs = [];
		kustomer.deliverTo('https://n8n.example.test', 'http://127.0.0.1:9');
		kustomer.create('customer', { name: 'T1' });
		await kustomer.whenIdle();
		kustomer.deliverTo('https://n8n.example.test', one.trigger.url);
		expect(one.webhook().enabled).toBe(true);
	}

	it.each([true, false])('is fetched, with Keep Webhook On: %s', async (keepWebhookOn) => {
		const one = await published({ options: { keepWebhookOn } });
		await givenUp(one);
		await one.watch.look();
		expect(ofTest(one)).toMatchObject([{ attributes: { name: 'T1' } }]);
		expect(one.webhook().name).toMatch(MARK);
		await settled(one);
		expect(one.webhook().name).not.toMatch(MARK);
		kustomer.clearLogs();
		await one.watch.look();
		expect(kustomer.requests().map(({ method }) => method)).not.toContain('PATCH');
	});

	it('costs a look two requests where there is none', async () => {
		const one = await published();
		kustomer.clearLogs();
		await one.watch.look();
		expect(kustomer.requests()).toHaveLength(2);
	});
});

it('is off by default: the webhook is switched on, and people are told', async () => {
	const one = await published({ options: { catchUp: 'off' } });
	await outage(one, happen);
	await one.watch.look();
	expect(given(one)).toEqual([]);
	expect(one.webhook().name).not.toMatch(MARK);
	expect(one.watch.failed).toEqual([expect.stringContaining('Event: Get Missed')]);
});

describe('the trigger', () => {
	const items = (recovered?: true) => [
		{
			json: { event: 'kustomer.customer.create', eventId: 'a', ...(recovered && { recovered }) },
			keys: { own: ['a', 'b'], covered: [] },
		},
	];

	it.each([
		['separate', undefined, [1, 0]],
		['separate', true, [0, 1]],
		['together', true, [1]],
	] as const)(
		'with %s and recovered %s has outputs of %j items',
		async (catchUp, recovered, sizes) => {
			const trigger = await startTrigger(automaticDraft(kustomer, { options: { catchUp } }));
			const outputs = await trigger.execute(items(recovered), 'manual');
			expect(outputs.map((output) => output.length)).toEqual(sizes);
			expect(outputs.flat()).not.toContainEqual(
				expect.objectContaining({ keys: expect.anything() }),
			);
		},
	);

	it.each([
		['together', true, [expect.stringContaining('"recovered": true')]],
		['together', undefined, []],
		['off', true, []],
	] as const)(
		'with %s and recovered %s says above its output what recovered means: %j',
		async (catchUp, recovered, hints) => {
			const trigger = await startTrigger(automaticDraft(kustomer, { options: { catchUp } }));
			await trigger.execute(items(recovered), 'manual');
			expect(trigger.hints).toEqual(hints);
		},
	);

	it('refuses to be published with When the Workflow Has Finished', async () => {
		const options = { catchUp: 'together', acknowledge: 'finished' };
		const trigger = await startTrigger(automaticDraft(kustomer, { options }));
		await expect(trigger.activate()).rejects.toThrow(
			/When the Workflow Has Finished.*Fetch Missed Events/,
		);
		expect(kustomer.webhooks()).toEqual([]);
	});

	it.each([
		['org.permission.search.create', 'org.permission.event.read'],
		['org.permission.event.read', 'org.permission.search.create'],
	])('warns at publishing of a key that has %s, but lacks %s', async (has, lacks) => {
		const roles = ['org.outbound_webhooks', has];
		kustomer.addKey({ token: `with-${has}`, roles });
		const credentials = { kustomerApi: apiCredential(kustomer, `with-${has}`) };
		const options = { catchUp: 'together' };
		const trigger = await startTrigger(automaticDraft(kustomer, { options }, { credentials }));
		await trigger.activate();
		expect(trigger.log('warn').join()).toContain(`lacks the role ${lacks}`);
		expect(trigger.log('warn').join()).not.toContain(`lacks the role ${has}`);
	});
});
