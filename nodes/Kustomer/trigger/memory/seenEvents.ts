import { Bounded } from '../../bounded';
import { InFlight, type Claim } from './pending';

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
