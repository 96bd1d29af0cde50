import { ThrottledLog } from './throttledLog';

/** Least time between two warnings that Kustomer is away. */
const AWAY_INTERVAL_MS = 60 * 60_000;

/**
 * Turns of a trigger's lifecycle and of its looks at the webhook. They never run at the same time,
 * and the lifecycle goes first: it ends the look that is under way.
 */
export class Turns {
	private looking: { stop: AbortController; ended: Promise<unknown> } | undefined;

	private lifecycles = 0;

	async lifecycle<T>(work: () => Promise<T>): Promise<T> {
		this.lifecycles += 1;
		this.stop();
		try {
			await this.looking?.ended;
			return await work();
		} finally {
			this.lifecycles -= 1;
		}
	}

	/**
	 * @param work must settle soon after the signal is aborted, and write nothing from then on
	 * @returns false if it is not the look's turn
	 */
	async look(work: (stopped: AbortSignal) => Promise<void>): Promise<boolean> {
		if (this.looking !== undefined || this.lifecycles > 0) return false;
		const stop = new AbortController();
		const working = work(stop.signal);
		this.looking = { stop, ended: working.catch(() => {}) };
		try {
			await working;
		} finally {
			this.looking = undefined;
		}
		return true;
	}

	get isLooking(): boolean {
		return this.looking !== undefined;
	}

	/** Ends the look that is under way, if any. */
	stop(): void {
		this.looking?.stop.abort();
	}
}

/** What this process remembers about looking after one trigger's webhook. */
export class Upkeep {
	readonly turns = new Turns();

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
