import fc from 'fast-check';
import {
	SIGNATURE_HEADER,
	VERDICT_WORDS,
	sign,
	signatureIn,
	verify,
} from '../../../nodes/Kustomer/event/signature';
import { ALL_NAMES, bytesOf, envelopeOf } from '../../fixtures/envelopes.cts';

/**
 * Made outside the code under test:
 *   printf '%s' '{"name":"kustomer.tag.create"}' | openssl dgst -sha256 -hmac 'wd2-mending-token'
 *   printf '%s' '{"name":"kustomer.tag.create"}' | openssl dgst -sha256 -hmac 'wd2-mending-token-before'
 *   printf '\000\377\200\n' | openssl dgst -sha256 -hmac 'wd2-mending-token'
 */
const SECRET = 'wd2-mending-token';
const FORMER_SECRET = 'wd2-mending-token-before';
const BODY = Buffer.from('{"name":"kustomer.tag.create"}');
const SIGNATURE = '9ae18d1112c4e7b7ff61e2ee0aa6dc91e7c1650a7ba45550e7e783e1365b6d98';
const FORMER_SIGNATURE = '197df061384e03ec979f558c29e38dbd21a1904b90cb4f095acbfb34ffb42b1c';
const BINARY_BODY = Buffer.from([0x00, 0xff, 0x80, 0x0a]);
const BINARY_SIGNATURE = '1d42317f264181c8f3b242f14997d14dc2e9def722f26eb711e6175b6daeda7a';

describe('a signature', () => {
	it('is the one that openssl makes', () => {
		expect(sign(SECRET, BODY)).toBe(SIGNATURE);
		expect(sign(FORMER_SECRET, BODY)).toBe(FORMER_SIGNATURE);
	});

	it('is made of the bytes, not of the text that they might be', () => {
		expect(sign(SECRET, BINARY_BODY)).toBe(BINARY_SIGNATURE);
		expect(verify(BINARY_BODY, BINARY_SIGNATURE, [SECRET])).toBe('valid');
	});

	it('is looked for under the name that Node gives to the header', () => {
		expect(SIGNATURE_HEADER).toBe('x-kustomer-webhook-signature');
	});
});

describe('a delivery with a signature that openssl made', () => {
	it('is valid with the one secret', () => {
		expect(verify(BODY, SIGNATURE, [SECRET])).toBe('valid');
	});

	it('is valid with the present and with the previous secret while one is being changed', () => {
		expect(verify(BODY, SIGNATURE, [SECRET, FORMER_SECRET])).toBe('valid');
		expect(verify(BODY, FORMER_SIGNATURE, [SECRET, FORMER_SECRET])).toBe('valid');
	});

	it('is valid whatever stands around the right secret in the list', () => {
		expect(verify(BODY, SIGNATURE, ['', 'another', SECRET, ''])).toBe('valid');
	});

	it('does not match once the previous secret is gone', () => {
		expect(verify(BODY, FORMER_SIGNATURE, [SECRET])).toBe('mismatch');
	});

	it('does not match when the secret differs by a blank', () => {
		expect(verify(BODY, SIGNATURE, [`${SECRET} `])).toBe('mismatch');
	});

	it('does not match a body of the same JSON written differently', () => {
		const spaced = Buffer.from('{"name": "kustomer.tag.create"}');
		expect(verify(spaced, SIGNATURE, [SECRET])).toBe('mismatch');
	});

	it('cannot be checked without a secret', () => {
		expect(verify(BODY, SIGNATURE, [])).toBe('noSecret');
	});
});

describe('an empty secret', () => {
	const forged = sign('', BODY);

	it('is never a key', () => {
		expect(verify(BODY, forged, [''])).toBe('noSecret');
		expect(verify(BODY, forged, ['', ''])).toBe('noSecret');
	});

	it('is never a key beside a true one', () => {
		expect(verify(BODY, forged, [SECRET, ''])).toBe('mismatch');
	});
});

describe('a signature header', () => {
	it('has the right form as openssl prints it', () => {
		expect(signatureIn(SIGNATURE)).toEqual(Buffer.from(SIGNATURE, 'hex'));
	});

	it.each([
		['absent', undefined],
		['null', null],
		['empty', ''],
	])('is missing when it is %s', (_, header) => {
		expect(signatureIn(header)).toBe('noSignature');
		expect(verify(BODY, header, [SECRET])).toBe('noSignature');
	});

	it.each<[string, unknown]>([
		['upper-case', SIGNATURE.toUpperCase()],
		['of one upper-case digit', SIGNATURE.replace('a', 'A')],
		['prefixed', `sha256=${SIGNATURE}`],
		['prefixed with 0x', `0x${SIGNATURE}`],
		['two, joined with a comma', `${SIGNATURE}, ${FORMER_SIGNATURE}`],
		['one digit short', SIGNATURE.slice(1)],
		['one digit long', `${SIGNATURE}0`],
		['followed by a line break', `${SIGNATURE}\n`],
		['preceded by a line of its own', `x\n${SIGNATURE}`],
		['surrounded by blanks', ` ${SIGNATURE} `],
		['of a letter that is no hex digit', SIGNATURE.replace('9', 'g')],
		['of full-width digits', SIGNATURE.replace('9', '９')],
		['base64', Buffer.from(SIGNATURE, 'hex').toString('base64')],
		['a list of one', [SIGNATURE]],
		['a list of two', [SIGNATURE, SIGNATURE]],
		['a number', 9],
		['true', true],
		['an object that reads as the signature', { toString: () => SIGNATURE }],
		['a String object', new String(SIGNATURE)],
		['the digest as bytes', Buffer.from(SIGNATURE, 'hex')],
	])('is malformed when it is %s', (_, header) => {
		expect(signatureIn(header)).toBe('malformedSignature');
		expect(verify(BODY, header, [SECRET])).toBe('malformedSignature');
	});

	it('is judged by its form before anyone asks for a secret', () => {
		expect(verify(BODY, `${SIGNATURE}0`, [])).toBe('malformedSignature');
		expect(verify(BODY, undefined, [])).toBe('noSignature');
	});
});

describe('the words about a refused delivery', () => {
	it('name every reason, and neither secret nor signature', () => {
		expect(Object.keys(VERDICT_WORDS).sort()).toEqual([
			'malformedSignature',
			'mismatch',
			'noSecret',
			'noSignature',
		]);
		for (const words of Object.values(VERDICT_WORDS)) expect(words).not.toMatch(/[0-9a-f]{8}/);
	});
});

describe('any event', () => {
	const anyEvent = fc.record({
		body: fc
			.constantFrom(...ALL_NAMES)
			.chain((name) => fc.string().map((id) => bytesOf({ ...envelopeOf(name), id }))),
		secret: fc.string({ minLength: 1, unit: 'grapheme' }),
	});

	it('is valid as it was signed', () => {
		fc.assert(
			fc.property(anyEvent, ({ body, secret }) => {
				expect(verify(body, sign(secret, body), [secret])).toBe('valid');
			}),
		);
	});

	it('is refused after the change of any single byte of its body', () => {
		fc.assert(
			fc.property(
				anyEvent,
				fc.nat(),
				fc.integer({ min: 1, max: 255 }),
				({ body, secret }, at, difference) => {
					const signature = sign(secret, body);
					const changed = Buffer.from(body);
					const place = at % body.length;
					changed.writeUInt8(changed.readUInt8(place) ^ difference, place);
					expect(verify(changed, signature, [secret])).toBe('mismatch');
				},
			),
		);
	});

	it('is refused after the change of any single byte of its signature', () => {
		fc.assert(
			fc.property(
				anyEvent,
				fc.nat({ max: 63 }),
				fc.integer({ min: 1, max: 255 }),
				({ body, secret }, place, difference) => {
					const changed = Buffer.from(sign(secret, body), 'latin1');
					changed.writeUInt8(changed.readUInt8(place) ^ difference, place);
					expect(['mismatch', 'malformedSignature']).toContain(
						verify(body, changed.toString('latin1'), [secret]),
					);
				},
			),
		);
	});

	it('is refused with a byte added or cut off', () => {
		fc.assert(
			fc.property(anyEvent, fc.integer({ min: 0, max: 255 }), ({ body, secret }, byte) => {
				const signature = sign(secret, body);
				const longer = Buffer.concat([body, Buffer.from([byte])]);
				expect(verify(longer, signature, [secret])).toBe('mismatch');
				expect(verify(body.subarray(0, -1), signature, [secret])).toBe('mismatch');
			}),
		);
	});

	it('is judged without a throw whatever the header is', () => {
		fc.assert(
			fc.property(fc.anything(), fc.uint8Array(), (header, body) => {
				expect(verify(body, header, [SECRET])).not.toBe('valid');
			}),
		);
	});
});
