import { hookItem, hookRecords, hookTypeOf } from '../../api/hooks';
import type { Operation } from '../operation';
import { LIST_LENGTH } from '../itemParameters';
import { HOOK_TYPE } from './properties';

export const getMany: Operation = {
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many inbound webhooks',
	description:
		'List the inbound webhooks of one type with their titles, addresses and event names, e.g. to find where to post',
	credential: 'kustomerApi',
	properties: [HOOK_TYPE, ...LIST_LENGTH],
	async perItem(item) {
		const hookType = hookTypeOf(item.value('hookType', 'web'));
		const records = await hookRecords(item.context, hookType, item.limit);
		return records.map((record) => hookItem(hookType, record));
	},
};
