import { VersionMemory } from '../../../nodes/Kustomer/receive/versions';
import {
	created,
	updated,
	type EventFixture,
	type UpdateFixture,
} from '../../fixtures/envelopes.cts';

function conversationAt(rev: unknown): UpdateFixture {
	const event = updated('kustomer.conversation.update');
	event.data.attributes.rev = rev;
	return event;
}

function teamAt(updatedAt: unknown): UpdateFixture {
	const event = updated('kustomer.team.update');
	event.data.attributes.updatedAt = updatedAt;
	return event;
}

function memoryWith(...events: EventFixture[]): VersionMemory {
	const memory = new VersionMemory(100);
	for (const event of events) memory.note(event);
	return memory;
}

describe('an update', () => {
	it('is outdated when a higher revision of the record was seen', () => {
		expect(memoryWith(conversationAt(8)).isOutdated(conversationAt(7))).toBe(true);
	});

	it.each([8, 9, 10])('is not outdated as revision %d after revision 8', (rev) => {
		expect(memoryWith(conversationAt(8)).isOutdated(conversationAt(rev))).toBe(false);
	});

	it('compares revisions as numbers, not as text', () => {
		expect(memoryWith(conversationAt(10)).isOutdated(conversationAt(9))).toBe(true);
		expect(memoryWith(conversationAt(9)).isOutdated(conversationAt(10))).toBe(false);
	});

	it('is not outdated when nothing was seen of the record', () => {
		expect(memoryWith().isOutdated(conversationAt(1))).toBe(false);
		const other = conversationAt(8);
		other.data.id = 'another';
		expect(memoryWith(other).isOutdated(conversationAt(1))).toBe(false);
	});

	it('is not outdated by a record of another type with the same id', () => {
		const message = conversationAt(8);
		message.data.type = 'message';
		expect(memoryWith(message).isOutdated(conversationAt(1))).toBe(false);
	});

	it('is outdated when a create of a higher revision was seen', () => {
		const create = created('kustomer.conversation.create');
		create.data.attributes.rev = 5;
		expect(memoryWith(create).isOutdated(conversationAt(4))).toBe(true);
	});

	it('goes by its revision even where its time says otherwise', () => {
		const late = conversationAt(8);
		late.data.attributes.updatedAt = '2020-01-01T00:00:00.000Z';
		expect(memoryWith(conversationAt(7)).isOutdated(late)).toBe(false);
	});

	it('is only outdated once the newer state was noted', () => {
		const memory = memoryWith();
		expect(memory.isOutdated(conversationAt(8))).toBe(false);
		expect(memory.isOutdated(conversationAt(7))).toBe(false);
	});
});

describe('an update of a record without revisions', () => {
	it('is outdated when a later time of the record was seen', () => {
		const memory = memoryWith(teamAt('2025-03-11T08:17:30.450Z'));
		expect(memory.isOutdated(teamAt('2025-03-11T08:17:30.449Z'))).toBe(true);
		expect(memory.isOutdated(teamAt('2025-03-11T08:17:30.450Z'))).toBe(false);
		expect(memory.isOutdated(teamAt('2025-03-11T08:17:30.451Z'))).toBe(false);
	});

	it('compares times, not their spelling', () => {
		const memory = memoryWith(teamAt('2025-03-11T10:00:00+02:00'));
		expect(memory.isOutdated(teamAt('2025-03-11T07:59:59Z'))).toBe(true);
		expect(memory.isOutdated(teamAt('2025-03-11T08:30:00Z'))).toBe(false);
	});

	it.each([undefined, null, 'some day', 5, {}])('is never outdated when its time is %j', (time) => {
		const memory = memoryWith(teamAt('2025-03-11T08:17:30.450Z'), teamAt(time));
		expect(memory.isOutdated(teamAt(time))).toBe(false);
		expect(memory.isOutdated(teamAt('2025-03-11T08:17:30.449Z'))).toBe(true);
	});
});

describe('a create', () => {
	it('passes even after its update, for only updates can be outdated', () => {
		const memory = memoryWith(conversationAt(8));
		expect(memory.isOutdated(created('kustomer.conversation.create'))).toBe(false);
	});

	it('does not make the memory forget the newer state when it comes late', () => {
		const memory = memoryWith(conversationAt(8), created('kustomer.conversation.create'));
		expect(memory.isOutdated(conversationAt(7))).toBe(true);
	});
});

describe('the memory of versions', () => {
	it('keeps the newest state when an older one is noted after it', () => {
		const memory = memoryWith(conversationAt(8), conversationAt(5));
		expect(memory.isOutdated(conversationAt(7))).toBe(true);
	});

	it('forgets the record that was noted longest ago when it is full', () => {
		const memory = new VersionMemory(2);
		const [a, b, c] = ['a', 'b', 'c'].map((id) => (rev: number) => {
			const event = conversationAt(rev);
			event.data.id = id;
			return event;
		});
		if (!a || !b || !c) throw new Error('three records');
		memory.note(a(5));
		memory.note(b(5));
		memory.note(a(6));
		memory.note(c(5));
		expect(memory.isOutdated(b(1))).toBe(false);
		expect(memory.isOutdated(a(1))).toBe(true);
		expect(memory.isOutdated(c(1))).toBe(true);
	});

	it('does not take records without an id for one and the same', () => {
		const nameless = (rev: number) => {
			const event = conversationAt(rev);
			return { ...event, dataId: undefined, data: { ...event.data, id: undefined } };
		};
		const memory = new VersionMemory(2);
		memory.note(nameless(8));
		expect(memory.isOutdated(nameless(1))).toBe(false);
	});

	it('survives a type and an id that cannot be turned into text', () => {
		const odd = JSON.parse('{"toString":1}') as unknown;
		const data = { type: odd, id: odd, attributes: { rev: 1 } };
		const event = { name: 'kustomer.conversation.update', data };
		const memory = new VersionMemory(2);
		expect(() => memory.note(event)).not.toThrow();
		expect(memory.isOutdated(event)).toBe(false);
	});
});
