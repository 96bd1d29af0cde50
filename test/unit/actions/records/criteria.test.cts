import fc from 'fast-check';
import { schemaOf } from '../../../../nodes/Kustomer/api/searchSchema';
import { InputMistake } from '../../../../nodes/Kustomer/actions/itemErrors';
import {
	searchBody,
	type CriterionRow,
	type SearchForm,
} from '../../../../nodes/Kustomer/actions/records/criteria';

const BUILT_IN = schemaOf({});

/** As Kustomer gives it to an organization. */
const KUSTOMERS = schemaOf({
	data: {
		attributes: {
			fields: {
				properties: {
					conversation_status: { enum: ['open', 'snoozed', 'done'], operator: 'list' },
					conversation_tags: { operator: 'list' },
					conversation_created_at: { operator: 'datetime' },
				},
			},
			operators: {
				properties: {
					list: { enum: ['equals', 'not_equals', 'in', 'not_in'] },
					datetime: { enum: ['gte', 'within'] },
				},
			},
			sort: { properties: { fields: { enum: ['customer_lastmessage_preview', 'any_time'] } } },
		},
	},
});

const form = (changed: Partial<SearchForm>): SearchForm => ({
	schema: BUILT_IN,
	context: 'conversation',
	rows: [],
	match: 'all',
	timeZone: 'Europe/Berlin',
	now: new Date('2026-11-24T12:00:00.000Z'),
	...changed,
});

/** The one criterion that a row becomes. */
async function criterionOf(row: CriterionRow, changed: Partial<SearchForm> = {}) {
	const { and } = await searchBody(form({ rows: [row], ...changed }));
	expect(and).toHaveLength(1);
	return (and as unknown[])[0];
}

const STATUS = { field: 'status', operator: 'equals', value: 'open' };
const PRIORITY = { field: 'conversation_priority', operator: 'gte', value: '4' };

describe('a search', () => {
	it('is for all of its criteria', async () => {
		expect(await searchBody(form({ rows: [STATUS, PRIORITY] }))).toEqual({
			queryContext: 'conversation',
			and: [{ conversation_status: { equals: 'open' } }, { conversation_priority: { gte: 4 } }],
			sort: [{ conversation_updated_at: 'desc' }],
			timeZone: 'Europe/Berlin',
		});
	});

	it('is for any of them, and for plain words in every case', async () => {
		const body = await searchBody(form({ rows: [STATUS, PRIORITY], match: 'any', text: ' pump ' }));
		expect(body).toMatchObject({
			and: [{ conversation_any_text: { contains: 'pump' } }],
			or: [{ conversation_status: { equals: 'open' } }, { conversation_priority: { gte: 4 } }],
		});
	});

	it('has no empty group', async () => {
		expect(await searchBody(form({ context: 'note', rows: [{}, { operator: 'in' }] }))).toEqual({
			queryContext: 'note',
			sort: [{ note_updated_at: 'desc' }],
			timeZone: 'Europe/Berlin',
		});
	});

	it('has a criterion for each bound of a date', async () => {
		const bound = (operator: string, value: string) => ({ field: 'created_at', operator, value });
		const rows = [bound('gte', '2026-11-01'), bound('lt', '2026-12-01')];
		expect((await searchBody(form({ rows }))).and).toEqual([
			{ conversation_created_at: { gte: '2026-11-01' } },
			{ conversation_created_at: { lt: '2026-12-01' } },
		]);
	});

	it('for custom objects asks for their text and their own attributes', async () => {
		const rows = [{ field: 'custom.totalNum', operator: 'gt', value: '10' }];
		const body = await searchBody(form({ context: 'kobject_order', rows, text: 'pump' }));
		expect(body).toMatchObject({
			queryContext: 'kobject_order',
			and: [
				{ kobject_any_text: { contains: 'pump' } },
				{ kobject_custom_order_totalNum: { gt: 10 } },
			],
			sort: [{ kobject_updated_at: 'desc' }],
		});
	});

	it('is sorted by what is wanted', async () => {
		const sorted = async (sortBy: string, changed: Partial<SearchForm> = {}) =>
			(await searchBody(form({ sortBy, sortDirection: 'asc', ...changed }))).sort;
		expect(await sorted('created_at')).toEqual([{ conversation_created_at: 'asc' }]);
		expect(await sorted('any_time', { schema: KUSTOMERS })).toEqual([{ any_time: 'asc' }]);
		await expect(sorted('nothing')).rejects.toThrow(
			'"Sort By" names "nothing", which Kustomer cannot sort by.',
		);
	});
});

describe('a criterion', () => {
	it.each<[string, string, unknown, unknown]>([
		['conversation_status', 'equals', 'Open', { equals: 'open' }],
		['conversation_status', 'equals', 'open, done', { in: ['open', 'done'] }],
		['conversation_status', 'in', 'open', { in: ['open'] }],
		['conversation_status', 'in', '["open", "done"]', { in: ['open', 'done'] }],
		['conversation_status', 'equals', ['open', 'done'], { in: ['open', 'done'] }],
		// Kustomer may have got new choices since the table was written.
		['conversation_reply_channel', 'equals', 'form', { equals: 'form' }],
		['conversation_priority', 'equals', '1, 2', { in: [1, 2] }],
		['conversation_priority', 'equals', 0, { equals: 0 }],
		['conversation_ended', 'equals', 'no', { equals: false }],
		['message_direction', 'equals', 'In', { equals: 'in' }],
		['customer_name', 'equals', 'Lovelace, Ada', { equals: 'Lovelace, Ada' }],
		['customer_name', 'in', 'Ada, Grace', { in: ['Ada', 'Grace'] }],
		['customer_name', 'equals', '["Lovelace, Ada", "Grace"]', { in: ['Lovelace, Ada', 'Grace'] }],
		['customer_name', 'contains', '[urgent] call', { contains: '[urgent] call' }],
		['customer_externalId', 'equals', 77, { equals: '77' }],
		['message_body', 'contains', ' refund ', { contains: 'refund' }],
		['conversation_created_at', 'gte', '2026-11-24', { gte: '2026-11-24' }],
		['conversation_created_at', 'gte', '2026-11-24T15:30', { gte: '2026-11-24T14:30:00.000Z' }],
		['conversation_created_at', 'lt', 'now-30m', { lt: '2026-11-24T11:30:00.000Z' }],
		['conversation_created_at', 'lt', 'now+15m', { lt: '2026-11-24T12:15:00.000Z' }],
		[
			'conversation_created_at',
			'gt',
			new Date('2026-11-24T12:00:00Z'),
			{ gt: '2026-11-24T12:00:00.000Z' },
		],
		['conversation_queue', 'set', '', { set: true }],
		['conversation_queue', 'not_set', undefined, { not_set: true }],
		['customer_custom_vipBool', 'equals', 'true', { equals: true }],
	])('"%s" %s %j is as Kustomer reads it', async (field, operator, value, expected) =>
		expect(await criterionOf({ field, operator, value })).toEqual({ [field]: expected }),
	);

	it('has the first operator of its field where none is chosen', async () => {
		expect(await criterionOf({ field: 'status', value: 'open' })).toEqual({
			conversation_status: { equals: 'open' },
		});
	});

	it('takes the operators that the organization’s schema names', async () => {
		const changed = { schema: KUSTOMERS };
		const several = { field: 'status', operator: 'not_equals', value: 'open, done' };
		expect(await criterionOf(several, changed)).toEqual({
			conversation_status: { not_in: ['open', 'done'] },
		});
		const within = (value: unknown) => ({ field: 'created_at', operator: 'within', value });
		expect(await criterionOf(within('{"days": 7}'), changed)).toEqual({
			conversation_created_at: { within: { days: 7 } },
		});
		expect(await criterionOf(within('last week'), changed)).toEqual({
			conversation_created_at: { within: 'last week' },
		});
		expect(await criterionOf(within([7]), changed)).toEqual({
			conversation_created_at: { within: [7] },
		});
	});

	it.each<[CriterionRow, string]>([
		[{ operator: 'equals', value: 'x' }, 'Criterion 1 has no field.'],
		[
			{ field: 'stauts', operator: 'equals', value: 'x' },
			'Criterion 1 names the field "stauts", which Kustomer cannot search for.',
		],
		[
			{ ...STATUS, operator: 'contains' },
			'"Operator of Status" must be one of equals, not_equals, in, set, not_set, but it is "contains".',
		],
		[{ ...STATUS, value: '' }, 'The criterion "Status" has no value.'],
		[{ ...STATUS, value: null }, 'The criterion "Status" has no value.'],
		[{ ...STATUS, value: ' , ' }, 'The criterion "Status" has no value.'],
		[{ ...STATUS, value: { a: 1 } }, '"Status" must be text, but it is an object.'],
		[
			{ ...STATUS, operator: 'not_equals', value: 'open, done' },
			'"Status" must be one value (add a criterion for each), but it is "open, done".',
		],
		[{ ...PRIORITY, value: 'high' }, '"Priority" must be a number'],
		[{ ...PRIORITY, value: [1, 2] }, '"Priority" must be one value'],
		[
			{ field: 'created_at', operator: 'gte', value: 'yesterday' },
			'"Created At" must be a date such as 2026-11-24, or 2026-11-24T15:30 with or without a zone, or now-30m, now-7d (s, m, h, d, w), but it is "yesterday".',
		],
		[{ field: 'ended', operator: 'equals', value: 'x' }, '"Ended" must be true or false'],
	])('%j is refused in words', async (row, words) => {
		await expect(searchBody(form({ rows: [row] }))).rejects.toThrow(InputMistake);
		await expect(searchBody(form({ rows: [row] }))).rejects.toThrow(words);
	});

	it('of a choice that Kustomer’s schema does not have is refused in words', async () => {
		const row = { ...STATUS, value: 'closed' };
		await expect(criterionOf(row, { schema: KUSTOMERS })).rejects.toThrow(
			'"Status" must be one of open, snoozed, done, but it is "closed".',
		);
	});
});

describe('names in a criterion', () => {
	it.each([
		['conversation_tags', 'tags'],
		['conversation_assigned_users', 'users'],
		['message_created_by', 'users'],
		['conversation_assigned_teams', 'teams'],
		['conversation_queue', 'queues'],
	])('of %s are looked up among the %s', async (field, kind) => {
		const idsOf: SearchForm['idsOf'] = async (asked, names) =>
			await Promise.resolve(names.map((name) => `${asked}:${name}`));
		const row = { field, operator: 'in', value: 'Ada, Grace' };
		expect(await criterionOf(row, { idsOf })).toEqual({
			[field]: { in: [`${kind}:Ada`, `${kind}:Grace`] },
		});
	});

	it('of other fields are what they are', async () => {
		const idsOf = async () => await Promise.resolve(['wrong']);
		expect(await criterionOf(STATUS, { idsOf })).toEqual({
			conversation_status: { equals: 'open' },
		});
		expect(await criterionOf(PRIORITY, { idsOf })).toEqual({ conversation_priority: { gte: 4 } });
	});
});

describe('any criterion', () => {
	const text = fc.oneof(
		fc.constantFrom('status', 'conversation_priority', 'created_at', 'customer_name', 'tags'),
		fc.constantFrom('equals', 'in', 'gte', 'contains', 'set', 'within'),
		fc.constantFrom('__proto__', 'constructor', 'toString', 'custom.__proto__'),
		fc.jsonValue(),
	);
	const value = fc.oneof(
		fc.jsonValue(),
		fc.json(),
		fc.constantFrom('now-7d', '2026-11-24', 'open'),
	);
	const rows = fc.array(fc.record({ field: text, operator: text, value }));

	it('is written as JSON that Kustomer can read, or refused in words', async () => {
		const property = fc.asyncProperty(
			rows,
			fc.constantFrom(BUILT_IN, KUSTOMERS),
			fc.jsonValue(),
			async (given, schema, other) => {
				const search = form({ rows: given, schema, text: other, sortBy: other });
				const body = await searchBody(search).catch((error: unknown) => {
					expect(error).toBeInstanceOf(InputMistake);
					return {};
				});
				const text = JSON.stringify(body);
				expect(JSON.stringify(JSON.parse(text))).toBe(text);
				expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
				expect(Object.keys(Object.prototype)).toEqual([]);
			},
		);
		await fc.assert(property);
	});

	it('of one row is about one field and one operator', async () => {
		const fields = fc.constantFrom(
			'status',
			'conversation_priority',
			'created_at',
			'customer_name',
		);
		const property = fc.asyncProperty(fields, text, value, async (field, operator, given) => {
			const search = form({ rows: [{ field, operator, value: given }] });
			const { and } = await searchBody(search).catch(() => ({ and: [{ x: { y: 1 } }] }));
			const [criterion] = and as Array<Record<string, Record<string, unknown>>>;
			expect(and).toHaveLength(1);
			expect(Object.values(criterion).flatMap((one) => Object.keys(one))).toHaveLength(1);
		});
		await fc.assert(property);
	});
});
