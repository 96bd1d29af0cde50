import { isRecord, numberOf, oneOf, recordOf, rowsOf, textsOf } from '../narrowing';
import { isActivityOnly } from './activity';
import type { Change, Changes } from './changes';
import { authorOf, type KustomerEvent, type Recovery } from './event';
import { customNames, fieldMeant, presentValue } from './fields';
import { matchesTyped } from './values';

/** In `from` and `to` of a changed field: whatever the value is. */
export const ANY_VALUE = '*';

export type ChangedField = { name: string; from?: unknown; to?: unknown };
export type Condition = { name: string; value?: unknown };

export type Filters = {
	changedFields: readonly ChangedField[];
	changedFieldsMatch: 'any' | 'all';
	conditions: readonly Condition[];
	messageDirection: 'any' | 'in' | 'out';
	ignoreActivity: boolean;
	/** Users whose events are dropped. */
	ignoreUserIds: readonly string[];
	/** 0 = no limit. */
	maxEventAgeMinutes: number;
};

/**
 * @param filters value of the parameter `filters`, as n8n hands it over
 * @param maxEventAge value of `options.maxEventAge`, minutes
 * @returns the same with every part present; what is not understood counts as not set
 */
export function readFilters(filters: unknown, maxEventAge: unknown): Filters {
	const given = recordOf(filters);
	return {
		changedFields: namedRows(given.changedFields),
		changedFieldsMatch: oneOf(given.changedFieldsMatch, ['any', 'all']),
		conditions: namedRows(given.conditions),
		messageDirection: oneOf(given.messageDirection, ['any', 'in', 'out']),
		ignoreActivity: given.ignoreActivity === true,
		ignoreUserIds: textsOf(given.ignoreUserIds),
		maxEventAgeMinutes: Math.max(numberOf(maxEventAge) ?? 0, 0),
	};
}

/**
 * @param event a verified, chosen event
 * @param nowMs milliseconds since 1970, for the event's age
 * @returns why the event is dropped, to follow "because"; undefined if it passes
 */
export function whyFiltered(
	event: KustomerEvent,
	filters: Filters,
	nowMs: number,
): string | undefined {
	return (
		tooOld(event, filters, nowMs) ??
		wrongDirection(event, filters) ??
		unwantedUpdate(event, filters) ??
		ignoredAuthor(event, filters.ignoreUserIds) ??
		unmetCondition(event, filters)
	);
}

/** @returns why the event is dropped if one of these users caused it, to follow "because" */
export function ignoredAuthor(
	event: KustomerEvent,
	userIds: readonly string[],
): string | undefined {
	if (userIds.length === 0) return undefined;
	const author = authorOf(event);
	if (author === undefined || !userIds.includes(author)) return undefined;
	return 'it was caused by a user whose changes are ignored (Ignore Own Changes, Ignore Changes by Users)';
}

function tooOld(event: KustomerEvent, filters: Filters, nowMs: number): string | undefined {
	if (filters.maxEventAgeMinutes === 0 || event.createdAt === null) return undefined;
	const ageMinutes = (nowMs - Date.parse(event.createdAt)) / 60_000;
	if (!(ageMinutes > filters.maxEventAgeMinutes)) return undefined;
	return `it is older than ${filters.maxEventAgeMinutes} minutes (Ignore Events Older Than)`;
}

function wrongDirection(event: KustomerEvent, filters: Filters): string | undefined {
	if (filters.messageDirection === 'any' || event.resource !== 'message') return undefined;
	if (event.attributes.direction === filters.messageDirection) return undefined;
	const wanted = filters.messageDirection === 'in' ? 'from a customer' : 'from your team';
	return `the message is not ${wanted} (Message Direction)`;
}

const ACTIVITY_ONLY =
	'only counters, previews and activity times changed (Ignore Activity-Only Updates)';

/** Of an update that was found afterwards, and of which Kustomer does not tell what changed. */
export const CHANGES_UNKNOWN = 'it is not known what changed (Changed Fields)';

function unknownUpdate({ isEdited }: Recovery, filters: Filters): string | undefined {
	if (filters.changedFields.length > 0) return CHANGES_UNKNOWN;
	return filters.ignoreActivity && !isEdited ? ACTIVITY_ONLY : undefined;
}

function unwantedUpdate(event: KustomerEvent, filters: Filters): string | undefined {
	if (event.action !== 'update') return undefined;
	if (event.recovered?.hasChanges === false) return unknownUpdate(event.recovered, filters);
	if (filters.ignoreActivity && isActivityOnly(event.resource, event.changes())) {
		return ACTIVITY_ONLY;
	}
	if (filters.changedFields.length === 0) return undefined;
	const existing = [...event.changes().keys(), ...customNames(event)];
	const met = (field: ChangedField) => isMet(field, event.changes(), existing);
	const passes =
		filters.changedFieldsMatch === 'all'
			? filters.changedFields.every(met)
			: filters.changedFields.some(met);
	if (passes) return undefined;
	const names = filters.changedFields.map((field) => field.name).join(', ');
	return `the change asked for did not happen (Changed Fields: ${names})`;
}

/** @param existing the names that the record has, changed or not: they decide which field is meant */
function isMet(field: ChangedField, changes: Changes, existing: readonly string[]): boolean {
	if (field.name.trim() === 'custom') return anyCustom(changes);
	const meant = fieldMeant(field.name, existing);
	const change: Change | undefined = meant === undefined ? undefined : changes.get(meant);
	if (change === undefined) return false;
	return isWanted(field.from, change.from) && isWanted(field.to, change.to);
}

/** `custom` alone means any custom attribute. */
function anyCustom(changes: Changes): boolean {
	return [...changes.keys()].some((name) => name.startsWith('custom.'));
}

function isWanted(typed: unknown, actual: unknown): boolean {
	return typed === undefined || typed === ANY_VALUE || matchesTyped(actual, typed);
}

function unmetCondition(event: KustomerEvent, filters: Filters): string | undefined {
	const unmet = filters.conditions.find(
		(condition) => !matchesTyped(presentValue(event, condition.name), condition.value),
	);
	return unmet && `the record's field ${unmet.name} has another value (Conditions)`;
}

type NamedRow = Record<string, unknown> & { name: string };

function namedRows(collection: unknown): NamedRow[] {
	return rowsOf(collection, 'field')
		.map((row) =>
			Object.fromEntries(Object.entries(row).map(([key, value]) => [key, picked(value)])),
		)
		.filter((row): row is NamedRow => typeof row.name === 'string' && row.name.trim() !== '');
}

/** A value picked from a list of the editor comes wrapped (n8n's resource locator), a typed one plain. */
function picked(value: unknown): unknown {
	return isRecord(value) && value.__rl === true ? value.value : value;
}
