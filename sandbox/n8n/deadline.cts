import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait for something, what to call it in the error, and how often to look. */
export interface Deadline {
	readonly what: string;
	readonly withinMs: number;
	readonly everyMs?: number;
}

/**
 * Looks until `look` returns something other than `undefined`, and returns that.
 * @throws Error naming `what` when the time is over; whatever `look` throws ends the wait at once.
 */
export async function until<T>(
	look: () => Promise<T | undefined> | T | undefined,
	{ what, withinMs, everyMs = 100 }: Deadline,
): Promise<T> {
	const endsAt = Date.now() + withinMs;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (Date.now() >= endsAt) throw new Error(`Waited ${withinMs / 1000} s in vain for ${what}`);
		await delay(everyMs);
	}
}
