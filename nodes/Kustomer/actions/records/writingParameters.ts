import type { INodeProperties } from 'n8n-workflow';
import { having, shown, valuesOf, WRITES } from './showing';

/** A note is its text, so it has no form of attributes. */
const withAttributes = valuesOf(
	({ value, attributes }) => attributes.length > 0 && value !== 'note',
);

/** What tells whether a record is there. */
export const MATCHING: INodeProperties[] = [
	{
		displayName: 'Match By',
		name: 'matchBy',
		type: 'options',
		noDataExpression: true,
		default: 'email',
		description: 'What tells whether the record is there already',
		options: [
			{ name: 'Email', value: 'email', description: 'An address that the customer writes from' },
			{ name: 'External ID', value: 'externalId', description: 'The ID in your own system' },
			{ name: 'Phone', value: 'phone', description: 'A number with the country code' },
		],
		...shown(['customer'], ['upsert']),
	},
	{
		displayName: 'Match By',
		name: 'matchBy',
		type: 'options',
		noDataExpression: true,
		default: 'externalId',
		description: 'What tells whether the record is there already',
		options: [
			{ name: 'External ID', value: 'externalId', description: 'The ID in your own system' },
		],
		...shown(
			having('upsert').filter((value) => value !== 'customer'),
			['upsert'],
		),
	},
	{
		displayName: 'Match Value',
		name: 'matchValue',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. {{ $json.email }}',
		description:
			'The value to look up. A record that has it is updated, else one with it is created: running the step again changes nothing more.',
		...shown(having('upsert'), ['upsert']),
	},
];

/** What a record is made of. */
export const ATTRIBUTES: INodeProperties[] = [
	{
		displayName: 'Specify Attributes',
		name: 'specifyAttributes',
		type: 'options',
		noDataExpression: true,
		default: 'form',
		description: 'How the values are given',
		options: [
			{ name: 'Form', value: 'form', description: 'Choose attributes and fill them in' },
			{
				name: 'JSON',
				value: 'json',
				description: "Kustomer's own names and values, e.g. from an AI model or another step",
			},
		],
		...shown(withAttributes, WRITES),
	},
	{
		displayName: 'Attributes',
		name: 'attributes',
		type: 'resourceMapper',
		default: { mappingMode: 'defineBelow', value: null },
		noDataExpression: true,
		description: 'Left out or empty: unchanged. Use Attributes to Clear to empty one.',
		typeOptions: {
			loadOptionsDependsOn: ['resource', 'operation', 'klass.value'],
			resourceMapper: {
				resourceMapperMethod: 'getAttributes',
				mode: 'map',
				addAllFields: false,
				supportAutoMap: true,
				fieldWords: { singular: 'attribute', plural: 'attributes' },
			},
		},
		...shown(withAttributes, WRITES, { specifyAttributes: ['form'] }),
	},
	{
		displayName: 'Attributes (JSON)',
		name: 'attributesJson',
		type: 'json',
		typeOptions: { rows: 6 },
		default: '',
		placeholder: 'e.g. { "name": "Jane Doe", "custom": { "vipBool": true } }',
		description:
			"An object of attributes under Kustomer's names. What is left out is unchanged, null empties.",
		...shown(withAttributes, WRITES, { specifyAttributes: ['json'] }),
	},
	{
		displayName: 'Lists',
		name: 'lists',
		type: 'options',
		noDataExpression: true,
		default: 'add',
		description: 'What happens to emails, phones, tags, assignees and other lists',
		options: [
			{
				name: 'Add to What Is There',
				value: 'add',
				description: 'What is there stays, such as an address that your sheet does not know',
			},
			{
				name: 'Replace What Is There',
				value: 'replace',
				description: 'Only what is given here remains',
			},
		],
		...shown(withAttributes, ['update', 'upsert']),
	},
];

export const CLEAR: INodeProperties = {
	displayName: 'Attributes to Clear',
	name: 'clear',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Attribute' },
	default: [],
	placeholder: 'e.g. custom.vipBool',
	description:
		'Attributes to empty, e.g. when a customer takes back a phone number. An empty value in Attributes changes nothing.',
	...shown(withAttributes, ['update', 'upsert']),
};

/** What a note is made of. */
export const NOTE: INodeProperties[] = [
	{
		displayName: 'Text',
		name: 'body',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. Order A-1042 is delayed by two days',
		description: 'What your team reads in the conversation. Customers do not see it.',
		...shown(['note'], ['create', 'update']),
	},
	{
		displayName: 'Mentions',
		name: 'mentions',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Mention' },
		default: {},
		placeholder: 'Add Mention',
		description: 'Users and teams that Kustomer notifies of the note',
		options: [
			{
				displayName: 'Mention',
				name: 'mention',
				values: [
					{
						displayName: 'Kind',
						name: 'kind',
						type: 'options',
						default: 'user',
						description: 'Who is mentioned',
						options: [
							{ name: 'Team', value: 'team' },
							{ name: 'User', value: 'user' },
						],
					},
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. Jane Doe',
						description: 'The name or the ID of the user or team',
					},
				],
			},
		],
		...shown(['note'], ['create', 'update']),
	},
];
