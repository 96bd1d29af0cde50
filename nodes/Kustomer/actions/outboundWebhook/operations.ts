import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { deleteWebhook, listWebhooks, readWebhook } from '../../api/outboundWebhooks';
import { oneByOne } from '../batches';
import { requireApiKey } from '../credentials';
import { LIST_LENGTH, listLimit } from '../locator';
import type { Operation } from '../operation';
import { chosenWebhookId, switchWebhook, WEBHOOK, webhookItem } from './webhook';

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get outbound webhook',
	description:
		'Read one outbound webhook: its address and events, and whether it is on or was switched off',
	properties: [WEBHOOK],
	execute: async (context) =>
		await oneByOne(context, async (itemIndex) =>
			webhookItem(await readWebhook(context, chosenWebhookId(context, itemIndex))),
		),
};

export const getMany: Operation = {
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many outbound webhooks',
	description:
		'List the outbound webhooks of the organization with their addresses, events and whether they are on',
	properties: LIST_LENGTH,
	execute: async (context) =>
		await oneByOne(context, async (itemIndex) => {
			requireApiKey(context, 'to list outbound webhooks');
			const webhooks = await listWebhooks(context);
			return webhooks.slice(0, listLimit(context, itemIndex)).map(webhookItem);
		}),
};

export const remove: Operation = {
	name: 'Delete',
	value: 'delete',
	action: 'Delete outbound webhook',
	description:
		'Delete an outbound webhook for good. Workflows that start with its events get no more of them.',
	properties: [WEBHOOK],
	execute: async (context) =>
		await oneByOne(context, async (itemIndex) => {
			// One that is already gone counts as deleted.
			await deleteWebhook(context, chosenWebhookId(context, itemIndex));
			return { deleted: true };
		}),
};

export const enable: Operation = {
	name: 'Enable',
	value: 'enable',
	action: 'Enable outbound webhook',
	description:
		'Switch an outbound webhook on again, e.g. after Kustomer switched it off because deliveries failed. Ends a pause.',
	properties: [WEBHOOK],
	execute: async (context) => await switchChosen(context, 'on'),
};

export const disable: Operation = {
	name: 'Disable',
	value: 'disable',
	action: 'Disable outbound webhook',
	description:
		'Pause an outbound webhook without deleting it: its name then ends in "(paused)", and Repair leaves it off. Kustomer does not keep the events of that time.',
	properties: [WEBHOOK],
	execute: async (context) => await switchChosen(context, 'off'),
};

async function switchChosen(
	context: IExecuteFunctions,
	to: 'on' | 'off',
): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) => {
		const webhook = await readWebhook(context, chosenWebhookId(context, itemIndex));
		return await switchWebhook(context, webhook, to);
	});
}
