/**
 * The roles that open the API, any one of a list suffices: Kustomer's permission first, then the
 * older ones. Those of users, teams, tags and queues follow the pattern; they are not documented.
 */
type Action = 'read' | 'create' | 'update' | 'delete';

/** What the older roles are called: for reading, for writing, for deleting. */
const OLDER: Readonly<Record<string, readonly [read: string, write: string, remove: string]>> = {
	customer: ['org.user.customer.read', 'org.user.customer.write', 'org.user.customer.delete'],
	conversation: [
		'org.user.conversation.read',
		'org.user.conversation.write',
		'org.user.conversation.delete',
	],
	message: ['org.user.message.read', 'org.user.message.write', 'org.admin.message.write'],
	note: ['org.user.note.read', 'org.user.note.write', 'org.user.note.write'],
	company: ['org.user.company.read', 'org.user.company.write', 'org.user.company.write'],
	klass: ['org.user.klass.read', 'org.admin.klass.write', 'org.admin.klass.write'],
	metadata: ['org.user.metadata.read', 'org.admin.metadata.write', 'org.admin.metadata.write'],
	user: ['org.admin.user.read', 'org.admin.user', 'org.admin.user'],
	team: ['org.admin.user.read', 'org.admin.user', 'org.admin.user'],
};

/** @returns the roles for an action on a type of record */
export function rolesTo(action: Action, type: string): readonly string[] {
	const [read, write, remove] = OLDER[type] ?? [];
	const older = action === 'read' ? read : action === 'delete' ? remove : write;
	return [`org.permission.${type}.${action}`, ...(older === undefined ? [] : [older])];
}

/** @returns the roles for custom objects; `:name` stands for the klass of the address */
export function kobjectRolesTo(action: Action): readonly string[] {
	const older = { read: 'read', create: 'write', update: 'write', delete: 'delete' }[action];
	return [
		`org.permission.kobject.${action}`,
		`org.permission.kobject.kobject_:name.${action}`,
		`org.user.kobject.${older}`,
	];
}

/** What does not follow the pattern. */
export const ROLES = {
	search: [
		'org.permission.search.create',
		'org.permission.search.update',
		'org.permission.search_global.create',
		'org.permission.search_preview.create',
		'org.user.search.read',
		'org.admin.search.read',
	],
	savedSearches: ['org.permission.search.read', 'org.user.search.read', 'org.admin.search.read'],
	merge: [
		'org.permission.customer_merge.create',
		'org.user.customer.write',
		'org.admin.customer.merge.write',
	],
	readMerge: [
		'org.permission.customer_merge.read',
		'org.user.customer.read',
		'org.admin.customer.merge.read',
	],
	events: ['org.permission.event.read', 'org.user.event.read'],
	drafts: ['org.permission.draft.read', 'org.user.draft.read'],
	redact: ['org.permission.message_redaction.create', 'org.admin.message.write'],
	attachments: ['org.permission.attachment.read', 'org.user.attachment.read'],
	attach: [
		'org.permission.note.create',
		'org.permission.message.create',
		'org.user.note.write',
		'org.user.message.write',
	],
	accounts: ['org.permission.apps.read', 'org.user.apps.read'],
	satisfaction: ['org.permission.satisfaction.read'],
} as const;

const RECORDS = [
	...['customer', 'conversation', 'message', 'note', 'company', 'kobject', 'klass', 'metadata'],
	...['user', 'team', 'tag', 'queue', 'search'],
];

/** Roles that together allow everything that this server offers. */
export const ALL_ROLES: readonly string[] = [
	...new Set([
		...actionsOn('outbound_webhook'),
		'org.hooks',
		...actionsOn('hook').slice(0, 3),
		...RECORDS.flatMap(actionsOn),
		...Object.values(ROLES).map(([first]) => first),
	]),
];

function actionsOn(type: string): string[] {
	return ['read', 'create', 'update', 'delete'].map((action) => `org.permission.${type}.${action}`);
}
