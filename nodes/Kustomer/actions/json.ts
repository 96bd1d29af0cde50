import { InputMistake } from './itemErrors';

/**
 * @param text JSON as a person wrote it
 * @param what names it in the message, e.g. `The text in "JSON"`
 * @throws InputMistake saying where it stops being JSON, without repeating what it holds
 */
export function parsedJson(text: string, what: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw mistake(`${what} is not valid JSON: ${wordsFor(text, error)}.`);
	}
}

function mistake(message: string): InputMistake {
	return new InputMistake(message);
}

function wordsFor(text: string, error: unknown): string {
	if (text.trim() === '') return 'it is empty';
	if (/\[object /.test(text)) {
		return 'an expression gave an object; use {{ JSON.stringify(…) }} around it';
	}
	// V8 quotes the text where it meets a wrong character, and then leaves out the place.
	const [words] = (error as Error).message.split(/, \.{0,3}"| in JSON| after JSON/);
	if (/^Unexpected end/.test(words)) return 'it ends too early';
	const at = placeIn(error) ?? wrongCharacterIn(text);
	const before = text.slice(0, at).split('\n');
	const column = before[before.length - 1].length + 1;
	return `line ${before.length}, column ${column}: ${words}`;
}

function placeIn(error: unknown): number | undefined {
	const place = /at position (\d+)/.exec((error as Error).message)?.[1];
	return place === undefined ? undefined : Number(place);
}

/** The shortest beginning of the text that already has the wrong character ends with it. */
function wrongCharacterIn(text: string): number {
	let [good, bad] = [0, text.length];
	while (bad - good > 1) {
		const middle = Math.floor((good + bad) / 2);
		if (isWrong(text.slice(0, middle))) bad = middle;
		else good = middle;
	}
	return good;
}

function isWrong(beginning: string): boolean {
	try {
		JSON.parse(beginning);
		return false;
	} catch (error) {
		return (error as Error).message.startsWith('Unexpected token');
	}
}
