import { millisecondsOf } from '../narrowing';

/**
 * What is tried again, and when: the one policy for every call to Kustomer. A write whose outcome
 * is not known is never sent again, because Kustomer would make a second record of it.
 */
export type Attempt =
	/** A reply with an HTTP status. */
	| { kind: 'reply'; status: number; headers?: Record<string, unknown> }
	/** No reply. */
	| { kind: 'broken'; phase: Phase };

/**
 * How far a request got without a reply: nowhere for good (`unreachable`: the name or certificate
 * is wrong), nowhere this time (`connecting`), or perhaps to Kustomer (`sent`).
 */
export type Phase = 'unreachable' | 'connecting' | 'sent';

export type RetryRules = {
	/** Retries of anything but a 429. */
	maxRetries: number;
	/** How long all pauses may take together, in milliseconds. */
	budgetMs: number;
	/** Retries of a 429, which Kustomer did not process. */
	maxRateRetries: number;
	/** Whether it is sent again after a status of 500 or more: a second time does no harm. */
	afterServerErrors: boolean;
	/** Whether it is sent again when the connection broke after it was sent. */
	afterBrokenConnections: boolean;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Kustomer's window is a minute; more means that one of the clocks is wrong. */
const LONGEST_RATE_PAUSE_MS = 65_000;

/** Clocks differ a little. */
const SHORTEST_RATE_PAUSE_MS = 1_000;

/** Without a header; together a little longer than the window. */
const RATE_PAUSES_MS = [5_000, 15_000, 41_000] as const;

/** `x-ratelimit-reset` is in whole seconds; a little more keeps us out of the old window. */
const RATE_MARGIN_MS = 250;

/**
 * @param attempt how the last attempt ended
 * @param retry which retry this would be, from 1, the time now, and the pauses so far
 * @returns how long to wait before it, in milliseconds; undefined when there must be none
 */
export function pauseBeforeRetry(
	attempt: Attempt,
	retry: { number: number; nowMs: number; waitedMs: number; rules: RetryRules },
): number | undefined {
	const wanted = wantedPause(attempt, retry);
	if (wanted === undefined) return undefined;
	const leftMs = retry.rules.budgetMs - retry.waitedMs;
	// A minute's window may end a moment after the budget.
	return wanted <= leftMs + SHORTEST_RATE_PAUSE_MS ? wanted : undefined;
}

function wantedPause(
	attempt: Attempt,
	retry: { number: number; nowMs: number; rules: RetryRules },
): number | undefined {
	const { number, rules } = retry;
	if (attempt.kind === 'reply' && attempt.status === 429) {
		return number > rules.maxRateRetries ? undefined : ratePause(attempt.headers ?? {}, retry);
	}
	if (number > rules.maxRetries || !isSafe(attempt, rules)) return undefined;
	return Math.min(FIRST_PAUSE_MS * 2 ** (number - 1), LONGEST_PAUSE_MS);
}

function isSafe(attempt: Attempt, rules: RetryRules): boolean {
	if (attempt.kind === 'reply') return attempt.status >= 500 && rules.afterServerErrors;
	if (attempt.phase === 'unreachable') return false;
	return attempt.phase === 'connecting' || rules.afterBrokenConnections;
}

function ratePause(
	headers: Record<string, unknown>,
	retry: { number: number; nowMs: number },
): number {
	const reset = positiveNumber(headers['x-ratelimit-reset']);
	const seconds = positiveNumber(headers['retry-after']);
	const wished =
		reset !== undefined
			? millisecondsOf(reset) - retry.nowMs + RATE_MARGIN_MS
			: seconds !== undefined
				? seconds * 1_000 + RATE_MARGIN_MS
				: (RATE_PAUSES_MS[retry.number - 1] ?? RATE_PAUSES_MS[2]);
	return Math.min(Math.max(wished, SHORTEST_RATE_PAUSE_MS), LONGEST_RATE_PAUSE_MS);
}

function positiveNumber(header: unknown): number | undefined {
	const text = Array.isArray(header) ? header[0] : header;
	const number = typeof text === 'string' || typeof text === 'number' ? Number(text) : NaN;
	return Number.isFinite(number) && number > 0 ? number : undefined;
}

/** Trying again changes nothing about these. */
const UNREACHABLE: ReadonlySet<string> = new Set([
	'ENOTFOUND',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Connections that did not come about, this time. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
	'ECONNREFUSED',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENETDOWN',
]);

/**
 * @param code the system's code, e.g. `ECONNRESET`
 * @param systemCall what the system was doing, e.g. `connect`
 */
export function phaseOf(code: string, systemCall: string): Phase {
	if (UNREACHABLE.has(code)) return 'unreachable';
	const isBefore = systemCall === 'connect' || systemCall === 'getaddrinfo';
	return isBefore || NOT_CONNECTED.has(code) ? 'connecting' : 'sent';
}
