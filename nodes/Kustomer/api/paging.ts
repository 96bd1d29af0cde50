import { isRecord, numberOf, recordOf } from '../narrowing';
import { recordsIn, type ApiRecord } from './records';
import { apiReply, refused, unreadable, type ApiCaller, type ApiRequest } from './request';
import { refuseWhenStopped } from './waiting';

export type ListRequest = Omit<ApiRequest, 'method'> & {
	method?: 'GET' | 'POST';
	/** Stop after this many entries; all of them when left out. */
	limit?: number;
	pageSize?: number;
	/** Where Kustomer ends this list, and how to get what follows. */
	window?: Window;
	/** What the entries are called in the log of a long run, e.g. `customers`. */
	plural?: string;
};

type Window = {
	entries: number;
	/** What a person can do where there is no `next`. */
	goOn: string;
	/** @returns the list from this entry on, which may begin with entries that were read already */
	next?: (last: ApiRecord) => ListRequest | undefined;
	/**
	 * Whether entries change places while the list is read, e.g. when somebody changes them, or where
	 * several have one time. Such a list is read from entry to entry where page numbers do not show
	 * all of it: they skip some.
	 */
	isMoving?: boolean;
	/** Whether all entries have one time, so that they have no order that page numbers could rely on. */
	isTied?: boolean;
	/** @returns the list that is read when this one has ended */
	then?: () => ListRequest;
	/** @returns the list of what came before this entry meanwhile; undefined where nothing does */
	newer?: (first: ApiRecord) => ListRequest | undefined;
};

/** As many pages Kustomer gives for sure; whether it gives more of a plain list is not documented. */
const SURE_PAGES = 100;

const DEFAULT_PAGE_SIZE = 100;

/** How many pages are asked for at a time. Kustomer's limit is shared by all of the organization. */
const PAGES_UNDER_WAY = 3;

/** How often a list is gone through whose records change places meanwhile. */
const MOST_PASSES = 4;
const MOST_PASSES_TIED = 20;

/** A long run tells in the log how far it is, each time that it has read so many more. */
const TOLD_EACH = 5_000;

/**
 * Reads a list page by page until `links.next` is empty or a page has nothing new. The next pages
 * are under way while one is worked on. Where Kustomer tells the total and it does not fit, or gives
 * an entry twice, records changed places between two pages, and the list is read again. Where
 * Kustomer gives no further pages of a longer list, the window says how to go on. If it does not, a
 * hint above the output says so; outside of operations, a warning in the log does.
 * Source: https://developer.kustomer.com/docs/concepts/pagination
 *
 * @returns the entries in Kustomer's order, each once, at most `limit`
 * @throws NodeApiError as `apiRequest`
 */
export async function apiList(caller: ApiCaller, request: ListRequest): Promise<ApiRecord[]> {
	return await apiListAs(caller, request, async (record) => await Promise.resolve(record));
}

/** As `apiList`, with each entry converted as soon as its page is read, so that no page is kept. */
export async function apiListAs<T>(
	caller: ApiCaller,
	request: ListRequest,
	convert: (record: ApiRecord) => Promise<T>,
): Promise<T[]> {
	return await new Listing(caller, request, convert).all();
}

class Listing<T> {
	/** By id, each with its place in Kustomer's order. */
	private readonly found = new Map<string, { place: number; entry: T }>();
	/** Whether it is read from entry to entry. */
	private isStepping = false;
	/** How many entries Kustomer gave before those that are read now. */
	private offset = 0;
	private first: ApiRecord | undefined;
	private last: ApiRecord | undefined;
	private readonly limit: number;

	constructor(
		private readonly caller: ApiCaller,
		private readonly request: ListRequest,
		private readonly convert: (record: ApiRecord) => Promise<T>,
		private readonly known: ReadonlyMap<string, unknown> = new Map(),
	) {
		this.limit = request.limit ?? Infinity;
	}

	async all(): Promise<T[]> {
		let parts = 0;
		for (
			let asked: ListRequest | undefined = this.request;
			asked !== undefined && this.found.size < this.limit;
			parts++
		) {
			asked = await this.part(asked);
		}
		const newer = parts > 1 && this.first && this.request.window?.newer?.(this.first);
		const before = newer ? await this.others(newer) : [];
		const entries = [...this.found.values()].sort((one, other) => one.place - other.place);
		return [...before, ...entries.map(({ entry }) => entry)].slice(0, this.limit);
	}

	private async others(request: ListRequest): Promise<T[]> {
		return await new Listing(this.caller, request, this.convert, this.found).all();
	}

	/** @returns what is to be read after it */
	private async part(asked: ListRequest): Promise<ListRequest | undefined> {
		const before = this.found.size;
		const isCut = await this.isCut(asked);
		// Any number that lies behind all places so far.
		this.offset += 1_000_000;
		if (!isCut) return asked.window?.then?.();
		const { purpose, window } = asked;
		// A list that is read from entry to entry may stand still for once, where many have one time.
		const isFurther = this.found.size > before || window?.isMoving === true;
		const next = isFurther && this.last ? window?.next?.(this.last) : undefined;
		if (next !== undefined) return next;
		const { goOn = '' } = window ?? {};
		sayThatItIsCut(this.caller, { purpose, entries: this.found.size, goOn });
		return undefined;
	}

	/** @returns whether Kustomer has more than it gives this way */
	private async isCut(asked: ListRequest): Promise<boolean> {
		const { isMoving, isTied } = asked.window ?? {};
		const seen = new Set<string>();
		let before = -1;
		for (let pass = 1; ; pass++) {
			const { moved, isCut } = await this.onePass(asked, seen);
			if (!moved) return isCut;
			if (isMoving && !this.isStepping) {
				this.isStepping = true;
				continue;
			}
			// A total that is never reached must not go on for ever.
			const isHopeless = isTied ? pass >= MOST_PASSES_TIED : seen.size === before;
			if (isHopeless || (!isTied && pass >= MOST_PASSES)) return isCut || isTied === true;
			before = seen.size;
		}
	}

	private async onePass(asked: ListRequest, seen: Set<string>): Promise<PassResult> {
		const { window } = asked;
		const own = new Set<string>();
		const totals = new Set<number>();
		let rows = 0;
		for await (const { page, body } of this.pages(asked)) {
			refuseWhenStopped(this.caller);
			// Kustomer refuses pages that it may not have.
			if (body === undefined) break;
			const records = recordsIn(body);
			const before = own.size;
			for (const { id } of records) {
				own.add(id);
				seen.add(id);
			}
			await this.keep(records, this.offset + rows);
			rows += records.length;
			if (this.found.size >= this.limit) return { moved: false, isCut: false };
			// Whether the last page links to a next one, which Kustomer would refuse, is not documented.
			const total = totalOf(body);
			if (window !== undefined && rows >= this.lengthOf(window, total)) break;
			if (total !== undefined) totals.add(total);
			if (own.size === before && page > SURE_PAGES) break;
			if (own.size === before || !hasNextPage(body)) {
				const isWhole = totals.size < 2 && seen.size >= (total ?? 0);
				return { moved: page > 1 && !isWhole, isCut: false };
			}
		}
		const isStep = this.isStepping && window?.isMoving === true;
		return { moved: !isStep && seen.size < rows, isCut: true };
	}

	/** @returns after how many entries it goes on from the last one */
	private lengthOf({ entries, isMoving }: Window, total = 0): number {
		if (isMoving && total > entries) this.isStepping = true;
		return isMoving && this.isStepping && total > 0 ? 1 : entries;
	}

	private async keep(records: readonly ApiRecord[], place: number): Promise<void> {
		this.first ??= records[0];
		this.last = records.at(-1) ?? this.last;
		const before = this.found.size;
		await Promise.all(
			records.map(async (record, at) => {
				const earlier = this.found.get(record.id);
				// What is read again may have come late the first time.
				if (earlier !== undefined) earlier.place = place + at;
				if (earlier !== undefined || this.known.has(record.id)) return;
				this.found.set(record.id, { place: place + at, entry: await this.convert(record) });
			}),
		);
		const told = Math.floor(this.found.size / TOLD_EACH);
		if (told === Math.floor(before / TOLD_EACH) || !('addExecutionHints' in this.caller)) return;
		const { plural = 'entries' } = this.request;
		this.caller.logger.info(`Kustomer: ${this.found.size} ${plural} read so far`);
	}

	private async *pages(asked: ListRequest): AsyncGenerator<{ page: number; body: unknown }> {
		const { pageSize = DEFAULT_PAGE_SIZE, window } = asked;
		const underWay: Array<Promise<unknown>> = [];
		// What is known to be there; further pages are asked for one by one.
		let known = Math.ceil(Math.min(this.limit, window?.entries ?? Infinity) / pageSize);
		let width = 1;
		let asking = 1;
		const ask = (least: number) => {
			while (underWay.length < width && (asking <= known || underWay.length < least)) {
				const reading = this.page(asked, asking++);
				// One that is not waited for any more has nobody else to tell.
				reading.catch(() => {});
				underWay.push(reading);
			}
		};
		for (let page = 1; ; page++) {
			ask(1);
			const body = await underWay.shift();
			const total = totalOf(body);
			if (total !== undefined) known = Math.min(known, Math.ceil(total / sizeOf(body, pageSize)));
			// Where nobody knows the end, pages beyond it are asked for only in a long list.
			width = total === undefined && page < PAGES_UNDER_WAY ? 1 : PAGES_UNDER_WAY;
			if (total !== undefined && !this.isStepping) ask(0);
			yield { page, body };
		}
	}

	private async page(asked: ListRequest, page: number): Promise<unknown> {
		const query = { ...asked.query, page, pageSize: asked.pageSize ?? DEFAULT_PAGE_SIZE };
		const sent: ApiRequest = { ...asked, method: asked.method ?? 'GET', query };
		const reply = await apiReply(this.caller, sent);
		if (page > SURE_PAGES && (reply.status === 400 || reply.status === 404)) return undefined;
		if (reply.status >= 300) throw refused(this.caller, reply, sent);
		const { body } = reply;
		if (!isRecord(body) || !Array.isArray(body.data)) throw unreadable(this.caller, sent);
		return body;
	}
}

/** Whether records changed places while they were read, and whether Kustomer has more. */
type PassResult = { moved: boolean; isCut: boolean };

function sizeOf(body: unknown, asked: number): number {
	return numberOf(recordOf(recordOf(body).meta).pageSize) || asked;
}

/** @returns how many entries there are in all, where Kustomer tells */
export function totalOf(body: unknown): number | undefined {
	const { total } = recordOf(recordOf(body).meta);
	return typeof total === 'number' ? total : undefined;
}

/** Says above an operation's output, or else in the log, that some entries may be missing. */
export function sayThatItIsCut(
	caller: ApiCaller,
	list: { purpose: string; entries: number; goOn: string },
): void {
	const message =
		`Kustomer gives no more than ${list.entries} entries when n8n asks it to ${list.purpose}, so some may be missing. ${list.goOn}`.trim();
	if ('addExecutionHints' in caller) caller.addExecutionHints({ message, location: 'outputPane' });
	else caller.logger.warn(message);
}

function hasNextPage(body: unknown): boolean {
	return (
		isRecord(body) &&
		isRecord(body.links) &&
		typeof body.links.next === 'string' &&
		body.links.next !== ''
	);
}
