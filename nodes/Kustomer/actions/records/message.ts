import { OWN_ATTRIBUTES } from './ownAttributes';
import { olderRoles, PEOPLE, type RecordKind } from './record';

/** Source: https://developer.kustomer.com/api/core-resources/create-message */
export const message: RecordKind = {
	value: 'message',
	label: 'Message',
	plural: 'messages',
	description: 'What was written in a conversation, on any channel',
	path: '/v1/messages',
	permission: 'message',
	olderRoles: olderRoles('message'),
	lookups: { externalId: 'externalId={value}' },
	takesFiles: true,
	parents: {
		customer: '/v1/customers/{id}/messages',
		conversation: '/v1/conversations/{id}/messages',
	},
	sorts: { newest: 'desc', oldest: 'asc' },
	searchContext: 'message',
	metadata: 'message',
	attributes: OWN_ATTRIBUTES.message,
	starts: ['preview', 'subject'],
	names: { ...PEOPLE, assignedUsers: 'users', assignedTeams: 'teams' },
	toolFields: ['channel', 'direction', 'subject', 'preview', 'sentAt', 'status'],
	page: ({ related }) =>
		typeof related.customer === 'string' && typeof related.conversation === 'string'
			? `/app/customers/${related.customer}/event/${related.conversation}`
			: null,
	operations: ['create', 'get', 'getMany', 'search', 'update'],
	others: ['createDraft', 'send'],
	verbs: ['downloadAttachments', 'redact'],
};
