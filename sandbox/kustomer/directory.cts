import { envelopeOf, type Write } from './announce.cts';
import { wakeUp } from './conversations.cts';
import { dueAt, sendDraft } from './drafts.cts';
import { Refusal } from './errors.cts';
import type { Envelope } from './events.cts';
import { newId } from './ids.cts';
import { Journal } from './journal.cts';
import type { Organization } from './organization.cts';
import { Records } from './records.cts';
import { Scheduler } from './scheduler.cts';
import { seed } from './seed.cts';
import { isDeleted, Store, type Json, type StoredRecord } from './store.cts';
import type { Switches } from './switches.cts';

const MOST_EVENTS_KEPT = 20_000;

export type DirectoryOptions = {
	organization: Organization;
	switches: Switches;
	/** Where records are kept across restarts; undefined: nowhere. */
	journalPath: string | undefined;
	/** Told of each event that a write raises. */
	publish: (envelope: Envelope) => void;
	/** Told of each write. */
	changed: () => void;
};

/** The organization's records with all that a write sets in motion: events, history, what is due later. */
export class Directory {
	readonly records: Records;
	/** Every event that was raised, oldest first. */
	readonly events: Envelope[] = [];
	private readonly scheduler = new Scheduler();
	private readonly journal: Journal | undefined;
	private isOpen = false;

	constructor(private readonly options: DirectoryOptions) {
		const { switches, journalPath, changed } = options;
		this.journal = journalPath === undefined ? undefined : new Journal(journalPath);
		const store = new Store(switches, (record) => {
			this.journal?.append(record);
			changed();
		});
		this.records = new Records(store, switches, (write) => this.announce(write));
	}

	/** Takes up what was kept, or begins with the made-up organization. */
	open(): void {
		const { store } = this.records;
		const isKept = this.journal?.load((record) => store.put(record)) ?? false;
		if (!isKept) seed(this.records);
		this.isOpen = true;
		for (const type of ['draft', 'conversation']) {
			for (const record of store.all(type)) this.plan(record);
		}
	}

	close(): void {
		this.scheduler.close();
	}

	private announce(write: Write): void {
		this.plan(write.after);
		const envelope = envelopeOf(write, this.options.organization, this.records.now());
		if (envelope === undefined) return;
		if (write.after.type === 'conversation') this.remember(envelope, write);
		if (!this.isOpen) return;
		this.events.push(envelope);
		if (this.events.length > MOST_EVENTS_KEPT) this.events.shift();
		this.options.publish(envelope);
	}

	/** Conversations have a history of their own, in the form of their events. */
	private remember(envelope: Envelope, { after, by }: Write): void {
		const { createdAt, name } = envelope;
		const author: StoredRecord['related'] =
			by.userId === null ? {} : { createdBy: { type: 'user', id: by.userId } };
		this.records.store.put({
			type: 'event',
			id: this.options.switches.historyIds === 'same' ? envelope.id : newId(),
			attributes: {
				name,
				type: 'change',
				publishedAt: createdAt,
				createdAt,
				updatedAt: createdAt,
				modifiedAt: createdAt,
				changes: envelope.changes ?? { attributes: {}, relationships: {} },
				location: null,
				meta: null,
			},
			related: {
				conversation: { type: 'conversation', id: after.id },
				customer: after.related.customer ?? null,
				...author,
			},
		});
	}

	private plan(record: StoredRecord): void {
		if (!this.isOpen) return;
		const { type, id } = record;
		if (type !== 'draft' && type !== 'conversation') return;
		const due = isDeleted(record)
			? undefined
			: type === 'draft'
				? this.sendAt(record)
				: wakeAt(record);
		this.scheduler.plan(`${type}/${id}`, due, () => this.carryOut(type, id));
	}

	/** What is sent at once stays a draft for a moment, as at Kustomer. */
	private sendAt(draft: StoredRecord): number | undefined {
		const due = dueAt(draft);
		return due === undefined
			? undefined
			: Math.max(due, Date.now() + this.options.switches.sendDelayMs);
	}

	private carryOut(type: string, id: string): void {
		const record = this.records.store.find(type, id);
		if (record === undefined || isDeleted(record)) return;
		try {
			if (type === 'draft') sendDraft(this.records, record);
			else wakeUp(this.records, record);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.records.touch(record, { status: 'failed', sendAt: null }, { userId: null });
		}
	}
}

function wakeAt({ attributes }: StoredRecord): number | undefined {
	const snooze = attributes.snooze as Json | undefined;
	const isWaiting = attributes.status === 'snoozed' && snooze?.status === 'scheduled';
	return isWaiting && typeof snooze.time === 'string' ? Date.parse(snooze.time) : undefined;
}
