import { RECORD_KINDS } from './kinds';
import type { OperationName, RecordKind } from './record';

/** For which kinds and operations a parameter is shown. */

export const WRITES: OperationName[] = ['create', 'update', 'upsert'];
export const LISTS: OperationName[] = ['getMany', 'search'];
/** What reaches customers. */
export const SENDING = RECORD_KINDS.flatMap(({ others }) => others ?? []);
export const VERBS = RECORD_KINDS.flatMap(({ verbs }) => verbs ?? []);

/** @returns the values of the kinds for which this holds */
export function valuesOf(holds: (kind: RecordKind) => unknown): string[] {
	return RECORD_KINDS.filter(holds).map(({ value }) => value);
}

/** @returns the values of the kinds that have one of these operations */
export function having(...operations: OperationName[]): string[] {
	return valuesOf((kind) => operations.some((operation) => kind.operations.includes(operation)));
}

export function shown(resource: string[], operation: string[], more: object = {}) {
	return { displayOptions: { show: { resource, operation, ...more } } };
}
