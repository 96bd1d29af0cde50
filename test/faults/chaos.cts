import { setTimeout as delay } from 'node:timers/promises';

/** Something that can be killed as by a power cut and started again. */
export interface Mortal {
	readonly name: string;
	readonly isRunning: boolean;
	kill(): Promise<void>;
	start(): Promise<void>;
}

/** Kills one of `mortals` at random again and again, and starts whatever has ended, as Docker or systemd does. */
export class Chaos {
	private readonly kills = new Map<string, number>();
	private going = true;
	private readonly done: Promise<void>;

	/**
	 * @param pauseMs between one kill and the next, chosen evenly between the two
	 */
	constructor(
		private readonly mortals: readonly Mortal[],
		/** Watched and started again, but not killed from here. */
		private readonly watched: readonly Mortal[],
		private readonly pauseMs: readonly [number, number],
	) {
		this.done = this.run();
	}

	/** Ends the killing, starts what is down, and says how often each was killed. */
	async end(): Promise<Record<string, number>> {
		this.going = false;
		await this.done;
		await this.revive();
		return Object.fromEntries(this.kills);
	}

	private async run(): Promise<void> {
		while (this.going) {
			const [from, to] = this.pauseMs;
			await delay(from + Math.random() * (to - from));
			if (this.going) await this.killOne();
			await this.revive();
		}
	}

	private async killOne(): Promise<void> {
		const mortal = this.mortals[Math.floor(Math.random() * this.mortals.length)];
		if (mortal === undefined) return;
		await mortal.kill();
		this.kills.set(mortal.name, (this.kills.get(mortal.name) ?? 0) + 1);
	}

	/** All at once, as after a power cut. What cannot start yet, since its database is away, is tried again. */
	private async revive(): Promise<void> {
		const down = [...this.mortals, ...this.watched].filter(({ isRunning }) => !isRunning);
		await Promise.all(down.map(startPatiently));
	}
}

const STARTS_WITHIN_TRIES = 10;

async function startPatiently(mortal: Mortal): Promise<void> {
	for (let tries = 1; ; tries++) {
		try {
			return await mortal.start();
		} catch (error) {
			if (tries === STARTS_WITHIN_TRIES) throw error;
			await delay(1_000);
		}
	}
}
