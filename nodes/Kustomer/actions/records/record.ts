import type { NameKind } from '../../api/names';
import type { Attribute } from './attributes';

/** One kind of records, as data: the shared operations, lists, schemas and docs derive from it. */
export type RecordKind = {
	/** The value of the parameter `resource`, and the name of the parameter that names one. */
	value: string;
	/** Labels: "Customer", "customers". */
	label: string;
	plural: string;
	description: string;
	/** Under `/v1`; `{klass}` stands for the name of the custom object's class. */
	path: string;
	/** The part of `org.permission.<permission>.<action>`; `{klass}` as in `path`. */
	permission: string;
	/** What also grants an action: the roles from before there were permissions. */
	olderRoles?: Readonly<Partial<Record<Action, string>>>;
	/** Whose permission opens its lists, by scope, where it is not its own. */
	listPermissions?: Readonly<Partial<Record<'all' | ParentKind, string>>>;
	/** The verb of a change: most take a partial PATCH, some only a PUT, which is partial too. */
	updateVerb?: 'PATCH' | 'PUT';
	/** Kustomer has no DELETE for it: it is marked as deleted. */
	isMarkedDeleted?: true;
	/** What Kustomer takes in bulk, at `path` and `/bulk`. */
	bulk?: readonly OperationName[];
	/** Whether several can be read at once, their ids separated by commas. */
	severalByIds?: true;
	/** Whether Kustomer counts its changes in `rev`, so that a change upon a change is refused. */
	hasRev?: true;
	/** How else than by id one is found: the path after `path`, with `{value}`. */
	lookups: Readonly<Partial<Record<Lookup, string>>>;
	/** The list under the path answers the look-up by external id, as `?externalId=`. */
	externalIdInList?: true;
	/** A new one can have files. */
	takesFiles?: true;
	/** Records whose lists contain these: path of the list, with `{id}` and `{klass}`. */
	parents?: Readonly<Partial<Record<ParentKind, string>>>;
	/** Orders of its list: what the parameter `sort` offers, and what Kustomer calls it. */
	sorts?: Readonly<Partial<Record<Sort, string>>>;
	/** Filters of its list by time. */
	timeFilters?: true;
	/** Kustomer's name for it in a search; `{klass}` as in `path`. */
	searchContext?: string;
	/** Where its custom attributes are described: `/v1/metadata/<…>`. */
	metadata?: string;
	attributes: readonly Attribute[];
	/** What the form begins with, besides the required attributes. */
	starts: readonly string[];
	/** Attributes and relationships that hold ids, by the kind of their names. */
	names: Readonly<Record<string, NameKind>>;
	/** What models get without asking for more: the fewest attributes that tell what it is. */
	toolFields: readonly string[];
	/** Its page in Kustomer's app, after the organization's address. */
	page?: (record: { id: string; related: Readonly<Record<string, unknown>> }) => string | null;
	/** The kind of record that leads to it, whose locator takes the place of its own. */
	foundThrough?: 'conversation';
	operations: readonly OperationName[];
	/** Operations that only this kind has, and that are about one of its records. */
	verbs?: readonly string[];
	/** Operations that only this kind has, and that make something new. */
	others?: readonly string[];
};

export type OperationName =
	| 'create'
	| 'delete'
	| 'get'
	| 'getMany'
	| 'search'
	| 'update'
	| 'upsert';

export type Action = 'read' | 'create' | 'update' | 'delete';
export type Lookup = 'email' | 'externalId' | 'phone';
export type ParentKind = 'customer' | 'conversation' | 'company';
export type Sort = 'newest' | 'oldest' | 'lastUpdated' | 'firstUpdated';

/** Who changed and made a record: every kind has these. */
export const PEOPLE: Readonly<Record<string, NameKind>> = {
	createdBy: 'users',
	modifiedBy: 'users',
};

/**
 * @param name as in `org.user.<name>.read`
 * @param deleting the older role that deletes
 */
export function olderRoles(
	name: string,
	deleting: 'delete' | 'write' = 'write',
): Record<Action, string> {
	const write = `org.user.${name}.write`;
	return {
		read: `org.user.${name}.read`,
		create: write,
		update: write,
		delete: `org.user.${name}.${deleting}`,
	};
}

/** @returns the role for an action on this kind, in the words of a message */
export function roleFor(
	{ permission, olderRoles: older }: Pick<RecordKind, 'permission' | 'olderRoles'>,
	action: Action,
): string {
	const also = older?.[action];
	return `org.permission.${permission}.${action}${also === undefined ? '' : ` (or ${also})`}`;
}

/** @returns the role for a list of this kind, in the words of a message */
export function listRoleFor(kind: RecordKind, scope: string): string {
	const permission = kind.listPermissions?.[scope as ParentKind];
	if (permission === undefined) return roleFor(kind, 'read');
	return roleFor({ permission, olderRoles: olderRoles(permission) }, 'read');
}
