import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median } from '../../bench/numbers.cts';
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

  npm run test:soak -- --minutes 30`;

const MEASURING_MS = 20_000;
const AT_ONCE = 10;
const LOOKS_A_MINUTE = 12;
/** How much later minutes may lie above those in the middle. */
const GROWTH = 1.15;
const EVENT = 'kustomer.conversation.update';

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			minutes: { type: 'string', default: '30' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return true;
	}
	const minutes = Number(values.minutes);
	if (!(minutes >= 3)) throw new Error('--minutes must be 3 or more: fewer show no trend.');
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-soak-'));
	const kustomer = await startKustomer({ clock: { disableAfterFailures: 1_000_000 }, page: false });
	const n8n = await startN8n({
		userFolder: folder,
		webhookUrl: `${N8N_NAME}/`,
		env: {
			N8N_EXPRESSION_ENGINE: 'legacy',
			N8N_LOG_LEVEL: 'warn',
			N8N_METRICS: 'true',
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
		for (let minute = 1; minute <= minutes; minute++) {
			const looks: Minute[] = [];
			for (let look = 1; look <= LOOKS_A_MINUTE; look++) {
				const endsAt = Date.now() + 60_000 / LOOKS_A_MINUTE;
				while (Date.now() < endsAt) {
					const began = Date.now();
					await some();
					await delay(Math.max(0, (AT_ONCE / (most / 2)) * 1_000 - (Date.now() - began)));
				}
				looks.push(await lookAt(n8n.url, n8n.pid));
			}
			const now = lowest(looks);
			seen.push(now);
			console.log(`minute ${minute}: ${JSON.stringify({ ...now, ...counts })}`);
		}
		return verdict(seen, counts.wrong);
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

async function lookAt(url: string, pid: number): Promise<Minute> {
	const metrics = await (await fetch(`${url}/metrics`)).text();
	const of = (name: string) => {
		const [, value] = new RegExp(`^n8n_${name}(?:\\{\\})? ([\\d.e+]+)$`, 'm').exec(metrics) ?? [];
		return Number(value ?? Number.NaN);
	};
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	const [, rssKb] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
	return {
		rssMb: Math.round(Number(rssKb) / 1_000),
		heapMb: Math.round(of('nodejs_heap_size_used_bytes') / 1e6),
		handles: of('nodejs_active_handles_total'),
		files: of('process_open_fds'),
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

/** Compares the last third with the middle one; the first is for warming up. */
function verdict(seen: readonly Minute[], wrong: number): boolean {
	const third = Math.floor(seen.length / 3);
	const middle = seen.slice(third, 2 * third);
	const last = seen.slice(-third);
	let isFine = wrong === 0;
	console.log(`\ntrue deliveries refused, or forged ones not: ${wrong}`);
	for (const what of ['rssMb', 'heapMb', 'handles', 'files'] as const) {
		const [before, after] = [middle, last].map((part) => median(part.map((one) => one[what])));
		if (before === undefined || after === undefined) continue;
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
