import type { Resource } from '../operation';
import { generate } from './generate';

export const appDefinition: Resource = {
	name: 'App Definition',
	value: 'appDefinition',
	description: 'The JSON with which a Kustomer app declares its webhooks',
	operations: [generate],
	defaultOperation: 'generate',
};
