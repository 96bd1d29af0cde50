/**
 * Keeps the secrets of one webhook in process memory, and nowhere else. Reads are shared by all
 * deliveries that wait, and limited, so that forged deliveries cannot make n8n hammer anyone.
 */
export type Read = () => Promise<readonly string[]>;

export type KeeperLimits = {
	/** Secrets older than this are read again; leave out to keep them for the life of the process. */
	maxAgeMs?: number;
	/** Least time between two reads that mismatches ask for. */
	mismatchIntervalMs: number;
	/** Least time between a first read that came to nothing and the next try; it doubles from then on. */
	failurePauseMs: number;
};

export type Reread =
	/** The secrets as they are now. */
	| { kind: 'read'; secrets: readonly string[] }
	/** A mismatch asked for it only a moment ago. */
	| { kind: 'tooSoon' }
	/** They could not be read; nobody can say whether the old ones still hold. */
	| { kind: 'unavailable' };

const LONGEST_PAUSE_MS = 60_000;

export class SecretKeeper {
	private secrets: readonly string[] | undefined;

	private readAtMs = 0;

	private mismatchAtMs: number | undefined;

	private isDoubtful = false;

	private failure: { error: unknown; atMs: number; inARow: number } | undefined;

	private reading: Promise<readonly string[]> | undefined;

	constructor(private readonly limits: KeeperLimits) {}

	/** Takes secrets that are known already, e.g. from the reply that created the webhook. */
	put(secrets: readonly string[], nowMs: number): void {
		this.secrets = secrets;
		this.readAtMs = nowMs;
		this.isDoubtful = false;
		this.failure = undefined;
	}

	/** @returns the secrets if they are in memory and not too old, without waiting for anything */
	known(nowMs: number): readonly string[] | undefined {
		return this.isStale(nowMs) ? undefined : this.secrets;
	}

	/**
	 * @returns the secrets, read first if they are not known or too old
	 * @throws what `read` throws
	 */
	async get(read: Read, nowMs: number): Promise<readonly string[]> {
		return this.known(nowMs) ?? (await this.share(read, nowMs));
	}

	/** Asks again because a delivery matched none of the secrets. */
	async reread(read: Read, nowMs: number): Promise<Reread> {
		const last = this.mismatchAtMs;
		if (last !== undefined && nowMs - last < this.limits.mismatchIntervalMs) {
			if (this.reading !== undefined) return await this.outcomeOf(this.reading);
			return this.isDoubtful ? { kind: 'unavailable' } : { kind: 'tooSoon' };
		}
		this.mismatchAtMs = nowMs;
		return await this.outcomeOf(this.share(read, nowMs));
	}

	/** Doubles with every failure, so that strangers cannot make n8n ask on and on. */
	private pauseMs(inARow: number): number {
		return Math.min(this.limits.failurePauseMs * 2 ** (inARow - 1), LONGEST_PAUSE_MS);
	}

	private isStale(nowMs: number): boolean {
		return this.limits.maxAgeMs !== undefined && nowMs - this.readAtMs >= this.limits.maxAgeMs;
	}

	private async outcomeOf(reading: Promise<readonly string[]>): Promise<Reread> {
		try {
			return { kind: 'read', secrets: await reading };
		} catch {
			this.isDoubtful = true;
			return { kind: 'unavailable' };
		}
	}

	private async share(read: Read, nowMs: number): Promise<readonly string[]> {
		if (this.reading !== undefined) return await this.reading;
		const { failure } = this;
		if (failure && nowMs - failure.atMs < this.pauseMs(failure.inARow)) throw failure.error;
		this.reading = this.begin(read, nowMs);
		return await this.reading;
	}

	private async begin(read: Read, nowMs: number): Promise<readonly string[]> {
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

const keepers = new Map<string, SecretKeeper>();

/** @param key tells webhooks or credentials apart; it holds nothing secret */
export function keeperOf(key: string, limits: KeeperLimits): SecretKeeper {
	let keeper = keepers.get(key);
	if (keeper === undefined) {
		keeper = new SecretKeeper(limits);
		keepers.set(key, keeper);
	}
	return keeper;
}
