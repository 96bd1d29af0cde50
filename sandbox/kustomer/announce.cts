import { isDeepStrictEqual } from 'node:util';
import {
	diffOf,
	habitsOf,
	isEventName,
	type Changes,
	type Diff,
	type Envelope,
	type EventName,
} from './events.cts';
import { newId } from './ids.cts';
import type { EventResource } from './madeUp.cts';
import type { Organization } from './organization.cts';
import { relationshipOf, resourceOf } from './resource.cts';
import type { Json, Reference, StoredRecord } from './store.cts';

/** Who makes a change. */
export type Author = {
	/** null: the customer, or nobody. */
	userId: string | null;
	/** The part of Kustomer through which it is made, e.g. `api`. */
	client?: string;
	/** Whether a body may set the stamps itself. */
	isAdmin?: boolean;
};

export type Write = { before: StoredRecord | undefined; after: StoredRecord; by: Author };

/**
 * @returns the event that tells of a write, with what really changed; undefined for records that
 *   Kustomer has no events for
 */
export function envelopeOf(
	write: Write,
	organization: Organization,
	createdAt: string,
): Envelope | undefined {
	const { before, after, by } = write;
	const name = `kustomer.${after.type}.${before === undefined ? 'create' : 'update'}`;
	if (!isEventName(name)) return undefined;
	const { type, id, attributes, relationships, links } = resourceOf(after, organization);
	const isUpdate = before !== undefined;
	const { carriesOrgName, carriesChanges } = habitsOf(after.type as EventResource, isUpdate);
	return {
		id: newId(),
		name: name satisfies EventName,
		org: organization.id,
		partition: organization.id,
		...(carriesOrgName && { orgName: organization.name }),
		data: { type, id, attributes, relationships, links },
		createdAt,
		...(carriesChanges && { changes: isUpdate ? changesOf(before, after) : null }),
		persist: !(isUpdate && (after.type === 'conversation' || after.type === 'message')),
		...(by.client !== undefined && { client: by.client }),
	};
}

/** Conversations have a history, in the form of their events. */
export function historyOf(
	{ id, createdAt, name, changes }: Envelope,
	{ after, by }: Write,
): StoredRecord {
	const author: StoredRecord['related'] =
		by.userId === null ? {} : { createdBy: { type: 'user', id: by.userId } };
	return {
		type: 'event',
		id,
		attributes: {
			name,
			type: 'change',
			publishedAt: createdAt,
			createdAt,
			updatedAt: createdAt,
			modifiedAt: createdAt,
			changes: changes ?? { attributes: {}, relationships: {} },
			location: null,
			meta: null,
		},
		related: {
			conversation: { type: 'conversation', id: after.id },
			customer: after.related.customer ?? null,
			...author,
		},
	};
}

/** @returns what differs between two states of a record, in Kustomer's form */
export function changesOf(before: StoredRecord, after: StoredRecord): Changes {
	const shown = ({ type, related }: StoredRecord) =>
		Object.fromEntries(
			Object.entries(related).map(([name, to]: [string, Reference | null]) => [
				name,
				relationshipOf(type, name, to),
			]),
		);
	return {
		attributes: diffs(before.attributes, after.attributes),
		relationships: diffs(shown(before), shown(after)),
	};
}

function diffs(before: Json, after: Json): Record<string, Diff> {
	const names = new Set([...Object.keys(before), ...Object.keys(after)]);
	const changed = [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
	return Object.fromEntries(changed.map((name) => [name, diffOf(before[name], after[name])]));
}
