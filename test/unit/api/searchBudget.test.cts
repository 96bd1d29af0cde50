import { Budget } from '../../../nodes/Kustomer/api/searchBudget';

describe('a budget of three in a minute', () => {
	const started = () => new Budget(3, 60_000);

	it('lets the first ones go at once', () => {
		const budget = started();
		expect([budget.take(0), budget.take(10), budget.take(20)]).toEqual([0, 0, 0]);
	});

	it('makes the others wait for their turn, one after the other', () => {
		const budget = started();
		for (const at of [0, 10, 20]) budget.take(at);
		expect([budget.take(30), budget.take(30), budget.take(30), budget.take(30)]).toEqual([
			59_970, 59_980, 59_990, 119_970,
		]);
	});

	it('has room again after a minute', () => {
		const budget = started();
		for (const at of [0, 10, 20]) budget.take(at);
		expect([budget.take(60_005), budget.take(60_005)]).toEqual([0, 5]);
	});
});
