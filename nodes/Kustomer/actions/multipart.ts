import { randomBytes } from 'node:crypto';
import type { FilePart } from './files';

/** What goes out: exactly these bytes under exactly this content type. */
export type Body = { bytes: Buffer; contentType: string };

export type TextPart = { name: string; text: string };

/**
 * Writes multipart/form-data (RFC 7578) itself: the exact bytes are known before anything is sent,
 * so they can be counted against a limit and sent again as they are; the FormData of the platform
 * would turn line breaks in text values into CRLF.
 *
 * @param refuseTooLarge throws for more bytes than may go out; the rest of a file is not read then
 * @returns the body with a boundary of its own
 */
export async function multipartBody(
	parts: ReadonlyArray<TextPart | FilePart>,
	refuseTooLarge: (bytes: number) => void = () => {},
): Promise<Body> {
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
