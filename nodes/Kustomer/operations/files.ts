import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { InputMistake } from '../send/mistake';
import type { FilePart } from '../send/multipart';
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

/** @returns the file in a binary field of the item */
export function binaryField(
	context: IExecuteFunctions,
	property: string,
	itemIndex: number,
): IBinaryData {
	const fields = context.getInputData()[itemIndex].binary ?? {};
	if (Object.hasOwn(fields, property)) return fields[property];
	const names = Object.keys(fields).map((name) => `"${name}"`);
	const existing =
		names.length === 0
			? 'This item has no files at all: check that the node before this one gives some.'
			: `This item has: ${names.join(', ')}.`;
	throw new InputMistake(
		`There is no file in the binary field "${property}". ${existing} Its name stands on the Binary tab of the input.`,
	);
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
