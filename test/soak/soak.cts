import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { INodeParameters } from 'n8n-workflow';
import { median } from '../../bench/numbers.cts';
import { SOAK, writeRow } from '../../bench/page.cts';
import { makeEvent, startKustomer, type LocalKustomer } from '../../sandbox/kustomer/server.cts';
import type { CredentialReference, NodeDraft } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { startN8n, type N8n } from '../../sandbox/n8n/n8n.cts';
import { joined, N8N_NAME } from '../support/world.cts';

const USAGE = `Sends valid, unwanted, forged and duplicate deliveries to a real n8n at half of the rate that it manages, and
checks that its memory, handles and open files do not grow.

  npm run test:soak -- --minutes 30 --engine legacy
  npm run test:soak -- --minutes 30 --records

--engine is n8n's expression engine: legacy (the default; many more events in the same time) or default.
--records also reads and writes records beside the deliveries, in bulk and page by page.
A run of ten minutes or more is written to bench/RESULTS.md.`;

const MEASURING_MS = 20_000;
const AT_ONCE = 10;
const LOOKS_A_MINUTE = 12;
const RECORDED_MINUTES = 10;
/** By how much the last third may lie above the middle one; the larger counts, for a few handles more are no trend. */
const MORE_PERCENT = 15;
const MORE = 5;
const EVENT = 'kustomer.conversation.update';
const NOBODY = 'bbbbbbbbbbbbbbbbbbbbbbbb';

/** What n8n says of itself, by the name of its metric, and in which unit. */
const METRICS = {
	rssMb: ['process_resident_memory_bytes', 1e6],
	heapMb: ['nodejs_heap_size_used_bytes', 1e6],
	handles: ['nodejs_active_handles_total', 1],
	files: ['process_open_fds', 1],
} as const;
type What = keyof typeof METRICS;
type Look = Readonly<Record<What, number>>;
const WHATS = Object.keys(METRICS) as What[];

/** How many deliveries of each kind; `wrong` are those whose answer had the wrong status. */
type Counts = Record<
	'accepted' | 'filtered' | 'forged' | 'duplicate' | 'wrong' | 'written' | 'read' | 'runs',
	number
>;

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			minutes: { type: 'string', default: '30' },
			engine: { type: 'string', default: 'legacy' },
			records: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return true;
	}
	const minutes = Number(values.minutes);
	if (!(minutes >= 3)) throw new Error('--minutes must be 3 or more: fewer show no trend.');
	const { engine } = values;
	if (!['legacy', 'default'].includes(engine)) throw new Error('--engine is legacy or default.');
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-soak-'));
	const kustomer = await startKustomer({
		clock: { disableAfterFailures: 1_000_000 },
		rateLimit: { requestsPerMinute: 1_000_000, searchesPerMinute: 1_000_000 },
		page: false,
	});
	const n8n = await startN8n({
		userFolder: folder,
		webhookUrl: `${N8N_NAME}/`,
		env: {
			...(engine === 'legacy' && { N8N_EXPRESSION_ENGINE: 'legacy' }),
			N8N_LOG_LEVEL: 'warn',
			N8N_METRICS: 'true',
			// How many workflows succeeded.
			N8N_METRICS_INCLUDE_MESSAGE_EVENT_BUS_METRICS: 'true',
			// The disk is another matter.
			EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none',
		},
	});
	try {
		return await soak({ kustomer, n8n, minutes, engine, withRecords: values.records });
	} finally {
		await n8n.kill();
		await kustomer.close();
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	}
}

type Soak = {
	kustomer: LocalKustomer;
	n8n: N8n;
	minutes: number;
	engine: string;
	withRecords: boolean;
};

async function soak({ kustomer, n8n, minutes, engine, withRecords }: Soak): Promise<boolean> {
	kustomer.deliverTo(N8N_NAME, n8n.url);
	const { publishTrigger, apiCredential } = await joined(kustomer, n8n);
	await publishTrigger({ parameters: { filters: { ignoreUserIds: NOBODY } } });
	const counts: Counts = {
		...{ accepted: 0, filtered: 0, forged: 0, duplicate: 0, wrong: 0 },
		...{ written: 0, read: 0, runs: 0 },
	};
	const sendSome = async () => {
		await Promise.all(Array.from({ length: AT_ONCE }, async () => await sendOne(kustomer, counts)));
		kustomer.clearLogs();
	};
	const perSecond = (await rateOf(sendSome)) / 2;
	console.log(`From now on ${perSecond.toFixed(0)} deliveries a second, half of what n8n manages.`);
	const records = withRecords ? await readingAndWriting(n8n, apiCredential, counts) : undefined;
	const seen: Look[] = [];
	for (let minute = 1; minute <= minutes; minute++) {
		const now = await oneMinute(n8n.url, sendSome, perSecond);
		seen.push(now);
		console.log(`minute ${minute}: ${JSON.stringify({ ...now, ...counts })}`);
	}
	await records?.end();
	const executions = await succeeded(n8n.url, counts.accepted + counts.runs);
	const name = withRecords ? `${engine}, with records` : engine;
	return report({ engine: name, minutes, perSecond }, seen, { ...counts, executions });
}

/** Prints the verdict and, after a long run, writes it to the page. @returns whether all is well */
function report(
	run: { engine: string; minutes: number; perSecond: number },
	seen: readonly Look[],
	counts: Counts & { executions: number },
): boolean {
	const counted = Object.entries(counts)
		.map(([what, count]) => `${what}: ${count.toLocaleString('en')}`)
		.join(', ');
	const compared = WHATS.map((what) => thirds(seen, what));
	const figures = compared.map(({ middle, end, limit }) => `${middle} → ${end} (≤ ${limit})`);
	const faults = [
		...(counts.wrong > 0 ? ['wrong answers'] : []),
		...(counts.executions === counts.accepted + counts.runs
			? []
			: ['not one execution per accepted event']),
		...compared.filter(({ end, limit }) => end > limit).map(({ what }) => `${what} grows`),
	];
	const verdict = faults.length === 0 ? 'flat' : `**${faults.join(', ')}**`;
	console.log(`\n${counted}`);
	for (const [at, what] of WHATS.entries()) console.log(`${what}: ${figures[at]}`);
	console.log(verdict);
	if (run.minutes >= RECORDED_MINUTES) {
		const { engine, minutes, perSecond } = run;
		const today = new Date().toISOString().slice(0, 10);
		const cells = [engine, today, `${minutes}`, perSecond.toFixed(0), counted];
		writeRow(SOAK, [...cells, ...figures, verdict]);
	}
	return faults.length === 0;
}

/** Of ten deliveries six are wanted, two filtered out, one is sent twice and one is forged. */
async function sendOne(kustomer: LocalKustomer, counts: Counts): Promise<void> {
	const kind = KINDS[sent++ % KINDS.length] ?? 'accepted';
	const envelope = makeEvent(EVENT, kind === 'filtered' ? { modifiedBy: NOBODY } : {});
	const [delivery] = await kustomer.send(envelope, { forged: kind === 'forged' });
	if (delivery?.status !== (kind === 'forged' ? 401 : 200)) counts.wrong++;
	counts[kind === 'duplicate' ? 'accepted' : kind]++;
	if (kind !== 'duplicate') return;
	const [again] = await kustomer.send(envelope);
	if (again?.status !== 200) counts.wrong++;
	counts.duplicate++;
}

const ROWS_AT_ONCE = 50;
const DIFFERENT_ROWS = 500;
const READ_AT_ONCE = 300;
const BETWEEN_RUNS_MS = 1_000;

/** A workflow that writes customers in bulk and then lists some, once a second until `end` is called. */
async function readingAndWriting(n8n: N8n, kustomerApi: CredentialReference, counts: Counts) {
	const path = crypto.randomUUID();
	const kustomer = (name: string, parameters: INodeParameters): NodeDraft => ({
		name,
		type: 'n8n-nodes-kustomer.kustomer',
		typeVersion: 1,
		parameters: { resource: 'customer', ...parameters },
		credentials: { kustomerApi },
		executeOnce: name === 'Read',
	});
	const nodes: NodeDraft[] = [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: {
				httpMethod: 'POST',
				path,
				responseMode: 'lastNode',
				responseData: 'allEntries',
				options: {},
			},
		},
		{
			name: 'Rows',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'body.rows', options: {} },
		},
		kustomer('Write', {
			operation: 'upsert',
			matchBy: 'email',
			matchValue: '={{ $json.email }}',
			specifyAttributes: 'json',
			attributesJson: '={{ JSON.stringify({ name: $json.name }) }}',
			options: { bulk: true },
		}),
		kustomer('Read', { operation: 'getMany', returnAll: false, limit: READ_AT_ONCE }),
	];
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, at) => [
				nodes[at]?.name ?? '',
				{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
			]),
	);
	const settings = { executionOrder: 'v1' } as const;
	const { id } = await n8n.api.createWorkflow({ name: 'Records', nodes, connections, settings });
	const { status, errors } = await n8n.api.publish(id);
	if (status !== 'published') throw new Error(errors.join(' '));
	let going = true;
	const runOnce = async (run: number) => {
		const rows = Array.from({ length: ROWS_AT_ONCE }, (_, at) => {
			const number = (run * ROWS_AT_ONCE + at) % DIFFERENT_ROWS;
			return { name: `Run ${run}`, email: `soak${number}@example.com` };
		});
		const response = await fetch(`${n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ rows }),
		});
		const items = (await response.json()) as unknown[];
		counts.runs++;
		counts.written += rows.length;
		counts.read += items.length;
		if (response.status !== 200 || items.length === 0) counts.wrong++;
	};
	const working = (async () => {
		for (let run = 0; going; run++) {
			await runOnce(run);
			await delay(BETWEEN_RUNS_MS);
		}
	})();
	return {
		end: async () => {
			going = false;
			await working;
		},
	};
}

const KINDS = [
	...Array<'accepted'>(6).fill('accepted'),
	'duplicate',
	'filtered',
	'filtered',
	'forged',
] as const;
let sent = 0;

async function rateOf(sendSome: () => Promise<void>): Promise<number> {
	const began = Date.now();
	let done = 0;
	while (Date.now() - began < MEASURING_MS) {
		await sendSome();
		done += AT_ONCE;
	}
	return done / ((Date.now() - began) / 1_000);
}

/** Keeps to the rate. @returns the lowest looks: memory goes up and down with garbage collection, what stays is at the bottom */
async function oneMinute(
	url: string,
	sendSome: () => Promise<void>,
	perSecond: number,
): Promise<Look> {
	const looks: Look[] = [];
	for (let look = 1; look <= LOOKS_A_MINUTE; look++) {
		const endsAt = Date.now() + 60_000 / LOOKS_A_MINUTE;
		while (Date.now() < endsAt) {
			const began = Date.now();
			await sendSome();
			await delay(Math.max(0, (AT_ONCE / perSecond) * 1_000 - (Date.now() - began)));
		}
		looks.push(await lookAt(url));
	}
	return looks.reduce((lowest, look) => each((what) => Math.min(lowest[what], look[what])));
}

async function lookAt(url: string): Promise<Look> {
	const metrics = await metricsOf(url);
	return each((what) => {
		const [name, unit] = METRICS[what];
		return Math.round(sumOf(metrics, name) / unit);
	});
}

/** Waits for the executions of the last events. @returns how many there were in all */
async function succeeded(url: string, accepted: number): Promise<number> {
	const look = async () => sumOf(await metricsOf(url), 'workflow_success_total');
	return await until(async () => ((await look()) >= accepted ? await look() : undefined), {
		what: 'the executions of the last events',
		withinMs: 30_000,
	}).catch(look);
}

async function metricsOf(url: string): Promise<string> {
	return await (await fetch(`${url}/metrics`)).text();
}

/** Over all labels; NaN if n8n does not report it on this system. */
function sumOf(metrics: string, name: string): number {
	const lines = metrics.matchAll(new RegExp(`^n8n_${name}(?:\\{[^}]*\\})? ([\\d.e+]+)$`, 'gm'));
	const values = [...lines].map(([, value]) => Number(value));
	return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}

function each(value: (what: What) => number): Look {
	return {
		rssMb: value('rssMb'),
		heapMb: value('heapMb'),
		handles: value('handles'),
		files: value('files'),
	};
}

/** Compares the last third of the minutes with the middle one; the first is for warming up. */
function thirds(seen: readonly Look[], what: What) {
	const third = Math.floor(seen.length / 3);
	const of = (part: readonly Look[]) => median(part.map((look) => look[what]));
	const [middle, end] = [of(seen.slice(third, 2 * third)), of(seen.slice(-third))];
	const limit = Math.floor(Math.max(middle * (1 + MORE_PERCENT / 100), middle + MORE));
	return { what, middle, end, limit };
}

main().then(
	(isFine) => (process.exitCode = isFine ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exitCode = 1;
	},
);
