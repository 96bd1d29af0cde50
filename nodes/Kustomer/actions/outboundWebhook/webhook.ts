import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodeProperties,
} from 'n8n-workflow';
import {
	changeWebhook,
	listWebhooks,
	type Webhook,
	type WebhookChange,
} from '../../api/outboundWebhooks';
import { refused } from '../../api/request';
import { pausedName, resumedName } from '../../api/webhookMarks';
import { requireApiKey } from '../credentials';
import { locatorText } from '../locator';
import { InputMistake } from '../mistake';
import { searched } from '../search';

export const WEBHOOK: INodeProperties = {
	displayName: 'Webhook',
	name: 'webhook',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The outbound webhook, as under Settings > Platform > Outbound Webhooks',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a webhook...',
			typeOptions: { searchListMethod: 'searchWebhooks', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 5fe109880e432183796e9218',
		},
	],
};

/** The outbound webhooks by their ID; those that are off say so. */
export async function searchWebhooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireApiKey(this, 'for the list of outbound webhooks');
	const entries = (await listWebhooks(this)).map(({ id, name, url, enabled }) => ({
		name: enabled ? name : `${name} (Off)`,
		value: id,
		description: url,
	}));
	return searched(entries, filter);
}

/** @returns the id in the parameter `webhook` */
export function chosenWebhookId(context: IExecuteFunctions, itemIndex: number): string {
	requireApiKey(context, 'for outbound webhooks');
	const id = locatorText(context, 'webhook', itemIndex);
	if (id === '') throw new InputMistake('No webhook is chosen. Choose one in "Webhook".');
	return id;
}

/** @returns a webhook as an item: without its secret, and of its headers the names only */
export function webhookItem(webhook: Webhook) {
	const { id, name, url, enabled, isError, events, headers } = webhook;
	return {
		id,
		name,
		url,
		enabled,
		isError,
		events,
		headerNames: headers.map((header) => header.name),
		createdAt: webhook.createdAt || null,
		updatedAt: webhook.updatedAt || null,
		createdById: webhook.createdBy || null,
	};
}

/**
 * Switches a webhook on, or off with the mark of a pause in its name: then nothing of ours
 * switches it on again. One that is as wanted is left alone.
 *
 * @returns the webhook as an item, as it is afterwards
 * @throws NodeApiError if Kustomer does not change it
 */
export async function switchWebhook(
	context: IExecuteFunctions,
	webhook: Webhook,
	to: 'on' | 'off',
) {
	const enabled = to === 'on';
	const name = enabled ? resumedName(webhook.name) : pausedName(webhook.name);
	const change: WebhookChange = {
		...(enabled !== webhook.enabled && { enabled }),
		...(name !== webhook.name && { name }),
	};
	if (Object.keys(change).length === 0) return webhookItem(webhook);
	const outcome = await changeWebhook(context, webhook.id, change);
	if ('id' in outcome) return webhookItem(outcome);
	throw refused(context, outcome.reply, outcome.asked);
}
