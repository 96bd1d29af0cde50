import type { Claim } from '../../../../nodes/Kustomer/trigger/memory/pending';
import { SeenEvents } from '../../../../nodes/Kustomer/trigger/memory/seenEvents';

const HOUR_MS = 3_600_000;

/** Fails loudly where the delivery is not the first. */
function settle(claim: Claim, succeeded: boolean): void {
	if (claim.kind !== 'new') throw new Error(`expected a new event, got ${claim.kind}`);
	claim.settle(succeeded);
}

function outcomeOf(claim: Claim): Promise<boolean> {
	if (claim.kind !== 'pending') throw new Error(`expected a pending event, got ${claim.kind}`);
	return claim.outcome;
}

describe('a delivery', () => {
	it('is the first when nobody has had the event', () => {
		expect(new SeenEvents(10, HOUR_MS).claim('a', 0).kind).toBe('new');
	});

	it('is a duplicate once the first was answered with a 2xx', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		settle(memory.claim('a', 0), true);
		expect(memory.claim('a', 1).kind).toBe('seen');
		expect(memory.claim('a', HOUR_MS * 5).kind).toBe('seen');
	});

	it('is the first again when the first came to nothing', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		settle(memory.claim('a', 0), false);
		expect(memory.claim('a', 1).kind).toBe('new');
	});

	it('is no duplicate of another event', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		settle(memory.claim('a', 0), true);
		expect(memory.claim('b', 1).kind).toBe('new');
	});

	it.each([true, false])(
		'learns the outcome of the first while that is answered: %s',
		async (end) => {
			const memory = new SeenEvents(10, HOUR_MS);
			const first = memory.claim('a', 0);
			const outcomes = [outcomeOf(memory.claim('a', 1)), outcomeOf(memory.claim('a', HOUR_MS - 1))];
			settle(first, end);
			await expect(Promise.all(outcomes)).resolves.toEqual([end, end]);
		},
	);

	it('is the first when the earlier one was never heard of again', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		memory.claim('a', 0);
		expect(memory.claim('a', HOUR_MS - 1).kind).toBe('pending');
		expect(memory.claim('a', HOUR_MS).kind).toBe('new');
	});

	it('stays pending when a forgotten one is settled late as failed', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		const forgotten = memory.claim('a', 0);
		memory.claim('a', HOUR_MS);
		settle(forgotten, false);
		expect(memory.claim('a', HOUR_MS + 1).kind).toBe('pending');
	});

	it('is a duplicate when a forgotten one is settled late as succeeded', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		const forgotten = memory.claim('a', 0);
		memory.claim('a', HOUR_MS);
		settle(forgotten, true);
		expect(memory.claim('a', HOUR_MS + 1).kind).toBe('seen');
	});
});

describe('the memory of events', () => {
	it('forgets the oldest when it is full', () => {
		const memory = new SeenEvents(2, HOUR_MS);
		for (const key of ['a', 'b', 'c']) settle(memory.claim(key, 0), true);
		expect(memory.claim('b', 1).kind).toBe('seen');
		expect(memory.claim('c', 1).kind).toBe('seen');
		expect(memory.claim('a', 1).kind).toBe('new');
	});

	it('does not spend its places on what came to nothing', () => {
		const memory = new SeenEvents(1, HOUR_MS);
		settle(memory.claim('a', 0), true);
		settle(memory.claim('b', 0), false);
		expect(memory.claim('a', 1).kind).toBe('seen');
	});
});

describe('an event that is known by several keys', () => {
	const keys = { own: ['id', 'record'], covered: ['later'] };

	it('is a duplicate of what has any of them', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		settle(memory.claimAll(keys, 0), true);
		expect(memory.claim('id', 1).kind).toBe('seen');
		expect(memory.claimAll({ own: ['other', 'record'], covered: [] }, 1).kind).toBe('seen');
		expect(memory.claimAll({ own: ['later'], covered: [] }, 1).kind).toBe('seen');
	});

	it('is none of what it only covers', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		settle(memory.claim('later', 0), true);
		expect(memory.claimAll(keys, 1).kind).toBe('new');
	});

	it('leaves nothing behind when it came to nothing, or was a duplicate', () => {
		const memory = new SeenEvents(10, HOUR_MS);
		settle(memory.claimAll(keys, 0), false);
		settle(memory.claim('record', 1), true);
		expect(memory.claimAll(keys, 2).kind).toBe('seen');
		expect(memory.claim('id', 3).kind).toBe('new');
		expect(memory.claim('later', 3).kind).toBe('new');
	});
});
