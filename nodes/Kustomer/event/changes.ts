import {
	attributesOf,
	isRecord,
	partsOf,
	relatedId,
	type Envelope,
	type JsonRecord,
} from './envelope';
import { sameJson } from './sameJson';

export type Change = { from: unknown; to: unknown };

/** Field name → change; custom attributes as `custom.<name>`, relationships as `related.<name>`. */
export type Changes = ReadonlyMap<string, Change>;

/** Fields that every update changes. They say nothing about what happened, so items leave them out. */
export const BOOKKEEPING_FIELDS: ReadonlySet<string> = new Set([
	'rev',
	'updatedAt',
	'modifiedAt',
	'lastActivityAt',
]);

const NO_CHANGES: Changes = new Map();

/**
 * Reads the event's `changes` in every form Kustomer sends it: an object, null, or not there.
 *
 * @returns every change of an update, book-keeping included; nothing for a create
 */
export function changesOf(envelope: Envelope): Changes {
	if (partsOf(envelope.name).action === 'create' || !isRecord(envelope.changes)) return NO_CHANGES;
	const found = new Map<string, Change>();
	for (const [name, diff] of entriesOf(envelope.changes.attributes)) {
		if (name === 'custom') addCustom(found, diff);
		else found.set(name, { from: diff.before ?? null, to: diff.after ?? null });
	}
	for (const [name, diff] of entriesOf(envelope.changes.relationships)) {
		found.set(`related.${name}`, {
			from: relatedId(diff.before ?? null) ?? null,
			to: relatedId(diff.after ?? null) ?? null,
		});
	}
	return found;
}

/** A user event has a `password` attribute, always empty so far. It has no business in an execution. */
export function isWithheld(resource: string, attribute: string): boolean {
	return resource === 'user' && attribute === 'password';
}

/**
 * @returns the changes as the simplified item shows them: without book-keeping, and without the
 *   former text of a message that an agent has redacted
 */
export function shownChanges(envelope: Envelope): Record<string, Change> {
	const { resource } = partsOf(envelope.name);
	const redacted = attributesOf(envelope).redacted === true;
	const shown: Array<[string, Change]> = [];
	for (const [name, change] of changesOf(envelope)) {
		if (BOOKKEEPING_FIELDS.has(name) || isWithheld(resource, name)) continue;
		shown.push([name, redacted && name === 'preview' ? { ...change, from: null } : change]);
	}
	return Object.fromEntries(shown);
}

/** Kustomer sends all custom attributes as one change of `custom`; look inside for those that differ. */
function addCustom(found: Map<string, Change>, diff: JsonRecord): void {
	const before = isRecord(diff.before) ? diff.before : {};
	const after = isRecord(diff.after) ? diff.after : {};
	for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
		const from = ownValue(before, name);
		const to = ownValue(after, name);
		if (!sameJson(from, to)) found.set(`custom.${name}`, { from, to });
	}
}

/** @returns the record's own value, never one that every object inherits; null when absent */
export function ownValue(record: JsonRecord, name: string): unknown {
	return Object.hasOwn(record, name) ? (record[name] ?? null) : null;
}

function entriesOf(diffs: unknown): Array<[string, JsonRecord]> {
	if (!isRecord(diffs)) return [];
	return Object.entries(diffs).map(([name, diff]) => [name, isRecord(diff) ? diff : {}]);
}
