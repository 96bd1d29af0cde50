/** What a log line is to say: how often something happened since the last line, and why last. */
export type Summary = { count: number; reason: string };

/**
 * Keeps a log readable whatever strangers send: the first occurrence is told at once, later ones
 * are counted and told together, at most one line in `intervalMs`.
 */
export class Tally {
	private untold = 0;

	private lastToldMs: number | undefined;

	constructor(private readonly intervalMs: number) {}

	/** @returns what to log now, if anything */
	note(reason: string, nowMs: number): Summary | undefined {
		this.untold += 1;
		if (this.lastToldMs !== undefined && nowMs - this.lastToldMs < this.intervalMs)
			return undefined;
		const summary = { count: this.untold, reason };
		this.untold = 0;
		this.lastToldMs = nowMs;
		return summary;
	}
}
