import { dropOldest } from './duplicates';
import { attributesOf, partsOf, textOrNull, type Envelope } from '../../event/envelope';

type Version = number | string;

export type Standing =
	/** Nothing newer is known: go on, and call `settle` with whether the event was answered with a 2xx. */
	| { kind: 'newest'; settle: (succeeded: boolean) => void }
	/** It is an update, and a newer state of the record was answered with a 2xx. */
	| { kind: 'outdated' }
	/** It is an update, and a newer state is still being answered; `outcome` tells whether with a 2xx. */
	| { kind: 'underWay'; outcome: Promise<boolean> };

type UnderWay = { version: Version; outcome: Promise<boolean>; sinceMs: number };

/**
 * Remembers the newest state seen of each record, so that a late retry does not put an old state
 * over a new one. Kustomer does not promise any order of deliveries. A state counts from the moment
 * it is taken, and for good only when its delivery was answered with a 2xx.
 */
export class VersionMemory {
	private readonly newest = new Map<string, Version>();

	/** The newest of each record. */
	private readonly underWay = new Map<string, UnderWay>();

	/**
	 * @param capacity how many records are remembered; the oldest go first
	 * @param patienceMs after so long, a delivery whose answer was never seen counts as failed
	 */
	constructor(
		private readonly capacity: number,
		private readonly patienceMs: number,
	) {}

	/** @param nowMs milliseconds, from any fixed point */
	take(envelope: Envelope, nowMs: number): Standing {
		const version = versionOf(envelope);
		const record = recordOf(envelope);
		if (version === undefined || record === undefined) return { kind: 'newest', settle: () => {} };
		if (partsOf(envelope.name).action === 'update') {
			if (isBelow(version, this.newest.get(record))) return { kind: 'outdated' };
			const newer = this.newerUnderWay(record, version, nowMs);
			if (newer !== undefined) return { kind: 'underWay', outcome: newer.outcome };
		}
		return this.begin(record, { version, sinceMs: nowMs });
	}

	private newerUnderWay(record: string, version: Version, nowMs: number): UnderWay | undefined {
		const other = this.underWay.get(record);
		if (other === undefined || !isBelow(version, other.version)) return undefined;
		return nowMs - other.sinceMs < this.patienceMs ? other : undefined;
	}

	private begin(record: string, state: { version: Version; sinceMs: number }): Standing {
		let tell: (succeeded: boolean) => void = () => {};
		const outcome = new Promise<boolean>((resolve) => {
			tell = resolve;
		});
		const own: UnderWay = { ...state, outcome };
		const { version } = own;
		if (this.newerUnderWay(record, version, own.sinceMs) === undefined) {
			this.underWay.set(record, own);
		}
		const settle = (succeeded: boolean) => {
			if (this.underWay.get(record) === own) this.underWay.delete(record);
			if (succeeded) this.note(record, version);
			tell(succeeded);
		};
		return { kind: 'newest', settle };
	}

	private note(record: string, version: Version): void {
		if (isBelow(version, this.newest.get(record))) return;
		this.newest.delete(record);
		this.newest.set(record, version);
		dropOldest(this.newest, this.capacity);
	}
}

/** `rev` counts a record's changes; users, teams and tags have none, so there the time decides. */
function versionOf(envelope: Envelope): Version | undefined {
	const { rev, updatedAt } = attributesOf(envelope);
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

/** Records without an id are nobody's earlier state. */
function recordOf(envelope: Envelope): string | undefined {
	const id = textOrNull(envelope.data.id) ?? textOrNull(envelope.dataId);
	return id === null ? undefined : `${textOrNull(envelope.data.type)}/${id}`;
}
