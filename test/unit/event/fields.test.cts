import fc from 'fast-check';
import { fieldMeant, presentValue } from '../../../nodes/Kustomer/event/fields';
import { parseEnvelope } from '../../../nodes/Kustomer/event/envelope';
import { IDS, created, updated } from '../../fixtures/envelopes.cts';

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
	const conversation = updated('kustomer.conversation.update');
	const customer = updated('kustomer.customer.update');

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
		expect(presentValue(created('kustomer.team.create'), 'related.deletedBy')).toBeNull();
	});

	it('is that of a part of an attribute by a dotted name', () => {
		expect(presentValue(conversation, 'firstMessageOut.channel')).toBe('email');
		expect(presentValue(customer, 'satisfactionLevel.firstSatisfaction.sentByTeams')).toEqual([]);
	});

	it('is that of an attribute whose own name has a dot, before any part', () => {
		const event = created('kustomer.tag.create');
		event.data.attributes['a.b'] = 'whole';
		event.data.attributes.a = { b: 'part' };
		expect(presentValue(event, 'a.b')).toBe('whole');
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
		expect(presentValue(created('kustomer.user.create'), 'custom.vip')).toBeUndefined();
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
					const event = parseEnvelope(
						Buffer.from(
							JSON.stringify({
								name: 'kustomer.tag.create',
								data: { attributes: any, relationships: any },
							}),
						),
					);
					expect(() => event && presentValue(event, name)).not.toThrow();
				},
			),
		);
	});
});
