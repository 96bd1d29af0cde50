import { Collector, WaitingRoom, type Place } from '../../../../nodes/Kustomer/trigger/webhook/collector';

type Leader<T> = Extract<Place<T>, { kind: 'leader' }>;

function leader<T>(place: Place<T>): Leader<T> {
	if (place.kind !== 'leader') throw new Error('expected to lead');
	return place;
}

function outcomeOf<T>(place: Place<T>): Promise<boolean> {
	if (place.kind !== 'follower') throw new Error('expected to follow');
	return place.outcome;
}

/** @returns whether it is settled by now, without waiting for it */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	const notYet = Symbol('not yet');
	return (await Promise.race([promise, Promise.resolve(notYet)])) !== notYet;
}

const roomy = () => new WaitingRoom(1_000);

describe('deliveries that arrive close together', () => {
	it('are led by the first, who gets the entries of all in order', () => {
		const collector = new Collector<string>(roomy());
		const first = leader(collector.join('a', 25));
		expect(collector.join('b', 25).kind).toBe('follower');
		expect(collector.join('c', 25).kind).toBe('follower');
		expect(first.close()).toEqual(['a', 'b', 'c']);
	});

	it.each([true, false])('all hear how the leader was answered: %s', async (succeeded) => {
		const collector = new Collector<string>(roomy());
		const first = leader(collector.join('a', 25));
		const others = [collector.join('b', 25), collector.join('c', 25)].map(outcomeOf);
		first.close();
		first.settle(succeeded);
		await expect(Promise.all(others)).resolves.toEqual([succeeded, succeeded]);
	});

	it('do not hear of an answer before there is one', async () => {
		const collector = new Collector<string>(roomy());
		const first = leader(collector.join('a', 25));
		const other = outcomeOf(collector.join('b', 25));
		first.close();
		expect(await isSettled(other)).toBe(false);
		first.settle(true);
		await expect(other).resolves.toBe(true);
	});

	it('begin a new batch once the earlier one is closed', () => {
		const collector = new Collector<string>(roomy());
		const first = leader(collector.join('a', 25));
		expect(first.close()).toEqual(['a']);
		const second = leader(collector.join('b', 25));
		expect(second.close()).toEqual(['b']);
	});

	it('keep the outcomes of two batches apart', async () => {
		const collector = new Collector<string>(roomy());
		const first = leader(collector.join('a', 2));
		const ofFirst = outcomeOf(collector.join('b', 2));
		const second = leader(collector.join('c', 2));
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
		const { full } = leader(collector.join('a', 3));
		collector.join('b', 3);
		expect(await isSettled(full)).toBe(false);
	});

	it('starts at once when it is full, and takes in no more', async () => {
		const collector = new Collector<string>(roomy());
		const first = leader(collector.join('a', 3));
		collector.join('b', 3);
		collector.join('c', 3);
		await first.full;
		// The leader has not woken up yet: who comes now leads the next.
		const next = leader(collector.join('d', 3));
		expect(first.close()).toEqual(['a', 'b', 'c']);
		// Its waking up does not close the next one.
		expect(collector.join('e', 3).kind).toBe('follower');
		expect(next.close()).toEqual(['d', 'e']);
	});

	it('of one starts at once', async () => {
		const collector = new Collector<string>(roomy());
		const first = leader(collector.join('a', 1));
		await first.full;
		expect(collector.join('b', 1).kind).toBe('leader');
	});

	it('starts at once when too many wait in the whole process', async () => {
		const room = new WaitingRoom(3);
		const [one, other] = [new Collector<string>(room), new Collector<string>(room)];
		const { full } = leader(one.join('a', 25));
		one.join('b', 25);
		expect(await isSettled(full)).toBe(false);
		await leader(other.join('x', 25)).full;
	});
});

describe('the waiting room', () => {
	it('is full at its capacity', () => {
		const room = new WaitingRoom(2);
		room.enter();
		expect(room.isFull()).toBe(false);
		room.enter();
		expect(room.isFull()).toBe(true);
		room.leave(1);
		expect(room.isFull()).toBe(false);
	});

	it('is left by the leader when it closes, and by the others when they are answered', () => {
		const room = new WaitingRoom(3);
		const collector = new Collector<string>(room);
		const first = leader(collector.join('a', 25));
		collector.join('b', 25);
		collector.join('c', 25);
		expect(room.isFull()).toBe(true);
		first.close();
		expect(room.isFull()).toBe(false);
		room.enter();
		expect(room.isFull()).toBe(true);
		first.settle(true);
		room.enter();
		expect(room.isFull()).toBe(false);
		room.enter();
		expect(room.isFull()).toBe(true);
	});
});
