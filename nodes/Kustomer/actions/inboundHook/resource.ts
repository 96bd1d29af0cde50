import type { Resource } from '../operation';
import { composeEmail } from './composeEmail';
import { create } from './create';
import { getDeliveries } from './getDeliveries';
import { getMany } from './getMany';
import { post } from './post';

export const inboundHook: Resource = {
	name: 'Inbound Webhook',
	value: 'inboundHook',
	description:
		'Hooks that take data into Kustomer (Settings > Platform > Inbound Webhooks): post to them, make and watch them',
	operations: [composeEmail, create, getDeliveries, getMany, post],
	defaultOperation: 'post',
};
