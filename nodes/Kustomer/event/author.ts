import { relatedId, relationshipsOf, partsOf, type Envelope } from './envelope';
import type { Changes } from './changes';

/**
 * Who caused an event: the creator of a created record, the last editor of an updated one. An
 * update that leaves `modifiedAt` and `modifiedBy` alone was caused by someone unknown: its last
 * editor was there earlier.
 *
 * @returns the user's id, or nothing when the event does not tell
 */
export function causedBy(envelope: Envelope, changes: Changes): string | undefined {
	const { action } = partsOf(envelope.name);
	const relationships = relationshipsOf(envelope);
	if (action === 'create') return singleId(relationships.createdBy);
	const edited =
		changes.has('modifiedAt') || changes.has('modifiedBy') || changes.has('related.modifiedBy');
	return edited ? singleId(relationships.modifiedBy) : undefined;
}

function singleId(relationship: unknown): string | undefined {
	const id = relatedId(relationship ?? null);
	return typeof id === 'string' ? id : undefined;
}
