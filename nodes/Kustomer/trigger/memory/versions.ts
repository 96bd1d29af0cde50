import type { KustomerEvent } from '../../event/event';
import { Bounded } from '../../bounded';
import { InFlight, type Claim } from './pending';

type Version = number | string;

/**
 * Remembers the newest state seen of each record, so that a late retry does not put an old state
 * over a new one. Kustomer does not promise any order of deliveries. A state counts from the moment
 * it is claimed, and for good only when its delivery was answered with a 2xx.
 */
export class Versions {
	private readonly newest: Bounded<Version>;

	/** The newest of each record. */
	private readonly inFlight: InFlight<Version>;

	/**
	 * @param capacity how many records are remembered; the oldest go first
	 * @param timeoutMs after so long, a delivery whose answer was never seen counts as failed
	 */
	constructor(capacity: number, timeoutMs: number) {
		this.newest = new Bounded(capacity);
		this.inFlight = new InFlight(capacity, timeoutMs);
	}

	/**
	 * @param nowMs milliseconds, from any fixed point
	 * @returns for an update, that a newer state was seen or is pending; `new` for everything else
	 */
	claim(event: KustomerEvent, nowMs: number): Claim {
		const version = versionOf(event);
		// Records without an id are nobody's earlier state.
		if (version === undefined || event.recordId === null) return { kind: 'new', settle: () => {} };
		const record = `${event.recordType}/${event.recordId}`;
		const other = this.inFlight.find(record, nowMs);
		const newer = isBelow(version, other?.value) ? other : undefined;
		if (event.action === 'update') {
			if (isBelow(version, this.newest.get(record))) return { kind: 'seen' };
			if (newer !== undefined) return { kind: 'pending', outcome: newer.outcome };
		}
		const end = newer === undefined && this.inFlight.begin(record, version, nowMs);
		return {
			kind: 'new',
			settle: (succeeded) => {
				if (succeeded) this.note(record, version);
				if (end) end(succeeded);
			},
		};
	}

	private note(record: string, version: Version): void {
		if (!isBelow(version, this.newest.get(record))) this.newest.set(record, version);
	}
}

/** `rev` counts a record's changes; users, teams and tags have none, so there the time decides. */
function versionOf({ attributes: { rev, updatedAt } }: KustomerEvent): Version | undefined {
	if (typeof rev === 'number') return rev;
	return typeof updatedAt === 'string' && !Number.isNaN(Date.parse(updatedAt))
		? updatedAt
		: undefined;
}

/** A revision and a time cannot be compared, nor can anything with what is not known. */
function isBelow(version: Version, known: Version | undefined): boolean {
	if (typeof version !== typeof known) return false;
	return typeof version === 'number'
		? version < Number(known)
		: Date.parse(version) < Date.parse(String(known));
}
