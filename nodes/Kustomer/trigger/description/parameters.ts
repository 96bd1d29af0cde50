import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
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
		description: 'Publishing the workflow makes the webhook in Kustomer, unpublishing removes it',
	},
	{
		name: 'I Set It Up in Kustomer',
		value: 'manual',
		description: 'You copy an address and a secret by hand; no API key needed',
	},
];

const SKIP_OPTIONS: INodePropertyOptions[] = [
	{
		name: 'Also Across Restarts',
		value: 'database',
		description:
			"Remembers the last 10,000 events in n8n's database, for all of its processes. A repeat that only the database knows shows as a short execution without further steps.",
	},
	{
		name: 'Off',
		value: 'off',
		description: 'Every delivery starts the workflow, repeats too',
	},
	{
		name: UNTIL_RESTART,
		value: 'process',
		description:
			'Remembers the last 10,000 events in memory. Costs nothing; a restart forgets them, and each webhook process remembers its own.',
	},
];

const FIELD_DESCRIPTION =
	'The name of a field, e.g. status, assignedUsers or priority. A custom attribute is written "custom." and its name (custom.vip finds custom.vipBool), a related record "related." and its name (related.queue).';

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
		'The value that the field must have. A list matches when it contains the value; leave it empty for a field without a value.',
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

/** The list of events as the editor shows it; `*` stands last because it starts very many executions. */
const EVENT_OPTIONS = [
	...EVENTS.map(({ name, label, about }) => ({ name: label, value: name, description: about })),
	{
		name: 'All Events (*)',
		value: ANY_EVENT,
		description:
			'Every event of your organization, also those that Kustomer may add later: very many executions',
	},
];

const FILTERS: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	description:
		'What else an event must meet to start the workflow. An event that is filtered out costs no execution.',
	options: [
		{
			displayName: 'Changed Fields',
			name: 'changedFields',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Field' },
			default: {},
			placeholder: 'Add Field',
			description:
				'For updates: pass only when one of these fields changed, e.g. when status changes to done. Creations and other events pass anyway.',
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
								'The value before the change. * stands for any value; leave it empty for a field that had no value.',
						},
						{
							...FIELD_VALUE,
							displayName: 'To',
							name: 'to',
							default: { mode: 'text', value: ANY_VALUE },
							description:
								'The value after the change. * stands for any value; leave it empty for a field that was cleared.',
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
			description: 'How many of the Changed Fields must have changed',
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
				'Pass only when the record has these values now, for creations and updates alike, e.g. channels contains email. All conditions must hold.',
			options: [
				{
					displayName: 'Condition',
					name: 'field',
					values: [FIELD_NAME, FIELD_VALUE],
				},
			],
		},
		{
			displayName: 'Ignore Changes by Users',
			name: 'ignoreUserIds',
			type: 'multiOptions',
			default: [],
			typeOptions: { loadOptionsMethod: 'getUsers' },
			description:
				'Drop what these users caused, e.g. another integration whose edits are not to start this workflow. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
				'Drop what these users caused, e.g. another integration whose edits are not to start this workflow. IDs of users stand at the end of their address in Kustomer.',
			displayOptions: { show: MANUAL },
		},
		{
			displayName: 'Ignore Mere Activity',
			name: 'ignoreActivity',
			type: 'boolean',
			default: false,
			description:
				'Whether to drop updates in which only counters, previews and activity times changed. For everybody who listens to customer or conversation updates and cares about what people edit. Concerns updates only; the README lists the fields.',
		},
		{
			displayName: 'Ignore Own Changes',
			name: 'ignoreOwnChanges',
			type: 'boolean',
			default: false,
			description:
				"Whether to drop events that the user of this API key caused, so that a workflow which edits Kustomer does not start itself again. It cannot see changes that a Kustomer workflow makes after a post to an inbound hook: those count as Kustomer's own.",
			displayOptions: { show: AUTOMATIC },
		},
		{
			displayName: 'Message Direction',
			name: 'messageDirection',
			type: 'options',
			default: 'any',
			description:
				'For message events. A workflow that answers new messages needs "From Customers", or it answers its own answers. Other events pass.',
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
				'Names of events that the list does not offer, should Kustomer add one before this node knows it',
		},
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			default: DEFAULT_BATCH,
			typeOptions: { minValue: 1, maxValue: LARGEST_BATCH },
			description:
				'With "Collect Events For": how many events one execution gets at most. The next one starts it at once.',
		},
		{
			displayName: 'Collect Events For (Ms)',
			name: 'batchWindow',
			type: 'number',
			default: 0,
			typeOptions: { minValue: 0, maxValue: LONGEST_BATCH_WINDOW_MS },
			description:
				"Let events that arrive within so many milliseconds start one execution together, an item each. For organizations with many events a second: n8n's work per execution is what slows them down. 0 starts an execution for every event. Each event that waits holds about 11 MB of memory, so at most 50 wait.",
		},
		{
			displayName: 'Ignore Events Older Than (Minutes)',
			name: 'maxEventAge',
			type: 'number',
			default: 0,
			typeOptions: { minValue: 0 },
			description:
				'Drop events that happened longer ago, e.g. when a late answer would only confuse. 0 accepts any age. Kustomer tries again for over an hour when n8n does not answer, so with less than 90 minutes you lose events after a longer interruption.',
		},
		{
			displayName: 'Skip Duplicates',
			name: 'skipDuplicates',
			type: 'options',
			default: 'process',
			description:
				'Kustomer may deliver an event more than once. Each event is to start the workflow once.',
			options: SKIP_OPTIONS,
		},
		{
			displayName: 'Skip Outdated Updates',
			name: 'skipOutdated',
			type: 'boolean',
			default: false,
			description:
				'Whether to drop an update when a newer state of the same record was seen before. For workflows that copy records elsewhere: Kustomer does not keep the order, and a late retry would put an old state over a new one.',
		},
		{
			displayName: 'Webhook Headers',
			name: 'webhookHeaders',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Header' },
			default: {},
			placeholder: 'Add Header',
			description:
				'Extra headers that Kustomer sends with every delivery, for an n8n behind a gateway that asks for one. The values are hidden here but stored in the workflow: who may read the workflow may read them.',
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
							description: 'What the gateway expects',
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
				'Under which name the webhook stands in Kustomer\'s Settings. Empty: "n8n: " and the name and ID of this workflow.',
			displayOptions: { show: AUTOMATIC },
		},
		{
			displayName: 'When to Confirm to Kustomer',
			name: 'acknowledge',
			type: 'options',
			default: 'received',
			description:
				'When n8n tells Kustomer that an event arrived. Kustomer waits a few seconds only and sends again what was not confirmed.',
			options: [
				{
					name: 'When the Event Is Received',
					value: 'received',
					description: 'Right for nearly everybody: n8n has stored the execution by then',
				},
				{
					name: 'When the Workflow Has Finished',
					value: 'finished',
					description:
						'For short workflows only (a few seconds): when the workflow does not succeed, Kustomer sends the event again, up to three times',
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
		description: 'Who makes the webhook in Kustomer',
		options: SETUP_OPTIONS,
	},
	{
		// Lists and links are all that n8n 2.x leaves of a notice's HTML.
		displayName:
			'In this order:<ul><li>1. Copy the Production URL (open "Webhook URLs" above).</li><li>2. In Kustomer, open Settings > Platform > Outbound Webhooks > Add Webhook. Paste the URL, choose the same events as below, leave the toggle off and save.</li><li>3. Open the webhook again with Edit: the secret stands under "Header Information".</li><li>4. Put it into a Kustomer Webhook API credential here.</li><li>5. Publish this workflow.</li><li>6. Switch the toggle in Kustomer on.</li><li>7. When the first event has come, you find it under Executions. In a registered n8n, "Copy to editor" brings it here, so that you can map its fields.</li></ul>',
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
			'What starts the workflow. One trigger may listen to several events, which saves places: Kustomer allows only a few webhooks.',
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
			'Whether every chosen event gets an output of its own, so that one trigger can start different steps without a Switch node',
	},
	{
		displayName:
			'The outputs stand in the order in which the events were chosen, then Additional Events. Removing an event moves the outputs after it, and their connections with them: check the connections after such a change. New events are best added at the end.',
		name: 'splitNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { splitOutputs: [true] } },
	},
	FILTERS,
	OPTIONS,
];
