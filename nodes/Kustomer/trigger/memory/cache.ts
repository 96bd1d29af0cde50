export type CacheLimits = {
	/** What is older than this is read again; leave out to keep it for the life of the process. */
	maxAgeMs?: number;
	/** Least time between two reads that mismatches ask for. */
	mismatchIntervalMs: number;
	/** Least time between a first read that came to nothing and the next try; it doubles from then on. */
	failurePauseMs: number;
};

const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps one thing that was read elsewhere in process memory, and nowhere else. Reads are shared by
 * all deliveries that wait, and limited, so that forged deliveries cannot make n8n hammer anyone.
 */
export class Cached<T> {
	private kept: { value: T; atMs: number } | undefined;

	private mismatchAtMs: number | undefined;

	/** While the last read failed, nobody can say whether the value still holds. */
	private failure: { error: unknown; atMs: number; inARow: number } | undefined;

	private reading: Promise<T> | undefined;

	constructor(private readonly limits: CacheLimits) {}

	/** Takes what is known already, e.g. from the reply that created the webhook. */
	put(value: T, nowMs: number): void {
		this.kept = { value, atMs: nowMs };
		this.failure = undefined;
	}

	/** @returns the value if it is in memory and not too old, without waiting for anything */
	known(nowMs: number): T | undefined {
		const { kept } = this;
		if (kept === undefined) return undefined;
		return nowMs - kept.atMs < (this.limits.maxAgeMs ?? Infinity) ? kept.value : undefined;
	}

	/**
	 * @returns the value, read first if it is not known or too old
	 * @throws what `read` throws
	 */
	async get(read: () => Promise<T>, nowMs: number): Promise<T> {
		return this.known(nowMs) ?? (await this.share(read, nowMs));
	}

	/**
	 * Asks again because a delivery did not match the value.
	 *
	 * @returns the value as it is now; the very same one if a mismatch asked only a moment ago
	 * @throws what `read` throws, also for those that ask again a moment later
	 */
	async reread(read: () => Promise<T>, nowMs: number): Promise<T> {
		const last = this.mismatchAtMs;
		const isTooSoon = last !== undefined && nowMs - last < this.limits.mismatchIntervalMs;
		if (isTooSoon && this.reading === undefined) {
			if (this.failure !== undefined) throw this.failure.error;
			if (this.kept !== undefined) return this.kept.value;
		}
		if (!isTooSoon) this.mismatchAtMs = nowMs;
		return await this.share(read, nowMs);
	}

	/** Doubles with every failure, so that strangers cannot make n8n ask on and on. */
	private pauseMs(inARow: number): number {
		return Math.min(this.limits.failurePauseMs * 2 ** (inARow - 1), LONGEST_PAUSE_MS);
	}

	private async share(read: () => Promise<T>, nowMs: number): Promise<T> {
		if (this.reading !== undefined) return await this.reading;
		const { failure } = this;
		if (failure && nowMs - failure.atMs < this.pauseMs(failure.inARow)) throw failure.error;
		this.reading = this.begin(read, nowMs);
		return await this.reading;
	}

	private async begin(read: () => Promise<T>, nowMs: number): Promise<T> {
		const reading = read();
		const [outcome] = await Promise.allSettled([reading]);
		this.reading = undefined;
		if (outcome.status === 'fulfilled') this.put(outcome.value, nowMs);
		else {
			const inARow = (this.failure?.inARow ?? 0) + 1;
			this.failure = { error: outcome.reason, atMs: nowMs, inARow };
		}
		return await reading;
	}
}
