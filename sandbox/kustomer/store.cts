import type { Switches } from './switches.cts';

export type Json = Record<string, unknown>;

export type Reference = { type: string; id: string };

/** Everything that the organization holds is one of these; a change puts a new one in its place. */
export type StoredRecord = {
	/** JSON:API type, e.g. `customer` or `kobject.order`. */
	readonly type: string;
	readonly id: string;
	readonly attributes: Readonly<Json>;
	/** Relationship → the record it leads to; null where Kustomer shows null. */
	readonly related: Readonly<Record<string, Reference | null>>;
};

/** The relationships that lists ask for; what was made by a user is never listed by that. */
const INDEXED = ['customer', 'conversation', 'company', 'message', 'draft', 'bulk', 'source'];

type Write = { at: number; before: StoredRecord | undefined; record: StoredRecord };

const MOST_WRITES_KEPT = 200_000;

/** All records in memory, by id and by what they are looked up by, in the order in which they were made. */
export class Store {
	private readonly byType = new Map<string, Map<string, StoredRecord>>();
	private readonly keys = new Map<string, Set<string>>();
	/** What the search index has not seen yet. */
	private writes: Write[] = [];

	/** @param kept is told of each write, for what must survive a restart */
	constructor(
		private readonly switches: Switches,
		private readonly kept: (record: StoredRecord) => void,
	) {}

	/** @returns the record, deleted ones too */
	find(type: string, id: string): StoredRecord | undefined {
		return this.byType.get(type)?.get(id);
	}

	/** @returns the records of a type, oldest first, deleted ones too */
	all(type: string): StoredRecord[] {
		return [...(this.byType.get(type)?.values() ?? [])];
	}

	types(): string[] {
		return [...this.byType.keys()];
	}

	/** @returns those that lead to a record, oldest first, without deleted ones */
	children(type: string, relationship: string, id: string): StoredRecord[] {
		return this.at(type, `${relationship}>${id}`);
	}

	/** @param field e.g. `externalId`, or for customers `email` and `phone` */
	lookUp(type: string, field: string, value: string): StoredRecord[] {
		return this.at(type, keyOf(field, value));
	}

	put(record: StoredRecord): void {
		const before = this.find(record.type, record.id);
		this.place(record);
		if (this.switches.searchLagMs === 0) return;
		this.writes.push({ at: Date.now(), before, record });
		if (this.writes.length > MOST_WRITES_KEPT) this.writes = this.writes.slice(-1000);
	}

	/** As `put`, for what search has known all along. */
	place(record: StoredRecord): void {
		const before = this.find(record.type, record.id);
		if (!this.byType.has(record.type)) this.byType.set(record.type, new Map());
		this.byType.get(record.type)?.set(record.id, record);
		this.index(before, record);
		this.kept(record);
	}

	/** @returns the records of the types as the search index knows them: late by the lag */
	indexed(types: readonly string[]): StoredRecord[] {
		const late = this.unseen();
		const records = types.flatMap((type) => this.all(type));
		if (late.size === 0) return records;
		return records.flatMap((record) => {
			const key = `${record.type}/${record.id}`;
			return late.has(key) ? (late.get(key) ?? []) : record;
		});
	}

	private unseen(): Map<string, StoredRecord | undefined> {
		const since = Date.now() - this.switches.searchLagMs;
		this.writes = this.writes.filter(({ at }) => at > since);
		const late = new Map<string, StoredRecord | undefined>();
		for (const { before, record } of this.writes) {
			const key = `${record.type}/${record.id}`;
			if (!late.has(key)) late.set(key, before);
		}
		return late;
	}

	private at(type: string, key: string): StoredRecord[] {
		return [...(this.keys.get(`${type}|${key}`) ?? [])].flatMap((id) => {
			const record = this.find(type, id);
			return record === undefined || isDeleted(record) ? [] : record;
		});
	}

	private index(before: StoredRecord | undefined, after: StoredRecord): void {
		const old = new Set(before === undefined ? [] : keysOf(before));
		const fresh = keysOf(after);
		for (const key of fresh) {
			if (old.delete(key)) continue;
			const ids = this.keys.get(key);
			if (ids === undefined) this.keys.set(key, new Set([after.id]));
			else ids.add(after.id);
		}
		for (const key of old) this.keys.get(key)?.delete(after.id);
	}
}

/** Deletion is soft; users carry its time only. */
export function isDeleted({ attributes }: StoredRecord): boolean {
	return attributes.deleted === true || typeof attributes.deletedAt === 'string';
}

/** The lists of a customer whose values no other customer may have: list, name of the value, look-up. */
export const UNIQUE_LISTS = [
	['emails', 'email', 'email'],
	['phones', 'phone', 'phone'],
	['whatsapps', 'phone', 'whatsapp'],
	['externalIds', 'externalId', 'externalId'],
	['socials', 'username', 'social'],
] as const;

/** @returns what a value is looked up by */
export function keyOf(field: string, value: string): string {
	return `${field}=${field === 'email' ? value.toLowerCase() : value}`;
}

/** @returns look-up and value of everything in a customer that must be unique */
export function uniqueValues(attributes: Json): Array<{ list: string; by: string; value: string }> {
	return UNIQUE_LISTS.flatMap(([list, name, by]) =>
		entriesOf(attributes[list]).flatMap((entry) => {
			const value = entry[name];
			if (typeof value !== 'string') return [];
			return { list, by, value: by === 'social' ? `${String(entry.type)}:${value}` : value };
		}),
	);
}

function keysOf(record: StoredRecord): string[] {
	const { type, attributes, related } = record;
	const keys: string[] = [];
	for (const name of INDEXED) {
		const id = related[name]?.id;
		if (id !== undefined) keys.push(`${type}|${name}>${id}`);
	}
	if (type === 'customer') {
		for (const { by, value } of uniqueValues(attributes)) keys.push(`${type}|${keyOf(by, value)}`);
	} else if (typeof attributes.externalId === 'string') {
		keys.push(`${type}|${keyOf('externalId', attributes.externalId)}`);
	}
	if (type === 'tag' || type === 'klass')
		keys.push(`${type}|${keyOf('name', String(attributes.name))}`);
	return keys;
}

function entriesOf(list: unknown): Json[] {
	return Array.isArray(list) ? (list as Json[]) : [];
}
