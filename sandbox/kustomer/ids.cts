import { randomBytes } from 'node:crypto';

/** @returns an id as Kustomer makes them: 24 hex digits, the first eight tell the second it was made */
export function newId(): string {
	const seconds = Math.floor(Date.now() / 1000);
	return seconds.toString(16).padStart(8, '0') + randomBytes(8).toString('hex');
}

/** @returns 64 hex digits, the shape of a webhook's token and of a hook's hash */
export function newSecret(): string {
	return randomBytes(32).toString('hex');
}

/** @returns a made-up API key; it begins like Kustomer's, which are JSON web tokens */
export function newKeyToken(): string {
	return `eyJ${randomBytes(48).toString('base64url')}`;
}
