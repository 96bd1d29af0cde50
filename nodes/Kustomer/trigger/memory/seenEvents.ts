import { Bounded } from '../../bounded';
import { InFlight, type Claim, type Settle } from './pending';

/**
 * Each event once: a bounded memory of event keys. A key is remembered only when its delivery was
 * answered with a 2xx, so that a delivery that came to nothing is never dropped on its retry.
 */
export class SeenEvents {
	private readonly seen: Bounded<true>;

	private readonly inFlight: InFlight<void>;

	/**
	 * @param capacity how many events are remembered; the oldest go first
	 * @param timeoutMs after so long, a delivery whose answer was never seen counts as failed
	 */
	constructor(capacity: number, timeoutMs: number) {
		this.seen = new Bounded(capacity);
		this.inFlight = new InFlight(capacity, timeoutMs);
	}

	/**
	 * Claims an event that is known by several keys: it is new only if all of them are.
	 *
	 * @param keys.covered what is remembered with it, but does not count against it
	 */
	claimAll({ own, covered }: { own: string[]; covered: string[] }, nowMs: number): Claim {
		const settles: Settle[] = [];
		for (const key of own) {
			const claim = this.claim(key, nowMs);
			if (claim.kind === 'new') settles.push(claim.settle);
			else {
				for (const settle of settles) settle(false);
				return claim;
			}
		}
		return {
			kind: 'new',
			settle: (succeeded) => {
				for (const settle of settles) settle(succeeded);
				if (succeeded) for (const key of covered) this.seen.set(key, true);
			},
		};
	}

	/** @param nowMs milliseconds, from any fixed point */
	claim(key: string, nowMs: number): Claim {
		if (this.seen.has(key)) return { kind: 'seen' };
		const earlier = this.inFlight.find(key, nowMs);
		if (earlier !== undefined) return { kind: 'pending', outcome: earlier.outcome };
		const end = this.inFlight.begin(key, undefined, nowMs);
		return {
			kind: 'new',
			settle: (succeeded) => {
				if (succeeded) this.seen.set(key, true);
				end(succeeded);
			},
		};
	}
}
