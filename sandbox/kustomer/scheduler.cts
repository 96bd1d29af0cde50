/** The longest pause that a timer takes; what is later is planned again on the way. */
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000;

/** Does what is due at a time: sends drafts, wakes snoozed conversations. */
export class Scheduler {
	private readonly timers = new Map<string, NodeJS.Timeout>();

	/**
	 * Plans one thing, in the place of what was planned under the same name.
	 *
	 * @param at epoch milliseconds; undefined: nothing is to happen any more
	 */
	plan(name: string, at: number | undefined, run: () => void): void {
		clearTimeout(this.timers.get(name));
		this.timers.delete(name);
		if (at === undefined) return;
		const pause = Math.max(0, at - Date.now());
		const timer = setTimeout(
			() => {
				this.timers.delete(name);
				if (pause > LONGEST_PAUSE_MS) this.plan(name, at, run);
				else run();
			},
			Math.min(pause, LONGEST_PAUSE_MS),
		);
		timer.unref();
		this.timers.set(name, timer);
	}

	close(): void {
		for (const timer of this.timers.values()) clearTimeout(timer);
		this.timers.clear();
	}
}
