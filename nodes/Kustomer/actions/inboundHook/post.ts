import type { INodeProperties } from 'n8n-workflow';
import { integerWithin } from '../../narrowing';
import type { Operation } from '../operation';
import type { Item } from '../itemParameters';
import { requireCredential } from '../run';
import { bodyOf } from './content';
import { hookAddress } from './hookAddress';
import { sizeHint } from './limit';
import {
	DEFAULT_RETRIES,
	DEFAULT_TIMEOUT_MS,
	MOST_RETRIES,
	postSettings,
	sendPost,
} from './posting';
import { FIELDS, JSON_TEXT, POST_HOOK, POST_HOOK_TYPE } from './properties';

const LARGEST_BATCH = 50;
const LONGEST_INTERVAL_MS = 3_600_000;

const properties: INodeProperties[] = [
	{
		displayName:
			'Kustomer only accepts what is posted. For anything to happen, a workflow in Kustomer that starts with this hook must be switched on.',
		name: 'acceptedNotice',
		type: 'notice',
		default: '',
	},
	POST_HOOK_TYPE,
	POST_HOOK,
	{
		displayName: 'Content Type',
		name: 'contentType',
		type: 'options',
		noDataExpression: true,
		default: 'json',
		description: 'The format in which the data is sent',
		options: [
			{
				name: 'Form Data',
				value: 'form',
				description: 'Named fields and files, as a web form sends them (multipart/form-data)',
			},
			{ name: 'JSON', value: 'json', description: 'What nearly everybody needs' },
			{ name: 'XML', value: 'xml', description: 'For systems that give XML' },
		],
	},
	{
		displayName: 'Send',
		name: 'specifyBody',
		type: 'options',
		noDataExpression: true,
		default: 'item',
		description: 'Where the data comes from',
		displayOptions: { show: { contentType: ['json', 'form'] } },
		options: [
			{
				name: 'Fields Below',
				value: 'fields',
				description: 'Fields that you list here, without writing JSON',
			},
			{
				name: 'Incoming Item',
				value: 'item',
				description: 'The item as the node before this one gives it',
			},
			{
				name: 'JSON Text',
				value: 'json',
				description: 'JSON that you write yourself, for full control',
			},
		],
	},
	{
		displayName: 'Send',
		name: 'specifyBody',
		type: 'options',
		noDataExpression: true,
		default: 'raw',
		description: 'Where the data comes from',
		displayOptions: { show: { contentType: ['xml'] } },
		options: [{ name: 'XML Text', value: 'raw', description: 'XML that you write or map' }],
	},
	{
		...FIELDS,
		displayOptions: { show: { contentType: ['json', 'form'], specifyBody: ['fields'] } },
	},
	{
		...JSON_TEXT,
		displayOptions: { show: { contentType: ['json', 'form'], specifyBody: ['json'] } },
	},
	{
		displayName: 'XML',
		name: 'body',
		type: 'string',
		typeOptions: { rows: 8 },
		default: '',
		placeholder: 'e.g. <order><number>A-1042</number></order>',
		description: 'The XML to send, exactly as written',
		displayOptions: { show: { contentType: ['xml'] } },
	},
	{
		displayName: 'Files',
		name: 'files',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add File' },
		default: {},
		placeholder: 'Add File',
		description: 'Files of the item to send along. A post has at most 400,000 bytes in total.',
		displayOptions: { show: { contentType: ['form'] } },
		options: [
			{
				displayName: 'File',
				name: 'file',
				values: [
					{
						displayName: 'Field Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. invoice',
						description:
							'The name under which Kustomer receives the file. Empty: the name of the binary field.',
					},
					{
						displayName: 'Input Binary Field',
						name: 'binaryProperty',
						type: 'string',
						default: 'data',
						hint: 'The name of the input binary field containing the file to be sent',
						description: 'It is on the Binary tab of the input',
					},
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Batch Interval (Ms)',
				name: 'batchInterval',
				type: 'number',
				default: 0,
				typeOptions: { minValue: 0 },
				description:
					'Pause between two batches, in milliseconds. For long lists: Kustomer takes about 1,000 posts a minute.',
			},
			{
				displayName: 'Batch Size',
				name: 'batchSize',
				type: 'number',
				default: 1,
				typeOptions: { minValue: 1, maxValue: LARGEST_BATCH },
				description:
					'How many items are sent at the same time. 1 sends one after the other, so that they reach Kustomer in order; more is faster, in any order.',
			},
			{
				displayName: 'Max Retries',
				name: 'maxRetries',
				type: 'number',
				default: DEFAULT_RETRIES,
				typeOptions: { minValue: 0, maxValue: MOST_RETRIES },
				description:
					'How often to try again when Kustomer limits the rate, answers with a status of 500 or more, or cannot be reached. A retry after such a status may leave a duplicate in Kustomer, if the first post was stored nevertheless: 0 excludes that.',
			},
			{
				displayName: 'Retry Broken Connections',
				name: 'retryBrokenConnections',
				type: 'boolean',
				default: false,
				description:
					'Whether to try again when the connection broke or timed out after the post was sent. Kustomer may have received it, so this can leave duplicates: for data where a duplicate does less harm than a gap.',
			},
			{
				displayName: 'Timeout (Ms)',
				name: 'timeout',
				type: 'number',
				default: DEFAULT_TIMEOUT_MS,
				typeOptions: { minValue: 1 },
				description: "How long to wait for Kustomer's answer, in milliseconds",
			},
		],
	},
];

export const post: Operation = {
	name: 'Post',
	value: 'post',
	action: 'Post to inbound webhook',
	description:
		'Send data to an inbound webhook of Kustomer, e.g. an order or a form entry, so that a workflow in Kustomer can work with it. Returns whether Kustomer accepted it, not what became of it.',
	// A form hook needs none, so the credential is asked for where a post needs it.
	properties,
	batches: ({ options }) => ({
		size: integerWithin(options.batchSize, { least: 1, most: LARGEST_BATCH, otherwise: 1 }),
		intervalMs: integerWithin(options.batchInterval, {
			least: 0,
			most: LONGEST_INTERVAL_MS,
			otherwise: 0,
		}),
	}),
	async perItem(item) {
		const hookType = item.value('hookType', 'web') === 'form' ? 'form' : 'web';
		const address = hookAddress(hookType, item.locator('hook').value);
		const body = await bodyOf(item);
		sizesOf(item).push(body.bytes.length);
		if (hookType === 'web') requireCredential(item.context, 'kustomerApi');
		const settings = item.run.once('settings', () => postSettings(item.options));
		return await sendPost(item.context, { hookType, address, body, settings });
	},
};

/** The sizes of all posts of the run, of which one sentence at its end tells. */
function sizesOf({ run }: Item): number[] {
	return run.once('sizes', () => {
		const sizes: number[] = [];
		run.hintAtEnd(() => sizeHint(sizes));
		return sizes;
	});
}
