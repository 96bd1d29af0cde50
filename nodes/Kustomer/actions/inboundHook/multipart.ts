import { randomBytes } from 'node:crypto';
import { InputMistake } from '../errors';
import type { FilePart } from '../files';

/** What goes out: exactly these bytes under exactly this content type. */
export type Body = { bytes: Buffer; contentType: string };

/**
 * Writes multipart/form-data (RFC 7578) itself: the exact bytes are known before anything is sent,
 * so they can be counted against Kustomer's limit and sent again as they are; the FormData of the
 * platform would turn line breaks in text values into CRLF.
 */
export type TextPart = { name: string; text: string };

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
 * @returns it as text: lists and objects as JSON, null and undefined as empty text
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

/** Kustomer's limit for a post, spaces included. Source: https://developer.kustomer.com/docs/events/inbound-webhooks */
export const MOST_BYTES = 400_000;

const HINT_FROM_BYTES = 0.9 * MOST_BYTES;

/** @throws InputMistake when Kustomer would refuse a post of this size */
export function refuseTooLarge(bytes: number): void {
	if (bytes <= MOST_BYTES) return;
	throw new InputMistake(
		`This post has ${inThousands(bytes)} bytes, and Kustomer takes at most ${inThousands(MOST_BYTES)}. Send fewer fields or smaller files, or split the data over several items.`,
	);
}

/**
 * @param sizes bytes of each post of a run
 * @returns a sentence for the person when posts come close to the limit; undefined when none does
 */
export function sizeHint(sizes: readonly number[]): string | undefined {
	const close = sizes.filter((size) => size >= HINT_FROM_BYTES);
	if (close.length === 0) return undefined;
	const posts = close.length === 1 ? 'One post is' : `${close.length} posts are`;
	return `${posts} close to Kustomer's limit of ${inThousands(MOST_BYTES)} bytes; the largest has ${inThousands(Math.max(...close))}. Larger ones are not sent.`;
}

/** @returns e.g. 400,000: the same on every machine, whatever its language */
function inThousands(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
