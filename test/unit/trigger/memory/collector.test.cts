import { Collector, type Membership } from '../../../../nodes/Kustomer/trigger/memory/collector';

type First<T> = Extract<Membership<T>, { isFirst: true }>;

function firstOf<T>(membership: Membership<T>): First<T> {
	if (!membership.isFirst) throw new Error('expected to be first');
	return membership;
}

function outcomeOf<T>(membership: Membership<T>): Promise<boolean> {
	if (membership.isFirst) throw new Error('expected not to be first');
	return membership.outcome;
}

/** @returns whether it is settled by now, without waiting for it */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	const notYet = Symbol('not yet');
	return (await Promise.race([promise, Promise.resolve(notYet)])) !== notYet;
}

const roomy = () => ({ count: 0, most: 1_000 });

describe('deliveries that arrive close together', () => {
	it('give the first the entries of all in order', () => {
		const collector = new Collector<string>(roomy());
		const first = firstOf(collector.join('a', 25));
		expect(collector.join('b', 25).isFirst).toBe(false);
		expect(collector.join('c', 25).isFirst).toBe(false);
		expect(first.close()).toEqual(['a', 'b', 'c']);
	});

	it.each([true, false])('all hear how the first was answered: %s', async (succeeded) => {
		const collector = new Collector<string>(roomy());
		const first = firstOf(collector.join('a', 25));
		const others = [collector.join('b', 25), collector.join('c', 25)].map(outcomeOf);
		first.close();
		first.settle(succeeded);
		await expect(Promise.all(others)).resolves.toEqual([succeeded, succeeded]);
	});

	it('do not hear of an answer before there is one', async () => {
		const collector = new Collector<string>(roomy());
		const first = firstOf(collector.join('a', 25));
		const other = outcomeOf(collector.join('b', 25));
		first.close();
		expect(await isSettled(other)).toBe(false);
		first.settle(true);
		await expect(other).resolves.toBe(true);
	});

	it('begin a new batch once the earlier one is closed', () => {
		const collector = new Collector<string>(roomy());
		const first = firstOf(collector.join('a', 25));
		expect(first.close()).toEqual(['a']);
		const second = firstOf(collector.join('b', 25));
		expect(second.close()).toEqual(['b']);
	});

	it('keep the outcomes of two batches apart', async () => {
		const collector = new Collector<string>(roomy());
		const first = firstOf(collector.join('a', 2));
		const ofFirst = outcomeOf(collector.join('b', 2));
		const second = firstOf(collector.join('c', 2));
		const ofSecond = outcomeOf(collector.join('d', 2));
		second.settle(false);
		first.settle(true);
		await expect(ofFirst).resolves.toBe(true);
		await expect(ofSecond).resolves.toBe(false);
	});
});

describe('a batch', () => {
	it('waits while it is not full', async () => {
		const collector = new Collector<string>(roomy());
		const { full } = firstOf(collector.join('a', 3));
		collector.join('b', 3);
		expect(await isSettled(full)).toBe(false);
	});

	it('starts at once when it is full, and takes in no more', async () => {
		const collector = new Collector<string>(roomy());
		const first = firstOf(collector.join('a', 3));
		collector.join('b', 3);
		collector.join('c', 3);
		await first.full;
		// The first has not woken up yet: who comes now is the first of the next.
		const next = firstOf(collector.join('d', 3));
		expect(first.close()).toEqual(['a', 'b', 'c']);
		// Its waking up does not close the next one.
		expect(collector.join('e', 3).isFirst).toBe(false);
		expect(next.close()).toEqual(['d', 'e']);
	});

	it('of one starts at once', async () => {
		const collector = new Collector<string>(roomy());
		const first = firstOf(collector.join('a', 1));
		await first.full;
		expect(collector.join('b', 1).isFirst).toBe(true);
	});

	it('starts at once when too many wait in the whole process', async () => {
		const held = { count: 0, most: 3 };
		const [one, other] = [new Collector<string>(held), new Collector<string>(held)];
		const { full } = firstOf(one.join('a', 25));
		one.join('b', 25);
		expect(await isSettled(full)).toBe(false);
		await firstOf(other.join('x', 25)).full;
	});
});

describe('the deliveries held', () => {
	it('are released as the batch closes for its first, and as it is answered for the others', () => {
		const held = { count: 0, most: 3 };
		const collector = new Collector<string>(held);
		const first = firstOf(collector.join('a', 25));
		collector.join('b', 25);
		collector.join('c', 25);
		expect(held.count).toBe(3);
		first.close();
		expect(held.count).toBe(2);
		first.settle(true);
		expect(held.count).toBe(0);
	});
});
