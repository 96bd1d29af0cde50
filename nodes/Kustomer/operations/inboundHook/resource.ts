import type { Resource } from '../operation';
import { post } from './post';

export const inboundHook: Resource = {
	name: 'Inbound Webhook',
	value: 'inboundHook',
	description:
		'Hooks that take data into Kustomer (Settings > Platform > Inbound Webhooks): post to them, make and watch them',
	operations: [post],
	defaultOperation: 'post',
};
