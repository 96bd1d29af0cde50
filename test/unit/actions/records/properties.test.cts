import fc from 'fast-check';
import {
	attributesOf,
	jsonAttributesOf,
} from '../../../../nodes/Kustomer/actions/records/attributes';
import { OWN_ATTRIBUTES } from '../../../../nodes/Kustomer/actions/records/ownAttributes';
import { InputMistake } from '../../../../nodes/Kustomer/actions/itemErrors';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { runNode } from '../../../support/executeContext.cts';
import { itemsFrom } from './cases.cts';

let kustomer: LocalKustomer;

beforeAll(async () => (kustomer = await startedKustomer()));
afterAll(async () => await kustomer.close());
beforeEach(() => kustomer.clearLogs());

const RUNS = { numRuns: 60 };

/** What people paste: any text, and often the characters that mean something in an address. */
const value = fc
	.oneof(
		fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
		fc
			.array(fc.constantFrom(...'+@%/\\ ?#&=;:,"\'<>.é😀%20..'.split('')), {
				minLength: 1,
				maxLength: 12,
			})
			.map((parts) => parts.join('')),
	)
	.map((text) => text.trim())
	.filter((text) => text !== '' && !/\p{Surrogate}/u.test(text));

describe('a value to look up', () => {
	it.each(['email', 'phone', 'externalId'])('arrives as it was entered (%s)', async (mode) => {
		await fc.assert(
			fc.asyncProperty(value, async (text) => {
				kustomer.clearLogs();
				const run = apiRun(kustomer, {
					resource: 'customer',
					operation: 'get',
					// An expression would be evaluated.
					customer: chosen(mode, text.startsWith('=') ? ` ${text}` : text),
				});
				await runNode(run).catch(() => undefined);
				const [{ path }] = kustomer.requests();
				const start = `/v1/customers/${mode}=`;
				expect(path.startsWith(start)).toBe(true);
				expect(path.slice(start.length)).not.toMatch(/[/?#]/);
				expect(decodeURIComponent(path.slice(start.length))).toBe(text);
			}),
			RUNS,
		);
	});

	it('arrives as it was entered in the list of companies', async () => {
		await fc.assert(
			fc.asyncProperty(value, async (text) => {
				kustomer.clearLogs();
				const company = chosen('externalId', text.startsWith('=') ? ` ${text}` : text);
				const run = apiRun(kustomer, { resource: 'company', operation: 'get', company });
				await runNode(run).catch(() => undefined);
				expect(kustomer.requests()[0].query.externalId).toBe(text);
			}),
			RUNS,
		);
	});
});

describe('paging while records are added and changed', () => {
	it.each([
		['getMany', { sort: 'lastUpdated' }],
		['getMany', { sort: 'firstUpdated' }],
		['getMany', { sort: 'newest' }],
		['search', {}],
		['search', { sortBy: 'updated_at', sortDirection: 'asc' }],
		['search', { sortBy: 'created_at' }],
	])('%s by %j gives each that was there throughout, once', async (operation, parameters) => {
		const busy = await startedKustomer();
		const there = Array.from({ length: 620 }, (_, i) =>
			busy.put({
				type: 'customer',
				attributes: {
					name: `Customer ${i}`,
					createdAt: new Date(1_780_000_000_000 + i * 1000).toISOString(),
					updatedAt: new Date(1_780_000_000_000 + i * 1000).toISOString(),
				},
			}),
		);
		let seen = 0;
		let step = 0;
		const bustle = setInterval(() => {
			const { length } = busy.requests();
			if (length <= seen || step > 12) return;
			seen = length;
			step++;
			busy.update('customer', there[(step * 97) % there.length], { locale: `l${step}` });
			if (step % 3 === 0) busy.create('customer', { name: `Added ${step}` });
		}, 1);
		const found = await itemsFrom(
			apiRun(busy, {
				resource: 'customer',
				operation,
				returnAll: true,
				options: { names: false },
				...parameters,
			}),
		).finally(() => clearInterval(bustle));
		await busy.close();
		const ids = found.map(({ id }) => id as string);
		expect(new Set(ids).size).toBe(ids.length);
		expect(there.filter((id) => !ids.includes(id))).toEqual([]);
		expect(step).toBeGreaterThan(0);
	});
});

describe('attributes as JSON', () => {
	it('reach Kustomer as they were meant, or are refused in words', () => {
		fc.assert(
			fc.property(fc.json(), (text) => {
				const meant: unknown = JSON.parse(text);
				let body: unknown;
				try {
					body = jsonAttributesOf(text);
				} catch (error) {
					expect(error).toBeInstanceOf(InputMistake);
					const isObject = typeof meant === 'object' && meant !== null && !Array.isArray(meant);
					expect(isObject && !text.includes('__proto__')).toBe(false);
					return;
				}
				if (Object.keys(meant as object).some((name) => name.startsWith('custom'))) return;
				expect(JSON.parse(JSON.stringify(body))).toEqual(meant);
			}),
		);
	});

	it('arrive on the wire with the same value', async () => {
		await fc.assert(
			fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (given) => {
				kustomer.clearLogs();
				const run = apiRun(kustomer, {
					resource: 'customer',
					operation: 'create',
					specifyAttributes: 'json',
					attributesJson: JSON.stringify({ custom: { someTxt: given } }),
				});
				await runNode(run).catch(() => undefined);
				const body = kustomer.requestsTo('POST', '/v1/customers')[0].body;
				expect(JSON.stringify(body)).toBe(JSON.stringify({ custom: { someTxt: given } }));
			}),
			{ ...RUNS, examples: [[{ prototype: null, constructor: 1 }]] },
		);
	});
});

describe('a form with any values', () => {
	it('gives a body or a sentence that names the attribute', () => {
		const names = OWN_ATTRIBUTES.customer.map(({ name }) => name);
		fc.assert(
			fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, entered) => {
				const own = OWN_ATTRIBUTES.customer;
				const form = {
					own,
					custom: [],
					mode: 'defineBelow',
					schema: [],
					item: {},
					timeZone: 'UTC',
				};
				try {
					attributesOf({ ...form, value: { [name]: entered } });
				} catch (error) {
					expect(error).toBeInstanceOf(InputMistake);
					const label = own.find((one) => one.name === name)?.label;
					expect((error as Error).message).toContain(`"${label}"`);
				}
			}),
		);
	});
});
