import { sign, verify } from '../../../nodes/Kustomer/event/signature';

/**
 * Signatures that come from outside the code under test, each made with
 *   printf '<body>' | openssl dgst -sha256 -hmac '<secret>'
 * The last is test case 1 of RFC 4231 (https://www.rfc-editor.org/rfc/rfc4231#section-4.2):
 *   printf 'Hi There' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b
 */
const KNOWN = [
	{
		what: 'an event',
		secret: 'k9-known-answer-token',
		body: '{"id":"65a1b2c3d4e5f60718293a4b","name":"kustomer.conversation.update","data":{"type":"conversation"}}',
		signature: '5b2ee7390b4132af6cba9abca91173ed6bc7e66d0cbebcf92738a14499c4420a',
	},
	{
		what: 'letters beyond ASCII, in the body and in the secret',
		secret: 'schlüssel-ß',
		body: '{"preview":"Grüße ■ 你好"}',
		signature: '94f73c621a2aa028d00edf24aa6ac98aacf9c670dabd38d1d7b8ade955261cb6',
	},
	{
		what: 'an empty body',
		secret: 'k9-known-answer-token',
		body: '',
		signature: '14105c66c595d9492df03254a25439379cc4eef4f58bb1ca0386eaa6c8508265',
	},
	{
		what: 'the example of RFC 4231',
		secret: '\x0b'.repeat(20),
		body: 'Hi There',
		signature: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
	},
];

describe.each(KNOWN)('the signature of $what', ({ secret, body, signature }) => {
	const bytes = Buffer.from(body, 'utf8');

	it('is what openssl makes', () => {
		expect(sign(secret, bytes)).toBe(signature);
	});

	it('is accepted, with the right secret in any place', () => {
		expect(verify(bytes, signature, [secret])).toBe('valid');
		expect(verify(bytes, signature, ['another', secret])).toBe('valid');
		expect(verify(bytes, signature, ['', secret])).toBe('valid');
	});

	it('is not accepted for other bytes, another secret or a changed digit', () => {
		expect(verify(Buffer.concat([bytes, Buffer.from(' ')]), signature, [secret])).toBe('mismatch');
		expect(verify(bytes, signature, [`${secret} `])).toBe('mismatch');
		const changed = (signature.startsWith('0') ? '1' : '0') + signature.slice(1);
		expect(verify(bytes, changed, [secret])).toBe('mismatch');
	});

	it.each([
		['upper-case', signature.toUpperCase()],
		['prefixed', `sha256=${signature}`],
		['doubled', `${signature},${signature}`],
		['doubled with a blank', `${signature}, ${signature}`],
		['cut short', signature.slice(0, -2)],
		['surrounded by a line break', `${signature}\n`],
		['given as a list', [signature]],
	])('is malformed when it is %s', (_, spoiled) => {
		expect(verify(bytes, spoiled, [secret])).toBe('malformedSignature');
	});

	it('is missing when there is none, and nothing verifies without a secret', () => {
		expect(verify(bytes, undefined, [secret])).toBe('noSignature');
		expect(verify(bytes, '', [secret])).toBe('noSignature');
		expect(verify(bytes, signature, [])).toBe('noSecret');
		expect(verify(bytes, sign('', bytes), ['', ''])).toBe('noSecret');
	});
});
