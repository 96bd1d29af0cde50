import type { Webhook } from '../../../../nodes/Kustomer/api/outboundWebhooks';
import {
	differences,
	kindOf,
	leftBehind,
	reconcile,
	type Situation,
} from '../../../../nodes/Kustomer/trigger/registration/reconcile';
import type { Wanted } from '../../../../nodes/Kustomer/trigger/registration/wanted';
import { webhookLike } from '../../../support/webhook.cts';

const NOW_MS = Date.parse('2026-01-05T10:00:00.000Z');
const NAME = 'n8n: Mending desk (wF7kettle)';

const WANTED: Wanted = {
	name: NAME,
	url: 'https://n8n.example.com/webhook/8c1f-made-up/webhook',
	events: ['kustomer.tag.create', 'kustomer.tag.update'],
	fewerEvents: [],
	headers: [
		{ name: 'X-Gateway-Key', value: 'made-up' },
		{ name: 'X-Route', value: 'n8n' },
	],
	registrant: {
		workflowId: 'wF7kettle',
		workflowName: 'Mending desk',
		chosenName: '',
		isTest: false,
	},
	host: 'https://acme.api.kustomerapp.com',
	needsOwnUser: false,
};

const TESTING: Wanted = {
	...WANTED,
	name: `${NAME} (test)`,
	url: WANTED.url.replace('/webhook/', '/webhook-test/'),
	registrant: { ...WANTED.registrant, isTest: true },
};

const webhook = (changed: Partial<Webhook> = {}) =>
	webhookLike({ headers: WANTED.headers, ...changed });

const testWebhook = (changed: Partial<Webhook> = {}) =>
	webhook({ id: 'test', name: TESTING.name, url: TESTING.url, ...changed });

/** A trigger whose webhook is as wanted. */
function situation(changed: Partial<Situation> = {}): Situation {
	const { url, host } = WANTED;
	return {
		existing: [webhook()],
		state: { webhookId: 'w1', url, host, orgId: 'o1' },
		wanted: WANTED,
		liveTests: new Set(),
		nowMs: NOW_MS,
		...changed,
	};
}

describe('a webhook', () => {
	it('needs no change when everything that matters is as wanted', () => {
		expect(differences(webhook(), WANTED)).toEqual({});
	});

	it.each<[string, Partial<Webhook>]>([
		['its name is another', { name: 'renamed by a person' }],
		['it remembers what was missed', { name: `${NAME} (missed since 2026-01-01T00:00:00.000Z)` }],
		['its events come in another order', { events: [...WANTED.events].reverse() }],
		['its headers come in another order', { headers: [...WANTED.headers].reverse() }],
		[
			'its headers’ names are in lower case',
			{ headers: WANTED.headers.map(({ name, value }) => ({ name: name.toLowerCase(), value })) },
		],
	])('needs no change when %s', (_, changed) => {
		expect(differences(webhook(changed), WANTED)).toEqual({});
	});

	const { url, events, headers } = WANTED;

	it.each<[string, Partial<Webhook>, object]>([
		['it is switched off', { enabled: false }, { enabled: true }],
		['it is paused', { name: `${NAME} (paused)` }, { name: NAME }],
		['it is paused and has no other name', { name: ' (paused)' }, { name: NAME }],
		['it has no name', { name: '' }, { name: NAME }],
		['its address is another', { url: 'https://n8n.example.com/webhook/other/webhook' }, { url }],
		['an event is missing', { events: ['kustomer.tag.create'] }, { events }],
		['it has an event more', { events: [...events, 'kustomer.team.create'] }, { events }],
		[
			'an event is another',
			{ events: ['kustomer.tag.create', 'kustomer.team.update'] },
			{ events },
		],
		['it has no events', { events: [] }, { events }],
		['a header is missing', { headers: headers.slice(1) }, { headers }],
		[
			'it has a header more',
			{ headers: [...headers, { name: 'X-More', value: '1' }] },
			{ headers },
		],
		[
			'a header has another value',
			{ headers: headers.map((header) => ({ ...header, value: 'other' })) },
			{ headers },
		],
		[
			'a header’s value differs in case',
			{ headers: headers.map(({ name, value }) => ({ name, value: value.toUpperCase() })) },
			{ headers },
		],
	])('needs just that change when %s', (_, changed, expected) => {
		expect(differences(webhook(changed), WANTED)).toEqual(expected);
	});

	it('is as wanted whichever of two values of one header comes first', () => {
		const twice = ['a', 'b'].map((value) => ({ name: 'X-Gateway-Key', value }));
		const wanted = { ...WANTED, headers: twice };
		expect(differences(webhook({ headers: [...twice].reverse() }), wanted)).toEqual({});
		expect(differences(webhook({ headers: twice.slice(1) }), wanted)).toEqual({ headers: twice });
	});

	it('and what is wanted of it stay in the order they were in', () => {
		const one = webhook({ events: [...WANTED.events].reverse() });
		differences(one, WANTED);
		expect(one.events).toEqual(['kustomer.tag.update', 'kustomer.tag.create']);
		expect(WANTED.events).toEqual(['kustomer.tag.create', 'kustomer.tag.update']);
	});
});

describe('the trigger’s own webhook', () => {
	it('is kept when static data names it and it is as wanted', () => {
		expect(reconcile(situation())).toEqual([{ do: 'keep', webhook: webhook() }]);
	});

	it('is created when there is none', () => {
		expect(reconcile(situation({ existing: [] }))).toEqual([{ do: 'create' }]);
	});

	it.each<[string, Situation['state']]>([
		['names none', {}],
		['names one that is gone', { ...situation().state, webhookId: 'gone' }],
		['is of another address, as in a copy', { ...situation().state, url: 'https://other.test/' }],
		['is of another host', { ...situation().state, host: 'https://other.test' }],
	])('is adopted by address and name when static data %s', (_, state) => {
		expect(reconcile(situation({ state }))).toEqual([{ do: 'adopt', webhook: webhook() }]);
	});

	it('is changed where it differs', () => {
		const off = webhook({ enabled: false });
		expect(reconcile(situation({ existing: [off] }))).toEqual([
			{ do: 'change', webhook: off, change: { enabled: true } },
		]);
	});

	it('is the one that static data names, whatever people made of it', () => {
		const moved = webhook({ name: 'Renamed', url: 'https://elsewhere.test/' });
		expect(reconcile(situation({ existing: [moved] }))).toEqual([
			{ do: 'change', webhook: moved, change: { url: WANTED.url } },
		]);
	});

	it('is never the original’s in a copy of the workflow', () => {
		const original = webhook({ url: 'https://n8n.example.com/webhook/original/webhook' });
		const state = { ...situation().state, url: original.url };
		expect(reconcile(situation({ existing: [original], state }))).toEqual([{ do: 'create' }]);
	});
});

describe('another webhook', () => {
	const beside = (other: Webhook, changed: Partial<Situation> = {}) =>
		reconcile(situation({ existing: [other, webhook()], ...changed })).slice(1);

	it('is removed when it is a second one of this trigger', () => {
		const second = webhook({ id: 'w2' });
		expect(beside(second)).toEqual([{ do: 'remove', webhook: second }]);
	});

	it('is removed when it is a second one that is paused', () => {
		const second = webhook({ id: 'w2', name: `${NAME} (paused)`, enabled: false });
		expect(beside(second)).toEqual([{ do: 'remove', webhook: second }]);
	});

	it('is removed when a test left it behind', () => {
		expect(beside(testWebhook())).toEqual([{ do: 'remove', webhook: testWebhook() }]);
	});

	it('is left alone when a test may be listening', () => {
		const young = testWebhook({ createdAt: '2026-01-05T09:55:00.000Z' });
		expect(beside(young)).toEqual([]);
		expect(beside(testWebhook(), { liveTests: new Set(['test']) })).toEqual([]);
	});

	it('is left alone when another test listens at the same address', () => {
		const young = testWebhook({ id: 'other', createdAt: '2026-01-05T09:55:00.000Z' });
		const { url, host } = TESTING;
		const steps = reconcile(
			situation({
				existing: [testWebhook({ createdAt: young.createdAt }), young],
				state: { webhookId: 'test', url, host },
				wanted: TESTING,
			}),
		);
		expect(steps.slice(1)).toEqual([]);
	});

	it('is told about when it is somebody else’s and points here', () => {
		const foreign = webhook({ id: 'w2', name: 'Made by hand' });
		const [step, ...more] = beside(foreign);
		expect(more).toEqual([]);
		expect(step).toMatchObject({ do: 'warn' });
		expect(JSON.stringify(step)).toContain('Made by hand');
		expect(JSON.stringify(step)).not.toContain(foreign.token);
	});

	it('is nobody’s business when it points elsewhere', () => {
		expect(beside(webhook({ id: 'w2', url: 'https://elsewhere.test/' }))).toEqual([]);
	});
});

describe('what a webhook is to a trigger', () => {
	it.each<[string, Webhook]>([
		['own', webhook()],
		['own', webhook({ name: `${NAME} (paused)` })],
		['leftover', testWebhook()],
		['foreign', webhook({ name: 'Made by hand' })],
		['unrelated', webhook({ url: 'https://elsewhere.test/' })],
		['unrelated', testWebhook({ createdAt: '2026-01-05T09:59:00.000Z' })],
	])('is told by address and name: %s', (kind, one) => {
		expect(kindOf(one, situation())).toBe(kind);
	});
});

describe('the former webhook', () => {
	const { state } = situation();
	const another = webhook({ id: 'w2', orgId: 'o2' });
	const words = (changed: Situation['state'], own = another) =>
		leftBehind(situation({ state: { ...state, ...changed } }), own);

	it('is told about when the credential moved to another organization', () => {
		expect(words({})).toContain('now belongs to organization o2');
	});

	it('is told about when the credential moved to another host', () => {
		expect(words({ host: 'https://other.test' })).toContain('at https://other.test');
		expect(words({ host: 'https://other.test', orgId: undefined })).toContain('unknown');
	});

	it.each<[string, Situation['state'], Webhook]>([
		['there was none', { webhookId: undefined }, another],
		['it is still the one', {}, webhook({ orgId: 'o2' })],
		['it was in the same organization', {}, webhook({ id: 'w2' })],
		['its organization is not known', { orgId: undefined }, another],
		['Kustomer does not tell the organization', {}, webhook({ id: 'w2', orgId: '' })],
		['it was another trigger’s', { url: 'https://other.test/' }, another],
	])('is not mentioned when %s', (_, changed, own) => {
		expect(words(changed, own)).toBeUndefined();
	});
});
