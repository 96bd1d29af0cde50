import { OWN_ATTRIBUTES } from './ownAttributes';
import { olderRoles, PEOPLE, type RecordKind } from './record';

/** Source: https://developer.kustomer.com/api/core-resources/create-note-within-conversation */
export const note: RecordKind = {
	value: 'note',
	label: 'Note',
	plural: 'notes',
	description: 'What your team writes to itself in a conversation; customers do not see it',
	path: '/v1/notes',
	permission: 'note',
	olderRoles: olderRoles('note'),
	lookups: {},
	takesFiles: true,
	parents: {
		customer: '/v1/customers/{id}/notes',
		conversation: '/v1/conversations/{id}/notes',
	},
	sorts: { newest: 'desc', oldest: 'asc' },
	searchContext: 'note',
	attributes: OWN_ATTRIBUTES.note,
	starts: [],
	names: PEOPLE,
	toolFields: ['body', 'createdAt', 'modifiedAt'],
	operations: ['create', 'delete', 'get', 'getMany', 'search', 'update'],
};
