import { OWN_ATTRIBUTES } from './ownAttributes';
import { olderRoles, PEOPLE, type RecordKind } from './record';

/** Source: https://developer.kustomer.com/api/core-resources/create-conversation */
export const conversation: RecordKind = {
	value: 'conversation',
	label: 'Conversation',
	plural: 'conversations',
	description: 'What a customer and your team talk about: status, assignment, tags',
	path: '/v1/conversations',
	permission: 'conversation',
	olderRoles: olderRoles('conversation', 'delete'),
	hasRev: true,
	bulk: ['create', 'delete', 'update'],
	severalByIds: true,
	lookups: { externalId: 'externalId={value}' },
	parents: { customer: '/v1/customers/{id}/conversations' },
	sorts: { newest: 'desc', oldest: 'asc' },
	searchContext: 'conversation',
	metadata: 'conversation',
	attributes: OWN_ATTRIBUTES.conversation,
	starts: ['name', 'status', 'tags'],
	names: {
		...PEOPLE,
		tags: 'tags',
		assignedUsers: 'users',
		assignedTeams: 'teams',
		queue: 'queues',
	},
	toolFields: [
		'name',
		'status',
		'priority',
		'tags',
		'assignedUsers',
		'assignedTeams',
		'channels',
		'preview',
		'lastMessageAt',
	],
	page: ({ id, related }) =>
		typeof related.customer === 'string' ? `/app/customers/${related.customer}/event/${id}` : null,
	operations: ['create', 'delete', 'get', 'getMany', 'search', 'update', 'upsert'],
	verbs: [
		'addTags',
		'assign',
		'close',
		'getTranscript',
		'moveToQueue',
		'removeTags',
		'reopen',
		'snooze',
	],
};
