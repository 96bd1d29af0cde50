import { hookItem, hookOf, hookTypeOf } from '../../../nodes/Kustomer/api/hooks';

describe('a hook that Kustomer describes', () => {
	const hook = (attributes: Record<string, unknown>) => ({
		id: 'h1',
		attributes,
		relationships: {},
	});

	it.each<[Record<string, unknown>, string]>([
		[{ title: 'T', description: 'D', eventName: 'E' }, 'T'],
		[{ description: 'D', eventName: 'E' }, 'D'],
		[{ eventName: 'E' }, 'E'],
		[{}, 'h1'],
	])('%j is called %s', (attributes, label) =>
		expect(hookOf('web', hook(attributes)).label).toBe(label),
	);

	it.each<['web' | 'form' | 'email', Record<string, unknown>, string]>([
		['web', { url: 'https://x/v1/hooks/web/a', hash: 'a' }, 'https://x/v1/hooks/web/a'],
		['web', { hash: 'a' }, '/v1/hooks/web/a'],
		['web', {}, ''],
		['form', { hash: 'a' }, ''],
		['email', { email: 'm@hooks.example.com', hash: 'a' }, 'm@hooks.example.com'],
		['email', { hash: 'a' }, 'a@hooks.kustomerapp.com'],
		['email', {}, ''],
	])('as a %s hook of %j has the address %j', (type, attributes, address) =>
		expect(hookOf(type, hook(attributes)).address).toBe(address),
	);

	it('has nulls for what is not told, and never its key', () => {
		expect(hookItem('form', hook({ key: 'k' }))).toEqual({
			id: 'h1',
			hookType: 'form',
			title: null,
			description: null,
			eventName: '',
			address: '',
			debug: null,
			createdAt: null,
			updatedAt: null,
			modifiedAt: null,
		});
		const told = { title: 't', description: 'd', debug: true, createdAt: '1' };
		expect(hookItem('form', hook({ ...told, updatedAt: '2', modifiedAt: '3' }))).toMatchObject(
			told,
		);
	});
});

it.each<[unknown, string]>([
	['form', 'form'],
	['email', 'email'],
	['web', 'web'],
	['other', 'web'],
	[null, 'web'],
])('the type of hook that %j names is %s', (value, type) => expect(hookTypeOf(value)).toBe(type));
