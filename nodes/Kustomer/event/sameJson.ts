import { isRecord } from './envelope';

/** Deeper than any record of Kustomer's; what is nested deeper counts as different. */
const DEEPEST_LEVEL = 200;

/** @returns whether two JSON values are equal, whatever the order of their objects' keys */
export function sameJson(a: unknown, b: unknown, level = 0): boolean {
	if (a === b) return true;
	if (level > DEEPEST_LEVEL) return false;
	if (Array.isArray(a) && Array.isArray(b)) {
		return a.length === b.length && a.every((entry, place) => sameJson(entry, b[place], level + 1));
	}
	if (!isRecord(a) || !isRecord(b)) return false;
	const keys = Object.keys(a);
	return (
		keys.length === Object.keys(b).length &&
		keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key], level + 1))
	);
}
