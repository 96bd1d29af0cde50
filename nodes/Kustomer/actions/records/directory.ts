import type { RecordKind } from './record';

const READ_ONLY = { lookups: {}, attributes: [], starts: [], names: {} } as const;

/** The people who work in Kustomer. Source: https://developer.kustomer.com/api/access-management/get-users */
export const user: RecordKind = {
	...READ_ONLY,
	value: 'user',
	label: 'User',
	plural: 'users',
	description: 'The people who work in Kustomer, and the machine users behind API keys',
	path: '/v1/users',
	permission: 'user',
	olderRoles: { read: 'org.admin.user.read' },
	toolFields: ['name', 'displayName', 'email', 'userType'],
	operations: ['get', 'getMany'],
};

/** Source: https://developer.kustomer.com/api/access-management/get-teams */
export const team: RecordKind = {
	...READ_ONLY,
	value: 'team',
	label: 'Team',
	plural: 'teams',
	description: 'Groups of users that conversations are assigned to',
	path: '/v1/teams',
	permission: 'team',
	olderRoles: { read: 'org.admin.user.read' },
	names: { members: 'users' },
	toolFields: ['name', 'displayName', 'members'],
	operations: ['get', 'getMany'],
};

/** Source: https://developer.kustomer.com/api/queues-and-routing/get-queues */
export const queue: RecordKind = {
	...READ_ONLY,
	value: 'queue',
	label: 'Queue',
	plural: 'queues',
	description: 'Where conversations wait until they are routed to somebody',
	path: '/v1/routing/queues',
	permission: 'queue',
	toolFields: ['name', 'displayName', 'priority'],
	operations: ['get', 'getMany'],
};

/** Not in Kustomer's reference, but read by every connector. */
export const tag: RecordKind = {
	...READ_ONLY,
	value: 'tag',
	label: 'Tag',
	plural: 'tags',
	description: 'The tags of conversations and customers',
	path: '/v1/tags',
	permission: 'tag',
	toolFields: ['name', 'color'],
	operations: ['getMany'],
};
