import { isRecord, numberOf } from '../narrowing';

/** Deeper than any record of Kustomer's; what is nested deeper counts as different. */
const DEEPEST_LEVEL = 200;

/**
 * Compares a value of an event with what a person typed, as people expect it: numbers and booleans
 * by value, text as written, a list when it contains the value, other lists and objects as JSON;
 * an empty field matches null, an absent value, empty text and an empty list.
 *
 * @param actual a value of the event
 * @param typed the field of the editor: text, or whatever an expression made of it
 */
export function matchesTyped(actual: unknown, typed: unknown): boolean {
	if (isEmpty(typed)) return isEmpty(actual);
	if (isEmpty(actual)) return false;
	if (Array.isArray(actual)) return matchesList(actual, typed);
	if (typeof actual === 'object') return sameJson(actual, asJson(typed));
	return matchesSingle(actual, typed);
}

function matchesList(actual: unknown[], typed: unknown): boolean {
	if (actual.some((entry) => matchesSingle(entry, typed))) return true;
	const json = asJson(typed);
	return sameJson(actual, json) || actual.some((entry) => sameJson(entry, json));
}

function matchesSingle(actual: unknown, typed: unknown): boolean {
	// A list or an object that an expression made; as text it would be "[object Object]", or throw.
	if (typeof typed === 'object') return false;
	if (typeof actual === 'string') return actual === String(typed);
	if (typeof actual === 'number') return numberOf(typed) === actual;
	if (typeof actual === 'boolean') return String(typed).trim().toLowerCase() === String(actual);
	return false;
}

function isEmpty(value: unknown): boolean {
	return (
		value === null ||
		value === undefined ||
		value === '' ||
		(Array.isArray(value) && value.length === 0)
	);
}

function asJson(typed: unknown): unknown {
	if (typeof typed !== 'string') return typed;
	try {
		return JSON.parse(typed);
	} catch {
		return typed;
	}
}

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
