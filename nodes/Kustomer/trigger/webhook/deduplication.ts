import { createHash } from 'node:crypto';
import {
	sleep,
	type ICheckProcessedOptions,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';
import type { KustomerEvent } from '../../event/event';
import { keysOf, type EventKeys } from '../../missed/keys';
import { isRecord, recordOf, textsOf } from '../../narrowing';
import { REMEMBERED_EVENTS } from '../memory/memory';
import { once, settledOnThrow, within, type Claim, type Settle } from '../memory/pending';
import type { Settings } from '../settings';
import { warn, type Trigger } from './trigger';

/** How long a duplicate waits for the outcome of the first; Kustomer itself waits a few seconds only. */
const OUTCOME_TIMEOUT_MS = 8_000;

/** With `acknowledge: finished`, an event whose workflow keeps failing is given up after so many. */
const MOST_FAILURES = 3;

const OUTDATED = 'a newer state of the record was seen before (Skip Outdated Updates)';

/** Why an event does not start the workflow (again), as Kustomer's delivery log shows it. */
export const SKIPPED_WORDS = {
	duplicate: 'Ignored: duplicate of an event that was received before',
	outdated: `Ignored: filtered out, because ${OUTDATED}`,
	pending:
		'Try again later: the first delivery of this event, or a newer state of its record, is still being answered',
	givenUp: `Ignored: the workflow did not succeed with this event in ${MOST_FAILURES} tries`,
} as const;

type Skipped = { skipped: keyof typeof SKIPPED_WORDS };

/** The event is this delivery's, and `settle` is to be told how it ended. */
type Taken = {
	skipped: undefined;
	settle: Settle;
	/** It failed before: it must not take others along again. */
	isAlone: boolean;
};

const UNCLAIMED: Claim = { kind: 'new', settle: () => {} };

/** Takes an event for this delivery, so that it starts the workflow once. */
export async function takeEvent(
	trigger: Trigger,
	settings: Settings,
	event: KustomerEvent,
): Promise<Taken | Skipped> {
	const { failures, versions } = trigger.memory;
	if (trigger.isTest) return { skipped: undefined, settle: () => {}, isAlone: true };
	const failed = failures.get(event.key) ?? 0;
	if (settings.acknowledge === 'finished' && failed >= MOST_FAILURES) return { skipped: 'givenUp' };

	const first = firstClaim(trigger, settings, event);
	if (first.kind !== 'new') {
		return { skipped: (await hasSucceeded(first)) ? 'duplicate' : 'pending' };
	}

	return await settledOnThrow(first.settle, async () => {
		const newest = settings.skipOutdated ? versions.claim(event, Date.now()) : UNCLAIMED;
		if (newest.kind !== 'new') {
			const isOutdated = await hasSucceeded(newest);
			first.settle(isOutdated);
			if (isOutdated) warn(trigger, 'filtered out', OUTDATED);
			return { skipped: isOutdated ? 'outdated' : 'pending' };
		}
		const settle = once((succeeded) => {
			first.settle(succeeded);
			newest.settle(succeeded);
			if (!succeeded) countFailure(trigger, settings, event);
		});
		return { skipped: undefined, settle, isAlone: failed > 0 };
	});
}

function firstClaim({ memory }: Trigger, settings: Settings, event: KustomerEvent): Claim {
	if (settings.catchUp !== 'off') return memory.seen.claimAll(keysOf(event), Date.now());
	return settings.skipDuplicates === 'off' ? UNCLAIMED : memory.seen.claim(event.key, Date.now());
}

/** @returns whether what is claimed elsewhere came to a good end, within a few seconds */
export async function hasSucceeded(claim: Exclude<Claim, { kind: 'new' }>): Promise<boolean> {
	if (claim.kind === 'seen') return true;
	return (await within(claim.outcome, sleep(OUTCOME_TIMEOUT_MS))) === true;
}

function countFailure(trigger: Trigger, settings: Settings, event: KustomerEvent): void {
	const { failures } = trigger.memory;
	const count = (failures.get(event.key) ?? 0) + 1;
	failures.set(event.key, count);
	if (settings.acknowledge !== 'finished' || count < MOST_FAILURES) return;
	warn(
		trigger,
		'given up',
		`the workflow did not succeed in ${MOST_FAILURES} tries; Kustomer will be told that it arrived, so that one broken step does not switch off all events`,
	);
}

/** Fixed from the first release on: n8n's store refuses another mode for the same node. */
const STORE: ICheckProcessedOptions = { mode: 'entries', maxEntries: REMEMBERED_EVENTS };

/** What the databases say when another execution made the node's first record a moment before. */
const CONFLICT = /unique|duplicate/i;

/**
 * Drops the events that n8n's own de-duplication store knows, and records the others there.
 * The store is not atomic and can throw on two first records at once. That never stops an event:
 * after a second try it passes, with a warning. Where the first try may have recorded the events
 * before it failed, as when the database's connection breaks, the second one cannot tell them from
 * duplicates, and they pass.
 */
export async function withoutStored(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
	const keys = items.map(keysIn);
	const fresh = await newKeys(
		context,
		keys.flatMap(({ own, covered }) => [...own, ...covered]),
	);
	if (fresh === undefined) return items;
	return items.flatMap((item, index) => {
		const { own, covered } = keys[index];
		const isNew = own.every((key) => fresh.has(key));
		const isCoveredNew = covered.every((key) => fresh.has(key));
		for (const key of [...own, ...covered]) fresh.delete(key);
		if (isNew) return [item];
		return isRecord(item.instead) && isCoveredNew ? [{ json: item.instead as IDataObject }] : [];
	});
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

/** What an item is known by: `itemOf` wrote it down where it takes more than one key. */
function keysIn(item: INodeExecutionData): EventKeys {
	const { own, covered } = recordOf(item.keys);
	const written = textsOf(own);
	return written.length > 0
		? { own: written, covered: textsOf(covered) }
		: { own: [keyOf(item)], covered: [] };
}

/** The simplified item names the event's id `eventId`, the envelope `id`; without one, the content counts. */
function keyOf(item: INodeExecutionData): string {
	const { eventId, id, event } = item.json;
	const given = event === undefined ? id : eventId;
	if (typeof given === 'string' && given !== '') return given;
	return createHash('sha256').update(JSON.stringify(item.json)).digest('hex');
}
