import { Tally } from '../../../../nodes/Kustomer/trigger/memory/throttledLog';

describe('a tally', () => {
	it('tells the first occurrence at once', () => {
		expect(new Tally(1_000).note('forged', 0)).toEqual({ count: 1, reason: 'forged' });
	});

	it('tells later ones together, with the last reason, when the interval is over', () => {
		const tally = new Tally(1_000);
		tally.note('first', 0);
		expect(tally.note('second', 1)).toBeUndefined();
		expect(tally.note('third', 999)).toBeUndefined();
		expect(tally.note('fourth', 1_000)).toEqual({ count: 3, reason: 'fourth' });
	});

	it('counts from the last line on', () => {
		const tally = new Tally(1_000);
		tally.note('first', 0);
		tally.note('second', 1_000);
		expect(tally.note('third', 1_999)).toBeUndefined();
		expect(tally.note('fourth', 2_000)).toEqual({ count: 2, reason: 'fourth' });
	});

	it('tells one at once again after a quiet time', () => {
		const tally = new Tally(1_000);
		tally.note('first', 0);
		expect(tally.note('second', 50_000)).toEqual({ count: 1, reason: 'second' });
	});

	it('writes at most one line in an interval, however many there are', () => {
		const tally = new Tally(1_000);
		const lines = Array.from({ length: 10_000 }, (_, ms) => tally.note('forged', ms));
		expect(lines.filter((line) => line !== undefined)).toHaveLength(10);
	});
});
