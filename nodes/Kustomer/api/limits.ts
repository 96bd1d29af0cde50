import { Bounded } from '../bounded';
import { millisecondsOf, numberOf } from '../narrowing';
import { parsedUrl } from './host';
import { pause, refuseWhenStopped, type ApiCaller } from './waiting';

/**
 * Kustomer limits the requests of an organization in a minute, whoever sends them. All runs of this
 * process share what is known of it: they slow down while a tenth is left to others, and wait
 * together where one of them was refused.
 * Source: https://developer.kustomer.com/docs/concepts/rate-limits
 */

/** A part of the limit that is left to people and other programs. */
const LEFT_TO_OTHERS = 0.1;

/** What is known of a window is over by then. */
const WINDOW_MS = 60_000;

/** Nobody waits longer; then Kustomer decides. */
const LONGEST_WAIT_MS = 65_000;

/** Where Kustomer does not tell when its window ends, a request now and then finds out. */
const SHORTEST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 2_000;

type Headers = Record<string, unknown>;

/** One limit, as far as replies told of it. */
export class Limit {
	private most = Infinity;
	private remaining = Infinity;
	private underWay = 0;
	private sinceMs = 0;
	private toldAtMs = 0;
	private lookedAtMs = 0;
	private resetsAtMs = 0;
	private refusedUntilMs = 0;

	/** @returns how long to wait before the next request; 0 takes a place, which `leave` gives back */
	enter(nowMs: number): number {
		const waitMs = this.waitMs(nowMs);
		if (waitMs > 0) return waitMs;
		this.lookedAtMs = nowMs;
		this.underWay++;
		return 0;
	}

	leave(): void {
		this.underWay--;
	}

	/** @param headers of a reply */
	told(headers: Headers, nowMs: number): void {
		const remaining = numberOf(first(headers['x-ratelimit-remaining']));
		const most = numberOf(first(headers['x-ratelimit-limit']));
		if (remaining === undefined || most === undefined) return;
		const isNew = remaining > this.remaining + this.underWay || this.isOver(nowMs);
		if (isNew || this.sinceMs === 0) this.sinceMs = nowMs;
		this.remaining = isNew ? remaining : Math.min(this.remaining, remaining);
		this.most = most;
		this.toldAtMs = nowMs;
		this.resetsAtMs = resetIn(headers);
	}

	/** Whoever comes before that waits. */
	refused(untilMs: number): void {
		this.refusedUntilMs = Math.max(this.refusedUntilMs, untilMs);
	}

	private isOver(nowMs: number): boolean {
		return nowMs - this.toldAtMs > WINDOW_MS;
	}

	private waitMs(nowMs: number): number {
		if (this.refusedUntilMs > nowMs) return this.refusedUntilMs - nowMs;
		if (this.isOver(nowMs)) return 0;
		const free = this.remaining - this.underWay - Math.ceil(this.most * LEFT_TO_OTHERS);
		if (free > 0) return 0;
		if (this.resetsAtMs > nowMs) return Math.min(this.resetsAtMs - nowMs, LONGEST_WAIT_MS);
		if (this.resetsAtMs > this.toldAtMs && this.underWay === 0) return 0;
		const lookMs = Math.min(
			Math.max((nowMs - this.sinceMs) / 10, SHORTEST_LOOK_MS),
			LONGEST_LOOK_MS,
		);
		return Math.max(this.lookedAtMs + lookMs - nowMs, 0);
	}
}

/** By host and kind of request: posts to hooks have a limit of their own. */
const limits = new Bounded<Limit>(200);

const told = new WeakSet<ApiCaller>();

/**
 * Waits until the organization's limit has room for a request. Says so in the log, once in a run.
 *
 * @returns the place, to be left when the reply is there
 * @throws NodeOperationError when the execution is stopped meanwhile
 */
export async function placeWithin(caller: ApiCaller, request: Sent): Promise<Place> {
	const limit = limitOf(request);
	const isRun = 'getInputData' in caller;
	const fromMs = Date.now();
	while (isRun && Date.now() - fromMs < LONGEST_WAIT_MS) {
		const waitMs = limit.enter(Date.now());
		if (waitMs === 0) return new Place(limit, true);
		await wait(caller, waitMs);
	}
	refuseWhenStopped(caller);
	return new Place(limit, false);
}

/** Requests of one run wait together. */
const waiting = new WeakMap<ApiCaller, Promise<void>>();

async function wait(caller: ApiCaller, waitMs: number): Promise<void> {
	if (!told.has(caller)) caller.logger.info(WAITS);
	told.add(caller);
	const together =
		waiting.get(caller) ?? pause(caller, waitMs).finally(() => waiting.delete(caller));
	waiting.set(caller, together);
	await together;
}

const WAITS =
	"Kustomer: most of your organization's requests for this minute are used. This run waits for the next minute, and a tenth is left to others.";

type Sent = { url: string; method?: string };

/** A request that is under way. */
export class Place {
	constructor(
		private readonly limit: Limit,
		private readonly isTaken: boolean,
	) {}

	leave(): void {
		if (this.isTaken) this.limit.leave();
	}

	told(reply: { headers?: Headers } | undefined): void {
		this.limit.told(reply?.headers ?? {}, Date.now());
	}

	/**
	 * @param headers of a 429. Where they say that something remains, it is another limit, e.g. that of
	 *   a single customer.
	 * @param pauseMs how long the refused request waits
	 */
	refused(headers: Headers, pauseMs: number): void {
		const remaining = numberOf(first(headers['x-ratelimit-remaining'])) ?? 0;
		if (remaining <= 0) this.limit.refused(Date.now() + pauseMs);
	}
}

function limitOf({ url, method }: Sent): Limit {
	const { host = '', pathname = '' } = parsedUrl(url) ?? {};
	const isHook = method === 'POST' && /^\/v1\/hooks\/(form|web)\/./.test(pathname);
	return limits.use(`${host} ${isHook ? 'hooks' : 'api'}`, () => new Limit());
}

/** @returns when the window ends, by the clock of this machine; 0 where it is not told */
function resetIn(headers: Headers): number {
	const reset = numberOf(first(headers['x-ratelimit-reset'])) ?? 0;
	return millisecondsOf(reset);
}

function first(header: unknown): unknown {
	return Array.isArray(header) ? header[0] : header;
}
