import { setTimeout as delay } from 'node:timers/promises';
import type { IConnections, INodeParameters } from 'n8n-workflow';
import type { CredentialReference, NodeDraft } from '../sandbox/n8n/api.cts';
import type { LocalKustomer } from '../sandbox/kustomer/server.cts';
import { RECORD_BOUNDS, WAYS, type Bound } from './bounds.cts';
import { node } from './flows.cts';
import { startLayout, type Layout, type LayoutPlan } from './layouts.cts';
import { ratiosOf, spread, type Spread } from './numbers.cts';
import { untilIdle, usageOf, watchPeak } from './usage.cts';

/** Records at volume: the Kustomer node against what a person builds from n8n's own nodes. */
export interface AtVolume {
	readonly date: string;
	readonly n8n: string;
	readonly machine: string;
	readonly rounds: number;
	/** How many records the cases are about, as a part of their full size. */
	readonly share: number;
	readonly ways: readonly Measured[];
	/** By the bound's place in `RECORD_BOUNDS`. */
	readonly bounds: ReadonlyArray<Spread | undefined>;
}

type Measured = { name: string; items: number; figures: Record<Figure, Spread> };

type Figure = 'items/s' | 'CPU' | 'peak memory' | 'requests' | 'use' | 'refused';
type Round = Partial<Record<Figure, number>>;

type Case = { items: number; ways: Record<string, Way> };
/** @returns the path of its workflow */
type Way = {
	path: string;
	rows?: () => object[];
	before?: () => void | Promise<void>;
	/** @throws Error if it did not do what its name says */
	check?: (said: unknown) => void;
};

const PLAN: LayoutPlan = {
	name: 'default engine',
	mode: 'regular',
	env: {
		EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none',
		N8N_PAYLOAD_SIZE_MAX: '64',
		N8N_RUNNERS_ENABLED: 'true',
	},
	events: 0,
};

const ADDED_MS = 20;
const BATCH = 10;
const SIZES = { reads: 10_000, creates: 1_000, bulk: 10_000, upserts: 10_000, updates: 5_000 };

/** The minute of the budget, compressed. */
const SHORT_MINUTE_MS = 10_000;
const REQUESTS_A_MINUTE = 1_000;

/** Measures the ways of each case side by side, in an n8n as installed that has done nothing else. */
export async function measureRecords(
	size: { share: number; rounds: number },
	machine: string,
	only?: readonly string[],
): Promise<AtVolume> {
	const rounds = new Map<string, Round[]>();
	const items = new Map<string, number>();
	let n8n = '';
	for (const [name, make] of Object.entries(CASES)) {
		if (only !== undefined && !only.includes(name)) continue;
		const layout = await startLayout(PLAN);
		try {
			n8n = layout.n8n.version;
			layout.kustomer.rateLimit.searchesPerMinute = 1_000_000;
			layout.kustomer.rateLimit.createsPerCustomerPerMinute = 1_000_000;
			layout.kustomer.faults = [{ path: /./, delayMs: ADDED_MS }];
			const one = await make(new Bench(layout), size.share);
			console.log(`  ${name}, ${one.items}`);
			for (const way of Object.keys(one.ways)) items.set(way, one.items);
			await measureCase(layout, one, { rounds, count: size.rounds });
		} finally {
			await layout.end();
		}
	}
	return {
		date: new Date().toISOString().slice(0, 10),
		n8n,
		machine,
		rounds: size.rounds,
		share: size.share,
		ways: [...rounds].map(([name, own]) => ({
			name,
			items: items.get(name) ?? 0,
			figures: figuresOf(own),
		})),
		bounds: RECORD_BOUNDS.map((bound) => measuredOf(bound, rounds)),
	};
}

function figuresOf(rounds: readonly Round[]): Measured['figures'] {
	const names = Object.keys(rounds[0] ?? {}) as Figure[];
	return Object.fromEntries(
		names.map((name) => [name, spread(rounds.map((round) => round[name] ?? Number.NaN))]),
	) as Measured['figures'];
}

function measuredOf(bound: Bound, rounds: ReadonlyMap<string, Round[]>): Spread | undefined {
	const valuesOf = (name: string) =>
		(rounds.get(name) ?? []).map((round) => round[bound.what as Figure] ?? Number.NaN);
	if (!rounds.has(bound.of)) return undefined;
	// A share is no ratio to another way.
	if (bound.what === 'use' || bound.what === 'refused') return spread(valuesOf(bound.of));
	if (!rounds.has(bound.to)) return undefined;
	const both = new Map([bound.of, bound.to].map((name) => [name, valuesOf(name)]));
	return ratiosOf(bound.of, both)[bound.to];
}

/** Every way once per round, each time beginning with another one. */
async function measureCase(
	layout: Layout,
	{ items, ways }: Case,
	{ rounds, count }: { rounds: Map<string, Round[]>; count: number },
): Promise<void> {
	const all = Object.entries(ways);
	// What happens once (caches, compiled code) is no round.
	for (let round = -1; round < count; round++) {
		const at = Math.max(round, 0) % all.length;
		for (const [name, way] of [...all.slice(at), ...all.slice(0, at)]) {
			const measured = await runOnce(layout, way, items);
			if (round < 0) continue;
			rounds.set(name, [...(rounds.get(name) ?? []), measured]);
			const { 'items/s': speed = 0, CPU: cpu = 0, requests = 0 } = measured;
			console.log(
				`    ${name}: ${speed.toFixed(0)} items/s, ${cpu.toFixed(1)} s CPU, ${requests} requests`,
			);
		}
	}
}

async function runOnce(layout: Layout, way: Way, items: number): Promise<Round> {
	const { kustomer, leaders, n8n } = layout;
	await way.before?.();
	const rows = way.rows?.() ?? [];
	kustomer.clearLogs();
	await untilIdle(leaders);
	const before = await usageOf(leaders);
	const watched = watchPeak(leaders);
	const began = performance.now();
	const response = await fetch(n8n.url + way.path, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ rows }),
	});
	const said: unknown = await response.json();
	const seconds = (performance.now() - began) / 1_000;
	const peakMb = await watched.end();
	await untilIdle(leaders);
	const { cpuSeconds } = await usageOf(leaders);
	way.check?.(said);
	return {
		'items/s': items / seconds,
		CPU: cpuSeconds - before.cpuSeconds,
		'peak memory': Math.max(peakMb - before.rssMb, 1),
		requests: kustomer.requests().length,
		...budgetUse(kustomer),
	};
}

/** How much of the budget whole minutes used, and how many requests were refused. */
function budgetUse(kustomer: LocalKustomer): Round {
	if (kustomer.rateLimit.requestsPerMinute !== REQUESTS_A_MINUTE) return {};
	const at = kustomer.requests().map(({ receivedAt }) => Date.parse(receivedAt));
	const counts: number[] = [];
	for (let index = 0, end = 0; index < at.length; index++) {
		if (at[index] >= end) {
			end = at[index] + SHORT_MINUTE_MS;
			counts.push(0);
		}
		counts[counts.length - 1]++;
	}
	const whole = counts.slice(0, -1);
	const refused = kustomer.requests().filter(({ status }) => status === 429).length;
	return {
		use: whole.reduce((sum, count) => sum + count, 0) / (whole.length * REQUESTS_A_MINUTE),
		refused: refused / at.length,
	};
}

type Flow = {
	/** The field of which there must be as many values as items. */
	counts: string;
	connections?: IConnections;
	/** Whether its items are the rows that it is given. */
	ofRows?: boolean;
};

/** Makes the workflows of the cases. */
class Bench {
	private made = 0;

	constructor(readonly layout: Layout) {}

	get kustomer(): LocalKustomer {
		return this.layout.kustomer;
	}

	/** Customers and conversations, as many as there must be. */
	fill(type: 'customer' | 'conversation', count: number): void {
		const customer = this.kustomer.records('customer')[0];
		for (let at = this.kustomer.records(type).length; at < count; at++) {
			const stamp = new Date(1_790_000_000_000 + at * 1_000).toISOString();
			const attributes = {
				name: `Record ${at}`,
				createdAt: stamp,
				updatedAt: stamp,
				preview: 'The customer asks where the parcel is. '.repeat(at % 10),
			};
			const owner = type === 'customer' ? undefined : { type: 'customer', id: customer.id };
			this.kustomer.put({ type, attributes, related: owner ? { customer: owner } : {} });
		}
	}

	/** A workflow of these steps between a webhook with rows and a count of what comes out. */
	async publish(
		steps: readonly NodeDraft[],
		{ counts, connections, ofRows = false }: Flow,
	): Promise<string> {
		const { api } = this.layout.n8n;
		const path = crypto.randomUUID();
		const webhook: NodeDraft = {
			...node('webhook', 2.1, {
				httpMethod: 'POST',
				path,
				responseMode: 'lastNode',
				options: {},
			}),
			webhookId: path,
		};
		const rows = {
			...node('splitOut', 1, { fieldToSplitOut: 'body.rows', options: {} }),
			name: 'Rows',
		};
		const count = {
			...node('summarize', 1.1, {
				fieldsToSummarize: { values: [{ aggregation: 'countUnique', field: counts }] },
				options: {},
			}),
			name: 'Count',
		};
		const nodes = [webhook, ...(ofRows ? [rows] : []), ...steps, count];
		const names = nodes.map(({ name }) => name);
		const inLine = Object.fromEntries(
			names.slice(1).map((next, at) => [names[at], { main: [[to(next)]] }]),
		);
		const { id } = await api.createWorkflow({
			name: `Bench ${++this.made}`,
			nodes,
			connections: { ...inLine, ...connections } as IConnections,
			settings: { executionOrder: 'v1' },
		});
		const { status, errors } = await api.publish(id);
		if (status !== 'published') throw new Error(errors.join(' '));
		return `/webhook/${path}`;
	}

	ours(parameters: INodeParameters): NodeDraft {
		return {
			name: 'Kustomer',
			type: 'n8n-nodes-kustomer.kustomer',
			typeVersion: 1,
			parameters,
			credentials: { kustomerApi: this.layout.world.apiCredential },
		};
	}

	async http(name: string, parameters: INodeParameters): Promise<NodeDraft> {
		const request = node('httpRequest', 4.2, {
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			...parameters,
		});
		return { ...request, name, credentials: { httpHeaderAuth: await this.header() } };
	}

	private credential: Promise<CredentialReference> | undefined;

	private async header(): Promise<CredentialReference> {
		this.credential ??= this.layout.n8n.api.createCredential({
			name: 'Header',
			type: 'httpHeaderAuth',
			data: { name: 'Authorization', value: `Bearer ${this.layout.world.apiKey}` },
		});
		return await this.credential;
	}
}

function to(next: string) {
	return { node: next, type: 'main' as const, index: 0 };
}

const JSON_OF_ROW =
	'={{ JSON.stringify({ name: $json.name, emails: [{ email: $json.emails }] }) }}';
const IN_BATCHES = { batching: { batch: { batchSize: BATCH, batchInterval: 0 } } };

const people = (count: number, prefix: string) =>
	Array.from({ length: count }, (_, at) => ({
		name: `Person ${at}`,
		emails: `${prefix}${at}@example.com`,
	}));

let run = 0;

/** Rows of people that nobody has yet. */
function freshRows(count: number): () => object[] {
	return () => people(count, `bench${run++}-`);
}

function counted(expected: number): (said: unknown) => void {
	return (said) => {
		const [count] = Object.values(said as object).filter((value) => typeof value === 'number');
		if (count !== expected) {
			throw new Error(`counted ${JSON.stringify(said).slice(0, 300)} instead of ${expected}`);
		}
	};
}

const PAGINATION = (pageSize: number) => ({
	sendQuery: true,
	queryParameters: { parameters: [{ name: 'pageSize', value: String(pageSize) }] },
	options: {
		pagination: {
			pagination: {
				paginationMode: 'updateAParameterInEachRequest',
				parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
				paginationCompleteWhen: 'other',
				completeExpression: '={{ !$response.body.links.next }}',
			},
		},
	},
});
const SPLIT: NodeDraft = node('splitOut', 1, { fieldToSplitOut: 'data', options: {} });

const CASES: Record<string, (bench: Bench, share: number) => Promise<Case>> = {
	async 'Get Many'(bench, share) {
		const items = SIZES.reads * share;
		bench.fill('customer', items);
		const there = bench.kustomer.records('customer').length;
		const url = `${bench.kustomer.url}/v1/customers`;
		const http = await bench.http('Read', { url, ...PAGINATION(100) });
		const check = counted(there);
		return {
			items: there,
			ways: {
				[WAYS.getMany]: {
					path: await bench.publish(
						[bench.ours({ resource: 'customer', operation: 'getMany', returnAll: true })],
						{ counts: 'id' },
					),
					check,
				},
				[WAYS.getManyHttp]: { path: await bench.publish([http, SPLIT], { counts: 'id' }), check },
			},
		};
	},
	async Search(bench, share) {
		const items = SIZES.reads * share;
		bench.fill('conversation', items);
		const there = bench.kustomer.records('conversation').length;
		const query = {
			queryContext: 'conversation',
			and: [],
			sort: [{ conversation_created_at: 'asc' }],
		};
		const http = await bench.http('Read', {
			method: 'POST',
			url: `${bench.kustomer.url}/v1/customers/search`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: JSON.stringify(query),
			...PAGINATION(500),
		});
		const ours = bench.ours({
			resource: 'conversation',
			operation: 'search',
			specifySearch: 'json',
			query: JSON.stringify(query),
			returnAll: true,
		});
		const check = counted(Math.min(there, 10_000));
		return {
			items: Math.min(there, 10_000),
			ways: {
				[WAYS.search]: { path: await bench.publish([ours], { counts: 'id' }), check },
				[WAYS.searchHttp]: { path: await bench.publish([http, SPLIT], { counts: 'id' }), check },
			},
		};
	},
	async Create(bench, share) {
		const items = SIZES.creates * share;
		const http = await bench.http('Create', {
			method: 'POST',
			url: `${bench.kustomer.url}/v1/customers`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: JSON_OF_ROW,
			options: IN_BATCHES,
		});
		const way = { rows: freshRows(items), check: counted(items) };
		return {
			items,
			ways: {
				[WAYS.create]: {
					...way,
					path: await bench.publish([bench.ours(creating({ batchSize: BATCH }))], {
						counts: 'id',
						ofRows: true,
					}),
				},
				[WAYS.createHttp]: {
					...way,
					path: await bench.publish([http], { counts: 'data.id', ofRows: true }),
				},
			},
		};
	},
	async 'Create in bulk'(bench, share) {
		const items = SIZES.bulk * share;
		const way = { rows: freshRows(items), check: counted(items) };
		const publish = async (options: INodeParameters) =>
			await bench.publish([bench.ours(creating(options))], { counts: 'id', ofRows: true });
		return {
			items,
			ways: {
				[WAYS.bulk]: { ...way, path: await publish({ bulk: true }) },
				[WAYS.oneByOne]: { ...way, path: await publish({ batchSize: BATCH }) },
			},
		};
	},
	async Upsert(bench, share) {
		const items = SIZES.upserts * share;
		let rows: object[] = [];
		const way = {
			before() {
				rows = freshRows(items)();
				for (const row of rows.filter((_, at) => at % 2 === 0)) {
					const { name, emails } = row as { name: string; emails: string };
					bench.kustomer.create('customer', { name: `Old ${name}`, emails: [{ email: emails }] });
				}
			},
			rows: () => rows,
		};
		const ours = bench.ours({
			...creating({ bulk: true }),
			operation: 'upsert',
			matchBy: 'email',
			matchValue: '={{ $json.emails }}',
		});
		return {
			items,
			ways: {
				[WAYS.upsert]: {
					...way,
					path: await bench.publish([ours], { counts: 'id', ofRows: true }),
					check: counted(items),
				},
				[WAYS.upsertByHand]: { ...way, path: await upsertByHand(bench), check: counted(items) },
			},
		};
	},
	async Budget(bench, share) {
		const items = SIZES.updates * Math.max(share, 0.5);
		const [{ id }] = bench.kustomer.records('conversation');
		const ours = bench.ours({
			resource: 'conversation',
			operation: 'update',
			conversation: { __rl: true, mode: 'id', value: id },
			specifyAttributes: 'json',
			attributesJson: '={{ JSON.stringify({ name: $json.emails }) }}',
			options: { batchSize: 50, names: false },
		});
		const { rateLimit } = bench.kustomer;
		return {
			items,
			ways: {
				[WAYS.budget]: {
					path: await bench.publish([ours], { counts: 'attributes.name', ofRows: true }),
					rows: freshRows(items),
					async before() {
						// A minute that began earlier would be counted as one of this run.
						await delay(rateLimit.windowMs);
						Object.assign(rateLimit, {
							requestsPerMinute: REQUESTS_A_MINUTE,
							windowMs: SHORT_MINUTE_MS,
						});
					},
					check: counted(items),
				},
			},
		};
	},
};

/** The columns are called like Kustomer's attributes, so there is nothing to write for each. */
function creating(options: INodeParameters): INodeParameters {
	return {
		resource: 'customer',
		operation: 'create',
		specifyAttributes: 'form',
		attributes: { mappingMode: 'autoMapInputData', value: null, schema: [] },
		options,
	};
}

/** Look up, then change or create: what a person builds. */
async function upsertByHand(bench: Bench): Promise<string> {
	const base = `${bench.kustomer.url}/v1/customers`;
	const row = "$('Rows').item.json";
	const body = `={{ JSON.stringify({ name: ${row}.name, emails: [{ email: ${row}.emails }] }) }}`;
	const writing = { sendBody: true, specifyBody: 'json', jsonBody: body, options: IN_BATCHES };
	const response = { response: { response: { fullResponse: true, neverError: true } } };
	const lookUp = await bench.http('Look Up', {
		url: `=${base}/email={{ encodeURIComponent($json.emails) }}`,
		options: { ...IN_BATCHES, ...response },
	});
	const isThere = {
		...node('if', 2.2, {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
				conditions: [
					{
						id: '1',
						leftValue: '={{ $json.statusCode }}',
						rightValue: 200,
						operator: { type: 'number', operation: 'equals' },
					},
				],
				combinator: 'and',
			},
			options: {},
		}),
		name: 'Is There',
	};
	const change = await bench.http('Change', {
		method: 'PATCH',
		url: `=${base}/{{ $json.body.data.id }}`,
		...writing,
	});
	const create = await bench.http('Create', { method: 'POST', url: base, ...writing });
	const merge = { ...node('merge', 3, { mode: 'append' }), name: 'Both' };
	return await bench.publish([lookUp, isThere, change, create, merge], {
		counts: 'data.id',
		ofRows: true,
		connections: {
			'Is There': { main: [[to('Change')], [to('Create')]] },
			Change: { main: [[to('Both')]] },
			Create: { main: [[{ ...to('Both'), index: 1 }]] },
		},
	});
}
