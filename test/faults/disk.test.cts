import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeEvent, startKustomer } from '../../sandbox/kustomer/server.cts';
import { startN8n } from '../../sandbox/n8n/n8n.cts';
import { joined, N8N_NAME } from '../support/world.cts';
import { record } from './record.cts';
import { reporting, startSink } from './sink.cts';

jest.setTimeout(600_000);

const EVENTS = 20;
const DISK_BYTES = 120_000_000;
const PREFIX = join(tmpdir(), 'n8n-nodes-kustomer-disk-');

/** Gives a folder a small disk of its own, in memory. @throws Error if this user may not mount one */
function mount(folder: string): void {
	const size = `size=${DISK_BYTES}`;
	execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'ignore' });
}

function unmount(folder: string): void {
	execFileSync('umount', ['--lazy', folder]);
}

function canMount(): boolean {
	const folder = mkdtempSync(PREFIX);
	try {
		mount(folder);
		unmount(folder);
		return true;
	} catch {
		return false;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

// Mounting needs root.
const itAsRoot = canMount() ? it : xit;

itAsRoot(
	'confirms nothing that n8n cannot store on a full disk, and gets it all afterwards',
	async () => {
		const folder = await mkdtemp(PREFIX);
		mount(folder);
		const sink = await startSink();
		const kustomer = await startKustomer({
			webhookLimit: 50,
			clock: {
				retryDelaysMs: [2_000, 4_000, 8_000, 16_000],
				answerTimeoutMs: 5_000,
				disableAfterFailures: 1_000,
			},
		});
		const n8n = await startN8n({
			userFolder: folder,
			webhookUrl: `${N8N_NAME}/`,
			// On a disk that has space.
			log: `${folder}.log`,
			env: { N8N_EXPRESSION_ENGINE: 'legacy', N8N_LOG_LEVEL: 'error' },
		});
		try {
			kustomer.deliverTo(N8N_NAME, n8n.url);
			const { publishTrigger } = await joined(kustomer, n8n);
			await publishTrigger({ after: [reporting(sink, 'disk', '$json.eventId')] });
			await kustomer.send('kustomer.conversation.update');
			await kustomer.whenIdle();
			kustomer.clearLogs();

			const ballast = join(folder, 'ballast');
			const { bavail, bsize } = await statfs(folder);
			await writeFile(ballast, Buffer.alloc(bavail * bsize)).catch(() => undefined);
			// Large ones: SQLite has some megabytes set aside, which it uses first.
			const envelopes = Array.from({ length: EVENTS }, () =>
				makeEvent('kustomer.conversation.update', { attributes: { note: 'x'.repeat(500_000) } }),
			);
			const firstTries = (
				await Promise.all(envelopes.map(async (envelope) => await kustomer.send(envelope)))
			).flat();
			const ranEarly = envelopes.filter(({ id }) => sink.runs('disk').has(id)).length;
			const confirmedEarly = firstTries.filter(({ ok }) => ok).length;
			await rm(ballast);
			await kustomer.whenIdle(120_000);
			const confirmed = kustomer.deliveries().filter(({ ok }) => ok).length;
			const runs = await sink.runsFor(
				'disk',
				envelopes.map(({ id }) => id),
			);
			const missing = runs.filter((count) => count === 0).length;
			const twice = runs.filter((count) => count > 1).length;
			record('Disk full', { events: EVENTS, confirmedEarly, ranEarly, confirmed, missing, twice });
			// Otherwise the disk was not full.
			expect(confirmedEarly).toBeLessThan(EVENTS);
			expect(confirmed).toBe(EVENTS);
			expect(missing).toBe(0);
		} finally {
			await n8n.kill();
			await kustomer.close();
			await sink.close();
			unmount(folder);
			await rm(folder, { recursive: true, force: true });
			await rm(`${folder}.log`, { force: true });
		}
	},
);
