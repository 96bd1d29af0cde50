import type { OwnCode } from './inProcess.cts';
import type { LayoutPlan } from './layouts.cts';
import { percentile, spread, type Spread } from './numbers.cts';
import type { Posts } from './posts.cts';
import type { Fault, Soak } from './recorded.cts';

/** One case in one round. */
export interface Round {
	readonly round: number;
	readonly name: string;
	readonly perSecond: number;
	readonly answerMs: readonly number[];
	readonly cpuPer1000: number;
	/** Above what it was before the round. */
	readonly peakMb: number;
	/** As `peakMb`, but when it is idle again. */
	readonly keptMb: number;
}

/** One case over all rounds. */
export interface Measured {
	readonly name: string;
	readonly perSecond: Spread;
	readonly cpuPer1000: Spread;
	/** Each round against the same round of another case; the key is its name. */
	readonly cpuRatio: Readonly<Record<string, Spread>>;
	readonly speedRatio: Readonly<Record<string, Spread>>;
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
	readonly peakMb: number;
	/** All rounds together. */
	readonly keptMb: number;
}

export interface LayoutResult {
	readonly name: string;
	readonly targets: LayoutPlan['targets'];
	readonly eventsPerRound: number;
	readonly cases: readonly Measured[];
}

export interface Results {
	date: string;
	machine: string;
	node: string;
	n8n: string;
	rounds: number;
	ownCode: OwnCode;
	layouts: LayoutResult[];
	posts: Posts[];
}

export const BARE = 'bare Webhook node';
const BY_HAND = 'built by hand, accepted';
const REFERENCES = [
	BARE,
	BY_HAND,
	'built by hand, filtered out',
	'built by hand, forged',
	'built by hand, duplicate',
	'GitHub Trigger',
];

/** What a ratio is to be at most (CPU) or at least (events per second). */
interface Target {
	readonly of: string;
	readonly to: string;
	readonly what: 'cpu' | 'speed';
	readonly bound: number;
}

const cpu = (of: string, to: string, bound: number): Target => ({ of, to, what: 'cpu', bound });
const speed = (of: string, to: string, bound: number): Target => ({ of, to, what: 'speed', bound });

const TARGETS: Record<LayoutPlan['targets'], readonly Target[]> = {
	default: [
		cpu('ours, accepted', BARE, 1.95),
		cpu('ours, accepted', 'GitHub Trigger', 1.05),
		cpu('ours, filtered out', BARE, 0.97),
		cpu('ours, filtered out', 'built by hand, filtered out', 0.8),
		cpu('ours, forged', BARE, 0.95),
		cpu('ours, duplicate', BARE, 0.97),
		cpu('ours, accepted, batched', BARE, 1),
	],
	fast: [
		cpu('ours, accepted', BARE, 1.1),
		cpu('ours, accepted', BY_HAND, 0.8),
		cpu('ours, filtered out', BARE, 0.3),
		cpu('ours, filtered out', 'built by hand, filtered out', 0.22),
		speed('ours, filtered out', BARE, 3.5),
		cpu('ours, forged', BARE, 0.3),
		speed('ours, forged', BARE, 4),
		cpu('ours, duplicate', 'built by hand, duplicate', 0.2),
		cpu('ours, accepted, batched', BARE, 0.35),
		speed('ours, accepted, batched', BARE, 2.8),
	],
	'queue default': [
		cpu('ours, accepted', BARE, 1.8),
		cpu('ours, filtered out', BARE, 0.75),
		cpu('ours, forged', BARE, 0.73),
	],
	'queue fast': [
		cpu('ours, accepted', BARE, 1.05),
		cpu('ours, filtered out', BARE, 0.22),
		cpu('ours, forged', BARE, 0.2),
	],
};
const TOLERANCE: Record<LayoutPlan['targets'], number> = {
	default: 0.1,
	fast: 0.2,
	'queue default': 0.1,
	'queue fast': 0.2,
};

/** Medians over the rounds, and ratios within each round, so that a slow minute of the machine counts for both. */
export function summarized(
	plan: LayoutPlan,
	eventsPerRound: number,
	rounds: readonly Round[],
): LayoutResult {
	const names = [...new Set(rounds.map(({ name }) => name))];
	const of = (name: string) => rounds.filter((one) => one.name === name);
	const ratios = (name: string, value: (one: Round) => number) =>
		Object.fromEntries(
			REFERENCES.filter((reference) => names.includes(reference)).map((reference) => [
				reference,
				spread(
					of(name).map((one) => {
						const other = of(reference).find(({ round }) => round === one.round);
						return other === undefined ? 0 : value(one) / value(other);
					}),
				),
			]),
		);
	return {
		name: plan.name,
		targets: plan.targets,
		eventsPerRound,
		cases: names.map((name) => {
			const answers = of(name).flatMap(({ answerMs }) => answerMs);
			return {
				name,
				perSecond: spread(of(name).map(({ perSecond }) => perSecond)),
				cpuPer1000: spread(of(name).map(({ cpuPer1000 }) => cpuPer1000)),
				cpuRatio: ratios(name, ({ cpuPer1000 }) => cpuPer1000),
				speedRatio: ratios(name, ({ perSecond }) => perSecond),
				p50: percentile(answers, 0.5),
				p95: percentile(answers, 0.95),
				p99: percentile(answers, 0.99),
				peakMb: Math.max(...of(name).map(({ peakMb }) => peakMb)),
				keptMb: of(name).reduce((sum, { keptMb }) => sum + keptMb, 0),
			};
		}),
	};
}

/** The page that stands in the repository. */
export function asMarkdown(
	results: Results,
	{ faults, soaks }: { faults: readonly Fault[]; soaks: readonly Soak[] },
): string {
	const { date, machine, node, n8n, rounds, ownCode, layouts, posts } = results;
	return `# Measured

\`npm run bench\` measures everything side by side in one run, in interleaved rounds, and writes this page and [latest.json](results/latest.json). Medians of ${rounds} rounds; in parentheses the least and the most.

${date}, n8n ${n8n}, ${machine}. n8n and what sends to it share the machine. The events are signed, 1 to 4 kB, each another; every case checks that it did what its name says.

"CPU" is the processor time of all n8n processes until they are idle again, in seconds per 1,000 events. "× bare" compares with n8n's own Webhook node in the same round, which verifies nothing and drops nothing. "Memory" is above what it was before: at its highest in one round, and what was left of all rounds of the case together when n8n was idle again. The flow built by hand fails in Remove Duplicates where many repeats arrive at once, and is counted all the same.

![Processor time per 1,000 events](results/chart.svg)

${layouts.map(layoutText).join('\n')}
## Own code, in process

Microseconds per event of 1 to 4 kB, without n8n (Node ${node}).

| case | µs |
|---|---|
${Object.entries(ownCode.microseconds)
	.map(([name, us]) => `| ${name} | ${withSpread(us, 1)} |`)
	.join('\n')}

| target | bound | measured | |
|---|---|---|---|
${ownCodeTargets(ownCode)}

Heap after ${ownCode.memory.events.toLocaleString('en')} different events: ${ownCode.memory.grewMb.toFixed(1)} MB more than after the first tenths.

## Posting, 50 in flight

| engine | node | items/s | CPU s per 1,000 |
|---|---|---|---|
${posts.map((one) => `| ${one.engine} | ${one.name} | ${withSpread(one.itemsPerSecond, 0)} | ${withSpread(one.cpuPer1000, 2)} |`).join('\n')}

| target | bound | measured | |
|---|---|---|---|
${postTargets(posts)}
${faultsText(faults)}${soaksText(soaks)}`;
}

function faultsText(faults: readonly Fault[]): string {
	if (faults.length === 0) return '';
	return `
## Faults

\`npm run test:faults\`, what its last long run counted. In queue mode there are one main process, two workers and two webhook processes, and Kustomer's pauses between its tries are shortened to seconds. "Missing" events were confirmed to Kustomer and did not reach the step behind the trigger; all of them belong to executions that n8n itself lists as crashed, failed or never begun.

| what | counted |
|---|---|
${faults.map(({ what, counts }) => `| ${what} | ${inWords(counts)} |`).join('\n')}
`;
}

/** `{ ranMoreThanOnce: 2, kills: { main: 1 } }` → "ran more than once: 2, kills (main: 1)" */
function inWords(counts: Readonly<Record<string, unknown>>): string {
	return Object.entries(counts)
		.filter(([, value]) => typeof value !== 'object' || Object.keys(value ?? {}).length > 0)
		.map(([key, value]) => {
			const name = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
			if (typeof value === 'number') return `${name}: ${value.toLocaleString('en')}`;
			return typeof value === 'object' && value !== null
				? `${name} (${inWords(value as Record<string, unknown>)})`
				: `${name}: ${String(value)}`;
		})
		.join(', ');
}

function soaksText(soaks: readonly Soak[]): string {
	if (soaks.length === 0) return '';
	const whats = Object.keys(soaks[0]?.middle ?? {});
	const rows = soaks.map((one) => {
		const values = whats.map((what) => `${one.middle[what]} → ${one.end[what]}`);
		const counts = inWords(one.counts);
		const cells = [one.engine, one.minutes, one.perSecond.toFixed(0), counts, ...values];
		return `| ${cells.join(' | ')} | ${one.isFine ? 'flat' : '**grows**'} |`;
	});
	return `
## Under load for a long time

\`npm run test:soak\`: half of the rate that n8n manages. Medians of the middle third → of the last third.

| engine | minutes | deliveries/s | counted | ${whats.join(' | ')} | |
|---|---|---|---|${whats.map(() => '---|').join('')}---|
${rows.join('\n')}
`;
}

function layoutText({ name, targets, eventsPerRound, cases }: LayoutResult): string {
	const rows = cases.map((one) => {
		const ratio = one.cpuRatio[BARE];
		const cells = [
			one.name,
			withSpread(one.perSecond, 0),
			`${one.p50.toFixed(0)} / ${one.p95.toFixed(0)} / ${one.p99.toFixed(0)}`,
			withSpread(one.cpuPer1000, 1),
			ratio === undefined ? '' : withSpread(ratio, 2),
			`${one.peakMb.toFixed(0)} / ${one.keptMb.toFixed(0)}`,
		];
		return `| ${cells.join(' | ')} |`;
	});
	const checks = TARGETS[targets].flatMap((target) => {
		const one = cases.find((measured) => measured.name === target.of);
		const ratio = (target.what === 'cpu' ? one?.cpuRatio : one?.speedRatio)?.[target.to];
		return ratio === undefined ? [] : [targetRow(target, ratio, TOLERANCE[targets])];
	});
	return `## ${name[0]?.toUpperCase()}${name.slice(1)}

${eventsPerRound} events per case and round.

| case | events/s | answer p50 / p95 / p99 ms | CPU s per 1,000 | × bare | memory +MB, peak / kept |
|---|---|---|---|---|---|
${rows.join('\n')}

| target | bound | measured | |
|---|---|---|---|
${checks.join('\n')}
`;
}

function targetRow(target: Target, measured: Spread, tolerance: number): string {
	const { of, to, what, bound } = target;
	const limit = what === 'cpu' ? bound * (1 + tolerance) : bound * (1 - tolerance);
	const isMet = what === 'cpu' ? measured.median <= limit : measured.median >= limit;
	const name = `${what === 'cpu' ? 'CPU' : 'events/s'} of ${of} against ${to}`;
	return row(name, `${what === 'cpu' ? '≤' : '≥'} ${bound}`, withSpread(measured, 2), isMet);
}

function ownCodeTargets({ ratios }: OwnCode): string {
	return ratios
		.map(({ of, to, bound, measured }) =>
			row(`${of} against ${to}`, `≤ ${bound}`, withSpread(measured, 2), measured.median <= bound),
		)
		.join('\n');
}

function postTargets(posts: readonly Posts[]): string {
	return [...new Set(posts.map(({ engine }) => engine))]
		.flatMap((engine) => {
			const of = (name: string) => posts.find((one) => one.engine === engine && one.name === name);
			return [
				['ours, web hook with key', 'HTTP Request, web hook with header auth', 2, 0.45] as const,
				['ours, form hook', 'HTTP Request, form hook', 1.8, undefined] as const,
			].flatMap(([ours, theirs, faster, cheaper]) => {
				const a = of(ours);
				if (a === undefined || of(theirs) === undefined) return [];
				const rows = [ratioRow(`${engine}: items/s of ${ours}`, a.speedRatio, { atLeast: faster })];
				if (cheaper !== undefined) {
					rows.push(ratioRow(`${engine}: CPU of ${ours}`, a.cpuRatio, { atMost: cheaper }));
				}
				return rows;
			});
		})
		.join('\n');
}

function ratioRow(
	name: string,
	measured: Spread | undefined,
	{ atLeast = 0, atMost = Infinity }: { atLeast?: number; atMost?: number },
): string {
	if (measured === undefined) return row(name, '', 'nothing', false);
	const bound = atLeast > 0 ? `≥ ${atLeast}` : `≤ ${atMost}`;
	const isMet = measured.median >= atLeast && measured.median <= atMost;
	return row(`${name} against HTTP Request`, bound, withSpread(measured, 2), isMet);
}

function row(name: string, bound: string, measured: string, isMet: boolean): string {
	return `| ${name} | ${bound} | ${measured} | ${isMet ? 'met' : '**not met**'} |`;
}

function withSpread({ median: middle, least, most }: Spread, digits: number): string {
	return `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

/** For the chart: the median of what a round cost against the bare Webhook node's. */
export function cpuRatioOf(layout: LayoutResult, name: string): number | undefined {
	return layout.cases.find((measured) => measured.name === name)?.cpuRatio[BARE]?.median;
}
