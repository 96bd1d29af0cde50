import { sleep } from 'n8n-workflow';

/** How long a delivery waits for what has to be read for it, all in all. */
const PATIENCE_MS = 3_000;

/** A read of the API ends after this, so that it never outlives what Kustomer waits for by much. */
export const API_TIMEOUT_MS = 7_500;

/** One clock for everything that one delivery waits for. It starts with the first wait. */
export class Patience {
	private over: Promise<undefined> | undefined;

	/** @returns what the promise gives in time; nothing when it gives up, in whichever way */
	async inTime<T>(promise: Promise<T>): Promise<T | undefined> {
		this.over ??= sleep(PATIENCE_MS).then(() => undefined);
		return await Promise.race([promise.catch(() => undefined), this.over]);
	}
}
