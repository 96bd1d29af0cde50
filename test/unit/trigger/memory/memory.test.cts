import { memoryOf, tallied } from '../../../../nodes/Kustomer/trigger/memory/memory';
import { updated } from '../../../fixtures/envelopes.cts';

describe('what the process remembers', () => {
	it('is the same for the same trigger', () => {
		expect(memoryOf('same')).toBe(memoryOf('same'));
	});

	it('is kept apart for another trigger', () => {
		const turn = memoryOf('one').events.turn('event', 0);
		if (turn.kind === 'first') turn.settle(true);
		expect(memoryOf('one').events.turn('event', 1).kind).toBe('repeat');
		expect(memoryOf('other').events.turn('event', 1).kind).toBe('first');
	});

	it('holds failures and versions too', () => {
		const memory = memoryOf('holding');
		memory.failures.note('event');
		const event = updated('kustomer.conversation.update');
		const newer = memory.versions.take(event, 0);
		event.data.attributes.rev = 1;
		expect(memoryOf('holding').failures.of('event')).toBe(1);
		expect(memoryOf('holding').versions.take(event, 59 * 60_000).kind).toBe('underWay');
		if (newer.kind === 'newest') newer.settle(true);
		expect(memoryOf('holding').versions.take(event, 60_000).kind).toBe('outdated');
	});
});

describe('the lines of a log', () => {
	beforeEach(() => {
		jest.useFakeTimers({ now: 1_000_000 });
	});

	afterEach(() => {
		jest.useRealTimers();
	});

	it('come at most once a minute about the same subject', () => {
		const memory = memoryOf('lines');
		expect(tallied(memory, 'refused', 'a')).toEqual({ count: 1, reason: 'a' });
		jest.setSystemTime(1_059_999);
		expect(tallied(memory, 'refused', 'b')).toBeUndefined();
		jest.setSystemTime(1_060_000);
		expect(tallied(memory, 'refused', 'c')).toEqual({ count: 2, reason: 'c' });
	});

	it('come at once about another subject, and for another trigger', () => {
		const memory = memoryOf('subjects');
		tallied(memory, 'refused', 'a');
		expect(tallied(memory, 'accepted', 'b')).toEqual({ count: 1, reason: 'b' });
		expect(tallied(memoryOf('elsewhere'), 'refused', 'c')).toEqual({ count: 1, reason: 'c' });
	});
});
