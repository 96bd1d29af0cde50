import { randomUUID } from 'node:crypto';
import { SeenEvents } from '../../../../nodes/Kustomer/trigger/memory/seenEvents';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { makeEvent, type EventOverrides } from '../../../../sandbox/kustomer/events.cts';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, keyOf, startedKustomer } from '../../../support/actionWorld.cts';
import { until } from '../../../support/until.cts';
import {
	aheadBy,
	automaticDraft,
	endTriggers,
	heldTimers,
	manualDraft,
	registeredTrigger,
	startTrigger,
	type TestTrigger,
} from '../../../support/triggerContexts.cts';

const CHOSEN = 'kustomer.conversation.update';

let kustomer: LocalKustomer;

beforeAll(async () => (kustomer = await startedKustomer()));
afterAll(async () => await kustomer.close());
// However slow the machine is, no delivery gives up waiting for its secret.
beforeEach(() => void heldTimers(3_000));
afterEach(async () => {
	jest.restoreAllMocks();
	kustomer.faults = [];
	await endTriggers();
});

/** A trigger that was registered with these notes, and a way to deliver to it. */
async function registered(parameters: INodeParameters, notes: IDataObject = {}) {
	const { trigger, webhook } = await registeredTrigger(kustomer, parameters);
	Object.assign(trigger.notes(), notes);
	const deliver = async (overrides: EventOverrides) =>
		await trigger.deliver({ body: makeEvent(CHOSEN, overrides), secret: webhook.token });
	return { trigger, webhook, deliver };
}

describe('Ignore Own Changes', () => {
	const OWN = '66b0c1a05a4d0bca7f1e0fff';
	const ON = { filters: { ignoreOwnChanges: true } };
	const CURRENT = /users\/current/;
	const asked = () => kustomer.requests().filter(({ path }) => CURRENT.test(path)).length;

	/** Puts a key into the credential that this process has never seen. */
	function newKey({ credentials }: TestTrigger) {
		const token = `key-of-this-test-${randomUUID()}`;
		const key = kustomer.addKey({ token, roles: ['org.outbound_webhooks'] });
		credentials.kustomerApi = apiCredential(kustomer, token);
		return key;
	}

	beforeEach(() => {
		kustomer.clearLogs();
		kustomer.faults = [{ path: CURRENT, status: 403 }];
	});

	it("drops what the API key's own user caused, and nothing else", async () => {
		const { trigger, deliver } = await registered(ON, { userId: OWN });
		const own = await deliver({ modifiedBy: OWN });
		expect(own.status).toBe(200);
		expect(own.body).toContain('Ignore Own Changes');
		await deliver({ modifiedBy: 'someone-else' });
		expect(trigger.executions).toHaveLength(1);
	});

	it('lets them pass when it is off', async () => {
		const { trigger, deliver } = await registered({}, { userId: OWN });
		await deliver({ modifiedBy: OWN });
		expect(trigger.executions).toHaveLength(1);
	});

	it('adds to the users whose changes are ignored', async () => {
		const { trigger, deliver } = await registered(
			{ filters: { ignoreOwnChanges: true, ignoreUserIds: ['another-user'] } },
			{ userId: OWN },
		);
		await deliver({ modifiedBy: OWN });
		await deliver({ modifiedBy: 'another-user' });
		expect(trigger.executions).toEqual([]);
	});

	it('asks whose key it is once in a process, and not the notes alone', async () => {
		kustomer.faults = [];
		const { trigger, deliver } = await registered(ON, { userId: 'of a former key' });
		const { userId } = newKey(trigger);
		await Promise.all([1, 2, 3].map(async () => await deliver({ modifiedBy: userId })));
		aheadBy(24 * 60 * 60_000);
		await deliver({ modifiedBy: userId });
		expect(trigger.executions).toEqual([]);
		expect(asked()).toBe(1);
		await deliver({ modifiedBy: 'of a former key' });
		expect(trigger.executions).toHaveLength(1);
		expect(trigger.log('warn').join()).not.toContain('noted at publishing');
	});

	it('goes by the new user within a minute after another key came into the credential', async () => {
		kustomer.faults = [];
		const { trigger, deliver } = await registered(ON);
		const former = newKey(trigger);
		await deliver({ modifiedBy: former.userId });
		const present = newKey(trigger);
		aheadBy(61_000);
		await deliver({ modifiedBy: present.userId });
		expect(trigger.executions).toEqual([]);
		await deliver({ modifiedBy: former.userId });
		expect(trigger.executions).toHaveLength(1);
		expect(asked()).toBe(2);
	});

	it('goes by the noted user while Kustomer cannot tell, and says so once', async () => {
		kustomer.faults = [{ path: CURRENT, status: 503 }];
		const { trigger, deliver } = await registered(ON, { userId: OWN });
		const { token } = newKey(trigger);
		for (let count = 0; count < 3; count++) await deliver({ modifiedBy: OWN });
		expect(trigger.executions).toEqual([]);
		expect(asked()).toBe(1);
		const lines = trigger.log('warn').filter((line) => line.includes('noted at publishing'));
		expect(lines).toHaveLength(1);
		expect(lines[0]).not.toContain(token);
	});

	it('does not ask again for a key that may not know its user', async () => {
		const { trigger, deliver } = await registered(ON, { userId: OWN });
		newKey(trigger);
		await deliver({ modifiedBy: OWN });
		aheadBy(61_000);
		await deliver({ modifiedBy: OWN });
		expect(trigger.executions).toEqual([]);
		expect(asked()).toBe(1);
		expect(trigger.log('warn').filter((line) => line.includes('noted'))).toHaveLength(1);
	});

	it('goes by the noted user when Kustomer does not answer in time', async () => {
		kustomer.faults = [{ path: CURRENT, delayMs: 60_000 }];
		const { trigger, webhook, deliver } = await registered(ON, { userId: OWN });
		newKey(trigger);
		const timers = heldTimers(3_000);
		const answer = deliver({ modifiedBy: OWN });
		await until(() => asked() === 1, 'Kustomer to be asked');
		timers.fire(3_000);
		expect((await answer).body).toContain('Ignore Own Changes');
		expect(webhook.id).toBe(trigger.notes().webhookId);
	});

	it('keeps neither the key nor its digest in the notes', async () => {
		kustomer.faults = [];
		const { trigger, deliver } = await registered(ON);
		newKey(trigger);
		await deliver({});
		expect(asked()).toBe(1);
		expect(Object.keys(trigger.notes()).sort()).toEqual(['host', 'orgId', 'webhookId']);
	});

	it('lets events pass with a warning while the own user is not known', async () => {
		const { trigger, deliver } = await registered(ON);
		await deliver({ modifiedBy: OWN });
		await deliver({ modifiedBy: OWN });
		expect(trigger.executions).toHaveLength(2);
		expect(trigger.log('warn')).toEqual([
			expect.stringContaining('accepted without Ignore Own Changes'),
		]);
	});

	it('learns the own user when the workflow is published', async () => {
		kustomer.faults = [];
		const trigger = await startTrigger(automaticDraft(kustomer, ON));
		await trigger.activate();
		const userId = kustomer.state.keys.find(({ token }) => token === keyOf(kustomer))?.userId;
		expect(trigger.notes().userId).toBe(userId);
	});

	it.each([403, 503])(
		'takes the user who made the webhook where Kustomer does not tell the current one (%d)',
		async (status) => {
			kustomer.faults = [{ path: CURRENT, status }];
			const trigger = await startTrigger(automaticDraft(kustomer, ON));
			await trigger.activate();
			expect(trigger.notes().userId).toBe(kustomer.webhooks().at(-1)?.createdBy);
		},
	);

	it('does not ask for a user when it is off', async () => {
		kustomer.clearLogs();
		const trigger = await startTrigger(automaticDraft(kustomer));
		await trigger.activate();
		expect(kustomer.requests().map(({ path }) => path)).not.toContain('/v1/users/current');
		expect(trigger.notes().userId).toBeUndefined();
	});
});

describe('an event of another organization', () => {
	it('passes when its signature is valid, with a warning that names both', async () => {
		const { trigger, deliver } = await registered({});
		await deliver({ org: 'org-of-someone-else' });
		await deliver({ org: 'org-of-someone-else' });
		expect(trigger.executions).toHaveLength(2);
		const lines = trigger.log('warn');
		expect(lines).toHaveLength(1);
		expect(lines[0]).toContain('org-of-someone-else');
		expect(lines[0]).toContain(kustomer.orgId);
	});

	it.each([
		['when it is the own organization', {}],
		['when nobody noted which organization it was', { orgId: '' }],
	])('is not warned of %s', async (_, notes) => {
		const { trigger, deliver } = await registered({}, notes);
		await deliver({ org: kustomer.orgId });
		expect(trigger.executions).toHaveLength(1);
		expect(trigger.log('warn')).toEqual([]);
	});
});

describe('a filter that lets nothing through', () => {
	it('says at most once a minute how many events it dropped, and why last', async () => {
		const trigger = await startTrigger(
			manualDraft({ filters: { conditions: { field: [{ name: 'status', value: 'nonesuch' }] } } }),
		);
		for (let count = 0; count < 5; count++) await trigger.deliver({ body: makeEvent(CHOSEN) });
		aheadBy(61_000);
		await trigger.deliver({ body: makeEvent(CHOSEN) });
		const lines = trigger.log('warn');
		expect(lines).toHaveLength(2);
		expect(lines[0]).toContain('1 delivery was filtered out');
		expect(lines[1]).toContain('5 deliveries were filtered out');
		expect(lines[1]).toContain('status');
		expect(lines[1]).not.toContain('nonesuch');
	});
});

describe('while listening for a test event', () => {
	const listening = async (parameters: INodeParameters) =>
		await startTrigger(manualDraft(parameters, { isTest: true }));

	it('a filtered event reaches the editor, with a note why it would be dropped', async () => {
		const trigger = await listening({
			filters: { conditions: { field: [{ name: 'status', value: 'nonesuch' }] } },
		});
		await trigger.deliver({ body: makeEvent(CHOSEN) });
		expect(trigger.executions[0][0].json.note).toMatch(
			/^The published workflow would drop this event, because .*Conditions/,
		);
	});

	it('an event that is not chosen does so too', async () => {
		const trigger = await listening({});
		await trigger.deliver({ body: makeEvent('kustomer.tag.update') });
		expect(trigger.executions[0][0].json).toMatchObject({
			note: expect.stringContaining('not among the chosen events') as string,
			event: 'kustomer.tag.update',
		});
	});

	it('a whole event carries the note too', async () => {
		const trigger = await listening({ simplify: false });
		const event = makeEvent('kustomer.tag.update');
		await trigger.deliver({ body: event });
		const { note, ...rest } = trigger.executions[0][0].json;
		expect(note).toContain('would drop');
		expect(rest).toEqual(event);
	});

	it('an event that passes carries no note', async () => {
		const trigger = await listening({});
		await trigger.deliver({ body: makeEvent(CHOSEN) });
		expect(trigger.executions[0][0].json).not.toHaveProperty('note');
	});

	it('a forged one is rejected all the same', async () => {
		const trigger = await listening({});
		const answer = await trigger.deliver({ body: makeEvent(CHOSEN), secret: 'forged' });
		expect(answer.status).toBe(401);
		expect(trigger.executions).toEqual([]);
	});
});

describe('Skip Outdated Updates', () => {
	const recordId = '66b0c1a05a4d0bca7f1eaaaa';
	const update = (rev: number) => ({ body: makeEvent(CHOSEN, { recordId, rev }) });
	const skipping = async (skipOutdated: boolean) =>
		await startTrigger(manualDraft({ options: { skipOutdated } }));

	it('drops an update that is older than the last one of the same record', async () => {
		const trigger = await skipping(true);
		await trigger.deliver(update(7));
		const late = await trigger.deliver(update(6));
		expect(late.status).toBe(200);
		expect(late.body).toContain('newer state');
		await trigger.deliver(update(8));
		expect(trigger.executions).toHaveLength(2);
	});

	it('lets the same state pass again in another event', async () => {
		const trigger = await skipping(true);
		await trigger.deliver(update(7));
		await trigger.deliver(update(7));
		expect(trigger.executions).toHaveLength(2);
	});

	it('looks at each record by itself', async () => {
		const trigger = await skipping(true);
		await trigger.deliver(update(7));
		await trigger.deliver({ body: makeEvent(CHOSEN, { rev: 2 }) });
		expect(trigger.executions).toHaveLength(2);
	});

	it('does not count a state whose execution could not be started', async () => {
		const trigger = await skipping(true);
		trigger.run = () => {
			throw new Error('a step failed');
		};
		await trigger.deliver(update(7));
		trigger.run = () => {};
		await trigger.deliver(update(6));
		expect(trigger.executions).toHaveLength(2);
	});

	it('goes by the time of the change where a record has no revision', async () => {
		const trigger = await startTrigger(
			manualDraft({ events: ['kustomer.team.update'], options: { skipOutdated: true } }),
		);
		const at = (updatedAt: string) => {
			const body = makeEvent('kustomer.team.update', { recordId });
			Object.assign(body.data.attributes, { updatedAt });
			return { body };
		};
		await trigger.deliver(at('2025-03-02T00:00:00.000Z'));
		await trigger.deliver(at('2025-03-01T00:00:00.000Z'));
		expect(trigger.executions).toHaveLength(1);
	});

	it('lets a create pass that comes after an update of its record', async () => {
		const events = ['kustomer.conversation.create', CHOSEN];
		const trigger = await startTrigger(manualDraft({ events, options: { skipOutdated: true } }));
		await trigger.deliver(update(7));
		const create = makeEvent('kustomer.conversation.create', { recordId });
		Object.assign(create.data.attributes, { rev: 1 });
		await trigger.deliver({ body: create });
		expect(trigger.executions).toHaveLength(2);
	});

	it('lets everything pass when it is off', async () => {
		const trigger = await skipping(false);
		await trigger.deliver(update(7));
		await trigger.deliver(update(6));
		expect(trigger.executions).toHaveLength(2);
	});
});

describe('what nobody has thought of', () => {
	it.each<[unknown, string]>([
		[new RangeError('with a secret in it'), '(RangeError)'],
		['with a secret in it', '(unknown)'],
	])('is put off with a line in the log, so that Kustomer sends it again', async (thrown, name) => {
		const trigger = await startTrigger(manualDraft());
		jest.spyOn(SeenEvents.prototype, 'claim').mockImplementation(() => {
			throw thrown;
		});
		expect((await trigger.deliver({ body: makeEvent(CHOSEN) })).status).toBe(503);
		expect(trigger.thrown).toEqual([]);
		expect(trigger.log('warn')).toEqual([
			expect.stringContaining(`something unexpected happened in the node ${name}`),
		]);
		expect(trigger.log().join()).not.toContain('secret');
	});

	it.each<[string, INodeParameters]>([
		['options', { options: '={{ null }}' }],
		['headers without names', { options: { webhookHeaders: { header: [{}] } } }],
	])('counts as not set: %s', async (_, parameters) => {
		const trigger = await startTrigger(manualDraft(parameters));
		expect((await trigger.deliver({ body: makeEvent(CHOSEN) })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});
});
