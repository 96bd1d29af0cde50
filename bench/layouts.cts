import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKustomer, type LocalKustomer } from '../sandbox/kustomer/server.cts';
import { startN8n, type N8n } from '../sandbox/n8n/n8n.cts';
import { startQueueN8n } from '../sandbox/n8n/queue.cts';
import { joined, N8N_NAME, type World } from '../test/support/world.cts';

export type LayoutName =
	| 'default engine'
	| 'lazy acquire'
	| 'legacy engine'
	| 'queue mode'
	| 'queue mode, legacy engine';

/** One way to run n8n. */
export interface LayoutPlan {
	readonly name: LayoutName;
	readonly mode: 'regular' | 'queue';
	readonly env: Readonly<Record<string, string>>;
	/** Events per case and round: so many that a round takes some seconds. */
	readonly events: number;
}

/** Such an n8n, running, with a local Kustomer. */
export interface Layout {
	readonly n8n: N8n;
	readonly kustomer: LocalKustomer;
	readonly world: Omit<World, 'receiver' | 'end'>;
	/** Where it receives: several take turns. */
	readonly urls: readonly string[];
	/** The leaders of the process groups whose work counts: n8n's own, not the database's. */
	readonly leaders: readonly number[];
	end(): Promise<void>;
}

const LEGACY = { N8N_EXPRESSION_ENGINE: 'legacy' };
const LAZY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

export const PLANS: readonly LayoutPlan[] = [
	{ name: 'default engine', mode: 'regular', env: {}, events: 150 },
	{ name: 'lazy acquire', mode: 'regular', env: LAZY, events: 200 },
	{ name: 'legacy engine', mode: 'regular', env: LEGACY, events: 1_000 },
	{ name: 'queue mode', mode: 'queue', env: {}, events: 150 },
	{ name: 'queue mode, legacy engine', mode: 'queue', env: LEGACY, events: 500 },
];

/** Starts it in a folder of its own. n8n's settings are its defaults, but for a quiet log. */
export async function startLayout(plan: LayoutPlan): Promise<Layout> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-bench-'));
	const kustomer = await startKustomer({
		webhookLimit: 50,
		rateLimit: { requestsPerMinute: 1_000_000, hookPostsPerMinute: 1_000_000 },
		page: false,
	});
	const env = { N8N_LOG_LEVEL: 'error', ...plan.env };
	const running = plan.mode === 'queue' ? await queue(folder, env) : await regular(folder, env);
	kustomer.deliverTo(N8N_NAME, [...running.urls]);
	return {
		...running,
		kustomer,
		world: await joined(kustomer, running.n8n),
		end: async () => {
			await running.end();
			await kustomer.close();
			await rm(folder, { recursive: true, force: true, maxRetries: 3 });
		},
	};
}

type Running = Pick<Layout, 'n8n' | 'urls' | 'leaders' | 'end'>;

async function regular(folder: string, env: Record<string, string>): Promise<Running> {
	const n8n = await startN8n({ userFolder: folder, webhookUrl: `${N8N_NAME}/`, env });
	return { n8n, urls: [n8n.url], leaders: [n8n.pid], end: async () => await n8n.kill() };
}

async function queue(folder: string, env: Record<string, string>): Promise<Running> {
	const started = await startQueueN8n({ folder, webhookUrl: `${N8N_NAME}/`, env });
	const parts = [...started.workers, ...started.webhookProcesses];
	return {
		n8n: started.main,
		urls: started.webhookProcesses.map(({ url }) => url),
		leaders: [started.main.pid, ...parts.map(({ pid }) => pid ?? 0)],
		end: async () => await started.end(),
	};
}
