import { company } from './company';
import { conversation } from './conversation';
import { customer } from './customer';
import { customObject } from './customObject';
import { queue, tag, team, user } from './directory';
import { message } from './message';
import { note } from './note';
import type { RecordKind } from './record';
import { satisfaction } from './satisfaction';

/** Every kind of record that the node reads and writes. A new one is a file and a line here. */
export const RECORD_KINDS: readonly RecordKind[] = [
	company,
	conversation,
	customObject,
	customer,
	message,
	note,
	queue,
	satisfaction,
	tag,
	team,
	user,
];

/** @returns the kind that the parameter `resource` names; undefined for none */
export function kindNamed(value: unknown): RecordKind | undefined {
	return RECORD_KINDS.find((kind) => kind.value === value);
}
