import type { Operation, ResourceEntry } from '../operation';
import { inBulk, type BulkWrite } from './bulk';
import { upsertInBulk } from './bulkUpsert';
import { createInBulk, deleteInBulk, updateInBulk } from './bulkWrites';
import { CONVERSATION_VERBS } from './conversationVerbs';
import { RECORD_KINDS } from './kinds';
import { merge } from './merging';
import { MESSAGE_VERBS } from './messageVerbs';
import { getManyOperation, getOperation, searchOperation } from './reading';
import { getSatisfaction } from './rating';
import type { OperationName, RecordKind } from './record';
import { createDraft, send } from './sending';
import { upsertOperation } from './upsert';
import { createOperation, deleteOperation, updateOperation } from './writing';
import { integerWithin } from '../../narrowing';

const OPERATIONS: Readonly<Record<OperationName, (kind: RecordKind) => Operation>> = {
	create: createOperation,
	delete: deleteOperation,
	get: getOperation,
	getMany: getManyOperation,
	search: searchOperation,
	update: updateOperation,
	upsert: upsertOperation,
};

/** What only one kind can do. */
const VERBS: Readonly<Record<string, readonly Operation[]>> = {
	conversation: CONVERSATION_VERBS,
	customer: [merge],
	message: [...MESSAGE_VERBS, createDraft, send],
	satisfaction: [getSatisfaction],
};

const BULK: Readonly<Partial<Record<OperationName, BulkWrite>>> = {
	create: createInBulk,
	delete: deleteInBulk,
	update: updateInBulk,
	upsert: upsertInBulk,
};

/** How the operation sends all items together; undefined where Kustomer has no way for it. */
function togetherFor(kind: RecordKind, name: OperationName): Operation['together'] {
	const write = BULK[name];
	if (write === undefined || !kind.bulk?.includes(name)) return undefined;
	return {
		isWanted: ({ options, isTool }) => options.bulk === true && !isTool,
		all: async (items) => await inBulk(kind, write, items),
	};
}

const LARGEST_BATCH = 50;

const batches: Operation['batches'] = ({ options }) => ({
	size: integerWithin(options.batchSize, { least: 1, most: LARGEST_BATCH, otherwise: 1 }),
	intervalMs: 0,
});

/** The records as the table of resources has them. */
export const RECORD_RESOURCES: readonly ResourceEntry[] = RECORD_KINDS.map((kind) => ({
	name: kind.label,
	value: kind.value,
	description: kind.description,
	operations: [
		...kind.operations
			.filter(() => kind.foundThrough === undefined)
			.map((name) => ({ ...OPERATIONS[name](kind), together: togetherFor(kind, name) })),
		...(VERBS[kind.value] ?? []),
	]
		.map((operation) => ({ ...operation, batches }))
		.sort((a, b) => a.name.localeCompare(b.name)),
	defaultOperation: kind.operations.includes('get') ? 'get' : 'getMany',
}));
