import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median } from '../../bench/numbers.cts';
import { writePage } from '../../bench/page.cts';
import { recordSoak } from '../../bench/recorded.cts';
import { makeEvent, startKustomer } from '../../sandbox/kustomer/server.cts';
import { startN8n } from '../../sandbox/n8n/n8n.cts';
import { joined, N8N_NAME } from '../support/world.cts';

/** What n8n says of itself once a minute. */
interface Minute {
	readonly rssMb: number;
	readonly heapMb: number;
	readonly handles: number;
	readonly files: number;
}

const USAGE = `Sends true, forged and repeated deliveries to a real n8n at half of the rate that it manages, and looks
whether its memory, handles and open files grow.

  npm run test:soak -- --minutes 30 --engine legacy

--engine: legacy (default; many more events in the same time) or default, n8n's expression engine. Ten minutes
and more are written to bench/RESULTS.md.`;

const MEASURING_MS = 20_000;
const AT_ONCE = 10;
const LOOKS_A_MINUTE = 12;
const RECORDED_MINUTES = 10;
/** How much later minutes may lie above those in the middle. */
const GROWTH = 1.15;
const EVENT = 'kustomer.conversation.update';

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			minutes: { type: 'string', default: '30' },
			engine: { type: 'string', default: 'legacy' },
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
	const kustomer = await startKustomer({ clock: { disableAfterFailures: 1_000_000 }, page: false });
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
		kustomer.deliverTo(N8N_NAME, n8n.url);
		const { publishTrigger } = await joined(kustomer, n8n);
		await publishTrigger({ parameters: { filters: { ignoreUserIds: NOBODY } } });
		const counts = { accepted: 0, filtered: 0, forged: 0, repeated: 0, wrong: 0 };
		const some = async () => {
			await Promise.all(
				Array.from({ length: AT_ONCE }, async () => await sendOne(kustomer, counts)),
			);
			kustomer.clearLogs();
		};
		const most = await rateOf(some);
		console.log(
			`n8n manages ${most.toFixed(0)} deliveries a second; from now on it gets half of that.`,
		);
		const seen: Minute[] = [];
		const succeeded = async () => sumOf(await metricsOf(n8n.url), 'workflow_success_total');
		for (let minute = 1; minute <= minutes; minute++) {
			const looks: Minute[] = [];
			for (let look = 1; look <= LOOKS_A_MINUTE; look++) {
				const endsAt = Date.now() + 60_000 / LOOKS_A_MINUTE;
				while (Date.now() < endsAt) {
					const began = Date.now();
					await some();
					await delay(Math.max(0, (AT_ONCE / (most / 2)) * 1_000 - (Date.now() - began)));
				}
				looks.push(await lookAt(n8n.url));
			}
			const now = lowest(looks);
			seen.push(now);
			console.log(`minute ${minute}: ${JSON.stringify({ ...now, ...counts })}`);
		}
		await delay(5_000);
		const executions = await succeeded();
		const thirds = compared(seen);
		const isFine = verdict(thirds, { ...counts, executions });
		if (minutes >= RECORDED_MINUTES) {
			recordSoak({
				engine,
				date: new Date().toISOString().slice(0, 10),
				minutes,
				perSecond: most / 2,
				counts: { ...counts, executions },
				...thirds,
				isFine,
			});
			writePage();
		}
		return isFine;
	} finally {
		await n8n.kill();
		await kustomer.close();
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	}
}

const NOBODY = 'bbbbbbbbbbbbbbbbbbbbbbbb';
let sent = 0;

/** Of ten deliveries six are wanted, two filtered out, one is a repetition and one forged. */
async function sendOne(
	kustomer: Awaited<ReturnType<typeof startKustomer>>,
	counts: Record<'accepted' | 'filtered' | 'forged' | 'repeated' | 'wrong', number>,
): Promise<void> {
	const kind = sent++ % 10;
	const envelope = makeEvent(EVENT, kind === 7 || kind === 8 ? { modifiedBy: NOBODY } : {});
	const forged = kind === 9;
	const [delivery] = await kustomer.send(envelope, { forged });
	if (delivery?.status !== (forged ? 401 : 200)) counts.wrong++;
	if (kind === 6) {
		const [again] = await kustomer.send(envelope);
		if (again?.status !== 200) counts.wrong++;
		counts.repeated++;
	}
	if (forged) counts.forged++;
	else if (kind === 7 || kind === 8) counts.filtered++;
	else counts.accepted++;
}

async function rateOf(some: () => Promise<void>): Promise<number> {
	const began = Date.now();
	let done = 0;
	while (Date.now() - began < MEASURING_MS) {
		await some();
		done += AT_ONCE;
	}
	return done / ((Date.now() - began) / 1_000);
}

async function metricsOf(url: string): Promise<string> {
	return await (await fetch(`${url}/metrics`)).text();
}

/** Over all labels; NaN where n8n does not tell it. */
function sumOf(metrics: string, name: string): number {
	const lines = metrics.matchAll(new RegExp(`^n8n_${name}(?:\\{[^}]*\\})? ([\\d.e+]+)$`, 'gm'));
	const values = [...lines].map(([, value]) => Number(value));
	return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0);
}

async function lookAt(url: string): Promise<Minute> {
	const metrics = await metricsOf(url);
	return {
		rssMb: Math.round(sumOf(metrics, 'process_resident_memory_bytes') / 1e6),
		heapMb: Math.round(sumOf(metrics, 'nodejs_heap_size_used_bytes') / 1e6),
		handles: sumOf(metrics, 'nodejs_active_handles_total'),
		files: sumOf(metrics, 'process_open_fds'),
	};
}

/** Memory goes up and down with garbage collection: what is there to stay shows at the bottom. */
function lowest(looks: readonly Minute[]): Minute {
	const least = (what: keyof Minute) => Math.min(...looks.map((look) => look[what]));
	return {
		rssMb: least('rssMb'),
		heapMb: least('heapMb'),
		handles: least('handles'),
		files: least('files'),
	};
}

/** The first third is for warming up. */
function compared(seen: readonly Minute[]) {
	const third = Math.floor(seen.length / 3);
	const of = (part: readonly Minute[]) => {
		const middle = (what: keyof Minute) => median(part.map((one) => one[what]));
		return {
			rssMb: middle('rssMb'),
			heapMb: middle('heapMb'),
			handles: middle('handles'),
			files: middle('files'),
		};
	};
	return { middle: of(seen.slice(third, 2 * third)), end: of(seen.slice(-third)) };
}

function verdict(
	{ middle, end }: ReturnType<typeof compared>,
	{ wrong, accepted, executions }: Record<'wrong' | 'accepted' | 'executions', number>,
): boolean {
	console.log(`\ntrue deliveries refused, or forged ones not: ${wrong}`);
	console.log(`events accepted: ${accepted}, workflows that succeeded: ${executions}`);
	let isFine = wrong === 0 && accepted === executions;
	for (const what of ['rssMb', 'heapMb', 'handles', 'files'] as const) {
		const [before, after] = [middle[what], end[what]];
		// Not every system tells everything.
		if (Number.isNaN(before)) continue;
		// Counts of a few may differ by a few.
		const isFlat = after <= Math.max(before * GROWTH, before + 5);
		console.log(
			`${what}: ${before} in the middle, ${after} in the end: ${isFlat ? 'flat' : 'GROWS'}`,
		);
		isFine &&= isFlat;
	}
	console.log(isFine ? '\nStays as it is.' : '\nDoes NOT stay as it is.');
	return isFine;
}

main().then(
	(isFine) => (process.exitCode = isFine ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exitCode = 1;
	},
);
