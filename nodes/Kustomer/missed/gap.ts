import { timeOf } from '../narrowing';

/** A span of time in which events may have been missed; both ends in UTC and inclusive. */
export type Gap = { since: string; until: string };

/** @param at a time of Kustomer's */
export function isWithin({ since, until }: Gap, at: unknown): boolean {
	const time = timeOf(at);
	return time >= since && time <= until;
}
