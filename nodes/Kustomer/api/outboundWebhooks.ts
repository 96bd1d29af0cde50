import { millisecondsOf, recordOf, rowsOf, textOf, textOrNull, textsOf } from '../narrowing';
import type { Asked, Reply } from './errors';
import { apiList } from './paging';
import { OUTBOUND_WEBHOOKS } from './places';
import { labelOf, recordsIn, type ApiRecord } from './records';
import { apiReply, refused, unreadable, type ApiCaller } from './request';

/**
 * The one client of `/v1/outbound-webhooks`: its requests, and their replies as plain values.
 * Source: https://developer.kustomer.com/api/apps-platform/list-outbound-webhooks
 */
export type Header = { name: string; value: string };

/** What can be said about a webhook when it is made or changed. */
export type WantedWebhook = {
	name: string;
	url: string;
	events: readonly string[];
	headers: readonly Header[];
};

export type WebhookChange = Partial<WantedWebhook & { enabled: boolean }>;

/** A webhook as Kustomer has it; text that Kustomer leaves out is empty. */
export type Webhook = WantedWebhook & {
	id: string;
	enabled: boolean;
	/** Whether Kustomer itself switched it off; null where it does not tell. */
	isError: boolean | null;
	/** The secret. It stays in process memory. */
	token: string;
	orgId: string;
	/** Ids of users. The last editor is in lists only. */
	createdBy: string;
	modifiedBy: string;
	/** ISO 8601 */
	createdAt: string;
	updatedAt: string;
};

/** Kustomer's answer to a write that it refused, and what it was asked: for `refused`. */
export type Refusal = { reply: Reply; asked: Asked };

const PATH = '/v1/outbound-webhooks';

const rolesTo = (action: 'create' | 'delete' | 'read' | 'update') =>
	`org.permission.outbound_webhook.${action} (or org.outbound_webhooks)`;

const UNKNOWN_WEBHOOK =
	'Kustomer has no outbound webhook with this ID. It may have been deleted: choose one from the list.';

const NOT_CHANGEABLE = `it has just been deleted, or Kustomer does not let programs change it. Look at it in Kustomer: ${OUTBOUND_WEBHOOKS}.`;

/**
 * @returns every webhook of the organization
 * @throws NodeApiError if Kustomer refuses, or answers with anything but a list: taken for an
 *   empty one, it would make the trigger create a second webhook
 */
export async function listWebhooks(caller: ApiCaller, timeoutMs?: number): Promise<Webhook[]> {
	const listed = await apiList(caller, {
		purpose: 'list the outbound webhooks of your organization',
		role: rolesTo('read'),
		path: PATH,
		timeoutMs,
	});
	return listed.map(webhookOf);
}

/**
 * @returns the webhook; undefined if Kustomer has none of this id
 * @throws NodeApiError if Kustomer refuses, or answers with anything but a webhook
 */
export async function findWebhook(
	caller: ApiCaller,
	id: string,
	timeoutMs?: number,
): Promise<Webhook | undefined> {
	const asked = { purpose: 'read the webhook from Kustomer', role: rolesTo('read') };
	const reply = await apiReply(caller, { ...asked, method: 'GET', path: pathOf(id), timeoutMs });
	if (isGone(reply)) return undefined;
	if (reply.status >= 300) throw refused(caller, reply, asked);
	const [found] = recordsIn(reply.body);
	if (found === undefined) throw unreadable(caller, asked);
	return webhookOf(found);
}

/** @throws NodeApiError as `findWebhook`, and if Kustomer has none of this id */
export async function readWebhook(caller: ApiCaller, id: string): Promise<Webhook> {
	const found = await findWebhook(caller, id);
	if (found !== undefined) return found;
	throw refused(caller, GONE, {
		purpose: 'read the webhook from Kustomer',
		missing: UNKNOWN_WEBHOOK,
	});
}

/** @throws NodeApiError if no answer of Kustomer's came */
export async function createWebhook(
	caller: ApiCaller,
	{ name, url, events, headers }: WantedWebhook,
): Promise<Webhook | Refusal> {
	const asked = { purpose: 'create the webhook in Kustomer', role: rolesTo('create') };
	const body = { name, url, events, headers };
	const reply = await apiReply(caller, { ...asked, method: 'POST', path: PATH, body });
	if (reply.status >= 300) return { reply, asked };
	const [created] = recordsIn(reply.body);
	if (created === undefined) throw unreadable(caller, asked);
	return webhookOf(created);
}

/**
 * Changes what is named and nothing else.
 *
 * @returns the webhook as Kustomer has it afterwards
 * @throws NodeApiError if no answer of Kustomer's came
 */
export async function changeWebhook(
	caller: ApiCaller,
	id: string,
	change: WebhookChange,
): Promise<Webhook | Refusal> {
	const asked = {
		purpose: 'change the webhook in Kustomer',
		role: rolesTo('update'),
		missing: NOT_CHANGEABLE,
	};
	const send = async (method: 'PATCH' | 'PUT') =>
		await apiReply(caller, { ...asked, method, path: pathOf(id), body: change });
	let reply = await send('PATCH');
	// The verb is known from a copy of Kustomer's specification only.
	if (reply.status === 404 || reply.status === 405) reply = await send('PUT');
	if (reply.status >= 300) return { reply, asked };
	return (await findWebhook(caller, id)) ?? { reply: GONE, asked };
}

/**
 * @returns whether it was there
 * @throws NodeApiError if it could not be deleted; one that is gone counts as deleted
 */
export async function deleteWebhook(caller: ApiCaller, id: string): Promise<boolean> {
	const asked = { purpose: 'delete the webhook in Kustomer', role: rolesTo('delete') };
	const reply = await apiReply(caller, { ...asked, method: 'DELETE', path: pathOf(id) });
	if (isGone(reply)) return false;
	if (reply.status >= 300) throw refused(caller, reply, asked);
	return true;
}

/**
 * @returns the latest deliveries of a webhook, as Kustomer lists them
 * @throws NodeApiError as `apiList`
 */
export async function listDeliveries(
	caller: ApiCaller,
	id: string,
	limit?: number,
): Promise<ApiRecord[]> {
	return await apiList(caller, {
		purpose: 'read the deliveries of the webhook',
		role: rolesTo('read'),
		missing: UNKNOWN_WEBHOOK,
		path: `${pathOf(id)}/transactions`,
		limit,
	});
}

/** An attempt to deliver an event, as far as Kustomer's log tells. */
export type LoggedDelivery = {
	/** Milliseconds since 1970; NaN where Kustomer does not tell. */
	sentAtMs: number;
	outcome: 'succeeded' | 'failed' | 'unknown';
	/** Whether Kustomer will try again. */
	isPlannedAgain: boolean;
};

/** Which words the log uses is not documented; "Success" was seen. */
const SUCCEEDED = /^\s*(succe|ok\b|deliver|complete|2\d\d\b)/i;
const FAILED = /fail|err|time|refuse|reject|^\s*[345]\d\d\b/i;

/** @param record an entry of `listDeliveries` */
export function loggedDelivery({ attributes }: ApiRecord): LoggedDelivery {
	const { sentAt, status, nextRetry } = attributes;
	return {
		sentAtMs: typeof sentAt === 'number' ? millisecondsOf(sentAt) : Date.parse(textIn(sentAt)),
		outcome: outcomeIn(textOf(status)),
		isPlannedAgain: textIn(nextRetry) !== '',
	};
}

function outcomeIn(status: string): LoggedDelivery['outcome'] {
	if (FAILED.test(status)) return 'failed';
	return SUCCEEDED.test(status) ? 'succeeded' : 'unknown';
}

/** @returns the names that this organization can subscribe to; empty if Kustomer does not tell */
export async function listEventNames(caller: ApiCaller): Promise<string[]> {
	const reply = await apiReply(caller, {
		purpose: 'list the events of your organization',
		method: 'GET',
		path: `${PATH}/events`,
	});
	return reply.status < 300 ? listOf(recordOf(reply.body).events) : [];
}

/**
 * @returns the id of the user behind the API key; undefined if Kustomer does not tell it this key
 * @throws NodeApiError if Kustomer cannot tell at the moment
 */
export async function currentUserId(
	caller: ApiCaller,
	timeoutMs?: number,
): Promise<string | undefined> {
	const asked = { purpose: 'read the user of the API key' };
	const path = '/v1/users/current';
	const reply = await apiReply(caller, { ...asked, method: 'GET', path, timeoutMs });
	if (reply.status === 429 || reply.status >= 500) throw refused(caller, reply, asked);
	return reply.status < 300 ? recordsIn(reply.body)[0]?.id : undefined;
}

/** @returns the organization and user of the API key, each empty where Kustomer does not tell */
export async function keyOwner(caller: ApiCaller): Promise<{ orgId: string; userId: string }> {
	const asked = { purpose: 'read the user of the API key' };
	const reply = await apiReply(caller, { ...asked, method: 'GET', path: '/v1/users/current' });
	if (reply.status === 429 || reply.status >= 500) throw refused(caller, reply, asked);
	const [user] = reply.status < 300 ? recordsIn(reply.body) : [];
	return { orgId: idOfRelated(user?.relationships.org), userId: user?.id ?? '' };
}

/** @returns what people call the user; undefined where Kustomer does not tell this key */
export async function userName(caller: ApiCaller, id: string): Promise<string | undefined> {
	const path = `/v1/users/${encodeURIComponent(id)}`;
	const reply = await apiReply(caller, { purpose: 'read the user', method: 'GET', path });
	const [user] = reply.status < 300 ? recordsIn(reply.body) : [];
	return user && labelOf(user);
}

export function webhookOf({ id, attributes, relationships }: ApiRecord): Webhook {
	return {
		id,
		name: textIn(attributes.name),
		url: textIn(attributes.url),
		events: listOf(attributes.events),
		headers: rowsOf(attributes, 'headers').map(({ name, value }) => ({
			name: textIn(name),
			value: textIn(value),
		})),
		enabled: attributes.enabled !== false,
		isError: typeof attributes.isError === 'boolean' ? attributes.isError : null,
		token: textIn(attributes.token),
		orgId: idOfRelated(relationships.org),
		createdBy: idOfRelated(relationships.createdBy),
		modifiedBy: idOfRelated(relationships.modifiedBy),
		createdAt: textIn(attributes.createdAt),
		updatedAt: textIn(attributes.updatedAt),
	};
}

const GONE: Reply = { status: 404, body: undefined };

function isGone({ status }: Reply): boolean {
	return status === 404 || status === 410;
}

function pathOf(id: string): string {
	return `${PATH}/${encodeURIComponent(id)}`;
}

/** Not trimmed: a secret, an address and a name count to the letter. */
function textIn(value: unknown): string {
	return textOrNull(value) ?? '';
}

function listOf(value: unknown): string[] {
	return Array.isArray(value) ? textsOf(value) : [];
}

function idOfRelated(relationship: unknown): string {
	return textIn(recordOf(recordOf(relationship).data).id);
}
