import {
	brokenWords,
	postSettings,
	refusalWords,
} from '../../../../nodes/Kustomer/actions/inboundHook/posting';

describe('what a person reads when Kustomer did not take a post', () => {
	it.each([
		[401, /does not accept the API key/],
		[403, /lacks the role org\.hooks/],
		[404, /no web hook at this address/],
		[413, /too large/],
		[429, /limit is reached/],
		[500, /status 500/],
		[302, /redirect/],
	])('web hook, %i', (status, words) => {
		const said = refusalWords('web', { status, body: '' });
		expect(said).toMatch(/^n8n could not post to the inbound hook: /);
		expect(said).toMatch(words);
	});

	it.each([
		[401, /without a sign-in.*reCAPTCHA/],
		[403, /without a sign-in.*reCAPTCHA/],
		[404, /no form hook at this address/],
		[302, /redirect/],
	])('form hook, %i: nothing about keys', (status, words) => {
		const said = refusalWords('form', { status, body: '' });
		expect(said).toMatch(/^n8n could not post to the inbound hook: /);
		expect(said).toMatch(words);
		expect(said).not.toMatch(/API key|credential/);
	});

	it.each([300, 399])('of a redirect (%i) sends to the address, for a form hook only', (status) => {
		expect(refusalWords('form', { status, body: '' })).toContain('Copy Hook Address');
		expect(refusalWords('web', { status, body: '' })).not.toContain('Copy Hook Address');
	});

	it.each([299, 400])('of a form hook with status %i tells of no redirect', (status) =>
		expect(refusalWords('form', { status, body: '' })).not.toContain('redirect'),
	);

	it('says that a broken connection may have brought the post', () => {
		expect(brokenWords('web', 'ECONNRESET', 'sent')).toMatch(
			/may have received.*"Retry Broken Connections"/,
		);
		expect(brokenWords('web', 'ECONNREFUSED', 'connecting')).not.toMatch(/may have received/);
	});

	it.each(['ENOTFOUND', 'ECONNREFUSED', 'EPIPE'])(
		'does not send people with a form hook to the credential (%s)',
		(code) => {
			expect(brokenWords('form', code, 'connecting')).toMatch(/the hook's address\.$/);
			expect(brokenWords('web', code, 'connecting')).toMatch(/Kustomer API credential\.$/);
		},
	);
});

describe('the options of a post', () => {
	const USUAL = {
		retries: {
			maxRetries: 3,
			maxRateRetries: 3,
			budgetMs: Infinity,
			afterServerErrors: true,
			afterBrokenConnections: false,
		},
		timeoutMs: 30_000,
	};

	it.each([{}, { maxRetries: ' ', timeout: 'soon', retryBrokenConnections: 'yes' }])(
		'are the usual ones for %j',
		(options) => expect(postSettings(options)).toEqual(USUAL),
	);

	it('are numbers within limits, whatever an expression gives', () => {
		expect(postSettings({ maxRetries: '70', timeout: -1 })).toMatchObject({
			retries: { maxRetries: 10, maxRateRetries: 10 },
			timeoutMs: 1,
		});
		expect(postSettings({ maxRetries: -1, timeout: 1e9 })).toMatchObject({
			retries: { maxRetries: 0 },
			timeoutMs: 300_000,
		});
	});
});
