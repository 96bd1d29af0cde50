import type { KustomerEvent } from '../../../nodes/Kustomer/event/event';
import { parseEvent } from '../../../nodes/Kustomer/event/event';
import { keysOf } from '../../../nodes/Kustomer/missed/keys';
import { recordedEvent, stateEvent } from '../../../nodes/Kustomer/missed/recovered';
import {
	makeEvent,
	type EventName,
	type EventOverrides,
} from '../../../sandbox/kustomer/server.cts';

const GAP = { since: '2026-01-01T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' };
const RECORD = '66b0c1a05a4d0bca7f1eaaaa';

function delivered(name: EventName, overrides: EventOverrides = {}): KustomerEvent {
	const event = parseEvent(
		Buffer.from(JSON.stringify(makeEvent(name, { recordId: RECORD, ...overrides }))),
	);
	if (event === undefined) throw new Error('no event');
	return event;
}

/** The record as Kustomer's API would give it after the event. */
function recordOf({ recordType, attributes, relationships }: KustomerEvent) {
	return { id: RECORD, type: recordType ?? '', attributes, relationships };
}

describe.each(['customer', 'conversation', 'message'] as const)('an event of a %s', (resource) => {
	it('that created it and what is found of it have a key in common', () => {
		const event = delivered(`kustomer.${resource}.create`);
		const found = stateEvent('create', resource, { record: recordOf(event), gap: GAP });
		expect(keysOf(event).own).toEqual([event.id, `${resource}:${RECORD}:create`]);
		expect(keysOf(found).own).toEqual([`${resource}:${RECORD}:create`]);
	});

	it('that changed it and what is found of it have a key in common', () => {
		const event = delivered(`kustomer.${resource}.update`, { rev: 12 });
		const found = stateEvent('update', resource, { record: recordOf(event), gap: GAP });
		expect(keysOf(event).own).toEqual([event.id, `${resource}:${RECORD}:update:12`]);
		expect(keysOf(found)).toEqual({ own: [`${resource}:${RECORD}:update:12`], covered: [] });
	});
});

it('a record that is found created covers its later changes', () => {
	const { relationships, attributes } = delivered('kustomer.customer.create');
	const record = { id: RECORD, attributes: { ...attributes, rev: 7 }, relationships };
	const found = stateEvent('create', 'customer', { record, gap: GAP });
	expect(keysOf(found).covered).toEqual([`customer:${RECORD}:update:7`]);
});

it('a recorded creation covers no later change, which was recorded too', () => {
	const event = delivered('kustomer.conversation.create');
	const recorded = recordedEvent(
		{ id: 'e1', name: event.name, at: String(event.createdAt), changes: null, author: undefined },
		recordOf(event),
	);
	expect(keysOf(recorded)).toEqual({ own: ['e1', `conversation:${RECORD}:create`], covered: [] });
});

it.each([
	['the id of the event', 'same'],
	['another id', 'other'],
])('a recorded event with %s has a key in common with its delivery', (_, id) => {
	const event = delivered('kustomer.conversation.update', { rev: 12 });
	const now = { ...recordOf(event), attributes: { ...event.attributes, rev: 20 } };
	const recorded = recordedEvent(
		{
			id: id === 'same' ? String(event.id) : 'another',
			name: event.name,
			at: String(event.createdAt),
			changes: event.raw.changes,
			author: undefined,
		},
		now,
	);
	const common = keysOf(recorded).own.filter((key) => keysOf(event).own.includes(key));
	expect(common).toContain(`conversation:${RECORD}:update:12`);
});

it.each(['kustomer.user.update', 'kustomer.tag.create'] as const)(
	'%s, which cannot be found afterwards, is known by its id alone',
	(name) => {
		const event = delivered(name);
		expect(keysOf(event)).toEqual({ own: [event.id], covered: [] });
	},
);

it('an update without a revision is known by its time', () => {
	const event = delivered('kustomer.customer.update');
	const { rev: _, ...attributes } = event.attributes;
	expect(keysOf({ ...event, attributes }).own).toContain(
		`customer:${RECORD}:update:${String(attributes.updatedAt)}`,
	);
});
