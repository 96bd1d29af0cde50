import type { ApiRecord } from '../api/records';
import { eventOf, singleId, type KustomerEvent, type Recovery } from '../event/event';
import { relatedId } from '../event/fields';
import { timeOf } from '../narrowing';
import { isEditedWithin, type Gap } from './gap';
import { recordKey, revisionOf } from './keys';

/** An event that was not delivered, but found at Kustomer afterwards. */
export type Recovered = KustomerEvent & {
	recovered: Recovery;
	/** When it happened, in UTC. */
	at: string;
	/** Of a record that was created and changed since: its update, in case that its creation is known. */
	later?: Recovered;
};

/** What Kustomer recorded of an event. */
export type Recorded = {
	id: string;
	name: string;
	at: string;
	changes: unknown;
	author: string | undefined;
};

/** @returns the recorded event of a record as it is now */
export function recordedEvent(recorded: Recorded, record: ApiRecord): Recovered {
	const { id, name, at, changes, author } = recorded;
	const known = { id, name, createdAt: at, changes };
	const recovery = { hasChanges: true, isEdited: true, author: author ?? editorOf(record) };
	return recovered(known, record, recovery);
}

/** @returns the event that a record's state tells of: that it was created, or changed somehow */
export function stateEvent(
	action: 'create' | 'update',
	resource: string,
	{ record, gap }: { record: ApiRecord; gap: Gap },
): Recovered {
	const isCreate = action === 'create';
	const { createdAt, updatedAt, modifiedAt } = record.attributes;
	const known = {
		id: recordKey(resource, record.id, isCreate ? undefined : revisionOf(record.attributes)),
		name: `kustomer.${resource}.${action}`,
		createdAt: timeOf(isCreate ? createdAt : updatedAt),
	};
	return recovered(known, record, {
		hasChanges: isCreate,
		isEdited: isEditedWithin(gap, modifiedAt),
		author: isCreate ? singleId(record.relationships.createdBy) : editorOf(record),
	});
}

function editorOf({ relationships }: ApiRecord): string | undefined {
	return singleId(relationships.modifiedBy);
}

function recovered(
	known: { id: string; name: string; createdAt: string; changes?: unknown },
	record: ApiRecord,
	recovery: Recovery,
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
	return { ...eventOf(raw, () => id), recovered: recovery, at: createdAt };
}
