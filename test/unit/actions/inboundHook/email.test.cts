import {
	composedEmail,
	emailHookAddress,
} from '../../../../nodes/Kustomer/actions/inboundHook/email';

const draft = {
	bcc: 'abc@hooks.kustomerapp.com',
	subject: 'Your order',
	text: 'Thank you.',
	json: '{"order":{"id":"A-1"}}',
	format: 'jsonLd',
	key: '',
} as const;

function scriptOf(html: string): { head: string; json: unknown } {
	const [, head, json] = /<script ([^>]*)>([\s\S]*?)<\/script/i.exec(html) ?? [];
	return { head, json: JSON.parse(json) };
}

describe('a mail for an email hook', () => {
	it('carries the data as JSON-LD', () =>
		expect(scriptOf(composedEmail(draft).html)).toEqual({
			head: 'type="application/ld+json"',
			json: { order: { id: 'A-1' } },
		}));
	it('carries the data as JSON', () =>
		expect(scriptOf(composedEmail({ ...draft, format: 'json' }).html).head).toBe(
			'type="application/json"',
		));
	it("carries the hook's key beside it", () =>
		expect(scriptOf(composedEmail({ ...draft, key: 'k-1' }).html).head).toBe(
			'type="application/ld+json" data-kustomer-key="k-1"',
		));

	it.each([
		'</script><img src=x onerror=alert(1)>',
		'<!-- <script>',
		'</SCRIPT >',
		'a & b &lt;',
		'\u2028\u2029',
		'"quotes" and \\ backslashes',
	])('lets no value out of its script: %j', (value) => {
		const { html } = composedEmail({ ...draft, json: JSON.stringify({ value }) });
		expect(scriptOf(html).json).toEqual({ value });
		expect(html.match(/<\/script/gi)).toHaveLength(1);
		expect(html).not.toContain('<img');
	});

	it('lets nothing out of text, subject and key', () => {
		const evil = '"><script>alert(1)</script>';
		const { html, subject } = composedEmail({ ...draft, text: evil, subject: evil, key: evil });
		expect(html.match(/<script/gi)).toHaveLength(1);
		expect(subject).toBe(evil);
	});

	it('shows text to people as paragraphs and lines, and keeps it plain beside that', () => {
		const { html, text } = composedEmail({ ...draft, text: 'One & two\nthree\n\nfour' });
		expect(html).toContain('<p>One &#38; two<br>three</p>\n<p>four</p>');
		expect(text).toBe('One & two\nthree\n\nfour');
	});

	it('keeps line breaks out of the subject, for they would begin a new header', () =>
		expect(composedEmail({ ...draft, subject: 'a\r\nBcc: b@c.de' }).subject).toBe('a Bcc: b@c.de'));
});

describe('the address of an email hook', () => {
	it.each([
		'abc@hooks.kustomerapp.com',
		' abc@hooks.kustomerapp.com ',
		'mailto:abc@hooks.kustomerapp.com',
	])('%j is understood', (given) =>
		expect(emailHookAddress(given)).toBe('abc@hooks.kustomerapp.com'),
	);
	it.each([
		['', /No email hook is chosen/],
		['https://api.kustomerapp.com/v1/hooks/web/abc', /web or form hook.*"Post"/],
		['abc', /not an e-mail address/],
		['a@b.c, d@e.f', /not an e-mail address/],
		['a@b.c\nBcc: d@e.f', /not an e-mail address/],
	])('%j is refused', (given, words) => expect(() => emailHookAddress(given)).toThrow(words));
});

describe('the document around the data', () => {
	it('is a whole one, with the subject as its title and nothing for empty lines', () =>
		expect(
			composedEmail({ ...draft, subject: ' Your\n order ', text: '\n\nA\nB\n\n \n\nC\n\n' }).html,
		).toBe(
			[
				'<!DOCTYPE html>',
				'<html><head><meta charset="utf-8"><title>Your order</title></head><body>',
				'<p>A<br>B</p>',
				'<p>C</p>',
				'<script type="application/ld+json">{"order":{"id":"A-1"}}</script>',
				'</body></html>',
			].join('\n'),
		));

	it('takes mailto: from the beginning of the address only', () => {
		expect(emailHookAddress('mailto:a@hooks.example.com')).toBe('a@hooks.example.com');
		expect(emailHookAddress('amailto:b@hooks.example.com')).toBe('amailto:b@hooks.example.com');
	});
});
