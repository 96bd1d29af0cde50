import { attributesOf, partsOf, textOrNull, type Envelope } from './envelope';

type Version = number | string;

/**
 * Remembers the newest state seen of each record, so that a late retry does not put an old state
 * over a new one. Kustomer does not promise any order of deliveries.
 */
export class VersionMemory {
	private readonly newest = new Map<string, Version>();

	constructor(private readonly capacity: number) {}

	/** @returns whether it is an update, and a newer state of the record was seen before */
	isOutdated(envelope: Envelope): boolean {
		return partsOf(envelope.name).action === 'update' && this.isBelowNewest(envelope);
	}

	/** Takes note of an event that was answered with a 2xx. */
	note(envelope: Envelope): void {
		const version = versionOf(envelope);
		const record = recordOf(envelope);
		if (version === undefined || record === undefined || this.isBelowNewest(envelope)) return;
		this.newest.delete(record);
		this.newest.set(record, version);
		for (const oldest of this.newest.keys()) {
			if (this.newest.size <= this.capacity) break;
			this.newest.delete(oldest);
		}
	}

	private isBelowNewest(envelope: Envelope): boolean {
		const version = versionOf(envelope);
		const record = recordOf(envelope);
		const known = record === undefined ? undefined : this.newest.get(record);
		return version !== undefined && known !== undefined && isBelow(version, known);
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

function isBelow(version: Version, known: Version): boolean {
	if (typeof version === 'number' && typeof known === 'number') return version < known;
	if (typeof version === 'string' && typeof known === 'string')
		return Date.parse(version) < Date.parse(known);
	return false;
}

/** Records without an id are nobody's earlier state. */
function recordOf(envelope: Envelope): string | undefined {
	const id = textOrNull(envelope.data.id) ?? textOrNull(envelope.dataId);
	return id === null ? undefined : `${textOrNull(envelope.data.type)}/${id}`;
}
