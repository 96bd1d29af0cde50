import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InstalledN8n } from './install.cts';
import { until } from './deadline.cts';

/** What it takes to run one command of n8n. */
export interface N8nRun {
	readonly n8n: InstalledN8n;
	/** By default `start`: editor, API, webhooks and executions in one. */
	readonly command?: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	/** Where n8n answers, to see when it is ready. */
	readonly url: string;
	/** Its working folder. */
	readonly cwd: string;
	readonly logFile: string;
	/** Hears what it prints, in pieces as they come. */
	readonly onOutput?: (text: string) => void;
}

// A first start migrates the database: 20 s on two free cores.
const READY_WITHIN_MS = 180_000;
const STOPS_WITHIN_MS = 20_000;

/** One running n8n. It and all it starts end with this process, even if this process is killed. */
export class N8nProcess {
	private readonly log: string[] = [];

	private constructor(
		private readonly child: ChildProcess,
		private readonly run: N8nRun,
	) {
		const file = createWriteStream(run.logFile, { flags: 'a' });
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', (text: string) => {
				this.log.push(text);
				file.write(text);
				run.onOutput?.(text);
			});
		}
		child.once('close', () => file.end());
	}

	/** Starts n8n and resolves once it answers. */
	static async start(run: N8nRun): Promise<N8nProcess> {
		mkdirSync(dirname(run.logFile), { recursive: true });
		const guard = join(__dirname, 'dieWithParent.cjs');
		const child = spawn(
			run.n8n.node,
			['--require', guard, run.n8n.command, ...(run.command ?? ['start'])],
			{
				cwd: run.cwd,
				env: { ...run.env },
				// Never written to: `guard` watches it close.
				stdio: ['pipe', 'pipe', 'pipe'],
				// A group of its own, so that the task runner n8n starts can be ended with it.
				detached: process.platform !== 'win32',
			},
		);
		await once(child, 'spawn');
		const running = new N8nProcess(child, run);
		try {
			await running.ready();
		} catch (error) {
			await running.kill();
			throw error;
		}
		return running;
	}

	/** Of the process group that it leads: n8n itself and the task runner it starts. */
	get pid(): number {
		if (this.child.pid === undefined) throw new Error('n8n was not started');
		return this.child.pid;
	}

	/** Everything it has printed. */
	logText(): string {
		return this.log.join('');
	}

	/** Resolves when it has ended, for whatever reason. */
	async whenEnded(): Promise<void> {
		if (!this.hasEnded()) await once(this.child, 'exit');
	}

	/** Asks it to end, as a service manager does, and makes it end if it does not. */
	async stop(): Promise<void> {
		if (this.hasEnded()) return;
		this.child.kill('SIGTERM');
		try {
			await this.ended(STOPS_WITHIN_MS);
		} finally {
			await this.kill();
		}
	}

	/** Ends it at once, as a crash or a power cut does. */
	async kill(): Promise<void> {
		const { pid } = this.child;
		if (pid !== undefined) killGroup(pid);
		await this.ended(STOPS_WITHIN_MS);
	}

	private async ready(): Promise<void> {
		await until(
			async () => {
				if (this.hasEnded()) throw new Error(`n8n ended while starting:\n${this.lastLines()}`);
				return (await answers(`${this.run.url}/healthz/readiness`)) || undefined;
			},
			{
				what: `n8n to be ready (its log: ${this.run.logFile})`,
				withinMs: READY_WITHIN_MS,
				everyMs: 200,
			},
		);
	}

	/** Whether it has ended, for whatever reason. */
	hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	private async ended(withinMs: number): Promise<void> {
		await until(() => this.hasEnded() || undefined, { what: 'n8n to end', withinMs, everyMs: 20 });
	}

	private lastLines(): string {
		return this.logText().split('\n').slice(-30).join('\n');
	}
}

function killGroup(pid: number): void {
	try {
		process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
	} catch {
		// Already gone.
	}
}

async function answers(url: string): Promise<boolean> {
	try {
		return (await fetch(url, { signal: AbortSignal.timeout(5000) })).status === 200;
	} catch {
		return false;
	}
}
