import { EventMemory, FailureCounts } from './duplicates';
import { Tally } from './throttledLog';
import { VersionMemory } from './versions';

/** n8n's own Remove Duplicates node keeps as many. */
export const REMEMBERED_EVENTS = 10_000;

const REMEMBERED_RECORDS = 10_000;
const REMEMBERED_FAILURES = 1_000;
const LOG_INTERVAL_MS = 60_000;

/** Kustomer has given up on a delivery by then: its retries end after little more than an hour. */
const PATIENCE_MS = 60 * 60_000;

/** What this process remembers about one trigger. It is lost at a restart, on purpose. */
export type TriggerMemory = {
	events: EventMemory;
	failures: FailureCounts;
	versions: VersionMemory;
	/** Log lines by subject. */
	tallies: Map<string, Tally>;
};

const memories = new Map<string, TriggerMemory>();

/** @param key tells triggers apart: workflow id, node id, and test or production */
export function memoryOf(key: string): TriggerMemory {
	let memory = memories.get(key);
	if (memory === undefined) {
		memory = {
			events: new EventMemory(REMEMBERED_EVENTS, PATIENCE_MS),
			failures: new FailureCounts(REMEMBERED_FAILURES),
			versions: new VersionMemory(REMEMBERED_RECORDS, PATIENCE_MS),
			tallies: new Map(),
		};
		memories.set(key, memory);
	}
	return memory;
}

/** @returns the line to write about a subject now, if it is time for one */
export function tallied(memory: TriggerMemory, subject: string, reason: string) {
	let tally = memory.tallies.get(subject);
	if (tally === undefined) {
		tally = new Tally(LOG_INTERVAL_MS);
		memory.tallies.set(subject, tally);
	}
	return tally.note(reason, Date.now());
}
