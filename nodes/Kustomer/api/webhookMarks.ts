import { timeOf } from '../narrowing';

/**
 * Marks at the end of a webhook's name. Kustomer keeps them and people see them, so the trigger
 * and the operations of any n8n find out from them what only Kustomer is there to remember.
 */
const LONGEST_NAME_CHARACTERS = 255;

const PAUSED = ' (paused)';
const MISSED_SINCE = ' (missed since 2026-11-24T06:41:02.000Z)';

const MARKS = /(?: \((?:paused|missed since [^()]*)\))+$/;

/** What tells names apart stands in parentheses at their end: it is kept when a name is cut. */
const END = /(?: \([^()]{1,64}\)){0,2}$/;

/** @returns whether a person has paused the webhook with Outbound Webhook: Disable */
export function isPaused(name: string): boolean {
	return name.endsWith(PAUSED);
}

export function pausedName(name: string): string {
	return isPaused(name) ? name : cut(name, LONGEST_NAME_CHARACTERS - PAUSED.length) + PAUSED;
}

export function resumedName(name: string): string {
	return isPaused(name) ? name.slice(0, -PAUSED.length) : name;
}

/** @returns since when missed events are still to be fetched, in UTC; undefined if none are */
export function missedSince(name: string): string | undefined {
	const [, since] = / \(missed since ([^()]*)\)/.exec(name) ?? [];
	return timeOf(since) || undefined;
}

/** @param since in UTC; undefined takes the mark away */
export function withMissedSince(name: string, since: string | undefined): string {
	const unmarked = name.replace(/ \(missed since [^()]*\)/, '');
	if (since === undefined) return unmarked;
	const pause = isPaused(unmarked) ? PAUSED : '';
	const room = LONGEST_NAME_CHARACTERS - MISSED_SINCE.length - PAUSED.length;
	return `${cut(resumedName(unmarked), room)} (missed since ${since})${pause}`;
}

/** @returns the name without marks, cut to a length that leaves room for all of them */
export function bareName(name: string): string {
	const room = LONGEST_NAME_CHARACTERS - MISSED_SINCE.length - PAUSED.length;
	return cut(name.replace(MARKS, ''), room);
}

function cut(name: string, characters: number): string {
	if (name.length <= characters) return name;
	const end = name.slice(name.search(END));
	return name.slice(0, characters - end.length) + end;
}
