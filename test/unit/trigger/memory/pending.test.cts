import {
	InFlight,
	Pending,
	once,
	settledOnThrow,
	within,
} from '../../../../nodes/Kustomer/trigger/memory/pending';

const never = new Promise<never>(() => {});

describe('what is waited for', () => {
	it('is had when it comes before the timeout', async () => {
		await expect(within(Promise.resolve('it'), never)).resolves.toBe('it');
	});

	it('is given up when the timeout comes first', async () => {
		await expect(within(never, Promise.resolve())).resolves.toBeUndefined();
	});

	it('is given up when it fails', async () => {
		await expect(within(Promise.reject(new Error('down')), never)).resolves.toBeUndefined();
	});

	it('is settled from outside', async () => {
		const pending = new Pending<string>();
		pending.settle('it');
		await expect(pending.promise).resolves.toBe('it');
	});
});

describe('an event that was taken', () => {
	it('is settled once, by the first outcome', () => {
		const outcomes: boolean[] = [];
		const settle = once((succeeded) => outcomes.push(succeeded));
		settle(false);
		settle(true);
		expect(outcomes).toEqual([false]);
	});

	it('is settled as failed by whatever is thrown', async () => {
		const outcomes: boolean[] = [];
		const settle = (succeeded: boolean) => outcomes.push(succeeded);
		await expect(
			settledOnThrow(settle, async () => await Promise.reject(new Error('odd'))),
		).rejects.toThrow('odd');
		expect(outcomes).toEqual([false]);
	});

	it('is left to be settled where nothing is thrown', async () => {
		const settle = jest.fn();
		await expect(settledOnThrow(settle, async () => await Promise.resolve(1))).resolves.toBe(1);
		expect(settle).not.toHaveBeenCalled();
	});
});

describe('what is in flight', () => {
	it('is found until it ends, with its outcome', async () => {
		const flights = new InFlight<string>(2, 1_000);
		const end = flights.begin('a', 'value', 0);
		const found = flights.find('a', 999);
		expect(found?.value).toBe('value');
		end(true);
		await expect(found?.outcome).resolves.toBe(true);
		expect(flights.find('a', 999)).toBeUndefined();
	});

	it('is no more when it was not answered in time', () => {
		const flights = new InFlight<string>(2, 1_000);
		flights.begin('a', 'value', 0);
		expect(flights.find('a', 1_000)).toBeUndefined();
	});

	it('does not grow without bound though nothing is ever answered', () => {
		const flights = new InFlight<string>(2, 1_000);
		for (const key of ['a', 'b', 'c']) flights.begin(key, key, 0);
		expect(['a', 'b', 'c'].map((key) => flights.find(key, 1)?.value)).toEqual([
			undefined,
			'b',
			'c',
		]);
	});
});
