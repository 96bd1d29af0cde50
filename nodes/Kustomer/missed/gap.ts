import { timeOf } from '../narrowing';

/** A span of time in which events may have been missed; its ends in UTC and inclusive. */
export type Gap = {
	since: string;
	until: string;
	/** When it began, if what happened first was fetched before: somebody's edit may lie there. */
	began?: string;
};

/** @param at a time of Kustomer's */
export function isWithin({ since, until }: Gap, at: unknown): boolean {
	const time = timeOf(at);
	return time >= since && time <= until;
}

/** @returns whether the last edit lies within the gap, also where that was fetched before */
export function isEditedWithin({ since, until, began = since }: Gap, modifiedAt: unknown): boolean {
	return isWithin({ since: began, until }, modifiedAt);
}
