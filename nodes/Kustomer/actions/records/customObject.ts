import { OWN_ATTRIBUTES } from './ownAttributes';
import { olderRoles, PEOPLE, type RecordKind } from './record';

/** Kustomer calls them KObjects, and their classes klasses. Source: https://developer.kustomer.com/api/core-resources/create-kobject */
export const customObject: RecordKind = {
	value: 'customObject',
	label: 'Custom Object',
	plural: 'custom objects',
	description: 'Orders, tickets and other records of your own (KObjects)',
	path: '/v1/klasses/{klass}',
	permission: 'kobject',
	olderRoles: olderRoles('kobject', 'delete'),
	updateVerb: 'PUT',
	hasRev: true,
	bulk: ['create', 'delete', 'update'],
	lookups: { externalId: 'externalId={value}' },
	parents: {
		customer: '/v1/customers/{id}/klasses/{klass}',
		company: '/v1/companies/{id}/klasses/{klass}',
	},
	listPermissions: { all: 'klass', customer: 'customer', company: 'company' },
	sorts: { newest: 'desc', oldest: 'asc' },
	searchContext: 'kobject_{klass}',
	metadata: 'kobject.{klass}',
	attributes: OWN_ATTRIBUTES.kobject,
	starts: ['customer', 'externalId'],
	names: { ...PEOPLE, tags: 'tags', assignedUser: 'users', queue: 'queues' },
	toolFields: ['title', 'externalId', 'description', 'custom', 'tags', 'createdAt'],
	operations: ['create', 'delete', 'get', 'getMany', 'search', 'update', 'upsert'],
};
