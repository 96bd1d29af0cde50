import {
	jsonBody,
	jsonTextBody,
	xmlBody,
} from '../../../../nodes/Kustomer/actions/inboundHook/content';

describe('JSON text', () => {
	it.each(['{ "a" : 1.0 }\n', '\t[1,  2]', '"é ■ \\u00e9"', '12345678901234567890', 'null'])(
		'%j goes out byte for byte as written',
		(text) => expect(jsonTextBody(text).bytes.equals(Buffer.from(text, 'utf8'))).toBe(true),
	);
});

describe('a value as JSON', () => {
	it('keeps unicode as it is', () =>
		expect(jsonBody({ a: 'é■' }).bytes.toString()).toBe('{"a":"é■"}'));
	it('is null when there is none', () => expect(jsonBody(undefined).bytes.toString()).toBe('null'));
});

describe('XML', () => {
	it('goes out as written', () => {
		const text = '<?xml version="1.0"?>\n<a>é</a>\n';
		expect(xmlBody(text)).toEqual({
			bytes: Buffer.from(text, 'utf8'),
			contentType: 'application/xml',
		});
	});
	it.each([
		['', /is empty/],
		['{"a":1}', /not XML/],
		['<a', /not XML/],
	])('%j is refused', (text, words) => expect(() => xmlBody(text)).toThrow(words));
});

describe('text that goes out', () => {
	it('says of which type it is', () => {
		expect(jsonBody(1).contentType).toBe('application/json');
		expect(jsonTextBody('1').contentType).toBe('application/json');
	});

	it.each(['\uFEFF<a/>', '  \n<a/>\n  '])(
		'is XML with a byte order mark or spaces around it: %j',
		(text) => expect(xmlBody(text).bytes.toString()).toBe(text),
	);

	it.each(['x <a/>', '<a/> x', '\uFEFFx<a/>'])('is no XML with words around it: %j', (text) =>
		expect(() => xmlBody(text)).toThrow(/not XML/),
	);

	it.each([' ', '\n'])('is empty XML when it is %j', (text) =>
		expect(() => xmlBody(text)).toThrow(/is empty/),
	);
});
