import { ThrottledLog } from '../../../../nodes/Kustomer/trigger/memory/throttledLog';

describe('a throttled log', () => {
	it('tells the first occurrence at once', () => {
		expect(new ThrottledLog(1_000).note('rejected', 'forged', 0)).toEqual({
			count: 1,
			reason: 'forged',
		});
	});

	it('tells later ones together, with the last reason, when the interval is over', () => {
		const log = new ThrottledLog(1_000);
		log.note('rejected', 'first', 0);
		expect(log.note('rejected', 'second', 1)).toBeUndefined();
		expect(log.note('rejected', 'third', 999)).toBeUndefined();
		expect(log.note('rejected', 'fourth', 1_000)).toEqual({ count: 3, reason: 'fourth' });
	});

	it('counts from the last line on', () => {
		const log = new ThrottledLog(1_000);
		log.note('rejected', 'first', 0);
		log.note('rejected', 'second', 1_000);
		expect(log.note('rejected', 'third', 1_999)).toBeUndefined();
		expect(log.note('rejected', 'fourth', 2_000)).toEqual({ count: 2, reason: 'fourth' });
	});

	it('tells one at once again after a quiet time', () => {
		const log = new ThrottledLog(1_000);
		log.note('rejected', 'first', 0);
		expect(log.note('rejected', 'second', 50_000)).toEqual({ count: 1, reason: 'second' });
	});

	it('writes at most one line in an interval, however many there are', () => {
		const log = new ThrottledLog(1_000);
		const lines = Array.from({ length: 10_000 }, (_, ms) => log.note('rejected', 'forged', ms));
		expect(lines.filter((line) => line !== undefined)).toHaveLength(10);
	});

	it('tells at once about another subject', () => {
		const log = new ThrottledLog(1_000);
		log.note('rejected', 'forged', 0);
		expect(log.note('ignored', 'no event', 1)).toEqual({ count: 1, reason: 'no event' });
	});
});
