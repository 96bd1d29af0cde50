import type { INodeParameters } from 'n8n-workflow';
import { QUEUES, TAGS, TEAMS, USERS } from '../../sandbox/kustomer/people.cts';
import { located, madeBy, type Step } from './stepWorkflow.cts';

/** What comes in at the start, as the rows of a sheet. */
export const ROWS_OF_SHEET = [
	{ name: 'Ada Okafor', emails: 'ada@example.com', 'custom.ordersNum': '3', rev: 7 },
	{ name: 'Bruno Lima', emails: 'bruno@example.com', 'custom.loyaltyStr': 'gold' },
	{ name: 'Solveig B. Aune', emails: 'solveig.aune@example.com' },
];
const SECOND_ADDRESS = 'vogt@lindenhof.example';
const SOME_NUMBER: unknown = expect.any(Number);
const SOME_INSTANT: unknown = expect.stringMatching(/Z$/);
const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
/** The file of the one message that has some. */
const ATTACHED = {
	_id: textLike(/^\w{24}$/),
	name: 'spout.txt',
	contentType: 'text/plain',
	contentLength: SOME_NUMBER,
};
/** What Kustomer made of an address: it may have a type, and whether it is verified. */
const entryOf = (email: string): unknown => expect.objectContaining({ email });
const person = (email: string) => ({ email });

/** The parameters that say what a step does. */
export const of = (resource: string, operation: string, more: INodeParameters = {}) => ({
	resource,
	operation,
	...more,
});
/** A step about custom objects of one class. */
export const inKlass = (operation: string, more: INodeParameters = {}) =>
	of('customObject', operation, { klass: located('list', 'order'), ...more });

const CUSTOMERS: readonly Step[] = [
	{
		name: 'Upsert Customers of a Sheet',
		parameters: of('customer', 'upsert', { matchBy: 'email', matchValue: '={{ $json.emails }}' }),
		isMapped: true,
		forEach: true,
		asks: [
			'GET /v1/customers/email=ada%40example.com',
			'POST /v1/customers',
			'GET /v1/customers/email=bruno%40example.com',
			'POST /v1/customers',
			'GET /v1/customers/email=solveig.aune%40example.com',
			'PATCH /v1/customers/{Solveig}',
		],
		body: {
			name: 'Solveig B. Aune',
			emails: [entryOf('solveig.aune@example.com')],
			rev: SOME_NUMBER,
			company: '{Company of Solveig}',
		},
		gives: [
			{ created: true, attributes: { name: 'Ada Okafor', custom: { ordersNum: 3 } } },
			{ created: true, attributes: { name: 'Bruno Lima', custom: { loyaltyStr: 'Gold' } } },
			{ created: false, id: '{Solveig}', attributes: { name: 'Solveig B. Aune' } },
		],
	},
	{
		name: 'Upsert Customers in Bulk',
		parameters: of('customer', 'upsert', {
			matchBy: 'externalId',
			matchValue: "={{ $itemIndex === 1 ? 'C-1003' : 'BULK-' + $itemIndex }}",
			specifyAttributes: 'json',
			attributesJson: "={{ JSON.stringify({ defaultLang: 'de' }) }}",
			options: { bulk: true },
		}),
		forEach: true,
		asks: [
			'POST /v1/customers/bulk',
			'GET /v1/customers/externalId=C-1003',
			'PUT /v1/customers/bulk',
		],
		body: [
			{
				id: '{Anneliese}',
				defaultLang: 'de',
				rev: SOME_NUMBER,
				company: '{Company of Anneliese}',
			},
		],
		gives: [
			{ status: 'created', created: true },
			{ id: '{Anneliese}', status: 'updated', created: false },
			{ status: 'created', created: true },
		],
	},
	{
		name: 'Create Orders in Bulk',
		parameters: inKlass('create', {
			specifyAttributes: 'json',
			attributesJson:
				"={{ JSON.stringify({ title: 'Bulk ' + $itemIndex, externalId: 'BULK-' + $itemIndex }) }}",
			options: { bulk: true },
		}),
		forEach: true,
		asks: ['POST /v1/klasses/order/bulk'],
		body: [0, 1, 2].map((at) => ({ title: `Bulk ${at}`, externalId: `BULK-${at}` })),
		gives: [0, 1, 2].map(() => ({ id: textLike(/^[0-9a-f]{24}$/), status: 'created' })),
	},
	{
		name: 'Create Customer',
		parameters: of('customer', 'create'),
		form: {
			name: 'Jane Doe',
			emails: 'jane+tea@example.com, jane@work.example',
			tags: 'Wholesale',
			birthdayAt: '1990-02-03',
			'custom.vipBool': true,
			'custom.loyaltyStr': 'Silver',
			'custom.ordersNum': 12,
			'custom.lastOrderAt': '2026-11-20T10:00:00.000+01:00',
		},
		asks: ['POST /v1/customers'],
		body: {
			name: 'Jane Doe',
			emails: [person('jane+tea@example.com'), person('jane@work.example')],
			tags: [TAGS[3].id],
			birthdayAt: '1990-02-03',
			custom: {
				vipBool: true,
				loyaltyStr: 'Silver',
				ordersNum: 12,
				lastOrderAt: '2026-11-20T09:00:00.000Z',
			},
		},
		gives: {
			type: 'customer',
			attributes: { name: 'Jane Doe', custom: { vipBool: true } },
			names: { tags: ['wholesale'] },
			url: null,
		},
	},
	{
		name: 'Create Customer From JSON',
		parameters: of('customer', 'create', {
			specifyAttributes: 'json',
			attributesJson: '{"name":"Json","phones":[{"phone":"+15550107"}],"custom":{"vipBool":false}}',
			options: { historical: true },
		}),
		asks: ['POST /v1/customers'],
		body: {
			name: 'Json',
			phones: [{ phone: '+15550107' }],
			custom: { vipBool: false },
			importedAt: SOME_INSTANT,
		},
		gives: { attributes: { name: 'Json' } },
	},
	{
		name: 'Get Customer by Email',
		parameters: of('customer', 'get', { customer: located('email', 'jane+tea@example.com') }),
		asks: ['GET /v1/customers/email=jane%2Btea%40example.com'],
		gives: { id: '{Create Customer}' },
	},
	{
		name: 'Get Customer by Phone',
		parameters: of('customer', 'get', { customer: located('phone', '+15550107') }),
		asks: ['GET /v1/customers/phone=%2B15550107'],
		gives: { id: '{Create Customer From JSON}' },
	},
	{
		name: 'Get Customer by External ID',
		parameters: of('customer', 'get', { customer: located('externalId', 'C-1003') }),
		asks: ['GET /v1/customers/externalId=C-1003'],
		gives: { attributes: { name: 'Anneliese Vogt' } },
	},
	{
		name: 'Get Customer by Address of Its Page',
		parameters: of('customer', 'get', {
			customer: located(
				'url',
				"=https://acme.kustomerapp.com/app/customers/{{ $('Create Customer').first().json.id }}",
			),
		}),
		asks: ['GET /v1/customers/{Create Customer}'],
		gives: { id: '{Create Customer}' },
	},
	{
		name: 'Get Raw Customer',
		parameters: of('customer', 'get', {
			customer: located('list', "={{ $('Create Customer').first().json.id }}"),
			simplify: false,
		}),
		asks: ['GET /v1/customers/{Create Customer}'],
		gives: { type: 'customer', relationships: { org: { data: { type: 'org' } } } },
	},
	{
		name: 'Get Many Customers',
		parameters: of('customer', 'getMany', {
			returnAll: false,
			limit: 2,
			sort: 'oldest',
			filters: { updatedAfter: '2020-01-01T00:00:00' },
		}),
		asks: ['GET /v1/customers'],
		query: { sort: 'createdAt', 'filter[updatedAt][gte]': '2020-01-01T05:00:00.000Z' },
		gives: [{ type: 'customer' }, { type: 'customer' }],
	},
	{
		name: 'Search Customers',
		parameters: of('customer', 'search', {
			criteria: {
				criterion: [
					{ field: 'customer_custom_loyaltyStr', operator: 'in', value: 'Gold, Silver' },
					{ field: 'customer_updated_at', operator: 'gte', value: 'now-7d' },
				],
			},
			match: 'all',
			sortBy: 'customer_updated_at',
			sortDirection: 'asc',
			returnAll: true,
		}),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'customer',
			and: [
				{ customer_custom_loyaltyStr: { in: ['Gold', 'Silver'] } },
				{ customer_updated_at: { gte: SOME_INSTANT } },
			],
			sort: [{ customer_updated_at: 'asc' }],
			timeZone: 'America/New_York',
		},
		givesAmong: { id: '{Create Customer}' },
	},
	{
		name: 'Search Customers by Words',
		parameters: of('customer', 'search', { text: 'Watanabe', limit: 5 }),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'customer',
			and: [{ customer_any_text: { contains: 'Watanabe' } }],
			sort: [{ customer_updated_at: 'desc' }],
			timeZone: 'America/New_York',
		},
		gives: [{ attributes: { name: 'Jun Watanabe' } }],
	},
	{
		name: 'Search Customers With JSON',
		parameters: of('customer', 'search', {
			specifySearch: 'json',
			query: '{"and":[{"customer_email":{"equals":"jane@work.example"}}]}',
		}),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'customer',
			and: [{ customer_email: { equals: 'jane@work.example' } }],
		},
		gives: [{ id: '{Create Customer}' }],
	},
	{
		name: 'Update Customer',
		parameters: of('customer', 'update', {
			customer: located('email', SECOND_ADDRESS),
			lists: 'add',
			clear: ['custom.notesTxt'],
		}),
		form: { emails: 'new@lindenhof.example', 'custom.ordersNum': 5 },
		asks: ['GET /v1/customers/email=vogt%40lindenhof.example', 'PATCH /v1/customers/{Anneliese}'],
		body: {
			emails: [
				entryOf('a.vogt+tea@example.com'),
				entryOf(SECOND_ADDRESS),
				person('new@lindenhof.example'),
			],
			custom: { ordersNum: 5, notesTxt: null },
			company: '{Company of Anneliese}',
			rev: SOME_NUMBER,
		},
		gives: {
			id: '{Anneliese}',
			attributes: { custom: { ordersNum: 5, loyaltyStr: 'Gold' } },
			related: { company: '{Company of Anneliese}' },
		},
	},
	{
		name: 'Replace Emails',
		parameters: of('customer', 'update', {
			customer: madeBy('Create Customer'),
			lists: 'replace',
		}),
		form: { emails: '[{"email":"only@example.com","type":"work"}]' },
		asks: ['PATCH /v1/customers/{Create Customer}'],
		body: { emails: [{ email: 'only@example.com', type: 'work' }], rev: SOME_NUMBER },
		gives: { attributes: { emails: [{ email: 'only@example.com' }] } },
	},
	{
		name: 'Upsert Customer by External ID',
		parameters: of('customer', 'upsert', { matchBy: 'externalId', matchValue: 'X/7 ü' }),
		form: { name: 'Ümit' },
		asks: ['GET /v1/customers/externalId=X%2F7%20%C3%BC', 'POST /v1/customers'],
		body: { name: 'Ümit', externalId: 'X/7 ü' },
		gives: { created: true },
	},
	{
		name: 'Upsert Customer Again',
		parameters: of('customer', 'upsert', { matchBy: 'externalId', matchValue: 'X/7 ü' }),
		form: { name: 'Ümit' },
		asks: [
			'GET /v1/customers/externalId=X%2F7%20%C3%BC',
			'PATCH /v1/customers/{Upsert Customer by External ID}',
		],
		body: { name: 'Ümit', rev: 1 },
		gives: { created: false, id: '{Upsert Customer by External ID}' },
	},
	{
		name: 'Delete Customer',
		parameters: of('customer', 'delete', { customer: madeBy('Create Customer From JSON') }),
		asks: ['DELETE /v1/customers/{Create Customer From JSON}'],
		gives: { deleted: true, id: '{Create Customer From JSON}' },
	},
	{
		name: 'Get Deleted Customer',
		parameters: of('customer', 'get', { customer: located('phone', '+15550107') }),
		asks: ['GET /v1/customers/phone=%2B15550107'],
		gives: { error: textLike(/no customer with the phone number \+15550107/) },
	},
];

const CONVERSATIONS: readonly Step[] = [
	{
		name: 'Create Conversation',
		parameters: of('conversation', 'create', { customer: located('email', 'only@example.com') }),
		form: {
			name: 'Cracked lid',
			queue: 'Repair workshop',
			tags: 'wholesale',
			externalId: 'CV 1',
			'custom.orderIdStr': 'TW-1',
		},
		asks: ['GET /v1/customers/email=only%40example.com', 'POST /v1/conversations'],
		body: {
			customer: '{Create Customer}',
			name: 'Cracked lid',
			queue: { id: QUEUES[2].id },
			tags: [TAGS[3].id],
			externalId: 'CV 1',
			custom: { orderIdStr: 'TW-1' },
		},
		gives: {
			type: 'conversation',
			related: { customer: '{Create Customer}' },
			names: { tags: ['wholesale'], queue: 'Repair workshop' },
		},
	},
	{
		name: 'Get Conversation',
		parameters: of('conversation', 'get', { conversation: madeBy('Create Conversation') }),
		asks: ['GET /v1/conversations/{Create Conversation}'],
		gives: { id: '{Create Conversation}', attributes: { status: 'open' } },
	},
	{
		name: 'Get Conversation by External ID',
		parameters: of('conversation', 'get', { conversation: located('externalId', 'CV 1') }),
		asks: ['GET /v1/conversations/externalId=CV%201'],
		gives: { id: '{Create Conversation}' },
	},
	{
		name: 'Get Conversation by Address of Its Page',
		parameters: of('conversation', 'get', {
			conversation: located(
				'url',
				"=https://acme.kustomerapp.com/app/customers/{{ $('Create Customer').first().json.id }}/event/{{ $('Create Conversation').first().json.id }}",
			),
		}),
		asks: ['GET /v1/conversations/{Create Conversation}'],
		gives: { id: '{Create Conversation}' },
	},
	{
		name: 'Get Many Conversations',
		parameters: of('conversation', 'getMany', { limit: 3, sort: 'newest' }),
		asks: ['GET /v1/conversations'],
		query: { sort: 'desc', pageSize: '3' },
		gives: [{ id: '{Create Conversation}' }, {}, {}],
	},
	{
		name: 'Get Conversations of Customer',
		parameters: of('conversation', 'getMany', {
			scope: 'customer',
			customer: located('email', 'only@example.com'),
		}),
		asks: ['GET /v1/customers/{Create Customer}/conversations'],
		gives: [{ id: '{Create Conversation}' }],
	},
	{
		name: 'Run Saved Search',
		parameters: of('conversation', 'search', {
			specifySearch: 'saved',
			savedSearch: located('list', '{Open repairs}'),
			returnAll: true,
		}),
		asks: ['GET /v1/customers/searches/{Open repairs}', 'POST /v1/customers/search'],
		body: {
			queryContext: 'conversation',
			and: [
				{ conversation_status: { equals: 'open' } },
				{ conversation_queue: { equals: QUEUES[2].id } },
			],
			or: [],
			sort: [{ conversation_updated_at: 'desc' }],
		},
		givesAmong: { id: '{Create Conversation}' },
	},
	{
		name: 'Search Conversations',
		parameters: of('conversation', 'search', {
			criteria: {
				criterion: [{ field: 'conversation_queue', operator: 'equals', value: 'Repair workshop' }],
			},
			match: 'any',
		}),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'conversation',
			or: [{ conversation_queue: { equals: QUEUES[2].id } }],
			sort: [{ conversation_updated_at: 'desc' }],
			timeZone: 'America/New_York',
		},
		givesAmong: { id: '{Create Conversation}' },
	},
	{
		name: 'Update Conversation',
		parameters: of('conversation', 'update', { conversation: madeBy('Create Conversation') }),
		form: { tags: 'late parcel', priority: 4 },
		asks: [
			'GET /v1/conversations/{Create Conversation}',
			'PATCH /v1/conversations/{Create Conversation}',
		],
		body: { tags: [TAGS[3].id, TAGS[1].id], priority: 4, rev: SOME_NUMBER },
		gives: { attributes: { priority: 4 }, names: { tags: ['wholesale', 'late parcel'] } },
	},
	{
		name: 'Assign',
		parameters: of('conversation', 'assign', {
			conversation: madeBy('Create Conversation'),
			mode: 'add',
			users: [USERS[2].id],
			teams: "={{ 'Repairs' }}",
		}),
		asks: ['PATCH /v1/conversations/{Create Conversation}'],
		body: {
			assignedUsers: [USERS[2].id],
			assignedTeams: [TEAMS[1].id],
			rev: SOME_NUMBER,
		},
		gives: { names: { assignedUsers: ['Lerato Dube'], assignedTeams: ['Repairs'] } },
	},
	{
		name: 'Add Tags',
		parameters: of('conversation', 'addTags', {
			conversation: madeBy('Create Conversation'),
			tags: ['Thank You'],
		}),
		asks: ['POST /v1/conversations/{Create Conversation}/tags'],
		body: ['thank you'],
		gives: { names: { tags: ['wholesale', 'late parcel', 'thank you'] } },
	},
	{
		name: 'Add Unknown Tag',
		parameters: of('conversation', 'addTags', {
			conversation: madeBy('Create Conversation'),
			tags: ['wholesail'],
		}),
		asks: [],
		gives: { error: textLike(/no tag named "wholesail".*Did you mean "wholesale"/) },
	},
	{
		name: 'Remove Tags',
		parameters: of('conversation', 'removeTags', {
			conversation: madeBy('Create Conversation'),
			tags: ['wholesale', 'late parcel'],
		}),
		asks: ['PATCH /v1/conversations/{Create Conversation}'],
		body: { tags: [TAGS[2].id], rev: SOME_NUMBER },
		gives: { names: { tags: ['thank you'] } },
	},
	{
		name: 'Move to Queue',
		parameters: of('conversation', 'moveToQueue', {
			conversation: madeBy('Create Conversation'),
			queue: located('list', QUEUES[0].id),
		}),
		asks: ['PATCH /v1/conversations/{Create Conversation}'],
		body: { queue: { id: QUEUES[0].id }, rev: SOME_NUMBER },
		gives: { names: { queue: 'Everyone' } },
	},
	{
		name: 'Snooze',
		parameters: of('conversation', 'snooze', {
			conversation: madeBy('Create Conversation'),
			duration: 2,
			unit: 'hours',
		}),
		asks: ['PATCH /v1/conversations/{Create Conversation}'],
		body: {
			status: 'snoozed',
			snooze: { time: SOME_INSTANT, status: 'scheduled' },
			rev: SOME_NUMBER,
		},
		gives: { attributes: { status: 'snoozed' } },
	},
	{
		name: 'Reopen',
		parameters: of('conversation', 'reopen', { conversation: madeBy('Create Conversation') }),
		asks: ['PATCH /v1/conversations/{Create Conversation}'],
		body: { status: 'open', snooze: { status: 'canceled' }, rev: SOME_NUMBER },
		gives: { attributes: { status: 'open' } },
	},
	{
		name: 'Close',
		parameters: of('conversation', 'close', { conversation: madeBy('Create Conversation') }),
		asks: ['PATCH /v1/conversations/{Create Conversation}'],
		body: { status: 'done', rev: SOME_NUMBER },
		gives: { attributes: { status: 'done' } },
	},
	{
		name: 'Upsert Conversation',
		parameters: of('conversation', 'upsert', {
			matchBy: 'externalId',
			matchValue: 'CV 2',
			customer: madeBy('Create Customer'),
		}),
		form: { name: 'Second' },
		asks: ['GET /v1/conversations/externalId=CV%202', 'POST /v1/conversations'],
		body: { customer: '{Create Customer}', externalId: 'CV 2', name: 'Second' },
		gives: { created: true },
	},
	{
		name: 'Upsert Conversation Again',
		parameters: of('conversation', 'upsert', { matchBy: 'externalId', matchValue: 'CV 2' }),
		form: { name: 'Second, once more' },
		asks: [
			'GET /v1/conversations/externalId=CV%202',
			'PATCH /v1/conversations/{Upsert Conversation}',
		],
		body: { name: 'Second, once more' },
		gives: { created: false, id: '{Upsert Conversation}' },
	},
	{
		name: 'Delete Conversation',
		parameters: of('conversation', 'delete', { conversation: madeBy('Upsert Conversation') }),
		asks: ['DELETE /v1/conversations/{Upsert Conversation}'],
		gives: { deleted: true, id: '{Upsert Conversation}' },
	},
];

const MESSAGES_AND_NOTES: readonly Step[] = [
	{
		name: 'Log Message',
		parameters: of('message', 'create', {
			sendTo: 'conversation',
			conversation: madeBy('Create Conversation'),
		}),
		form: {
			app: 'n8n',
			channel: 'voice',
			direction: 'in',
			preview: 'Asked for a new lid',
			externalId: 'M-1',
			sentAt: '2026-11-20T08:30',
			'custom.campaignStr': 'autumn',
		},
		asks: ['POST /v1/conversations/{Create Conversation}/messages'],
		body: {
			app: 'n8n',
			channel: 'voice',
			direction: 'in',
			preview: 'Asked for a new lid',
			externalId: 'M-1',
			sentAt: '2026-11-20T13:30:00.000Z',
			custom: { campaignStr: 'autumn' },
		},
		gives: {
			type: 'message',
			related: { conversation: '{Create Conversation}', customer: '{Create Customer}' },
		},
	},
	{
		name: 'Log Message in New Conversation',
		parameters: of('message', 'create', {
			sendTo: 'newConversation',
			customer: located('externalId', 'C-1004'),
		}),
		form: { app: 'n8n', channel: 'sms', direction: 'in', preview: 'Hello' },
		asks: ['POST /v1/customers/{Jun}/messages'],
		body: { app: 'n8n', channel: 'sms', direction: 'in', preview: 'Hello' },
		gives: { related: { customer: '{Jun}', conversation: textLike(/^\w{24}$/) } },
	},
	{
		name: 'Download Attachments',
		parameters: of('message', 'downloadAttachments', {
			message: located('id', '{Message with File}'),
		}),
		asks: [
			'GET /v1/messages/{Message with File}',
			'GET /v1/messages/{Message with File}/attachments/{File}',
		],
		gives: { id: '{Message with File}', attributes: { direction: 'in' } },
	},
	{
		name: 'Log Message with File',
		parameters: of('message', 'create', {
			conversation: madeBy('Create Conversation'),
			specifyAttributes: 'json',
			attributesJson:
				'{"channel":"email","direction":"in","preview":"See the photo","meta":{"to":"a"}}',
			files: { file: [{ binaryProperty: 'attachment_0' }] },
		}),
		asks: ['POST /v1/attachments', 'POST /v1/conversations/{Create Conversation}/messages'],
		body: {
			channel: 'email',
			direction: 'in',
			preview: 'See the photo',
			meta: { to: 'a' },
			app: 'n8n',
			attachments: [ATTACHED],
		},
		gives: { attributes: { attachments: [ATTACHED] } },
	},
	{
		name: 'Download What Was Uploaded',
		parameters: of('message', 'downloadAttachments', { message: madeBy('Log Message with File') }),
		asks: ['GET /v1/messages/{Log Message with File}'],
		query: { include: 'attachments' },
		gives: { id: '{Log Message with File}' },
	},
	{
		name: 'Create Note with File',
		parameters: of('note', 'create', {
			conversation: madeBy('Create Conversation'),
			body: 'The photo is here.',
			mentions: { mention: [{ kind: 'team', name: 'Repairs' }] },
			files: { file: [{ binaryProperty: 'attachment_0' }] },
		}),
		asks: ['POST /v1/attachments', 'POST /v1/conversations/{Create Conversation}/notes'],
		body: {
			body: 'The photo is here.',
			userMentions: [{ team: TEAMS[1].id }],
			attachments: [ATTACHED],
		},
		gives: { attributes: { body: 'The photo is here.' } },
	},
	...(
		[
			['Redact Text', { redact: 'preview', replacement: 'Removed' }, { preview: 'Removed' }],
			['Redact Channel Data', { redact: 'meta' }, { meta: {} }],
			['Redact Attachments', { redact: 'attachments' }, { attachments: [textLike(/^\w{24}$/)] }],
		] as const
	).map(
		([name, parameters, body]): Step => ({
			name,
			parameters: of('message', 'redact', {
				message: madeBy('Log Message with File'),
				...parameters,
			}),
			asks: ['POST /v1/messages/{Log Message with File}/redactions'],
			body,
			gives: { redacted: true, id: '{Log Message with File}', part: parameters.redact },
		}),
	),
	{
		name: 'Get Message',
		parameters: of('message', 'get', { message: madeBy('Log Message') }),
		asks: ['GET /v1/messages/{Log Message}'],
		gives: { id: '{Log Message}' },
	},
	{
		name: 'Get Message by External ID',
		parameters: of('message', 'get', { message: located('externalId', 'M-1') }),
		asks: ['GET /v1/messages/externalId=M-1'],
		gives: { id: '{Log Message}' },
	},
	{
		name: 'Send Message',
		parameters: of('message', 'send', {
			conversation: located('id', '{Broken spout}'),
			body: 'A < B',
			cc: ['copy@example.com'],
		}),
		asks: [
			'GET /v1/conversations/{Broken spout}',
			'GET /v1/conversations/{Broken spout}/messages',
			'GET /v1/customers/{Solveig}/drafts',
			'POST /v1/customers/{Solveig}/drafts',
		],
		query: { createConversation: 'false' },
		body: {
			channel: 'email',
			conversation: '{Broken spout}',
			app: 'postmark',
			from: { email: 'support@teapot-works.example' },
			to: [{ email: 'solveig.aune@example.com', name: 'Solveig Aune' }],
			cc: [{ email: 'copy@example.com' }],
			subject: 'Re: Broken spout',
			body: 'A &lt; B',
			payload: { draftJs: { blocks: [expect.objectContaining({ text: 'A < B' })], entityMap: {} } },
			sendAt: SOME_INSTANT,
		},
		gives: {
			sent: true,
			when: SOME_INSTANT,
			conversationId: '{Broken spout}',
			channel: 'email',
			to: 'solveig.aune@example.com',
		},
	},
	{
		name: 'Begin Conversation',
		parameters: of('message', 'send', {
			sendTo: 'newConversation',
			customer: located('externalId', 'C-1004'),
			channel: 'email',
			from: located('list', 'wholesale@teapot-works.example'),
			to: 'jun@example.com',
			subject: 'Your parcel',
			body: '<b>Late</b>',
			bodyFormat: 'html',
			when: 'at',
			sendAt: '2126-01-02T09:00:00',
		}),
		asks: ['GET /v1/customers/externalId=C-1004', 'POST /v1/customers/{Jun}/drafts'],
		query: { createConversation: 'true' },
		body: {
			channel: 'email',
			from: { email: 'wholesale@teapot-works.example' },
			to: [{ email: 'jun@example.com' }],
			subject: 'Your parcel',
			body: '<b>Late</b>',
			sendAt: '2126-01-02T14:00:00.000Z',
			scheduled: true,
		},
		gives: {
			sent: true,
			when: '2126-01-02T14:00:00.000Z',
			conversationId: textLike(/^\w{24}$/),
			to: 'jun@example.com',
		},
	},
	{
		name: 'Create Draft',
		parameters: of('message', 'createDraft', {
			conversation: located('id', '{Lid}'),
			body: 'Send it back, please.',
		}),
		asks: [
			'GET /v1/conversations/{Lid}',
			'POST /v1/customers/{Customer of Lid}/drafts',
			'GET /v1/customers/{Customer of Lid}/drafts',
		],
		gives: { id: textLike(/^\w{24}$/), conversationId: '{Lid}', channel: 'sms' },
	},
	{
		name: 'Get Many Messages',
		parameters: of('message', 'getMany', { limit: 4 }),
		asks: ['GET /v1/messages'],
		gives: [{ type: 'message' }, {}, {}, {}],
	},
	{
		name: 'Get Messages of Conversation',
		parameters: of('message', 'getMany', {
			scope: 'conversation',
			conversation: madeBy('Create Conversation'),
		}),
		asks: ['GET /v1/conversations/{Create Conversation}/messages'],
		gives: [{ id: '{Log Message with File}' }, { id: '{Log Message}' }],
	},
	{
		name: 'Get Messages of Customer',
		parameters: of('message', 'getMany', {
			scope: 'customer',
			customer: madeBy('Create Customer'),
		}),
		asks: ['GET /v1/customers/{Create Customer}/messages'],
		gives: [{ id: '{Log Message with File}' }, { id: '{Log Message}' }],
	},
	{
		name: 'Search Messages',
		parameters: of('message', 'search', { text: 'new lid' }),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'message',
			and: [{ message_any_text: { contains: 'new lid' } }],
			sort: [{ message_updated_at: 'desc' }],
			timeZone: 'America/New_York',
		},
		gives: [{ id: '{Log Message}' }],
	},
	{
		name: 'Update Message',
		parameters: of('message', 'update', { message: madeBy('Log Message') }),
		form: { subject: 'Lid', 'custom.campaignStr': 'winter' },
		asks: ['PATCH /v1/messages/{Log Message}'],
		body: { subject: 'Lid', custom: { campaignStr: 'winter' } },
		gives: { attributes: { subject: 'Lid' } },
	},
	{
		name: 'Create Note',
		parameters: of('note', 'create', {
			conversation: madeBy('Create Conversation'),
			body: 'Spare lid 4 fits.',
			mentions: {
				mention: [
					{ kind: 'user', name: 'Amir Haddad' },
					{ kind: 'team', name: 'Repairs' },
				],
			},
		}),
		asks: ['POST /v1/conversations/{Create Conversation}/notes'],
		body: {
			body: 'Spare lid 4 fits.',
			userMentions: [{ user: USERS[3].id }, { team: TEAMS[1].id }],
		},
		gives: { type: 'note', attributes: { body: 'Spare lid 4 fits.' } },
	},
	{
		name: 'Get Note',
		parameters: of('note', 'get', { note: madeBy('Create Note') }),
		asks: ['GET /v1/notes/{Create Note}'],
		gives: { id: '{Create Note}' },
	},
	{
		name: 'Get Many Notes',
		parameters: of('note', 'getMany', { limit: 2 }),
		asks: ['GET /v1/notes'],
		gives: [{ type: 'note' }, { type: 'note' }],
	},
	{
		name: 'Get Notes of Conversation',
		parameters: of('note', 'getMany', {
			scope: 'conversation',
			conversation: madeBy('Create Conversation'),
		}),
		asks: ['GET /v1/conversations/{Create Conversation}/notes'],
		gives: [{ id: '{Create Note}' }, { id: '{Create Note with File}' }],
	},
	{
		name: 'Get Notes of Customer',
		parameters: of('note', 'getMany', { scope: 'customer', customer: madeBy('Create Customer') }),
		asks: ['GET /v1/customers/{Create Customer}/notes'],
		gives: [{ id: '{Create Note}' }, { id: '{Create Note with File}' }],
	},
	{
		name: 'Search Notes',
		parameters: of('note', 'search', { text: 'Spare lid' }),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'note',
			and: [{ note_any_text: { contains: 'Spare lid' } }],
			sort: [{ note_updated_at: 'desc' }],
			timeZone: 'America/New_York',
		},
		gives: [{ id: '{Create Note}' }],
	},
	{
		name: 'Get Transcript',
		parameters: of('conversation', 'getTranscript', {
			conversation: madeBy('Create Conversation'),
		}),
		asks: [],
		gives: {
			conversationId: '{Create Conversation}',
			text: textLike(/Asked for a new lid[^]*Spare lid 4 fits/),
			entries: [
				{ kind: 'message', author: 'Customer' },
				{ kind: 'message' },
				{ kind: 'note' },
				{ kind: 'note' },
			],
		},
	},
	{
		name: 'Update Note',
		parameters: of('note', 'update', { note: madeBy('Create Note'), body: 'Spare lid 5 fits.' }),
		asks: ['PATCH /v1/notes/{Create Note}'],
		body: { body: 'Spare lid 5 fits.' },
		gives: { attributes: { body: 'Spare lid 5 fits.' } },
	},
	{
		name: 'Delete Note',
		parameters: of('note', 'delete', { note: madeBy('Create Note') }),
		asks: ['DELETE /v1/notes/{Create Note}'],
		gives: { deleted: true, id: '{Create Note}' },
	},
];

const COMPANIES: readonly Step[] = [
	{
		name: 'Create Company',
		parameters: of('company', 'create'),
		form: {
			name: 'Tea & Co',
			externalId: 'CO & 9',
			domains: 'tea.example, co.example',
			'custom.tierStr': 'Gold',
			'custom.contractAt': '2026-01-31T12:00:00Z',
		},
		asks: ['POST /v1/companies'],
		body: {
			name: 'Tea & Co',
			externalId: 'CO & 9',
			domains: [{ domain: 'tea.example' }, { domain: 'co.example' }],
			custom: { tierStr: 'Gold', contractAt: '2026-01-31T12:00:00.000Z' },
		},
		gives: { type: 'company', attributes: { name: 'Tea & Co' } },
	},
	{
		name: 'Get Company',
		parameters: of('company', 'get', { company: madeBy('Create Company') }),
		asks: ['GET /v1/companies/{Create Company}'],
		gives: { id: '{Create Company}' },
	},
	{
		name: 'Get Company by External ID',
		parameters: of('company', 'get', { company: located('externalId', 'CO & 9') }),
		asks: ['GET /v1/companies'],
		query: { externalId: 'CO & 9' },
		gives: { id: '{Create Company}' },
	},
	{
		name: 'Get Many Companies',
		parameters: of('company', 'getMany', { returnAll: true }),
		asks: ['GET /v1/companies'],
		givesAmong: { id: '{Create Company}' },
	},
	{
		name: 'Search Companies',
		parameters: of('company', 'search', { text: 'Tea & Co' }),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'company',
			and: [{ company_any_text: { contains: 'Tea & Co' } }],
			sort: [{ company_updated_at: 'desc' }],
			timeZone: 'America/New_York',
		},
		gives: [{ id: '{Create Company}' }],
	},
	{
		name: 'Update Company',
		parameters: of('company', 'update', { company: madeBy('Create Company') }),
		form: { employeeCount: 3 },
		asks: ['PUT /v1/companies/{Create Company}'],
		body: { employeeCount: 3 },
		gives: { attributes: { employeeCount: 3, name: 'Tea & Co' } },
	},
	{
		name: 'Upsert Company',
		parameters: of('company', 'upsert', { matchBy: 'externalId', matchValue: 'CO & 9' }),
		form: { name: 'Tea & Company' },
		asks: ['GET /v1/companies', 'PUT /v1/companies/{Create Company}'],
		body: { name: 'Tea & Company' },
		gives: { created: false, id: '{Create Company}' },
	},
	{
		name: 'Delete Company',
		parameters: of('company', 'delete', { company: madeBy('Create Company') }),
		asks: ['PUT /v1/companies/{Create Company}'],
		body: { deleted: true },
		gives: { deleted: true, id: '{Create Company}' },
	},
];

const CUSTOM_OBJECTS: readonly Step[] = [
	{
		name: 'Create Order',
		parameters: inKlass('create'),
		form: {
			title: 'Order 9',
			externalId: 'O-9',
			customer: "={{ $('Create Customer').first().json.id }}",
			'custom.totalNum': 12.5,
			'custom.orderStatusStr': 'in transit',
			'custom.giftBool': false,
		},
		asks: ['POST /v1/klasses/order'],
		body: {
			title: 'Order 9',
			externalId: 'O-9',
			customer: '{Create Customer}',
			custom: { totalNum: 12.5, orderStatusStr: 'in transit', giftBool: false },
		},
		gives: { type: 'kobject.order', attributes: { title: 'Order 9' } },
	},
	{
		name: 'Get Order',
		parameters: inKlass('get', { customObject: madeBy('Create Order') }),
		asks: ['GET /v1/klasses/order/{Create Order}'],
		gives: { id: '{Create Order}' },
	},
	{
		name: 'Get Order by External ID',
		parameters: inKlass('get', { customObject: located('externalId', 'O-9') }),
		asks: ['GET /v1/klasses/order/externalId=O-9'],
		gives: { id: '{Create Order}' },
	},
	{
		name: 'Get Many Orders',
		parameters: inKlass('getMany', { limit: 1 }),
		asks: ['GET /v1/klasses/order'],
		gives: [{ id: '{Create Order}' }],
	},
	{
		name: 'Get Orders of Customer',
		parameters: inKlass('getMany', { scope: 'customer', customer: madeBy('Create Customer') }),
		asks: ['GET /v1/customers/{Create Customer}/klasses/order'],
		gives: [{ id: '{Create Order}' }],
	},
	{
		name: 'Create Order of Company',
		parameters: inKlass('create', {
			specifyAttributes: 'json',
			attributesJson: '{"title":"Order 8","company":"{Company of Solveig}"}',
		}),
		asks: ['POST /v1/klasses/order'],
		body: { title: 'Order 8', company: '{Company of Solveig}' },
		gives: { related: { company: '{Company of Solveig}' } },
	},
	{
		name: 'Get Orders of Company',
		parameters: inKlass('getMany', {
			scope: 'company',
			company: located('externalId', 'CO-100'),
		}),
		asks: ['GET /v1/companies/{Company of Solveig}/klasses/order'],
		gives: [{ id: '{Create Order of Company}' }],
	},
	{
		name: 'Search Orders',
		parameters: inKlass('search', {
			criteria: {
				criterion: [{ field: 'kobject_custom_order_totalNum', operator: 'lt', value: '={{ 50 }}' }],
			},
		}),
		asks: ['POST /v1/customers/search'],
		body: {
			queryContext: 'kobject_order',
			and: [{ kobject_custom_order_totalNum: { lt: 50 } }],
			sort: [{ kobject_updated_at: 'desc' }],
			timeZone: 'America/New_York',
		},
		gives: [{ id: '{Create Order}' }],
	},
	{
		name: 'Update Order',
		parameters: inKlass('update', { customObject: madeBy('Create Order') }),
		form: { 'custom.orderStatusStr': 'delivered' },
		asks: ['PUT /v1/klasses/order/{Create Order}'],
		body: { custom: { orderStatusStr: 'delivered' } },
		gives: { attributes: { custom: { orderStatusStr: 'delivered', totalNum: 12.5 } } },
	},
	{
		name: 'Upsert Order',
		parameters: inKlass('upsert', { matchBy: 'externalId', matchValue: 'O-10' }),
		form: { title: 'Order 10' },
		asks: ['GET /v1/klasses/order/externalId=O-10', 'POST /v1/klasses/order'],
		body: { title: 'Order 10', externalId: 'O-10' },
		gives: { created: true },
	},
	{
		name: 'Delete Order',
		parameters: inKlass('delete', { customObject: madeBy('Create Order') }),
		asks: ['DELETE /v1/klasses/order/{Create Order}'],
		gives: { deleted: true, id: '{Create Order}' },
	},
];

const DIRECTORY: readonly Step[] = [
	{
		name: 'Get Satisfaction',
		parameters: of('satisfaction', 'get', { conversation: located('id', '{Rated}') }),
		asks: ['GET /v1/conversations/{Rated}', 'GET /v1/satisfaction-responses/{Response}'],
		gives: { id: '{Response}', rating: 5, score: 1, comment: 'Quick and kind.' },
	},
	{
		name: 'Create Twin',
		parameters: of('customer', 'create', {
			specifyAttributes: 'json',
			attributesJson: '{"name":"Jun W."}',
		}),
		asks: ['POST /v1/customers'],
		body: { name: 'Jun W.' },
		gives: { attributes: { name: 'Jun W.' } },
	},
	{
		name: 'Merge Customers',
		parameters: of('customer', 'merge', {
			customerToMerge: madeBy('Create Twin'),
			customerToKeep: located('externalId', 'C-1004'),
		}),
		asks: ['GET /v1/customers/externalId=C-1004', 'POST /v1/customers/merges'],
		body: { source: '{Create Twin}', target: '{Jun}' },
		gives: { status: 'complete', merged: '{Create Twin}', kept: '{Jun}' },
	},
	{
		name: 'Get User',
		parameters: of('user', 'get', { user: located('list', USERS[2].id) }),
		asks: [`GET /v1/users/${USERS[2].id}`],
		gives: { attributes: { name: 'Lerato Dube' } },
	},
	{
		name: 'Get Many Users',
		parameters: of('user', 'getMany', { limit: 3 }),
		asks: ['GET /v1/users'],
		gives: [{ type: 'user' }, { type: 'user' }, { type: 'user' }],
	},
	{
		name: 'Get Team',
		parameters: of('team', 'get', { team: located('id', TEAMS[0].id) }),
		asks: [`GET /v1/teams/${TEAMS[0].id}`],
		gives: { attributes: { name: 'Returns' }, names: { members: [USERS[0].name, USERS[1].name] } },
	},
	{
		name: 'Get Many Teams',
		parameters: of('team', 'getMany', { returnAll: true }),
		asks: ['GET /v1/teams'],
		gives: [{ type: 'team' }, { type: 'team' }],
	},
	{
		name: 'Get Queue',
		parameters: of('queue', 'get', { queue: located('id', QUEUES[1].id) }),
		asks: [`GET /v1/routing/queues/${QUEUES[1].id}`],
		gives: { attributes: { displayName: 'Wholesale customers' } },
	},
	{
		name: 'Get Many Queues',
		parameters: of('queue', 'getMany', { returnAll: true }),
		asks: ['GET /v1/routing/queues'],
		gives: [{ type: 'queue' }, { type: 'queue' }, { type: 'queue' }],
	},
	{
		name: 'Get Many Tags',
		parameters: of('tag', 'getMany', { returnAll: true, options: { fields: ['name'] } }),
		asks: ['GET /v1/tags'],
		givesAmong: { attributes: { name: 'wholesale' } },
	},
];

/** Every operation on records at least once, those that make something first. */
export const STEPS: readonly Step[] = [
	...CUSTOMERS,
	...CONVERSATIONS,
	...MESSAGES_AND_NOTES,
	...COMPANIES,
	...CUSTOM_OBJECTS,
	...DIRECTORY,
];
