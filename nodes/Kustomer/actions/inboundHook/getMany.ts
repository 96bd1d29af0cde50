import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { requireApiKey } from '../credentials';
import { oneByOne } from '../batches';
import { LIST_LENGTH, listLimit } from '../locator';
import type { Operation } from '../operation';
import { hookItem, hookResources } from './hooks';
import { hookTypeOf } from './hookType';
import { HOOK_TYPE } from './parameters';

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) => {
		requireApiKey(context, 'to list hooks');
		const hookType = hookTypeOf(context, itemIndex);
		const resources = await hookResources(context, hookType, listLimit(context, itemIndex));
		return resources.map((resource) => hookItem(hookType, resource));
	});
}

export const getMany: Operation = {
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many inbound webhooks',
	description:
		'List the inbound webhooks of one type with their titles, addresses and event names, e.g. to find where to post',
	properties: [HOOK_TYPE, ...LIST_LENGTH],
	execute,
};
