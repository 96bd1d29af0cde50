import type { Resource } from '../operation';
import { verify } from './verify';

export const event: Resource = {
	name: 'Event',
	value: 'event',
	description: 'Kustomer events that did not reach n8n through the Kustomer Trigger',
	operations: [verify],
	defaultOperation: 'verify',
};
