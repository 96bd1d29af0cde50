import type { Choice } from '../../api/metadata';
import { isRecord, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';

/** Reading values that people entered: each takes anything, and refuses in words what is not meant. */

const LONGEST_SHOWN_CHARACTERS = 40;
const MOST_LISTED_CHOICES = 12;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const WORDS: ReadonlyMap<string, boolean> = new Map([
	['true', true],
	['yes', true],
	['on', true],
	['1', true],
	['false', false],
	['no', false],
	['off', false],
	['0', false],
]);

/** @returns the error for a value that is not what it should be; to be thrown by the caller */
export function unfit(label: string, expected: string, value: unknown): InputMistake {
	return new InputMistake(`"${label}" must be ${expected}, but it is ${shown(value)}.`);
}

/** @returns a value for a message: never the whole of a long one, nor what is inside of others */
export function shown(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (typeof value !== 'string') return isRecord(value) ? 'an object' : String(value);
	if (value.length <= LONGEST_SHOWN_CHARACTERS) return `"${value}"`;
	return `"${value.slice(0, LONGEST_SHOWN_CHARACTERS)}…"`;
}

/** @returns whether nothing was entered: null, text without a character, a list without an entry */
export function isBlank(value: unknown): boolean {
	if (Array.isArray(value)) return value.every((entry) => !Array.isArray(entry) && isBlank(entry));
	return value === null || value === undefined || (typeof value === 'string' && !value.trim());
}

/** @throws InputMistake for lists and objects */
export function textFrom(value: unknown, label: string): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	throw unfit(label, 'text', value);
}

/** @throws InputMistake for what is no number, and for digits that a number would round */
export function numberFrom(value: unknown, label: string): number {
	if (typeof value === 'number' && Number.isFinite(value)) return value;
	const text = typeof value === 'string' ? value.trim() : '';
	const number = Number(text);
	if (!NUMBER.test(text) || !Number.isFinite(number)) {
		throw unfit(label, 'a number, with a point and without thousands separators', value);
	}
	if (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(number)) {
		throw unfit(label, 'a number of at most 15 digits', value);
	}
	return number;
}

/** @throws InputMistake for anything but true and false and the words for them */
export function booleanFrom(value: unknown, label: string): boolean {
	if (typeof value === 'boolean') return value;
	const truth = WORDS.get(textOf(value).toLowerCase());
	if (truth === undefined) throw unfit(label, 'true or false', value);
	return truth;
}

/**
 * @param value a list, its JSON, or text with commas
 * @returns the entries that are not blank, texts without spaces around them
 * @throws InputMistake for text that begins as a JSON list and is none
 */
export function listFrom(value: unknown, label: string): unknown[] {
	const list = typeof value === 'string' ? listInText(value.trim(), label) : value;
	const entries: unknown[] = Array.isArray(list) ? list : [list];
	return entries
		.filter((entry) => !isBlank(entry))
		.map((entry) => (typeof entry === 'string' ? entry.trim() : entry));
}

function listInText(text: string, label: string): unknown[] {
	if (!text.startsWith('[')) return text.split(',');
	const parsed = jsonIn(text);
	if (Array.isArray(parsed)) return parsed;
	throw unfit(label, 'a list: values with commas between them, or JSON such as ["a", "b"]', text);
}

/** @throws InputMistake for anything but an object or the JSON of one */
export function objectFrom(value: unknown, label: string): Record<string, unknown> {
	const object = typeof value === 'string' ? jsonIn(value) : value;
	if (isRecord(object)) return object;
	throw unfit(label, 'a JSON object', value);
}

/**
 * @returns Kustomer's word for the choice that is meant: by that word, by its label, or by the end
 *   of a tree's label
 * @throws InputMistake naming the choices when none is meant, or both when it could be either
 */
export function choiceFrom(value: unknown, label: string, choices: readonly Choice[]): string {
	const text = textFrom(value, label).trim();
	const meant = choicesMeant(text, choices);
	if (meant.length === 1) return meant[0].value;
	if (meant.length === 0) throw unfit(label, `one of ${listed(choices)}`, value);
	const both = meant.map((choice) => `${choice.name} (${choice.value})`).join(', ');
	throw new InputMistake(
		`"${label}" is ambiguous: ${shown(text)} could be ${both}. Use the value in parentheses.`,
	);
}

/** @returns the choices that the text can mean; several where it is ambiguous */
export function choicesMeant(text: string, choices: readonly Choice[]): Choice[] {
	const exact = choices.find((choice) => choice.value === text);
	if (exact !== undefined) return [exact];
	const word = text.toLowerCase();
	const readings: Array<(choice: Choice) => string> = [
		(choice) => choice.name,
		(choice) => choice.value,
		(choice) => choice.name.split(' > ').slice(-1)[0],
	];
	for (const reading of readings) {
		const found = choices.filter((choice) => reading(choice).toLowerCase() === word);
		if (found.length > 0) return found;
	}
	return [];
}

function listed(choices: readonly Choice[]): string {
	const words = choices.slice(0, MOST_LISTED_CHOICES).map((choice) => choice.value);
	const more = choices.length - words.length;
	return more > 0 ? `${words.join(', ')} and ${more} more` : words.join(', ');
}

/** @returns the value; undefined when the text is not JSON */
export function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
