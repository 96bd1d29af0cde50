import type { INodeProperties } from 'n8n-workflow';
import { EVENTS } from '../../event/catalog';
import { rowsOf, textOf, textsOf } from '../../narrowing';
import type { Operation } from '../operation';
import { checkedAppDefinition, type AppHook, type AppWebhook } from './definition';

const EVENT_CHOICES = EVENTS.map(({ name, label, about }) => ({
	name: label,
	value: name,
	description: about,
})).sort((a, b) => a.name.localeCompare(b.name));

const properties: INodeProperties[] = [
	{
		displayName: 'App',
		name: 'app',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. acme_orders',
		description: 'The technical name of your Kustomer app',
	},
	{
		displayName: 'Version',
		name: 'version',
		type: 'string',
		required: true,
		default: '1.0.0',
		placeholder: 'e.g. 1.0.0',
		description: 'Three numbers separated by points. Kustomer accepts each version once.',
	},
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Acme Orders',
		description: 'The name under which people find the app',
	},
	{
		displayName: 'Inbound Webhooks',
		name: 'hooks',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Inbound Webhook' },
		default: {},
		placeholder: 'Add Inbound Webhook',
		description: 'Hooks that every organization gets when it installs the app',
		options: [
			{
				displayName: 'Inbound Webhook',
				name: 'hook',
				values: [
					{
						displayName: 'Description',
						name: 'description',
						type: 'string',
						default: '',
						placeholder: 'e.g. Receives every change of an order',
						description: 'What the hook is for',
					},
					{
						displayName: 'Display Name of the Event',
						name: 'displayEventName',
						type: 'string',
						default: '',
						placeholder: 'e.g. Order Updated',
						description: 'How people see the event when they build a workflow in Kustomer',
					},
					{
						displayName: 'Event Name',
						name: 'eventName',
						type: 'string',
						default: '',
						placeholder: 'e.g. kustomer.app.acme_orders.order.update',
						description:
							'Unique in all of Kustomer. It begins with kustomer.app and a point, or it does not reach workflows.',
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						default: 'web',
						description: 'How data gets in',
						options: [
							{ name: 'Email', value: 'email', description: 'By mail' },
							{ name: 'Form', value: 'form', description: 'By posts without an API key' },
							{ name: 'Web', value: 'web', description: 'By posts with an API key' },
						],
					},
				],
			},
		],
	},
	{
		displayName: 'Outbound Webhooks',
		name: 'webhooks',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Outbound Webhook' },
		default: {},
		placeholder: 'Add Outbound Webhook',
		description:
			'Webhooks that every organization gets when it installs the app. They do not count towards the limit for webhooks created by hand.',
		options: [
			{
				displayName: 'Outbound Webhook',
				name: 'webhook',
				values: [
					{
						displayName: 'Events',
						name: 'events',
						type: 'multiOptions',
						default: [],
						description: 'The events that Kustomer sends',
						options: EVENT_CHOICES,
					},
					{
						displayName: 'Headers',
						name: 'headers',
						type: 'fixedCollection',
						typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Header' },
						default: {},
						placeholder: 'Add Header',
						description: 'Extra headers of every delivery',
						options: [
							{
								displayName: 'Header',
								name: 'header',
								values: [
									{
										displayName: 'Name',
										name: 'name',
										type: 'string',
										default: '',
										placeholder: 'e.g. X-Source',
										description: 'Letters, digits and hyphens',
									},
									{
										displayName: 'Value',
										name: 'value',
										type: 'string',
										default: '',
										placeholder: 'e.g. kustomer',
										description:
											'The value of the header. Anyone who sees the definition can read it.',
									},
								],
							},
						],
					},
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. Conversations to n8n',
						description: 'The name under which people find the webhook in Kustomer',
					},
					{
						displayName: 'URL',
						name: 'url',
						type: 'string',
						default: '',
						placeholder: 'e.g. https://n8n.example.com/webhook/…',
						description:
							'Where Kustomer sends the events: the production URL of a Kustomer Trigger that is set up by hand. At most 255 characters.',
					},
				],
			},
		],
	},
];

function hookIn(row: Record<string, unknown>): AppHook {
	return {
		eventName: textOf(row.eventName),
		displayEventName: textOf(row.displayEventName),
		description: textOf(row.description),
		type: textOf(row.type) || 'web',
	};
}

function webhookIn(row: Record<string, unknown>): AppWebhook {
	return {
		name: textOf(row.name),
		url: textOf(row.url),
		headers: rowsOf(row.headers, 'header').map((header) => ({
			name: textOf(header.name),
			value: textOf(header.value),
		})),
		events: textsOf(row.events),
	};
}

export const generate: Operation = {
	name: 'Generate',
	value: 'generate',
	action: 'Generate app definition',
	description:
		'Write the definition of a Kustomer app that declares inbound and outbound webhooks, checked against the rules of Kustomer. For people who ship an app; calls nothing.',
	properties,
	perItem: async (item) =>
		checkedAppDefinition({
			app: item.text('app'),
			version: item.text('version'),
			title: item.text('title'),
			hooks: item.rows('hooks', 'hook').map(hookIn),
			outboundWebhooks: item.rows('webhooks', 'webhook').map(webhookIn),
		}),
};
