import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { BARE } from './bounds.cts';
import { makeCases, type Case } from './cases.cts';
import { measureOwnCode } from './inProcess.cts';
import { PLANS, startLayout, type Layout, type LayoutPlan } from './layouts.cts';
import { fire } from './load.cts';
import { lastWholeRecords, lastWholeRun, writeRecords, writeResults, type Run } from './page.cts';
import { measurePosts } from './posts.cts';
import { measureRecords } from './records.cts';
import { asMarkdown, NO_REASON, recordsAsMarkdown, summarized } from './report.cts';
import type { LayoutResult, Results, Round } from './report.cts';
import { untilIdle, usageOf, watchPeak } from './usage.cts';

/** How much is measured. */
interface Size {
	readonly eventsShare: number;
	readonly posts: number;
	readonly ownCode: { readonly rounds: number; readonly events: number };
	/** By default all of them. */
	readonly layouts?: readonly string[];
	readonly cases?: readonly string[];
}

const ROUNDS = 3;
const FULL: Size = {
	eventsShare: 1,
	posts: 1_000,
	ownCode: { rounds: 25, events: 1_000_000 },
};
const SHORT: Size = {
	eventsShare: 0.2,
	posts: 500,
	ownCode: { rounds: 7, events: 100_000 },
	// The engine whose executions are cheapest: most is measured in the least time.
	layouts: ['legacy engine'],
	cases: [
		BARE,
		'built by hand, accepted',
		'ours, accepted',
		'ours, accepted, with Fetch Missed Events',
		'ours, filtered out',
		'ours, forged',
		'ours, accepted, batched',
	],
};

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			short: { type: 'boolean', default: false },
			only: { type: 'string', multiple: true },
			page: { type: 'boolean', default: false },
			records: { type: 'boolean', default: false },
			case: { type: 'string', multiple: true },
		},
	});
	if (values.page) {
		if (values.records) writeRecords(lastWholeRecords(), 'whole');
		else write(lastWholeRun(), 'whole');
		return;
	}
	if (values.records) {
		await benchRecords(values.short, values.case);
		return;
	}
	const size = values.short ? SHORT : FULL;
	const names = values.only ?? size.layouts;
	const plans = PLANS.filter(({ name }) => names?.includes(name) ?? true);
	if (names !== undefined && plans.length < names.length) {
		throw new Error(`--only is one or more of: ${PLANS.map(({ name }) => name).join(', ')}`);
	}
	let results: Results = {
		date: new Date().toISOString().slice(0, 10),
		machine: machine(),
		node: process.version,
		n8n: '',
		rounds: ROUNDS,
		ownCode: await told('own code, in process', async () => measureOwnCode(size.ownCode)),
		layouts: [],
	};
	for (const plan of plans) {
		const { n8n, layout } = await told(plan.name, async () => await measureLayout(plan, size));
		results = { ...results, n8n, layouts: [...results.layouts, layout] };
		// Half an hour is long: what is measured is kept, whatever comes after it.
		write(results, names === undefined ? 'whole' : 'part');
	}
	if (names === undefined) await benchRecords(false);
	else if (values.short) await benchRecords(true);
}

/** @param only by their names in records.cts */
async function benchRecords(isShort: boolean, only?: readonly string[]): Promise<void> {
	const size = isShort ? { share: 0.1, rounds: 1 } : { share: 1, rounds: ROUNDS };
	const results = await told(
		'records at volume',
		async () => await measureRecords(size, machine(), only),
	);
	const isWhole = !isShort && only === undefined;
	const section = recordsAsMarkdown(results);
	console.log(section);
	console.log(`Written to ${writeRecords(results, isWhole ? 'whole' : 'part')}`);
	if (isWhole && section.includes(NO_REASON)) console.log(GIVE_REASON);
}

const GIVE_REASON = `A bound is not met, and the page says no reason: give its whenMissed in
bench/bounds.cts, then run npm run bench -- --page, for records at volume with --records.`;

function write(results: Results, run: Run): void {
	console.log(`Written to ${writeResults(results, run)}`);
	if (run === 'part' || !asMarkdown(results).includes(NO_REASON)) return;
	console.log(GIVE_REASON);
}

function machine(): string {
	const [cpu] = cpus();
	const model = cpu?.model.trim() ?? 'unknown';
	const memoryGb = Math.round(totalmem() / 2 ** 30);
	return `${cpus().length} cores (${model}), ${memoryGb} GB, ${process.platform}`;
}

async function measureLayout(
	plan: LayoutPlan,
	size: Size,
): Promise<{ n8n: string; layout: LayoutResult }> {
	const { name } = plan;
	const layout = await startLayout(plan);
	try {
		const eventsPerRound = Math.round(plan.events * size.eventsShare);
		const made = await makeCases(layout);
		const chosen = made.filter((one) => size.cases?.includes(one.name) ?? true);
		const cases = summarized(await measure(layout, chosen, eventsPerRound));
		const posts = plan.mode === 'regular' ? await measurePosts(layout, size.posts) : [];
		return { n8n: layout.n8n.version, layout: { name, eventsPerRound, cases, posts } };
	} finally {
		await layout.end();
	}
}

/** Every case once per round, each time beginning with another one. */
async function measure(
	layout: Layout,
	cases: readonly Case[],
	count: number,
): Promise<ReadonlyMap<string, Round[]>> {
	const rounds = new Map(cases.map(({ name }) => [name, [] as Round[]]));
	// What happens once (caches, compiled code, the secret) is no round.
	for (const one of cases) await runOnce(layout, one, Math.ceil(count / 5));
	for (let round = 0; round < ROUNDS; round++) {
		for (const one of [...cases.slice(round), ...cases.slice(0, round)]) {
			rounds.get(one.name)?.push(await runOnce(layout, one, count));
		}
		console.log(`  round ${round + 1} of ${ROUNDS}`);
	}
	return rounds;
}

async function runOnce(layout: Layout, one: Case, count: number): Promise<Round> {
	const { leaders, urls, n8n } = layout;
	const { workflowId, path } = one.flow;
	const shots = one.shots(count);
	const executionsBefore = await n8n.api.countExecutions(workflowId);
	const before = await usageOf(leaders);
	const watched = watchPeak(leaders);
	const addresses = urls.map((url) => url + path);
	const volley = await fire(addresses, shots, one.connections);
	await untilIdle(leaders);
	const after = await usageOf(leaders);
	const peakMb = await watched.end();
	const executions = (await n8n.api.countExecutions(workflowId)) - executionsBefore;
	const { least, most } = one.executions(count);
	const answered = volley.statuses[one.status] ?? 0;
	if (answered !== count || executions < least || executions > most) {
		const statuses = JSON.stringify(volley.statuses);
		throw new Error(
			`"${one.name}" is not what it says: ${executions} executions, answers ${statuses}`,
		);
	}
	return {
		perSecond: count / volley.seconds,
		answerMs: volley.answerMs,
		cpuPer1000: ((after.cpuSeconds - before.cpuSeconds) / count) * 1_000,
		peakMb: peakMb - before.rssMb,
		keptMb: after.rssMb - before.rssMb,
	};
}

async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
	console.log(`== ${what}`);
	const began = Date.now();
	const result = await work();
	console.log(`== ${what}: ${Math.round((Date.now() - began) / 1_000)} s`);
	return result;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
