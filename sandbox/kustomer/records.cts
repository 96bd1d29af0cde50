import { isRecord } from './body.cts';
import type { Author, Write } from './announce.cts';
import { BLANKS } from './blanks.cts';
import { checkCustom } from './custom.cts';
import { badRequest, conflict, notFound, Refusal } from './errors.cts';
import { newId } from './ids.cts';
import { klassOf } from './resource.cts';
import { RULES } from './rules.cts';
import { BODIES, checkBody, STAMPS } from './schema.cts';
import { isDeleted, type Json, type Reference, type Store, type StoredRecord } from './store.cts';
import type { Switches } from './switches.cts';

/** A record that is being written. */
export type Draft = { attributes: Json; related: Record<string, Reference | null> };

export type UpdateOptions = {
	/** PUT with `?replace=true`: what is not sent goes back to what a new record has. */
	replace?: boolean;
	/** The revision that the writer has seen. */
	rev?: number;
};

/** Fields of bodies that are relationships of the record. */
const REFERENCES = ['customer', 'company', 'conversation'] as const;

/** Their second record with the same `externalId` is up to a switch; for customers it is always refused. */
const EXTERNAL_IDS_MAY_REPEAT = ['conversation', 'message', 'company', 'kobject'];

/** Every write of a record goes through here: checked, stamped, stored, announced. */
export class Records {
	/** ISO time of what is written; only the seed sets it back. */
	now: () => string = () => new Date().toISOString();

	constructor(
		readonly store: Store,
		readonly switches: Switches,
		private readonly announce: (write: Write) => void,
	) {}

	/** @throws Refusal 404 where there is none, or where it was deleted */
	get(type: string, id: string): StoredRecord {
		const record = this.store.find(type, id);
		if (record === undefined || isDeleted(record)) throw notFound('id');
		return record;
	}

	/**
	 * @param body as the API takes it
	 * @throws Refusal 400 or 409 as the API answers
	 */
	create(type: string, body: unknown, by: Author): StoredRecord {
		const family = familyOf(type);
		checkBody(body, BODIES[family].create);
		checkCustom(this.store, type, body.custom);
		const now = this.now();
		const klass = klassOf(type);
		const draft: Draft = {
			attributes: BLANKS[family](now),
			related: {
				...authorship(by, ['createdBy', 'modifiedBy']),
				...(klass !== undefined && { klass: { type: 'klass', id: klass } }),
				...((type === 'team' || type === 'tag') && { deletedBy: null }),
			},
		};
		this.fill(draft, body, by);
		RULES[family]?.prepare?.(draft, { type, body, by, records: this });
		this.refuseSameExternalId(type, draft);
		return this.write(undefined, { type, id: this.idFor(type, body.id), ...draft }, by);
	}

	/** @throws Refusal 400 or 409 as the API answers */
	update(
		record: StoredRecord,
		body: unknown,
		{ by, ...options }: UpdateOptions & { by: Author },
	): StoredRecord {
		const { type, attributes, related } = record;
		const family = familyOf(type);
		checkBody(body, BODIES[family].update);
		checkCustom(this.store, type, body.custom);
		const rev = typeof body.rev === 'number' ? body.rev : options.rev;
		if (rev !== undefined && rev < Number(attributes.rev ?? 0)) {
			throw conflict('The record was changed by someone else', 'rev');
		}
		const draft: Draft = { attributes: { ...attributes }, related: { ...related } };
		if (options.replace) this.blank(draft, family);
		this.fill(draft, body, by);
		if (options.replace && isRecord(body.custom)) draft.attributes.custom = body.custom;
		RULES[family]?.prepare?.(draft, { type, body, by, before: record, records: this });
		this.refuseSameExternalId(type, draft, record);
		return this.edit(record, draft, by);
	}

	/** Stores attributes and relationships as somebody's edit: stamps, author and revision move. */
	edit(before: StoredRecord, change: Partial<Draft>, by: Author): StoredRecord {
		const now = this.now();
		const after = merged(before, change, {
			updatedAt: now,
			...(by.userId !== null && { modifiedAt: now }),
		});
		return this.write(
			before,
			{ ...after, related: { ...after.related, ...authorship(by, ['modifiedBy']) } },
			by,
		);
	}

	/** As `edit`, but nobody's: what happens under a record moves counters, not `modifiedAt`. */
	touch(before: StoredRecord, attributes: Json, by: Author): StoredRecord {
		const now = this.now();
		return this.write(before, merged(before, { attributes }, { updatedAt: now }), by);
	}

	/** Soft: hidden from lists and look-ups, search finds it with `includeDeleted`. */
	remove(record: StoredRecord, by: Author): StoredRecord {
		const deletedAt = this.now();
		const related = { ...record.related, ...authorship(by, ['deletedBy']) };
		return this.edit(record, { attributes: { deleted: true, deletedAt }, related }, by);
	}

	/** Stores a record of a kind that has no body of its own, such as a job. */
	add(type: string, draft: Draft, by: Author): StoredRecord {
		const now = this.now();
		const attributes = { createdAt: now, updatedAt: now, ...draft.attributes };
		const related = { ...authorship(by, ['createdBy']), ...draft.related };
		return this.write(undefined, { type, id: newId(), attributes, related }, by);
	}

	private write(before: StoredRecord | undefined, after: StoredRecord, by: Author): StoredRecord {
		this.store.put(after);
		this.announce({ before, after, by });
		RULES[familyOf(after.type)]?.follow?.({ before, after, by, records: this });
		return this.store.find(after.type, after.id) ?? after;
	}

	private fill(draft: Draft, body: Json, by: Author): void {
		const { custom, deleted, rev: _, id: __, ...rest } = body;
		for (const [name, value] of Object.entries(rest)) {
			if (isReference(name)) this.relate(draft, name, value);
			else if (isStamp(name)) this.stamp(draft, name, { value, by });
			else draft.attributes[name] = value;
		}
		if (isRecord(custom)) {
			draft.attributes.custom = { ...(draft.attributes.custom as Json | null), ...custom };
		}
		if (deleted === undefined) return;
		const isGone = deleted === true;
		draft.attributes.deleted = isGone;
		draft.attributes.deletedAt = isGone ? this.now() : null;
		draft.related.deletedBy = isGone ? (authorship(by, ['deletedBy']).deletedBy ?? null) : null;
	}

	private relate(draft: Draft, name: string, id: unknown): void {
		if (id === null) {
			delete draft.related[name];
			return;
		}
		const record = this.store.find(name, String(id));
		if (record === undefined || isDeleted(record)) {
			throw badRequest(`No such ${name}`, { parameter: name });
		}
		draft.related[name] = { type: name, id: record.id };
	}

	private stamp(draft: Draft, name: string, { value, by }: { value: unknown; by: Author }): void {
		if (!by.isAdmin && this.switches.foreignStamps === 'refuse') {
			throw badRequest('Needs the role org.admin', { parameter: name });
		}
		if (!by.isAdmin) return;
		if (name.endsWith('By')) draft.related[name] = { type: 'user', id: String(value) };
		else draft.attributes[name] = value;
	}

	private blank(draft: Draft, family: string): void {
		const blank = BLANKS[family](String(draft.attributes.createdAt));
		for (const name of Object.keys(BODIES[family].update)) {
			if (isStamp(name) || name === 'deleted' || name === 'importedAt') continue;
			if (name in blank) draft.attributes[name] = blank[name];
			else if (isReference(name)) continue;
			else delete draft.attributes[name];
		}
	}

	private idFor(type: string, wanted: unknown): string {
		if (typeof wanted !== 'string') return newId();
		if (this.store.find(type, wanted) !== undefined) throw conflict('The id is taken', 'id');
		return wanted;
	}

	private refuseSameExternalId(type: string, { attributes }: Draft, own?: StoredRecord): void {
		const { sameExternalId } = this.switches;
		const { externalId } = attributes;
		if (sameExternalId === 'accept' || typeof externalId !== 'string') return;
		if (!EXTERNAL_IDS_MAY_REPEAT.includes(familyOf(type))) return;
		const others = this.store.lookUp(type, 'externalId', externalId);
		if (others.every(({ id }) => id === own?.id)) return;
		throw new Refusal(sameExternalId, {
			title: 'Another record has this externalId',
			parameter: 'externalId',
		});
	}
}

/** @returns the type under which bodies, blanks and rules are: all custom objects share one */
export function familyOf(type: string): string {
	return klassOf(type) === undefined ? type : 'kobject';
}

function merged(before: StoredRecord, change: Partial<Draft>, stamps: Json): StoredRecord {
	const { attributes } = before;
	return {
		...before,
		attributes: {
			...attributes,
			...change.attributes,
			...stamps,
			...('rev' in attributes && { rev: Number(attributes.rev) + 1 }),
		},
		related: change.related === undefined ? before.related : { ...change.related },
	};
}

function authorship(by: Author, names: readonly string[]): Record<string, Reference> {
	const { userId } = by;
	if (userId === null) return {};
	return Object.fromEntries(names.map((name) => [name, { type: 'user', id: userId }]));
}

function isReference(name: string): boolean {
	return (REFERENCES as readonly string[]).includes(name);
}

function isStamp(name: string): boolean {
	return (STAMPS as readonly string[]).includes(name);
}
