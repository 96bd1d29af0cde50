/** What a log line is to say: how often something happened since the last line, and why last. */
export type Summary = { count: number; reason: string };

type Entry = { untold: number; toldAtMs: number };

/**
 * Keeps a log readable whatever strangers send: the first occurrence of a subject is told at once,
 * later ones are counted and told together, at most one line in `intervalMs`.
 */
export class ThrottledLog {
	/** As many as there are subjects in this package. */
	private readonly entries = new Map<string, Entry>();

	constructor(private readonly intervalMs: number) {}

	/** @returns what to log about the subject now, if anything */
	note(subject: string, reason: string, nowMs: number): Summary | undefined {
		const { untold, toldAtMs } = this.entries.get(subject) ?? { untold: 0, toldAtMs: -Infinity };
		const count = untold + 1;
		const isTime = nowMs - toldAtMs >= this.intervalMs;
		this.entries.set(
			subject,
			isTime ? { untold: 0, toldAtMs: nowMs } : { untold: count, toldAtMs },
		);
		return isTime ? { count, reason } : undefined;
	}
}
