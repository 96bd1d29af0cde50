import { createHash } from 'node:crypto';
import type { ICheckProcessedOptions, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { REMEMBERED_EVENTS } from '../memory/memory';

/** Fixed from the first release on: n8n's store refuses another mode for the same node. */
const STORE: ICheckProcessedOptions = { mode: 'entries', maxEntries: REMEMBERED_EVENTS };

/** What the databases say when another execution made the node's first record a moment before. */
const CONFLICT = /unique|duplicate/i;

/**
 * Drops the events that n8n's own de-duplication store knows, and records the others there.
 * The store is not atomic and can throw on two first records at once. That never stops an event:
 * after a second try it passes, with a warning. Where the first try may have recorded the events
 * before it failed, as when the database's connection breaks, the second one cannot tell them from
 * repeats, and they pass.
 */
export async function withoutRepeats(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const keys = items.map(keyOf);
	const fresh = await newKeys(context, keys);
	if (fresh === undefined) return items;
	return items.filter((_, place) => fresh.delete(keys[place]));
}

async function newKeys(
	context: IExecuteFunctions,
	keys: string[],
): Promise<Set<string> | undefined> {
	let isSure = true;
	for (let attempt = 1; attempt <= 2; attempt++) {
		try {
			const { new: fresh } = await context.helpers.checkProcessedAndRecord(keys, 'node', STORE);
			return isSure ? new Set(fresh.map(String)) : undefined;
		} catch (error) {
			isSure = error instanceof Error && CONFLICT.test(error.message);
			const told = attempt === 1 ? 'It is tried once more.' : 'The events pass unchecked.';
			context.logger.warn(
				`Kustomer Trigger: n8n's store of seen events could not be used (${error instanceof Error ? error.name : 'unknown'}). ${told}`,
			);
		}
	}
	return undefined;
}

/** The simplified item names the event's id `eventId`, the envelope `id`; without one, the content counts. */
function keyOf(item: INodeExecutionData): string {
	const { eventId, id, event } = item.json;
	const given = event === undefined ? id : eventId;
	if (typeof given === 'string' && given !== '') return given;
	return createHash('sha256').update(JSON.stringify(item.json)).digest('hex');
}
