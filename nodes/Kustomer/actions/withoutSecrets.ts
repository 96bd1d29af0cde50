import { isRecord } from '../api/replies';

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
