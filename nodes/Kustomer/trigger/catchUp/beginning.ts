import type { LoggedDelivery, Webhook } from '../../api/outboundWebhooks';
import { timeOf } from '../../narrowing';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Kustomer's retries of an event end after about so long. */
const RETRIES_MS = 90 * MINUTE_MS;

/** Clocks differ, and an event is older than its first delivery. */
const SAFETY_MS = 5 * MINUTE_MS;

const LONGEST_GAP_MS = 7 * DAY_MS;

/** Looks are five minutes apart: who received for so long has looked in between. */
const LOOKED_MS = 11 * MINUTE_MS;

/** The gap ends so long after the webhook is on. */
export const AFTER_ON_MS = MINUTE_MS;

/**
 * @param deliveries of the webhook, in any order
 * @returns since when events may be missing of a webhook that was found switched off, in UTC
 */
export function beginningOf(
	{ updatedAt }: Pick<Webhook, 'updatedAt'>,
	{ deliveries, handledUntilMs }: { deliveries: readonly LoggedDelivery[]; handledUntilMs: number },
	nowMs: number,
): string {
	const candidates = [
		firstGivenUp(deliveries, handledUntilMs),
		latest(deliveries.filter(({ outcome }) => outcome === 'succeeded')),
		Date.parse(updatedAt) - RETRIES_MS,
	];
	const known = candidates.find((at) => at !== undefined && !Number.isNaN(at));
	return withSafety(known ?? nowMs - DAY_MS, nowMs);
}

/** @returns the same of a webhook that is gone, by when it was last seen switched on */
export function beginningWhenGone(onAtMs: number | undefined, nowMs: number): string {
	return withSafety(onAtMs ?? nowMs - DAY_MS, nowMs);
}

/** @returns the same of a webhook that is on; undefined if no delivery was given up */
export function beginningOfGivenUp(
	deliveries: readonly LoggedDelivery[],
	handledUntilMs: number,
	nowMs: number,
): string | undefined {
	const first = firstGivenUp(deliveries, handledUntilMs);
	return first === undefined ? undefined : withSafety(first, nowMs);
}

function withSafety(atMs: number, nowMs: number): string {
	const earliest = nowMs - LONGEST_GAP_MS;
	return new Date(Math.max(atMs - SAFETY_MS, earliest)).toISOString();
}

/**
 * The first attempt of the first delivery that failed for good and was not looked after yet. Whether
 * Kustomer logs deliveries or attempts is not documented, so attempts before it that failed count.
 */
function firstGivenUp(
	deliveries: readonly LoggedDelivery[],
	handledUntilMs: number,
): number | undefined {
	const failed = deliveries.filter(
		({ outcome, sentAtMs }) => outcome === 'failed' && !Number.isNaN(sentAtMs),
	);
	const givenUp = failed.filter(
		(one) =>
			!one.isPlannedAgain && one.sentAtMs > handledUntilMs && !wasLookedAfter(one, deliveries),
	);
	const first = earliest(givenUp);
	if (first === undefined) return undefined;
	const isItsAttempt = ({ sentAtMs }: LoggedDelivery) =>
		sentAtMs > handledUntilMs && sentAtMs <= first && sentAtMs >= first - RETRIES_MS;
	return earliest(failed.filter(isItsAttempt)) ?? first;
}

/** Another process did it, if n8n has received for some time since. */
function wasLookedAfter({ sentAtMs }: LoggedDelivery, deliveries: readonly LoggedDelivery[]) {
	const later = deliveries.filter((one) => one.outcome === 'succeeded' && one.sentAtMs > sentAtMs);
	const [first, last] = [earliest(later), latest(later)];
	return first !== undefined && last !== undefined && last - first >= LOOKED_MS;
}

function earliest(deliveries: readonly LoggedDelivery[]): number | undefined {
	const times = deliveries.map(({ sentAtMs }) => sentAtMs).filter((at) => !Number.isNaN(at));
	return times.length === 0 ? undefined : Math.min(...times);
}

function latest(deliveries: readonly LoggedDelivery[]): number | undefined {
	const times = deliveries.map(({ sentAtMs }) => sentAtMs).filter((at) => !Number.isNaN(at));
	return times.length === 0 ? undefined : Math.max(...times);
}

/** @returns when a gap began at the earliest of which this is left to be fetched */
export function longestAgo(since: string): string {
	return new Date(Date.parse(since) - LONGEST_GAP_MS).toISOString();
}

/** @returns the earlier of two times in UTC */
export function earlierOf(one: string | undefined, other: string): string {
	return one !== undefined && timeOf(one) < other ? one : other;
}
