import { EventMemory, FailureCounts, type Turn } from '../../../../nodes/Kustomer/trigger/memory/duplicates';

const HOUR_MS = 3_600_000;

/** Fails loudly where the delivery is not the first. */
function settle(turn: Turn, succeeded: boolean): void {
	if (turn.kind !== 'first') throw new Error(`expected a first turn, got ${turn.kind}`);
	turn.settle(succeeded);
}

function outcomeOf(turn: Turn): Promise<boolean> {
	if (turn.kind !== 'underWay') throw new Error(`expected one under way, got ${turn.kind}`);
	return turn.outcome;
}

describe('a delivery', () => {
	it('is the first when nobody has had the event', () => {
		expect(new EventMemory(10, HOUR_MS).turn('a', 0).kind).toBe('first');
	});

	it('is a repeat once the first was answered with a 2xx', () => {
		const memory = new EventMemory(10, HOUR_MS);
		settle(memory.turn('a', 0), true);
		expect(memory.turn('a', 1).kind).toBe('repeat');
		expect(memory.turn('a', HOUR_MS * 5).kind).toBe('repeat');
	});

	it('is the first again when the first came to nothing', () => {
		const memory = new EventMemory(10, HOUR_MS);
		settle(memory.turn('a', 0), false);
		expect(memory.turn('a', 1).kind).toBe('first');
	});

	it('is no repeat of another event', () => {
		const memory = new EventMemory(10, HOUR_MS);
		settle(memory.turn('a', 0), true);
		expect(memory.turn('b', 1).kind).toBe('first');
	});

	it.each([true, false])(
		'learns the outcome of the first while that is answered: %s',
		async (end) => {
			const memory = new EventMemory(10, HOUR_MS);
			const first = memory.turn('a', 0);
			const outcomes = [outcomeOf(memory.turn('a', 1)), outcomeOf(memory.turn('a', HOUR_MS - 1))];
			settle(first, end);
			await expect(Promise.all(outcomes)).resolves.toEqual([end, end]);
		},
	);

	it('is the first when the earlier one was never heard of again', () => {
		const memory = new EventMemory(10, HOUR_MS);
		memory.turn('a', 0);
		expect(memory.turn('a', HOUR_MS - 1).kind).toBe('underWay');
		expect(memory.turn('a', HOUR_MS).kind).toBe('first');
	});

	it('stays under way when a forgotten one is settled late as failed', () => {
		const memory = new EventMemory(10, HOUR_MS);
		const forgotten = memory.turn('a', 0);
		memory.turn('a', HOUR_MS);
		settle(forgotten, false);
		expect(memory.turn('a', HOUR_MS + 1).kind).toBe('underWay');
	});

	it('is a repeat when a forgotten one is settled late as succeeded', () => {
		const memory = new EventMemory(10, HOUR_MS);
		const forgotten = memory.turn('a', 0);
		memory.turn('a', HOUR_MS);
		settle(forgotten, true);
		expect(memory.turn('a', HOUR_MS + 1).kind).toBe('repeat');
	});
});

describe('the memory of events', () => {
	it('forgets the oldest when it is full', () => {
		const memory = new EventMemory(2, HOUR_MS);
		for (const key of ['a', 'b', 'c']) settle(memory.turn(key, 0), true);
		expect(memory.turn('b', 1).kind).toBe('repeat');
		expect(memory.turn('c', 1).kind).toBe('repeat');
		expect(memory.turn('a', 1).kind).toBe('first');
	});

	it('does not spend its places on what came to nothing', () => {
		const memory = new EventMemory(1, HOUR_MS);
		settle(memory.turn('a', 0), true);
		settle(memory.turn('b', 0), false);
		expect(memory.turn('a', 1).kind).toBe('repeat');
	});
});

describe('the failures of an event', () => {
	it('are none at first, then as many as were noted', () => {
		const counts = new FailureCounts(10);
		expect(counts.of('a')).toBe(0);
		counts.note('a');
		counts.note('a');
		expect(counts.of('a')).toBe(2);
		expect(counts.of('b')).toBe(0);
	});

	it('are forgotten for the event that failed longest ago', () => {
		const counts = new FailureCounts(2);
		for (const key of ['a', 'b', 'a', 'c']) counts.note(key);
		expect([counts.of('a'), counts.of('b'), counts.of('c')]).toEqual([2, 0, 1]);
	});
});
