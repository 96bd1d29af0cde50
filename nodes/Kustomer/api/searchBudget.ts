import { createHash } from 'node:crypto';
import { Bounded } from '../bounded';
import { apiBaseUrl, apiKeyOf } from './host';
import { credentialOf } from './request';
import { pause, type ApiCaller } from './waiting';

/** Kustomer allows a key 100 searches a minute. Those of people and other workflows need room too. */
const SEARCHES = 60;
const WINDOW_MS = 60_000;

/** What is sent at most so many times within a window; who comes too early is told how long to wait. */
export class Budget {
	private times: number[] = [];

	constructor(
		private readonly most: number,
		private readonly windowMs: number,
	) {}

	/** @returns after how many milliseconds the next one may be sent; its place is taken */
	take(nowMs: number): number {
		this.times = this.times.filter((at) => at > nowMs - this.windowMs);
		const before = this.times.at(-this.most);
		const at = before === undefined ? nowMs : before + this.windowMs;
		this.times.push(at);
		return at - nowMs;
	}
}

/** By a digest of host and key. */
const budgets = new Bounded<Budget>(100);

/** Waits until this process may search again with the credential's key. */
export async function takeSearch(caller: ApiCaller): Promise<void> {
	const credential = await credentialOf(caller);
	const key = `${apiBaseUrl(credential)} ${apiKeyOf(credential)}`;
	const digest = createHash('sha256').update(key).digest('hex');
	const waitMs = budgets.use(digest, () => new Budget(SEARCHES, WINDOW_MS)).take(Date.now());
	if (waitMs > 0) await pause(caller, waitMs);
}
