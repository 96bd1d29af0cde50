import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { makeEvent } from '../../sandbox/kustomer/server.cts';

/** Bytes and a signature header that somebody sends who does not know the secret. */
export interface Mutated {
	readonly body: Buffer;
	/** Several when the header is sent several times; null when it is left out. */
	readonly signature: string | string[] | null;
}

const BODIES = (
	['kustomer.conversation.update', 'kustomer.message.create', 'kustomer.customer.update'] as const
).map((name) => Buffer.from(JSON.stringify(makeEvent(name))));

/** Valid deliveries with one thing spoiled: the bytes, the signature, or the secret that it was made with. */
export function mutations(secret: string): fc.Arbitrary<Mutated> {
	const body = fc.constantFrom(...BODIES);
	const signed = (bytes: Buffer) => signatureOf(bytes, secret);
	return fc.oneof(
		fc.tuple(body, spoiledBytes()).map(([bytes, spoil]) => ({
			body: spoil(bytes),
			signature: signed(bytes),
		})),
		fc.tuple(body, spoiledSignature()).map(([bytes, spoil]) => ({
			body: bytes,
			signature: spoil(signed(bytes), bytes),
		})),
		fc
			.tuple(body, fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }))
			.map(([bytes, guess]) => ({
				body: bytes,
				signature: signatureOf(bytes, guess === secret ? `${guess}.` : guess),
			})),
		fc
			.tuple(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 80 }))
			.map(([bytes, header]) => ({ body: Buffer.from(bytes), signature: printable(header) })),
	);
}

/** An event with its signature, a new one each time. */
export function validDelivery(secret: string): Mutated {
	const body = Buffer.from(JSON.stringify(makeEvent('kustomer.conversation.update')));
	return { body, signature: signatureOf(body, secret) };
}

function signatureOf(body: Buffer, secret: string, algorithm = 'sha256'): string {
	return createHmac(algorithm, secret).update(body).digest('hex');
}

/** Each of them changes the bytes. */
function spoiledBytes(): fc.Arbitrary<(body: Buffer) => Buffer> {
	const place = fc.nat();
	return fc.oneof(
		fc.tuple(place, fc.nat({ max: 7 })).map(([at, bit]) => (body: Buffer) => {
			const spoiled = Buffer.from(body);
			spoiled[at % body.length] = (body[at % body.length] ?? 0) ^ (1 << bit);
			return spoiled;
		}),
		place.map((at) => (body: Buffer) => body.subarray(0, at % body.length)),
		fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(
			([at, more]) =>
				(body: Buffer) =>
					Buffer.concat([
						body.subarray(0, at % body.length),
						more,
						body.subarray(at % body.length),
					]),
		),
		fc.constantFrom(
			(body: Buffer) => Buffer.concat([body, Buffer.from('\n')]),
			(body: Buffer) => Buffer.concat([Buffer.from('\ufeff'), body]),
			(body: Buffer) => Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1)),
			(body: Buffer) => Buffer.from(body.toString(), 'utf16le'),
			(body: Buffer) =>
				Buffer.from(
					JSON.stringify(
						Object.fromEntries(Object.entries(JSON.parse(body.toString()) as object).reverse()),
					),
				),
			(body: Buffer) => Buffer.concat([body, body]),
		),
	);
}

/** Each of them gives a header other than the valid one. */
function spoiledSignature(): fc.Arbitrary<
	(signature: string, body: Buffer) => Mutated['signature']
> {
	const place = fc.nat({ max: 63 });
	return fc.oneof(
		fc.tuple(place, fc.nat({ max: 14 })).map(([at, other]) => (signature: string) => {
			const digit = '0123456789abcdef'.replace(signature[at] ?? '', '')[other] ?? '0';
			return signature.slice(0, at) + digit + signature.slice(at + 1);
		}),
		place.map((at) => (signature: string) => signature.slice(0, at)),
		fc.constantFrom<(signature: string, body: Buffer) => Mutated['signature']>(
			() => null,
			() => '',
			(signature) => `sha256=${signature}`,
			(signature) => signature.toUpperCase(),
			(signature) => `${signature}0`,
			(signature) => Buffer.from(signature, 'hex').toString('base64'),
			(signature) => `${signature}, ${signature}`,
			(signature) => [signature, signature],
			(signature) => [signature, '0'.repeat(64)],
			(_, body) => signatureOf(body, '', 'sha256'),
			(_, body) => signatureOf(body, 'undefined', 'sha256'),
			(_, body) => signatureOf(body, 'null', 'sha256'),
			(_, body) => signatureOf(body, '', 'sha512').slice(0, 64),
		),
	);
}

/** What Node's own client accepts in a header. */
function printable(text: string): string {
	return text.replace(/[^\x20-\x7e]/g, '?').trim();
}
