import {
	headerNames,
	labelOf,
	recordsIn,
	withoutSecrets,
} from '../../../nodes/Kustomer/api/records';

describe('the records in a reply', () => {
	const record = { id: 'a', type: 'tag', attributes: { name: 'x' }, relationships: { org: {} } };

	it.each([
		[{ data: record }, [record]],
		[{ data: [record, record] }, [record, record]],
		[{ data: { id: 'a' } }, [{ id: 'a', type: undefined, attributes: {}, relationships: {} }]],
		[{ data: [null, 'x', { id: 5 }, {}] }, []],
		[{ data: null }, []],
		['<html>', []],
		[null, []],
	])('%j are %j', (body, records) => expect(recordsIn(body)).toEqual(records));
});

describe('the label of a record', () => {
	it.each([
		[{ displayName: 'D', name: 'N', email: 'E' }, 'D'],
		[{ displayName: null, name: 'N', email: 'E' }, 'N'],
		[{ email: 'E' }, 'E'],
		[{}, 'a'],
	])('with %j is %s', (attributes, label) =>
		expect(labelOf({ id: 'a', attributes, relationships: {} })).toBe(label),
	);
});

describe('what stays out of items', () => {
	it('are secrets and the values of headers', () =>
		expect(
			withoutSecrets({ token: 't', key: 'k', secret: 's', url: 'u', headers: [{ name: 'X' }, {}] }),
		).toEqual({ url: 'u', headers: ['X', ''] }));

	it.each<[unknown, string[]]>([
		[{ 'X-Key': 'secret' }, ['X-Key']],
		['X-Key: secret', []],
		[null, []],
		[[null, { name: 'X' }], ['X']],
	])('of headers as %j only the names stay', (headers, names) =>
		expect(headerNames(headers)).toEqual(names),
	);
});
