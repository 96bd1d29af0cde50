import type { INodeProperties } from 'n8n-workflow';
import { INBOUND_WEBHOOKS } from '../../api/places';
import { BY_ID, LOCATOR_DEFAULT, locatorProperty } from '../itemParameters';

/** The kinds that take posts. */
export const POST_HOOK_TYPE: INodeProperties = {
	displayName: 'Hook Type',
	name: 'hookType',
	type: 'options',
	noDataExpression: true,
	default: 'web',
	description: `Kustomer shows the type of each hook under ${INBOUND_WEBHOOKS}`,
	options: [
		{
			name: 'Form',
			value: 'form',
			description:
				'Open to everybody who knows its address, e.g. for public web forms. Needs no API key.',
		},
		{
			name: 'Web',
			value: 'web',
			description: 'For servers such as n8n: protected by an API key with the role org.hooks',
		},
	],
};

/** Rows of name, value and type, for every operation that takes fields. */
export const FIELDS: INodeProperties = {
	displayName: 'Fields',
	name: 'fields',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Field' },
	default: {},
	placeholder: 'Add Field',
	description: 'What to send, field by field',
	options: [
		{
			displayName: 'Field',
			name: 'field',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. order.number',
					description:
						'Dots make objects: order.number and order.total become one object "order" with two fields. In form data, names are sent as written.',
				},
				{
					displayName: 'Type',
					name: 'type',
					type: 'options',
					default: 'automatic',
					description: 'How the value is sent',
					options: [
						{
							name: 'Automatic',
							value: 'automatic',
							description:
								'What you type is sent as text; what an expression gives keeps its type (number, true or false, list)',
						},
						{
							name: 'Boolean',
							value: 'boolean',
							description: 'The words true or false become a boolean',
						},
						{
							name: 'JSON',
							value: 'json',
							description: 'The value is a list or an object written as JSON',
						},
						{
							name: 'Number',
							value: 'number',
							description: 'The value is a number, with a point before the decimals',
						},
						{
							name: 'Text',
							value: 'text',
							description:
								'Always text, e.g. for order numbers that an expression would give as numbers',
						},
					],
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. A-1042',
					description: 'The value to send',
				},
			],
		},
	],
};

/** JSON as a person writes it. */
export const JSON_TEXT: INodeProperties = {
	displayName: 'JSON',
	name: 'body',
	type: 'json',
	typeOptions: { rows: 8 },
	default: '',
	placeholder: 'e.g. { "order": { "number": "A-1042", "total": 99.5 } }',
	description: 'The JSON to send, exactly as written, spaces and line breaks included',
};

/** The locator of a hook that takes posts. */
export const POST_HOOK: INodeProperties = {
	displayName: 'Hook',
	name: 'hook',
	default: LOCATOR_DEFAULT,
	description:
		'The inbound webhook that takes the data. A key for the list needs the role org.permission.hook.read; with an address no list is needed.',
	...locatorProperty(
		{ method: 'searchPostHooks', placeholder: 'Choose a hook...' },
		{
			// n8n calls a mode of this name so, whatever this says.
			label: 'By URL',
			mode: 'url',
			placeholder: 'e.g. https://api.kustomerapp.com/v1/hooks/web/5f3a…',
			hint: `In Kustomer: ${INBOUND_WEBHOOKS} > Copy Hook Address`,
		},
	),
};

/** All kinds of hooks. */
export const HOOK_TYPE: INodeProperties = {
	displayName: 'Hook Type',
	name: 'hookType',
	type: 'options',
	noDataExpression: true,
	default: 'web',
	description: `Kustomer shows the type of each hook under ${INBOUND_WEBHOOKS}`,
	options: [
		{ name: 'Email', value: 'email', description: 'Takes mail, e.g. order confirmations in Bcc' },
		{
			name: 'Form',
			value: 'form',
			description: 'Takes posts from everybody who knows its address, e.g. public web forms',
		},
		{ name: 'Web', value: 'web', description: 'Takes posts with an API key, from servers' },
	],
};

/** The locator of a hook to look at. */
export const HOOK_BY_ID: INodeProperties = {
	displayName: 'Hook',
	name: 'hook',
	default: LOCATOR_DEFAULT,
	description: 'The inbound webhook to look at',
	...locatorProperty({ method: 'searchHooks', placeholder: 'Choose a hook...' }, BY_ID),
};
