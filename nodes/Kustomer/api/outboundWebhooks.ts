import { apiReply, apiRequest, refused, unreadable, type ApiCaller } from './request';
import { recordsIn, type ApiRecord } from './records';
import { isRecord } from '../narrowing';

/**
 * Kustomer's outbound webhooks: the requests, and their replies as plain values.
 * Source: https://developer.kustomer.com/api/apps-platform/list-outbound-webhooks
 */
export type Header = { name: string; value: string };

/** What a webhook is to be. */
export type WantedWebhook = {
	name: string;
	url: string;
	events: readonly string[];
	headers: readonly Header[];
};

/** A webhook as Kustomer has it. */
export type Webhook = {
	id: string;
	name: string;
	url: string;
	events: readonly string[];
	headers: readonly Header[];
	enabled: boolean;
	/** The secret. It stays in process memory. */
	token: string;
	orgId: string;
	createdBy: string;
	/** ISO 8601; empty where Kustomer does not tell. */
	createdAt: string;
};

const PATH = '/v1/outbound-webhooks';
const READ_ROLE = 'org.outbound_webhooks (or org.permission.outbound_webhook.read)';
const CREATE_ROLE = 'org.outbound_webhooks (or org.permission.outbound_webhook.create)';
const UPDATE_ROLE = 'org.outbound_webhooks (or org.permission.outbound_webhook.update)';
const DELETE_ROLE = 'org.outbound_webhooks (or org.permission.outbound_webhook.delete)';

/**
 * @throws NodeApiError when Kustomer refuses, or answers with anything but a list: taken for an
 *   empty one, it would make the trigger create a second webhook
 */
export async function listWebhooks(caller: ApiCaller, timeoutMs?: number): Promise<Webhook[]> {
	const asked = {
		purpose: 'list the outbound webhooks of your organization',
		role: READ_ROLE,
	};
	const body = await apiRequest(caller, { ...asked, method: 'GET', path: PATH, timeoutMs });
	if (!isRecord(body) || !Array.isArray(body.data)) throw unreadable(caller, asked);
	return recordsIn(body).map(webhookOf);
}

/**
 * @returns the webhook, or nothing when Kustomer has none of this id
 * @throws NodeApiError when Kustomer refuses, or answers with anything but a webhook
 */
export async function findWebhook(
	caller: ApiCaller,
	id: string,
	timeoutMs?: number,
): Promise<Webhook | undefined> {
	const asked = { purpose: 'read the webhook from Kustomer', role: READ_ROLE };
	const reply = await apiReply(caller, { ...asked, method: 'GET', path: pathOf(id), timeoutMs });
	if (reply.status === 404 || reply.status === 410) return undefined;
	if (reply.status >= 300) throw refused(caller, reply, asked);
	const [found] = recordsIn(reply.body);
	if (found === undefined) throw unreadable(caller, asked);
	return webhookOf(found);
}

/** @returns the new webhook and the raw status, so that a refusal can be explained by the caller */
export async function postWebhook(caller: ApiCaller, wanted: WantedWebhook) {
	return await apiReply(caller, { ...CREATING, method: 'POST', path: PATH, body: bodyOf(wanted) });
}

export const CREATING = { purpose: 'create the webhook in Kustomer', role: CREATE_ROLE } as const;

/**
 * Changes a webhook. Which verb Kustomer wants is not documented where it could be read, so PUT
 * comes first and PATCH when PUT is unknown.
 *
 * @returns whether it was changed; false when Kustomer knows neither verb
 * @throws NodeApiError when Kustomer refuses the change
 */
export async function updateWebhook(
	caller: ApiCaller,
	id: string,
	wanted: WantedWebhook & { enabled: boolean },
): Promise<boolean> {
	const asked = { purpose: 'change the webhook in Kustomer', role: UPDATE_ROLE };
	for (const method of ['PUT', 'PATCH'] as const) {
		const body = { ...bodyOf(wanted), enabled: wanted.enabled };
		const reply = await apiReply(caller, { ...asked, method, path: pathOf(id), body });
		if (reply.status < 300) return true;
		if (reply.status !== 404 && reply.status !== 405) throw refused(caller, reply, asked);
	}
	return false;
}

/**
 * @returns whether it was there
 * @throws NodeApiError when it could not be removed; a webhook that is not there counts as removed
 */
export async function removeWebhook(caller: ApiCaller, id: string): Promise<boolean> {
	const asked = { purpose: 'delete the webhook in Kustomer', role: DELETE_ROLE };
	const reply = await apiReply(caller, { ...asked, method: 'DELETE', path: pathOf(id) });
	if (reply.status === 404 || reply.status === 410) return false;
	if (reply.status >= 300) throw refused(caller, reply, asked);
	return true;
}

/** @returns the names that this organization can subscribe to; empty when Kustomer does not tell */
export async function listEventNames(caller: ApiCaller): Promise<string[]> {
	const reply = await apiReply(caller, {
		purpose: 'list the events of your organization',
		method: 'GET',
		path: `${PATH}/events`,
	});
	const events = reply.status < 300 && isRecord(reply.body) ? reply.body.events : undefined;
	return textsIn(events);
}

/**
 * @returns the id of the user behind the API key; nothing when Kustomer does not tell it this key
 * @throws NodeApiError when Kustomer cannot tell at the moment
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

/** @returns a JSON:API resource as a webhook; what is missing becomes empty */
export function webhookOf(record: ApiRecord): Webhook {
	const { attributes, relationships } = record;
	return {
		id: record.id,
		name: textIn(attributes.name),
		url: textIn(attributes.url),
		events: textsIn(attributes.events),
		headers: headersIn(attributes.headers),
		enabled: attributes.enabled !== false,
		token: textIn(attributes.token),
		orgId: relatedIdIn(relationships.org),
		createdBy: relatedIdIn(relationships.createdBy),
		createdAt: textIn(attributes.createdAt),
	};
}

function bodyOf(wanted: WantedWebhook) {
	const { name, url, events, headers } = wanted;
	return { name, url, events: [...events], headers: [...headers] };
}

function pathOf(id: string): string {
	return `${PATH}/${encodeURIComponent(id)}`;
}

function textIn(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

function textsIn(value: unknown): string[] {
	return Array.isArray(value)
		? value.filter((entry): entry is string => typeof entry === 'string')
		: [];
}

function relatedIdIn(relationship: unknown): string {
	return isRecord(relationship) && isRecord(relationship.data) ? textIn(relationship.data.id) : '';
}

function headersIn(value: unknown): Header[] {
	if (!Array.isArray(value)) return [];
	return value
		.filter(isRecord)
		.map((header) => ({ name: textIn(header.name), value: textIn(header.value) }));
}
