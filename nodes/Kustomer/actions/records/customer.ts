import { OWN_ATTRIBUTES } from './ownAttributes';
import { olderRoles, PEOPLE, type RecordKind } from './record';

/** Source: https://developer.kustomer.com/api/core-resources/create-customer */
export const customer: RecordKind = {
	value: 'customer',
	label: 'Customer',
	plural: 'customers',
	description: 'The people who write to your organization',
	path: '/v1/customers',
	permission: 'customer',
	olderRoles: olderRoles('customer', 'delete'),
	hasRev: true,
	bulk: ['create', 'delete', 'update', 'upsert'],
	severalByIds: true,
	lookups: {
		email: 'email={value}',
		externalId: 'externalId={value}',
		phone: 'phone={value}',
	},
	sorts: {
		newest: '-createdAt',
		oldest: 'createdAt',
		lastUpdated: '-updatedAt',
		firstUpdated: 'updatedAt',
	},
	timeFilters: true,
	searchContext: 'customer',
	metadata: 'customer',
	attributes: OWN_ATTRIBUTES.customer,
	starts: ['name', 'emails'],
	names: { ...PEOPLE, tags: 'tags', activeUsers: 'users', watchers: 'users' },
	toolFields: ['displayName', 'emails', 'phones', 'externalId', 'tags', 'createdAt', 'updatedAt'],
	page: ({ id }) => `/app/customers/${id}`,
	operations: ['create', 'delete', 'get', 'getMany', 'search', 'update', 'upsert'],
	verbs: ['merge'],
};
