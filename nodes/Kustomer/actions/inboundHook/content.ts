import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { isRecord } from '../../api/replies';
import { jsonBody, jsonTextBody, parsedJsonText, xmlBody, type Body } from './body';
import { namedValues, nestedObject } from './fields';
import { InputMistake } from '../mistake';
import { multipartBody, textOfPart, type TextPart } from './multipart';
import { filesOf } from '../files';
import { fieldsOf } from '../rows';

/** @returns what an item is to send, as the bytes that go out */
export async function bodyOf(context: IExecuteFunctions, itemIndex: number): Promise<Body> {
	switch (context.getNodeParameter('contentType', itemIndex, 'json')) {
		case 'form':
			return await multipartBody([
				...textParts(context, itemIndex),
				...(await filesOf(context, itemIndex)),
			]);
		case 'xml':
			return xmlBody(textIn(context, itemIndex));
		default:
			return jsonOf(context, itemIndex);
	}
}

/** @returns the chosen content as a JSON body; text stays byte for byte as written */
export function jsonOf(context: IExecuteFunctions, itemIndex: number): Body {
	switch (context.getNodeParameter('specifyBody', itemIndex, 'item')) {
		case 'fields':
			return jsonBody(nestedObject(fieldsOf(context, itemIndex)));
		case 'json':
		case 'raw': {
			const given = bodyParameter(context, itemIndex);
			return typeof given === 'string' ? jsonTextBody(given) : jsonBody(given);
		}
		default:
			return jsonBody(itemJson(context, itemIndex));
	}
}

function textParts(context: IExecuteFunctions, itemIndex: number): TextPart[] {
	return partValues(context, itemIndex).map(([name, value]) => ({
		name,
		text: textOfPart(value),
	}));
}

function partValues(
	context: IExecuteFunctions,
	itemIndex: number,
): Array<readonly [string, unknown]> {
	switch (context.getNodeParameter('specifyBody', itemIndex, 'item')) {
		case 'fields':
			return namedValues(fieldsOf(context, itemIndex));
		case 'json':
		case 'raw': {
			const given = bodyParameter(context, itemIndex);
			const value = typeof given === 'string' ? parsedJsonText(given) : given;
			if (isRecord(value)) return Object.entries(value);
			throw new InputMistake(
				'Form data is made of named fields, so the text in "JSON" must be an object: { "name": "value" }.',
			);
		}
		default:
			return Object.entries(itemJson(context, itemIndex));
	}
}

function itemJson(context: IExecuteFunctions, itemIndex: number): IDataObject {
	return context.getInputData()[itemIndex].json;
}

/** An expression may give an object instead of text. */
function bodyParameter(context: IExecuteFunctions, itemIndex: number): unknown {
	return context.getNodeParameter('body', itemIndex, '');
}

function textIn(context: IExecuteFunctions, itemIndex: number): string {
	const given = bodyParameter(context, itemIndex);
	if (typeof given === 'string') return given;
	throw new InputMistake('The expression in "XML" gives no text. Let it give the XML as text.');
}
