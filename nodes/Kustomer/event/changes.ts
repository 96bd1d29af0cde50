import { recordOf } from '../narrowing';
import { ownValue, relatedId } from './fields';
import { sameJson } from './values';

type JsonRecord = Record<string, unknown>;

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

/**
 * @param changes the `changes` of an event in any form Kustomer sends: an object, null, or absent
 * @returns every change, bookkeeping included
 */
export function readChanges(changes: unknown): Changes {
	const found = new Map<string, Change>();
	const { attributes, relationships } = recordOf(changes);
	for (const [name, diff] of Object.entries(recordOf(attributes))) {
		const { before = null, after = null } = recordOf(diff);
		if (name === 'custom') addCustom(found, recordOf(before), recordOf(after));
		else found.set(name, { from: before, to: after });
	}
	for (const [name, diff] of Object.entries(recordOf(relationships))) {
		const { before, after } = recordOf(diff);
		found.set(`related.${name}`, {
			from: relatedId(before) ?? null,
			to: relatedId(after) ?? null,
		});
	}
	return found;
}

/** Kustomer sends all custom attributes as one change of `custom`; look inside for those that differ. */
function addCustom(found: Map<string, Change>, before: JsonRecord, after: JsonRecord): void {
	for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
		const from = ownValue(before, name);
		const to = ownValue(after, name);
		if (!sameJson(from, to)) found.set(`custom.${name}`, { from, to });
	}
}
