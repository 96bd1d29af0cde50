import { namedValues, nestedObject, type Field } from '../../../nodes/Kustomer/send/fields';

const field = (name: string, value: unknown, type: Field['type'] = 'automatic'): Field => ({
	name,
	value,
	type,
});
const asJson = (fields: Field[]): unknown => JSON.parse(JSON.stringify(nestedObject(fields)));

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
		[[field('a', 1), field('a', 2)], /"a" stands in "Fields" twice/],
		[
			[field('a', 1), field('a.b', 2)],
			/"a\.b" cannot stand beside a field whose whole value is "a"/,
		],
		[[field('a.b', 1), field('a', 2)], /"a" stands in "Fields" twice/],
		[[field('a', '1,5', 'number')], /"a" is to be a number/],
		[[field('a', '', 'number')], /"a" is to be a number/],
		[[field('a', 'yes', 'boolean')], /"a" is to be a boolean/],
		[[field('a', '{"b":}', 'json')], /"a" is to be JSON.*line 1, column 6/],
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
