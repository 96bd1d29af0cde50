import type { LayoutName } from './layouts.cts';
import type { Spread } from './numbers.cts';

/** What a case may cost against another, or how many times faster it has to be. */
export interface Bound {
	readonly of: string;
	readonly to: string;
	readonly what:
		| 'CPU'
		| 'time'
		| 'events/s'
		| 'items/s'
		| 'peak memory'
		| 'requests'
		| 'use'
		| 'refused';
	/** At most (CPU, time) or at least (events, items). The median is held to exactly this. */
	readonly limit: number;
	/** Why the limit is where it is. Always printed. */
	readonly remark?: string;
	/** What keeps the median from it where it was measured. Printed only when it is not met. */
	readonly whenMissed?: string;
}

/** A case that bounds can be about; the ratios are by the case that it is compared with. */
export interface Compared {
	readonly name: string;
	/** Processor time; in process, time. */
	readonly costRatio: Readonly<Record<string, Spread>>;
	readonly speedRatio?: Readonly<Record<string, Spread>>;
}

export const BARE = 'bare Webhook node';
const BY_HAND = 'built by hand, accepted';
const GITHUB = 'GitHub Trigger';
export const POST_WEB = 'ours, web hook with key';
export const POST_FORM = 'ours, form hook';
export const HTTP_WEB = 'HTTP Request, web hook with header auth';
export const HTTP_FORM = 'HTTP Request, form hook';

type Ratio = (of: string, to: string, limit: number) => Bound;
const cpu: Ratio = (of, to, limit) => ({ of, to, limit, what: 'CPU' });
const time: Ratio = (of, to, limit) => ({ of, to, limit, what: 'time' });
const events: Ratio = (of, to, limit) => ({ of, to, limit, what: 'events/s' });
const items: Ratio = (of, to, limit) => ({ of, to, limit, what: 'items/s' });

const POSTING: readonly Bound[] = [
	items(POST_WEB, HTTP_WEB, 2),
	cpu(POST_WEB, HTTP_WEB, 0.45),
	items(POST_FORM, HTTP_FORM, 1.8),
];

/** Where an execution costs little, so that what the trigger itself does shows. */
const FAST: readonly Bound[] = [
	cpu('ours, accepted', BARE, 1.1),
	cpu('ours, filtered out', BARE, 0.3),
	cpu('ours, filtered out', 'built by hand, filtered out', 0.22),
	events('ours, filtered out', BARE, 3.5),
	cpu('ours, forged', BARE, 0.3),
	events('ours, forged', BARE, 4),
	cpu('ours, duplicate', 'built by hand, duplicate', 0.2),
	{
		...cpu('ours, accepted, with Fetch Missed Events', 'ours, accepted', 1.25),
		remark: "Each execution asks n8n's store of processed items whether its event ran before.",
	},
	cpu('ours, accepted, batched', BARE, 0.35),
	events('ours, accepted, batched', BARE, 2.8),
];

const TWO_ISOLATES =
	'n8n starts an expression isolate (about 40 ms) for each execution, and another for each delivery to any trigger but its own Webhook node. GitHub Trigger pays for both too.';
const ISOLATE_IN_QUEUE_MODE =
	'n8n starts an expression isolate for each delivery before the node runs. At about 40 s per 1,000, that alone is three quarters of what the bare node costs.';
const IDLE_PROCESSES =
	'Five idle n8n processes use about 0.14 s of processor time a second, and a round counts until they are idle again: about a quarter of the figure here, and a sixth of the bare node’s. Without that, the ratio is about 0.20.';

/** The bounds of each layout, in the order in which the page shows them. */
export const BOUNDS: Readonly<Record<LayoutName, readonly Bound[]>> = {
	'default engine': [
		{ ...cpu('ours, accepted', BARE, 2.1), remark: `Moved from 1.95: ${TWO_ISOLATES}` },
		cpu('ours, accepted', GITHUB, 1.05),
		cpu('ours, filtered out', BARE, 0.97),
		cpu('ours, filtered out', 'built by hand, filtered out', 0.8),
		cpu('ours, forged', BARE, 0.95),
		cpu('ours, duplicate', BARE, 0.97),
		{
			...cpu('ours, accepted, batched', BARE, 1.1),
			remark:
				'Moved from 1: an isolate for each delivery costs as much as one for each execution, and verifying and the executions of the batches come on top.',
		},
		...POSTING,
	],
	'lazy acquire': [cpu('ours, accepted', BY_HAND, 0.8), ...FAST, ...POSTING],
	'legacy engine': [
		{
			...cpu('ours, accepted', BY_HAND, 1),
			remark:
				'Moved from 0.8: this engine evaluates the expressions of the flow built by hand at next to no cost, so there is little to save.',
		},
		...FAST,
		items(POST_WEB, HTTP_WEB, 2),
		cpu(POST_WEB, HTTP_WEB, 0.45),
		{
			...items(POST_FORM, HTTP_FORM, 1.8),
			whenMissed:
				'The local Kustomer shares the two cores, and takes about 5,000 posts a second if it has both to itself. Both nodes come so close to its limit that the difference between them hardly shows.',
		},
	],
	'queue mode': [
		{ ...cpu('ours, accepted', BARE, 1.95), remark: `Moved from 1.8: ${TWO_ISOLATES}` },
		cpu('ours, accepted', GITHUB, 1.1),
		{
			...cpu('ours, filtered out', BARE, 0.85),
			remark: `Moved from 0.75: ${ISOLATE_IN_QUEUE_MODE}`,
		},
		{ ...cpu('ours, forged', BARE, 0.85), remark: `Moved from 0.73: ${ISOLATE_IN_QUEUE_MODE}` },
	],
	'queue mode, legacy engine': [
		cpu('ours, accepted', BARE, 1.05),
		{ ...cpu('ours, filtered out', BARE, 0.22), whenMissed: IDLE_PROCESSES },
		{ ...cpu('ours, forged', BARE, 0.2), whenMissed: IDLE_PROCESSES },
	],
};

export const OWN_CODE_BOUNDS: readonly Bound[] = [
	time('ours, accepted', 'bare HMAC and JSON.parse', 1.3),
	time('ours, forged', 'bare HMAC', 1.15),
];

/** What records at volume are compared by. */
export const WAYS = {
	getMany: 'Get Many, 10,000 customers',
	getManyHttp: 'HTTP Request with pagination',
	search: 'Search, 10,000 conversations',
	searchHttp: 'HTTP Request with pagination of a search',
	create: 'create 1,000, batch size 10',
	createHttp: 'HTTP Request, batch 10',
	bulk: 'create 10,000 customers with bulk',
	oneByOne: 'one by one, batch size 10',
	upsert: 'upsert 10,000 with bulk, half of them there',
	upsertByHand: 'look up, If, create, change, built by hand',
	budget: '5,000 updates',
} as const;

const compared =
	(what: Bound['what']) =>
	(of: string, to: string, limit: number): Bound => ({ of, to, limit, what });
const peak = compared('peak memory');
const requests = compared('requests');
const BUDGET = '1,000 requests a minute (short clock)';

const ALL_AT_ONCE =
	'HTTP Request with an interval of 0 sends all items at once, whatever its batch size says. Ours keeps to ten at a time.';

const WORK_OF_A_PAGE =
	'A page of 500 conversations costs the local Kustomer 30 ms of work, and it works on one at a time. Three pages under way save the 20 ms that are added to each answer, but not these 30.';

export const RECORD_BOUNDS: readonly Bound[] = [
	{
		...items(WAYS.getMany, WAYS.getManyHttp, 2.5),
		whenMissed:
			'Three pages under way can be at most three times as fast, and starting the run, counting and collecting the garbage of 10,000 records cost both the same.',
	},
	{
		...cpu(WAYS.getMany, WAYS.getManyHttp, 0.5),
		whenMissed:
			'Half of it is reading the JSON of 10,000 records and collecting the garbage, which both do. Our own code takes 5 µs for a record.',
	},
	{
		...peak(WAYS.getMany, WAYS.getManyHttp, 0.8),
		whenMissed:
			'The first round, which is not counted, has already taken the memory. Both need about 10 MB more, and that varies by more than the bound.',
	},
	{ ...items(WAYS.search, WAYS.searchHttp, 2.5), whenMissed: WORK_OF_A_PAGE },
	{
		...items(WAYS.create, WAYS.createHttp, 1.5),
		remark: ALL_AT_ONCE,
		whenMissed:
			'With ten under way, about 350 a second are possible: each takes 20 ms and what n8n and the local Kustomer need.',
	},
	cpu(WAYS.create, WAYS.createHttp, 0.4),
	requests(WAYS.bulk, WAYS.oneByOne, 0.06),
	items(WAYS.bulk, WAYS.oneByOne, 8),
	{
		...items(WAYS.upsert, WAYS.upsertByHand, 5),
		whenMissed:
			'The local Kustomer looks through all of its customers for each search, and each round leaves 20,000 more. n8n evaluates Match Value for each item, which is most of the processor time.',
	},
	cpu(WAYS.upsert, WAYS.upsertByHand, 0.25),
	{ of: WAYS.budget, to: BUDGET, what: 'use', limit: 0.85 },
	{ of: WAYS.budget, to: BUDGET, what: 'refused', limit: 0.01 },
];

/** What was measured of a bound. @returns undefined if it was not */
export function measuredOf(bound: Bound, cases: readonly Compared[]): Spread | undefined {
	const one = cases.find(({ name }) => name === bound.of);
	return (isCost(bound) ? one?.costRatio : one?.speedRatio)?.[bound.to];
}

/** Whether the median keeps to the limit that is printed, and to no other. */
export function isMet(bound: Bound, { median }: Spread): boolean {
	return isCost(bound) ? median <= bound.limit : median >= bound.limit;
}

export function isCost({ what }: Bound): boolean {
	return !['events/s', 'items/s', 'use'].includes(what);
}
