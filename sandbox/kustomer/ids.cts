import { randomBytes } from 'node:crypto';

const PROCESS = randomBytes(5).toString('hex');
let made = 0;

/**
 * @returns an id as Kustomer makes them: 24 hex digits, the first eight tell the second it was made.
 *   Those of one process grow, so that a list by id is a list by time of creation
 */
export function newId(): string {
	made = (made + 1) % 0x1000000;
	const seconds = Math.floor(Date.now() / 1000);
	return seconds.toString(16).padStart(8, '0') + PROCESS + made.toString(16).padStart(6, '0');
}

/** @returns 64 hex digits, the shape of a webhook's token and of a hook's hash */
export function newSecret(): string {
	return randomBytes(32).toString('hex');
}

/** @returns a made-up API key; it begins like Kustomer's, which are JSON web tokens */
export function newKeyToken(): string {
	return `eyJ${randomBytes(48).toString('base64url')}`;
}
