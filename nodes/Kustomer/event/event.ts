import { createHash } from 'node:crypto';
import { isRecord, recordOf, textOrNull } from '../narrowing';
import { readChanges, type Changes } from './changes';
import { relatedId } from './fields';

/**
 * A Kustomer event as it was delivered. Only `name` and `data` are certain.
 * Source: https://developer.kustomer.com/docs/events/event-catalog
 */
export type Envelope = Record<string, unknown> & { name: string; data: Record<string, unknown> };

/** A delivery's body, read once. What Kustomer left out, or sent as something else, is null. */
export type KustomerEvent = {
	/** `kustomer.conversation.update` is of the resource `conversation` and the action `update`. */
	name: string;
	resource: string;
	action: string;
	id: string | null;
	/** What makes two deliveries the same event: its id, or a digest of the bytes if it has none. */
	key: string;
	createdAt: string | null;
	orgId: string | null;
	orgName: string | null;
	client: string | null;
	recordId: string | null;
	recordType: string | null;
	attributes: Record<string, unknown>;
	relationships: Record<string, unknown>;
	/** Read when first asked for, and once: an event that is dropped by its name needs none. */
	changes: () => Changes;
	/** The event exactly as it was sent. */
	raw: Envelope;
	/** Only where it was not delivered, but found at Kustomer afterwards. */
	recovered?: Recovery;
};

/** What is known of an event that was found afterwards; its record is as it was then. */
export type Recovery = {
	/** Whether its changes are those that Kustomer recorded. Otherwise nobody knows what changed. */
	hasChanges: boolean;
	/** Whether somebody edited the record within the time that was looked at. */
	isEdited: boolean;
	/** Id of the user who caused it. */
	author: string | undefined;
};

const UTF8 = new TextDecoder('utf-8');

/**
 * @param body the verified bytes of a delivery
 * @returns the event; undefined if the bytes are not a Kustomer event
 */
export function parseEvent(body: Uint8Array): KustomerEvent | undefined {
	const raw = envelopeIn(body);
	if (raw === undefined) return undefined;
	const digest = () => `sha256:${createHash('sha256').update(body).digest('hex')}`;
	return eventOf(raw, digest);
}

/** @param keyWithoutId makes the key of an event that has no id */
export function eventOf(raw: Envelope, keyWithoutId: () => string): KustomerEvent {
	const { name, data } = raw;
	const { resource, action } = partsOf(name);
	const id = textOrNull(raw.id);
	let changes: Changes | undefined;
	return {
		name,
		resource,
		action,
		id,
		key: id || keyWithoutId(),
		createdAt: textOrNull(raw.createdAt),
		orgId: textOrNull(raw.org),
		orgName: textOrNull(raw.orgName),
		client: textOrNull(raw.client),
		recordId: textOrNull(data.id) ?? textOrNull(raw.dataId),
		recordType: textOrNull(data.type),
		attributes: recordOf(data.attributes),
		relationships: recordOf(data.relationships),
		changes: () => (changes ??= readChanges(action === 'create' ? null : raw.changes)),
		raw,
	};
}

function envelopeIn(body: Uint8Array): Envelope | undefined {
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

/** @returns `kustomer.conversation.update` as its parts `conversation` and `update` */
export function partsOf(name: string): { resource: string; action: string } {
	const first = name.indexOf('.') + 1;
	const last = name.lastIndexOf('.') + 1;
	return {
		resource: name.slice(first, last > first ? last - 1 : undefined),
		action: name.slice(last),
	};
}

/**
 * Who caused an event: the creator of a created record, the last editor of an updated one. An
 * update that leaves `modifiedAt` and `modifiedBy` alone was caused by someone unknown: its last
 * editor was someone earlier.
 *
 * @returns the user's id; undefined if the event does not tell
 */
export function authorOf(event: KustomerEvent): string | undefined {
	if (event.recovered !== undefined) return event.recovered.author;
	if (event.action === 'create') return singleId(event.relationships.createdBy);
	const changes = event.changes();
	const isEdited =
		changes.has('modifiedAt') || changes.has('modifiedBy') || changes.has('related.modifiedBy');
	return isEdited ? singleId(event.relationships.modifiedBy) : undefined;
}

/** @returns the id of a relationship that leads to one record */
export function singleId(relationship: unknown): string | undefined {
	const id = relatedId(relationship);
	return typeof id === 'string' ? id : undefined;
}
