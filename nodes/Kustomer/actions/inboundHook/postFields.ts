import { numberOf, oneOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { parsedJson } from '../json';

/** A row of the parameter `fields`. */
export type PostField = { name: string; value: unknown; type: FieldType };

const TYPES = ['automatic', 'text', 'number', 'boolean', 'json'] as const;

export type FieldType = (typeof TYPES)[number];

/** @param rows the rows of the parameter `fields` */
export function fieldsIn(rows: ReadonlyArray<Record<string, unknown>>): PostField[] {
	return rows.map((row) => ({
		name: String(row.name ?? '').trim(),
		value: row.value ?? null,
		type: oneOf(row.type, TYPES),
	}));
}

/** An object without inherited names, so that no field name means anything special. */
type Plain = { [name: string]: unknown };

/**
 * @param fields rows in their order
 * @returns an object; `order.total` becomes `{ order: { total } }`
 * @throws InputMistake naming the field that cannot be used
 */
export function nestedObject(fields: readonly PostField[]): Plain {
	const root = emptyObject();
	for (const field of fields) place(root, field);
	return root;
}

/** @returns the fields as form-data has them: names as written, each with its typed value */
export function namedValues(fields: readonly PostField[]): Array<readonly [string, unknown]> {
	return fields.map((field) => {
		if (field.name === '') throw new InputMistake(NAMELESS);
		return [field.name, typedValue(field)] as const;
	});
}

const NAMELESS = 'A field in "Fields" has no name. Give it one, or remove it.';

function place(root: Plain, field: PostField): void {
	const names = field.name.split('.');
	if (names.includes('')) {
		throw new InputMistake(
			field.name === ''
				? NAMELESS
				: `The field name "${field.name}" has an empty part. Write it like order.total.`,
		);
	}
	const [last] = names.splice(-1);
	const parent = names.reduce((inner, name) => inside(inner, name, field.name), root);
	if (last in parent) {
		throw new InputMistake(
			`The field "${field.name}" is in "Fields" twice, or once as a value and once with fields of its own. Keep one of them.`,
		);
	}
	parent[last] = typedValue(field);
}

function inside(parent: Plain, name: string, fullName: string): Plain {
	if (!(name in parent)) parent[name] = emptyObject();
	const inner = parent[name];
	if (typeof inner === 'object' && inner !== null && Object.getPrototypeOf(inner) === null) {
		return inner as Plain;
	}
	throw new InputMistake(
		`The field "${fullName}" cannot be used together with a field whose whole value is "${name}". Rename one of them.`,
	);
}

function typedValue({ name, value, type }: PostField): unknown {
	switch (type) {
		case 'text':
			return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
		case 'number':
			return numberIn(name, value);
		case 'boolean':
			return booleanIn(name, value);
		case 'json':
			return typeof value === 'string'
				? parsedJson(value, `The value of the field "${name}"`)
				: value;
		default:
			return value;
	}
}

function numberIn(name: string, value: unknown): number {
	const number = numberOf(value);
	if (number !== undefined) return number;
	throw new InputMistake(
		`The field "${name}" must be a number, but its value is not one. Correct the value (with a point, without thousands separators), or set its type to Text.`,
	);
}

function booleanIn(name: string, value: unknown): boolean {
	const word = String(value).trim().toLowerCase();
	if (word === 'true' || word === 'false') return word === 'true';
	throw new InputMistake(
		`The field "${name}" must be a boolean, but its value is neither true nor false. Correct the value, or set its type to Text.`,
	);
}

function emptyObject(): Plain {
	return Object.create(null) as Plain;
}
