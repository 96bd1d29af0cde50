import type { IExecuteFunctions } from 'n8n-workflow';
import {
	pauseBeforeRetry,
	phaseOf,
	type Attempt,
	type RetryRules,
} from '../../../nodes/Kustomer/api/retries';
import { retryRules } from '../../../nodes/Kustomer/api/waiting';

const NOW_MS = 1_700_000_000_500;
const RULES: RetryRules = {
	maxRetries: 3,
	maxRateRetries: 3,
	budgetMs: Infinity,
	afterServerErrors: true,
	afterBrokenConnections: false,
};

const reply = (status: number, headers: Record<string, unknown> = {}): Attempt => ({
	kind: 'reply',
	status,
	headers,
});
const broken = (phase: 'unreachable' | 'connecting' | 'sent'): Attempt => ({
	kind: 'broken',
	phase,
});
const pause = (attempt: Attempt, number = 1, rules = RULES) =>
	pauseBeforeRetry(attempt, { number, nowMs: NOW_MS, waitedMs: 0, rules });

/** All pauses until it is given up, for attempts that all end alike. */
function pauses(attempt: Attempt, rules: RetryRules): number[] {
	const taken: number[] = [];
	for (let number = 1; number < 100; number++) {
		const waitedMs = taken.reduce((sum, one) => sum + one, 0);
		const next = pauseBeforeRetry(attempt, { number, nowMs: NOW_MS, waitedMs, rules });
		if (next === undefined) return taken;
		taken.push(next);
	}
	throw new Error('It would never be given up');
}

describe('a reply of 500 and more', () => {
	it.each([500, 502, 503, 504])('%i is tried again with growing pauses', (status) =>
		expect(pauses(reply(status), RULES)).toEqual([500, 1_000, 2_000]),
	);
	it('never waits longer than 30 s', () =>
		expect(pause(reply(500), 10, { ...RULES, maxRetries: 10 })).toBe(30_000));
	it('is not tried again when retries are switched off', () =>
		expect(pause(reply(500), 1, { ...RULES, maxRetries: 0 })).toBeUndefined());
});

describe('other refusals', () => {
	it.each([301, 302, 400, 401, 403, 404, 409, 413, 422])('%i is final', (status) =>
		expect(pause(reply(status))).toBeUndefined(),
	);
});

describe('a 429', () => {
	it('waits until the window resets, which is in epoch seconds', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1700000030' }))).toBe(29_500 + 250));
	it('understands milliseconds too', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1700000030000' }))).toBe(29_750));
	it('waits a second when the window is over by our clock', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1699999999' }))).toBe(1_000));
	it('waits no longer than a window and a little, whatever the header says', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1700009999' }))).toBe(65_000));
	it('waits as long as Retry-After says', () =>
		expect(pause(reply(429, { 'retry-after': '7' }))).toBe(7_250));
	it('goes by x-ratelimit-reset where both are there', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1700000030', 'retry-after': '7' }))).toBe(
			29_750,
		));

	it.each([undefined, '', 'soon', '-5', '0'])(
		'without a usable header (%j) waits longer each time, together longer than the window',
		(reset) =>
			expect(pauses(reply(429, { 'x-ratelimit-reset': reset }), RULES)).toEqual([
				5_000, 15_000, 41_000,
			]),
	);

	it('keeps the longest pause where more retries are allowed', () =>
		expect(pause(reply(429), 9, { ...RULES, maxRateRetries: 10 })).toBe(41_000));

	it('goes by the first value of a header that came several times, and by none that is empty', () => {
		expect(pause(reply(429, { 'retry-after': ['2', '9'] }))).toBe(2_250);
		expect(pause(reply(429, { 'retry-after': {} }))).toBe(5_000);
		expect(pause({ kind: 'reply', status: 429 })).toBe(5_000);
	});
});

describe('a connection without a reply', () => {
	it('is tried again when nothing can have arrived', () =>
		expect(pause(broken('connecting'))).toBe(500));
	it('is not tried again when the name or the certificate is wrong', () =>
		expect(pause(broken('unreachable'))).toBeUndefined());
	it('is not tried again once the request was sent', () =>
		expect(pause(broken('sent'))).toBeUndefined());
	it('is tried again after it was sent where that does no harm', () =>
		expect(pause(broken('sent'), 1, { ...RULES, afterBrokenConnections: true })).toBe(500));

	it.each([
		['ECONNREFUSED', 'connect', 'connecting'],
		['ETIMEDOUT', 'connect', 'connecting'],
		['ENOTFOUND', 'getaddrinfo', 'unreachable'],
		['EAI_AGAIN', 'getaddrinfo', 'connecting'],
		['CERT_HAS_EXPIRED', '', 'unreachable'],
		['ECONNRESET', 'read', 'sent'],
		['ECONNRESET', '', 'sent'],
		['ETIMEDOUT', '', 'sent'],
		['ECONNABORTED', '', 'sent'],
		['EPIPE', 'write', 'sent'],
		['', '', 'sent'],
	])('%s while "%s" counts as %s', (code, systemCall, phase) =>
		expect(phaseOf(code, systemCall)).toBe(phase),
	);
});

/** Each context by the one thing that tells it apart; `contexts.test.cts` asks n8n's own. */
const CALLERS = {
	operation: { getInputData: () => [] },
	look: { emit: () => {} },
	publishing: {},
	list: { getCurrentNodeParameter: () => '' },
	delivery: { getRequestObject: () => ({}) },
};
const rulesOf = (kind: keyof typeof CALLERS, isRead: boolean) =>
	retryRules(CALLERS[kind] as unknown as IExecuteFunctions, { isRead });
const resetIn = (seconds: number) =>
	reply(429, { 'x-ratelimit-reset': String((NOW_MS - 500) / 1_000 + seconds) });

describe.each([true, false])('a call to the API, only reading: %j,', (isRead) => {
	it.each<[keyof typeof CALLERS, number]>([
		['operation', 60],
		['look', 60],
		['publishing', 10],
		['list', 8],
		['delivery', 3],
	])('waits in the context %s for a 429 for up to %i s in all', (kind, seconds) => {
		const rules = rulesOf(kind, isRead);
		expect(rules.budgetMs).toBe(seconds * 1_000);
		expect(pause(resetIn(seconds), 1, rules)).toBe(seconds * 1_000 - 250);
		expect(pause(resetIn(seconds + 2), 1, rules)).toBeUndefined();
		const waitedMs = seconds * 1_000 - 2_000;
		const later = { number: 7, nowMs: NOW_MS, waitedMs, rules };
		expect(pauseBeforeRetry(resetIn(2), later)).toBe(1_750);
		expect(pauseBeforeRetry(resetIn(5), later)).toBeUndefined();
	});

	it.each<[keyof typeof CALLERS, number[]]>([
		['operation', [5_000, 15_000, 41_000]],
		['look', [5_000, 15_000, 41_000]],
		['publishing', [5_000]],
		['list', [5_000]],
		['delivery', []],
	])('waits in the context %s without a header %j', (kind, expected) =>
		expect(pauses(reply(429), rulesOf(kind, isRead))).toEqual(expected),
	);

	it('is sent again when no connection was made', () =>
		expect(pauses(broken('connecting'), rulesOf('operation', isRead))).toEqual([
			500, 1_000, 2_000,
		]));

	it.each<[string, Attempt]>([
		['a 503', reply(503)],
		['a connection that broke after it was sent', broken('sent')],
	])('is sent again after %s only if it reads', (_, attempt) =>
		expect(pauses(attempt, rulesOf('operation', isRead))).toHaveLength(isRead ? 3 : 0),
	);

	it.each(['publishing', 'list', 'delivery'] as const)(
		'leaves it to others to try again in the context %s',
		(kind) => {
			for (const attempt of [reply(503), broken('connecting'), broken('sent')]) {
				expect(pauses(attempt, rulesOf(kind, isRead))).toEqual([]);
			}
		},
	);
});
