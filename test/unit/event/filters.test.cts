import fc from 'fast-check';
import type { Recovery } from '../../../nodes/Kustomer/event/event';
import { CHANGES_UNKNOWN, readFilters, whyFiltered } from '../../../nodes/Kustomer/event/filters';
import {
	ALL_NAMES,
	CREATE_NAMES,
	IDS,
	UPDATE_NAMES,
	created,
	envelopeOf,
	eventOf,
	updated,
	updatedBy,
	type Diff,
	type EventFixture,
} from '../../fixtures/envelopes.cts';

const NONE = readFilters(undefined, undefined);
const NOW_MS = Date.parse('2025-03-11T08:30:00.000Z');

/** @returns why the event is dropped with this value of the parameter `filters` */
function why(event: EventFixture, filters: unknown, maxEventAge?: unknown): string | undefined {
	return whyFiltered(eventOf(event), readFilters(filters, maxEventAge), NOW_MS);
}

type Row = { name: string; from?: unknown; to?: unknown };

function changedFields(match: 'any' | 'all', ...field: Row[]) {
	return { changedFields: { field }, changedFieldsMatch: match };
}

function conditions(...field: Array<{ name: string; value?: unknown }>) {
	return { conditions: { field } };
}

/** A conversation whose status went from open to done. */
function closed(more: Record<string, Diff> = {}): EventFixture {
	const status: Diff = { op: 'replace', before: 'open', after: 'done' };
	return updatedBy('kustomer.conversation.update', { status, ...more });
}

const fieldChange = (before: unknown, after: unknown) =>
	updatedBy('kustomer.conversation.update', { field: { op: 'replace', before, after } });

describe('without any filter', () => {
	it.each(ALL_NAMES)('%s passes', (name) => {
		expect(why(envelopeOf(name), {})).toBeUndefined();
	});

	it.each([undefined, null, {}, [], 'text', 3, { changedFields: {}, conditions: { field: [] } }])(
		'%j counts as none',
		(filters) => {
			expect(readFilters(filters, undefined)).toEqual(NONE);
		},
	);

	it('the parameter’s own defaults count as none', () => {
		const defaults = {
			changedFields: {},
			changedFieldsMatch: 'any',
			conditions: {},
			messageDirection: 'any',
			ignoreActivity: false,
			ignoreOwnChanges: false,
			ignoreUserIds: [],
		};
		expect(readFilters(defaults, 0)).toEqual(NONE);
	});

	it.each<[string, unknown, unknown]>([
		['changed fields', changedFields('any', { name: 'status' }), 0],
		['conditions', conditions({ name: 'status' }), 0],
		['a direction', { messageDirection: 'in' }, 0],
		['ignored activity', { ignoreActivity: true }, 0],
		['ignored users', { ignoreUserIds: ['x'] }, 0],
		['an age', {}, 1],
	])('%s are one', (_, filters, age) => {
		expect(readFilters(filters, age)).not.toEqual(NONE);
	});

	it('rows without a name count as none', () => {
		const rows = [{ name: '' }, { name: '  ' }, { name: 5 }, {}, null, 'status'];
		const filters = { changedFields: { field: rows }, conditions: { field: rows } };
		expect(readFilters(filters, undefined)).toEqual(NONE);
	});
});

describe('changed fields', () => {
	it('let an update pass in which the field changed', () => {
		expect(why(closed(), changedFields('any', { name: 'status' }))).toBeUndefined();
	});

	it('drop an update in which it did not, and say which field was asked for', () => {
		expect(why(closed(), changedFields('any', { name: 'priority' }))).toMatch(/priority/);
	});

	it('drop an update that does not say what changed', () => {
		const event = { ...closed(), changes: null };
		expect(why(event, changedFields('any', { name: 'status' }))).toBeDefined();
	});

	it.each(CREATE_NAMES)('let %s pass', (name) => {
		const filters = changedFields('all', { name: 'status', from: 'open', to: 'done' });
		expect(why(created(name), filters)).toBeUndefined();
	});

	it('find a name picked from the editor’s list', () => {
		const picked = { __rl: true, mode: 'list', value: 'status' };
		expect(why(closed(), { changedFields: { field: [{ name: picked }] } })).toBeUndefined();
		const other = { __rl: true, mode: 'list', value: 'priority' };
		expect(why(closed(), { changedFields: { field: [{ name: other }] } })).toBeDefined();
	});

	it('find a value picked from the editor’s list', () => {
		const to = { __rl: true, mode: 'list', value: 'done' };
		expect(why(closed(), changedFields('any', { name: 'status', to }))).toBeUndefined();
	});

	it('find a custom attribute, with or without the type at its end', () => {
		const event = updated('kustomer.customer.update');
		for (const name of ['custom.membershipStr', 'custom.membership']) {
			const filters = changedFields('any', { name, from: 'guest', to: 'member' });
			expect(why(event, filters)).toBeUndefined();
		}
		expect(why(event, changedFields('any', { name: 'custom.repairsNum' }))).toBeDefined();
		expect(why(event, changedFields('any', { name: 'custom' }))).toBeUndefined();
	});

	it('mean the custom attribute that the record has by this very name, changed or not', () => {
		const event = updated('kustomer.customer.update');
		const filters = changedFields('any', { name: 'custom.membership' });
		expect(why(event, filters)).toBeUndefined();
		event.data.attributes.custom = { membership: 'yearly', membershipStr: 'member' };
		expect(why(event, filters)).toMatch(/custom\.membership/);
	});

	it('mean no custom attribute while the record has several that fit', () => {
		const event = updated('kustomer.customer.update');
		event.data.attributes.custom = { membershipStr: 'member', membershipAt: null };
		expect(why(event, changedFields('any', { name: 'custom.membership' }))).toBeDefined();
		expect(why(event, changedFields('any', { name: 'custom.membershipStr' }))).toBeUndefined();
	});

	it('find a custom attribute that was taken away from the record', () => {
		const event = updated('kustomer.customer.update');
		event.data.attributes.custom = {};
		expect(why(event, changedFields('any', { name: 'custom.membership' }))).toBeUndefined();
	});

	it.each(['delete', 'merge'])('do not concern what is neither create nor update: %s', (action) => {
		const event = { ...closed(), name: `kustomer.conversation.${action}` };
		const filters = { ignoreActivity: true, ...changedFields('all', { name: 'priority' }) };
		expect(why(event, filters)).toBeUndefined();
		expect(why({ ...event, changes: null }, filters)).toBeUndefined();
		const activity = updatedBy('kustomer.conversation.update', {});
		expect(why({ ...activity, name: event.name }, filters)).toBeUndefined();
	});

	it('find a relationship by its ids', () => {
		const event = updated('kustomer.message.update');
		const name = 'related.redactedBy';
		expect(why(event, changedFields('any', { name, from: '', to: IDS.agent }))).toBeUndefined();
		expect(why(event, changedFields('any', { name, to: IDS.admin }))).toBeDefined();
	});

	it('find book-keeping too, since someone may ask for it', () => {
		expect(why(closed(), changedFields('any', { name: 'modifiedAt' }))).toBeUndefined();
	});
});

describe('from and to of a changed field', () => {
	it.each<Omit<Row, 'name'>>([
		{},
		{ from: 'open' },
		{ to: 'done' },
		{ from: 'open', to: 'done' },
		{ from: '*' },
		{ to: '*' },
		{ from: '*', to: '*' },
		{ from: '*', to: 'done' },
	])('let open to done pass when they are %j', (row) => {
		expect(why(closed(), changedFields('any', { name: 'status', ...row }))).toBeUndefined();
	});

	it.each<Omit<Row, 'name'>>([
		{ from: 'done' },
		{ to: 'open' },
		{ from: 'open', to: 'snoozed' },
		{ from: 'snoozed', to: 'done' },
		{ from: '' },
		{ to: '' },
		{ from: 'Open' },
		{ to: '**' },
	])('drop open to done when they are %j', (row) => {
		expect(why(closed(), changedFields('any', { name: 'status', ...row }))).toBeDefined();
	});

	it.each([null, undefined, '', []])('match %j when they are empty', (nothing) => {
		const row = { name: 'field', from: '' };
		expect(why(fieldChange(nothing, 'x'), changedFields('any', row))).toBeUndefined();
		const other = { name: 'field', to: '' };
		expect(why(fieldChange('x', nothing), changedFields('any', other))).toBeUndefined();
	});

	it.each([0, false, ' ', {}, [null]])('do not match %j when they are empty', (something) => {
		const row = { name: 'field', from: '' };
		expect(why(fieldChange(something, 'x'), changedFields('any', row))).toBeDefined();
	});

	it.each<[unknown, unknown]>([
		[3, '3'],
		[3, '3.0'],
		[3, 3],
		[true, 'true'],
		[false, false],
		['a b', 'a b'],
		[['sms', 'email'], 'email'],
		[[1, 2], '2'],
		[['sms', 'email'], '["sms","email"]'],
		[{ a: 1, b: 2 }, '{"b":2,"a":1}'],
	])('match %j when %j was typed', (actual, typed) => {
		expect(
			why(fieldChange('x', actual), changedFields('any', { name: 'field', to: typed })),
		).toBeUndefined();
	});

	it.each<[unknown, unknown]>([
		[3, '33'],
		[true, 'yes'],
		['3', '3.0'],
		[['sms', 'email'], 'mail'],
		[{ a: 1 }, '{"a":2}'],
		[null, 'null'],
	])('do not match %j when %j was typed', (actual, typed) => {
		expect(
			why(fieldChange('x', actual), changedFields('any', { name: 'field', to: typed })),
		).toBeDefined();
	});
});

describe('several changed fields', () => {
	const status = { name: 'status', to: 'done' };
	const priority = { name: 'priority', to: '5' };
	const both = closed({ priority: { op: 'replace', before: 3, after: 5 } });

	it('need at least one of them by default and with any', () => {
		expect(why(closed(), changedFields('any', priority, status))).toBeUndefined();
		expect(why(closed(), { changedFields: { field: [priority, status] } })).toBeUndefined();
	});

	it('are dropped with any when none is met', () => {
		const reopened = { name: 'status', to: 'open' };
		expect(why(closed(), changedFields('any', priority, reopened))).toBeDefined();
	});

	it('need every one of them with all', () => {
		expect(why(both, changedFields('all', status, priority))).toBeUndefined();
		expect(why(closed(), changedFields('all', status, priority))).toBeDefined();
	});

	it('may name the same field twice, for several values', () => {
		const rows = [
			{ name: 'status', to: 'snoozed' },
			{ name: 'status', to: 'done' },
		];
		expect(why(closed(), changedFields('any', ...rows))).toBeUndefined();
	});
});

describe('conditions', () => {
	it.each(['kustomer.conversation.create', 'kustomer.conversation.update'] as const)(
		'hold the present value of %s',
		(name) => {
			expect(why(envelopeOf(name), conditions({ name: 'status', value: 'open' }))).toBeUndefined();
			expect(why(envelopeOf(name), conditions({ name: 'status', value: 'done' }))).toMatch(
				/status/,
			);
		},
	);

	it('hold the value as it is now, not as it was', () => {
		const event = updated('kustomer.customer.update');
		expect(why(event, conditions({ name: 'defaultLang', value: 'sv' }))).toBeUndefined();
		expect(why(event, conditions({ name: 'defaultLang', value: 'fi' }))).toBeDefined();
	});

	it('have to be met all', () => {
		const met = { name: 'status', value: 'open' };
		const unmet = { name: 'priority', value: '5' };
		const event = created('kustomer.conversation.create');
		expect(why(event, conditions(met, { name: 'priority', value: '3' }))).toBeUndefined();
		expect(why(event, conditions(met, unmet))).toMatch(/priority/);
	});

	it('concern custom attributes, relationships and parts of attributes too', () => {
		const customer = updated('kustomer.customer.update');
		expect(why(customer, conditions({ name: 'custom.newsletter', value: 'true' }))).toBeUndefined();
		expect(why(customer, conditions({ name: 'custom.newsletter', value: 'false' }))).toBeDefined();
		const conversation = updated('kustomer.conversation.update');
		const part = { name: 'firstMessageOut.channel', value: 'email' };
		const related = { name: 'related.customer', value: IDS.customer };
		expect(why(conversation, conditions(part, related))).toBeUndefined();
	});

	it.each(['assignedUsers', 'nothing of the kind', 'preview', 'related.messages'])(
		'with an empty value are met where %s is empty or absent',
		(name) => {
			const event = created('kustomer.conversation.create');
			expect(why(event, conditions({ name, value: '' }))).toBeUndefined();
			expect(why(event, conditions({ name }))).toBeUndefined();
			expect(why(event, conditions({ name, value: 'x' }))).toBeDefined();
		},
	);
});

describe('message direction', () => {
	const incoming = updated('kustomer.message.update');
	const outgoing = created('kustomer.message.create');

	it('lets through messages of the one direction only', () => {
		expect(why(incoming, { messageDirection: 'in' })).toBeUndefined();
		expect(why(outgoing, { messageDirection: 'in' })).toMatch(/customer/);
		expect(why(outgoing, { messageDirection: 'out' })).toBeUndefined();
		expect(why(incoming, { messageDirection: 'out' })).toMatch(/team/);
	});

	it('lets through both with any', () => {
		expect(why(incoming, { messageDirection: 'any' })).toBeUndefined();
		expect(why(outgoing, { messageDirection: 'any' })).toBeUndefined();
	});

	it('drops a message that does not tell its direction', () => {
		const event = created('kustomer.message.create');
		delete event.data.attributes.direction;
		expect(why(event, { messageDirection: 'in' })).toBeDefined();
		expect(why(event, { messageDirection: 'out' })).toBeDefined();
	});

	it.each(ALL_NAMES.filter((name) => !name.startsWith('kustomer.message.')))(
		'lets %s pass, whatever direction it has',
		(name) => {
			expect(why(envelopeOf(name), { messageDirection: 'in' })).toBeUndefined();
			expect(why(envelopeOf(name), { messageDirection: 'out' })).toBeUndefined();
		},
	);
});

describe('ignoring activity', () => {
	const count: Diff = { op: 'replace', before: 1, after: 2 };

	it('drops an update of counters and times', () => {
		const event = updatedBy('kustomer.conversation.update', { messageCount: count });
		expect(why(event, { ignoreActivity: true })).toMatch(/counters/);
		expect(why(event, { ignoreActivity: false })).toBeUndefined();
	});

	it('lets pass an update in which anything else changed, known or not', () => {
		for (const field of ['status', 'fieldOfTheFuture', 'related.queue', 'custom']) {
			const more: Diff = { op: 'replace', before: { a: 1 }, after: { a: 2 } };
			const event = updatedBy('kustomer.conversation.update', {
				messageCount: count,
				[field]: more,
			});
			expect(why(event, { ignoreActivity: true })).toBeUndefined();
		}
	});

	it('lets pass a message whose preview changed, for that is its text', () => {
		const event = updatedBy('kustomer.message.update', {
			preview: { op: 'replace', before: 'a', after: 'b' },
		});
		expect(why(event, { ignoreActivity: true })).toBeUndefined();
	});

	it.each(CREATE_NAMES)('lets %s pass', (name) => {
		expect(why(created(name), { ignoreActivity: true })).toBeUndefined();
	});

	it.each([1, 'true', {}, null])('is not switched on by %j', (ignoreActivity) => {
		const event = updatedBy('kustomer.conversation.update', { messageCount: count });
		expect(why(event, { ignoreActivity })).toBeUndefined();
	});
});

describe('ignoring users', () => {
	const byUser = (id: string) => ({ links: {}, data: { type: 'user', id } });

	it.each(CREATE_NAMES)('drops %s by its creator, not by its editor', (name) => {
		const event = created(name);
		event.data.relationships.createdBy = byUser('creator');
		event.data.relationships.modifiedBy = byUser('editor');
		expect(why(event, { ignoreUserIds: ['creator'] })).toMatch(/user/);
		expect(why(event, { ignoreUserIds: ['editor'] })).toBeUndefined();
	});

	it.each(UPDATE_NAMES)('drops %s by its editor, not by its creator', (name) => {
		const event = updated(name);
		event.data.relationships.createdBy = byUser('creator');
		event.data.relationships.modifiedBy = byUser('editor');
		expect(why(event, { ignoreUserIds: ['editor'] })).toMatch(/user/);
		expect(why(event, { ignoreUserIds: ['creator'] })).toBeUndefined();
	});

	it('lets pass an update that its last editor did not cause', () => {
		const event = updated('kustomer.conversation.update');
		delete event.changes.attributes.modifiedAt;
		expect(why(event, { ignoreUserIds: [IDS.agent] })).toBeUndefined();
	});

	it('drops an update whose editor changed without a new time', () => {
		const event = updated('kustomer.message.update');
		delete event.changes.attributes.modifiedAt;
		expect(why(event, { ignoreUserIds: [IDS.agent] })).toBeDefined();
	});

	it('goes by every one of the list, blanks around it left out', () => {
		const event = updated('kustomer.conversation.update');
		expect(why(event, { ignoreUserIds: ['x', ` ${IDS.agent} `] })).toBeDefined();
		expect(why(event, { ignoreUserIds: [IDS.agent.slice(0, -1)] })).toBeUndefined();
	});

	it('lets pass what no user caused', () => {
		const event = created('kustomer.message.create');
		delete event.data.relationships.createdBy;
		expect(why(event, { ignoreUserIds: ['', 'undefined', 'null'] })).toBeUndefined();
	});
});

describe('the greatest age of an event', () => {
	it('drops what happened longer ago and says how long is allowed', () => {
		// 08:30:00 now; the update was at 08:17:30.450.
		expect(why(updated('kustomer.tag.update'), {}, 12)).toMatch(/12 minutes/);
	});

	it('lets pass what happened just so long ago, or less', () => {
		const event = updated('kustomer.tag.update');
		event.createdAt = '2025-03-11T08:18:00.000Z';
		expect(why(event, {}, 12)).toBeUndefined();
		event.createdAt = '2025-03-11T08:17:59.999Z';
		expect(why(event, {}, 12)).toBeDefined();
	});

	it('may be text, as an expression gives it', () => {
		expect(why(updated('kustomer.tag.update'), {}, '12')).toMatch(/12 minutes/);
		expect(why(updated('kustomer.tag.update'), {}, ' 13 ')).toBeUndefined();
	});

	it('lets pass what seems to come from the future', () => {
		const event = updated('kustomer.tag.update');
		event.createdAt = '2026-01-01T00:00:00.000Z';
		expect(why(event, {}, 1)).toBeUndefined();
	});

	it.each([0, -5, '-5', undefined, null, '', 'soon', Number.NaN])(
		'is no limit when it is %p',
		(age) => {
			expect(why(updated('kustomer.tag.update'), {}, age)).toBeUndefined();
		},
	);

	it.each([undefined, null, 'some day', 5])('lets pass an event of the time %j', (createdAt) => {
		const event = eventOf({ ...updated('kustomer.tag.update'), createdAt });
		expect(whyFiltered(event, readFilters({}, 1), NOW_MS)).toBeUndefined();
	});
});

describe('several filters', () => {
	it('have to be passed all', () => {
		const filters = {
			...changedFields('any', { name: 'status', to: 'done' }),
			...conditions({ name: 'priority', value: '3' }),
			messageDirection: 'in',
			ignoreActivity: true,
			ignoreUserIds: [IDS.admin],
		};
		expect(why(closed(), filters, 15)).toBeUndefined();
		expect(why(closed(), filters, 5)).toBeDefined();
		expect(why(closed(), { ...filters, ignoreUserIds: [IDS.agent] }, 15)).toBeDefined();
		const unmet = conditions({ name: 'priority', value: '4' });
		expect(why(closed(), { ...filters, ...unmet }, 15)).toBeDefined();
	});
});

describe('filters and events of any JSON', () => {
	const anyRow = fc.record(
		{
			name: fc.oneof(
				fc.constantFrom('status', 'custom.a', 'related.a', 'a.b', '__proto__'),
				fc.jsonValue(),
			),
			from: fc.jsonValue(),
			to: fc.jsonValue(),
			value: fc.jsonValue(),
		},
		{ requiredKeys: [] },
	);
	const anyFilters = fc.oneof(
		fc.jsonValue(),
		fc.record(
			{
				changedFields: fc.oneof(fc.jsonValue(), fc.record({ field: fc.array(anyRow) })),
				changedFieldsMatch: fc.oneof(fc.jsonValue(), fc.constantFrom('any', 'all')),
				conditions: fc.oneof(fc.jsonValue(), fc.record({ field: fc.array(anyRow) })),
				messageDirection: fc.oneof(fc.jsonValue(), fc.constantFrom('any', 'in', 'out')),
				ignoreActivity: fc.oneof(fc.jsonValue(), fc.boolean()),
				ignoreUserIds: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
			},
			{ requiredKeys: [] },
		),
	);
	const anyDiffs = fc.oneof(
		fc.jsonValue(),
		fc.dictionary(
			fc.oneof(fc.constantFrom('status', 'custom', 'a', 'modifiedAt'), fc.string()),
			fc.record({ before: fc.jsonValue(), after: fc.jsonValue() }, { requiredKeys: [] }),
		),
	);
	const anyEvent = fc.record({
		name: fc.oneof(
			fc.constantFrom(...ALL_NAMES, 'kustomer.constructor.update', 'kustomer.'),
			fc.string().map((end) => `kustomer.${end}`),
		),
		createdAt: fc.jsonValue(),
		data: fc.record({ attributes: anyDiffs, relationships: fc.jsonValue() }),
		changes: fc.oneof(fc.jsonValue(), fc.record({ attributes: anyDiffs, relationships: anyDiffs })),
	});

	it('are read without a throw', () => {
		fc.assert(
			fc.property(anyFilters, fc.jsonValue(), (filters, age) => {
				expect(() => readFilters(filters, age)).not.toThrow();
			}),
		);
	});

	it('give a reason in words or nothing, and never throw', () => {
		fc.assert(
			fc.property(anyFilters, fc.jsonValue(), anyEvent, (filters, age, any) => {
				const reason = whyFiltered(eventOf(any), readFilters(filters, age), NOW_MS);
				expect(['string', 'undefined']).toContain(typeof reason);
			}),
			{ numRuns: 500 },
		);
	});
});

describe('an update that was found afterwards', () => {
	const recovered = (recovery: Partial<Recovery> = {}) => ({
		...eventOf(updatedBy('kustomer.customer.update', {})),
		recovered: { hasChanges: false, isEdited: false, author: 'someone', ...recovery },
	});
	const whyNot = (filters: unknown, recovery?: Partial<Recovery>) =>
		whyFiltered(recovered(recovery), readFilters(filters, undefined), NOW_MS);

	it('passes without filters', () => expect(whyNot(undefined)).toBeUndefined());

	it('never passes Changed Fields while it is not known what changed', () => {
		const filters = changedFields('any', { name: 'name' });
		expect(whyNot(filters)).toBe(CHANGES_UNKNOWN);
		expect(whyNot(filters, { isEdited: true })).toBe(CHANGES_UNKNOWN);
	});

	it('passes Ignore Activity-Only Updates if somebody edited the record', () => {
		expect(whyNot({ ignoreActivity: true })).toMatch(/Ignore Activity-Only/);
		expect(whyNot({ ignoreActivity: true }, { isEdited: true })).toBeUndefined();
	});

	it('is judged by who edited the record last', () => {
		expect(whyNot({ ignoreUserIds: ['someone'] })).toMatch(/ignored/);
		expect(whyNot({ ignoreUserIds: ['someone else'] })).toBeUndefined();
		expect(whyNot({ ignoreUserIds: ['someone'] }, { author: undefined })).toBeUndefined();
	});

	it('is judged by its true changes where Kustomer recorded them', () => {
		const status: Diff = { op: 'replace', before: 'open', after: 'done' };
		const event = {
			...eventOf(updatedBy('kustomer.conversation.update', { status })),
			recovered: { hasChanges: true, isEdited: true, author: undefined },
		};
		const judged = (to: string) =>
			whyFiltered(event, readFilters(changedFields('any', { name: 'status', to }), 0), NOW_MS);
		expect(judged('done')).toBeUndefined();
		expect(judged('open')).toMatch(/did not happen/);
	});
});
