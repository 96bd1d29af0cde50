import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCases, type Case } from './cases.cts';
import { measureOwnCode } from './inProcess.cts';
import { PLANS, startLayout, type Layout, type LayoutPlan } from './layouts.cts';
import { fire } from './load.cts';
import { writePage } from './page.cts';
import { measurePosts } from './posts.cts';
import { RESULTS, write } from './recorded.cts';
import { summarized, type Results, type Round } from './report.cts';
import { untilIdle, usageOf, watchPeak } from './usage.cts';

/** For what is not the whole. */
const ASIDE = resolve(__dirname, '..', '.cache', 'bench');
const FULL_ROUNDS = 3;
const SHORT_ROUNDS = 3;
const SHORT_SHARE = 0.2;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			short: { type: 'boolean', default: false },
			only: { type: 'string', multiple: true },
			out: { type: 'string' },
			page: { type: 'boolean', default: false },
		},
	});
	if (values.page) {
		writePage();
		return;
	}
	const isWhole = !values.short && values.only === undefined;
	const folder = values.out ?? (isWhole ? RESULTS : ASIDE);
	const plans = PLANS.filter(({ name }) => values.only?.includes(name) ?? true);
	if (plans.length < (values.only ?? [1]).length) {
		throw new Error(`--only is one or more of: ${PLANS.map(({ name }) => name).join(', ')}`);
	}
	const rounds = values.short ? SHORT_ROUNDS : FULL_ROUNDS;
	const [cpu] = cpus();
	const results: Results = {
		date: new Date().toISOString().slice(0, 10),
		machine: `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`,
		node: process.version,
		n8n: '',
		rounds,
		ownCode: await told('Own code, in process', async () => await measureOwnCode(values.short)),
		layouts: [],
		posts: [],
	};
	const chosen = values.short && values.only === undefined ? [plans.find(isForShort)] : plans;
	for (const plan of chosen) {
		if (plan === undefined) continue;
		await told(plan.name, async () => {
			const layout = await startLayout(plan);
			try {
				results.n8n = layout.n8n.version;
				const count = Math.round(plan.events * (values.short ? SHORT_SHARE : 1));
				const measured = await measure(layout, { rounds, count, isShort: values.short });
				results.layouts.push(summarized(plan, count, measured));
				if (plan.mode === 'regular') {
					results.posts.push(...(await measurePosts(layout, plan.name, values.short)));
				}
			} finally {
				await layout.end();
			}
		});
		// Half an hour is long: what is there stays, whatever comes after it.
		write('latest.json', results, folder);
		writePage(folder);
	}
	console.log(`\nWritten to ${folder}`);
}

/** The engine whose executions are cheapest, so that most is measured in the least time. */
function isForShort({ name }: LayoutPlan): boolean {
	return name === 'legacy engine';
}

/** Every case once per round, each time beginning with another one. */
async function measure(
	layout: Layout,
	{ rounds, count, isShort }: { rounds: number; count: number; isShort: boolean },
): Promise<Round[]> {
	const { cases, end } = await makeCases(layout, isShort);
	const measured: Round[] = [];
	try {
		// What happens once (caches, compiled code, the secret) is no round.
		for (const one of cases) await runOnce(layout, one, Math.ceil(count / 5));
		for (let round = 0; round < rounds; round++) {
			const order = [...cases.slice(round % cases.length), ...cases.slice(0, round % cases.length)];
			for (const one of order) measured.push({ round, ...(await runOnce(layout, one, count)) });
			console.log(`  round ${round + 1} of ${rounds}`);
		}
	} finally {
		await end();
	}
	return measured;
}

async function runOnce(layout: Layout, one: Case, count: number): Promise<Omit<Round, 'round'>> {
	const { leaders, urls, n8n } = layout;
	const shots = one.shots(count);
	const executionsBefore = await n8n.api.countExecutions(one.workflowId);
	const before = await usageOf(leaders);
	const watched = watchPeak(leaders);
	const volley = await fire(
		urls.map((url) => url + one.path),
		shots,
		one.connections,
	);
	await untilIdle(leaders);
	const after = await usageOf(leaders);
	const peakMb = await watched.end();
	const executions = (await n8n.api.countExecutions(one.workflowId)) - executionsBefore;
	const { least, most } = one.executions(count);
	const answered = volley.statuses[one.status] ?? 0;
	if (answered !== count || executions < least || executions > most) {
		throw new Error(
			`"${one.name}" is not what it says: ${executions} executions, answers ${JSON.stringify(volley.statuses)}`,
		);
	}
	return {
		name: one.name,
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
