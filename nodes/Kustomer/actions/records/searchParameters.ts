import type { INodeProperties } from 'n8n-workflow';
import { LOCATOR_DEFAULT } from '../itemParameters';
import { having, shown } from './showing';

const SEARCHABLE = having('search');

/** The parameters of a search. */
export const SEARCH: INodeProperties[] = [
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
							'Several values are separated by commas (for text, with the operator Is One Of) or given as a JSON list. Times can be relative: now-30m, now+15m, now-7d.',
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
			loadOptionsDependsOn: ['resource', 'klass.value', 'match', 'sortDirection'],
		},
		default: '',
		description:
			'What decides which records come first. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
