import fc from 'fast-check';
import {
	customAttributes,
	inWords,
	labelOfCustom,
	typeBySuffix,
} from '../../../nodes/Kustomer/api/metadata';
import { scripted, type Script } from './scripted.cts';

type Properties = Record<string, unknown>;

const PROPERTIES: Properties = {
	tierStr: { type: 'string', displayName: 'Tier', enumeration: ['gold', 'silver'] },
	storyTxt: { type: 'string', displayName: 'Story' },
	totalOrdersNum: { type: 'number' },
	renewalAt: { type: 'string', displayName: 'Renewal' },
	vipBool: { type: 'boolean', displayName: 'VIP' },
	shopUrl: { type: 'string', displayName: 'Shop' },
	ordersId: { type: 'string', target: 'kobject.order', multi: true, displayName: 'Orders' },
	countryTree: {
		displayName: 'Country',
		tree: {
			children: [
				{ id: 'eu', displayName: 'Europe', children: [{ id: 'de', displayName: 'Germany' }] },
				{ id: 'us', displayName: 'United States' },
			],
		},
	},
};

const metadata = (properties: unknown) => ({
	data: { type: 'metadata', id: 'm1', attributes: { properties } },
});

const opened: Array<{ close: () => Promise<void> }> = [];

async function kustomer(script: Script) {
	const one = await scripted(script);
	opened.push(one);
	return one;
}

/** A Kustomer that has all of its metadata on one page. */
const kustomerWith = async (properties: unknown) =>
	await kustomer(() => ({ body: metadata(properties) }));

afterEach(async () => {
	await Promise.all(opened.splice(0).map(async (one) => await one.close()));
});

describe('the custom attributes of an organization', () => {
	it('have a label, the type that their name ends with, and their choices', async () => {
		const { caller } = await kustomerWith(PROPERTIES);
		expect(await customAttributes(caller, 'customer')).toEqual([
			{
				name: 'tierStr',
				label: 'Tier',
				type: 'options',
				choices: [
					{ name: 'gold', value: 'gold' },
					{ name: 'silver', value: 'silver' },
				],
			},
			{ name: 'storyTxt', label: 'Story', type: 'text' },
			{ name: 'totalOrdersNum', label: 'Total Orders', type: 'number' },
			{ name: 'renewalAt', label: 'Renewal', type: 'dateTime' },
			{ name: 'vipBool', label: 'VIP', type: 'boolean' },
			{ name: 'shopUrl', label: 'Shop', type: 'url' },
			{ name: 'ordersId', label: 'Orders', type: 'list' },
			{
				name: 'countryTree',
				label: 'Country',
				type: 'options',
				choices: [
					{ name: 'Europe', value: 'eu' },
					{ name: 'Europe > Germany', value: 'de' },
					{ name: 'United States', value: 'us' },
				],
			},
		]);
	});

	it('offer only the ends of a tree where Kustomer takes nothing else', async () => {
		const { caller } = await kustomerWith({
			countryTree: { ...(PROPERTIES.countryTree as object), lastNodeRequired: true },
		});
		const [country] = (await customAttributes(caller, 'customer')) ?? [];
		expect(country.choices?.map(({ value }) => value)).toEqual(['de', 'us']);
	});

	it('are read page by page until a page brings nothing new', async () => {
		const pages = [['aStr', 'bStr'], ['cStr'], ['cStr']];
		const { caller, asked } = await kustomer((url) => {
			const page = Number(url.searchParams.get('page'));
			return {
				body: metadata(Object.fromEntries((pages[page - 1] ?? []).map((name) => [name, {}]))),
			};
		});
		const found = await customAttributes(caller, 'kobject.order item');
		expect(found?.map(({ name }) => name)).toEqual(['aStr', 'bStr', 'cStr']);
		expect(asked).toEqual(
			[1, 2, 3].map((page) => `GET /v1/metadata/kobject.order%20item?page=${page}&pageSize=100`),
		);
	});

	it('do not hold deleted ones', async () => {
		const { caller } = await kustomerWith({
			tierStr: PROPERTIES.tierStr,
			oldStr: { displayName: 'Old', deletedAt: '2025-03-11T08:15:00.000Z' },
			goneStr: { deleted: true },
			backStr: { deletedAt: null, deleted: false },
		});
		const found = await customAttributes(caller, 'customer');
		expect(found?.map(({ name }) => name)).toEqual(['tierStr', 'backStr']);
	});

	it('have the type of their metadata where the name does not say it', async () => {
		const { caller } = await kustomerWith({
			a: { type: 'array' },
			n: { type: 'number' },
			o: { type: 'object' },
			s: { type: 'unheard of' },
			listStr: { type: 'array', array: true, enumeration: ['x'] },
			Str: { type: 'boolean' },
		});
		const found = await customAttributes(caller, 'customer');
		expect(found?.map(({ name, type }) => [name, type])).toEqual([
			['a', 'list'],
			['n', 'number'],
			['o', 'object'],
			['s', 'string'],
			['listStr', 'list'],
			['Str', 'boolean'],
		]);
	});

	it('are none for a kind of record without metadata', async () => {
		const { caller } = await kustomer(() => undefined);
		expect(await customAttributes(caller, 'kobject.unknown')).toEqual([]);
	});

	it.each([401, 403])('are not known where the key lacks the role (%d)', async (status) => {
		const { caller } = await kustomer((url) =>
			url.pathname.startsWith('/v1/metadata')
				? { status, body: { errors: [{ title: 'Unauthorized' }] } }
				: { body: { data: { attributes: { roles: ['org.user.customer.read'] } } } },
		);
		expect(await customAttributes(caller, 'customer')).toBeUndefined();
	});

	it.each<[string, number, unknown, string]>([
		['a key that is not accepted', 401, {}, 'Kustomer does not accept the API key'],
		['any other refusal', 400, { errors: [{ title: 'Bad' }] }, 'Kustomer says: "Bad"'],
		['an answer that is not Kustomer’s', 200, '"hello"', "the answer is not Kustomer's"],
		['a sign-in page', 200, '<html></html>', "the answer is not Kustomer's"],
	])('end in words for %s', async (_, status, body, words) => {
		const { caller } = await kustomer(() => ({ status, body }));
		await expect(customAttributes(caller, 'customer')).rejects.toThrow(words);
	});

	it('survive metadata of any form', async () => {
		const odd = { a: null, b: [], c: { tree: { children: [null, {}] }, enumeration: 'x' } };
		const { caller } = await kustomerWith({ ...odd, d: { displayName: 5 } });
		const found = await customAttributes(caller, 'customer');
		expect(found?.map(({ type }) => type)).toEqual(['string', 'string', 'string', 'string']);
		const { caller: other } = await kustomerWith('text');
		expect(await customAttributes(other, 'customer')).toEqual([]);
	});
});

describe('the name of an attribute', () => {
	it.each([
		['last_message_at', 'Last Message At'],
		['lastMessageAt', 'Last Message At'],
		['external_id', 'External ID'],
		['sla_breached', 'SLA Breached'],
		['twitter-dm', 'Twitter DM'],
		['', ''],
	])('"%s" is "%s" in words', (name, words) => expect(inWords(name)).toBe(words));

	it.each([
		['vipBool', 'VIP'],
		['totalOrdersNum', 'Total Orders'],
		['Str', 'Str'],
	])('"%s" is labelled "%s"', (name, label) => expect(labelOfCustom(name)).toBe(label));

	it('says no type that is inherited', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				const type = typeBySuffix(text);
				expect(type === undefined || typeof type === 'string').toBe(true);
			}),
		);
		for (const name of ['constructor', '__proto__', 'toString', 'Str']) {
			expect(typeBySuffix(name)).toBeUndefined();
		}
	});
});
