import type { INodeProperties } from 'n8n-workflow';

export const WEBHOOK: INodeProperties = {
	displayName: 'Webhook',
	name: 'webhook',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The outbound webhook, as under Settings > Platform > Outbound Webhooks',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a webhook...',
			typeOptions: { searchListMethod: 'searchWebhooks', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 5fe109880e432183796e9218',
		},
	],
};
