import { createHash } from 'node:crypto';
import { Bounded } from '../bounded';

/** What Kustomer told somebody with an API key, kept for a while by a digest of host and key. */
export class Kept<T> {
	private readonly entries: Bounded<{ atMs: number; told: Promise<T> }>;

	constructor(
		private readonly forMs: number,
		most: number,
	) {
		this.entries = new Bounded(most);
	}

	/**
	 * @param key only a digest of it is kept
	 * @param ask what could not be told is asked for again at the next call
	 */
	async get(key: string, ask: () => Promise<T>): Promise<T> {
		const digest = digestOf(key);
		const earlier = this.entries.get(digest);
		if (earlier !== undefined && Date.now() - earlier.atMs < this.forMs) return await earlier.told;
		const told = ask();
		this.entries.set(digest, { atMs: Date.now(), told });
		told.catch(() => this.entries.delete(digest));
		return await told;
	}

	forget(key: string): void {
		this.entries.delete(digestOf(key));
	}
}

function digestOf(key: string): string {
	return createHash('sha256').update(key).digest('hex');
}
