import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { isRecord } from '../api/replies';
import { InputMistake } from './mistake';
import type { FilePart } from './inboundHook/multipart';
import { rowsOf } from './rows';

/**
 * @returns the files of the parameter `files`; what n8n stores on disk is read as a stream, and
 *   only as far as Kustomer's limit
 * @throws InputMistake naming a binary field that the item does not have, and those it has
 */
export async function filesOf(context: IExecuteFunctions, itemIndex: number): Promise<FilePart[]> {
	const rows = rowsOf(context, { name: 'files', row: 'file' }, itemIndex);
	return await Promise.all(rows.map(async (row) => await filePart(context, row, itemIndex)));
}

async function filePart(
	context: IExecuteFunctions,
	row: Record<string, unknown>,
	itemIndex: number,
): Promise<FilePart> {
	const property = String(row.binaryProperty ?? '').trim();
	const binary = binaryField(context, property, itemIndex);
	return {
		name: String(row.name ?? '').trim() || property,
		fileName: binary.fileName ?? fallbackName(property, binary),
		mimeType: binary.mimeType || 'application/octet-stream',
		pieces: await piecesOf(context, binary),
	};
}

/**
 * @returns the file in a binary field of the item, wherever this workflow keeps its files
 * @throws InputMistake naming a field that the item does not have, and those it has
 */
export function binaryField(
	context: IExecuteFunctions,
	property: string,
	itemIndex: number,
): IBinaryData {
	try {
		return context.helpers.assertBinaryData(itemIndex, property);
	} catch {
		// n8n's words do not say which fields there are.
	}
	const names = fileNames(context, itemIndex);
	const existing =
		names.length === 0
			? 'This item has no files at all: check that the node before this one gives some.'
			: `This item has: ${names.map((name) => `"${name}"`).join(', ')}.`;
	throw new InputMistake(
		`There is no file in the binary field "${property}". ${existing} Its name stands on the Binary tab of the input.`,
	);
}

/** A workflow with the setting "binaryMode: combined" keeps files among the fields of the item. */
function fileNames(context: IExecuteFunctions, itemIndex: number): string[] {
	const { json, binary } = context.getInputData()[itemIndex];
	const amongFields = Object.entries(json)
		.filter(([, value]) => isRecord(value) && 'mimeType' in value && 'data' in value)
		.map(([name]) => name);
	return [...Object.keys(binary ?? {}), ...amongFields];
}

/** @returns the bytes of a file, piece by piece */
export async function piecesOf(
	context: IExecuteFunctions,
	binary: IBinaryData,
): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
	if (!binary.id) return [Buffer.from(binary.data, 'base64')];
	const stream = await context.helpers.getBinaryStream(binary.id);
	return stream as AsyncIterable<Uint8Array>;
}

function fallbackName(property: string, binary: IBinaryData): string {
	return binary.fileExtension ? `${property}.${binary.fileExtension}` : property;
}
