/**
 * Reading what came from outside: an event, a reply, a parameter. Each takes anything and gives a
 * value of the wanted type, or says that there is none.
 */

/** @returns whether the value is an object that is no list */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns the object, or an empty one for anything else */
export function recordOf(value: unknown): Record<string, unknown> {
	return isRecord(value) ? value : {};
}

/** @returns text without spaces around it; empty for anything but text and numbers */
export function textOf(value: unknown): string {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' ? value.trim() : '';
}

/** @returns text as it is, or null for anything else */
export function textOrNull(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

/** @returns the texts of a list, or the one text, without spaces around them and without empty ones */
export function textsOf(value: unknown): string[] {
	const list: unknown[] = Array.isArray(value) ? value : [value];
	return list.map(textOf).filter((text) => text !== '');
}

/** @returns the texts of a list, of the JSON of one, or of a text with commas between them */
export function listedTexts(value: unknown): string[] {
	return textsOf(value).flatMap((text) => textsOf(listIn(text) ?? text.split(',')));
}

function listIn(text: string): unknown[] | undefined {
	if (!text.startsWith('[')) return undefined;
	try {
		return [JSON.parse(text)].flat() as unknown[];
	} catch {
		return undefined;
	}
}

/** A value beyond this can only be in milliseconds. */
const LARGEST_EPOCH_SECONDS = 100_000_000_000;

/** @param epoch seconds or milliseconds since 1970: which of them Kustomer sends is not documented everywhere */
export function millisecondsOf(epoch: number): number {
	return epoch > LARGEST_EPOCH_SECONDS ? epoch : epoch * 1_000;
}

/** @returns a time in UTC, as `2026-11-24T15:30:00.000Z`, so that texts compare as times; empty for anything else */
export function timeOf(value: unknown): string {
	const at = typeof value === 'string' ? Date.parse(value) : NaN;
	return Number.isNaN(at) ? '' : new Date(at).toISOString();
}

/** @returns the value if it is one of the choices, else the first of them */
export function oneOf<T extends string>(value: unknown, choices: readonly [T, ...T[]]): T {
	return choices.find((choice) => choice === value) ?? choices[0];
}

/** @returns the number, also from text such as "200" that an expression gave; undefined for anything else */
export function numberOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** @returns a whole number within the limits; `otherwise` when the value is not a number */
export function integerWithin(
	value: unknown,
	limits: { least: number; most: number; otherwise: number },
): number {
	const number = numberOf(value);
	if (number === undefined) return limits.otherwise;
	return Math.min(Math.max(Math.trunc(number), limits.least), limits.most);
}

/**
 * @param collection the value of a fixed collection
 * @param row the name of its rows
 */
export function rowsOf(collection: unknown, row: string): Array<Record<string, unknown>> {
	const rows = recordOf(collection)[row];
	return Array.isArray(rows) ? rows.filter(isRecord) : [];
}
