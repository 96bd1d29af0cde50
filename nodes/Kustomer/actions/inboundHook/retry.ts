/**
 * Which posts are tried again, and when. A post that reached Kustomer cannot be told from one that
 * did not once the connection is gone, and Kustomer makes a second record of a second post.
 */
export type Attempt =
	/** A reply with an HTTP status. */
	| { kind: 'reply'; status: number; headers?: Record<string, unknown> }
	/** No reply. */
	| { kind: 'broken'; phase: Phase };

/**
 * How far a post got without a reply: nowhere for good (`unreachable`: the name or certificate is
 * wrong), nowhere this time (`connecting`), or perhaps to Kustomer (`sent`).
 */
export type Phase = 'unreachable' | 'connecting' | 'sent';

export type RetryRules = {
	maxRetries: number;
	/** Also when the connection broke after the post was sent. */
	retryBrokenConnections: boolean;
};

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Kustomer's window is a minute; more means that one of the clocks is wrong. */
const LONGEST_RATE_PAUSE_MS = 65_000;

/** Clocks differ a little. */
const SHORTEST_RATE_PAUSE_MS = 1_000;

/** Without a header: 5, 15 and 45 s, together longer than the window. */
const FIRST_RATE_PAUSE_MS = 5_000;

/** `x-ratelimit-reset` is in whole seconds; a little more keeps us out of the old window. */
const RATE_MARGIN_MS = 250;

/** A value beyond this can only be in milliseconds. */
const LARGEST_EPOCH_SECONDS = 100_000_000_000;

/**
 * @param attempt how the last attempt ended
 * @param retry which retry this would be, from 1
 * @param nowMs the time, in milliseconds since 1970
 * @returns how long to wait before it, in milliseconds; nothing when there is to be none
 */
export function pauseBeforeRetry(
	attempt: Attempt,
	retry: { number: number; nowMs: number; rules: RetryRules },
): number | undefined {
	if (retry.number > retry.rules.maxRetries) return undefined;
	const growing = Math.min(FIRST_PAUSE_MS * 2 ** (retry.number - 1), LONGEST_PAUSE_MS);
	if (attempt.kind === 'broken') {
		if (attempt.phase === 'unreachable') return undefined;
		const isSafe = attempt.phase === 'connecting' || retry.rules.retryBrokenConnections;
		return isSafe ? growing : undefined;
	}
	if (attempt.status === 429) return ratePause(attempt.headers ?? {}, retry);
	return attempt.status >= 500 ? growing : undefined;
}

function ratePause(
	headers: Record<string, unknown>,
	retry: { number: number; nowMs: number },
): number {
	const reset = positiveNumber(headers['x-ratelimit-reset']);
	const seconds = positiveNumber(headers['retry-after']);
	const wished =
		reset !== undefined
			? (reset > LARGEST_EPOCH_SECONDS ? reset : reset * 1_000) - retry.nowMs + RATE_MARGIN_MS
			: seconds !== undefined
				? seconds * 1_000 + RATE_MARGIN_MS
				: FIRST_RATE_PAUSE_MS * 3 ** (retry.number - 1);
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
