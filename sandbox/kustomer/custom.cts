import { isRecord } from './body.cts';
import { badRequest } from './errors.cts';
import { isId, isTime } from './schema.cts';
import type { Json, Store } from './store.cts';

const LONGEST_TEXT_CHARACTERS = 1024;

const text = (value: unknown) =>
	typeof value === 'string' && value.length <= LONGEST_TEXT_CHARACTERS;

/** Ending of a custom attribute's name → what its value may be; null may stand in each. */
const SUFFIXES: Readonly<Record<string, (value: unknown) => boolean>> = {
	Str: text,
	Txt: text,
	Num: (value) => typeof value === 'number',
	At: (value) => typeof value === 'string' && isTime(value),
	Bool: (value) => typeof value === 'boolean',
	Url: (value) => typeof value === 'string' && URL.canParse(value),
	Id: (value) => (Array.isArray(value) ? value : [value]).every((id) => isId(String(id))),
	Tree: (value) => typeof value === 'string',
};

const KNOWN = /(Str|Txt|Num|At|Bool|Url|Id|Tree)$/;

/**
 * @param resource as in the metadata's address: `customer`, `kobject.order`
 * @throws Refusal 400 as Kustomer answered it when it was recorded
 */
export function checkCustom(store: Store, resource: string, custom: unknown): void {
	if (custom === undefined) return;
	if (!isRecord(custom)) throw badRequest('Invalid type', { parameter: 'custom' });
	for (const [name, value] of Object.entries(custom)) {
		const suffix = KNOWN.exec(name)?.[1];
		if (suffix === undefined || (suffix === 'Id' && !isDeclared(store, resource, name))) {
			throw badRequest('Additional properties not allowed', {
				parameter: name,
				detail: '/properties/custom/additionalProperties',
			});
		}
		if (value !== null && !SUFFIXES[suffix](value)) {
			const detail = `/properties/custom/patternProperties/${suffix}$`;
			throw badRequest('Invalid type', { parameter: name, detail });
		}
	}
}

/** @returns what the organization tells of its custom attributes, by name */
export function propertiesOf(store: Store, resource: string): Json {
	const metadata = store.find('metadata', resource)?.attributes.properties;
	return isRecord(metadata) ? metadata : {};
}

function isDeclared(store: Store, resource: string, name: string): boolean {
	return Object.hasOwn(propertiesOf(store, resource), name);
}
