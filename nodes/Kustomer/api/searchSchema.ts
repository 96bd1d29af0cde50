import type { INodePropertyOptions } from 'n8n-workflow';
import { isRecord, recordOf, textsOf } from '../narrowing';
import { inWords, labelOfCustom, typeBySuffix } from './metadata';
import { apiReply, type ApiCaller } from './request';
import { OPERATORS, SEARCH_FIELDS, type FieldClass } from './searchFields';

/** A field that a search may ask for, under Kustomer's name, e.g. `conversation_last_message_at`. */
export type SearchField = {
	name: string;
	fieldClass: FieldClass;
	choices?: readonly string[];
};

export type SearchSchema = {
	fields: ReadonlyMap<string, SearchField>;
	/** By class of field; where it has none, those of the built-in table count. */
	operators: ReadonlyMap<string, readonly string[]>;
	/** Fields that Kustomer says it sorts by; in practice it takes more. */
	sortable: readonly string[];
	/** The built-in table: the organization's own fields and choices are not known. */
	isBuiltIn: boolean;
};

/** The kinds of records, as the names of fields begin with them. */
const KINDS = ['customer', 'conversation', 'message', 'note', 'company', 'kobject'] as const;

const BUILT_IN: SearchSchema = {
	fields: new Map(
		SEARCH_FIELDS.map(([name, fieldClass, choices]) => [name, { name, fieldClass, choices }]),
	),
	operators: new Map(Object.entries(OPERATORS)),
	sortable: [],
	isBuiltIn: true,
};

const TITLES: Readonly<Record<string, string>> = {
	contains: 'Contains',
	contains_any: 'Contains Any Of',
	equals: 'Is',
	gt: 'Is Greater Than',
	gte: 'Is at Least',
	in: 'Is One Of',
	lt: 'Is Less Than',
	lte: 'Is at Most',
	not_contains: 'Does Not Contain',
	not_equals: 'Is Not',
	not_in: 'Is None Of',
	not_set: 'Is Not Set',
	set: 'Is Set',
	starts_with: 'Starts With',
	within: 'Is Within',
};

const DATE_TITLES: Readonly<Record<string, string>> = {
	gt: 'Is After',
	gte: 'Is on or After',
	lt: 'Is Before',
	lte: 'Is on or Before',
};

/**
 * Reads what the organization can search for.
 * Source: https://developer.kustomer.com/docs/concepts/search
 *
 * @returns Kustomer's schema; the built-in table where the key may not read it, or where the answer
 *   holds no field
 * @throws NodeApiError in our words when Kustomer cannot be reached
 */
export async function searchSchema(caller: ApiCaller): Promise<SearchSchema> {
	const { status, body } = await apiReply(caller, {
		purpose: 'read what can be searched for',
		method: 'GET',
		path: '/v1/customers/searches/schema',
	});
	return status < 300 ? schemaOf(body) : BUILT_IN;
}

/**
 * @param body a reply of the schema's address; never trusted
 * @returns the schema, the built-in one where the reply holds no field
 */
export function schemaOf(body: unknown): SearchSchema {
	const { fields, operators, sort } = recordOf(recordOf(recordOf(body).data).attributes);
	const found = Object.entries(propertiesOf(fields)).map(([name, property]) =>
		fieldOf(name, recordOf(property)),
	);
	if (found.length === 0) return BUILT_IN;
	return {
		fields: new Map(found.map((field) => [field.name, field])),
		operators: new Map(
			Object.entries(propertiesOf(operators)).map(([name, one]) => [name, enumOf(one)]),
		),
		sortable: enumOf(propertiesOf(sort).fields),
		isBuiltIn: false,
	};
}

/**
 * @param context what is searched for: `customer`, …, `kobject_<klass>`
 * @returns its own fields, then those of other records, each part by its label
 */
export function fieldOptions(schema: SearchSchema, context: string): INodePropertyOptions[] {
	const kind = kindOf(context);
	const fields = [...schema.fields.keys()].filter((name) => isOfContext(name, context));
	const [own, others] = [
		fields.filter((name) => kindOf(name) === kind),
		fields.filter((name) => kindOf(name) !== kind),
	];
	return [...sortedOptions(own, fieldLabel), ...sortedOptions(others, fullLabel)].map((option) => ({
		...option,
		...whatItTakes(schema.fields.get(String(option.value))),
	}));
}

/** In the list of fields, because a value is typed before anybody could choose it. */
function whatItTakes(field: SearchField | undefined): { description?: string } {
	if (field?.fieldClass === 'datetime') return { description: 'A date, or e.g. now-30m' };
	const choices = field?.choices ?? [];
	if (choices.length === 0 || choices.length > MOST_CHOICES_SHOWN) return {};
	return { description: choices.join(', ') };
}

const MOST_CHOICES_SHOWN = 12;

/** @returns the operators of a field, in the schema's order */
export function operatorOptions(schema: SearchSchema, field: SearchField): INodePropertyOptions[] {
	const titles = field.fieldClass === 'datetime' ? { ...TITLES, ...DATE_TITLES } : TITLES;
	return operatorsOf(schema, field).map((value) => ({
		name: Object.hasOwn(titles, value) ? titles[value] : inWords(value),
		value,
	}));
}

/** @returns what the records of a search can be sorted by: dates and numbers, and what Kustomer names */
export function sortOptions(schema: SearchSchema, context: string): INodePropertyOptions[] {
	const kind = kindOf(context);
	const ordered = [...schema.fields.values()]
		.filter(({ fieldClass }) => fieldClass === 'datetime' || fieldClass === 'number')
		.map(({ name }) => name);
	const names = [...new Set([...ordered, ...schema.sortable])];
	return sortedOptions(
		names.filter((name) => kindOf(name) === kind && isOfContext(name, context)),
		fieldLabel,
	);
}

/** @returns the names of the operators that a field takes */
export function operatorsOf(schema: SearchSchema, { fieldClass }: SearchField): readonly string[] {
	const named = schema.operators.get(fieldClass) ?? [];
	return named.length > 0 ? named : OPERATORS[fieldClass];
}

/**
 * Finds a field by Kustomer's name, with or without the kind of record before it:
 * `conversation_status`, `status`, `lastMessageAt`, `custom.vipBool`.
 *
 * @returns the field; undefined when the search has none of that name
 */
export function fieldNamed(
	schema: SearchSchema,
	context: string,
	typed: string,
): SearchField | undefined {
	const kind = kindOf(context);
	const custom =
		kind === 'kobject' ? context.replace(/^kobject/, 'kobject_custom') : `${kind}_custom`;
	const names = [
		typed,
		`${kind}_${typed}`,
		`${kind}_${typed.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
		typed.replace(/^custom\./, `${custom}_`),
	];
	const known = names.find((name) => schema.fields.has(name));
	if (known !== undefined) return schema.fields.get(known);
	// Custom attributes may be left out of the schema; the built-in one leaves out others too.
	const isFree = (name: string) =>
		/^[a-z]+_[\w-]+$/.test(name) &&
		kindOf(name) !== '' &&
		(schema.isBuiltIn || name.includes('_custom_'));
	const free = [typed, names[3]].find(isFree);
	return free === undefined ? undefined : { name: free, fieldClass: classOf(free) };
}

/** @returns a field's label without its kind of record: "Last Message At" */
export function fieldLabel(name: string): string {
	const rest = name.slice(kindOf(name).length).replace(/^_/, '');
	const custom = /^custom_(.+)$/.exec(rest)?.[1];
	if (custom !== undefined) return `${labelOfCustom(custom)} (Custom)`;
	return PLAIN_LABELS.get(rest) ?? inWords(rest || name);
}

/** Where Kustomer's name hides what people look for. */
const PLAIN_LABELS: ReadonlyMap<string, string> = new Map([
	['last_message_unresponded_to_sent_at', 'Waiting for an Answer Since'],
	['lastmessage_preview', 'Last Message Preview'],
	['urls', 'URLs'],
	['whatsapp', 'WhatsApp'],
]);

/** @returns the kind of record that a context or a field's name begins with; empty for none */
export function kindOf(name: string): string {
	return KINDS.find((kind) => name === kind || name.startsWith(`${kind}_`)) ?? '';
}

function fullLabel(name: string): string {
	const kind = kindOf(name);
	const title = kind === 'kobject' ? 'Custom Object' : inWords(kind);
	return kind === '' ? fieldLabel(name) : `${title}: ${fieldLabel(name)}`;
}

/** The custom attributes of one type of custom objects are none of another's. */
function isOfContext(name: string, context: string): boolean {
	const klass = context.replace(/^kobject_?/, '');
	if (!name.startsWith('kobject_custom_') || klass === '' || klass === context) return true;
	return name.startsWith(`kobject_custom_${klass}_`);
}

function sortedOptions(
	names: readonly string[],
	label: (name: string) => string,
): INodePropertyOptions[] {
	return names
		.map((value) => ({ name: label(value), value }))
		.sort((a, b) => a.name.localeCompare(b.name));
}

function fieldOf(name: string, property: Record<string, unknown>): SearchField {
	const choices = enumOf(property);
	const fieldClass = isFieldClass(property.operator) ? property.operator : classOf(name);
	return choices.length === 0 ? { name, fieldClass } : { name, fieldClass, choices };
}

function isFieldClass(value: unknown): value is FieldClass {
	return typeof value === 'string' && Object.hasOwn(OPERATORS, value);
}

const CLASS_OF_TYPE: Readonly<Record<string, FieldClass>> = {
	number: 'number',
	dateTime: 'datetime',
	boolean: 'boolean',
	text: 'text',
};

function classOf(name: string): FieldClass {
	const known = BUILT_IN.fields.get(name)?.fieldClass;
	const bySuffix = CLASS_OF_TYPE[typeBySuffix(name) ?? ''];
	return known ?? bySuffix ?? (name.endsWith('_at') ? 'datetime' : 'string');
}

function propertiesOf(schema: unknown): Record<string, unknown> {
	return recordOf(recordOf(schema).properties);
}

function enumOf(schema: unknown): string[] {
	return isRecord(schema) ? textsOf(schema.enum) : [];
}
