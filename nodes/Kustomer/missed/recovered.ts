import type { ApiRecord } from '../api/records';
import { eventOf, type KustomerEvent } from '../event/event';
import { relatedId } from '../event/fields';
import { timeOf } from '../narrowing';

/** An event that was not delivered, but found at Kustomer afterwards. */
export type Recovered = KustomerEvent & {
	/** When it happened; ISO 8601. */
	at: string;
	/** Whether its changes are those that Kustomer recorded. Otherwise nobody knows what changed. */
	hasChanges: boolean;
};

/** What Kustomer recorded of an event. */
export type Recorded = {
	id: string;
	name: string;
	at: string;
	changes: unknown;
};

/** @returns the recorded event of a record as it is now */
export function recordedEvent({ id, name, at, changes }: Recorded, record: ApiRecord): Recovered {
	return recovered({ id, name, createdAt: at, changes }, record, true);
}

/** @returns the event that a record's state tells of: that it was created, or changed somehow */
export function stateEvent(
	action: 'create' | 'update',
	resource: string,
	record: ApiRecord,
): Recovered {
	const createdAt = timeOf(record.attributes[action === 'create' ? 'createdAt' : 'updatedAt']);
	const id = recordKey(resource, record.id, action === 'create' ? undefined : revisionOf(record));
	const name = `kustomer.${resource}.${action}`;
	return recovered({ id, name, createdAt }, record, action === 'create');
}

/**
 * What an event and the record's state that it led to have in common.
 *
 * @param revision of an update: the record's `rev` afterwards, or its `updatedAt`
 */
export function recordKey(resource: string, id: string, revision: unknown): string {
	return revision === undefined
		? `${resource}:${id}:create`
		: `${resource}:${id}:update:${revision}`;
}

function revisionOf({ attributes: { rev, updatedAt } }: ApiRecord): unknown {
	return typeof rev === 'number' ? rev : (updatedAt ?? '');
}

function recovered(
	known: { id: string; name: string; createdAt: string; changes?: unknown },
	record: ApiRecord,
	hasChanges: boolean,
): Recovered {
	const { id, name, createdAt, changes } = known;
	const org = relatedId(record.relationships.org);
	const raw = {
		id,
		name,
		...(typeof org === 'string' && { org }),
		data: record,
		createdAt,
		...(changes !== undefined && { changes }),
		recovered: true,
	};
	return { ...eventOf(raw, () => id), recovered: true, at: createdAt, hasChanges };
}
