import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { isRecord, textOf } from '../narrowing';
import { InputMistake } from './itemErrors';
import type { Item } from './itemParameters';

export type FilePart = {
	name: string;
	fileName: string;
	mimeType: string;
	/** The file's bytes, piece by piece; read no further than the limit. */
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
};

/**
 * @returns the files of the parameter `files`; what n8n stores on disk is read as a stream, and
 *   only as far as Kustomer's limit
 * @throws InputMistake naming a binary field that the item does not have, and those it has
 */
export async function filesOf(item: Item): Promise<FilePart[]> {
	return await Promise.all(
		item.rows('files', 'file').map(async (row) => await filePart(item, row)),
	);
}

/** @returns the file of one row of the parameter `files` */
export async function filePart(item: Item, row: Record<string, unknown>): Promise<FilePart> {
	const property = textOf(row.binaryProperty);
	const binary = binaryField(item, property);
	return {
		name: textOf(row.name) || property,
		fileName: binary.fileName ?? fallbackName(property, binary),
		mimeType: binary.mimeType || 'application/octet-stream',
		pieces: await piecesOf(item.context, binary),
	};
}

/**
 * @returns the file in a binary field of the item, wherever this workflow keeps its files
 * @throws InputMistake naming a field that the item does not have, and those it has
 */
export function binaryField(item: Item, property: string): IBinaryData {
	try {
		return item.context.helpers.assertBinaryData(item.index, property);
	} catch {
		// n8n's words do not say which fields there are.
	}
	const names = fileNames(item);
	const existing =
		names.length === 0
			? 'This item has no files at all: check that the node before this one gives some.'
			: `This item has: ${names.map((name) => `"${name}"`).join(', ')}.`;
	throw new InputMistake(
		`There is no file in the binary field "${property}". ${existing} Its name is on the Binary tab of the input.`,
	);
}

/** A workflow with the setting "binaryMode: combined" keeps files among the fields of the item. */
function fileNames({ context, index }: Item): string[] {
	const { json, binary } = context.getInputData()[index];
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
