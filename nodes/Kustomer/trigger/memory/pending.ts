import { Bounded } from '../../bounded';

/** A promise that is settled from outside. */
export class Pending<T> {
	settle: (value: T) => void = () => {};

	readonly promise = new Promise<T>((resolve) => {
		this.settle = resolve;
	});
}

/** @returns what the promise gives in time; undefined if it fails, or if the timeout comes first */
export async function within<T>(
	promise: Promise<T>,
	timeout: Promise<unknown>,
): Promise<T | undefined> {
	return await Promise.race([promise.catch(() => undefined), timeout.then(() => undefined)]);
}

/** To be told whether an event's delivery was answered with a 2xx. */
export type Settle = (succeeded: boolean) => void;

/** @returns the same, told the first time only */
export function once(settle: Settle): Settle {
	let isSettled = false;
	return (succeeded) => {
		if (!isSettled) settle(succeeded);
		isSettled = true;
	};
}

/** Whatever `work` throws settles the event as failed, so that its next delivery is no duplicate. */
export async function settledOnThrow<T>(settle: Settle, work: () => Promise<T>): Promise<T> {
	const working = work();
	const [outcome] = await Promise.allSettled([working]);
	if (outcome.status === 'rejected') settle(false);
	return await working;
}

/** What a memory says to an event that asks for it. */
export type Claim =
	/** Nobody had it: go on, and settle it. */
	| { kind: 'new'; settle: Settle }
	/** It is in the memory, and was answered with a 2xx. */
	| { kind: 'seen' }
	/** It is still being answered; `outcome` tells whether with a 2xx. */
	| { kind: 'pending'; outcome: Promise<boolean> };

type Flight<T> = { value: T; sinceMs: number; outcome: Pending<boolean> };

/** What is being answered at the moment, by key. */
export class InFlight<T> {
	private readonly flights: Bounded<Flight<T>>;

	/**
	 * @param capacity how many at a time
	 * @param timeoutMs after so long, a delivery whose answer was never seen counts as failed
	 */
	constructor(
		capacity: number,
		private readonly timeoutMs: number,
	) {
		this.flights = new Bounded(capacity);
	}

	find(key: string, nowMs: number): { value: T; outcome: Promise<boolean> } | undefined {
		const flight = this.flights.get(key);
		if (flight === undefined || nowMs - flight.sinceMs >= this.timeoutMs) return undefined;
		return { value: flight.value, outcome: flight.outcome.promise };
	}

	/** @returns to be told the outcome, for all who wait for it */
	begin(key: string, value: T, nowMs: number): Settle {
		const flight = { value, sinceMs: nowMs, outcome: new Pending<boolean>() };
		this.flights.set(key, flight);
		return (succeeded) => {
			if (this.flights.get(key) === flight) this.flights.delete(key);
			flight.outcome.settle(succeeded);
		};
	}
}
