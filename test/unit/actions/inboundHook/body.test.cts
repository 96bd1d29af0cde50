import { jsonBody, jsonTextBody, parsedJsonText, xmlBody } from '../../../../nodes/Kustomer/actions/inboundHook/body';
import { jsonMistake } from '../../../../nodes/Kustomer/actions/inboundHook/jsonText';
import { InputMistake } from '../../../../nodes/Kustomer/actions/mistake';

describe('JSON text', () => {
	it.each(['{ "a" : 1.0 }\n', '\t[1,  2]', '"é ■ \\u00e9"', '12345678901234567890', 'null'])(
		'%j goes out byte for byte as written',
		(text) => expect(jsonTextBody(text).bytes.equals(Buffer.from(text, 'utf8'))).toBe(true),
	);
	it('is announced as JSON', () => expect(jsonTextBody('{}').contentType).toBe('application/json'));
});

describe('text that is no JSON', () => {
	it.each([
		['{"a": 1,}', 1, 9, 'remove the comma'],
		['{"a": 1\n "b": 2}', 2, 2, 'a comma or "}" is expected'],
		['{"a": }', 1, 7, 'came out empty'],
		['[1, 2', 1, 6, 'a comma or "]" is expected'],
		['{"a": "b', 1, 7, 'does not end on its line'],
		['{"a": "b\nc"}', 1, 7, 'write a line break as \\n'],
		["{'a': 1}", 1, 2, 'names stand in double quotes'],
		['{"a": \'b\'}', 1, 7, 'double quotes, not single'],
		['{a: 1}', 1, 2, 'a name in double quotes'],
		['{"a" 1}', 1, 6, 'a colon is expected'],
		['{"a": undefined}', 1, 7, 'only true, false, null and numbers'],
		['{"a": [object Object]}', 1, 8, 'JSON.stringify'],
		['[object Object]', 1, 2, 'JSON.stringify'],
		['', 1, 1, 'the text is empty'],
		['{"a": 1} x', 1, 10, 'complete before this'],
		['{"a": "\\x"}', 1, 7, 'a backslash or control character'],
		['{"a": 01}', 1, 8, 'a comma or "}" is expected'],
	])('%j: line %i, column %i: %s', (text, line, column, words) => {
		expect(() => JSON.parse(text)).toThrow();
		expect(jsonMistake(text)).toEqual({ line, column, words: expect.stringContaining(words) });
	});

	it('is refused in words that do not repeat it', () => {
		const attempt = () => parsedJsonText('{"password": hunter2}');
		expect(attempt).toThrow(InputMistake);
		expect(attempt).toThrow(/^The text in "JSON" is not valid JSON: line 1, column 14: /);
		expect(attempt).not.toThrow(/hunter2/);
	});

	it('is found however deep it is', () => {
		const depth = 100_000;
		expect(jsonMistake('['.repeat(depth) + 'x')).toMatchObject({ line: 1 });
	});

	it('is found in much text within a second', () => {
		const long = `[${'{"name":"value"},'.repeat(20_000)}`;
		const startMs = Date.now();
		expect(jsonMistake(long).words).toContain('the text ends');
		expect(Date.now() - startMs).toBeLessThan(1_000);
	});
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

	it.each(['\uFEFF<a/>', '  \n<a/>\n  '])('is XML with a mark or blanks around it: %j', (text) =>
		expect(xmlBody(text).bytes.toString()).toBe(text),
	);

	it.each(['x <a/>', '<a/> x', '\uFEFFx<a/>'])('is no XML with words around it: %j', (text) =>
		expect(() => xmlBody(text)).toThrow(/not XML/),
	);

	it.each([' ', '\n'])('is empty XML when it is %j', (text) =>
		expect(() => xmlBody(text)).toThrow(/is empty/),
	);
});

describe('the place where JSON ends', () => {
	it.each<[string, number, number, RegExp]>([
		['[[], {}', 1, 8, /a comma or "\]" is expected/],
		['{"a": 1, "b" 2}', 1, 14, /./],
		['[:]', 1, 2, /a value is expected here/],
		['{"a":\n\n  x}', 3, 3, /double quotes/],
		['[]\nx', 2, 1, /complete before this/],
		['{,}', 1, 2, /a name in double quotes/],
		['{', 1, 2, /text ends/],
	])('in %j is line %d, column %d', (text, line, column, words) => {
		const mistake = jsonMistake(text);
		expect(mistake).toMatchObject({ line, column });
		expect(mistake.words).toMatch(words);
	});
});
