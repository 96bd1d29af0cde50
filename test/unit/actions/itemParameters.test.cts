import type { IExecuteFunctions } from 'n8n-workflow';
import { Item, Run } from '../../../nodes/Kustomer/actions/itemParameters';

/** An item whose parameters are what expressions gave, which may be anything. */
const itemWith = (parameters: Record<string, unknown>) =>
	new Item(
		new Run({
			getNode: () => ({ type: 'n8n-nodes-kustomer.kustomer' }),
			getNodeParameter: (name: string, _item: number, fallback: unknown) =>
				name in parameters ? parameters[name] : fallback,
		} as unknown as IExecuteFunctions),
		0,
	);

describe('a resource locator', () => {
	it.each<[unknown, { mode: string; value: string }]>([
		[
			{ mode: 'list', value: ' a ' },
			{ mode: 'list', value: 'a' },
		],
		['bare text', { mode: '', value: 'bare text' }],
		[null, { mode: '', value: '' }],
		[
			{ mode: 3, value: null },
			{ mode: '3', value: '' },
		],
	])('of %j is read as %j', (hook, expected) =>
		expect(itemWith({ hook }).locator('hook')).toEqual(expected),
	);
});

describe('entered text', () => {
	it.each<[unknown, string]>([
		[' a ', 'a'],
		[12, '12'],
		[null, ''],
	])('of %j is %j', (id, expected) => expect(itemWith({ id }).text('id')).toBe(expected));
});

describe('the length of a list', () => {
	it.each<[Record<string, unknown>, number | undefined]>([
		[{ returnAll: true, limit: 3 }, undefined],
		[{ limit: 3.9 }, 3],
		[{ limit: -4 }, 1],
		[{ limit: '7' }, 7],
		[{ limit: 'many' }, 50],
		[{ returnAll: 'true' }, 50],
	])('of %j is %j', (parameters, expected) => expect(itemWith(parameters).limit).toBe(expected));
});

describe('rows', () => {
	it.each<unknown>([null, 'text', {}, { field: 'text' }])('are none in %j', (fields) =>
		expect(itemWith({ fields }).rows('fields', 'field')).toEqual([]),
	);

	it('are those that are objects', () => {
		const fields = { field: [null, 'x', { name: 'a' }] };
		expect(itemWith({ fields }).rows('fields', 'field')).toEqual([{ name: 'a' }]);
	});
});
