import { envelopeOf, historyOf, type Write } from './announce.cts';
import { wakeUp } from './conversations.cts';
import { dueAt, sendDraft } from './drafts.cts';
import { Refusal } from './errors.cts';
import type { Envelope } from './events.cts';
import { newId } from './ids.cts';
import { Journal } from './journal.cts';
import type { Organization } from './organization.cts';
import { Records } from './records.cts';
import { Scheduler } from './scheduler.cts';
import { madeUpOrganization } from './seed.cts';
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
		const isKept = this.journal?.load((record) => store.place(record)) ?? false;
		if (!isKept)
			for (const record of madeUpOrganization(this.options.organization)) store.place(record);
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
		if (write.after.type === 'conversation')
			this.records.store.put(this.historyOf(envelope, write));
		this.events.push(envelope);
		if (this.events.length > MOST_EVENTS_KEPT) this.events.shift();
		this.options.publish(envelope);
	}

	private historyOf(envelope: Envelope, write: Write): StoredRecord {
		const entry = historyOf(envelope, write);
		return this.options.switches.historyIds === 'same' ? entry : { ...entry, id: newId() };
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
