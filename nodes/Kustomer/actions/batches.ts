import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isStopped, pause, refuseWhenStopped } from './cancellation';
import { ofItem } from './nodeErrors';

export type BatchRules = {
	/** How many items are worked on at the same time. */
	size: number;
	/** Pause between two batches, in milliseconds. */
	intervalMs: number;
};

/** Operations that ask Kustomer one thing at a time. */
const ONE_BY_ONE: BatchRules = { size: 1, intervalMs: 0 };

/** Gives the output of one item: none, one or many. */
type PerItem = (itemIndex: number) => Promise<object | object[]>;

/**
 * Runs an operation for every item of the input, batch by batch. The output keeps the order of the
 * input, and every item of it is paired with the one it came from.
 *
 * @returns the items; with "continue on fail", `{ error }` in the place of one that did not succeed
 * @throws NodeApiError or NodeOperationError of the first item that did not succeed otherwise; what
 *   ran beside it has ended by then, and nothing is begun after it
 */
export async function inBatches(
	context: IExecuteFunctions,
	rules: BatchRules,
	run: PerItem,
): Promise<INodeExecutionData[]> {
	const count = context.getInputData().length;
	const output: INodeExecutionData[] = [];
	for (let start = 0; start < count; start += rules.size) {
		refuseWhenStopped(context);
		if (start > 0 && rules.intervalMs > 0) await pause(context, rules.intervalMs);
		const indexes = Array.from(
			{ length: Math.min(rules.size, count - start) },
			(_, i) => start + i,
		);
		const outcomes = await Promise.allSettled(indexes.map(async (index) => await run(index)));
		for (const [place, outcome] of outcomes.entries()) {
			output.push(...itemsOf(context, outcome, indexes[place]));
		}
	}
	return output;
}

/** As `inBatches`, one item after the other. */
export async function oneByOne(
	context: IExecuteFunctions,
	run: PerItem,
): Promise<INodeExecutionData[]> {
	return await inBatches(context, ONE_BY_ONE, run);
}

/**
 * For what goes wrong before the first item. With "continue on fail", n8n would pass the input on
 * as if all were well, unverified events too: each item becomes an error instead.
 *
 * @throws NodeApiError or NodeOperationError without "continue on fail", or when stopped
 */
export function withoutRun(context: IExecuteFunctions, reason: unknown): INodeExecutionData[] {
	return context
		.getInputData()
		.flatMap((_, itemIndex) => itemsOf(context, { status: 'rejected', reason }, itemIndex));
}

function itemsOf(
	context: IExecuteFunctions,
	outcome: PromiseSettledResult<object | object[]>,
	itemIndex: number,
): INodeExecutionData[] {
	const pairedItem = { item: itemIndex };
	if (outcome.status === 'fulfilled') {
		const values = Array.isArray(outcome.value) ? outcome.value : [outcome.value];
		return values.map((value) => ({ json: value as IDataObject, pairedItem }));
	}
	const error = ofItem(context, outcome.reason, itemIndex);
	if (isStopped(context) || !context.continueOnFail()) throw error;
	return [{ json: { error: error.message }, pairedItem }];
}
