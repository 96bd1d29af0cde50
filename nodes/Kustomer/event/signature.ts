import { createHmac, timingSafeEqual } from 'node:crypto';

/** Lower case, as Node hands headers over. Source: https://developer.kustomer.com/docs/events/delivery-and-retries */
export const SIGNATURE_HEADER = 'x-kustomer-webhook-signature';

/** Exactly what Kustomer sends: 32 bytes as lower-case hex digits, without a prefix. */
const SIGNATURE_FORM = /^[0-9a-f]{64}$/;

/** What is wrong with a header by itself. */
export type Malformed = 'noSignature' | 'malformedSignature';

export type Verdict = 'valid' | 'noSecret' | 'mismatch' | Malformed;

/** The reasons in words, for the log and for error messages. */
export const VERDICT_WORDS: Readonly<Record<Exclude<Verdict, 'valid'>, string>> = {
	noSecret: 'there is no webhook secret to check it against',
	noSignature: 'it has no X-Kustomer-Webhook-Signature header',
	malformedSignature: 'its signature is not 64 lower-case hex digits',
	mismatch: 'its signature does not match the webhook secret and the body',
};

/**
 * @param secret the webhook's token, used as the text it is
 * @param body the bytes that are sent
 * @returns the signature that Kustomer would send: hex(HMAC-SHA256(secret, body))
 */
export function sign(secret: string, body: Uint8Array): string {
	return createHmac('sha256', secret).update(body).digest('hex');
}

/**
 * Says whether a delivery comes from someone who knows a secret. Compares in constant time.
 *
 * @param body the request's bytes as they came
 * @param header the signature header's value; anything but one text counts as missing or malformed
 * @param secrets the accepted secrets; empty ones never count
 */
export function verify(body: Uint8Array, header: unknown, secrets: readonly string[]): Verdict {
	const signature = signatureIn(header);
	return typeof signature === 'string' ? signature : compare(body, signature, secrets);
}

/** @returns the signature's bytes, or what is wrong with the header, before any secret is needed */
export function signatureIn(header: unknown): Uint8Array | Malformed {
	if (header === undefined || header === null || header === '') return 'noSignature';
	if (typeof header !== 'string' || !SIGNATURE_FORM.test(header)) return 'malformedSignature';
	return Buffer.from(header, 'hex');
}

/**
 * The second half of `verify`, for whoever reads secrets only once the signature is well-formed.
 *
 * @param signature what `signatureIn` gave
 */
export function compare(
	body: Uint8Array,
	signature: Uint8Array,
	secrets: readonly string[],
): 'valid' | 'mismatch' | 'noSecret' {
	const usable = secrets.filter((secret) => secret !== '');
	if (usable.length === 0) return 'noSecret';
	const matches = usable.map((secret) =>
		timingSafeEqual(signature, createHmac('sha256', secret).update(body).digest()),
	);
	return matches.includes(true) ? 'valid' : 'mismatch';
}
