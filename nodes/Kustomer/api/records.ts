import { isRecord, textOf } from '../narrowing';

/** A record as Kustomer's API gives it: a JSON:API resource. */
export type ApiRecord = {
	id: string;
	type?: string;
	attributes: Record<string, unknown>;
	relationships: Record<string, unknown>;
};

/** @returns the records in a reply's `data`, one or many, as they came and with every part present */
export function recordsIn(body: unknown): ApiRecord[] {
	const data = isRecord(body) ? body.data : undefined;
	return (Array.isArray(data) ? data : [data]).flatMap((entry) => {
		if (!isRecord(entry) || typeof entry.id !== 'string') return [];
		return [
			{
				...entry,
				id: entry.id,
				type: typeof entry.type === 'string' ? entry.type : undefined,
				attributes: isRecord(entry.attributes) ? entry.attributes : {},
				relationships: isRecord(entry.relationships) ? entry.relationships : {},
			},
		];
	});
}

/** @returns what people call the record: often its display name is null */
export function labelOf({ id, attributes }: ApiRecord): string {
	const { displayName, name, email } = attributes;
	return textOf(displayName) || textOf(name) || textOf(email) || id;
}

/** Attributes that open something: a webhook's secret, the key of an email hook. */
const SECRETS: ReadonlySet<string> = new Set(['token', 'key', 'secret']);

/**
 * @param attributes what Kustomer's reply holds
 * @returns a copy for an item: without secrets, and of headers the names only, since people put
 *   passwords into their values
 */
export function withoutSecrets(attributes: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(attributes)
			.filter(([name]) => !SECRETS.has(name))
			.map(([name, value]) => [name, name === 'headers' ? headerNames(value) : value]),
	);
}

/** @returns the names in a list of `{ name, value }` or an object of headers */
export function headerNames(headers: unknown): string[] {
	if (Array.isArray(headers)) {
		return headers.filter(isRecord).map((header) => String(header.name ?? ''));
	}
	return isRecord(headers) ? Object.keys(headers) : [];
}
