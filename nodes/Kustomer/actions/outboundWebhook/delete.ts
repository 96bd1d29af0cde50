import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { removeWebhook } from '../../api/outboundWebhooks';
import { oneByOne } from '../batches';
import type { Operation } from '../operation';
import { WEBHOOK } from './parameters';
import { chosenWebhookId } from './webhooks';

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) => {
		// One that is gone already is as it was wanted.
		await removeWebhook(context, chosenWebhookId(context, itemIndex));
		return { deleted: true };
	});
}

export const deleteWebhook: Operation = {
	name: 'Delete',
	value: 'delete',
	action: 'Delete outbound webhook',
	description:
		'Delete an outbound webhook for good. A workflow that starts with its events gets none any more.',
	properties: [WEBHOOK],
	execute,
};
