import { acceptedItem, brokenWords, refusalWords } from '../../../../nodes/Kustomer/actions/inboundHook/postReply';

const web = { hookType: 'web', bytes: 2, attempts: 1 } as const;
const form = { hookType: 'form', bytes: 2, attempts: 1 } as const;

describe('what a person reads when Kustomer did not take a post', () => {
	it.each([
		[401, /does not accept the API key/],
		[403, /lacks the role org\.hooks/],
		[404, /no web hook at this address/],
		[413, /too large/],
		[429, /limit is used up/],
		[500, /status 500/],
		[302, /redirect/],
	])('web hook, %i', (status, words) =>
		expect(refusalWords({ status, body: '' }, web)).toMatch(words),
	);

	it.each([
		[401, /without a sign-in.*reCAPTCHA/],
		[403, /without a sign-in.*reCAPTCHA/],
		[404, /no form hook at this address/],
		[302, /redirect/],
	])('form hook, %i: nothing about keys', (status, words) => {
		const said = refusalWords({ status, body: '' }, form);
		expect(said).toMatch(words);
		expect(said).not.toMatch(/API key|credential/);
	});

	it('says how often n8n tried', () =>
		expect(refusalWords({ status: 500, body: '' }, { ...web, attempts: 4 })).toMatch(
			/tried 4 times/,
		));

	it('says that a broken connection may have brought the post', () => {
		expect(brokenWords('ECONNRESET', 'sent', web)).toMatch(
			/may have received.*"Retry Broken Connections"/,
		);
		expect(brokenWords('ECONNREFUSED', 'connecting', web)).not.toMatch(/may have received/);
	});

	it('does not send people with a form hook to the credential', () =>
		expect(brokenWords('ENOTFOUND', 'connecting', form)).toMatch(/Check the hook's address\./));
});

describe('the item of a post that was taken', () => {
	it.each([
		[{ data: { id: 't1' } }, 't1'],
		['OK', null],
		[null, null],
		[{ data: [] }, null],
	])('with the reply %j has the transaction %j', (body, transactionId) =>
		expect(acceptedItem({ status: 200, body }, web)).toEqual({
			accepted: true,
			statusCode: 200,
			hookType: 'web',
			transactionId,
			bytes: 2,
			attempts: 1,
			response: body,
		}),
	);
});

describe('the words of a refusal', () => {
	it('begin with what was tried, whichever hook it was', () => {
		expect(refusalWords({ status: 401, body: '' }, form)).toMatch(
			/^n8n could not post to the inbound hook: /,
		);
		expect(refusalWords({ status: 500, body: '' }, web)).toContain(
			'n8n could not post to the inbound hook',
		);
		expect(brokenWords('ECONNREFUSED', 'connecting', web)).toContain('post to the inbound hook');
	});

	it.each([300, 399])('of a redirect (%i) send to the address, for a form hook only', (status) => {
		expect(refusalWords({ status, body: '' }, form)).toContain('Copy Hook Address');
		expect(refusalWords({ status, body: '' }, web)).not.toContain('Copy Hook Address');
	});

	it.each([299, 400])('of a form hook with status %i tell of no redirect', (status) =>
		expect(refusalWords({ status, body: '' }, form)).not.toContain('redirect'),
	);

	it('say nothing of tries after a single one', () => {
		expect(refusalWords({ status: 400, body: '' }, web)).not.toContain('tried');
		expect(brokenWords('ECONNREFUSED', 'connecting', form)).toMatch(/\.$/);
	});

	it('count two tries', () =>
		expect(refusalWords({ status: 500, body: '' }, { ...form, attempts: 2 })).toMatch(
			/ n8n tried 2 times\.$/,
		));

	it.each([5, null, {}])('have no transaction when its id is %j', (id) =>
		expect(acceptedItem({ status: 200, body: { data: { id } } }, web)).toMatchObject({
			transactionId: null,
		}),
	);
});
