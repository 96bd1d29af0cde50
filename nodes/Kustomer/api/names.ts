import { createHash } from 'node:crypto';
import { NodeApiError } from 'n8n-workflow';
import { apiBaseUrl, apiKeyOf } from './host';
import { apiList } from './paging';
import { labelOf, type ApiRecord } from './records';
import { apiReply, credentialOf, type ApiCaller } from './request';

/** What people call by name and Kustomer by id. */
export type NameKind = 'tags' | 'users' | 'teams' | 'queues';

export type Named = { id: string; name: string };

/** The lists are short: an organization has hundreds of these, not millions. */
const PATHS: Readonly<Record<NameKind, string>> = {
	tags: '/v1/tags',
	users: '/v1/users',
	teams: '/v1/teams',
	queues: '/v1/routing/queues',
};

/** What a key needs to read them. */
export const NAME_ROLES: Readonly<Record<NameKind, string>> = {
	tags: 'org.permission.tag.read',
	users: 'org.permission.user.read (or org.admin.user.read)',
	teams: 'org.permission.team.read (or org.admin.user.read)',
	queues: 'org.permission.queue.read',
};

const PAGE_SIZE = 100;
const KEPT_MS = 5 * 60_000;
const MOST_LISTS = 200;

/** By kind and a digest of host and key. */
const kept = new Map<string, { atMs: number; list: Promise<Named[] | undefined> }>();

/**
 * @returns the records of a kind by name; undefined where the key may not read them. They are kept
 *   for five minutes for each key.
 * @throws NodeApiError when Kustomer cannot tell at the moment
 */
export async function namesOf(caller: ApiCaller, kind: NameKind): Promise<Named[] | undefined> {
	const credential = await credentialOf(caller);
	const key = `${kind} ${apiBaseUrl(credential)} ${apiKeyOf(credential)}`;
	const digest = createHash('sha256').update(key).digest('hex');
	const earlier = kept.get(digest);
	if (earlier !== undefined && Date.now() - earlier.atMs < KEPT_MS) return await earlier.list;
	const list = readNames(caller, kind);
	kept.delete(digest);
	kept.set(digest, { atMs: Date.now(), list });
	const [oldest] = kept.keys();
	if (kept.size > MOST_LISTS) kept.delete(oldest);
	// What could not be read is asked for again at once.
	list.catch(() => kept.delete(digest));
	return await list;
}

/** Forgets a list that has just changed or lacks what it should have, so that it is read again. */
export async function forgetNames(caller: ApiCaller, kind: NameKind): Promise<void> {
	const credential = await credentialOf(caller);
	const key = `${kind} ${apiBaseUrl(credential)} ${apiKeyOf(credential)}`;
	kept.delete(createHash('sha256').update(key).digest('hex'));
}

async function readNames(caller: ApiCaller, kind: NameKind): Promise<Named[] | undefined> {
	const asked = {
		purpose: `list the ${kind} of your organization`,
		role: NAME_ROLES[kind],
		path: PATHS[kind],
	};
	const list = apiList(caller, { ...asked, pageSize: PAGE_SIZE });
	const records = await list.catch(async (error: unknown) => {
		if (!(error instanceof NodeApiError) || !isWithheld(error.httpCode)) throw error;
		const query = { page: 1, pageSize: 1 };
		const { key } = await apiReply(caller, { ...asked, query, method: 'GET' });
		if (key === 'notAccepted') throw error;
		return undefined;
	});
	return records?.filter(isThere).map((record) => ({ id: record.id, name: labelOf(record) }));
}

/** Not to be read with this key, or not there in this organization. */
function isWithheld(status: string | null): boolean {
	return status === '401' || status === '403' || status === '404';
}

function isThere({ attributes }: ApiRecord): boolean {
	return attributes.deleted !== true && !attributes.deletedAt;
}
