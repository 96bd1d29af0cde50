import { isRecord, recordOf, textOf } from '../narrowing';
import type { Reply } from './errors';
import { apiReply, refused, unreadable, type ApiCaller, type ApiRequest } from './request';

/** What a value is, for the form and for Kustomer. `idList` is a list of ids or names. */
export type ValueType =
	| 'string'
	| 'text'
	| 'number'
	| 'boolean'
	| 'dateTime'
	| 'date'
	| 'url'
	| 'options'
	| 'list'
	| 'object'
	| 'idList';

/** One of the values that an attribute can have: its label, and what Kustomer calls it. */
export type Choice = { name: string; value: string };

/** An attribute that the organization added to its records; Kustomer keeps it under `custom`. */
export type CustomAttribute = {
	/** Without `custom.`, e.g. `vipBool`. */
	name: string;
	label: string;
	type: ValueType;
	/** Of a drop-down or a tree; a tree's are labelled with their path. */
	choices?: readonly Choice[];
};

/** The end of a custom attribute's name says its type. */
const TYPE_OF_SUFFIX: Readonly<Record<string, ValueType>> = {
	Str: 'string',
	Txt: 'text',
	Num: 'number',
	At: 'dateTime',
	Bool: 'boolean',
	Url: 'url',
	Id: 'string',
	Tree: 'string',
};

const SUFFIX = /(?<=.)(Str|Txt|Num|At|Bool|Url|Id|Tree)$/;

const MOST_PAGES = 100;
const PAGE_SIZE = 100;

/**
 * Reads the organization's own attributes of a kind of record, page by page, without deleted ones.
 * Source: https://developer.kustomer.com/api/core-resources/get-custom-attribute-metadata
 *
 * @param resource `customer`, `conversation`, `message`, `company`, `kobject.<klass>`
 * @returns the attributes, none for a kind that Kustomer has no metadata of; undefined when the key
 *   may not read them
 * @throws NodeApiError in our words for any other refusal, and for an answer that is not Kustomer's
 */
export async function customAttributes(
	caller: ApiCaller,
	resource: string,
): Promise<CustomAttribute[] | undefined> {
	const properties = new Map<string, unknown>();
	for (let page = 1; page <= MOST_PAGES; page++) {
		const request = pageRequest(resource, page);
		const reply = await apiReply(caller, request);
		if (lacksRole(reply)) return undefined;
		if (reply.status === 404) break;
		if (reply.status >= 300) throw refused(caller, reply, request);
		if (!isRecord(reply.body)) throw unreadable(caller, request);
		const known = properties.size;
		for (const [name, property] of propertiesOf(reply.body)) properties.set(name, property);
		if (properties.size === known) break;
	}
	return [...properties].flatMap(([name, property]) => attributeOf(name, property));
}

/** @returns the type that the end of the name says; undefined where it says none */
export function typeBySuffix(name: string): ValueType | undefined {
	const suffix = SUFFIX.exec(name)?.[0];
	return suffix === undefined ? undefined : TYPE_OF_SUFFIX[suffix];
}

/** @returns a custom attribute's label where nobody gave it one: `totalOrdersNum` → "Total Orders" */
export function labelOfCustom(name: string): string {
	return inWords(name.replace(SUFFIX, ''));
}

const CAPITALS = new Set(['id', 'url', 'sla', 'sms', 'dm', 'vip']);

/** @returns a name in words: `last_message_at` and `lastMessageAt` → "Last Message At" */
export function inWords(name: string): string {
	return name
		.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
		.split(/[\s_-]+/)
		.map((word) =>
			CAPITALS.has(word.toLowerCase())
				? word.toUpperCase()
				: word.slice(0, 1).toUpperCase() + word.slice(1),
		)
		.join(' ')
		.trim();
}

/** A key that Kustomer does not accept at all is an error like any other. */
function lacksRole({ status, key }: Reply): boolean {
	return (status === 401 || status === 403) && key !== 'notAccepted';
}

function pageRequest(resource: string, page: number): ApiRequest {
	return {
		purpose: 'read the custom attributes',
		role: 'org.permission.metadata.read',
		method: 'GET',
		path: `/v1/metadata/${encodeURIComponent(resource)}`,
		query: { page, pageSize: PAGE_SIZE },
	};
}

function propertiesOf(body: Record<string, unknown>): Array<[string, unknown]> {
	const { attributes } = recordOf(body.data);
	return Object.entries(recordOf(recordOf(attributes).properties));
}

function attributeOf(name: string, given: unknown): CustomAttribute[] {
	const property = recordOf(given);
	if (Boolean(property.deletedAt) || property.deleted === true) return [];
	const label = textOf(property.displayName) || labelOfCustom(name);
	const choices = choicesOf(property);
	const type = typeOf(name, property);
	return [choices.length === 0 ? { name, label, type } : { name, label, type, choices }];
}

function typeOf(name: string, property: Record<string, unknown>): ValueType {
	if (property.multi === true || property.array === true) return 'list';
	const type = typeBySuffix(name) ?? typeInWords(property.type);
	const isText = type === 'string' || type === 'text';
	return isText && choicesOf(property).length > 0 ? 'options' : type;
}

function typeInWords(type: unknown): ValueType {
	if (type === 'number' || type === 'boolean' || type === 'object') return type;
	return type === 'array' ? 'list' : 'string';
}

function choicesOf({ enumeration, tree, ...rest }: Record<string, unknown>): Choice[] {
	if (isRecord(tree)) {
		const branches = branchesOf(tree, '');
		return rest.lastNodeRequired === true ? branches.filter(isLeafIn(branches)) : branches;
	}
	const values = Array.isArray(enumeration) ? enumeration.map(textOf).filter(Boolean) : [];
	return values.map((value) => ({ name: value, value }));
}

function branchesOf(node: Record<string, unknown>, path: string): Choice[] {
	const children = Array.isArray(node.children) ? node.children.filter(isRecord) : [];
	return children.flatMap((child) => {
		const value = textOf(child.id);
		const label = textOf(child.displayName) || value;
		const name = path === '' ? label : `${path} > ${label}`;
		const own = value === '' ? [] : [{ name, value }];
		return [...own, ...branchesOf(child, name)];
	});
}

function isLeafIn(branches: readonly Choice[]): (choice: Choice) => boolean {
	const parents = new Set(branches.map(({ name }) => name.split(' > ').slice(0, -1).join(' > ')));
	return ({ name }) => !parents.has(name);
}
