import { createHash } from 'node:crypto';

/** What a JSON object is before anyone looked into it. */
export type JsonRecord = Record<string, unknown>;

/**
 * A Kustomer event as it was delivered. Only `name` and `data` are certain; the rest is read with
 * care, and unknown fields are kept.
 * Source: https://developer.kustomer.com/docs/events/event-catalog
 */
export type Envelope = JsonRecord & { name: string; data: JsonRecord };

/**
 * @param body the verified bytes of a delivery
 * @returns the event, or nothing when the bytes are not a Kustomer event
 */
export function parseEnvelope(body: Uint8Array): Envelope | undefined {
	let parsed: unknown;
	try {
		// TextDecoder drops a byte order mark, which JSON.parse would stumble over.
		parsed = JSON.parse(UTF8.decode(body));
	} catch {
		return undefined;
	}
	if (!isRecord(parsed) || !isRecord(parsed.data)) return undefined;
	if (typeof parsed.name !== 'string' || !parsed.name.startsWith('kustomer.')) return undefined;
	return parsed as Envelope;
}

/**
 * @returns what makes two deliveries the same event: the signed envelope id, or, should Kustomer
 *   leave it out, a digest of the identical bytes
 */
export function eventKey(envelope: Envelope, body: Uint8Array): string {
	if (typeof envelope.id === 'string' && envelope.id !== '') return envelope.id;
	return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** @returns `kustomer.conversation.update` as its parts `conversation` and `update` */
export function partsOf(name: string): { resource: string; action: string } {
	const parts = name.split('.').slice(1);
	return { resource: parts.slice(0, -1).join('.') || (parts[0] ?? ''), action: parts.at(-1) ?? '' };
}

/** @returns the record's attributes; an empty object when there are none */
export function attributesOf(envelope: Envelope): JsonRecord {
	return isRecord(envelope.data.attributes) ? envelope.data.attributes : {};
}

/** @returns the record's relationships; an empty object when there are none */
export function relationshipsOf(envelope: Envelope): JsonRecord {
	return isRecord(envelope.data.relationships) ? envelope.data.relationships : {};
}

/**
 * @param relationship one entry of `relationships`
 * @returns its id, a list of ids, null where nothing is related, or nothing when it holds links only
 */
export function relatedId(relationship: unknown): string | null | Array<string | null> | undefined {
	if (relationship === null) return null;
	if (!isRecord(relationship) || relationship.data === undefined) return undefined;
	if (Array.isArray(relationship.data)) return relationship.data.map(idOf);
	return idOf(relationship.data);
}

export function isRecord(value: unknown): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns text, or null for anything else */
export function textOrNull(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

const UTF8 = new TextDecoder('utf-8');

function idOf(data: unknown): string | null {
	return isRecord(data) ? textOrNull(data.id) : null;
}
