import type { Webhook } from '../../api/outboundWebhooks';
import { ThrottledLog } from './throttledLog';

/** Least time between two warnings that Kustomer is away. */
const AWAY_INTERVAL_MS = 60 * 60_000;

/** What the clock begins: a look at the webhook, and fetching what was missed. */
type Activity = 'look' | 'catchUp';

/**
 * Turns of a trigger's lifecycle and of what its clock begins. They never run at the same time, and
 * the lifecycle goes first: it ends what is under way. No activity begins twice.
 */
export class Turns {
	private readonly underWay = new Map<
		Activity,
		{ stop: AbortController; ended: Promise<unknown> }
	>();

	private lifecycles = 0;

	async lifecycle<T>(work: () => Promise<T>): Promise<T> {
		this.lifecycles += 1;
		this.stop();
		try {
			await Promise.all([...this.underWay.values()].map(async ({ ended }) => await ended));
			return await work();
		} finally {
			this.lifecycles -= 1;
		}
	}

	/**
	 * @param work must settle soon after the signal is aborted, and write nothing from then on
	 * @returns false if it is not its turn
	 */
	async begin(activity: Activity, work: (stopped: AbortSignal) => Promise<void>): Promise<boolean> {
		if (this.underWay.has(activity) || this.lifecycles > 0) return false;
		const stop = new AbortController();
		const working = work(stop.signal);
		this.underWay.set(activity, { stop, ended: working.catch(() => {}) });
		try {
			await working;
		} finally {
			this.underWay.delete(activity);
		}
		return true;
	}

	/** As `begin` for a look. */
	async look(work: (stopped: AbortSignal) => Promise<void>): Promise<boolean> {
		return await this.begin('look', work);
	}

	get isLooking(): boolean {
		return this.underWay.has('look');
	}

	get isBusy(): boolean {
		return this.underWay.size > 0;
	}

	/** Ends what is under way, if anything. */
	stop(): void {
		for (const { stop } of this.underWay.values()) stop.abort();
	}
}

/** What this process knows of the fetching of missed events, besides the mark in the webhook's name. */
export class Missed {
	/** The webhook as a look last saw it; undefined if it is gone. */
	webhook: Webhook | undefined;

	/** When the gap began and ended, in UTC; not known after a restart. */
	began: string | undefined;

	until: string | undefined;

	/** The mark that was written last, and whether Kustomer refused to note it in the name. */
	mark: string | undefined;

	isNotNoted = false;

	/** Since when this process has fetched. */
	shownSince: string | undefined;

	/** When there may be more to fetch. */
	nextAtMs = 0;

	/** Deliveries that were given up until then have been looked after. */
	handledUntilMs = -Infinity;

	/** How many were handed over, and how many withheld because nobody knows what changed. */
	given = 0;

	withheld = 0;

	/** What was told last and still holds. */
	standing: string | undefined;

	readonly away = new ThrottledLog(AWAY_INTERVAL_MS);

	/** Unpublished. */
	forget(): void {
		this.end();
		this.webhook = undefined;
		this.handledUntilMs = -Infinity;
	}

	/** The gap is closed. */
	end(): void {
		this.began = this.until = this.mark = this.shownSince = this.standing = undefined;
		this.isNotNoted = false;
		this.nextAtMs = this.given = this.withheld = 0;
	}
}

/** What this process remembers about looking after one trigger's webhook. */
export class Upkeep {
	readonly turns = new Turns();

	readonly missed = new Missed();

	/** Warnings that Kustomer is away. */
	readonly away = new ThrottledLog(AWAY_INTERVAL_MS);

	/** Where n8n says that this node receives, while it is registered in this process. */
	ownUrl: string | undefined;

	/** What was told last and still holds, so that it is told once. */
	standing: string | undefined;

	/** Name of the webhook, and when a look last saw it switched on. */
	lastSeen: { name: string; onAtMs?: number } | undefined;

	/** When a look switched it on although nobody can say who had switched it off. */
	switchedOnAtMs: number | undefined;

	/** When a look made it again. */
	madeAtMs: number | undefined;

	/** What a look set out to repair, until Kustomer is seen to have it so. */
	repair: { words: string; at?: 'switchedOnAtMs' | 'madeAtMs' } | undefined;

	/** How many looks in a row Kustomer refused because of the key, and when that was last told. */
	refusals = 0;

	refusalToldAtMs = -Infinity;

	/** Unpublished: the next publishing begins anew, and until then there is nothing to look at. */
	forget(): void {
		this.missed.forget();
		this.ownUrl = undefined;
		this.standing = undefined;
		this.lastSeen = undefined;
		this.switchedOnAtMs = undefined;
		this.madeAtMs = undefined;
		this.repair = undefined;
		this.refusals = 0;
		this.refusalToldAtMs = -Infinity;
	}
}
