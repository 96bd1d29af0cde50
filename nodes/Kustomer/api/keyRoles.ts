import { isRecord, textsOf } from '../narrowing';
import { Kept } from './kept';

/** What is known of an API key: the roles it has, or that Kustomer does not accept it at all. */
export type KeyState = { roles: readonly string[] } | 'notAccepted';

/** Source: https://developer.kustomer.com/docs/get-started/authentication */
export const ROLES_PATH = '/v1/auth/tokens/current';

/** A thousand refused items ask once. */
const kept = new Kept<KeyState | undefined>(60_000, 100);

/**
 * Kustomer answers 401 to a key it does not know and to one that lacks a role alike. Any key may
 * ask for its own roles, which tells the two apart.
 *
 * @param key host and key; only a digest of them is kept, for a minute
 * @param ask sends `GET /v1/auth/tokens/current` and gives status and body; undefined: no answer
 * @returns what is known of the key; undefined when Kustomer does not tell
 */
export async function stateOfKey(
	key: string,
	ask: () => Promise<{ status: number; body: unknown } | undefined>,
): Promise<KeyState | undefined> {
	return await kept.get(key, async () => await ask().then(stateIn, () => undefined));
}

/** @returns whether one of the key's roles is, or contains, one that is named in the text */
export function hasRole(roles: readonly string[], wanted: string): boolean {
	const names = wanted.match(/org\.[\w.]+/g) ?? [];
	return names.some((name) => roles.some((role) => role === name || name.startsWith(`${role}.`)));
}

function stateIn(reply: { status: number; body: unknown } | undefined): KeyState | undefined {
	if (reply?.status === 401) return 'notAccepted';
	if (reply?.status !== 200 || !isRecord(reply.body) || !isRecord(reply.body.data))
		return undefined;
	const { attributes } = reply.body.data;
	if (!isRecord(attributes) || !Array.isArray(attributes.roles)) return undefined;
	return { roles: textsOf(attributes.roles) };
}
