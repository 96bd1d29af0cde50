import { isRecord, textOrNull } from '../narrowing';

/** What an event says about its record. */
type RecordParts = {
	attributes: Record<string, unknown>;
	relationships: Record<string, unknown>;
};

/** Kustomer ends a custom attribute's name with its type; people know the name without it. */
const TYPED_NAME = /^(custom\..+)(Str|Txt|Num|Bool|At|Id|Tree|Lst|Obj|Phone|Url)$/;

/**
 * Finds the field that a person means among those that exist: the name as written, or, for
 * `custom.vip`, the one field `custom.vip` with a type at its end, such as `custom.vipBool`.
 *
 * @returns the existing name; undefined if none or several fit
 */
export function fieldMeant(typed: string, existing: readonly string[]): string | undefined {
	const name = typed.trim();
	if (existing.includes(name)) return name;
	const fitting = new Set(existing.filter((other) => TYPED_NAME.exec(other)?.[1] === name));
	return fitting.size === 1 ? [...fitting][0] : undefined;
}

/** @returns the record's custom attributes as `custom.<name>`, those without a value included */
export function customNames({ attributes: { custom } }: RecordParts): string[] {
	return isRecord(custom) ? Object.keys(custom).map((key) => `custom.${key}`) : [];
}

/**
 * The record's present value of a field: an attribute, `custom.<name>`, `related.<name>`, or a
 * part of an attribute by a dotted name such as `lastMessageIn.channel`.
 *
 * @returns the value; undefined if the record has no such field
 */
export function presentValue(record: RecordParts, typed: string): unknown {
	const name = typed.trim();
	const { attributes, relationships } = record;
	if (name.startsWith('related.')) {
		return relatedId(ownValue(relationships, name.slice('related.'.length)));
	}
	if (name.startsWith('custom.') && isRecord(attributes.custom)) {
		const meant = fieldMeant(name, customNames(record));
		return meant && ownValue(attributes.custom, meant.slice('custom.'.length));
	}
	if (Object.hasOwn(attributes, name)) return attributes[name];
	return name
		.split('.')
		.reduce<unknown>(
			(value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
			attributes,
		);
}

/**
 * @param relationship one entry of `relationships`
 * @returns its id, a list of ids, null where nothing is related, undefined if it has links only
 */
export function relatedId(relationship: unknown): string | null | Array<string | null> | undefined {
	if (relationship === null) return null;
	if (!isRecord(relationship) || relationship.data === undefined) return undefined;
	if (Array.isArray(relationship.data)) return relationship.data.map(idOf);
	return idOf(relationship.data);
}

/** @returns the record's own value, never one that every object inherits; null if absent */
export function ownValue(record: Record<string, unknown>, name: string): unknown {
	return Object.hasOwn(record, name) ? (record[name] ?? null) : null;
}

function idOf(data: unknown): string | null {
	return isRecord(data) ? textOrNull(data.id) : null;
}
