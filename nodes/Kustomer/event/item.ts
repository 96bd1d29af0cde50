import { isWithheld, shownChanges } from './changes';
import {
	attributesOf,
	partsOf,
	relatedId,
	relationshipsOf,
	textOrNull,
	type Envelope,
	type JsonRecord,
} from './envelope';

/**
 * The simplified item: the event and the record side by side, ids in place of JSON:API links.
 *
 * @param envelope a verified event
 * @returns a new object; `attributes` holds the event's own values, untouched
 */
export function simplifiedItem(envelope: Envelope): JsonRecord {
	const { resource, action } = partsOf(envelope.name);
	return {
		event: envelope.name,
		resource,
		action,
		eventId: textOrNull(envelope.id),
		occurredAt: textOrNull(envelope.createdAt),
		orgId: textOrNull(envelope.org),
		orgName: textOrNull(envelope.orgName),
		client: textOrNull(envelope.client),
		id: textOrNull(envelope.data.id) ?? textOrNull(envelope.dataId),
		attributes: shownAttributes(resource, attributesOf(envelope)),
		related: relatedIds(relationshipsOf(envelope)),
		changes: shownChanges(envelope),
	};
}

function shownAttributes(resource: string, attributes: JsonRecord): JsonRecord {
	if (!Object.keys(attributes).some((name) => isWithheld(resource, name))) return attributes;
	return Object.fromEntries(
		Object.entries(attributes).filter(([name]) => !isWithheld(resource, name)),
	);
}

function relatedIds(relationships: JsonRecord): JsonRecord {
	return Object.fromEntries(
		Object.entries(relationships)
			.map(([name, relationship]) => [name, relatedId(relationship)] as const)
			.filter(([, id]) => id !== undefined),
	);
}
