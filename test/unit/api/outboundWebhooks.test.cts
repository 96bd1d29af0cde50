import fc from 'fast-check';
import { recordsIn } from '../../../nodes/Kustomer/api/records';
import { webhookOf } from '../../../nodes/Kustomer/api/outboundWebhooks';

function resource() {
	return {
		id: 'w1',
		type: 'outbound_webhook',
		attributes: {
			name: 'n8n: Mending desk (wF7kettle)',
			url: 'https://n8n.example.com/webhook/8c1f-made-up/webhook',
			events: ['kustomer.tag.create'],
			headers: [{ name: 'X-Route', value: 'n8n' }],
			enabled: true,
			isError: false,
			token: 'made-up-token',
			createdAt: '2025-03-11T08:15:00.120Z',
			updatedAt: '2025-04-02T10:00:00.000Z',
		} as Record<string, unknown>,
		relationships: {
			org: { data: { type: 'org', id: 'o1' } },
			createdBy: { data: { type: 'user', id: 'u1' } },
			modifiedBy: { data: { type: 'user', id: 'u2' } },
		} as Record<string, unknown>,
	};
}

describe('a webhook that Kustomer describes', () => {
	it('is read with all its parts', () => {
		expect(webhookOf(resource())).toStrictEqual({
			id: 'w1',
			name: 'n8n: Mending desk (wF7kettle)',
			url: 'https://n8n.example.com/webhook/8c1f-made-up/webhook',
			events: ['kustomer.tag.create'],
			headers: [{ name: 'X-Route', value: 'n8n' }],
			enabled: true,
			isError: false,
			token: 'made-up-token',
			orgId: 'o1',
			createdBy: 'u1',
			modifiedBy: 'u2',
			createdAt: '2025-03-11T08:15:00.120Z',
			updatedAt: '2025-04-02T10:00:00.000Z',
		});
	});

	it('is empty where it tells nothing, and switched on', () => {
		expect(webhookOf({ id: 'w1', attributes: {}, relationships: {} })).toStrictEqual({
			id: 'w1',
			name: '',
			url: '',
			events: [],
			headers: [],
			enabled: true,
			isError: null,
			token: '',
			orgId: '',
			createdBy: '',
			modifiedBy: '',
			createdAt: '',
			updatedAt: '',
		});
	});

	it('is switched off only when it says so', () => {
		for (const enabled of [true, undefined, null]) {
			const one = resource();
			one.attributes.enabled = enabled;
			expect(webhookOf(one).enabled).toBe(true);
		}
		const off = resource();
		off.attributes.enabled = false;
		expect(webhookOf(off).enabled).toBe(false);
	});

	it.each([undefined, null, 'true', 1])(
		'is not said to have failed when isError is %j',
		(isError) => {
			const one = resource();
			one.attributes.isError = isError;
			expect(webhookOf(one).isError).toBeNull();
		},
	);

	it('keeps spaces in what counts to the letter', () => {
		const one = resource();
		Object.assign(one.attributes, { token: ' t ', name: ' n ', url: ' u ' });
		expect(webhookOf(one)).toMatchObject({ token: ' t ', name: ' n ', url: ' u ' });
	});

	it.each([null, 5, {}, ['x']])('has no secret when the token is %j', (token) => {
		const one = resource();
		one.attributes.token = token;
		expect(webhookOf(one).token).toBe('');
	});

	it('has those headers only that are pairs', () => {
		const one = resource();
		one.attributes.headers = [{ name: 'X-A' }, null, 'X-B: 1', { name: 'X-C', value: '2' }];
		expect(webhookOf(one).headers).toEqual([
			{ name: 'X-A', value: '' },
			{ name: 'X-C', value: '2' },
		]);
	});

	it.each([null, 'kustomer.tag.create', {}])('has no events when they are %j', (events) => {
		const one = resource();
		one.attributes.events = events;
		expect(webhookOf(one).events).toEqual([]);
	});

	it('has those events only that are text', () => {
		const one = resource();
		one.attributes.events = JSON.parse('["kustomer.tag.create", null, {"toString": 1}]');
		expect(webhookOf(one).events).toEqual(['kustomer.tag.create']);
	});

	it.each([null, {}, { data: null }, { data: [] }, { data: { id: 4 } }])(
		'has no organization and no creator when they are %j',
		(relationship) => {
			const one = { ...resource(), relationships: { org: relationship, createdBy: relationship } };
			expect(webhookOf(one)).toMatchObject({ orgId: '', createdBy: '' });
		},
	);

	it('is read without a throw, whatever the reply is', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
				const relationships = { org: one, createdBy: two };
				const attributes = { name: one, url: two, events: two, headers: one, token: one };
				const data = [{ id: 'w1', attributes, relationships }, one];
				expect(() => recordsIn({ data }).map(webhookOf)).not.toThrow();
			}),
		);
	});
});
