import { Versions } from '../../../../nodes/Kustomer/trigger/memory/versions';
import {
	created,
	eventOf,
	updated,
	type EventFixture,
	type UpdateFixture,
} from '../../../fixtures/envelopes.cts';

const TIMEOUT_MS = 1_000;

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

function memoryWith(...events: EventFixture[]): Versions {
	const memory = new Versions(100, TIMEOUT_MS);
	for (const event of events) note(memory, event);
	return memory;
}

/** Takes an event that is answered with a 2xx at once. */
function note(memory: Versions, event: unknown): void {
	const claim = memory.claim(eventOf(event), 0);
	if (claim.kind === 'new') claim.settle(true);
}

/** Takes it and gives it back. */
function isOutdated(memory: Versions, event: unknown): boolean {
	const claim = memory.claim(eventOf(event), 0);
	if (claim.kind === 'new') claim.settle(false);
	return claim.kind === 'seen';
}

function taken(memory: Versions, event: unknown, nowMs = 0) {
	const claim = memory.claim(eventOf(event), nowMs);
	if (claim.kind !== 'new') throw new Error(`it is ${claim.kind}`);
	return claim;
}

describe('an update', () => {
	it('is outdated when a higher revision of the record was seen', () => {
		expect(isOutdated(memoryWith(conversationAt(8)), conversationAt(7))).toBe(true);
	});

	it.each([8, 9, 10])('is not outdated as revision %d after revision 8', (rev) => {
		expect(isOutdated(memoryWith(conversationAt(8)), conversationAt(rev))).toBe(false);
	});

	it('compares revisions as numbers, not as text', () => {
		expect(isOutdated(memoryWith(conversationAt(10)), conversationAt(9))).toBe(true);
		expect(isOutdated(memoryWith(conversationAt(9)), conversationAt(10))).toBe(false);
	});

	it('is not outdated when nothing was seen of the record', () => {
		expect(isOutdated(memoryWith(), conversationAt(1))).toBe(false);
		const other = conversationAt(8);
		other.data.id = 'another';
		expect(isOutdated(memoryWith(other), conversationAt(1))).toBe(false);
	});

	it('is not outdated by a record of another type with the same id', () => {
		const message = conversationAt(8);
		message.data.type = 'message';
		expect(isOutdated(memoryWith(message), conversationAt(1))).toBe(false);
	});

	it('is outdated when a create of a higher revision was seen', () => {
		const create = created('kustomer.conversation.create');
		create.data.attributes.rev = 5;
		expect(isOutdated(memoryWith(create), conversationAt(4))).toBe(true);
	});

	it('goes by its revision even where its time says otherwise', () => {
		const late = conversationAt(8);
		late.data.attributes.updatedAt = '2020-01-01T00:00:00.000Z';
		expect(isOutdated(memoryWith(conversationAt(7)), late)).toBe(false);
	});

	it('is not outdated by a newer state that came to nothing', () => {
		const memory = memoryWith();
		expect(isOutdated(memory, conversationAt(8))).toBe(false);
		expect(isOutdated(memory, conversationAt(7))).toBe(false);
	});
});

describe('an update of a record without revisions', () => {
	it('is outdated when a later time of the record was seen', () => {
		const memory = memoryWith(teamAt('2025-03-11T08:17:30.450Z'));
		expect(isOutdated(memory, teamAt('2025-03-11T08:17:30.449Z'))).toBe(true);
		expect(isOutdated(memory, teamAt('2025-03-11T08:17:30.450Z'))).toBe(false);
		expect(isOutdated(memory, teamAt('2025-03-11T08:17:30.451Z'))).toBe(false);
	});

	it('compares times, not their spelling', () => {
		const memory = memoryWith(teamAt('2025-03-11T10:00:00+02:00'));
		expect(isOutdated(memory, teamAt('2025-03-11T07:59:59Z'))).toBe(true);
		expect(isOutdated(memory, teamAt('2025-03-11T08:30:00Z'))).toBe(false);
	});

	it.each([undefined, null, 'some day', 5, {}])('is never outdated when its time is %j', (time) => {
		const memory = memoryWith(teamAt('2025-03-11T08:17:30.450Z'), teamAt(time));
		expect(isOutdated(memory, teamAt(time))).toBe(false);
		expect(isOutdated(memory, teamAt('2025-03-11T08:17:30.449Z'))).toBe(true);
	});
});

describe('a create', () => {
	it('passes even after its update, for only updates can be outdated', () => {
		const memory = memoryWith(conversationAt(8));
		expect(isOutdated(memory, created('kustomer.conversation.create'))).toBe(false);
	});

	it('does not make the memory forget the newer state when it comes late', () => {
		const memory = memoryWith(conversationAt(8), created('kustomer.conversation.create'));
		expect(isOutdated(memory, conversationAt(7))).toBe(true);
	});
});

describe('the memory of versions', () => {
	it('keeps the newest state when an older one is noted after it', () => {
		const memory = memoryWith(conversationAt(8), conversationAt(5));
		expect(isOutdated(memory, conversationAt(7))).toBe(true);
	});

	it('forgets the record that was noted longest ago when it is full', () => {
		const memory = new Versions(2, TIMEOUT_MS);
		const [a, b, c] = ['a', 'b', 'c'].map((id) => (rev: number) => {
			const event = conversationAt(rev);
			event.data.id = id;
			return event;
		});
		if (!a || !b || !c) throw new Error('three records');
		note(memory, a(5));
		note(memory, b(5));
		note(memory, a(6));
		note(memory, c(5));
		expect(isOutdated(memory, b(1))).toBe(false);
		expect(isOutdated(memory, a(1))).toBe(true);
		expect(isOutdated(memory, c(1))).toBe(true);
	});

	it('does not take records without an id for one and the same', () => {
		const nameless = (rev: number) => {
			const event = conversationAt(rev);
			return { ...event, dataId: undefined, data: { ...event.data, id: undefined } };
		};
		const memory = new Versions(2, TIMEOUT_MS);
		note(memory, nameless(8));
		expect(isOutdated(memory, nameless(1))).toBe(false);
	});

	it('survives a type and an id that cannot be turned into text', () => {
		const odd = JSON.parse('{"toString":1}') as unknown;
		const data = { type: odd, id: odd, attributes: { rev: 1 } };
		const event = { name: 'kustomer.conversation.update', data };
		const memory = new Versions(2, TIMEOUT_MS);
		expect(() => note(memory, event)).not.toThrow();
		expect(isOutdated(memory, event)).toBe(false);
	});
});

describe('an update while a newer state of its record is being answered', () => {
	it.each([true, false])('learns whether that succeeded: %s', async (succeeded) => {
		const memory = memoryWith();
		const newer = taken(memory, conversationAt(8));
		const older = memory.claim(eventOf(conversationAt(7)), TIMEOUT_MS - 1);
		if (older.kind !== 'pending') throw new Error(`it is ${older.kind}`);
		newer.settle(succeeded);
		expect(await older.outcome).toBe(succeeded);
		expect(memory.claim(eventOf(conversationAt(7)), 0).kind).toBe(succeeded ? 'seen' : 'new');
	});

	it('goes on when that was never answered', () => {
		const memory = memoryWith();
		taken(memory, conversationAt(8));
		expect(memory.claim(eventOf(conversationAt(7)), TIMEOUT_MS).kind).toBe('new');
	});

	it('takes the place of one that was never answered, so that an older one waits for it', () => {
		const memory = memoryWith();
		taken(memory, conversationAt(8));
		taken(memory, conversationAt(7), TIMEOUT_MS);
		expect(memory.claim(eventOf(conversationAt(6)), TIMEOUT_MS).kind).toBe('pending');
	});

	it.each([8, 9])('goes on too when it is not older: revision %d beside 8', (rev) => {
		const memory = memoryWith();
		taken(memory, conversationAt(8));
		expect(memory.claim(eventOf(conversationAt(rev)), 0).kind).toBe('new');
	});

	it('goes on when the two cannot be compared', () => {
		const memory = memoryWith();
		taken(memory, conversationAt(8));
		expect(memory.claim(eventOf(conversationAt(undefined)), 0).kind).toBe('new');
	});

	it('waits for the newest of several, whichever is settled first', () => {
		const memory = memoryWith();
		const middle = taken(memory, conversationAt(8));
		taken(memory, conversationAt(9));
		middle.settle(true);
		expect(memory.claim(eventOf(conversationAt(8)), 0).kind).toBe('pending');
		expect(memory.claim(eventOf(conversationAt(7)), 0).kind).toBe('seen');
	});

	it('is not kept waiting by a create, which comes late and passes', () => {
		const memory = memoryWith();
		taken(memory, conversationAt(8));
		const create = created('kustomer.conversation.create');
		create.data.attributes.rev = 1;
		taken(memory, create).settle(true);
		expect(memory.claim(eventOf(conversationAt(7)), 0).kind).toBe('pending');
	});
});
