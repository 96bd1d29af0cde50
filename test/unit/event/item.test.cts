import fc from 'fast-check';
import { parseEvent } from '../../../nodes/Kustomer/event/event';
import { simplifiedItem } from '../../../nodes/Kustomer/event/item';
import {
	ALL_NAMES,
	CREATE_NAMES,
	IDS,
	bytesOf,
	created,
	envelopeOf,
	eventOf,
	updated,
	updatedBy,
} from '../../fixtures/envelopes.cts';

const itemOf = (envelope: unknown) => simplifiedItem(eventOf(envelope));

const KEYS = [
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
];

describe('the simplified item', () => {
	it.each(ALL_NAMES)('of %s has the keys of the contract, in its order', (name) => {
		expect(Object.keys(itemOf(envelopeOf(name)))).toEqual(KEYS);
	});

	it.each(ALL_NAMES)('of %s names the event, its resource and its action', (name) => {
		const [, resource, action] = name.split('.');
		expect(itemOf(envelopeOf(name))).toMatchObject({ event: name, resource, action });
	});

	it.each(ALL_NAMES)('of %s tells id and time of the event and id of the record', (name) => {
		const event = envelopeOf(name);
		expect(itemOf(event)).toMatchObject({
			eventId: event.id,
			occurredAt: event.createdAt,
			orgId: IDS.org,
			id: event.data.id,
		});
	});

	it.each(ALL_NAMES)('of %s leaves the event itself as it was', (name) => {
		const event = eventOf(envelopeOf(name));
		simplifiedItem(event);
		expect(event.raw).toStrictEqual(envelopeOf(name));
	});

	it.each(ALL_NAMES)('of %s is plain JSON', (name) => {
		const item = itemOf(envelopeOf(name));
		expect(JSON.parse(JSON.stringify(item))).toStrictEqual(item);
	});

	it('tells the organization’s name and the client where the event carries them', () => {
		expect(itemOf(created('kustomer.customer.create'))).toMatchObject({
			orgName: 'kettle-and-clock',
			client: 'api',
		});
	});

	it('has null for the organization’s name and the client where the event carries none', () => {
		expect(itemOf(created('kustomer.conversation.create'))).toMatchObject({
			orgName: null,
			client: null,
		});
	});

	it('does not show what Kustomer uses internally', () => {
		const item = itemOf(updated('kustomer.conversation.update'));
		for (const key of ['dataId', 'meta', 'snsFilters', 'persist', 'partition']) {
			expect(item).not.toHaveProperty(key);
		}
	});

	it('takes the record’s id from the envelope where the record has none', () => {
		const event = updated('kustomer.conversation.update');
		const data = { ...event.data, id: undefined };
		expect(itemOf({ ...event, data }).id).toBe(IDS.conversation);
	});

	it('has null for whatever a sparse event leaves out', () => {
		expect(itemOf({ name: 'kustomer.tag.update', data: {} })).toStrictEqual({
			event: 'kustomer.tag.update',
			resource: 'tag',
			action: 'update',
			eventId: null,
			occurredAt: null,
			orgId: null,
			orgName: null,
			client: null,
			id: null,
			attributes: {},
			related: {},
			changes: {},
		});
	});
});

describe('the attributes of the simplified item', () => {
	it.each(ALL_NAMES.filter((name) => !name.startsWith('kustomer.user.')))(
		'of %s are untouched',
		(name) => {
			const event = eventOf(envelopeOf(name));
			expect(simplifiedItem(event).attributes).toBe(event.attributes);
		},
	);

	it.each(['kustomer.user.create', 'kustomer.user.update'] as const)(
		'of %s are all but the password',
		(name) => {
			const event = envelopeOf(name);
			event.data.attributes.password = 'made-up-hash';
			const { password, ...others } = event.data.attributes;
			expect(password).toBe('made-up-hash');
			expect(itemOf(event).attributes).toStrictEqual(others);
		},
	);

	it('keep a field named password where the event is not a user’s', () => {
		const event = created('kustomer.customer.create');
		event.data.attributes.password = 'a custom word';
		expect(itemOf(event).attributes).toHaveProperty('password', 'a custom word');
	});

	it('stay what they are, whatever JSON they hold', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (attributes) => {
				const event = created('kustomer.conversation.create');
				const sent = { ...event, data: { ...event.data, attributes } };
				const text = JSON.stringify(attributes);
				expect(JSON.stringify(itemOf(sent).attributes)).toBe(text);
			}),
		);
	});

	it('stay what they are after the way over the wire, prototype names included', () => {
		const text = '{"__proto__":{"a":1},"constructor":"x","toString":null,"1":2}';
		const bytes = Buffer.from(`{"name":"kustomer.user.update","data":{"attributes":${text}}}`);
		const event = parseEvent(bytes);
		const item = event && simplifiedItem(event);
		expect(JSON.parse(JSON.stringify(item?.attributes))).toStrictEqual(JSON.parse(text));
	});

	it('never make it throw when they and everything else of the record are any JSON', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...ALL_NAMES),
				fc.jsonValue(),
				fc.jsonValue(),
				(name, one, two) => {
					const data = { id: one, type: two, attributes: one, relationships: two };
					const changes = { attributes: two, relationships: one };
					expect(() => itemOf({ name, id: one, data, changes })).not.toThrow();
				},
			),
		);
	});
});

describe('the related ids of the simplified item', () => {
	it('are there by the relationship’s name', () => {
		expect(itemOf(created('kustomer.conversation.create')).related).toStrictEqual({
			createdBy: IDS.agent,
			modifiedBy: IDS.agent,
			org: IDS.org,
			customer: IDS.customer,
		});
	});

	it('are null where the relationship is null', () => {
		expect(itemOf(created('kustomer.team.create')).related).toStrictEqual({
			org: IDS.org,
			createdBy: IDS.admin,
			modifiedBy: IDS.admin,
			deletedBy: null,
		});
	});

	it('leave out relationships that hold links only', () => {
		const event = created('kustomer.customer.create');
		expect(event.data.relationships).toHaveProperty('messages.links');
		expect(itemOf(event).related).not.toHaveProperty('messages');
	});
});

describe('the changes of the simplified item', () => {
	it.each(CREATE_NAMES)('are empty for %s', (name) => {
		expect(itemOf(created(name)).changes).toStrictEqual({});
	});

	it('are the fields with from and to, null where absent, without book-keeping', () => {
		expect(itemOf(updated('kustomer.conversation.update')).changes).toMatchObject({
			messageCount: { from: 0, to: 1 },
			channels: { from: [], to: ['email'] },
			lastMessageDirection: { from: null, to: 'out' },
		});
	});

	it('are the custom attributes that differ, one by one', () => {
		expect(itemOf(updated('kustomer.customer.update')).changes).toStrictEqual({
			defaultLang: { from: 'fi', to: 'sv' },
			'custom.membershipStr': { from: 'guest', to: 'member' },
			'custom.newsletterBool': { from: null, to: true },
		});
	});

	it('are relationships by their ids, and hide what was redacted', () => {
		expect(itemOf(updated('kustomer.message.update')).changes).toStrictEqual({
			preview: { from: null, to: 'My door code is ■■■■, just walk in.' },
			redactedAt: { from: null, to: '2025-03-11T08:17:30.450Z' },
			redacted: { from: false, to: true },
			'related.modifiedBy': { from: null, to: IDS.agent },
			'related.redactedBy': { from: null, to: IDS.agent },
		});
	});

	it('leave nothing of the redacted words anywhere in the item', () => {
		const event = updated('kustomer.message.update');
		expect(bytesOf(event).toString()).toContain('4711');
		expect(JSON.stringify(itemOf(event))).not.toContain('4711');
	});

	it('are empty when an update changed book-keeping only', () => {
		expect(itemOf(updatedBy('kustomer.tag.update', {})).changes).toStrictEqual({});
	});
});
