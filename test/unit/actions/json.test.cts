import { InputMistake } from '../../../nodes/Kustomer/actions/itemErrors';
import { parsedJson } from '../../../nodes/Kustomer/actions/json';

/** The words are V8's, and differ between versions of Node; the place and what is kept back do not. */
function mistakeIn(text: string): string {
	try {
		parsedJson(text, 'The text in "JSON"');
	} catch (error) {
		if (error instanceof InputMistake) return error.message;
	}
	throw new Error('It is JSON');
}

const START = 'The text in "JSON" is not valid JSON: ';

describe('text that is no JSON', () => {
	it.each<[string, number, number]>([
		['{"a": 1,}', 1, 9],
		['{"a": 1\n "b": 2}', 2, 2],
		['{"a": }', 1, 7],
		['{"a": "b\nc"}', 1, 9],
		["{'a': 1}", 1, 2],
		['{"a": \'b\'}', 1, 7],
		['{a: 1}', 1, 2],
		['{"a" 1}', 1, 6],
		['{"a": undefined}', 1, 7],
		['{"a": 1} x', 1, 10],
		['{"a": 01}', 1, 8],
		['[:]', 1, 2],
		['{"a":\n\n  x}', 3, 3],
		['[]\nx', 2, 1],
		['{,}', 1, 2],
		['\uFEFF{}', 1, 1],
		['undefined', 1, 1],
	])('%j is said with the place: line %i, column %i', (text, line, column) => {
		expect(() => JSON.parse(text) as unknown).toThrow();
		const message = mistakeIn(text);
		expect(message).toMatch(/: line \d+, column \d+: ["A-Z].{5,80}\.$/);
		expect(message).toContain(`${START}line ${line}, column ${column}: `);
	});

	it.each(['[1, 2', '{', '{"a": "b', '{"a":', '[[], {}'])('%j is said to end there', (text) => {
		const end = `line 1, column ${text.length + 1}: `;
		expect(mistakeIn(text)).toMatch(new RegExp(`^${START}(it ends too early|${end}.{5,80})\\.$`));
	});

	it.each(['', ' \n'])('is empty as %j', (text) =>
		expect(mistakeIn(text)).toBe(`${START}it is empty.`),
	);

	it.each(['{"a": [object Object]}', '[object Object]'])(
		'came of an object in an expression: %j',
		(text) => expect(mistakeIn(text)).toContain('use {{ JSON.stringify(…) }} around it'),
	);

	it.each([
		'{"password": hunter2}',
		'{"password": "hunter2" "b"}',
		'{"password": "hunter2", "in JSON at position 3": x}',
		'"hunter2" "hunter2"',
		'{"password": "hunter2\n"}',
		'{"password": "hunter2\\x"}',
		'{"password": "hunter2',
		`{"a": "${'hunter2 '.repeat(50)}", b}`,
	])('%j is not repeated', (text) => {
		expect(() => JSON.parse(text) as unknown).toThrow();
		expect(mistakeIn(text)).toMatch(new RegExp(`^${START}(line \\d+, column \\d+|it ends)`));
		expect(mistakeIn(text)).not.toMatch(/hunter|password|undefined/);
	});

	it('is found however deep it is', () =>
		expect(mistakeIn(`${'['.repeat(5_000)}x`)).toContain('line 1, column 5001: '));

	it('is found in much text within a second', () => {
		const long = `[${'{"name":"value"},\n'.repeat(20_000)} oops`;
		const startMs = Date.now();
		expect(mistakeIn(long)).toContain('line 20001, column 2: ');
		expect(Date.now() - startMs).toBeLessThan(1_000);
	});
});
