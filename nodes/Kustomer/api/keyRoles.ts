import { createHash } from 'node:crypto';
import { isRecord, textsOf } from '../narrowing';

/** What is known of an API key: the roles it has, or that Kustomer does not accept it at all. */
export type KeyState = { roles: readonly string[] } | 'notAccepted';

/** Source: https://developer.kustomer.com/docs/get-started/authentication */
export const ROLES_PATH = '/v1/auth/tokens/current';

const KEPT_MS = 60_000;
const MOST_KEYS = 100;

/** By a digest of host and key, so that a thousand refused items ask once. */
const known = new Map<string, { atMs: number; state: Promise<KeyState | undefined> }>();

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
	const digest = createHash('sha256').update(key).digest('hex');
	const earlier = known.get(digest);
	if (earlier !== undefined && Date.now() - earlier.atMs < KEPT_MS) return await earlier.state;
	const state = ask().then(stateIn, () => undefined);
	known.delete(digest);
	known.set(digest, { atMs: Date.now(), state });
	const [oldest] = known.keys();
	if (known.size > MOST_KEYS) known.delete(oldest);
	return await state;
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
