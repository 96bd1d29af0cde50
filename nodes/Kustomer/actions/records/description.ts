import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { LIST_LENGTH, LOCATOR_DEFAULT } from '../itemParameters';
import { RECORD_KINDS } from './kinds';
import { locatorNamed, locatorOf } from './locators';
import { LIMIT_OF_TOOLS } from './reading';
import type { OperationName, ParentKind, RecordKind } from './record';
import { SEARCH } from './searchParameters';
import { MESSAGE_TO_SEND, SEND_TO } from './sendingParameters';
import { having, LISTS, SENDING, shown, valuesOf, VERBS } from './showing';
import { FILES } from './uploading';
import { ATTRIBUTES, CLEAR, MATCHING, NOTE } from './writingParameters';

/**
 * The parameters of all records. What several operations share is declared once for all of them:
 * n8n looks through every parameter each time that it reads one.
 */

const PARENTS: readonly ParentKind[] = ['customer', 'conversation', 'company'];

const KLASS: INodeProperties = {
	displayName: 'Class',
	name: 'klass',
	type: 'resourceLocator',
	required: true,
	default: LOCATOR_DEFAULT,
	description: 'The kind of custom object, as under Settings > Platform > Klasses',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a class...',
			typeOptions: { searchListMethod: 'searchKlasses', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. order' },
	],
	...shown(['customObject'], ['create', 'delete', 'get', 'getMany', 'search', 'update', 'upsert']),
};

function ownLocators(): INodeProperties[] {
	return RECORD_KINDS.filter(
		(kind) => kind.operations.includes('get') && kind.foundThrough === undefined,
	).map((kind) => ({
		...locatorOf(
			kind,
			`Which ${kind.label.toLowerCase()}. To take it from the step before, drag its ID here.`,
		),
		...shown(
			[kind.value],
			['delete', 'get', 'update', ...(kind.verbs ?? []).filter((verb) => verb !== 'merge')],
		),
	}));
}

function parentLocators(): INodeProperties[] {
	return PARENTS.flatMap((parent) => {
		const kind = RECORD_KINDS.find(({ value }) => value === parent);
		if (kind === undefined) return [];
		const children = valuesOf(({ parents }) => parents?.[parent] !== undefined);
		return [
			{
				...locatorOf(kind, `The ${parent} whose records are listed`),
				...shown(children, ['getMany'], { scope: [parent] }),
			},
		];
	});
}

const SCOPES: readonly INodePropertyOptions[] = [
	{ name: 'All', value: 'all', description: 'Of the whole organization' },
	{ name: 'Of a Company', value: 'company' },
	{ name: 'Of a Conversation', value: 'conversation' },
	{ name: 'Of a Customer', value: 'customer' },
];

function scopes(): INodeProperties[] {
	return RECORD_KINDS.filter(({ parents }) => parents !== undefined).map((kind) => ({
		displayName: 'Scope',
		name: 'scope',
		type: 'options',
		noDataExpression: true,
		default: 'all',
		description: `Whose ${kind.plural} are listed, e.g. those of the customer that an event is about`,
		options: SCOPES.filter(
			({ value }) => value === 'all' || Object.hasOwn(kind.parents ?? {}, String(value)),
		),
		...shown([kind.value], ['getMany']),
	}));
}

/** What a new record belongs to. */
const BELONGS_TO: INodeProperties[] = [
	{
		...locatorNamed('customer', 'The customer that the conversation is with'),
		...shown(['conversation'], ['create']),
	},
	{
		...locatorNamed('customer', 'The customer that a new conversation is with'),
		required: false,
		...shown(['conversation'], ['upsert']),
	},
	{
		displayName: 'Log In',
		name: 'sendTo',
		type: 'options',
		noDataExpression: true,
		default: 'conversation',
		description: 'Where the message is kept',
		options: [
			{ name: 'Existing Conversation', value: 'conversation' },
			{ name: 'New Conversation', value: 'newConversation', description: 'With a customer' },
		],
		...shown(['message'], ['create']),
	},
	SEND_TO,
	{
		...locatorNamed(
			'conversation',
			'The conversation that the message belongs to. To take it from the step before, drag its ID here.',
		),
		...shown(['message'], ['create', ...SENDING], { sendTo: ['conversation'] }),
	},
	{
		...locatorNamed('customer', 'The customer that the message belongs to'),
		...shown(['message'], ['create', ...SENDING], { sendTo: ['newConversation'] }),
	},
	{
		...locatorNamed(
			'conversation',
			'The conversation that the note belongs to. To take it from the step before, drag its ID here.',
		),
		...shown(['note'], ['create']),
	},
	{
		...locatorNamed('conversation', 'The conversation that the customer was asked about'),
		...shown(['satisfaction'], ['get']),
	},
];

const SORTS = [
	{ name: 'First Updated', value: 'firstUpdated', description: 'Longest unchanged first' },
	{ name: 'Last Updated', value: 'lastUpdated', description: 'Latest change first' },
	{ name: 'Newest', value: 'newest', description: 'Created most recently first' },
	{ name: 'Oldest', value: 'oldest', description: 'Created longest ago first' },
];

function sorting(): INodeProperties[] {
	const kinds = RECORD_KINDS.filter(({ sorts }) => sorts !== undefined);
	const full = kinds.filter(({ sorts }) => sorts?.lastUpdated !== undefined);
	const sort = (of: readonly RecordKind[], options: INodePropertyOptions[]): INodeProperties => ({
		displayName: 'Sort',
		name: 'sort',
		type: 'options',
		default: 'newest',
		description: 'The order of the list, which decides what the limit leaves out',
		options,
		...shown(
			of.map(({ value }) => value),
			['getMany'],
		),
	});
	return [
		sort(full, SORTS),
		sort(
			kinds.filter((kind) => !full.includes(kind)),
			SORTS.filter(({ value }) => ['newest', 'oldest'].includes(value)),
		),
	];
}

const [RETURN_ALL, LIMIT] = LIST_LENGTH;

/** How much of a list: a model reads less. */
const LENGTHS: INodeProperties[] = [
	RETURN_ALL,
	withShow(LIMIT, { '@tool': [false] }),
	{ ...withShow(LIMIT, { '@tool': [true] }), default: LIMIT_OF_TOOLS },
].map((property) => withShow(property, { resource: having(...LISTS), operation: LISTS }));

function withShow(property: INodeProperties, show: object): INodeProperties {
	return {
		...property,
		displayOptions: { show: { ...property.displayOptions?.show, ...show } },
	};
}

const FILTERS: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	description: 'Which entries of the list are wanted; for more, use Search',
	options: [
		{
			displayName: 'Created After',
			name: 'createdAfter',
			type: 'dateTime',
			default: '',
			description: 'Only those created at this time or later',
		},
		{
			displayName: 'Updated After',
			name: 'updatedAfter',
			type: 'dateTime',
			default: '',
			description: 'Only those changed at this time or later, e.g. since the last run',
		},
	],
	...shown(
		valuesOf(({ timeFilters }) => timeFilters),
		['getMany'],
	),
};

const CONFIRM: INodeProperties = {
	displayName: 'Confirm',
	name: 'confirm',
	type: 'string',
	default: '',
	description:
		'Repeats the ID or address of the record that is deleted, merged away or redacted, so that a model does this only to what it means',
	...shown([...having('delete'), 'message'], ['delete', 'merge', 'redact'], { '@tool': [true] }),
};

const GIVE_NO_RECORD = new Set(['getTranscript', 'merge', 'redact']);

const SIMPLIFY: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
	...shown(having('get', 'getMany'), [
		'create',
		'get',
		...LISTS,
		'update',
		'upsert',
		...VERBS.filter((verb) => !GIVE_NO_RECORD.has(verb)),
	]),
};

/** Not every record can be upserted in bulk, and an option is shown for all pairs of its lists. */
function bulkFor(operation: OperationName[]): INodeProperties {
	const resource = valuesOf(({ bulk }) => operation.every((name) => bulk?.includes(name)));
	return {
		displayName: 'Bulk',
		name: 'bulk',
		type: 'boolean',
		default: false,
		description:
			'Whether to send up to 100 items in one request, e.g. to sync a list of 50,000. Items then say what became of them, and not what the record is.',
		displayOptions: { show: { '/resource': resource, '/operation': operation } },
	};
}

const OPTIONS: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Archive',
			name: 'archive',
			type: 'boolean',
			default: false,
			description:
				'Whether to search the records that have not changed for two years, which other searches leave out',
			displayOptions: { show: { '/operation': ['search'] } },
		},
		{
			displayName: 'Batch Size',
			name: 'batchSize',
			type: 'number',
			default: 1,
			typeOptions: { minValue: 1, maxValue: 50 },
			description:
				'How many items are worked on at the same time. More is faster where many items come in; 1 keeps their order.',
		},
		bulkFor(['create', 'delete', 'update']),
		bulkFor(['upsert']),
		{
			displayName: 'Fields to Return',
			name: 'fields',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Field' },
			default: [],
			placeholder: 'e.g. status',
			description:
				'Only these attributes, so that items stay small, e.g. for an AI agent or a long list',
			displayOptions: { hide: { '/operation': SENDING } },
		},
		{
			displayName: 'Import',
			name: 'historical',
			type: 'boolean',
			default: false,
			description:
				"Whether these are old records from another system: Kustomer's rules and limits for new ones do not apply to them",
			displayOptions: { show: { '/operation': ['create'] } },
		},
		{
			displayName: 'Include Deleted',
			name: 'includeDeleted',
			type: 'boolean',
			default: false,
			description: 'Whether to find records that were deleted but can still be restored',
			displayOptions: { show: { '/operation': ['search'] } },
		},
		{
			displayName: 'Max Retries',
			name: 'maxRetries',
			type: 'number',
			default: 3,
			typeOptions: { minValue: 0, maxValue: 10 },
			description:
				'How often reading is tried again when Kustomer cannot be reached. A write whose outcome is unknown is never sent again.',
		},
		{
			displayName: 'Names for IDs',
			name: 'names',
			type: 'boolean',
			default: true,
			description:
				'Whether to add the names of tags, users, teams and queues, so that no step has to look them up',
			displayOptions: { hide: { '/operation': SENDING } },
		},
		{
			displayName: 'Timeout (Ms)',
			name: 'timeout',
			type: 'number',
			default: 10000,
			typeOptions: { minValue: 1 },
			description: "How long to wait for Kustomer's answer, in milliseconds",
		},
	],
	...shown(
		RECORD_KINDS.map(({ value }) => value),
		['create', 'delete', 'get', ...LISTS, ...SENDING, 'update', 'upsert', ...VERBS],
	),
};

export const RECORD_PROPERTIES: INodeProperties[] = [
	KLASS,
	...ownLocators(),
	...scopes(),
	...parentLocators(),
	...BELONGS_TO,
	...MESSAGE_TO_SEND,
	...MATCHING,
	...ATTRIBUTES,
	...NOTE,
	{
		...FILES,
		...shown(
			valuesOf(({ takesFiles }) => takesFiles),
			['create', 'createDraft', 'send'],
		),
	},
	...SEARCH,
	...LENGTHS,
	...sorting(),
	FILTERS,
];

/** What most people leave as it is: shown below what an operation alone has. */
export const RECORD_DETAILS: INodeProperties[] = [CONFIRM, SIMPLIFY, CLEAR, OPTIONS];
