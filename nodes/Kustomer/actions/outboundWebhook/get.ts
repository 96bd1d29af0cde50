import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { oneByOne } from '../batches';
import type { Operation } from '../operation';
import { WEBHOOK } from './parameters';
import { chosenWebhookId, webhookItem, webhookResource } from './webhooks';

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) =>
		webhookItem(await webhookResource(context, chosenWebhookId(context, itemIndex))),
	);
}

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get outbound webhook',
	description:
		'Read one outbound webhook: where it sends, which events, and whether it is on or was switched off',
	properties: [WEBHOOK],
	execute,
};
