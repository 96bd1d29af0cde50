import fc from 'fast-check';
import { sameJson } from '../../../nodes/Kustomer/event/sameJson';

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
