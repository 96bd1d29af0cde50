import { randomBytes } from 'node:crypto';
import type { Body } from './body';
import { refuseTooLarge } from './size';

/**
 * Writes multipart/form-data (RFC 7578) itself: the exact bytes are known before anything is sent,
 * so they can be counted against Kustomer's limit and sent again as they are; the FormData of the
 * platform would turn line breaks in text values into CRLF.
 */
export type TextPart = { name: string; text: string };

export type FilePart = {
	name: string;
	fileName: string;
	mimeType: string;
	/** The file's bytes, piece by piece; read no further than the limit. */
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
};

/**
 * @returns the body with a boundary of its own
 * @throws InputMistake as soon as the parts exceed Kustomer's limit; the rest of a file is not read
 */
export async function multipartBody(parts: ReadonlyArray<TextPart | FilePart>): Promise<Body> {
	const boundary = `n8n-kustomer-${randomBytes(16).toString('hex')}`;
	const pieces: Uint8Array[] = [];
	let bytes = 0;
	const add = (piece: Uint8Array) => {
		bytes += piece.length;
		refuseTooLarge(bytes);
		pieces.push(piece);
	};
	for (const part of parts) {
		add(Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n\r\n`, 'utf8'));
		if ('text' in part) add(Buffer.from(part.text, 'utf8'));
		else for await (const piece of part.pieces) add(piece);
		add(Buffer.from('\r\n'));
	}
	add(Buffer.from(`--${boundary}--\r\n`));
	return {
		bytes: Buffer.concat(pieces),
		contentType: `multipart/form-data; boundary=${boundary}`,
	};
}

/**
 * @param value a value of an item or a field
 * @returns it as text: lists and objects as JSON, nothing as empty text
 */
export function textOfPart(value: unknown): string {
	if (value === null || value === undefined) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function headOf(part: TextPart | FilePart): string {
	const disposition = `Content-Disposition: form-data; name="${escaped(part.name)}"`;
	if ('text' in part) return disposition;
	const mimeType = /^[\w!#$&^.+/;= -]+$/.test(part.mimeType)
		? part.mimeType
		: 'application/octet-stream';
	return `${disposition}; filename="${escaped(part.fileName)}"\r\nContent-Type: ${mimeType}`;
}

/** As browsers do: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escaped(name: string): string {
	return name.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22');
}
