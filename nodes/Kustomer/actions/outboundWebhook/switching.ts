import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { oneByOne } from '../batches';
import type { Operation } from '../operation';
import { WEBHOOK } from './parameters';
import { chosenWebhookId, switchWebhook, webhookResource } from './webhooks';

async function switchChosen(
	context: IExecuteFunctions,
	target: { enabled: boolean },
): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) => {
		const resource = await webhookResource(context, chosenWebhookId(context, itemIndex));
		return await switchWebhook(context, resource, target);
	});
}

export const enable: Operation = {
	name: 'Enable',
	value: 'enable',
	action: 'Enable outbound webhook',
	description:
		'Switch an outbound webhook on again, e.g. after Kustomer switched it off because deliveries did not arrive',
	properties: [WEBHOOK],
	execute: async (context) => await switchChosen(context, { enabled: true }),
};

export const disable: Operation = {
	name: 'Disable',
	value: 'disable',
	action: 'Disable outbound webhook',
	description:
		'Switch an outbound webhook off without deleting it. Kustomer does not keep the events of that time.',
	properties: [WEBHOOK],
	execute: async (context) => await switchChosen(context, { enabled: false }),
};
