import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKustomer, type KustomerOptions } from '../../sandbox/kustomer/server.cts';
import type { Line } from '../../sandbox/n8n/install.cts';
import { startQueueN8n, type QueueN8n } from '../../sandbox/n8n/queue.cts';
import { FAST_RETRIES, joined, N8N_NAME, type World } from './world.cts';

/** n8n in queue mode with the package in every process, and a local Kustomer that delivers to it. */
export type QueueWorld = Omit<World, 'receiver'> & {
	queue: QueueN8n;
	/** Sends Kustomer's deliveries to these webhook processes in turn; to all of them by default. */
	deliverTo(...places: number[]): void;
	/** How many executions have ever been put on the queue. */
	queued(): Promise<number>;
};

export type QueueWorldOptions = {
	env?: Readonly<Record<string, string>>;
	kustomer?: KustomerOptions;
	line?: Line;
};

/** Starts all of it: about 30 s on two cores. Needs Redis and PostgreSQL. */
export async function startQueueWorld(options: QueueWorldOptions = {}): Promise<QueueWorld> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-queue-'));
	const kustomer = await startKustomer({
		clock: FAST_RETRIES,
		webhookLimit: 50,
		...options.kustomer,
	});
	const { env, line } = options;
	const starting = startQueueN8n({ folder, webhookUrl: `${N8N_NAME}/`, env, line });
	// Left open, it would keep a test run waiting for ever that cannot begin.
	starting.catch(async () => await kustomer.close());
	const queue = await starting;
	const deliverTo = (...places: number[]) => {
		const chosen = queue.webhookProcesses.filter(
			(_, place) => places.length === 0 || places.includes(place),
		);
		kustomer.deliverTo(
			N8N_NAME,
			chosen.map(({ url }) => url),
		);
	};
	deliverTo();
	return {
		...(await joined(kustomer, queue.main)),
		queue,
		deliverTo,
		queued: async () => Number(await queue.redis.ask('GET', 'bull:jobs:id')),
		end: async () => {
			await queue.end();
			await kustomer.close();
			await rm(folder, { recursive: true, force: true, maxRetries: 3 });
		},
	};
}
