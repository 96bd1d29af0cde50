import fc from 'fast-check';
import type { CustomAttribute } from '../../../../nodes/Kustomer/api/metadata';
import { isRecord } from '../../../../nodes/Kustomer/narrowing';
import { InputMistake } from '../../../../nodes/Kustomer/actions/itemErrors';
import {
	attributesFor,
	attributesOf,
	cleared,
	completed,
	jsonAttributesOf,
	type Attribute,
	type FilledForm,
} from '../../../../nodes/Kustomer/actions/records/attributes';
import { OWN_ATTRIBUTES } from '../../../../nodes/Kustomer/actions/records/ownAttributes';

const OWN: readonly Attribute[] = [
	{ name: 'name', label: 'Name', type: 'string' },
	{ name: 'preview', label: 'Text', type: 'text' },
	{ name: 'priority', label: 'Priority', type: 'number' },
	{ name: 'auto', label: 'Automatic', type: 'boolean' },
	{ name: 'signedUpAt', label: 'Signed Up', type: 'dateTime' },
	{ name: 'birthdayAt', label: 'Birthday', type: 'date' },
	{ name: 'avatarUrl', label: 'Avatar URL', type: 'url' },
	{ name: 'status', label: 'Status', type: 'options', options: ['open', 'done'] },
	{ name: 'emails', label: 'Emails', type: 'list', entry: 'email' },
	{ name: 'socials', label: 'Social Accounts', type: 'list', entry: 'object' },
	{ name: 'images', label: 'Image URLs', type: 'list' },
	{ name: 'meta', label: 'Channel Data', type: 'object' },
	{ name: 'tags', label: 'Tags', type: 'idList', names: 'tags' },
	{ name: 'queue', label: 'Queue', type: 'string', names: 'queues' },
	{ name: 'locked', label: 'Locked', type: 'boolean', byHand: true },
	{ name: 'displayName', label: 'Display Name', type: 'string', readOnly: true },
];

const CUSTOM: readonly CustomAttribute[] = [
	{ name: 'vipBool', label: 'VIP', type: 'boolean' },
	{ name: 'scoreNum', label: 'Score', type: 'number' },
	{ name: 'ordersId', label: 'Orders', type: 'list' },
	{
		name: 'countryTree',
		label: 'Country',
		type: 'options',
		choices: [
			{ name: 'Europe', value: 'eu' },
			{ name: 'Europe > Georgia', value: 'ge' },
			{ name: 'United States > Georgia', value: 'us-ga' },
			{ name: 'United States > Ohio', value: 'us-oh' },
		],
	},
	{
		name: 'sizesStr',
		label: 'Sizes',
		type: 'list',
		choices: [
			{ name: 'Small', value: 's' },
			{ name: 'Large', value: 'l' },
		],
	},
];

const form = (changed: Partial<FilledForm>): FilledForm => ({
	mode: 'defineBelow',
	value: {},
	schema: [],
	item: {},
	own: OWN,
	custom: CUSTOM,
	timeZone: 'Europe/Berlin',
	...changed,
});

const filled = (value: Record<string, unknown>) => attributesOf(form({ value }));
const mapped = (item: unknown, changed: Partial<FilledForm> = {}) =>
	attributesOf(form({ mode: 'autoMapInputData', item, ...changed }));

describe('an attribute of the form', () => {
	it.each<[string, unknown, unknown]>([
		['name', ' Ada ', ' Ada '],
		['name', 7, '7'],
		['name', false, 'false'],
		['name', new Date('2026-11-24T12:00:00Z'), '2026-11-24T12:00:00.000Z'],
		['preview', 'a\nb', 'a\nb'],
		['priority', 3, 3],
		['priority', ' 3.50 ', 3.5],
		['priority', '-1e2', -100],
		['priority', 0, 0],
		['auto', false, false],
		['auto', 'TRUE', true],
		['auto', ' no ', false],
		['auto', 1, true],
		['signedUpAt', '2026-11-24T15:30:00', '2026-11-24T14:30:00.000Z'],
		['signedUpAt', '2026-11-24T15:30:00-05:00', '2026-11-24T20:30:00.000Z'],
		['signedUpAt', new Date('2026-11-24T12:00:00Z'), '2026-11-24T12:00:00.000Z'],
		['birthdayAt', '1990-01-31', '1990-01-31'],
		['birthdayAt', '1990-01-31T00:00:00', '1990-01-31'],
		['avatarUrl', 'https://example.com/a.png', 'https://example.com/a.png'],
		['status', 'done', 'done'],
		['status', 'Open', 'open'],
		['emails', 'a@b.example, c@d.example', [{ email: 'a@b.example' }, { email: 'c@d.example' }]],
		['emails', '["a@b.example"]', [{ email: 'a@b.example' }]],
		['emails', ['a@b.example', null, ''], [{ email: 'a@b.example' }]],
		['emails', '[{"email":"a@b.example","type":"work"}]', [{ email: 'a@b.example', type: 'work' }]],
		['emails', '{"email":"a@b.example","type":"work"}', [{ email: 'a@b.example', type: 'work' }]],
		['emails', { email: 'a@b.example' }, [{ email: 'a@b.example' }]],
		['socials', [{ type: 'twitter', username: 'ada' }], [{ type: 'twitter', username: 'ada' }]],
		['images', 'https://example.com/a.png', ['https://example.com/a.png']],
		['images', [1, 'b'], ['1', 'b']],
		['meta', '{"from":"a"}', { from: 'a' }],
		['meta', { from: 'a' }, { from: 'a' }],
		['tags', 'VIP, urgent ,', ['VIP', 'urgent']],
		['tags', ['VIP'], ['VIP']],
		['queue', 'Billing', 'Billing'],
		['queue', { external: 'amazon-connect' }, { external: 'amazon-connect' }],
	])('%s from %j is %j', (name, value, expected) =>
		expect(filled({ [name]: value })).toEqual({ [name]: expected }),
	);

	it.each<[string, unknown, unknown]>([
		['vipBool', 'yes', true],
		['scoreNum', '7', 7],
		['ordersId', 'a, b', ['a', 'b']],
		['countryTree', 'us-oh', 'us-oh'],
		['countryTree', 'Ohio', 'us-oh'],
		['countryTree', 'europe > georgia', 'ge'],
		['countryTree', 'US-GA', 'us-ga'],
		['sizesStr', 'small, l', ['s', 'l']],
		['newNum', '5', 5],
		['newAt', '2026-11-24', '2026-11-23T23:00:00.000Z'],
		['newObj', { a: 1 }, { a: 1 }],
	])('custom.%s from %j is %j', (name, value, expected) =>
		expect(filled({ [`custom.${name}`]: value })).toEqual({ custom: { [name]: expected } }),
	);

	it.each(['', '  ', null, undefined, [], ['', null]])(
		'stays as it is at Kustomer when it is %j',
		(value) => {
			for (const { name } of OWN) expect(filled({ [name]: value })).toEqual({});
			for (const { name } of CUSTOM) expect(filled({ [`custom.${name}`]: value })).toEqual({});
			expect(filled({ unheardOf: value, 'custom.unheardOf': value })).toEqual({});
		},
	);

	it.each<[string, unknown, string]>([
		['name', ['Ada'], '"Name" must be text, but it is a list.'],
		['name', { a: 1 }, '"Name" must be text, but it is an object.'],
		[
			'priority',
			'1,5',
			'"Priority" must be a number, with a point and without thousands separators, but it is "1,5".',
		],
		['priority', 'Infinity', '"Priority" must be a number'],
		['priority', '0x10', '"Priority" must be a number'],
		['priority', true, '"Priority" must be a number'],
		['priority', '12345678901234567', '"Priority" must be a number of at most 15 digits'],
		['auto', 'perhaps', '"Automatic" must be true or false, but it is "perhaps".'],
		['auto', 2, '"Automatic" must be true or false, but it is 2.'],
		['auto', { toString: 1 }, '"Automatic" must be true or false, but it is an object.'],
		[
			'signedUpAt',
			'24.11.2026',
			'"Signed Up" must be a date such as 2026-11-24, or 2026-11-24T15:30 with or without a zone, but it is "24.11.2026".',
		],
		['birthdayAt', 19900131, '"Birthday" must be a date'],
		['birthdayAt', new Date(NaN), '"Birthday" must be text, but it is an object.'],
		['status', 'closed', '"Status" must be one of open, done, but it is "closed".'],
		['emails', '["a@b.example"', '"Emails" must be a list: values with commas between them'],
		['emails', [['a@b.example']], '"Emails" must be text, but it is a list.'],
		['socials', 'ada', `"Social Accounts" must be a JSON list of Kustomer's objects`],
		['tags', [{ id: 't1' }], '"Tags" must be text, but it is an object.'],
		['meta', 'from: a', '"Channel Data" must be a JSON object, but it is "from: a".'],
		['meta', [1], '"Channel Data" must be a JSON object, but it is a list.'],
		['custom.vipBool', 'x', '"VIP" must be true or false'],
		['custom.newNum', 'x', '"New" must be a number'],
		[
			'custom.countryTree',
			'Georgia',
			'"Country" is ambiguous: "Georgia" could be Europe > Georgia (ge), United States > Georgia (us-ga). Use the value in parentheses.',
		],
		[
			'custom.countryTree',
			'Mars',
			'"Country" must be one of eu, ge, us-ga, us-oh, but it is "Mars".',
		],
	])('%s is refused for %j: %s', (name, value, words) => {
		expect(() => filled({ [name]: value })).toThrow(InputMistake);
		expect(() => filled({ [name]: value })).toThrow(words);
	});

	it('is never quoted whole in a message when it is long', () => {
		expect(() => filled({ priority: 'x'.repeat(5000) })).toThrow(`"${'x'.repeat(40)}…"`);
	});

	it('names only some of many choices in a message', () => {
		const options = Array.from({ length: 20 }, (_, i) => `c${i}`);
		const own: Attribute[] = [{ name: 'status', label: 'Status', type: 'options', options }];
		expect(() => attributesOf(form({ own, value: { status: 'x' } }))).toThrow('c11 and 8 more');
	});
});

describe('a drop-down whose choices are not known', () => {
	it('takes any text', () => {
		const custom: CustomAttribute[] = [{ name: 'tierStr', label: 'Tier', type: 'options' }];
		expect(attributesOf(form({ custom, value: { 'custom.tierStr': 'gold' } }))).toEqual({
			custom: { tierStr: 'gold' },
		});
	});
});

describe('the form', () => {
	it('sends no field that was removed from it again, and none that cannot be written', () => {
		const schema = [
			{ id: 'name', removed: false },
			{ id: 'priority', removed: true },
			{ id: 'custom.vipBool', removed: true },
			null,
		];
		const value = { name: 'Ada', priority: 3, 'custom.vipBool': true, displayName: 'A' };
		expect(attributesOf(form({ schema, value }))).toEqual({ name: 'Ada' });
	});

	it('sends all it holds where the workflow has no schema', () => {
		const value = { name: 'Ada', 'custom.scoreNum': 1 };
		for (const schema of [undefined, null, 'x', []]) {
			expect(attributesOf(form({ schema, value }))).toEqual({
				name: 'Ada',
				custom: { scoreNum: 1 },
			});
		}
	});

	it('passes on a field that is not known any more', () => {
		expect(filled({ nickname: 'A' })).toEqual({ nickname: 'A' });
	});

	it.each([null, undefined, 'text', 5, ['x']])('is empty for %j', (value) =>
		expect(attributesOf(form({ value }))).toEqual({}),
	);
});

describe('"Map Automatically"', () => {
	it('takes the fields of the attributes’ names, flat or nested, and no others', () => {
		const item = {
			id: '5fe1',
			name: 'Ada',
			priority: '3',
			rev: 9,
			createdAt: '2026-11-24T12:00:00Z',
			custom: { vipBool: 'yes', scoreNum: 1, unheardOf: 1 },
			'custom.scoreNum': '2',
			'custom.goneStr': 'x',
		};
		expect(mapped(item)).toEqual({
			name: 'Ada',
			priority: 3,
			custom: { vipBool: true, scoreNum: 2 },
		});
	});

	it('takes custom attributes by their suffix where the key may not read which there are', () => {
		const item = { custom: { goneStr: 'x', odd: 1 }, 'custom.newNum': '2' };
		expect(mapped(item, { custom: undefined })).toEqual({ custom: { goneStr: 'x', newNum: 2 } });
	});

	it('takes nothing that cannot be written, or that only a person should', () => {
		expect(mapped({ displayName: 'A', locked: true, name: 'Ada' })).toEqual({ name: 'Ada' });
	});

	it('never deletes, ends, locks, moves or dates a record', () => {
		const never = [
			'deleted',
			'locked',
			'ended',
			'endedAt',
			'endedReason',
			'spam',
			'rev',
			'createdAt',
			'updatedAt',
			'modifiedAt',
			'importedAt',
			'lastActivityAt',
			'lastSeenAt',
		];
		const item = Object.fromEntries(never.map((name) => [name, '2026-11-24T12:00:00Z']));
		for (const own of Object.values(OWN_ATTRIBUTES)) {
			expect(mapped(item, { own })).toEqual({});
		}
		expect(mapped({ customer: 'c1' }, { own: OWN_ATTRIBUTES.conversation })).toEqual({});
	});

	it('leaves out what is blank', () => {
		expect(mapped({ name: '', priority: null, tags: [] })).toEqual({});
	});
});

describe('attributes as JSON', () => {
	it('are Kustomer’s own, from text or an object', () => {
		const attributes = { name: 'Ada', emails: [{ email: 'a@b.example' }], unheardOf: { a: [1] } };
		expect(jsonAttributesOf(attributes)).toEqual(attributes);
		expect(jsonAttributesOf(JSON.stringify(attributes))).toEqual(attributes);
	});

	it('take custom attributes flat or nested', () => {
		expect(jsonAttributesOf({ 'custom.aStr': 'x', custom: { bStr: 'y', aStr: 'z' } })).toEqual({
			custom: { aStr: 'x', bStr: 'y' },
		});
	});

	it('empty what is null, lists by an empty one', () => {
		expect(jsonAttributesOf({ name: null, tags: null, custom: { aStr: null } }, OWN)).toEqual({
			name: null,
			tags: [],
			custom: { aStr: null },
		});
	});

	it.each(['', ' ', null, undefined, {}, '{}'])('are none for %j', (given) =>
		expect(jsonAttributesOf(given)).toEqual({}),
	);

	it.each<[unknown, string]>([
		['[1]', '"Attributes (JSON)" must be one JSON object'],
		['"x"', '"Attributes (JSON)" must be one JSON object'],
		[5, '"Attributes (JSON)" must be one JSON object'],
		['{\n"a":}', '"Attributes (JSON)" is not valid JSON: line 2, column 5'],
		['{"__proto__": {"a": 1}}', '"__proto__" cannot be the name of an attribute'],
		['{"custom": {"__proto__": 1}}', '"__proto__" cannot be the name of an attribute'],
	])('are refused as %j', (given, words) => {
		expect(() => jsonAttributesOf(given)).toThrow(InputMistake);
		expect(() => jsonAttributesOf(given)).toThrow(words);
	});
});

describe('attributes to be emptied', () => {
	const known = { own: OWN, custom: CUSTOM };

	it('become null, lists an empty list', () => {
		const names = ['name', 'tags', 'emails', 'custom.vipBool', 'custom.ordersId'];
		expect(cleared(names, known)).toEqual({
			name: null,
			tags: [],
			emails: [],
			custom: { vipBool: null, ordersId: [] },
		});
	});

	it('may be named by label, with commas, and by suffix where Kustomer keeps no metadata', () => {
		expect(cleared('avatar url, Score', known)).toEqual({
			avatarUrl: null,
			custom: { scoreNum: null },
		});
		expect(cleared(['custom.newStr'], known)).toEqual({ custom: { newStr: null } });
		expect(cleared(['custom.newStr'], { own: OWN, custom: undefined })).toEqual({
			custom: { newStr: null },
		});
	});

	it.each([undefined, null, '', [], ['', ' ']])('are none for %j', (names) =>
		expect(cleared(names, known)).toEqual({}),
	);

	it.each(['nmae', 'custom.vip', 'displayName', '__proto__', 'constructor', 'vipBool'])(
		'are no attribute of the record as "%s"',
		(name) => {
			expect(() => cleared([name], known)).toThrow(InputMistake);
			expect(() => cleared([name], known)).toThrow(
				`"Attributes to Clear" names "${name}", which is not an attribute of this record.`,
			);
		},
	);

	it('are names', () =>
		expect(() => cleared([{ name: 'x' }], known)).toThrow('"Attributes to Clear" must be text'));
});

describe('what a create needs', () => {
	const own = attributesFor('create', OWN_ATTRIBUTES.message);

	it('is filled in where it has a default, and kept where it has a value', () => {
		const body = { channel: 'email', direction: 'in' };
		expect(completed(body, own)).toEqual({ ...body, app: 'n8n' });
		expect(completed({ ...body, app: '' }, own)).toEqual({ ...body, app: 'n8n' });
		expect(completed({ ...body, app: 'shop' }, own)).toEqual({ ...body, app: 'shop' });
	});

	it('is named where it is missing', () => {
		expect(() => completed({ channel: 'email' }, own)).toThrow(
			'Kustomer needs a value for Direction (direction). Enter it in "Attributes".',
		);
	});
});

describe('any JSON value', () => {
	const names = fc.constantFrom(
		...OWN.map(({ name }) => name),
		...CUSTOM.map(({ name }) => `custom.${name}`),
		'custom.newNum',
		'custom.newStr',
		'custom.',
		'custom',
		'unheardOf',
		'__proto__',
		'custom.__proto__',
		'constructor',
	);
	const pairs = fc.array(fc.tuple(names, fc.oneof(fc.jsonValue(), fc.json())));

	/** JSON cannot write it. */
	const withoutMinusZero = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(withoutMinusZero);
		if (!isRecord(value)) return Object.is(value, -0) ? 0 : value;
		return Object.fromEntries(
			Object.entries(value).map(([name, inner]) => [name, withoutMinusZero(inner)]),
		);
	};

	/** Gives what came out, or undefined for a refusal in words; anything else fails the test. */
	function outcome(run: () => Record<string, unknown>): Record<string, unknown> | undefined {
		try {
			return run();
		} catch (error) {
			expect(error).toBeInstanceOf(InputMistake);
			expect((error as Error).message.length).toBeLessThan(400);
			return undefined;
		} finally {
			expect(Object.keys(Object.prototype)).toEqual([]);
		}
	}

	const survives = (body: Record<string, unknown> | undefined) => {
		if (body === undefined) return;
		expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
		if (isRecord(body.custom)) {
			expect(Object.getPrototypeOf(body.custom)).toBe(Object.prototype);
		}
		expect(JSON.parse(JSON.stringify(body))).toEqual(withoutMinusZero(body));
	};

	it('in the form or the item is sent as JSON or refused in words', () => {
		fc.assert(
			fc.property(pairs, (entries) => {
				const given: unknown = Object.fromEntries(entries);
				survives(outcome(() => attributesOf(form({ value: given }))));
				survives(outcome(() => mapped(given)));
				survives(outcome(() => mapped(given, { custom: undefined })));
			}),
		);
	});

	it('as the whole form, schema or item is read or refused in words', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (value, schema) => {
				survives(outcome(() => attributesOf(form({ value, schema }))));
				survives(outcome(() => mapped(value)));
			}),
		);
	});

	it('in attributes as JSON reaches Kustomer untouched', () => {
		const keys = fc.string().filter((key) => !/^(custom(\.|$)|__proto__$)/.test(key));
		const objects = fc.dictionary(
			keys,
			fc.jsonValue().filter((value) => value !== undefined),
		);
		fc.assert(
			fc.property(objects, (given) => {
				const plain: unknown = JSON.parse(JSON.stringify(given));
				expect(jsonAttributesOf(JSON.stringify(given))).toEqual(plain);
				expect(jsonAttributesOf(plain)).toEqual(plain);
			}),
		);
	});

	it('as attributes as JSON is sent or refused in words', () => {
		fc.assert(
			fc.property(fc.oneof(fc.jsonValue(), fc.json(), fc.string()), (given) => {
				survives(outcome(() => jsonAttributesOf(given, OWN)));
			}),
		);
	});

	it('as attributes to be emptied only ever empties', () => {
		const given = fc.oneof(fc.jsonValue(), fc.array(fc.oneof(names, fc.string())));
		fc.assert(
			fc.property(given, (wanted) => {
				const body = outcome(() => cleared(wanted, { own: OWN, custom: CUSTOM }));
				const { custom = {}, ...own } = body ?? {};
				for (const value of [...Object.values(own), ...Object.values(custom as object)]) {
					expect([null, []]).toContainEqual(value);
				}
			}),
		);
	});

	it('that is a number or text arrives as itself', () => {
		const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
		fc.assert(
			fc.property(numbers, (number) => {
				expect(filled({ priority: number }).priority).toBe(number);
				const text = String(number);
				fc.pre(!/^-?\d{16,}$/.test(text));
				expect(filled({ priority: text }).priority).toBe(Number(text));
			}),
		);
		fc.assert(
			fc.property(
				fc.string().filter((text) => text.trim() !== ''),
				(text) => expect(filled({ name: text })).toEqual({ name: text }),
			),
		);
	});
});
