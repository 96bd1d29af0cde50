import { isRecord } from '../../narrowing';

/** What a person may write where a date is wanted; for messages. */
export const DATE_WORDS = 'a date such as 2026-11-24, or 2026-11-24T15:30 with or without a zone';

const ISO =
	/^(?<day>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d)(?::(?<seconds>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?<zone>Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$/;

const RELATIVE = /^now(?:(?<sign>[+-])(?<count>\d{1,6})(?<unit>[smhdw]))?$/;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
};

/** A date as it was written: the clock's time, and the zone where it names one. */
type Written = { day: string; clockMs: number; offsetMs: number | undefined };

/** @returns ISO text for the date objects of expressions (JavaScript's and luxon's), else the value */
export function withoutDateObjects(value: unknown): unknown {
	if (!isRecord(value) || typeof value.toJSON !== 'function') return value;
	const text: unknown = value.toJSON();
	return typeof text === 'string' ? text : value;
}

/**
 * @param text ISO 8601; a date alone is the beginning of that day
 * @param timeZone IANA name of the zone that is meant where the text names none
 * @returns the instant as `2026-11-24T15:30:00.000Z`; undefined when the text is no date
 */
export function instantOf(text: string, timeZone: string): string | undefined {
	const written = writtenIn(text);
	return written === undefined ? undefined : isoOf(instantMs(written, timeZone));
}

/**
 * @returns the day as `2026-11-24`; undefined when the text is no date. Midnight stays the day that
 *   is written, in whatever zone, because systems without days write them so; any other instant
 *   is the day it falls on in the zone.
 */
export function dayOf(text: string, timeZone: string): string | undefined {
	const written = writtenIn(text);
	if (written === undefined) return undefined;
	const isMidnight = written.clockMs % MS_PER_UNIT.d === 0;
	if (written.offsetMs === undefined || isMidnight) return written.day;
	const instant = instantMs(written, timeZone);
	return isoOf(instant + offsetAt(instant, timeZone))?.slice(0, 10);
}

/** @returns the text if it is a date without a time, such as `2026-11-24` */
export function dayAlone(text: string): string | undefined {
	const day = text.trim();
	return writtenIn(day)?.day === day ? day : undefined;
}

/** @returns the instant of `now`, `now-30m`, `now+7d` (units s, m, h, d, w); undefined otherwise */
export function relativeInstant(text: string, now: Date): string | undefined {
	const parts = RELATIVE.exec(text.trim())?.groups;
	if (parts === undefined) return undefined;
	const distance = Number(parts.count ?? 0) * MS_PER_UNIT[parts.unit ?? 's'];
	return isoOf(parts.sign === '-' ? now.getTime() - distance : now.getTime() + distance);
}

function writtenIn(text: string): Written | undefined {
	const parts = ISO.exec(text.trim())?.groups;
	if (parts === undefined) return undefined;
	const { day, time = '00:00', seconds = '00', fraction = '', zone } = parts;
	const clockMs = Date.parse(`${day}T${time}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
	// JavaScript takes 30 February for 2 March.
	if (isoOf(clockMs)?.slice(0, 10) !== day) return undefined;
	return { day, clockMs, offsetMs: zone === undefined ? undefined : zoneMs(zone) };
}

function zoneMs(zone: string): number {
	if (zone === 'Z') return 0;
	const [hours, minutes] = [zone.slice(1, 3), zone.slice(3).replace(':', '')].map(Number);
	const distance = hours * MS_PER_UNIT.h + minutes * MS_PER_UNIT.m;
	return zone.startsWith('-') ? -distance : distance;
}

function instantMs({ clockMs, offsetMs }: Written, timeZone: string): number {
	if (offsetMs !== undefined) return clockMs - offsetMs;
	const first = clockMs - offsetAt(clockMs, timeZone);
	const second = clockMs - offsetAt(first, timeZone);
	// In the hour that a zone skips in spring neither fits; clocks that go on show the later one.
	return clockMs - offsetAt(second, timeZone) === second ? second : Math.max(first, second);
}

/** Making one takes a thousand times as long as using it. */
const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function offsetAt(instant: number, timeZone: string): number {
	const formatter =
		FORMATTERS.get(timeZone) ??
		new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
	FORMATTERS.set(timeZone, formatter);
	const shown = formatter.format(instant);
	const offset = shown.slice(shown.indexOf('GMT') + 'GMT+'.length);
	const [hours, minutes = 0, seconds = 0] = offset.split(':').map(Number);
	const distance = hours * MS_PER_UNIT.h + minutes * MS_PER_UNIT.m + seconds * MS_PER_UNIT.s;
	return shown.includes('GMT-') ? -distance : distance;
}

/** @returns ISO text; undefined outside of the years 0000 to 9999, which it cannot write */
function isoOf(instant: number): string | undefined {
	const date = new Date(instant);
	if (Number.isNaN(date.getTime())) return undefined;
	const iso = date.toISOString();
	return /^\d/.test(iso) ? iso : undefined;
}
