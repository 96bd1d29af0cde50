import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';
import { isStopped, pause, refuseWhenStopped } from '../api/waiting';
import { errorOfItem, Failure } from './itemErrors';
import {
	WithFiles,
	type BatchRules,
	type CredentialName,
	type Operation,
	type Together,
} from './operation';
import { isTool, Item, Run } from './itemParameters';

const ONE_BY_ONE: BatchRules = { size: 1, intervalMs: 0 };

/**
 * Runs the chosen operation for the items of the input, batch by batch. The output keeps the order
 * of the input, and each of its items is paired with the one it came from.
 *
 * @param choose finds the operation; may throw
 * @returns the items; with "continue on fail" and as a tool, whose model hears of no exception,
 *   `{ error }` in the place of one that did not succeed
 * @throws NodeApiError or NodeOperationError of the first item that did not succeed otherwise; what
 *   ran beside it has ended by then, and nothing is begun after it
 */
export async function runOperation(
	context: IExecuteFunctions,
	choose: () => Operation,
): Promise<INodeExecutionData[]> {
	const run = new Run(context);
	const indexes = [...context.getInputData().keys()];
	let operation: Operation;
	let rules = ONE_BY_ONE;
	try {
		operation = choose();
		if (operation.credential !== undefined) requireCredential(context, operation.credential);
		rules = operation.batches?.(new Item(run, 0)) ?? ONE_BY_ONE;
	} catch (error) {
		// With "continue on fail" n8n would pass the input on as if all were well, unverified events
		// too. Each item becomes an error instead.
		return indexes.flatMap((index) => itemsOf(context, [new Failure(error)], index));
	}
	const chosen = operation.isOnce ? indexes.slice(0, 1) : indexes;
	const { together } = operation;
	const output =
		together?.isWanted(new Item(run, 0)) === true
			? await allTogether(context, together, { run, indexes })
			: await inBatches(context, { rules, indexes: chosen }, async (index) =>
					operation.perItem(new Item(run, index)),
				);
	run.end();
	return output.length === 0 && isTool(context) ? [NOTHING_FOUND] : output;
}

/** A model takes an empty answer for a broken tool. */
const NOTHING_FOUND: INodeExecutionData = { json: { found: 0 }, pairedItem: { item: 0 } };

async function allTogether(
	context: IExecuteFunctions,
	together: Together,
	{ run, indexes }: { run: Run; indexes: number[] },
): Promise<INodeExecutionData[]> {
	const outcomes = await together.all(indexes.map((index) => new Item(run, index)));
	return outcomes.flatMap((outcome, index) => itemsOf(context, [outcome], index));
}

/** With a pause between them, batches wait for each other; without one, the next items begin when half of one has ended. */
async function inBatches(
	context: IExecuteFunctions,
	{ rules, indexes }: { rules: BatchRules; indexes: number[] },
	perItem: (index: number) => ReturnType<Operation['perItem']>,
): Promise<INodeExecutionData[]> {
	const { size, intervalMs } = rules;
	const output: INodeExecutionData[] = [];
	const batchSize = intervalMs > 0 ? size : indexes.length;
	for (let start = 0; start < indexes.length; start += batchSize) {
		if (start > 0) await pause(context, intervalMs);
		const batch = indexes.slice(start, start + batchSize);
		const outcomes = await inTurn(context, { size, batch }, perItem);
		for (const [place, outcome] of outcomes.entries()) {
			output.push(...itemsOf(context, [outcome].flat(), batch[place]));
		}
	}
	return output;
}

/**
 * A batch that waits for its slowest item wastes time; beginning each item by itself costs twice the
 * CPU, because n8n's process then wakes up for each. So they begin by half batches.
 *
 * @returns the outcomes in order; after one that failed, unless the node goes on, those that were begun
 */
async function inTurn(
	context: IExecuteFunctions,
	{ size, batch }: { size: number; batch: number[] },
	perItem: (index: number) => ReturnType<Operation['perItem']>,
): Promise<Array<object | object[]>> {
	const outcomes: Array<object | object[]> = [];
	let next = 0;
	let underWay = 0;
	let isOver = false;
	let halfEnded = () => {};
	const run = async (place: number) => {
		underWay++;
		const outcome = await perItem(batch[place]).catch((error) => new Failure(error));
		outcomes[place] = outcome;
		isOver ||= !context.continueOnFail() && [outcome].flat().some((one) => one instanceof Failure);
		underWay--;
		if (underWay <= size / 2) halfEnded();
	};
	for (;;) {
		while (next < batch.length && underWay < size && !isOver && !isStopped(context)) {
			void run(next++);
		}
		if (underWay === 0) break;
		await new Promise<void>((resolve) => (halfEnded = resolve));
	}
	if (!isOver) refuseWhenStopped(context);
	return outcomes;
}

function itemsOf(
	context: IExecuteFunctions,
	values: ReadonlyArray<object | Failure>,
	itemIndex: number,
): INodeExecutionData[] {
	const pairedItem = { item: itemIndex };
	return values.map((value) => {
		if (value instanceof WithFiles) {
			return { json: value.json as IDataObject, binary: value.binary, pairedItem };
		}
		if (!(value instanceof Failure)) return { json: value as IDataObject, pairedItem };
		const error = errorOfItem(context, value.reason, itemIndex);
		if (isStopped(context) || !(context.continueOnFail() || isTool(context))) throw error;
		return { json: { error: error.message }, pairedItem };
	});
}

const CREDENTIAL_LABELS = {
	kustomerApi: 'Kustomer API',
	kustomerWebhookApi: 'Kustomer Webhook API',
} as const;

/**
 * @param remedy what a person can do instead of choosing one
 * @throws NodeOperationError when the node has no credential of this type
 */
export function requireCredential(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	name: CredentialName,
	remedy = '',
): void {
	const node = context.getNode();
	if (node.credentials?.[name] !== undefined) return;
	throw new NodeOperationError(
		node,
		`This needs a ${CREDENTIAL_LABELS[name]} credential. Choose or create one in this node, under "Credential to connect with".${remedy}`,
		{ level: 'warning' },
	);
}
