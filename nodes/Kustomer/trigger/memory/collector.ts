import { Pending, type Settle } from './pending';

/**
 * Collects deliveries that arrive close together into batches. The first of a batch returns the
 * entries of all; the others wait for what n8n answers the first.
 */
export type Membership<T> =
	| {
			isFirst: true;
			/** Comes when the batch is to start before its time is up. */
			full: Promise<void>;
			close: () => T[];
			settle: Settle;
	  }
	/** `outcome` tells whether n8n answered the first with a 2xx. */
	| { isFirst: false; outcome: Promise<boolean> };

/** How many deliveries of this process are held back at the moment; each holds memory of n8n's. */
export type Held = { count: number; readonly most: number };

type Batch<T> = { entries: T[]; full: Pending<void>; answered: Pending<boolean> };

export class Collector<T> {
	private open: Batch<T> | undefined;

	constructor(private readonly held: Held) {}

	/**
	 * @param entry what this delivery brings
	 * @param size how many entries close the batch at once
	 */
	join(entry: T, size: number): Membership<T> {
		this.held.count += 1;
		const isFirst = this.open === undefined;
		const batch = (this.open ??= {
			entries: [],
			full: new Pending(),
			answered: new Pending(),
		});
		batch.entries.push(entry);
		if (batch.entries.length >= size || this.held.count >= this.held.most) this.fill(batch);
		return isFirst ? this.firstOf(batch) : { isFirst, outcome: batch.answered.promise };
	}

	/** Full is closed: what arrives while the first is about to wake up begins a new batch. */
	private fill(batch: Batch<T>): void {
		if (this.open === batch) this.open = undefined;
		batch.full.settle();
	}

	private firstOf(batch: Batch<T>): Membership<T> {
		return {
			isFirst: true,
			full: batch.full.promise,
			close: () => {
				this.fill(batch);
				this.held.count -= 1;
				return batch.entries;
			},
			settle: (succeeded) => {
				this.held.count -= batch.entries.length - 1;
				batch.answered.settle(succeeded);
			},
		};
	}
}
