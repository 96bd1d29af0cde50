import fc from 'fast-check';
import {
	fieldMeant,
	ownValue,
	presentValue,
	relatedId,
} from '../../../nodes/Kustomer/event/fields';
import { IDS, created, eventOf, updated } from '../../fixtures/envelopes.cts';

describe('the field that a person means', () => {
	it('is the one of the very name, blanks around it left out', () => {
		expect(fieldMeant('status', ['status', 'state'])).toBe('status');
		expect(fieldMeant(' status ', ['status'])).toBe('status');
	});

	it.each(['Status', 'statu', 'statuses', '', 'custom.status'])('is none for %j', (typed) => {
		expect(fieldMeant(typed, ['status'])).toBeUndefined();
	});

	it.each(['Str', 'Txt', 'Num', 'Bool', 'At', 'Id', 'Tree', 'Lst', 'Obj', 'Phone', 'Url'])(
		'is a custom attribute without the %s at its end',
		(suffix) => {
			expect(fieldMeant('custom.vip', [`custom.vip${suffix}`])).toBe(`custom.vip${suffix}`);
		},
	);

	it('is the custom attribute as written where there is one', () => {
		expect(fieldMeant('custom.vip', ['custom.vipBool', 'custom.vip'])).toBe('custom.vip');
	});

	it('is none when several custom attributes fit', () => {
		expect(fieldMeant('custom.vip', ['custom.vipBool', 'custom.vipStr'])).toBeUndefined();
	});

	it.each(['custom.vi', 'custom.vipB', 'custom.', 'custom', 'vip'])(
		'is none for %j where there is custom.vipBool',
		(typed) => {
			expect(fieldMeant(typed, ['custom.vipBool'])).toBeUndefined();
		},
	);

	it('is none when what follows the name is no type', () => {
		expect(fieldMeant('custom.vip', ['custom.vipLevel', 'custom.vipbool'])).toBeUndefined();
	});

	it('has its type left out for custom attributes only', () => {
		expect(fieldMeant('created', ['createdAt'])).toBeUndefined();
	});
});

describe('the present value of a field', () => {
	const conversation = eventOf(updated('kustomer.conversation.update'));
	const customer = eventOf(updated('kustomer.customer.update'));

	it('is that of the attribute', () => {
		expect(presentValue(conversation, 'status')).toBe('open');
		expect(presentValue(conversation, ' spam ')).toBe(false);
		expect(presentValue(conversation, 'tags')).toEqual([]);
	});

	it('is that of a custom attribute, with or without the type at its end', () => {
		expect(presentValue(customer, 'custom.membershipStr')).toBe('member');
		expect(presentValue(customer, 'custom.membership')).toBe('member');
		expect(presentValue(customer, 'custom.lastVisit')).toBeNull();
	});

	it('is the id of a relationship, or null where nothing is related', () => {
		expect(presentValue(conversation, 'related.customer')).toBe(IDS.customer);
		expect(presentValue(eventOf(created('kustomer.team.create')), 'related.deletedBy')).toBeNull();
	});

	it('is that of a part of an attribute by a dotted name', () => {
		expect(presentValue(conversation, 'firstMessageOut.channel')).toBe('email');
		expect(presentValue(customer, 'satisfactionLevel.firstSatisfaction.sentByTeams')).toEqual([]);
	});

	it('is that of an attribute whose own name has a dot, before any part', () => {
		const event = created('kustomer.tag.create');
		event.data.attributes['a.b'] = 'whole';
		event.data.attributes.a = { b: 'part' };
		expect(presentValue(eventOf(event), 'a.b')).toBe('whole');
	});

	it.each([
		'nothing',
		'',
		'status.length',
		'tags.0',
		'firstMessageOut.nothing.deeper',
		'custom.anything',
		'related.nothing',
		'toString',
		'constructor.name',
		'__proto__',
		'firstMessageOut.__proto__',
		'related.constructor',
	])('is none for %j', (name) => {
		expect(presentValue(conversation, name) ?? null).toBeNull();
	});

	it('is none of a custom attribute where custom is null', () => {
		expect(presentValue(eventOf(created('kustomer.user.create')), 'custom.vip')).toBeUndefined();
	});

	it('can be asked for by any name of any record', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.string().map((end) => `custom.${end}`),
					fc.constant('related.a'),
				),
				fc.jsonValue(),
				(name, any) => {
					const event = eventOf({
						name: 'kustomer.tag.create',
						data: { attributes: any, relationships: any },
					});
					expect(() => presentValue(event, name)).not.toThrow();
				},
			),
		);
	});
});

describe('a relationship', () => {
	const { relationships } = created('kustomer.conversation.create').data;

	it('gives its id', () => {
		expect(relatedId(relationships.customer)).toBe(IDS.customer);
	});

	it('gives null when it is null or relates to nothing', () => {
		expect(relatedId(null)).toBeNull();
		expect(relatedId({ data: null })).toBeNull();
	});

	it('gives nothing when it holds links only', () => {
		expect(relatedId(relationships.messages)).toBeUndefined();
		expect(relatedId(undefined)).toBeUndefined();
	});

	it('gives all ids when it relates to several', () => {
		expect(
			relatedId({
				data: [
					{ type: 'tag', id: 'one' },
					{ type: 'tag', id: 'two' },
				],
			}),
		).toEqual(['one', 'two']);
		expect(relatedId({ data: [] })).toEqual([]);
	});

	it.each([{ data: {} }, { data: { id: 5 } }, { data: 'text' }])('gives null for %j', (spoiled) => {
		expect(relatedId(spoiled)).toBeNull();
	});

	it.each(['text', 5, true, [], [{ data: { id: 'x' } }]])('gives nothing for %j', (spoiled) => {
		expect(relatedId(spoiled)).toBeUndefined();
	});
});

it('a record’s own value is never one that every object inherits', () => {
	expect(ownValue({ a: 1 }, 'a')).toBe(1);
	expect(ownValue({}, 'toString')).toBeNull();
	expect(ownValue({ a: undefined }, 'a')).toBeNull();
});
