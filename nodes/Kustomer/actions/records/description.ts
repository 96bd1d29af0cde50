import type { INodeProperties, INodePropertyMode, INodePropertyOptions } from 'n8n-workflow';
import { BY_ID, LIST_LENGTH, LOCATOR_DEFAULT, locatorProperty } from '../parameters';
import { RECORD_KINDS } from './kinds';
import type { OperationName, ParentKind, RecordKind } from './record';

/**
 * The parameters of all records. What several operations share is declared once for all of them:
 * n8n looks through every parameter each time that it reads one.
 */

const WRITES: OperationName[] = ['create', 'update', 'upsert'];
const LISTS: OperationName[] = ['getMany', 'search'];
const VERBS = RECORD_KINDS.flatMap(({ verbs }) => verbs ?? []);

/** A note is its text, so it has no form of attributes. */
const withAttributes = valuesOf(
	({ value, attributes }) => attributes.length > 0 && value !== 'note',
);

const PARENTS: readonly ParentKind[] = ['customer', 'conversation', 'company'];

/** @returns the values of the kinds for which this holds */
function valuesOf(holds: (kind: RecordKind) => unknown): string[] {
	return RECORD_KINDS.filter(holds).map(({ value }) => value);
}

function having(...operations: OperationName[]): string[] {
	return valuesOf((kind) => operations.some((operation) => kind.operations.includes(operation)));
}

function shown(resource: string[], operation: string[], more: object = {}) {
	return { displayOptions: { show: { resource, operation, ...more } } };
}

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

/** Every way of naming a record; each kind has some of them. */
const WAYS: { modes: INodePropertyMode[] } = {
	modes: [
		{
			displayName: 'By Email',
			name: 'email',
			type: 'string',
			placeholder: 'e.g. jane@example.com',
		},
		{
			displayName: 'By External ID',
			name: 'externalId',
			type: 'string',
			placeholder: 'e.g. A-1042',
			hint: 'The ID that your own system has for it',
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 5fe109880e432183796e9218',
		},
		{
			displayName: 'By Phone',
			name: 'phone',
			type: 'string',
			placeholder: 'e.g. +14155550123',
		},
		{
			// n8n calls a mode of this name so, whatever this says.
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://acme.kustomerapp.com/app/customers/5fe1…',
			hint: 'The address of its page in Kustomer',
		},
	],
};

/** One definition of a record's locator serves all operations. */
function locatorModes(kind: RecordKind): INodePropertyMode[] {
	const ways = ['id', ...Object.keys(kind.lookups)];
	if (kind.externalIdInList) ways.push('externalId');
	if (kind.page !== undefined && kind.value !== 'message') ways.push('url');
	const { modes } = locatorProperty(
		{ method: listMethod(kind), placeholder: `Choose a ${kind.label.toLowerCase()}...` },
		BY_ID,
	);
	return [...(modes ?? []).slice(0, 1), ...WAYS.modes.filter(({ name }) => ways.includes(name))];
}

/** @returns the name of the method that lists the records of a kind in the editor */
export function listMethod({ value }: Pick<RecordKind, 'value'>): string {
	return `search${value[0].toUpperCase()}${value.slice(1)}s`.replace(/ys$/, 'ies');
}

function locatorOf(kind: RecordKind, description: string): INodeProperties {
	return {
		displayName: kind.label,
		name: kind.value,
		type: 'resourceLocator',
		required: true,
		default: LOCATOR_DEFAULT,
		description,
		modes: locatorModes(kind),
	};
}

function ownLocators(): INodeProperties[] {
	return RECORD_KINDS.filter((kind) => kind.operations.includes('get')).map((kind) => ({
		...locatorOf(kind, `The ${kind.label.toLowerCase()} that is meant`),
		...shown([kind.value], ['delete', 'get', 'update', ...(kind.verbs ?? [])]),
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
	{
		...locatorNamed('conversation', 'The conversation that the message belongs to'),
		...shown(['message'], ['create'], { sendTo: ['conversation'] }),
	},
	{
		...locatorNamed('customer', 'The customer that the message belongs to'),
		...shown(['message'], ['create'], { sendTo: ['newConversation'] }),
	},
	{
		...locatorNamed('conversation', 'The conversation that the note belongs to'),
		...shown(['note'], ['create']),
	},
];

/** @returns the locator of a record that another one is about */
export function locatorNamed(value: string, description: string): INodeProperties {
	const kind = RECORD_KINDS.find((one) => one.value === value) ?? RECORD_KINDS[0];
	return locatorOf(kind, description);
}

const MATCHING: INodeProperties[] = [
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

const ATTRIBUTES: INodeProperties[] = [
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
				name: 'Add',
				value: 'add',
				description: 'What is there stays, e.g. an address that your sheet does not know',
			},
			{ name: 'Replace', value: 'replace', description: 'Only what is given here remains' },
		],
		...shown(withAttributes, ['update', 'upsert']),
	},
	{
		displayName: 'Attributes to Clear',
		name: 'clear',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Attribute' },
		default: [],
		placeholder: 'e.g. custom.vipBool',
		description:
			'Attributes to empty, e.g. when a customer takes back a phone number. An empty value above changes nothing.',
		...shown(withAttributes, ['update', 'upsert']),
	},
];

const NOTE: INodeProperties[] = [
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

const SORTS = [
	{ name: 'First Updated', value: 'firstUpdated', description: 'Longest unchanged first' },
	{ name: 'Last Updated', value: 'lastUpdated', description: 'Latest change first' },
	{ name: 'Newest', value: 'newest', description: 'Created last first' },
	{ name: 'Oldest', value: 'oldest', description: 'Created first first' },
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

const SEARCHABLE = having('search');

const SEARCH: INodeProperties[] = [
	{
		displayName:
			'A search finds what Kustomer has indexed: the last minute may be missing, and so are records unchanged for two years (see the option Archive).',
		name: 'searchNotice',
		type: 'notice',
		default: '',
		...shown(SEARCHABLE, ['search']),
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		default: '',
		placeholder: 'e.g. broken zipper',
		description: 'Plain words to look for anywhere in the record; may be combined with criteria',
		...shown(SEARCHABLE, ['search']),
	},
	{
		displayName: 'Specify Search',
		name: 'specifySearch',
		type: 'options',
		noDataExpression: true,
		default: 'form',
		description: 'How the search is given',
		options: [
			{ name: 'Form', value: 'form', description: 'Criteria that you choose here' },
			{ name: 'JSON', value: 'json', description: "The body of Kustomer's own search" },
			{
				name: 'Saved Search',
				value: 'saved',
				description: 'One that was built in Kustomer, where it is easiest',
			},
		],
		...shown(SEARCHABLE, ['search']),
	},
	{
		displayName: 'Criteria',
		name: 'criteria',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Criterion' },
		default: {},
		placeholder: 'Add Criterion',
		description:
			'What a record must meet, e.g. Status is open and Last Message At is before now-7d',
		options: [
			{
				displayName: 'Criterion',
				name: 'criterion',
				values: [
					{
						displayName: 'Field Name or ID',
						name: 'field',
						type: 'options',
						typeOptions: {
							loadOptionsMethod: 'getSearchFields',
							loadOptionsDependsOn: ['resource', 'klass.value'],
						},
						default: '',
						description:
							'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
					{
						displayName: 'Operator Name or ID',
						name: 'operator',
						type: 'options',
						typeOptions: {
							loadOptionsMethod: 'getSearchOperators',
							loadOptionsDependsOn: ['&field'],
						},
						default: '',
						description:
							'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. open, or now-7d',
						description:
							'Several values are separated by commas or given as a JSON list. Times can be relative: now-30m, now+15m, now-7d.',
					},
				],
			},
		],
		...shown(SEARCHABLE, ['search'], { specifySearch: ['form'] }),
	},
	{
		displayName: 'Match',
		name: 'match',
		type: 'options',
		default: 'all',
		description: 'How many of the criteria must hold',
		options: [
			{ name: 'All Criteria', value: 'all' },
			{ name: 'Any Criterion', value: 'any' },
		],
		...shown(SEARCHABLE, ['search'], { specifySearch: ['form'] }),
	},
	{
		displayName: 'Sort By Name or ID',
		name: 'sortBy',
		type: 'options',
		typeOptions: {
			loadOptionsMethod: 'getSearchSorts',
			loadOptionsDependsOn: ['resource', 'klass.value'],
		},
		default: '',
		description:
			'Empty: by the last change. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		...shown(SEARCHABLE, ['search'], { specifySearch: ['form'] }),
	},
	{
		displayName: 'Sort Direction',
		name: 'sortDirection',
		type: 'options',
		default: 'desc',
		description: 'Which end of the order comes first',
		options: [
			{ name: 'Ascending', value: 'asc', description: 'Oldest or smallest first' },
			{ name: 'Descending', value: 'desc', description: 'Latest or largest first' },
		],
		...shown(SEARCHABLE, ['search'], { specifySearch: ['form'] }),
	},
	{
		displayName: 'Saved Search',
		name: 'savedSearch',
		type: 'resourceLocator',
		required: true,
		default: LOCATOR_DEFAULT,
		description: 'A search that somebody saved in Kustomer',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a saved search...',
				typeOptions: { searchListMethod: 'searchSavedSearches', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 5fe109880e432183796e9218',
			},
		],
		...shown(SEARCHABLE, ['search'], { specifySearch: ['saved'] }),
	},
	{
		displayName: 'Query (JSON)',
		name: 'query',
		type: 'json',
		typeOptions: { rows: 6 },
		default: '',
		placeholder: 'e.g. { "and": [{ "conversation_status": { "equals": "open" } }] }',
		description: "The body of Kustomer's search, as its reference describes it",
		...shown(SEARCHABLE, ['search'], { specifySearch: ['json'] }),
	},
];

const SIMPLIFY: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
	...shown(having('get', 'getMany'), ['create', 'get', ...LISTS, 'update', 'upsert', ...VERBS]),
};

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
		{
			displayName: 'Fields to Return',
			name: 'fields',
			type: 'string',
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Field' },
			default: [],
			placeholder: 'e.g. status',
			description:
				'Only these attributes, so that items stay small, e.g. for an AI agent or a long list',
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
			displayOptions: { show: { '/operation': ['getMany', 'search'] } },
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
		['create', 'delete', 'get', ...LISTS, 'update', 'upsert', ...VERBS],
	),
};

export const RECORD_PROPERTIES: INodeProperties[] = [
	KLASS,
	...ownLocators(),
	...scopes(),
	...parentLocators(),
	...BELONGS_TO,
	...MATCHING,
	...ATTRIBUTES,
	...NOTE,
	...SEARCH,
	...LIST_LENGTH.map((property) => ({
		...property,
		displayOptions: {
			show: {
				...property.displayOptions?.show,
				resource: having(...LISTS),
				operation: LISTS,
			},
		},
	})),
	...sorting(),
	FILTERS,
	SIMPLIFY,
	OPTIONS,
];
