import {
	namedValues,
	nestedObject,
	type PostField,
} from '../../../../nodes/Kustomer/actions/inboundHook/postFields';

const field = (name: string, value: unknown, type: PostField['type'] = 'automatic'): PostField => ({
	name,
	value,
	type,
});
const asJson = (fields: PostField[]): unknown => JSON.parse(JSON.stringify(nestedObject(fields)));

describe('fields as an object', () => {
	it('nests dotted names', () =>
		expect(asJson([field('order.id', 'A'), field('order.total.net', 1), field('x', 'y')])).toEqual({
			order: { id: 'A', total: { net: 1 } },
			x: 'y',
		}));

	it('keeps the type that an expression gave, and text as text', () =>
		expect(
			asJson([
				field('a', 5),
				field('b', false),
				field('c', null),
				field('d', [1]),
				field('e', '5'),
			]),
		).toEqual({ a: 5, b: false, c: null, d: [1], e: '5' }));

	it('gives the chosen type', () =>
		expect(
			asJson([
				field('number', '12.50', 'number'),
				field('boolean', 'True', 'boolean'),
				field('json', '{"a":[1]}', 'json'),
				field('text', 7, 'text'),
			]),
		).toEqual({ number: 12.5, boolean: true, json: { a: [1] }, text: '7' }));

	it('treats no name specially', () => {
		const json = JSON.stringify(
			nestedObject([field('__proto__.polluted', 1), field('constructor', 2)]),
		);
		expect(json).toBe('{"__proto__":{"polluted":1},"constructor":2}');
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	it.each([
		[[field('', 1)], /has no name/],
		[[field('a..b', 1)], /"a\.\.b" has an empty part/],
		[[field('a', 1), field('a', 2)], /"a" is in "Fields" twice/],
		[
			[field('a', 1), field('a.b', 2)],
			/"a\.b" cannot be used together with a field whose whole value is "a"/,
		],
		[[field('a.b', 1), field('a', 2)], /"a" is in "Fields" twice/],
		[[field('a', '1,5', 'number')], /"a" must be a number/],
		[[field('a', '', 'number')], /"a" must be a number/],
		[[field('a', 'yes', 'boolean')], /"a" must be a boolean/],
		[[field('a', '{"b":}', 'json')], /"a" is not valid JSON: line 1, column 6/],
	])('%j is refused in words', (fields, words) =>
		expect(() => nestedObject(fields)).toThrow(words),
	);
});

describe('fields as form data', () => {
	it('keep their names as written', () =>
		expect(namedValues([field('a.b', 'x'), field('a.b', '2', 'number')])).toEqual([
			['a.b', 'x'],
			['a.b', 2],
		]));
});

describe('a typed field', () => {
	it('of the type text is empty for what has no text', () =>
		expect(asJson([field('a', undefined, 'text'), field('b', 'as is', 'text')])).toEqual({
			a: '',
			b: 'as is',
		}));

	it('of the type JSON takes what an expression gave as it is', () =>
		expect(asJson([field('a', { b: 1 }, 'json'), field('c', 5, 'json')])).toEqual({
			a: { b: 1 },
			c: 5,
		}));

	it.each(['', '  ', null, true, NaN, 'x', '1,000'])(
		'of the type number is refused for %j',
		(value) =>
			expect(() => nestedObject([field('a', value, 'number')])).toThrow(
				'The field "a" must be a number',
			),
	);

	it.each([5, '5', ' 5 '])('of the type number is 5 for %j', (value) =>
		expect(asJson([field('a', value, 'number')])).toEqual({ a: 5 }),
	);

	it.each<[unknown, boolean]>([
		[false, false],
		['false', false],
		[' FALSE ', false],
		[true, true],
		[' true', true],
	])('of the type boolean is, for %j, %j', (value, expected) =>
		expect(asJson([field('a', value, 'boolean')])).toEqual({ a: expected }),
	);

	it.each(['', 'yes', 0, null])('of the type boolean is refused for %j', (value) =>
		expect(() => nestedObject([field('a', value, 'boolean')])).toThrow('neither true nor false'),
	);

	it.each([null, 'text', 5, { b: 1 }, [1]])(
		'is not written into the value %j of another',
		(value) =>
			expect(() => nestedObject([field('a', value), field('a.b', 1)])).toThrow(
				'The field "a.b" cannot be used together with a field whose whole value is "a"',
			),
	);

	it.each(['.a', 'a.', 'a..b', '.'])('has no empty part in its name: %j', (name) =>
		expect(() => nestedObject([field(name, 1)])).toThrow('has an empty part'),
	);

	it('needs a name', () =>
		expect(() => nestedObject([field('', 1)])).toThrow('A field in "Fields" has no name'));
});

describe('fields as named values', () => {
	it('keep their names as written', () =>
		expect(namedValues([field('a.b', '1', 'number')])).toEqual([['a.b', 1]]));

	it('need a name', () =>
		expect(() => namedValues([field('', 1)])).toThrow('A field in "Fields" has no name'));
});
