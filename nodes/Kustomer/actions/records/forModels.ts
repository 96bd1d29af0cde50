import { isBlank } from './givenValues';

/** The simplified record: the trigger's `attributes` and `related`, and what ids are called. */
export type SimpleRecord = {
	id: string;
	type: string;
	attributes: Record<string, unknown>;
	related: Record<string, unknown>;
	names: Record<string, unknown>;
	url: string | null;
};

/** Who wrote it is among the names, and the rest leads a model nowhere. */
const AUTHORS: readonly string[] = ['createdBy', 'modifiedBy'];
const NOT_RELATED: readonly string[] = ['org', 'klass', ...AUTHORS];

const LONGEST_TEXT = 500;

/**
 * @returns the record as a model reads it: nothing empty, names instead of ids where they are known
 *   (they are taken wherever ids are), and no text of more than 500 characters
 */
export function forModel({ id, type, attributes, related, names, url }: SimpleRecord): object {
	const given = Object.entries(attributes).filter(([, value]) => !isBlank(value));
	const linked = Object.entries(related).filter(([name]) => !NOT_RELATED.includes(name));
	const isShown = new Set([...given, ...linked].map(([name]) => name).concat(AUTHORS));
	const known = Object.entries(names).filter(
		([name, value]) => isShown.has(name) && ![value].flat().includes(null),
	);
	const isNamed = new Set(known.map(([name]) => name));
	const unnamed = ([name]: [string, unknown]) => !isNamed.has(name);
	return {
		id,
		type,
		attributes: Object.fromEntries(
			given.filter(unnamed).map(([name, value]) => [name, shortened(value)]),
		),
		related: Object.fromEntries(linked.filter(unnamed)),
		names: Object.fromEntries(known),
		...(url !== null && { url }),
	};
}

function shortened(value: unknown): unknown {
	if (typeof value !== 'string' || value.length <= LONGEST_TEXT) return value;
	return `${value.slice(0, LONGEST_TEXT)}… (cut off here; ${value.length} characters in all)`;
}
