import type { IDataObject, INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';
import { isStopped, pause, refuseWhenStopped } from '../../api/waiting';

/**
 * How long the next execution waits for the one before it: a minute. In two steps, because a timer
 * cannot be taken back, and most executions end soon.
 */
const WAITS_MS = [1_000, 59_000];

/**
 * Starts one execution with these items, and waits for its end, but not for long.
 *
 * @throws NodeOperationError when the workflow is unpublished meanwhile
 */
export async function handOver(
	context: ITriggerFunctions,
	items: INodeExecutionData[],
): Promise<void> {
	refuseWhenStopped(context);
	const ended = context.helpers.createDeferredPromise<IRun>();
	let isEnded = false;
	const outcome = ended.promise.then(
		() => (isEnded = true),
		// n8n's next engine refuses who waits. Had it begun, its items would be known by now.
		() => {
			if (isEnded || isStopped(context)) return;
			isEnded = true;
			context.emit([items]);
		},
	);
	context.emit([items], undefined, ended);
	for (const milliseconds of WAITS_MS) {
		if (isEnded) return;
		const waiting = pause(context, milliseconds);
		// If the execution ends first, nobody waits for this one any more.
		waiting.catch(() => {});
		await Promise.race([outcome, waiting]);
	}
}

/**
 * @param instead given if the item is a duplicate, but not what it covers
 * @returns what `execute()` needs to tell duplicates, beside the item
 */
export function itemWith(
	json: object,
	keys: { own: string[]; covered: string[] },
	instead?: object,
): INodeExecutionData {
	return { json: json as IDataObject, keys, ...(instead && { instead: instead as IDataObject }) };
}
