import { ownValue } from './changes';
import { attributesOf, isRecord, relatedId, relationshipsOf, type Envelope } from './envelope';

/** Kustomer ends a custom attribute's name with its type; people know the name without it. */
const CUSTOM_NAME = /^custom\.(.+)$/;

const CUSTOM_SUFFIXES = [
	'Str',
	'Txt',
	'Num',
	'Bool',
	'At',
	'Id',
	'Tree',
	'Lst',
	'Obj',
	'Phone',
	'Url',
];

/**
 * Finds the field that a person means among those that exist: the name as written, or, for
 * `custom.vip`, the one field `custom.vip` with a type at its end, such as `custom.vipBool`.
 *
 * @returns the existing name; nothing when none or several fit
 */
export function fieldMeant(typed: string, existing: Iterable<string>): string | undefined {
	const names = new Set(existing);
	const name = typed.trim();
	if (names.has(name)) return name;
	if (!CUSTOM_NAME.test(name)) return undefined;
	const fitting = CUSTOM_SUFFIXES.map((suffix) => `${name}${suffix}`).filter((fit) =>
		names.has(fit),
	);
	return fitting.length === 1 ? fitting[0] : undefined;
}

/** @returns the record's custom attributes as `custom.<name>`, those without a value included */
export function customNames(envelope: Envelope): string[] {
	const { custom } = attributesOf(envelope);
	return isRecord(custom) ? Object.keys(custom).map((key) => `custom.${key}`) : [];
}

/**
 * The record's present value of a field: an attribute, `custom.<name>`, `related.<name>`, or a
 * part of an attribute by a dotted name such as `lastMessageIn.channel`.
 *
 * @returns the value; undefined when the record has no such field
 */
export function presentValue(envelope: Envelope, typed: string): unknown {
	const name = typed.trim();
	const attributes = attributesOf(envelope);
	if (name.startsWith('related.')) {
		return relatedId(ownValue(relationshipsOf(envelope), name.slice('related.'.length)));
	}
	if (CUSTOM_NAME.test(name) && isRecord(attributes.custom)) {
		const custom = attributes.custom;
		const meant = fieldMeant(name, customNames(envelope));
		return meant === undefined ? undefined : ownValue(custom, meant.slice('custom.'.length));
	}
	if (Object.hasOwn(attributes, name)) return attributes[name];
	return name
		.split('.')
		.reduce<unknown>(
			(value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
			attributes,
		);
}
