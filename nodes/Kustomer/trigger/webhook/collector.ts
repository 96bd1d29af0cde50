/**
 * Collects deliveries that arrive close together. The first of a batch leads: it alone returns,
 * with the entries of all. The others follow: they wait for what n8n answers the first.
 */

export type Place<T> =
	/** `full` comes when the batch is to start before its time is up. */
	| { kind: 'leader'; full: Promise<void>; close: () => T[]; settle: (succeeded: boolean) => void }
	/** `outcome` tells whether n8n answered the leader with a 2xx. */
	| { kind: 'follower'; outcome: Promise<boolean> };

/** How many deliveries of this process wait at the moment; each holds memory of n8n's. */
export class WaitingRoom {
	private waiting = 0;

	constructor(private readonly capacity: number) {}

	enter(): void {
		this.waiting += 1;
	}

	leave(count: number): void {
		this.waiting -= count;
	}

	isFull(): boolean {
		return this.waiting >= this.capacity;
	}
}

type Batch<T> = { entries: T[]; fill: () => void; outcome: Promise<boolean> };

export class Collector<T> {
	private open: Batch<T> | undefined;

	constructor(private readonly room: WaitingRoom) {}

	/**
	 * @param entry what this delivery brings
	 * @param size how many entries close the batch at once
	 */
	join(entry: T, size: number): Place<T> {
		this.room.enter();
		const place = this.open === undefined ? this.lead(entry) : this.follow(this.open, entry);
		const batch = this.open;
		if (batch !== undefined && (batch.entries.length >= size || this.room.isFull())) batch.fill();
		return place;
	}

	private lead(entry: T): Place<T> {
		const full = signal<void>();
		const answered = signal<boolean>();
		const batch: Batch<T> = {
			entries: [entry],
			outcome: answered.promise,
			// Filled is closed: who comes while the leader is about to wake up begins a new batch.
			fill: () => {
				if (this.open === batch) this.open = undefined;
				full.give();
			},
		};
		this.open = batch;
		return {
			kind: 'leader',
			full: full.promise,
			close: () => {
				batch.fill();
				this.room.leave(1);
				return batch.entries;
			},
			settle: (succeeded) => {
				this.room.leave(batch.entries.length - 1);
				answered.give(succeeded);
			},
		};
	}

	private follow(batch: Batch<T>, entry: T): Place<T> {
		batch.entries.push(entry);
		return { kind: 'follower', outcome: batch.outcome };
	}
}

function signal<V>(): { promise: Promise<V>; give: (value: V) => void } {
	let give: (value: V) => void = () => {};
	const promise = new Promise<V>((resolve) => {
		give = resolve;
	});
	return { promise, give };
}
