import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { KustomerEvent } from '../../event/event';
import { simplifiedItem } from '../../event/item';
import { outputEvents, outputIndex } from '../../event/outputs';
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
	if (dropReason === undefined) return { json };
	const note = `The published workflow would drop this event, because ${dropReason}.`;
	return { json: { note, ...json } };
}

/** @returns the items by output: one list, or one per chosen event with `splitOutputs` */
export function outputsFor(
	settings: Settings,
	items: INodeExecutionData[],
): INodeExecutionData[][] {
	if (!settings.splitOutputs) return [items];
	const names = outputEvents(settings.chosen);
	const outputs: INodeExecutionData[][] = names.map(() => []);
	for (const item of items) {
		outputs[outputIndex(names, String(item.json.event ?? item.json.name))]?.push(item);
	}
	return outputs;
}
