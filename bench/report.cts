import {
	BARE,
	BOUNDS,
	isCost,
	isMet,
	measuredOf,
	OWN_CODE_BOUNDS,
	RECORD_BOUNDS,
} from './bounds.cts';
import type { Bound, Compared } from './bounds.cts';
import type { OwnCode } from './inProcess.cts';
import type { LayoutName } from './layouts.cts';
import { percentile, ratiosOf, spread, type Spread } from './numbers.cts';
import type { Posts } from './posts.cts';
import type { AtVolume } from './records.cts';

/** The section of the page about records at volume. */
export const RECORDS = '## Records at volume';

/** One case in one round. */
export interface Round {
	readonly perSecond: number;
	readonly answerMs: readonly number[];
	readonly cpuPer1000: number;
	/** Above what it was before the round. */
	readonly peakMb: number;
	/** As `peakMb`, but when it is idle again. */
	readonly keptMb: number;
}

/** One case over all rounds. */
export interface Measured extends Compared {
	readonly perSecond: Spread;
	readonly cpuPer1000: Spread;
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
	readonly peakMb: number;
	/** All rounds together. */
	readonly keptMb: number;
}

export interface LayoutResult {
	readonly name: LayoutName;
	readonly eventsPerRound: number;
	readonly cases: readonly Measured[];
	/** None in queue mode. */
	readonly posts: readonly Posts[];
}

export interface Results {
	readonly date: string;
	readonly machine: string;
	readonly node: string;
	readonly n8n: string;
	readonly rounds: number;
	readonly ownCode: OwnCode;
	readonly layouts: readonly LayoutResult[];
}

/** @param rounds of one layout, by case */
export function summarized(rounds: ReadonlyMap<string, readonly Round[]>): Measured[] {
	const each = (value: (round: Round) => number) =>
		new Map([...rounds].map(([name, own]) => [name, own.map(value)]));
	const cpu = each(({ cpuPer1000 }) => cpuPer1000);
	const speed = each(({ perSecond }) => perSecond);
	return [...rounds].map(([name, own]) => {
		const answers = own.flatMap(({ answerMs }) => answerMs);
		return {
			name,
			perSecond: spread(own.map(({ perSecond }) => perSecond)),
			cpuPer1000: spread(own.map(({ cpuPer1000 }) => cpuPer1000)),
			costRatio: ratiosOf(name, cpu),
			speedRatio: ratiosOf(name, speed),
			p50: percentile(answers, 0.5),
			p95: percentile(answers, 0.95),
			p99: percentile(answers, 0.99),
			peakMb: Math.max(...own.map(({ peakMb }) => peakMb)),
			keptMb: own.reduce((sum, { keptMb }) => sum + keptMb, 0),
		};
	});
}

/** What the bench measured, as the first part of bench/RESULTS.md. */
export function asMarkdown(results: Results): string {
	const { date, machine, node, n8n, rounds, ownCode, layouts } = results;
	// Without the sign of a negative zero.
	const mb = Math.round(ownCode.memory.grewMb * 10) / 10 || 0;
	return `# Measured

\`npm run bench\` measures everything side by side in one run, in interleaved rounds, and writes this page down to "Faults". The figures are medians of ${rounds} rounds, with the least and the most in parentheses. A bound is met if the median is within it. [docs/speed.md](../docs/speed.md) says what follows for your n8n.

${date}, n8n ${n8n}, ${machine}. n8n and what sends to it share the machine. The events are signed, 1 to 4 kB, and all different; every case checks that it did what its name says.

"CPU" is the processor time of all n8n processes until they are idle again, in seconds per 1,000 events. "× bare" compares with n8n's own Webhook node in the same round, which verifies nothing and drops nothing. "Memory" is above what it was before: the peak of one round, and what all rounds of the case together left when n8n was idle again. The flow built by hand fails in Remove Duplicates if many duplicates arrive at once, and is counted all the same.

![Processor time per event beside n8n's own nodes](chart.svg)

## Events per second

The default engine is n8n as installed; lazy acquire is \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`, and the legacy engine is \`N8N_EXPRESSION_ENGINE=legacy\`. In queue mode, a main process, two workers and two webhook processes share the same cores; the figure counts events that are confirmed and queued, and the workflows run after that.

${overview(layouts)}

${layouts.map(layoutText).join('\n')}
## Own code, in process

Microseconds per event of 1 to 4 kB, without n8n (Node ${node}).

${table(
	['case', 'µs'],
	ownCode.cases.map(({ name, microseconds }) => [name, withSpread(microseconds, 1)]),
)}

${boundTable(OWN_CODE_BOUNDS, ownCode.cases)}

Heap after ${ownCode.memory.events.toLocaleString('en')} different events: ${mb.toFixed(1)} MB more than once the memory of seen events was full.
`;
}

/** What was measured of records at volume, as a section of bench/RESULTS.md. */
export function recordsAsMarkdown(results: AtVolume): string {
	const { date, n8n, machine, rounds, share, ways, bounds } = results;
	const rows = ways.map(({ name, items, figures }) => [
		name,
		items.toLocaleString('en'),
		withSpread(figures['items/s'], 0),
		withSpread(figures.CPU, 1),
		withSpread(figures['peak memory'], 0),
		withSpread(figures.requests, 0),
	]);
	const part = share === 1 ? '' : ` The cases had ${share * 100} % of their records only.`;
	return `${RECORDS}

\`npm run bench -- --records\`: the Kustomer node beside what a person builds from n8n's own nodes, in an n8n as installed (${n8n}) that is started anew for each case, in interleaved rounds. ${date}, ${machine}. The local Kustomer is on the same machine and adds 20 ms to each answer. Medians of ${rounds}, with the least and the most in parentheses.${part} "CPU" is the processor time of n8n for the whole run, in seconds. "Peak memory" is above what it was before, in MB. Each run counts what came out, each record once. What is written comes from columns with Kustomer's names, which ours maps by itself; HTTP Request needs an expression for it.

${table(['case', 'items', 'items/s', 'CPU s', 'peak memory +MB', 'requests'], rows)}

${boundTableBy(RECORD_BOUNDS, (_, place) => bounds[place])}
`;
}

const OVERVIEW = [
	['ours: each starts a workflow', 'ours, accepted'],
	['ours: batched', 'ours, accepted, batched'],
	['ours: filtered out', 'ours, filtered out'],
	['ours: forged', 'ours, forged'],
	['built by hand from Webhook, Crypto and If', 'built by hand, accepted'],
	['Webhook alone', BARE],
] as const;

function overview(layouts: readonly LayoutResult[]): string {
	const rows = layouts.map(({ name, cases }) => [
		name,
		...OVERVIEW.map(([, of]) => {
			const one = cases.find((measured) => measured.name === of);
			return one?.perSecond.median.toFixed(0) ?? '';
		}),
	]);
	return table(['n8n', ...OVERVIEW.map(([heading]) => heading)], rows);
}

function layoutText({ name, eventsPerRound, cases, posts }: LayoutResult): string {
	const caseRows = cases.map((one) => [
		one.name,
		withSpread(one.perSecond, 0),
		[one.p50, one.p95, one.p99].map((ms) => ms.toFixed(0)).join(' / '),
		withSpread(one.cpuPer1000, 1),
		withSpread(one.costRatio[BARE], 2),
		`${one.peakMb.toFixed(0)} / ${one.keptMb.toFixed(0)}`,
	]);
	const postRows = posts.map((one) => [
		one.name,
		withSpread(one.itemsPerSecond, 0),
		withSpread(one.cpuPer1000, 2),
	]);
	const posting = `
Posting, 50 in flight:

${table(['node', 'items/s', 'CPU s per 1,000'], postRows)}
`;
	return `## ${name[0]?.toUpperCase()}${name.slice(1)}

${eventsPerRound.toLocaleString('en')} events per case and round.

${table(
	[
		'case',
		'events/s',
		'answer p50 / p95 / p99 ms',
		'CPU s per 1,000',
		'× bare',
		'memory +MB, peak / kept',
	],
	caseRows,
)}
${posts.length === 0 ? '' : posting}
${boundTable(BOUNDS[name], [...cases, ...posts])}
`;
}

/** What stands beside a missed bound that nobody has explained in bounds.cts yet. */
export const NO_REASON = 'No reason known.';

/** A row for each bound: the limit, what was measured, the verdict on exactly these two, and what there is to say. */
export function boundTable(bounds: readonly Bound[], cases: readonly Compared[]): string {
	return boundTableBy(bounds, (bound) => measuredOf(bound, cases));
}

function boundTableBy(
	bounds: readonly Bound[],
	measuredBy: (bound: Bound, place: number) => Spread | undefined,
): string {
	const rows = bounds.map((bound, place) => {
		const measured = measuredBy(bound, place);
		return [
			`${bound.what} of ${bound.of} against ${bound.to}`,
			`${isCost(bound) ? '≤' : '≥'} ${bound.limit}`,
			withSpread(measured, bound.limit < 0.1 ? 3 : 2),
			...verdict(bound, measured),
		];
	});
	return table(['what', 'bound', 'measured', '', 'remark'], rows);
}

function verdict(bound: Bound, measured: Spread | undefined): [verdict: string, remark: string] {
	const { remark = '', whenMissed = NO_REASON } = bound;
	if (measured === undefined) return ['not measured', remark];
	if (isMet(bound, measured)) return ['met', remark];
	return ['**not met**', `${remark} ${whenMissed}`.trim()];
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
	const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
	return lines.join('\n');
}

function withSpread(measured: Spread | undefined, digits: number): string {
	if (measured === undefined) return '';
	const [median, least, most] = [measured.median, measured.least, measured.most].map((value) =>
		value.toFixed(digits),
	);
	return `${median} (${least}–${most})`;
}
