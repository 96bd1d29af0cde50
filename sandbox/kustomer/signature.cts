import { createHmac } from 'node:crypto';

/**
 * The signature of a delivery, as Kustomer computes it: the token is the key as it stands, it is
 * not decoded from hex first. Written apart from the package's own verification on purpose: two
 * independent readings of the same page check each other.
 * Source: https://developer.kustomer.com/docs/events/delivery-and-retries
 *
 * @param rawBody the bytes that are sent
 * @param token the webhook's token
 * @returns 64 lower-case hex digits
 */
export function sign(rawBody: Buffer | string, token: string): string {
	return createHmac('sha256', token).update(rawBody).digest('hex');
}
