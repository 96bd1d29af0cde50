import fc from 'fast-check';
import { BOOKKEEPING_FIELDS, type Change } from '../../../nodes/Kustomer/event/changes';
import { parseEvent } from '../../../nodes/Kustomer/event/event';
import { simplifiedItem } from '../../../nodes/Kustomer/event/item';
import {
	CREATE_NAMES,
	IDS,
	type Diff,
	UPDATE_NAMES,
	created,
	eventOf,
	updated,
	updatedBy,
} from '../../fixtures/envelopes.cts';

const changesOf = (envelope: unknown) => eventOf(envelope).changes();
const shownChanges = (envelope: unknown) =>
	simplifiedItem(eventOf(envelope)).changes as Record<string, Change>;

const relatedTo = (id: string) => ({
	links: { self: `/v1/users/${id}` },
	data: { type: 'user', id },
});

describe('the changes of an event', () => {
	it.each(CREATE_NAMES)('are none for %s, be they absent or null', (name) => {
		expect(changesOf(created(name)).size).toBe(0);
		expect(changesOf({ ...created(name), changes: null }).size).toBe(0);
	});

	it('are none for a create even if it brought some', () => {
		const changes = { attributes: { name: { op: 'add', after: 'x' } }, relationships: {} };
		expect(changesOf({ ...created('kustomer.tag.create'), changes }).size).toBe(0);
	});

	it.each([undefined, null, {}, [], 'text', 4, { attributes: null, relationships: [] }])(
		'are none for an update that says %j about them',
		(changes) => {
			expect(changesOf({ ...updated('kustomer.tag.update'), changes }).size).toBe(0);
		},
	);

	it.each(UPDATE_NAMES)('of %s include its book-keeping', (name) => {
		expect([...changesOf(updated(name)).keys()]).toEqual(
			expect.arrayContaining(['updatedAt', 'modifiedAt']),
		);
	});

	it('have null where before or after is absent or null', () => {
		const event = updatedBy('kustomer.tag.update', {
			added: { op: 'add', after: 1 },
			removed: { op: 'remove', before: 2, after: null },
			emptied: { op: 'remove', before: 3 },
		});
		const changes = changesOf(event);
		expect(changes.get('added')).toEqual({ from: null, to: 1 });
		expect(changes.get('removed')).toEqual({ from: 2, to: null });
		expect(changes.get('emptied')).toEqual({ from: 3, to: null });
	});

	it('keep false, zero and empty text as they are', () => {
		const event = updatedBy('kustomer.tag.update', {
			flag: { op: 'replace', before: false, after: true },
			count: { op: 'replace', before: 5, after: 0 },
			word: { op: 'replace', before: '', after: 'x' },
		});
		const changes = changesOf(event);
		expect(changes.get('flag')).toEqual({ from: false, to: true });
		expect(changes.get('count')).toEqual({ from: 5, to: 0 });
		expect(changes.get('word')).toEqual({ from: '', to: 'x' });
	});

	it('keep nested values whole', () => {
		const change = changesOf(updated('kustomer.conversation.update')).get('firstMessageOut');
		expect(change).toMatchObject({
			from: { createdByTeams: [] },
			to: { id: IDS.message, channel: 'email' },
		});
	});

	it('take a diff that is none for a change from nothing to nothing', () => {
		const changes = { attributes: { odd: 'text', none: null }, relationships: { queer: 4 } };
		const found = changesOf({ ...updated('kustomer.tag.update'), changes });
		const nothing = { from: null, to: null };
		expect([...found]).toEqual([
			['odd', nothing],
			['none', nothing],
			['related.queer', nothing],
		]);
	});
});

describe('changes of custom attributes', () => {
	const customOf = (before: unknown, after: unknown) => {
		const event = updatedBy('kustomer.customer.update', {
			custom: { op: 'replace', before, after },
		});
		return shownChanges(event);
	};

	it('are those that differ, whichever of them Kustomer repeats', () => {
		expect(customOf({ aStr: 'same', bNum: 1 }, { aStr: 'same', bNum: 2 })).toEqual({
			'custom.bNum': { from: 1, to: 2 },
		});
	});

	it('include those that came and those that went', () => {
		expect(customOf({ wentStr: 'x' }, { cameStr: 'y' })).toEqual({
			'custom.wentStr': { from: 'x', to: null },
			'custom.cameStr': { from: null, to: 'y' },
		});
	});

	it('do not include one that came as null', () => {
		expect(customOf({}, { aStr: null })).toEqual({});
		expect(customOf({ aStr: null }, {})).toEqual({});
	});

	it('are all of them when custom was nothing before, or is nothing after', () => {
		expect(customOf(null, { aStr: 'x' })).toEqual({ 'custom.aStr': { from: null, to: 'x' } });
		expect(customOf({ aStr: 'x' }, null)).toEqual({ 'custom.aStr': { from: 'x', to: null } });
	});

	it('are none when an empty custom becomes null, as in a user’s update', () => {
		expect(shownChanges(updated('kustomer.user.update'))).toEqual({
			'related.createdBy': { from: null, to: IDS.admin },
			'related.modifiedBy': { from: null, to: IDS.admin },
		});
	});

	it('compare lists and objects by value, whatever the order of keys', () => {
		expect(
			customOf({ aLst: [1, 2], bObj: { x: 1, y: 2 } }, { aLst: [1, 2], bObj: { y: 2, x: 1 } }),
		).toEqual({});
		expect(customOf({ aLst: [1, 2] }, { aLst: [2, 1] })).toEqual({
			'custom.aLst': { from: [1, 2], to: [2, 1] },
		});
	});

	it('are told apart from what every object inherits', () => {
		expect(customOf({}, { toString: 'x' })).toEqual({ 'custom.toString': { from: null, to: 'x' } });
		expect(customOf({ constructor: 'x' }, {})).toEqual({
			'custom.constructor': { from: 'x', to: null },
		});
	});
});

describe('changes of relationships', () => {
	it('are ids', () => {
		const event = updatedBy(
			'kustomer.conversation.update',
			{},
			{ queue: { op: 'replace', before: relatedTo('old'), after: relatedTo('new') } },
		);
		expect(shownChanges(event)).toEqual({ 'related.queue': { from: 'old', to: 'new' } });
	});

	it('have null where nothing was or is related', () => {
		const event = updatedBy(
			'kustomer.conversation.update',
			{},
			{
				queue: { op: 'add', before: null, after: relatedTo('new') },
				brand: { op: 'remove', before: relatedTo('old'), after: null },
				company: { op: 'remove', before: relatedTo('old'), after: { links: {} } },
			},
		);
		expect(shownChanges(event)).toEqual({
			'related.queue': { from: null, to: 'new' },
			'related.brand': { from: 'old', to: null },
			'related.company': { from: 'old', to: null },
		});
	});
});

describe('the changes that an item shows', () => {
	it.each([...BOOKKEEPING_FIELDS])('leave out %s', (field) => {
		const event = updatedBy('kustomer.tag.update', {
			[field]: { op: 'replace', before: 1, after: 2 },
			name: { op: 'replace', before: 'a', after: 'b' },
		});
		expect(shownChanges(event)).toEqual({ name: { from: 'a', to: 'b' } });
	});

	it('leave out the four book-keeping fields of the contract and no others', () => {
		expect([...BOOKKEEPING_FIELDS].sort()).toEqual([
			'lastActivityAt',
			'modifiedAt',
			'rev',
			'updatedAt',
		]);
	});

	it.each([false, undefined, null, 'true', 1])(
		'keep the former preview when redacted is %j',
		(redacted) => {
			const event = updated('kustomer.message.update');
			event.data.attributes.redacted = redacted;
			expect(shownChanges(event).preview?.from).toBe('My door code is 4711, just walk in.');
		},
	);

	it('hide the former preview of a redacted message also when another field changed with it', () => {
		const event = updated('kustomer.message.update');
		event.changes.attributes.status = { op: 'replace', before: 'received', after: 'read' };
		const shown = shownChanges(event);
		expect(shown.preview?.from).toBeNull();
		expect(shown.status).toEqual({ from: 'received', to: 'read' });
	});

	it('leave out the password of a user, and of nobody else', () => {
		const diff: Diff = { op: 'replace', before: 'made-up-hash-1', after: 'made-up-hash-2' };
		const changed = { password: diff, name: { ...diff, before: 'a', after: 'b' } };
		expect(shownChanges(updatedBy('kustomer.user.update', changed))).toEqual({
			name: { from: 'a', to: 'b' },
		});
		expect(shownChanges(updatedBy('kustomer.team.update', changed))).toHaveProperty('password');
	});

	it('keep a field named __proto__ as a field', () => {
		const text =
			'{"name":"kustomer.tag.update","data":{},"changes":{"attributes":{"__proto__":{"before":1,"after":2}}}}';
		const event = parseEvent(Buffer.from(text));
		const shown = event && simplifiedItem(event).changes;
		expect(shown && Object.entries(shown)).toEqual([['__proto__', { from: 1, to: 2 }]]);
	});

	it('can be made of any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
				const event = updated('kustomer.tag.update');
				expect(() => shownChanges({ ...event, changes: one })).not.toThrow();
				const changes = { attributes: one, relationships: two };
				expect(() => shownChanges({ ...event, changes })).not.toThrow();
				const custom = { attributes: { custom: { before: one, after: two } } };
				expect(() => shownChanges({ ...event, changes: custom })).not.toThrow();
			}),
		);
	});
});
