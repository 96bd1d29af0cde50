import type { Resource } from '../operation';
import { verify } from './verify';

export const event: Resource = {
	name: 'Event',
	value: 'event',
	description: 'Events of Kustomer that reached n8n another way than through the Kustomer Trigger',
	operations: [verify],
	defaultOperation: 'verify',
};
