import { jsonMistake, parsedJson } from './jsonText';
import { InputMistake } from '../mistake';

/** What goes out: exactly these bytes under exactly this content type. */
export type Body = { bytes: Buffer; contentType: string };

/** @returns a value as compact JSON */
export function jsonBody(value: unknown): Body {
	return {
		bytes: Buffer.from(JSON.stringify(value) ?? 'null', 'utf8'),
		contentType: 'application/json',
	};
}

/**
 * @param text JSON as a person wrote it; it goes out byte for byte
 * @throws InputMistake saying where it stops being JSON
 */
export function jsonTextBody(text: string): Body {
	parsedJsonText(text);
	return { bytes: Buffer.from(text, 'utf8'), contentType: 'application/json' };
}

/**
 * @param text XML as a person wrote it; it goes out byte for byte
 * @throws InputMistake when it is empty or no XML at all
 */
export function xmlBody(text: string): Body {
	if (text.trim() === '') throw new InputMistake('The XML is empty. Write it into "XML".');
	if (!/^\uFEFF?\s*</.test(text) || !/>\s*$/.test(text)) {
		throw new InputMistake(
			'The text in "XML" is not XML: it must begin with "<" and end with ">". Check it, or choose another Content Type.',
		);
	}
	return { bytes: Buffer.from(text, 'utf8'), contentType: 'application/xml' };
}

/**
 * @param text JSON as a person wrote it
 * @throws InputMistake saying where it stops being JSON, without repeating what it holds
 */
export function parsedJsonText(text: string): unknown {
	const parsed = parsedJson(text);
	if (parsed !== undefined) return parsed;
	const { line, column, words } = jsonMistake(text);
	throw new InputMistake(
		`The text in "JSON" is not valid JSON: line ${line}, column ${column}: ${words}.`,
	);
}
