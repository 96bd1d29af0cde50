import { bulkResults, MOST_BYTES, MOST_ITEMS, type BulkResult } from '../../api/bulkRequest';
import type { ApiRecord } from '../../api/records';
import { apiError, isInDoubt, type ApiRequest } from '../../api/request';
import { refuseWhenStopped } from '../../api/waiting';
import { errorOfItem, Failure } from '../itemErrors';
import type { Item, Run } from '../itemParameters';
import { Access } from './access';
import type { Body } from './body';
import type { RecordKind } from './record';
import type { Key } from './upsert';

/** How many requests are under way at a time. */
const UNDER_WAY = 5;

/** How many items are made ready at a time: some look their record up first. */
const READY_AT_ONCE = 20;

/** Of one request; Kustomer works on 100 items before it answers. */
const LEAST_TIMEOUT_MS = 30_000;

/** An item as it is sent. */
export type Entry = {
	access: Access;
	/** Its place among the items of the run. */
	place: number;
	/** Tells it apart from the others of a request. Items of one key are sent one after the other. */
	key: string;
	body: Body;
	/** What tells whether the record is there, for an upsert. */
	match?: Key;
	/** The record as it is now, where it was read. */
	record?: ApiRecord;
};

export type ItemOutcome = object | Failure;

/** How one operation sends many items. */
export type BulkWrite = {
	/** @throws InputMistake for an item that cannot be sent */
	prepare(access: Access): Promise<Pick<Entry, 'key' | 'body' | 'match'>>;
	/** @returns the outcome of each of up to 100 entries */
	send(entries: readonly Entry[]): Promise<Map<Entry, ItemOutcome>>;
};

/**
 * Runs an operation for all items, up to 100 in a request and several requests at a time.
 *
 * @returns the outcome of each item, in the order of the items
 * @throws NodeApiError or NodeOperationError of the first item that did not succeed, unless the node
 *   continues on errors; what was under way has ended by then
 */
export async function inBulk(
	kind: RecordKind,
	write: BulkWrite,
	items: readonly Item[],
): Promise<ItemOutcome[]> {
	const accesses = items.map((item) => new Access(item, kind));
	const many = new Many(write, accesses);
	return await many.all();
}

class Many {
	private readonly outcomes = new Map<number, ItemOutcome>();
	/** The place of the first item that did not succeed. */
	private failed = Infinity;

	constructor(
		private readonly write: BulkWrite,
		private readonly accesses: readonly Access[],
	) {}

	async all(): Promise<ItemOutcome[]> {
		let places = [...this.accesses.keys()];
		while (places.length > 0 && !this.isOver) places = await this.wave(places);
		if (this.isOver) throw this.errorAt(this.failed);
		return this.accesses.map((_, place) => this.outcomes.get(place) ?? {});
	}

	private get context() {
		return this.accesses[0].item.context;
	}

	/** Without "continue on fail", nothing is begun after an item that did not succeed. */
	private get isOver(): boolean {
		return this.failed !== Infinity && !this.context.continueOnFail();
	}

	private put(place: number, outcome: ItemOutcome): void {
		this.outcomes.set(place, outcome);
		if (outcome instanceof Failure) this.failed = Math.min(this.failed, place);
	}

	private errorAt(place: number): Error {
		const { reason } = this.outcomes.get(place) as Failure;
		const error = errorOfItem(this.context, reason, place);
		if (this.outcomes.size > 1) {
			error.description =
				'Other items were sent together with this one and may have been written. Set "On Error" in the settings of this node to "Continue" to see what became of each.';
		}
		return error;
	}

	/** @returns the places of the items whose key is also that of an item before them */
	private async wave(places: readonly number[]): Promise<number[]> {
		const later: number[] = [];
		const chunks = this.chunks(places, later);
		const worker = async () => {
			for await (const chunk of chunks) {
				for (const [{ place }, outcome] of await this.write.send(chunk)) this.put(place, outcome);
				if (this.isOver) return;
			}
		};
		// One that throws, because the execution was stopped, must not leave the others behind.
		const ends = await Promise.allSettled(Array.from({ length: UNDER_WAY }, worker));
		for (const end of ends) if (end.status === 'rejected') throw end.reason;
		return later;
	}

	private async *chunks(places: readonly number[], later: number[]): AsyncGenerator<Entry[]> {
		const keys = new Set<string>();
		let chunk: Entry[] = [];
		let bytes = 0;
		for await (const entry of this.prepared(places)) {
			if (keys.has(entry.key)) {
				later.push(entry.place);
				continue;
			}
			keys.add(entry.key);
			const size = Buffer.byteLength(JSON.stringify(entry.body)) + 1;
			if (chunk.length === MOST_ITEMS || (chunk.length > 0 && bytes + size > MOST_BYTES)) {
				yield chunk;
				[chunk, bytes] = [[], 0];
			}
			chunk.push(entry);
			bytes += size;
		}
		if (chunk.length > 0) yield chunk;
	}

	private async *prepared(places: readonly number[]): AsyncGenerator<Entry> {
		for (let start = 0; start < places.length; start += READY_AT_ONCE) {
			refuseWhenStopped(this.context);
			if (this.isOver) return;
			const group = places.slice(start, start + READY_AT_ONCE);
			yield* (await Promise.all(group.map(async (place) => await this.ready(place)))).flat();
		}
	}

	private async ready(place: number): Promise<Entry[]> {
		const access = this.accesses[place];
		try {
			return [{ access, place, ...(await this.write.prepare(access)) }];
		} catch (error) {
			this.put(place, new Failure(error));
			return [];
		}
	}
}

/** What Kustomer told of an entry: what became of it, that it was refused, or nothing. */
export type BulkAnswer = { done: BulkResult } | { refused: unknown } | { unknown: string };

export type Sending = {
	request(entries: readonly Entry[]): ApiRequest;
	/** @returns which of Kustomer's results is about which entry */
	pair(
		entries: readonly Entry[],
		results: readonly BulkResult[],
	): Promise<Map<Entry, BulkResult>> | Map<Entry, BulkResult>;
};

/**
 * Sends entries in one request. Where Kustomer refuses the whole because of what an item contains,
 * the halves are sent, so that only that item fails.
 *
 * @returns what is known of each entry
 */
export async function toldOf(
	entries: readonly Entry[],
	sending: Sending,
): Promise<Map<Entry, BulkAnswer>> {
	const [{ access }] = entries;
	try {
		const asked = { ...access.call, ...sending.request(entries) };
		const timeoutMs = Math.max(asked.timeoutMs ?? 0, LEAST_TIMEOUT_MS);
		const request = { ...asked, timeoutMs };
		const results = await bulkResults(access.caller, request, entries.length);
		const paired = await sending.pair(entries, results);
		return new Map(entries.map((entry) => [entry, toldBy(entry, asked, paired.get(entry))]));
	} catch (error) {
		refuseWhenStopped(access.caller);
		if (isInDoubt(error)) return everyOne(entries, { unknown: (error as Error).message });
		if (entries.length === 1 || !isAboutContent(error)) {
			return everyOne(entries, { refused: error });
		}
		const middle = Math.ceil(entries.length / 2);
		const first = await toldOf(entries.slice(0, middle), sending);
		return new Map([...first, ...(await toldOf(entries.slice(middle), sending))]);
	}
}

function everyOne(entries: readonly Entry[], told: BulkAnswer): Map<Entry, BulkAnswer> {
	return new Map(entries.map((entry) => [entry, told]));
}

function isAboutContent(error: unknown): boolean {
	const { httpCode } = error as { httpCode?: unknown };
	return httpCode === '400' || httpCode === '413' || httpCode === '422';
}

function toldBy({ access }: Entry, asked: ApiRequest, result: BulkResult | undefined): BulkAnswer {
	if (result === undefined) {
		return { unknown: "Kustomer's answer to the bulk request does not mention this item." };
	}
	if (result.refusal === undefined) return { done: result };
	const said = result.refusal === '' ? '' : ` Kustomer says: "${result.refusal}".`;
	const remedy = /duplicate/i.test(result.refusal) ? DUPLICATE : '';
	const words = `n8n could not ${asked.purpose}: Kustomer refused this item.${said}${remedy}`;
	return { refused: apiError(access.caller, words) };
}

const DUPLICATE =
	' Another record has the same e-mail address, phone number or external ID: use Create or Update where that may be.';

/** An item of which nobody knows whether it was carried out. */
export function unknownItem({ access }: Entry, id: string | null, reason: string): object {
	countUnknown(access.item.run);
	return { id, status: 'unknown', reason };
}

/** Says above the output how many items are to be looked after. */
function countUnknown(run: Run): void {
	const counted = run.once('unknown in bulk', () => {
		const count = { items: 0 };
		run.hintAtEnd(
			() =>
				`Kustomer did not say what became of ${count.items} items. Their status is "unknown": look in Kustomer before you send them again, or use Create or Update, which looks first.`,
		);
		return count;
	});
	counted.items++;
}
