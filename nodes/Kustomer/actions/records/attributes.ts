import { labelOfCustom, typeBySuffix, type CustomAttribute } from '../../api/metadata';
import { isRecord, recordOf } from '../../narrowing';
import { parsedJson } from '../json';
import { InputMistake } from '../itemErrors';
import { choicesOf, converted, type Field } from './conversion';
import { isBlank, jsonIn, listFrom, shown, textFrom } from './givenValues';

/** An attribute that Kustomer itself gives to a kind of record. */
export type Attribute = Pick<Field, 'label' | 'type' | 'entry' | 'names'> & {
	/** Kustomer's name. */
	name: string;
	/** The only values that Kustomer takes. */
	options?: readonly string[];
	/** Without it Kustomer refuses to create the record. */
	required?: boolean;
	readOnly?: boolean;
	/** The one operation that takes it. */
	only?: 'create' | 'update';
	description?: string;
	/** What it is on create when nothing was entered. */
	default?: string;
	/** Never taken by "Map Automatically": it ends, moves, deletes or dates a record. */
	byHand?: boolean;
};

/** What the attributes of a record may be; `custom` is undefined where the key may not read them. */
export type KnownAttributes = {
	own: readonly Attribute[];
	custom: readonly CustomAttribute[] | undefined;
};

export type FilledForm = KnownAttributes & {
	/** The resource mapper's `mappingMode`; anything but `autoMapInputData` is the form. */
	mode: unknown;
	/** Its `value`, read without n8n's conversion: that drops null, and makes 0 of "". */
	value: unknown;
	/** Its `schema`, which says what was removed from the form again. */
	schema: unknown;
	/** The item's JSON, for "Map Automatically". */
	item: unknown;
	/** The workflow's, for dates that name none. */
	timeZone: string;
};

type Named = readonly [name: string, value: unknown];

const CUSTOM = 'custom.';

/** The parameter `clear`, as the editor shows it. */
const TO_CLEAR = 'Attributes to Clear';

/** Stands for the organization's attributes where the key may not read what they are. */
export const CUSTOM_AS_JSON: Attribute = {
	name: 'custom',
	label: 'Custom Attributes (JSON, as their list needs the role org.permission.metadata.read)',
	type: 'object',
};

export type Writing = 'create' | 'update' | 'upsert';

/**
 * @returns the attributes that the operation takes; an update requires none of them. An upsert may
 *   create, so it takes what a create takes.
 */
export function attributesFor(operation: Writing, own: readonly Attribute[]): Attribute[] {
	const kept = operation === 'update' ? 'update' : 'create';
	return own
		.filter(({ only }) => only === undefined || only === kept)
		.map((one) => (operation === 'create' ? one : { ...one, required: false }));
}

/**
 * Reads the resource mapper. What is blank stays as it is at Kustomer.
 *
 * @returns the body for Kustomer; names of tags, users, teams and queues are not looked up yet
 * @throws InputMistake naming the attribute's label, what it must be and what it is
 */
export function attributesOf(form: FilledForm): Record<string, unknown> {
	const given = form.mode === 'autoMapInputData' ? ofItem(form) : ofForm(form);
	return bodyOf(
		given.flatMap(([name, value]) => {
			const field = fieldNamed(name, form);
			const ready = field === undefined ? value : converted(field, value, form.timeZone);
			return isBlank(ready) ? [] : [[name, ready]];
		}),
	);
}

/**
 * Reads attributes as JSON: Kustomer's own names and values, null to empty one. What Kustomer does
 * not know it refuses itself.
 *
 * @param given an object, or the text of one; nothing entered is an empty object
 * @param own says which attributes are lists, which Kustomer empties by an empty list
 * @param timeZone where a model wrote it: values are converted like those of the form, and what is
 *   blank stays as it is at Kustomer
 * @throws InputMistake with the line and column where the text stops being JSON
 */
export function jsonAttributesOf(
	given: unknown,
	own: readonly Attribute[] = [],
	timeZone?: string,
): Record<string, unknown> {
	if (isBlank(given)) return {};
	const attributes = typeof given === 'string' ? objectIn(given) : given;
	if (!isRecord(attributes)) {
		throw new InputMistake(
			'"Attributes (JSON)" must be one JSON object, such as {"name": "Ada Lovelace"}.',
		);
	}
	const known = { own, custom: undefined };
	return bodyOf(
		spread(Object.entries(attributes)).map(([name, value]) => {
			const field = fieldNamed(name, known);
			if (value === null) return [name, emptied(field)];
			if (timeZone === undefined) return [name, value];
			if (isBlank(value)) return [name, undefined];
			return [name, field === undefined ? value : converted(field, value, timeZone)];
		}),
	);
}

/** Models put JSON into Markdown, and into a JSON text once more. */
function objectIn(text: string): unknown {
	const bare = text.replace(/^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/i, '$1');
	const parsed = parsedJson(bare, '"Attributes (JSON)"');
	return typeof parsed === 'string' ? jsonIn(parsed) : parsed;
}

/**
 * @param names attributes to be emptied, by name or by label; `custom.<name>` for custom ones
 * @returns the body that empties them: null, [] for lists
 * @throws InputMistake for a name that is no attribute
 */
export function cleared(names: unknown, known: KnownAttributes): Record<string, unknown> {
	const wanted = listFrom(names ?? [], TO_CLEAR).map((name) => textFrom(name, TO_CLEAR));
	return bodyOf(
		wanted.map((typed) => {
			const name = nameMeant(typed, known);
			if (name !== undefined) return [name, emptied(fieldNamed(name, known))];
			throw new InputMistake(
				`"${TO_CLEAR}" names ${shown(typed)}, which is not an attribute of this record. Write Kustomer's name, e.g. externalId, or custom.vipBool for a custom attribute.`,
			);
		}),
	);
}

/**
 * @returns the body of a create with what Kustomer requires
 * @throws InputMistake naming the required attributes that have no value
 */
export function completed(
	body: Record<string, unknown>,
	own: readonly Attribute[],
): Record<string, unknown> {
	const required = own.filter((one) => one.required === true && isBlank(body[one.name]));
	const missing = required.filter((one) => one.default === undefined);
	if (missing.length === 0) {
		return { ...body, ...Object.fromEntries(required.map((one) => [one.name, one.default])) };
	}
	const labels = missing.map(({ label, name }) => `${label} (${name})`).join(', ');
	throw new InputMistake(`Kustomer needs a value for ${labels}. Enter it in "Attributes".`);
}

/** A field that was removed from the form again leaves its value in the workflow. */
function ofForm({ value, schema, own }: FilledForm): Named[] {
	const removed = new Set(
		(Array.isArray(schema) ? schema : []).flatMap((field) =>
			isRecord(field) && field.removed === true ? [field.id] : [],
		),
	);
	const fixed = new Set(own.filter(({ readOnly }) => readOnly).map(({ name }) => name));
	return Object.entries(recordOf(value)).filter(([name]) => !removed.has(name) && !fixed.has(name));
}

function ofItem({ item, own, custom }: FilledForm): Named[] {
	const fields = Object.entries(recordOf(item));
	const taken = new Set(
		own.filter(({ readOnly, byHand }) => !readOnly && !byHand).map(({ name }) => name),
	);
	const isCustom = (name: string) =>
		custom === undefined
			? typeBySuffix(name) !== undefined
			: custom.some((one) => one.name === name);
	return spread(fields).filter(([name]) =>
		name.startsWith(CUSTOM) ? isCustom(name.slice(CUSTOM.length)) : taken.has(name),
	);
}

/** The nested form of custom attributes as the flat one. */
function spread(named: readonly Named[]): Named[] {
	const nested = named.flatMap(([name, value]) =>
		name === 'custom' && isRecord(value) ? Object.entries(value) : [],
	);
	const flat = named.filter(([name, value]) => name !== 'custom' || !isRecord(value));
	return [...nested.map(([name, value]): Named => [`${CUSTOM}${name}`, value]), ...flat];
}

function bodyOf(named: readonly Named[]): Record<string, unknown> {
	const all = spread(named).filter(([, value]) => value !== undefined);
	const custom = all.flatMap(([name, value]) =>
		name.startsWith(CUSTOM) ? [[name.slice(CUSTOM.length), value] as const] : [],
	);
	const own = all.filter(([name]) => !name.startsWith(CUSTOM));
	if ([...own, ...custom].some(([name]) => name === '__proto__')) {
		throw new InputMistake('"__proto__" cannot be the name of an attribute. Remove it.');
	}
	const body = Object.fromEntries(own);
	return custom.length === 0 ? body : { ...body, custom: Object.fromEntries(custom) };
}

function fieldNamed(name: string, { own, custom }: KnownAttributes): Field | undefined {
	if (!name.startsWith(CUSTOM)) {
		const found = own.find((one) => one.name === name);
		return found && { ...found, choices: choicesOf(found) };
	}
	const bare = name.slice(CUSTOM.length);
	const type = typeBySuffix(bare);
	return custom?.find((one) => one.name === bare) ?? (type && { label: labelOfCustom(bare), type });
}

/** A custom attribute may exist that Kustomer keeps no metadata of; its suffix shows it. */
function nameMeant(typed: string, { own, custom = [] }: KnownAttributes): string | undefined {
	const names = [
		...own.filter(({ readOnly }) => !readOnly),
		...custom.map((one) => ({ ...one, name: `${CUSTOM}${one.name}` })),
	];
	const word = typed.toLowerCase();
	const found =
		names.find(({ name }) => name === typed) ??
		names.find(({ label }) => label.toLowerCase() === word);
	const isFree = typed.startsWith(CUSTOM) && typeBySuffix(typed) !== undefined;
	return found?.name ?? (isFree ? typed : undefined);
}

function emptied(field: Field | undefined): null | [] {
	return field?.type === 'list' || field?.type === 'idList' ? [] : null;
}
