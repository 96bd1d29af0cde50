import { isActivityOnly } from './activity';
import { changesOf, type Change, type Changes } from './changes';
import { attributesOf, isRecord, partsOf, type Envelope, type JsonRecord } from './envelope';
import { listOfText } from './catalog';
import { customNames, fieldMeant, presentValue } from './fields';
import { causedBy } from './author';
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
	/** Users whose events are dropped: those chosen, and this API key's own user when it is known. */
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
	const given: JsonRecord = isRecord(filters) ? filters : {};
	return {
		changedFields: namedRows(given.changedFields) as ChangedField[],
		changedFieldsMatch: given.changedFieldsMatch === 'all' ? 'all' : 'any',
		conditions: namedRows(given.conditions) as Condition[],
		messageDirection: directionOf(given.messageDirection),
		ignoreActivity: given.ignoreActivity === true,
		ignoreUserIds: listOfText(given.ignoreUserIds),
		maxEventAgeMinutes: typeof maxEventAge === 'number' && maxEventAge > 0 ? maxEventAge : 0,
	};
}

/** @returns whether no filter is set, so that an event need not be looked into */
export function isUnfiltered(filters: Filters): boolean {
	return (
		filters.changedFields.length === 0 &&
		filters.conditions.length === 0 &&
		filters.messageDirection === 'any' &&
		!filters.ignoreActivity &&
		filters.ignoreUserIds.length === 0 &&
		filters.maxEventAgeMinutes === 0
	);
}

/**
 * @param envelope a verified, chosen event
 * @param nowMs milliseconds since 1970, for the event's age
 * @returns why the event is dropped, to follow "because"; nothing when it passes
 */
export function whyFiltered(
	envelope: Envelope,
	filters: Filters,
	nowMs: number,
): string | undefined {
	if (isUnfiltered(filters)) return undefined;
	const { resource, action } = partsOf(envelope.name);
	const changes = changesOf(envelope);
	return (
		tooOld(envelope, filters, nowMs) ??
		wrongDirection(resource, envelope, filters) ??
		(action === 'update' ? unwantedUpdate(envelope, changes, filters) : undefined) ??
		ignoredPerson(envelope, changes, filters) ??
		unmetCondition(envelope, filters)
	);
}

function tooOld(envelope: Envelope, filters: Filters, nowMs: number): string | undefined {
	if (filters.maxEventAgeMinutes === 0 || typeof envelope.createdAt !== 'string') return undefined;
	const ageMinutes = (nowMs - Date.parse(envelope.createdAt)) / 60_000;
	if (!(ageMinutes > filters.maxEventAgeMinutes)) return undefined;
	return `it is older than ${filters.maxEventAgeMinutes} minutes (Ignore Events Older Than)`;
}

function wrongDirection(
	resource: string,
	envelope: Envelope,
	filters: Filters,
): string | undefined {
	if (filters.messageDirection === 'any' || resource !== 'message') return undefined;
	if (attributesOf(envelope).direction === filters.messageDirection) return undefined;
	const wanted = filters.messageDirection === 'in' ? 'from a customer' : 'from your team';
	return `the message is not ${wanted} (Message Direction)`;
}

function unwantedUpdate(
	envelope: Envelope,
	changes: Changes,
	filters: Filters,
): string | undefined {
	if (filters.ignoreActivity && isActivityOnly(partsOf(envelope.name).resource, changes)) {
		return 'only counters, previews and activity times changed (Ignore Mere Activity)';
	}
	if (filters.changedFields.length === 0) return undefined;
	const existing = [...changes.keys(), ...customNames(envelope)];
	const met = (field: ChangedField) => isMet(field, changes, existing);
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

function ignoredPerson(envelope: Envelope, changes: Changes, filters: Filters): string | undefined {
	if (filters.ignoreUserIds.length === 0) return undefined;
	const user = causedBy(envelope, changes);
	if (user === undefined || !filters.ignoreUserIds.includes(user)) return undefined;
	return 'a user caused it whose changes are ignored (Ignore Own Changes, Ignore Changes by Users)';
}

function unmetCondition(envelope: Envelope, filters: Filters): string | undefined {
	const unmet = filters.conditions.find(
		(condition) => !matchesTyped(presentValue(envelope, condition.name), condition.value),
	);
	return unmet && `the record's field ${unmet.name} has another value (Conditions)`;
}

function namedRows(collection: unknown): Array<JsonRecord & { name: string }> {
	const rows = isRecord(collection) && Array.isArray(collection.field) ? collection.field : [];
	return rows
		.filter(isRecord)
		.map((row) =>
			Object.fromEntries(Object.entries(row).map(([key, value]) => [key, picked(value)])),
		)
		.filter(
			(row): row is JsonRecord & { name: string } =>
				typeof row.name === 'string' && row.name.trim() !== '',
		);
}

/** A value picked from a list of the editor comes wrapped (n8n's resource locator), a typed one plain. */
function picked(value: unknown): unknown {
	return isRecord(value) && value.__rl === true ? value.value : value;
}

function directionOf(value: unknown): Filters['messageDirection'] {
	return value === 'in' || value === 'out' ? value : 'any';
}
