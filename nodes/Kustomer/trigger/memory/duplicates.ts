/**
 * Each event once: a bounded memory of event ids. An id is remembered only when its delivery was
 * answered with a 2xx, so that a delivery that came to nothing is never dropped on its retry.
 */

export type Turn =
	/** Nobody has had this event: go on, and call `settle` with whether it was answered with a 2xx. */
	| { kind: 'first'; settle: (succeeded: boolean) => void }
	/** It was had before, and answered with a 2xx. */
	| { kind: 'repeat' }
	/** Its first delivery is still being answered; `outcome` tells whether with a 2xx. */
	| { kind: 'underWay'; outcome: Promise<boolean> };

type UnderWay = { outcome: Promise<boolean>; sinceMs: number };

export class EventMemory {
	private readonly done = new Set<string>();

	private readonly underWay = new Map<string, UnderWay>();

	/**
	 * @param capacity how many ids are remembered; the oldest go first
	 * @param patienceMs after so long, a delivery whose answer was never seen counts as failed
	 */
	constructor(
		private readonly capacity: number,
		private readonly patienceMs: number,
	) {}

	/** @param nowMs milliseconds, from any fixed point */
	turn(key: string, nowMs: number): Turn {
		if (this.done.has(key)) return { kind: 'repeat' };
		const earlier = this.underWay.get(key);
		if (earlier !== undefined && nowMs - earlier.sinceMs < this.patienceMs) {
			return { kind: 'underWay', outcome: earlier.outcome };
		}
		return this.first(key, nowMs);
	}

	private first(key: string, nowMs: number): Turn {
		let tell: (succeeded: boolean) => void = () => {};
		const outcome = new Promise<boolean>((resolve) => {
			tell = resolve;
		});
		const own: UnderWay = { outcome, sinceMs: nowMs };
		this.underWay.set(key, own);
		const settle = (succeeded: boolean) => {
			if (this.underWay.get(key) === own) this.underWay.delete(key);
			if (succeeded) remember(this.done, key, this.capacity);
			tell(succeeded);
		};
		return { kind: 'first', settle };
	}
}

/** Counts the failures of events, for as many events as `capacity` says. */
export class FailureCounts {
	private readonly counts = new Map<string, number>();

	constructor(private readonly capacity: number) {}

	of(key: string): number {
		return this.counts.get(key) ?? 0;
	}

	note(key: string): void {
		const count = this.of(key) + 1;
		this.counts.delete(key);
		this.counts.set(key, count);
		dropOldest(this.counts, this.capacity);
	}
}

function remember(set: Set<string>, key: string, capacity: number): void {
	set.add(key);
	dropOldest(set, capacity);
}

/** Makes room for the entry that was added last. */
export function dropOldest(collection: Set<string> | Map<string, unknown>, capacity: number): void {
	const [oldest] = collection.keys();
	if (collection.size > capacity) collection.delete(oldest);
}
