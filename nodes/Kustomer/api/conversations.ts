import { NodeApiError } from 'n8n-workflow';
import { apiList } from './paging';
import { recordsIn, type ApiRecord } from './records';
import { apiReply, mayHaveRole, refused, type ApiCaller } from './request';

const PATH = '/v1/conversations';

/** What opens the events that Kustomer recorded of a conversation. */
export const EVENT_ROLE = 'org.permission.event.read (or org.user.event.read)';

const READ_ROLE = 'org.permission.conversation.read (or org.user.conversation.read)';

/** @returns whether the key may read recorded events; true where Kustomer does not tell its roles */
export async function mayReadEvents(caller: ApiCaller): Promise<boolean> {
	return await mayHaveRole(caller, EVENT_ROLE);
}

/**
 * @returns every event that Kustomer recorded of a conversation; none where it was deleted
 * @throws NodeApiError as `apiList`
 */
export async function conversationEvents(caller: ApiCaller, id: string): Promise<ApiRecord[]> {
	const listing = apiList(caller, {
		purpose: 'read the events of a conversation',
		role: EVENT_ROLE,
		path: `${PATH}/${encodeURIComponent(id)}/events`,
		query: { sort: 'asc' },
	});
	const [outcome] = await Promise.allSettled([listing]);
	if (outcome.status === 'rejected' && isNotFound(outcome.reason)) return [];
	return await listing;
}

function isNotFound(error: unknown): boolean {
	return error instanceof NodeApiError && error.httpCode === '404';
}

/**
 * @returns those of the conversations that are there, as they are now
 * @throws NodeApiError as `apiRequest`
 */
export async function readConversations(
	caller: ApiCaller,
	ids: readonly string[],
): Promise<ApiRecord[]> {
	const asked = { purpose: 'read conversations', role: READ_ROLE };
	const path = `${PATH}/${ids.map(encodeURIComponent).join(',')}`;
	const reply = await apiReply(caller, { ...asked, method: 'GET', path });
	if (reply.status < 300) return recordsIn(reply.body);
	if (reply.status !== 404) throw refused(caller, reply, asked);
	if (ids.length === 1) return [];
	// One that is gone may hide the others.
	const found: ApiRecord[] = [];
	for (const id of ids) found.push(...(await readConversations(caller, [id])));
	return found;
}
