import { createHash } from 'node:crypto';
import { apiBaseUrl, apiKeyOf } from './host';
import { apiList } from './paging';
import { labelOf, type ApiRecord } from './records';
import { apiReply, credentialOf, type ApiCaller } from './request';

/** What people call by name and Kustomer by id. */
export type NameKind = 'tags' | 'users' | 'teams' | 'queues';

export type Named = { id: string; name: string };

/** The lists are short: an organization has hundreds of these, not millions. */
const LISTS: Readonly<Record<NameKind, { path: string; role: string }>> = {
	tags: { path: '/v1/tags', role: 'org.permission.tag.read' },
	users: { path: '/v1/users', role: 'org.permission.user.read' },
	teams: { path: '/v1/teams', role: 'org.permission.team.read' },
	queues: { path: '/v1/routing/queues', role: 'org.permission.queue.read' },
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
	const { path, role } = LISTS[kind];
	const asked = { purpose: `list the ${kind} of your organization`, role, path };
	const query = { page: 1, pageSize: 1 };
	const allowed = await apiReply(caller, { ...asked, query, method: 'GET' });
	// A key that is not accepted at all is told in words by the list itself.
	if (allowed.key !== undefined && allowed.key !== 'notAccepted') return undefined;
	if (allowed.status === 404) return undefined;
	const records = await apiList(caller, { ...asked, pageSize: PAGE_SIZE });
	return records.filter(isThere).map((record) => ({ id: record.id, name: labelOf(record) }));
}

function isThere({ attributes }: ApiRecord): boolean {
	return attributes.deleted !== true && !attributes.deletedAt;
}
