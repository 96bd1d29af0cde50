import fc from 'fast-check';
import { OPERATORS, SEARCH_FIELDS } from '../../../nodes/Kustomer/api/searchFields';
import {
	fieldLabel,
	fieldNamed,
	fieldOptions,
	operatorOptions,
	operatorsOf,
	schemaOf,
	searchSchema,
	sortOptions,
	type SearchSchema,
} from '../../../nodes/Kustomer/api/searchSchema';
import { scripted } from './scripted.cts';

const BUILT_IN = schemaOf({});

/** What Kustomer answers: as much of it as these tests look at. */
const reply = () => ({
	data: {
		type: 'search_schema',
		id: 's1',
		attributes: {
			fields: {
				properties: {
					conversation_status: {
						type: 'string',
						enum: ['open', 'snoozed', 'done', 'parked'],
						operator: 'list',
					},
					conversation_last_message_at: { format: 'date-time', operator: 'datetime' },
					conversation_custom_refundNum: { type: 'number' },
					conversation_note_count: { type: 'number', operator: 'number' },
					customer_name: { type: 'string', operator: 'string' },
					customer_odd: { operator: 'constructor' },
					note_body: {},
					kobject_created_at: { operator: 'datetime' },
					kobject_custom_order_totalNum: { operator: 'number' },
					'kobject_custom_order-item_skuStr': { operator: 'string' },
				} as Record<string, unknown>,
			},
			operators: {
				properties: {
					list: { type: 'string', enum: ['equals', 'in', 'not_in', 'is_odd'] },
					datetime: { type: 'string', enum: ['gte', 'lt', 'within'] },
					string: { type: 'string', enum: [] },
				} as Record<string, unknown>,
			},
			sort: { properties: { fields: { enum: ['customer_name', 'customer_lastmessage_preview'] } } },
		},
	},
});

const KUSTOMERS = schemaOf(reply());

const field = (schema: SearchSchema, name: string) => {
	const found = schema.fields.get(name);
	if (found === undefined) throw new Error(`no field ${name}`);
	return found;
};

describe('what an organization can search for', () => {
	it('is read from Kustomer', async () => {
		const kustomer = await scripted(() => ({ body: reply() }));
		const schema = await searchSchema(kustomer.caller);
		await kustomer.close();
		expect(kustomer.asked).toEqual(['GET /v1/customers/searches/schema']);
		expect(schema.isBuiltIn).toBe(false);
		expect(field(schema, 'conversation_status')).toEqual({
			name: 'conversation_status',
			fieldClass: 'list',
			choices: ['open', 'snoozed', 'done', 'parked'],
		});
	});

	it.each<[string, number, unknown]>([
		['the key may not read it', 403, {}],
		['the key is not accepted', 401, {}],
		['Kustomer has no such address', 404, {}],
		['the answer holds no field', 200, { data: { attributes: { fields: [] } } }],
		['the answer is bare text', 200, '"hello"'],
	])('is the built-in table where %s', async (_, status, body) => {
		const kustomer = await scripted(() => ({ status, body }));
		const schema = await searchSchema(kustomer.caller);
		await kustomer.close();
		expect(schema.isBuiltIn).toBe(true);
		expect(field(schema, 'conversation_priority').fieldClass).toBe('number');
	});

	it('has a class for every field, by its name where the schema does not say it', () => {
		expect(field(KUSTOMERS, 'conversation_custom_refundNum').fieldClass).toBe('number');
		expect(field(KUSTOMERS, 'note_body').fieldClass).toBe('text');
		expect(field(KUSTOMERS, 'customer_odd').fieldClass).toBe('string');
	});
});

describe('the built-in table', () => {
	it('names each field once, of a class that has operators', () => {
		const names = SEARCH_FIELDS.map(([name]) => name);
		expect(new Set(names).size).toBe(names.length);
		for (const [, fieldClass] of SEARCH_FIELDS) {
			expect(OPERATORS[fieldClass].length).toBeGreaterThan(0);
		}
	});

	it.each(['customer', 'conversation', 'message', 'note', 'company', 'kobject'])(
		'can search for the plain words and the last change of a %s',
		(kind) => {
			expect(field(BUILT_IN, `${kind}_any_text`).fieldClass).toBe('any');
			expect(field(BUILT_IN, `${kind}_updated_at`).fieldClass).toBe('datetime');
		},
	);
});

describe('the fields that the editor offers', () => {
	it('are those of the records that are searched for, then others with their kind', () => {
		expect(fieldOptions(KUSTOMERS, 'conversation').map(({ name }) => name)).toEqual([
			'Last Message At',
			'Note Count',
			'Refund (Custom)',
			'Status',
			'Custom Object: Created At',
			'Custom Object: Order Item Sku (Custom)',
			'Custom Object: Order Total (Custom)',
			'Customer: Name',
			'Customer: Odd',
			'Note: Body',
		]);
	});

	it('leave out the custom attributes of another type of custom objects', () => {
		const names = fieldOptions(KUSTOMERS, 'kobject_order').map(({ value }) => value);
		expect(names).toContain('kobject_custom_order_totalNum');
		expect(names).not.toContain('kobject_custom_order-item_skuStr');
		expect(names[0]).toBe('kobject_created_at');
	});

	it('have labels in words', () => {
		expect(fieldLabel('customer_externalId')).toBe('External ID');
		expect(fieldLabel('conversation_sla_breached')).toBe('SLA Breached');
		expect(fieldLabel('any_text')).toBe('Any Text');
		expect(fieldLabel('conversation_last_message_unresponded_to_sent_at')).toBe(
			'Waiting for an Answer Since',
		);
	});

	it('say what a value of theirs may be', () => {
		const said = new Map(
			fieldOptions(schemaOf({}), 'conversation').map(({ value, description }) => [
				value,
				description,
			]),
		);
		expect(said.get('conversation_status')).toBe('open, snoozed, done');
		expect(said.get('conversation_last_message_at')).toMatch(/now-30m/);
		expect(said.get('conversation_name')).toBeUndefined();
	});

	it('can be sorted by where they are dates or numbers, or where Kustomer says so', () => {
		expect(sortOptions(KUSTOMERS, 'conversation').map(({ name }) => name)).toEqual([
			'Last Message At',
			'Note Count',
			'Refund (Custom)',
		]);
		expect(sortOptions(KUSTOMERS, 'customer').map(({ name }) => name)).toEqual([
			'Last Message Preview',
			'Name',
		]);
	});
});

describe('the operators of a field', () => {
	it('are those of its class, in words', () => {
		expect(operatorOptions(KUSTOMERS, field(KUSTOMERS, 'conversation_status'))).toEqual([
			{ name: 'Is', value: 'equals' },
			{ name: 'Is One Of', value: 'in' },
			{ name: 'Is None Of', value: 'not_in' },
			{ name: 'Is Odd', value: 'is_odd' },
		]);
	});

	it('have the words of dates for dates', () => {
		const options = operatorOptions(KUSTOMERS, field(KUSTOMERS, 'conversation_last_message_at'));
		expect(options.map(({ name }) => name)).toEqual(['Is on or After', 'Is Before', 'Is Within']);
	});

	it('are the known ones where the schema has none for the class', () => {
		for (const name of ['customer_name', 'conversation_note_count']) {
			const one = field(KUSTOMERS, name);
			expect(operatorsOf(KUSTOMERS, one)).toEqual(OPERATORS[one.fieldClass]);
		}
	});
});

describe('a field that a person names', () => {
	it.each([
		['conversation', 'conversation_status', 'conversation_status'],
		['conversation', 'status', 'conversation_status'],
		['conversation', 'lastMessageAt', 'conversation_last_message_at'],
		['conversation', 'customer_name', 'customer_name'],
		['conversation', 'custom.refundNum', 'conversation_custom_refundNum'],
		['kobject_order', 'custom.totalNum', 'kobject_custom_order_totalNum'],
		['kobject_order', 'created_at', 'kobject_created_at'],
	])('in a search for %s as "%s" is %s', (context, typed, name) =>
		expect(fieldNamed(KUSTOMERS, context, typed)?.name).toBe(name),
	);

	it('may be a custom attribute that the schema leaves out, and has its class by its name', () => {
		expect(fieldNamed(KUSTOMERS, 'customer', 'custom.vipBool')).toEqual({
			name: 'customer_custom_vipBool',
			fieldClass: 'boolean',
		});
		expect(fieldNamed(KUSTOMERS, 'kobject_ecomm-order', 'custom.paidAt')).toEqual({
			name: 'kobject_custom_ecomm-order_paidAt',
			fieldClass: 'datetime',
		});
	});

	it('may be missing from the built-in table, but not from Kustomer’s own schema', () => {
		expect(fieldNamed(BUILT_IN, 'kobject_order', 'kobject_order_created_at')).toEqual({
			name: 'kobject_order_created_at',
			fieldClass: 'datetime',
		});
		expect(fieldNamed(KUSTOMERS, 'conversation', 'conversation_stauts')).toBeUndefined();
	});

	it.each(['stauts', '__proto__', 'constructor', 'x_y', ''])('is not found as "%s"', (typed) => {
		expect(fieldNamed(BUILT_IN, 'conversation', typed)).toBeUndefined();
		expect(fieldNamed(KUSTOMERS, 'conversation', typed)).toBeUndefined();
	});
});

describe('a schema of any form', () => {
	it('is read without an error, and every field has operators', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (fields, operators, sort) => {
				const schema = schemaOf({
					data: {
						attributes: {
							fields: { properties: { conversation_x: fields, ...Object(fields) } },
							operators: { properties: operators },
							sort,
						},
					},
				});
				fieldOptions(schema, 'conversation');
				sortOptions(schema, 'conversation');
				for (const one of schema.fields.values()) {
					expect(operatorOptions(schema, one).length).toBeGreaterThan(0);
				}
			}),
		);
	});
});
