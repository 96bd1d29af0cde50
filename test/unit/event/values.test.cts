import fc from 'fast-check';
import { matchesTyped, sameJson } from '../../../nodes/Kustomer/event/values';

describe('an empty field', () => {
	it.each<[string, unknown]>([
		['null', null],
		['an absent value', undefined],
		['empty text', ''],
		['an empty list', []],
	])('matches %s', (_, actual) => {
		expect(matchesTyped(actual, '')).toBe(true);
		expect(matchesTyped(actual, null)).toBe(true);
	});

	it.each([0, false, ' ', 'null', [null], [''], {}])('does not match %j', (actual) => {
		expect(matchesTyped(actual, '')).toBe(false);
	});
});

describe('a field with something in it', () => {
	it.each([null, undefined, '', []])('does not match %j', (actual) => {
		for (const typed of ['x', 'null', 'undefined', '[]', 0, false, ' ']) {
			expect(matchesTyped(actual, typed)).toBe(false);
		}
	});
});

describe('text', () => {
	it('matches as written', () => {
		expect(matchesTyped('done', 'done')).toBe(true);
		expect(matchesTyped('{"a":1}', '{"a":1}')).toBe(true);
		expect(matchesTyped('7', 7)).toBe(true);
	});

	it.each(['Done', 'done ', ' done', 'don', 'doner'])('does not match %j for done', (typed) => {
		expect(matchesTyped('done', typed)).toBe(false);
	});

	it('does not match by the value it might stand for', () => {
		expect(matchesTyped('7.0', '7')).toBe(false);
		expect(matchesTyped('true', 'TRUE')).toBe(false);
	});
});

describe('a number', () => {
	it.each(['3', '3.0', ' 3 ', 3, '03'])('matches by its value: 3 and %j', (typed) => {
		expect(matchesTyped(3, typed)).toBe(true);
	});

	it('matches zero only when zero was typed', () => {
		expect(matchesTyped(0, '0')).toBe(true);
		expect(matchesTyped(0, ' ')).toBe(false);
		expect(matchesTyped(0, false)).toBe(false);
		expect(matchesTyped(1, true)).toBe(false);
	});

	it.each(['4', 'three', '3,0', '3px', '[3]', {}])('does not match %j for 3', (typed) => {
		expect(matchesTyped(3, typed)).toBe(false);
	});
});

describe('a boolean', () => {
	it.each(['true', 'TRUE', ' true ', true])('matches by its value: true and %j', (typed) => {
		expect(matchesTyped(true, typed)).toBe(true);
		expect(matchesTyped(false, typed)).toBe(false);
	});

	it.each(['false', 'False', false])('matches by its value: false and %j', (typed) => {
		expect(matchesTyped(false, typed)).toBe(true);
		expect(matchesTyped(true, typed)).toBe(false);
	});

	it.each(['1', 'yes', 1])('does not match %j for true', (typed) => {
		expect(matchesTyped(true, typed)).toBe(false);
	});
});

describe('a list', () => {
	it('matches when it contains the value', () => {
		expect(matchesTyped(['sms', 'email'], 'email')).toBe(true);
		expect(matchesTyped([1, 2], '2')).toBe(true);
		expect(matchesTyped([false], 'false')).toBe(true);
		expect(matchesTyped([{ id: 'a' }, { id: 'b' }], '{"id":"b"}')).toBe(true);
	});

	it('matches when it is the JSON that was typed', () => {
		expect(matchesTyped(['sms', 'email'], '["sms","email"]')).toBe(true);
		expect(matchesTyped(['sms', 'email'], ['sms', 'email'])).toBe(true);
	});

	it.each(['ema', 'sms,email', '["email","sms"]', '["sms"]', '[]', '{}'])(
		'does not match %j for sms and email',
		(typed) => {
			expect(matchesTyped(['sms', 'email'], typed)).toBe(false);
		},
	);
});

describe('an object', () => {
	it('matches the same JSON, whatever the order of its keys and its blanks', () => {
		expect(matchesTyped({ a: 1, b: [2] }, '{ "b": [2], "a": 1 }')).toBe(true);
		expect(matchesTyped({ a: 1 }, { a: 1 })).toBe(true);
		expect(matchesTyped({}, '{}')).toBe(true);
	});

	it.each(['{"a":2}', '{"a":1,"b":2}', '{a:1}', '[object Object]', '[]'])(
		'does not match %j for {"a":1}',
		(typed) => {
			expect(matchesTyped({ a: 1 }, typed)).toBe(false);
		},
	);
});

describe('any value', () => {
	it('matches its own JSON, unless it is text or counts as empty', () => {
		const notEmpty = fc
			.jsonValue()
			.map((value) => JSON.parse(JSON.stringify(value)) as unknown)
			.filter(
				(value) =>
					value !== null &&
					typeof value !== 'string' &&
					!(Array.isArray(value) && value.length === 0),
			);
		fc.assert(
			fc.property(notEmpty, (value) => {
				expect(matchesTyped(value, JSON.stringify(value))).toBe(true);
			}),
		);
	});

	it('matches itself when it is text', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(matchesTyped(text, text)).toBe(true);
			}),
		);
	});

	it('can be compared with any other without a throw', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (actual, typed) => {
				expect(() => matchesTyped(actual, typed)).not.toThrow();
			}),
		);
	});

	it('can be compared with an object that cannot be turned into text', () => {
		const typed = JSON.parse('{"toString":1,"valueOf":2}') as unknown;
		for (const actual of ['text', true, 3, ['text'], { a: 1 }]) {
			expect(matchesTyped(actual, typed)).toBe(false);
			expect(matchesTyped(actual, [typed])).toBe(false);
		}
		expect(matchesTyped(typed, typed)).toBe(true);
	});
});

describe('two JSON values', () => {
	it('are the same whatever the order of their keys', () => {
		expect(sameJson({ a: 1, b: { c: [2], d: null } }, { b: { d: null, c: [2] }, a: 1 })).toBe(true);
	});

	it.each<[unknown, unknown]>([
		[1, 2],
		[1, '1'],
		[0, false],
		[null, 0],
		[null, undefined],
		['', null],
		[[], {}],
		[
			[1, 2],
			[2, 1],
		],
		[[1], [1, 1]],
		[{ a: 1 }, { a: 1, b: 2 }],
		[{ a: 1, b: 2 }, { a: 1 }],
		[{ a: undefined }, { b: undefined }],
		[{ toString: undefined }, {}],
		[{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
	])('differ: %j and %j', (one, other) => {
		expect(sameJson(one, other)).toBe(false);
		expect(sameJson(other, one)).toBe(false);
	});

	it('are the same as their copy, whatever they are', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const text = JSON.stringify(value);
				expect(sameJson(JSON.parse(text), JSON.parse(text))).toBe(true);
			}),
		);
	});

	it('are compared alike from both sides', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (one, other) => {
				expect(sameJson(one, other)).toBe(sameJson(other, one));
			}),
		);
	});

	it('count as different, and never throw, when they are nested too deeply to look into', () => {
		const deep = () => JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
		expect(sameJson(deep(), deep())).toBe(false);
	});
});
