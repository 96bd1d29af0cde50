import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { requireApiKey } from '../credentials';
import { oneByOne } from '../batches';
import { LIST_LENGTH, listLimit } from '../locator';
import type { Operation } from '../operation';
import { webhookItem, webhookResources } from './webhooks';

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) => {
		requireApiKey(context, 'to list outbound webhooks');
		return (await webhookResources(context, listLimit(context, itemIndex))).map(webhookItem);
	});
}

export const getMany: Operation = {
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many outbound webhooks',
	description:
		'List the outbound webhooks of the organization with their addresses, events and whether they are on',
	properties: LIST_LENGTH,
	execute,
};
