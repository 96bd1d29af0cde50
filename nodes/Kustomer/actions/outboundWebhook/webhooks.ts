import type { IExecuteFunctions } from 'n8n-workflow';
import { apiList, resourcesOf, type Resource } from '../../api/paging';
import { apiError, apiRequest, type ApiCaller } from '../../api/request';
import { updateWebhook, webhookOf } from '../../api/outboundWebhooks';
import { InputMistake } from '../mistake';
import { requireApiKey } from '../credentials';
import { locatorText } from '../locator';
import { headerNames } from '../withoutSecrets';

export const PATH = '/v1/outbound-webhooks';

export const READ_ROLE = 'org.outbound_webhooks (or org.permission.outbound_webhook.read)';

const UNKNOWN_WEBHOOK =
	'Kustomer has no outbound webhook with this ID. It may have been deleted: choose one from the list.';

/** @param limit how many to read at most; all when left out */
export async function webhookResources(caller: ApiCaller, limit?: number): Promise<Resource[]> {
	return await apiList(caller, {
		purpose: 'list the outbound webhooks of your organization',
		role: READ_ROLE,
		path: PATH,
		limit,
	});
}

/** @throws NodeApiError when Kustomer has none of this id */
export async function webhookResource(caller: ApiCaller, id: string): Promise<Resource> {
	const body = await apiRequest(caller, {
		purpose: 'read the webhook from Kustomer',
		role: READ_ROLE,
		missing: UNKNOWN_WEBHOOK,
		method: 'GET',
		path: `${PATH}/${encodeURIComponent(id)}`,
	});
	const [resource] = resourcesOf(body);
	if (resource !== undefined) return resource;
	throw apiError(caller, 'n8n could not read the webhook from Kustomer: the reply holds none.');
}

/**
 * Switches a webhook on or off; one that already is as wanted is left alone.
 *
 * @returns the webhook as an item, as it is afterwards
 * @throws NodeApiError when Kustomer does not change it
 */
export async function switchWebhook(
	caller: ApiCaller,
	resource: Resource,
	target: { enabled: boolean },
) {
	const webhook = webhookOf(resource);
	if (webhook.enabled !== target.enabled) {
		const isChanged = await updateWebhook(caller, webhook.id, { ...webhook, ...target });
		if (!isChanged) throw apiError(caller, cannotSwitch(webhook.name, target));
	}
	const isError = target.enabled ? false : (resource.attributes.isError ?? null);
	return { ...webhookItem(resource), ...target, isError };
}

/** @returns a webhook as an item: without its secret, and of its headers the names only */
export function webhookItem(resource: Resource) {
	const { attributes } = resource;
	const { id, name, url, enabled, events, createdBy } = webhookOf(resource);
	return {
		id,
		name,
		url,
		enabled,
		isError: attributes.isError ?? null,
		events: [...events],
		headerNames: headerNames(attributes.headers),
		createdAt: attributes.createdAt ?? null,
		updatedAt: attributes.updatedAt ?? null,
		createdById: createdBy === '' ? null : createdBy,
	};
}

/** @returns the id in the parameter `webhook` */
export function chosenWebhookId(context: IExecuteFunctions, itemIndex: number): string {
	requireApiKey(context, 'for outbound webhooks');
	const id = locatorText(context, 'webhook', itemIndex);
	if (id === '') throw new InputMistake('No webhook is chosen. Choose one in "Webhook".');
	return id;
}

function cannotSwitch(name: string, target: { enabled: boolean }): string {
	return `Kustomer offers no way to switch the webhook "${name}" ${target.enabled ? 'on' : 'off'} from outside. Use the toggle in Kustomer: Settings > Platform > Outbound Webhooks.`;
}
