import type { Resource } from '../operation';
import { deleteWebhook } from './delete';
import { get } from './get';
import { getDeliveries } from './getDeliveries';
import { getMany } from './getMany';
import { repair } from './repair';
import { disable, enable } from './switching';

export const outboundWebhook: Resource = {
	name: 'Outbound Webhook',
	value: 'outboundWebhook',
	description:
		'Webhooks through which Kustomer sends events (Settings > Platform > Outbound Webhooks): watch them, switch them on and off',
	operations: [deleteWebhook, disable, enable, get, getDeliveries, getMany, repair],
	defaultOperation: 'getMany',
};
