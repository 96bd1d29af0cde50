import { pauseBeforeRetry, phaseOf, type Attempt } from '../../../../nodes/Kustomer/actions/inboundHook/retry';

const NOW_MS = 1_700_000_000_500;
const rules = { maxRetries: 3, retryBrokenConnections: false };
const reply = (status: number, headers: Record<string, unknown> = {}): Attempt => ({
	kind: 'reply',
	status,
	headers,
});
const pause = (attempt: Attempt, number = 1, given = rules) =>
	pauseBeforeRetry(attempt, { number, nowMs: NOW_MS, rules: given });

describe('a reply of 500 and more', () => {
	it.each([500, 502, 503, 504])('%i is tried again with growing pauses', (status) =>
		expect([1, 2, 3].map((number) => pause(reply(status), number))).toEqual([500, 1_000, 2_000]),
	);
	it('is not tried again once the retries are used up', () =>
		expect(pause(reply(500), 4)).toBeUndefined());
	it('never waits longer than 30 s', () =>
		expect(pause(reply(500), 10, { ...rules, maxRetries: 10 })).toBe(30_000));
	it('is not tried again when retries are switched off', () =>
		expect(pause(reply(500), 1, { ...rules, maxRetries: 0 })).toBeUndefined());
});

describe('other refusals', () => {
	it.each([301, 302, 400, 401, 403, 404, 409, 413, 422])('%i is final', (status) =>
		expect(pause(reply(status))).toBeUndefined(),
	);
});

describe('a used-up rate', () => {
	it('waits until the window resets, which is in epoch seconds', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1700000030' }))).toBe(29_500 + 250));
	it('understands milliseconds too', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1700000030000' }))).toBe(29_750));
	it('waits a second when the window is over by our clock', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1699999999' }))).toBe(1_000));
	it('does not wait longer than a window and a little, whatever the header says', () =>
		expect(pause(reply(429, { 'x-ratelimit-reset': '1700009999' }))).toBe(65_000));
	it('takes Retry-After where Kustomer sends that', () =>
		expect(pause(reply(429, { 'retry-after': '7' }))).toBe(7_250));
	it.each([undefined, '', 'soon', '-5', '0'])(
		'without a usable header (%j) waits 5, 15, 45 s',
		(reset) =>
			expect(
				[1, 2, 3].map((number) => pause(reply(429, { 'x-ratelimit-reset': reset }), number)),
			).toEqual([5_000, 15_000, 45_000]),
	);
});

describe('a connection without a reply', () => {
	it('is tried again when nothing can have arrived', () =>
		expect(pause({ kind: 'broken', phase: 'connecting' })).toBe(500));
	it('is not tried again when the name or the certificate is wrong', () =>
		expect(pause({ kind: 'broken', phase: 'unreachable' })).toBeUndefined());
	it('is not tried again once the post was sent', () =>
		expect(pause({ kind: 'broken', phase: 'sent' })).toBeUndefined());
	it('is tried again after it was sent when the user allows it', () =>
		expect(
			pause({ kind: 'broken', phase: 'sent' }, 1, { ...rules, retryBrokenConnections: true }),
		).toBe(500));

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

describe('a header of a refusal by rate', () => {
	it('counts by its first value when there are several, and not when there are none', () => {
		expect(pause(reply(429, { 'retry-after': ['2', '9'] }))).toBe(
			pause(reply(429, { 'retry-after': 2 })),
		);
		expect(pause(reply(429, { 'retry-after': 2 }))).not.toBe(pause(reply(429)));
		expect(pause({ kind: 'reply', status: 429 })).toBe(pause(reply(429)));
		expect(pause(reply(429, { 'retry-after': {} }))).toBe(pause(reply(429)));
	});
});
