import { attributesOf, type Envelope } from './envelope';

type Version = number | string;

/**
 * Remembers the newest state seen of each record, so that a late retry does not put an old state
 * over a new one. Kustomer does not promise any order of deliveries.
 */
export class VersionMemory {
	private readonly newest = new Map<string, Version>();

	constructor(private readonly capacity: number) {}

	/** @returns whether a newer state of the record was seen before */
	isOutdated(envelope: Envelope): boolean {
		const version = versionOf(envelope);
		const known = this.newest.get(recordOf(envelope));
		return version !== undefined && known !== undefined && isBelow(version, known);
	}

	/** Takes note of an event that was answered with a 2xx. */
	note(envelope: Envelope): void {
		const version = versionOf(envelope);
		if (version === undefined || this.isOutdated(envelope)) return;
		const record = recordOf(envelope);
		this.newest.delete(record);
		this.newest.set(record, version);
		for (const oldest of this.newest.keys()) {
			if (this.newest.size <= this.capacity) break;
			this.newest.delete(oldest);
		}
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

function recordOf(envelope: Envelope): string {
	return `${String(envelope.data.type)}/${String(envelope.data.id)}`;
}
