import { BOOKKEEPING_FIELDS, type Change } from './changes';
import type { KustomerEvent } from './event';
import { relatedId } from './fields';

type JsonRecord = Record<string, unknown>;

/**
 * The simplified item: the event and the record side by side, ids in place of JSON:API links.
 *
 * @param event a verified event
 * @returns a new object; `attributes` holds the event's own values, untouched
 */
export function simplifiedItem(event: KustomerEvent): JsonRecord {
	return {
		event: event.name,
		resource: event.resource,
		action: event.action,
		eventId: event.id,
		occurredAt: event.createdAt,
		orgId: event.orgId,
		orgName: event.orgName,
		client: event.client,
		id: event.recordId,
		attributes: shownAttributes(event),
		related: relatedIds(event.relationships),
		changes: shownChanges(event),
		...(event.recovered && { recovered: true }),
	};
}

/** A user event has a `password` attribute, always empty so far. It has no business in an execution. */
function isWithheld(resource: string, field: string): boolean {
	return resource === 'user' && field === 'password';
}

function shownAttributes({ resource, attributes }: KustomerEvent): JsonRecord {
	if (resource !== 'user') return attributes;
	return Object.fromEntries(
		Object.entries(attributes).filter(([name]) => !isWithheld(resource, name)),
	);
}

function relatedIds(relationships: JsonRecord): JsonRecord {
	const related: Array<[string, unknown]> = [];
	for (const [name, relationship] of Object.entries(relationships)) {
		const id = relatedId(relationship);
		if (id !== undefined) related.push([name, id]);
	}
	return Object.fromEntries(related);
}

/** Without bookkeeping, and without the former text of a message that an agent has redacted. */
function shownChanges(event: KustomerEvent): Record<string, Change> {
	const isRedacted = event.attributes.redacted === true;
	const shown: Array<[string, Change]> = [];
	for (const [name, change] of event.changes()) {
		if (BOOKKEEPING_FIELDS.has(name) || isWithheld(event.resource, name)) continue;
		shown.push([name, isRedacted && name === 'preview' ? { ...change, from: null } : change]);
	}
	return Object.fromEntries(shown);
}
