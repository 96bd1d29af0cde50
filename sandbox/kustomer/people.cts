/** The made-up organization's users, teams, tags and queues, with ids that tests and demos can rely on. */

export const USERS = [
	{
		id: '66b0c1a05a4d0bca7f1e0a11',
		name: 'Imke Brandt',
		displayName: 'Imke Brandt',
		email: 'imke.brandt@example.com',
	},
	{
		id: '66b0c1a05a4d0bca7f1e0a12',
		name: 'Tomasz Nowicki',
		displayName: 'Tomasz Nowicki',
		email: 'tomasz.nowicki@example.com',
	},
	// Kustomer's users often have no display name.
	{
		id: '66b0c1a05a4d0bca7f1e0a13',
		name: 'Lerato Dube',
		displayName: null,
		email: 'lerato.dube@example.com',
	},
	{
		id: '66b0c1a05a4d0bca7f1e0a14',
		name: 'Amir Haddad',
		displayName: 'Amir Haddad',
		email: 'amir.haddad@example.com',
	},
] as const;

export const TEAMS = [
	{
		id: '66b0c1a05a4d0bca7f1e0b11',
		name: 'Returns',
		displayName: 'Returns',
		icon: '📦',
		members: [USERS[0].id, USERS[1].id],
	},
	{
		id: '66b0c1a05a4d0bca7f1e0b12',
		name: 'Repairs',
		displayName: 'Repairs',
		icon: null,
		members: [USERS[2].id, USERS[3].id],
	},
] as const;

export const TAGS = [
	{ id: '66b0c1a05a4d0bca7f1e0c11', name: 'broken spout', color: '#b45309' },
	{ id: '66b0c1a05a4d0bca7f1e0c12', name: 'late parcel', color: '#1d4ed8' },
	{ id: '66b0c1a05a4d0bca7f1e0c13', name: 'thank you', color: '#15803d' },
	{ id: '66b0c1a05a4d0bca7f1e0c14', name: 'wholesale', color: '#6d28d9' },
] as const;

/** In old conversations, and in lists only for who asks for deleted ones. */
export const DELETED_TAG = {
	id: '66b0c1a05a4d0bca7f1e0c19',
	name: 'spring sale',
	color: '#9ca3af',
} as const;

export const QUEUES = [
	{ id: '66b0c1a05a4d0bca7f1e0d11', name: 'Everyone', displayName: 'Everyone' },
	{ id: '66b0c1a05a4d0bca7f1e0d12', name: 'Wholesale', displayName: 'Wholesale customers' },
	{ id: '66b0c1a05a4d0bca7f1e0d13', name: 'Repairs', displayName: 'Repair workshop' },
] as const;
