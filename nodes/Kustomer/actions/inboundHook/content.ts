import { isRecord } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { filesOf } from '../files';
import type { Item } from '../itemParameters';
import { fieldsIn, namedValues, nestedObject } from './postFields';
import { parsedJson } from '../json';
import { multipartBody, type Body } from '../multipart';
import { refuseTooLarge } from './limit';

/**
 * @returns what an item is to send, as the bytes that go out
 * @throws InputMistake when it is not what its content type asks for, or larger than Kustomer takes
 */
export async function bodyOf(item: Item): Promise<Body> {
	const body = await bodyAs(item, item.value('contentType', 'json'));
	refuseTooLarge(body.bytes.length);
	return body;
}

async function bodyAs(item: Item, contentType: unknown): Promise<Body> {
	switch (contentType) {
		case 'form': {
			const texts = valuesOf(item).map(([name, value]) => ({ name, text: textOfPart(value) }));
			return await multipartBody([...texts, ...(await filesOf(item))], refuseTooLarge);
		}
		case 'xml':
			return xmlBody(item.value('body', ''));
		default:
			return jsonOf(item);
	}
}

/** @returns the chosen content as a JSON body; text stays byte for byte as written */
export function jsonOf(item: Item): Body {
	switch (item.value('specifyBody', 'item')) {
		case 'fields':
			return jsonBody(nestedObject(fieldsIn(item.rows('fields', 'field'))));
		case 'json':
		case 'raw': {
			// An expression may give an object instead of text.
			const given = item.value('body', '');
			return typeof given === 'string' ? jsonTextBody(given) : jsonBody(given);
		}
		default:
			return jsonBody(item.json);
	}
}

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
	parsedJson(text, 'The text in "JSON"');
	return { bytes: Buffer.from(text, 'utf8'), contentType: 'application/json' };
}

/**
 * @param given XML as a person wrote it; it goes out byte for byte
 * @throws InputMistake when it is empty or no XML at all
 */
export function xmlBody(given: unknown): Body {
	if (typeof given !== 'string') {
		throw new InputMistake('The expression in "XML" gives no text. Let it give the XML as text.');
	}
	if (given.trim() === '') throw new InputMistake('The XML is empty. Write it into "XML".');
	if (!/^\uFEFF?\s*</.test(given) || !/>\s*$/.test(given)) {
		throw new InputMistake(
			'The text in "XML" is not XML: it must begin with "<" and end with ">". Check it, or choose another Content Type.',
		);
	}
	return { bytes: Buffer.from(given, 'utf8'), contentType: 'application/xml' };
}

function valuesOf(item: Item): Array<readonly [string, unknown]> {
	switch (item.value('specifyBody', 'item')) {
		case 'fields':
			return namedValues(fieldsIn(item.rows('fields', 'field')));
		case 'json':
		case 'raw': {
			const given = item.value('body', '');
			const value = typeof given === 'string' ? parsedJson(given, 'The text in "JSON"') : given;
			if (isRecord(value)) return Object.entries(value);
			throw new InputMistake(
				'Form data consists of named fields, so the text in "JSON" must be an object: { "name": "value" }.',
			);
		}
		default:
			return Object.entries(item.json);
	}
}

/**
 * @param value a value of an item or a field
 * @returns it as text: lists and objects as JSON, null and undefined as empty text
 */
export function textOfPart(value: unknown): string {
	if (value === null || value === undefined) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
