import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { KustomerEvent } from '../../event/event';
import { simplifiedItem } from '../../event/item';
import { outputEvents, outputIndex } from '../../event/outputs';
import { keysOf } from '../../missed/keys';
import type { Settings } from '../settings';

/**
 * @param dropReason while listening for a test event: why production would drop it. It reaches the
 *   editor with a note, so that nobody waits for an event that came long ago.
 */
export function itemOf(
	settings: Settings,
	event: KustomerEvent,
	dropReason: string | undefined,
): INodeExecutionData {
	const json = (settings.simplify ? simplifiedItem(event) : event.raw) as IDataObject;
	// `execute()` cannot tell from the item under what else the event is remembered.
	const keys = settings.catchUp === 'off' ? undefined : keysOf(event);
	if (dropReason === undefined) return { json, ...(keys && { keys }) };
	const note = `The published workflow would drop this event, because ${dropReason}.`;
	return { json: { note, ...json } };
}

/** @returns the items by output: one list, or one per chosen event with `splitOutputs`, and perhaps one for what was missed */
export function outputsFor(
	settings: Settings,
	items: INodeExecutionData[],
): INodeExecutionData[][] {
	const names = settings.splitOutputs ? outputEvents(settings.chosen) : [undefined];
	const outputs: INodeExecutionData[][] = names.map(() => []);
	const missed: INodeExecutionData[] = [];
	for (const one of items) {
		const { event, name, recovered } = one.json;
		const item = withoutKeys(one);
		const isMissed = settings.catchUp === 'separate' && recovered === true;
		if (isMissed) missed.push(item);
		else outputs[outputIndex(names, String(event ?? name))]?.push(item);
	}
	return settings.catchUp === 'separate' ? [...outputs, missed] : outputs;
}

const WHAT_RECOVERED_MEANS =
	'Items with "recovered": true are missed events: Kustomer could not deliver them when they happened, so the trigger fetched them later. Their attributes show the record as it was when fetched.';

/** Says above the output what `recovered` means, where there are such items: it is their last field. */
export function explainMissed(
	context: IExecuteFunctions,
	outputs: readonly INodeExecutionData[][],
): void {
	const isAny = outputs.some((items) => items.some(({ json }) => json.recovered === true));
	if (!isAny || !('addExecutionHints' in context)) return;
	context.addExecutionHints({ message: WHAT_RECOVERED_MEANS, location: 'outputPane' });
}

/** The steps that follow have no use for them. */
function withoutKeys(item: INodeExecutionData): INodeExecutionData {
	if (item.keys === undefined) return item;
	const { json, pairedItem } = item;
	return { json, ...(pairedItem !== undefined && { pairedItem }) };
}
