import type { KustomerEvent } from '../event/event';

/** Under what an event is remembered, so that a delivery and what is found of it count once. */
export type EventKeys = {
	/** It is a duplicate if any of these is known. */
	own: string[];
	/** What it tells of besides: a record that is found created is given with its later changes. */
	covered: string[];
};

const RECORDS: ReadonlySet<string> = new Set(['customer', 'conversation', 'message']);

/** @param event delivered, or found afterwards */
export function keysOf(event: KustomerEvent): EventKeys {
	const { resource, action, recordId, key } = event;
	if (recordId === null || !RECORDS.has(resource)) return { own: [key], covered: [] };
	const covered =
		event.recovered !== undefined && key === recordKey(resource, recordId)
			? [recordKey(resource, recordId, revisionOf(event.attributes))]
			: [];
	const revision = action === 'create' ? undefined : revisionAfter(event);
	if (revision === '') return { own: [key], covered };
	return { own: [...new Set([key, recordKey(resource, recordId, revision)])], covered };
}

/**
 * What an event and the state of the record that it led to have in common.
 *
 * @param revision of an update: the record's revision afterwards
 */
export function recordKey(resource: string, id: string, revision?: string): string {
	return revision === undefined
		? `${resource}:${id}:create`
		: `${resource}:${id}:update:${revision}`;
}

/** @returns what counts a record's changes: its `rev`, else its `updatedAt`, else nothing */
export function revisionOf({ rev, updatedAt }: Record<string, unknown>): string {
	if (typeof rev === 'number') return String(rev);
	return typeof updatedAt === 'string' ? updatedAt : '';
}

/** A recorded event comes with its record as it is now: only its changes tell what it was then. */
function revisionAfter(event: KustomerEvent): string {
	if (event.recovered?.hasChanges !== true) return revisionOf(event.attributes);
	const after = (field: string) => event.changes().get(field)?.to;
	return revisionOf({ rev: after('rev'), updatedAt: after('updatedAt') });
}
