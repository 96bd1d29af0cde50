import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { N8nApi } from './api.cts';
import { n8nEnvironment } from './environment.cts';
import { freePort } from './freePort.cts';
import { DEFAULT_LINE, ensureN8n, isOnOwnNode, type InstalledN8n, type Line } from './install.cts';
import { N8nProcess } from './n8nProcess.cts';
import { N8nSession, OWNER } from './session.cts';
import { ensureBuilt, installInto } from './thisPackage.cts';

export interface StartN8nOptions {
	/** Where this n8n keeps its data. An empty folder is a fresh n8n; one that was used before goes on with its data. */
	readonly userFolder: string;
	readonly line?: Line;
	/** On top of the harness's own environment, for example `{ N8N_LOG_LEVEL: 'debug' }`. */
	readonly env?: Readonly<Record<string, string>>;
	/** A built package (package.json, dist/) to install. By default this repository's, built if it is not. */
	readonly packageDir?: string;
	/** The https address under which the world, that is Kustomer, reaches this n8n, for example `https://n8n.example.test/`. */
	readonly webhookUrl?: string;
	/** Taken if it is free, else another one. */
	readonly preferredPort?: number;
	/** The file that n8n's output goes to; by default `n8n.log` in the user folder. */
	readonly log?: string;
	/** Hears what n8n prints, in pieces as they come. */
	readonly onOutput?: (text: string) => void;
}

/** What one line needs and the other does not know. */
const ENV_OF_LINE: Record<Line, (webhookUrl?: string) => Record<string, string>> = {
	'2.41': () => ({}),
	// The older name of the public address, and no module of 2.x to switch off.
	'1.123': (webhookUrl) => ({
		N8N_DISABLED_MODULES: '',
		// isolated-vm, which its other engine needs, is not built for Node 20.
		...(isOnOwnNode() && Number(process.versions.node.split('.')[0]) < 22
			? { N8N_EXPRESSION_ENGINE: 'legacy' }
			: {}),
		...(webhookUrl === undefined ? {} : { WEBHOOK_URL: webhookUrl }),
	}),
};

/** A real n8n with this package in it, on loopback. */
export class N8n {
	/** Makes credentials and workflows, publishes them, reads executions. */
	readonly api: N8nApi;
	readonly owner = OWNER;
	readonly userFolder: string;
	private earlierLog = '';

	private constructor(
		private readonly installed: InstalledN8n,
		private readonly options: StartN8nOptions,
		/** Where the editor, the APIs and the webhooks are: `http://127.0.0.1:<port>`, without a slash at the end. */
		readonly url: string,
		private readonly env: Readonly<Record<string, string>>,
		private readonly session: N8nSession,
		private running: N8nProcess | undefined,
	) {
		this.userFolder = options.userFolder;
		this.api = new N8nApi(session);
	}

	/** Use `startN8n`. */
	static async start(options: StartN8nOptions): Promise<N8n> {
		const installed = await ensureN8n(options.line ?? DEFAULT_LINE);
		await mkdir(options.userFolder, { recursive: true });
		await installInto(options.userFolder, options.packageDir ?? (await ensureBuilt()));
		const port = await freePort(options.preferredPort);
		const url = `http://127.0.0.1:${port}`;
		const env = n8nEnvironment({
			userFolder: options.userFolder,
			port,
			brokerPort: await freePort(),
			webhookUrl: options.webhookUrl,
			env: { ...ENV_OF_LINE[options.line ?? DEFAULT_LINE](options.webhookUrl), ...options.env },
		});
		const n8n = new N8n(installed, options, url, env, new N8nSession(url), undefined);
		await n8n.start();
		return n8n;
	}

	get version(): string {
		return this.installed.version;
	}

	/** The leader of its process group. */
	get pid(): number {
		if (this.running === undefined) throw new Error('n8n does not run');
		return this.running.pid;
	}

	/** False after `stop` and `kill`, and when it ended by itself. */
	get isRunning(): boolean {
		return this.running?.hasEnded() === false;
	}

	/** Everything n8n has printed since `startN8n`, over all restarts. */
	logText(): string {
		return this.earlierLog + (this.running?.logText() ?? '');
	}

	/** Resolves when n8n has ended, also when nobody asked it to. */
	async whenEnded(): Promise<void> {
		await this.running?.whenEnded();
	}

	/** Lets n8n shut down in order. */
	async stop(): Promise<void> {
		await this.end((running) => running.stop());
	}

	/** Ends n8n as a crash does. */
	async kill(): Promise<void> {
		await this.end((running) => running.kill());
	}

	/** Stops and starts it: same data, same address. */
	async restart(): Promise<void> {
		await this.stop();
		await this.start();
	}

	/** Starts it again after `stop`, `kill` or an end of its own: same data, same address. */
	async start(): Promise<void> {
		if (this.running !== undefined) await this.kill();
		this.running = await N8nProcess.start({
			n8n: this.installed,
			env: this.env,
			url: this.url,
			cwd: this.userFolder,
			logFile: this.options.log ?? join(this.userFolder, 'n8n.log'),
			onOutput: this.options.onOutput,
		});
		const [, why] = this.running.logText().split('Failed to load package');
		if (why !== undefined) {
			await this.kill();
			throw new Error(`n8n could not load the package${why.split('\n').slice(0, 3).join('\n')}`);
		}
		await this.session.open();
	}

	private async end(how: (running: N8nProcess) => Promise<void>): Promise<void> {
		const { running } = this;
		if (running === undefined) return;
		this.running = undefined;
		try {
			await how(running);
		} finally {
			this.earlierLog += running.logText();
		}
	}
}

/**
 * Starts n8n with this package installed as a user's n8n would have it, and logs the owner in.
 * Installs n8n (about 3 minutes, once per machine) and builds the package where that has not been done.
 */
export async function startN8n(options: StartN8nOptions): Promise<N8n> {
	return await N8n.start(options);
}
