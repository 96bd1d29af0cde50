import type { Resource } from '../operation';
import { getDeliveries } from './getDeliveries';
import { disable, enable, get, getMany, remove } from './operations';
import { repair } from './repair';

export const outboundWebhook: Resource = {
	name: 'Outbound Webhook',
	value: 'outboundWebhook',
	description:
		'Webhooks through which Kustomer sends events (Settings > Platform > Outbound Webhooks): watch them, switch them on and off',
	operations: [remove, disable, enable, get, getDeliveries, getMany, repair],
	defaultOperation: 'getMany',
};
