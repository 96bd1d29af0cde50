import type { INodeProperties } from 'n8n-workflow';
import { CHANNELS } from './outgoing';
import { SENDING, shown } from './showing';

const CHANNEL_LABELS: Readonly<Record<(typeof CHANNELS)[number], string>> = {
	chat: 'Chat',
	email: 'Email',
	facebook: 'Facebook',
	instagram: 'Instagram',
	sms: 'SMS',
	'twitter-dm': 'X (Direct Message)',
	'twitter-tweet': 'X (Post)',
	whatsapp: 'WhatsApp',
};

const CHANNEL_OPTIONS = CHANNELS.map((value) => ({ name: CHANNEL_LABELS[value], value })).sort(
	(a, b) => a.name.localeCompare(b.name),
);

const CHANNEL: INodeProperties = {
	displayName: 'Channel',
	name: 'channel',
	type: 'options',
	default: '',
	description: 'How the message goes out',
};

export const SEND_TO: INodeProperties = {
	displayName: 'Send To',
	name: 'sendTo',
	type: 'options',
	noDataExpression: true,
	default: 'conversation',
	description: 'Where the message goes',
	options: [
		{ name: 'Existing Conversation', value: 'conversation', description: 'As an answer' },
		{
			name: 'New Conversation',
			value: 'newConversation',
			description: 'With a customer, e.g. because a parcel is late',
		},
	],
	...shown(['message'], SENDING),
};

/** What reaches a customer, on which way and when; first what every message needs. */
export const MESSAGE_TO_SEND: INodeProperties[] = [
	{
		displayName: 'Text',
		name: 'body',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		placeholder: 'e.g. Dear Jane, your parcel left our warehouse today.',
		description: 'What the customer reads',
		...shown(['message'], SENDING),
	},
	{
		displayName: 'Text Format',
		name: 'bodyFormat',
		type: 'options',
		noDataExpression: true,
		default: 'text',
		description: 'How the text is meant',
		options: [
			{
				name: 'HTML',
				value: 'html',
				description: 'With formatting, links or pictures; for emails only',
			},
			{
				name: 'Text',
				value: 'text',
				description: 'Shown as it is written, also where it contains what looks like HTML',
			},
		],
		...shown(['message'], SENDING),
	},
	{
		displayName: 'Only If',
		name: 'onlyIf',
		type: 'options',
		noDataExpression: true,
		default: 'always',
		description: 'Whether it goes out in any case',
		options: [
			{ name: 'Always', value: 'always' },
			{
				name: 'Not Answered Since',
				value: 'notAnsweredSince',
				description:
					'Looks at the conversation first, and sends nothing if somebody has answered or is writing an answer',
			},
		],
		...shown(['message'], ['send'], { sendTo: ['conversation'] }),
	},
	{
		displayName: 'Since',
		name: 'since',
		type: 'dateTime',
		default: '',
		description:
			"Answers from this time on count. After a Kustomer Trigger, drag its occurredAt here: the time of the customer's message.",
		...shown(['message'], ['send'], { sendTo: ['conversation'], onlyIf: ['notAnsweredSince'] }),
	},
	{
		...CHANNEL,
		options: [{ name: "As in the Customer's Last Message", value: '' }, ...CHANNEL_OPTIONS],
		...shown(['message'], SENDING, { sendTo: ['conversation'] }),
	},
	{
		...CHANNEL,
		required: true,
		options: [{ name: '(Choose)', value: '' }, ...CHANNEL_OPTIONS],
		...shown(['message'], SENDING, { sendTo: ['newConversation'] }),
	},
	{
		displayName: 'From',
		name: 'from',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description:
			'The address or number of your organization that it comes from. Empty: the one that the customer wrote to last. A new conversation needs one.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose an account...',
				typeOptions: { searchListMethod: 'searchOutboundAccounts', searchable: true },
			},
			{
				displayName: 'By Address',
				name: 'address',
				type: 'string',
				placeholder: 'e.g. support@example.com',
			},
		],
		...shown(['message'], SENDING),
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'string',
		default: '',
		placeholder: 'e.g. jane@example.com',
		description:
			"The customer's address, or phone number with the country code. Empty: the one that the customer wrote from last. A new conversation needs one.",
		...shown(['message'], SENDING),
	},
	{
		displayName: 'Subject',
		name: 'subject',
		type: 'string',
		default: '',
		placeholder: 'e.g. Your order A-1042',
		description: "Of an email. Empty: of an answer, the customer's with Re: before it.",
		...shown(['message'], SENDING),
	},
	{
		displayName: 'Cc',
		name: 'cc',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Address' },
		default: [],
		placeholder: 'e.g. accounting@example.com',
		description: 'Who gets a copy of an email, for all to see',
		...shown(['message'], SENDING),
	},
	{
		displayName: 'Bcc',
		name: 'bcc',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Address' },
		default: [],
		placeholder: 'e.g. archive@example.com',
		description: 'Who gets a copy of an email without the others seeing it',
		...shown(['message'], SENDING),
	},
	{
		displayName: 'When',
		name: 'when',
		type: 'options',
		noDataExpression: true,
		default: 'now',
		description: 'When the message goes out',
		options: [
			{ name: 'At a Time', value: 'at', description: 'Kustomer keeps it until then' },
			{ name: 'Now', value: 'now' },
		],
		...shown(['message'], ['send']),
	},
	{
		displayName: 'Send At',
		name: 'sendAt',
		type: 'dateTime',
		default: '',
		description:
			"The time at which it goes out, in the workflow's time zone, e.g. tomorrow at 9. A time that is past is refused.",
		...shown(['message'], ['send'], { when: ['at'] }),
	},
	{
		displayName: 'Send When Testing',
		name: 'sendWhenTesting',
		type: 'boolean',
		default: false,
		description:
			'Whether runs from the editor and evaluations really send. Otherwise they show what would go out, so that trying a workflow does not reach a customer. A sub-workflow always sends, also when you start its parent from the editor.',
		...shown(['message'], ['send']),
	},
];
