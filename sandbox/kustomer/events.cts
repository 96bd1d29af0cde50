import { isDeepStrictEqual } from 'node:util';
import { newId } from './ids.cts';
import { MADE_UP_ORGANIZATION } from './organization.cts';
import { USERS } from './people.cts';
import { makeRecord, type EventResource, type MadeRecord } from './madeUp.cts';

/** The twelve that can be subscribed to. Source: https://developer.kustomer.com/docs/events/event-catalog */
export const EVENT_NAMES = [
	'kustomer.customer.create',
	'kustomer.customer.update',
	'kustomer.conversation.create',
	'kustomer.conversation.update',
	'kustomer.message.create',
	'kustomer.message.update',
	'kustomer.user.create',
	'kustomer.user.update',
	'kustomer.team.create',
	'kustomer.team.update',
	'kustomer.tag.create',
	'kustomer.tag.update',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

export type Diff = { op: 'add' | 'replace' | 'remove'; before?: unknown; after?: unknown };

export type Changes = { attributes: Record<string, Diff>; relationships: Record<string, Diff> };

/** The body of a delivery. */
export type Envelope = {
	id: string;
	name: string;
	org: string;
	orgName?: string;
	partition: string;
	data: {
		type: string;
		id: string;
		attributes: Record<string, unknown>;
		relationships: Record<string, unknown>;
		links: Record<string, string>;
	};
	createdAt: string;
	changes?: Changes | null;
	persist: boolean;
	client?: string;
};

/** What an event shall have instead of the usual. */
export type EventOverrides = {
	/** Id of the event; fresh where left out. */
	id?: string;
	org?: string;
	/** Only for the events that carry it. */
	orgName?: string;
	/** Time of the event, ISO. */
	createdAt?: string;
	/** Which client made the change; null leaves it out. */
	client?: string | null;
	/** Id of the record; fresh where left out. */
	recordId?: string;
	/** Put over the record's attributes. */
	attributes?: Record<string, unknown>;
	/** Put over the record's relationships. */
	relationships?: Record<string, unknown>;
	/** For updates: the attributes that change, instead of the usual ones, from the old to the new value. */
	changed?: Record<string, { from?: unknown; to?: unknown }>;
	/** The record's revision after an update. */
	rev?: number;
	/** Users' ids. */
	createdBy?: string;
	modifiedBy?: string;
};

const SINCE_CREATION_MS = 3 * 60_000;

/**
 * Makes an event as Kustomer sends it, of made-up people, with fresh ids and times.
 *
 * @returns the envelope; its bytes are `JSON.stringify(envelope)`
 */
export function makeEvent(name: EventName, overrides: EventOverrides = {}): Envelope {
	const [, resource, action] = name.split('.') as [string, EventResource, 'create' | 'update'];
	const createdAt = overrides.createdAt ?? new Date().toISOString();
	const isUpdate = action === 'update';
	const org = overrides.org ?? MADE_UP_ORGANIZATION.id;
	const createdBy = overrides.createdBy ?? USERS[0].id;
	const id = overrides.recordId ?? newId();
	const age = isUpdate ? SINCE_CREATION_MS : 0;
	const record = makeRecord(resource, {
		id,
		createdAt: new Date(Date.parse(createdAt) - age).toISOString(),
		org,
		createdBy,
		modifiedBy: overrides.modifiedBy ?? createdBy,
	});
	Object.assign(record.attributes, overrides.attributes);
	if (resource === 'message') leaveOutStrangers(record, isUpdate, overrides);
	Object.assign(record.relationships, overrides.relationships);
	const changes = isUpdate ? applyUpdate(resource, record, createdAt, overrides) : null;
	const { attributes, relationships, links } = record;
	const { client, carriesOrgName, carriesChanges } = habitsOf(resource, isUpdate);
	const sender = overrides.client === undefined ? client : (overrides.client ?? undefined);
	return {
		id: overrides.id ?? newId(),
		name,
		org,
		partition: org,
		...(carriesOrgName && { orgName: overrides.orgName ?? MADE_UP_ORGANIZATION.name }),
		data: { type: resource, id, attributes, relationships, links },
		createdAt,
		...(carriesChanges && { changes }),
		persist: !(isUpdate && (resource === 'conversation' || resource === 'message')),
		...(sender !== undefined && { client: sender }),
	};
}

/** @returns whether the text is one of the twelve events' names */
export function isEventName(text: string): text is EventName {
	return (EVENT_NAMES as readonly string[]).includes(text);
}

/** Which optional parts the samples of an event have. */
export function habitsOf(resource: EventResource, isUpdate: boolean) {
	const isSetting = resource === 'user' || resource === 'team' || resource === 'tag';
	const client: Partial<Record<EventResource, string>> = isUpdate
		? { customer: 'api', conversation: 'drafts' }
		: { customer: 'api', message: 'drafts' };
	return {
		client: client[resource],
		carriesOrgName: isSetting || (resource === 'customer' && !isUpdate),
		// On creates: null for users, teams (and tags), no such key for the others.
		carriesChanges: isSetting || isUpdate,
	};
}

/** Changes the record in place and tells what changed, bookkeeping included. */
function applyUpdate(
	resource: EventResource,
	record: MadeRecord,
	updatedAt: string,
	overrides: EventOverrides,
): Changes {
	const { attributes } = record;
	for (const [field, { from }] of Object.entries(overrides.changed ?? {})) {
		if (from === undefined) delete attributes[field];
		else attributes[field] = from;
	}
	const wanted = overrides.changed ? targets(overrides.changed) : usual(record, overrides);
	const rev = overrides.rev ?? Number(attributes.rev) + 1;
	const bookkeeping = {
		updatedAt,
		modifiedAt: updatedAt,
		...(resource === 'customer' && { lastActivityAt: updatedAt }),
		...('rev' in attributes && { rev }),
	};
	if ('rev' in attributes) attributes.rev = rev - 1;
	const diffs: Record<string, Diff> = {};
	for (const [field, after] of Object.entries({ ...wanted, ...bookkeeping })) {
		const before = attributes[field];
		if (isDeepStrictEqual(before, after)) continue;
		diffs[field] = diffOf(before, after);
		if (after === undefined) delete attributes[field];
		else attributes[field] = after;
	}
	return { attributes: diffs, relationships: relationshipDiffs(resource, record) };
}

/** An attribute that the caller fixed is not among what changes. */
function usual(record: MadeRecord, overrides: EventOverrides): Record<string, unknown> {
	const fixed = Object.keys(overrides.attributes ?? {});
	return Object.fromEntries(
		Object.entries(record.next).filter(([field]) => !fixed.includes(field)),
	);
}

function targets(changed: Record<string, { to?: unknown }>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(changed).map(([field, { to }]) => [field, to]));
}

/** @returns how Kustomer writes a change of one attribute or relationship */
export function diffOf(before: unknown, after: unknown): Diff {
	if (before === undefined) return { op: 'add', after };
	if (before === null) return { op: 'add', before, after };
	if (after === undefined || after === null) return { op: 'remove', before, after: null };
	return { op: 'replace', before, after };
}

/** What a customer writes was made by no user; only whoever redacts it later is one. */
function leaveOutStrangers(
	{ attributes, relationships }: MadeRecord,
	isUpdate: boolean,
	overrides: EventOverrides,
): void {
	if (attributes.direction !== 'in') return;
	if (overrides.createdBy === undefined) delete relationships.createdBy;
	if (overrides.modifiedBy === undefined && !isUpdate) delete relationships.modifiedBy;
}

/** Redacting a message and changing a user show who did it as a changed relationship too. */
function relationshipDiffs(resource: EventResource, record: MadeRecord): Record<string, Diff> {
	const { createdBy, modifiedBy } = record.relationships;
	if (resource === 'user') {
		return {
			createdBy: { op: 'add', before: null, after: createdBy },
			modifiedBy: { op: 'add', before: null, after: modifiedBy },
		};
	}
	if (resource === 'message' && record.attributes.redacted === true) {
		record.relationships.redactedBy = modifiedBy ?? null;
		return {
			modifiedBy: { op: 'add', after: modifiedBy },
			redactedBy: { op: 'add', after: modifiedBy },
		};
	}
	return {};
}
