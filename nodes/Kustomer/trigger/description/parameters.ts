import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { OUTBOUND_WEBHOOKS } from '../../api/places';
import { ANY_EVENT, EVENTS } from '../../event/catalog';
import { ANY_VALUE } from '../../event/filters';
import { DEFAULT_BATCH, LARGEST_BATCH, LONGEST_BATCH_WINDOW_MS } from '../settings';

const AUTOMATIC = { '/registration': ['automatic'] };
const MANUAL = { '/registration': ['manual'] };

// Constants, because the lint rule for title case would spell n8n with a capital.
const SET_UP_BY_N8N = 'n8n Sets It Up (API Key)';
const UNTIL_RESTART = 'Until n8n Restarts';

const SETUP_OPTIONS: INodePropertyOptions[] = [
	{
		name: SET_UP_BY_N8N,
		value: 'automatic',
		description:
			'Publishing the workflow creates the webhook in Kustomer, and unpublishing deletes it',
	},
	{
		name: 'I Set It Up in Kustomer',
		value: 'manual',
		description:
			'For those who get no API key: you copy an address to Kustomer and a secret to n8n',
	},
];

const SKIP_OPTIONS: INodePropertyOptions[] = [
	{
		name: 'Also Across Restarts',
		value: 'database',
		description:
			"For workflows that must not run twice for the same event, and for queue mode. Remembers the last 10,000 events in n8n's database, for all its processes. A duplicate that only the database remembers appears as a short execution with no further steps.",
	},
	{
		name: 'Off',
		value: 'off',
		description: 'Every delivery starts the workflow, duplicates included',
	},
	{
		name: UNTIL_RESTART,
		value: 'process',
		description:
			'Right for most workflows. Remembers the last 10,000 events in memory, at no cost. A restart forgets them, and each webhook process remembers its own.',
	},
];

const CATCH_UP_OPTIONS: INodePropertyOptions[] = [
	{
		name: 'By an Output of Their Own',
		value: 'separate',
		description:
			'They leave by a last output, "Missed", so that the workflow can treat them differently',
	},
	{
		name: 'Off',
		value: 'off',
		description: 'What Kustomer could not deliver is gone',
	},
	{
		name: 'Together with the Others',
		value: 'together',
		description:
			'They leave by the usual outputs, hours or days late: not for workflows that write to customers',
	},
];

const FIELD_DESCRIPTION =
	'The name of a field, e.g. status, assignedUsers or priority. Write a custom attribute as "custom." and its name (custom.vip finds custom.vipBool), and a related record as "related." and its name (related.queue).';

const FIELD_NAME: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: FIELD_DESCRIPTION,
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a field...',
			typeOptions: { searchListMethod: 'searchFields', searchable: true },
		},
		{ displayName: 'Name', name: 'name', type: 'string', placeholder: 'e.g. custom.vip' },
	],
};

const FIELD_VALUE: INodeProperties = {
	displayName: 'Value',
	name: 'value',
	type: 'resourceLocator',
	default: { mode: 'text', value: '' },
	description:
		'The value that the field must have. A list matches if it contains the value. Leave it empty to match a field without a value.',
	modes: [
		{ displayName: 'Value', name: 'text', type: 'string', placeholder: 'e.g. open' },
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a user, team, queue or tag...',
			typeOptions: { searchListMethod: 'searchRecords', searchable: true },
		},
	],
};

/** `*` is last because it starts very many executions. */
const EVENT_OPTIONS = [
	...EVENTS.map(({ name, label, about }) => ({ name: label, value: name, description: about })),
	{
		name: 'All Events (*)',
		value: ANY_EVENT,
		description:
			'Every event in your organization, including any that Kustomer adds later. Starts very many executions.',
	},
];

const FILTERS: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	description:
		'Further conditions for an event to start the workflow. An event that is filtered out costs no execution.',
	options: [
		{
			displayName: 'Changed Fields',
			name: 'changedFields',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Field' },
			default: {},
			placeholder: 'Add Field',
			description:
				'For workflows that care only about certain changes, e.g. a status that becomes done. Applies to updates; creations and other events always pass.',
			options: [
				{
					displayName: 'Field',
					name: 'field',
					values: [
						FIELD_NAME,
						{
							...FIELD_VALUE,
							displayName: 'From',
							name: 'from',
							default: { mode: 'text', value: ANY_VALUE },
							description:
								'The value before the change. * matches any value. Leave it empty to match a field that had no value.',
						},
						{
							...FIELD_VALUE,
							displayName: 'To',
							name: 'to',
							default: { mode: 'text', value: ANY_VALUE },
							description:
								'The value after the change. * matches any value. Leave it empty to match a field that was cleared.',
						},
					],
				},
			],
		},
		{
			displayName: 'Changed Fields Must Match',
			name: 'changedFieldsMatch',
			type: 'options',
			default: 'any',
			description:
				'With several Changed Fields: whether one of them is enough or all must have changed together',
			options: [
				{ name: 'At Least One', value: 'any' },
				{ name: 'All of Them', value: 'all' },
			],
		},
		{
			displayName: 'Conditions',
			name: 'conditions',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Condition' },
			default: {},
			placeholder: 'Add Condition',
			description:
				'For workflows that care only about certain records, e.g. those whose channels contain email. Applies to creations and updates, and looks at the values the record has now. All conditions must be met.',
			options: [
				{
					displayName: 'Condition',
					name: 'field',
					values: [FIELD_NAME, FIELD_VALUE],
				},
			],
		},
		{
			displayName: 'Ignore Activity-Only Updates',
			name: 'ignoreActivity',
			type: 'boolean',
			default: false,
			description:
				'Whether to drop updates in which only counters, previews and activity times changed. For workflows that care about what people edit. The documentation lists the fields.',
		},
		{
			displayName: 'Ignore Changes by Users',
			name: 'ignoreUserIds',
			type: 'multiOptions',
			default: [],
			typeOptions: { loadOptionsMethod: 'getUsers' },
			description:
				'Drop events that these users caused, e.g. the user of another integration whose edits should not start this workflow. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
			displayOptions: { show: AUTOMATIC },
		},
		{
			displayName: 'Ignore Changes by Users',
			name: 'ignoreUserIds',
			type: 'string',
			default: [],
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add User ID' },
			placeholder: 'e.g. 5fe109880e432183796e9218',
			description:
				"Drop events that these users caused, e.g. the user of another integration whose edits should not start this workflow. A user's ID is at the end of the address of their page in Kustomer.",
			displayOptions: { show: MANUAL },
		},
		{
			displayName: 'Ignore Own Changes',
			name: 'ignoreOwnChanges',
			type: 'boolean',
			default: false,
			description:
				"Whether to drop events that the user of this API key caused, so that a workflow that edits Kustomer does not start itself again. It cannot recognize what a Kustomer workflow changes after a post to an inbound hook: those changes are Kustomer's own.",
			displayOptions: { show: AUTOMATIC },
		},
		{
			displayName: 'Message Direction',
			name: 'messageDirection',
			type: 'options',
			default: 'any',
			description:
				'For message events; other events pass. A workflow that answers new messages needs "From Customers", or it answers its own answers.',
			options: [
				{ name: 'All', value: 'any' },
				{ name: 'From Customers', value: 'in' },
				{ name: 'From Your Team', value: 'out' },
			],
		},
	],
};

const OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Additional Events',
			name: 'additionalEvents',
			type: 'string',
			default: [],
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Event' },
			placeholder: 'e.g. kustomer.company.update',
			description:
				'Names of events that the list does not offer, for when Kustomer has an event that this node does not know yet',
		},
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			default: DEFAULT_BATCH,
			typeOptions: { minValue: 1, maxValue: LARGEST_BATCH },
			description:
				'With "Collect Events For": the most events that one execution gets. When that many have arrived, the execution starts at once.',
		},
		{
			displayName: 'Collect Events For (Ms)',
			name: 'batchWindow',
			type: 'number',
			default: 0,
			typeOptions: { minValue: 0, maxValue: LONGEST_BATCH_WINDOW_MS },
			description:
				'For organizations with many events a second: starting executions is what costs n8n most. Events that arrive within this many milliseconds start one execution together, with one item per event. 0 starts an execution for every event. Each waiting event holds about 11 MB of memory, so at most 50 wait.',
		},
		{
			displayName: 'Fetch Missed Events',
			name: 'catchUp',
			type: 'options',
			default: 'off',
			description:
				'For workflows that must not lose events when n8n is down for hours: what Kustomer could not deliver is fetched afterwards, oldest first, in items with "recovered": true. Conversations, customers and messages only. Each delivery then costs n8n more, because seen events are also remembered in its database. Change it in a published workflow by unpublishing and publishing.',
			displayOptions: { show: AUTOMATIC },
			options: CATCH_UP_OPTIONS,
		},
		{
			displayName: 'Ignore Events Older Than (Minutes)',
			name: 'maxEventAge',
			type: 'number',
			default: 0,
			typeOptions: { minValue: 0 },
			description:
				'Drop events that happened longer ago than this. For workflows whose late reaction would only confuse, e.g. a chat alert. 0 accepts any age. Kustomer retries for over an hour, so with less than 90 minutes you lose events after a long interruption.',
		},
		{
			displayName: 'Keep Webhook On',
			name: 'keepWebhookOn',
			type: 'boolean',
			default: true,
			description:
				'Whether to look at the webhook in Kustomer every five minutes while the workflow is published, and to repair what Kustomer did to it: Kustomer switches a webhook off when its deliveries fail for an hour or so. What is repaired, or left because a person did it, appears as a failed execution (in n8n 1.x in the log only). To pause on purpose, unpublish, or use Outbound Webhook: Disable.',
			displayOptions: { show: AUTOMATIC },
		},
		{
			displayName: 'Skip Duplicates',
			name: 'skipDuplicates',
			type: 'options',
			default: 'process',
			description:
				'Kustomer may deliver an event more than once. This keeps an event from starting the workflow twice.',
			options: SKIP_OPTIONS,
		},
		{
			displayName: 'Skip Outdated Updates',
			name: 'skipOutdated',
			type: 'boolean',
			default: false,
			description:
				'Whether to drop an update if a newer state of the same record has already been seen. For workflows that copy records elsewhere: Kustomer does not keep events in order, and a late retry would overwrite a newer state with an older one.',
		},
		{
			displayName: 'Webhook Headers',
			name: 'webhookHeaders',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Header' },
			default: {},
			placeholder: 'Add Header',
			description:
				'Extra headers that Kustomer sends with every delivery, for an n8n behind a gateway that requires one. The values are hidden here but stored in the workflow: anyone who can read the workflow can read them.',
			displayOptions: { show: AUTOMATIC },
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
							placeholder: 'e.g. X-Gateway-Key',
							description: 'Letters, digits and hyphens',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							typeOptions: { password: true },
							default: '',
							description: 'The value that the gateway expects',
						},
					],
				},
			],
		},
		{
			displayName: 'Webhook Name',
			name: 'webhookName',
			type: 'string',
			default: '',
			placeholder: 'e.g. Orders to Slack (n8n)',
			description:
				'The name of the webhook in Kustomer\'s settings, so that colleagues recognize it. If empty: "n8n: " and the name and ID of this workflow.',
			displayOptions: { show: AUTOMATIC },
		},
		{
			displayName: 'When to Confirm to Kustomer',
			name: 'acknowledge',
			type: 'options',
			default: 'received',
			description:
				'When n8n tells Kustomer that an event has arrived. Kustomer waits only a few seconds, and sends again what was not confirmed.',
			options: [
				{
					name: 'When the Event Is Received',
					value: 'received',
					description: 'Right for nearly everyone: by then, n8n has stored the execution',
				},
				{
					name: 'When the Workflow Has Finished',
					value: 'finished',
					description:
						'For workflows that take only a few seconds and should run again if they fail: Kustomer then sends the event again, up to three tries in all',
				},
			],
		},
	],
};

export const PARAMETERS: INodeProperties[] = [
	{
		displayName: 'Webhook Setup',
		name: 'registration',
		type: 'options',
		noDataExpression: true,
		default: 'automatic',
		description: 'Who creates the webhook in Kustomer',
		options: SETUP_OPTIONS,
	},
	{
		// n8n 2.x strips a notice's HTML down to lists and links.
		displayName: `In this order:<ul><li>1. Copy the Production URL (open "Webhook URLs" above).</li><li>2. In Kustomer, open ${OUTBOUND_WEBHOOKS} > Add Webhook. Paste the URL, choose the same events as below, leave the toggle off and save.</li><li>3. Open the webhook again with Edit: the secret is under "Header Information".</li><li>4. Enter it in a Kustomer Webhook API credential here.</li><li>5. Publish this workflow.</li><li>6. Switch the toggle in Kustomer on.</li><li>7. When the first event has come in, you find it under Executions. In a registered n8n, "Copy to editor" brings it here, so that you can map its fields.</li></ul>`,
		name: 'manualNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { registration: ['manual'] } },
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: EVENT_OPTIONS,
		noDataExpression: true,
		default: [],
		description:
			'What starts the workflow. One trigger can listen to several events, so that you need fewer webhooks: Kustomer allows only a few.',
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description:
			'Whether to return a simplified version of the event, with IDs in place of links and changes as from/to pairs, instead of the event exactly as Kustomer sent it',
	},
	{
		displayName: 'Split Outputs by Event',
		name: 'splitOutputs',
		type: 'boolean',
		default: false,
		description:
			'Whether each chosen event gets an output of its own, so that one trigger can start different steps without a Switch node',
	},
	{
		displayName:
			'The outputs are in the order in which the events were chosen, followed by Additional Events. Removing an event moves the outputs after it, so check their connections afterwards. Add new events at the end.',
		name: 'splitNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { splitOutputs: [true] } },
	},
	FILTERS,
	OPTIONS,
];
