import { isRecord, recordOf, textOf } from '../narrowing';
import { apiList } from './paging';
import { recordsIn, type ApiRecord } from './records';
import {
	apiReply,
	apiRequest,
	refused,
	unreadable,
	type ApiCaller,
	type ApiRequest,
} from './request';

/**
 * Drafts are the only way in which Kustomer really sends: with a send time they go out and are
 * gone, and a message is there instead. Writing them needs no role.
 * Source: https://developer.kustomer.com/api/core-resources/create-draft-for-customer
 */

const READ_ROLE = 'org.permission.draft.read (or org.user.draft.read)';
const ACCOUNTS_ROLE = 'org.permission.apps.read (or org.user.apps.read)';

type Call = Pick<ApiRequest, 'timeoutMs' | 'maxRetries'>;

/** @returns all drafts of a customer: being written, scheduled, and on their way out */
export async function draftsOf(
	caller: ApiCaller,
	customerId: string,
	call: Call,
): Promise<ApiRecord[]> {
	return await apiList(caller, {
		...call,
		purpose: "read the customer's drafts",
		role: READ_ROLE,
		missing: noCustomer(customerId),
		path: pathOf(customerId),
	});
}

/**
 * Creates a draft; with `sendAt` in it, that sends.
 *
 * @param asked purpose, and whether a new conversation is made for it
 * @returns the draft as Kustomer answers it
 * @throws NodeApiError; `isInDoubt` says whether it may have been carried out nevertheless
 */
export async function postDraft(
	caller: ApiCaller,
	customerId: string,
	asked: Call & { purpose: string; createConversation: boolean; body: object },
): Promise<ApiRecord> {
	const { createConversation, ...rest } = asked;
	return await written(caller, {
		...rest,
		missing: noCustomer(customerId),
		method: 'POST',
		path: pathOf(customerId),
		query: { createConversation },
	});
}

/**
 * Changes a draft; with `sendAt` in it, that sends.
 *
 * @throws NodeApiError as `postDraft`
 */
export async function updateDraft(
	caller: ApiCaller,
	id: string,
	asked: Call & { purpose: string; body: object },
): Promise<ApiRecord> {
	return await written(caller, {
		...asked,
		missing: 'The draft is no longer there: it was sent or discarded meanwhile.',
		method: 'PUT',
		path: `/v1/drafts/${encodeURIComponent(id)}`,
	});
}

/** @param asked whether its conversation goes with it, which was made for it */
export async function deleteDraft(
	caller: ApiCaller,
	id: string,
	asked: Call & { deleteConversation: boolean },
): Promise<void> {
	const { deleteConversation, ...call } = asked;
	await apiRequest(caller, {
		...call,
		purpose: 'delete the draft',
		method: 'DELETE',
		path: `/v1/drafts/${encodeURIComponent(id)}`,
		query: { deleteConversation },
	});
}

async function written(caller: ApiCaller, request: ApiRequest): Promise<ApiRecord> {
	const reply = await apiReply(caller, request);
	if (reply.status >= 300) throw refused(caller, reply, request);
	const [draft] = recordsIn(reply.body);
	if (draft === undefined) throw unreadable(caller, request);
	return draft;
}

/** What the organization sends from. */
export type Account = { channel: string; name: string; address: string };

/**
 * @returns the organization's addresses and numbers
 * @throws NodeApiError when the key may not read them
 */
export async function outboundAccounts(caller: ApiCaller): Promise<Account[]> {
	const body = await apiRequest(caller, {
		purpose: 'list the accounts that your organization sends from',
		role: ACCOUNTS_ROLE,
		method: 'GET',
		path: '/v1/outboundAccounts',
	});
	const list: unknown = isRecord(body) ? body.data : body;
	return (Array.isArray(list) ? list : []).flatMap((entry) => {
		const { channel, name, account } = recordOf(recordOf(entry).attributes ?? entry);
		const address = textOf(account);
		if (address === '') return [];
		return [{ channel: textOf(channel), name: textOf(name) || address, address }];
	});
}

function pathOf(customerId: string): string {
	return `/v1/customers/${encodeURIComponent(customerId)}/drafts`;
}

function noCustomer(id: string): string {
	return `Kustomer has no customer with the ID ${id}. It may have been deleted or merged.`;
}
