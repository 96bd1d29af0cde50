import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '../services/postgres.cts';
import { startRedis, type Redis } from '../services/redis.cts';
import { n8nEnvironment } from './environment.cts';
import { freePort } from './freePort.cts';
import { ensureN8n, type InstalledN8n, type Line } from './install.cts';
import { startN8n, type N8n, type StartN8nOptions } from './n8n.cts';
import { N8nProcess } from './n8nProcess.cts';
import { ensureBuilt, installInto } from './thisPackage.cts';

export interface StartQueueOptions {
	/** Each process keeps its own data in a folder of its own below this one, as each container would. */
	readonly folder: string;
	/** By default 2. */
	readonly workers?: number;
	/** By default 2. */
	readonly webhookProcesses?: number;
	/** For all processes, on top of what queue mode needs. */
	readonly env?: Readonly<Record<string, string>>;
	/** The https address under which the world reaches the webhook processes. */
	readonly webhookUrl: string;
	/** By default the newest. */
	readonly line?: Line;
}

/** n8n's queue mode on loopback: one main process, workers, webhook processes, a Redis and a PostgreSQL. */
export interface QueueN8n {
	/** Editor and API; it does not receive. */
	readonly main: N8n;
	readonly workers: readonly Part[];
	readonly webhookProcesses: readonly Part[];
	readonly redis: Redis;
	readonly postgres: Postgres;
	/** Everything all processes have printed. */
	logText(): string;
	/** Ends everything and removes what Redis and PostgreSQL kept. */
	end(): Promise<void>;
}

type Role = 'worker' | 'webhook';

interface PartRun {
	readonly role: Role;
	readonly name: string;
	readonly folder: string;
	readonly n8n: InstalledN8n;
	/** The built package. */
	readonly packageDir: string;
	readonly env: Readonly<Record<string, string>>;
	readonly webhookUrl: string;
}

/** A worker or webhook process. */
export class Part {
	private running: N8nProcess | undefined;
	private earlierLog = '';

	private constructor(
		private readonly run: PartRun,
		/** Where it answers, without a slash at the end. */
		readonly url: string,
		private readonly env: Readonly<Record<string, string>>,
	) {}

	/** Installs the package for it and starts it. */
	static async start(run: PartRun): Promise<Part> {
		await mkdir(run.folder, { recursive: true });
		await installInto(run.folder, run.packageDir);
		const port = await freePort();
		const env = n8nEnvironment({
			userFolder: run.folder,
			port,
			brokerPort: await freePort(),
			webhookUrl: run.webhookUrl,
			env: {
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(port),
				N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
				...run.env,
			},
		});
		const part = new Part(run, `http://127.0.0.1:${port}`, env);
		await part.start();
		return part;
	}

	get name(): string {
		return this.run.name;
	}

	/** The leader of its process group; undefined while it does not run. */
	get pid(): number | undefined {
		return this.running?.pid;
	}

	/** False after `stop` and `kill`, and when it ended by itself, as n8n does after a time without Redis. */
	get isRunning(): boolean {
		return this.running?.hasEnded() === false;
	}

	logText(): string {
		return this.earlierLog + (this.running?.logText() ?? '');
	}

	/** Starts it again after `kill` or `stop`: same data, same address. */
	async start(): Promise<void> {
		if (this.running !== undefined) await this.kill();
		this.running = await N8nProcess.start({
			n8n: this.run.n8n,
			command: this.run.role === 'worker' ? ['worker', '--concurrency=10'] : ['webhook'],
			env: this.env,
			url: this.url,
			cwd: this.run.folder,
			logFile: join(this.run.folder, 'n8n.log'),
		});
	}

	/** Lets it finish what it does and end. */
	async stop(): Promise<void> {
		await this.end((running) => running.stop());
	}

	/** Ends it as a crash does. */
	async kill(): Promise<void> {
		await this.end((running) => running.kill());
	}

	private async end(how: (running: N8nProcess) => Promise<void>): Promise<void> {
		const { running } = this;
		if (running === undefined) return;
		this.running = undefined;
		await how(running);
		this.earlierLog += running.logText();
	}
}

/**
 * Starts n8n in queue mode with this package installed in every process.
 * @throws Error where PostgreSQL or Redis is not installed
 */
export async function startQueueN8n(options: StartQueueOptions): Promise<QueueN8n> {
	const parts: Part[] = [];
	let redis: Redis | undefined;
	let postgres: Postgres | undefined;
	let main: N8n | undefined;
	const end = async () => {
		await Promise.all(parts.map(async (part) => await part.kill()));
		await main?.kill();
		await Promise.all([redis?.end(), postgres?.end()]);
	};
	try {
		redis = await startRedis();
		postgres = await startPostgres();
		const env = { ...queueEnvironment(postgres, redis), ...options.env };
		main = await startN8n(mainOptions(options, env));
		const n8n = await ensureN8n(options.line);
		const packageDir = await ensureBuilt();
		const startPart = async (role: Role, place: number) => {
			const name = `${role} ${place + 1}`;
			const folder = join(options.folder, name.replace(' ', '-'));
			const { webhookUrl } = options;
			const part = await Part.start({ role, name, folder, n8n, packageDir, env, webhookUrl });
			parts.push(part);
			return part;
		};
		const several = async (role: Role, count: number) =>
			await Promise.all(Array.from({ length: count }, (_, place) => startPart(role, place)));
		const [workers, webhookProcesses] = await Promise.all([
			several('worker', options.workers ?? 2),
			several('webhook', options.webhookProcesses ?? 2),
		]);
		const started = main;
		const logText = () => [started, ...parts].map((part) => part.logText()).join('\n');
		return { main, workers, webhookProcesses, redis, postgres, logText, end };
	} catch (error) {
		await end();
		throw error;
	}
}

function mainOptions(options: StartQueueOptions, env: Record<string, string>): StartN8nOptions {
	return {
		userFolder: join(options.folder, 'main'),
		line: options.line,
		webhookUrl: options.webhookUrl,
		// What arrives belongs to the webhook processes.
		env: { ...env, N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true' },
	};
}

/** Source: https://docs.n8n.io/hosting/scaling/queue-mode/ */
function queueEnvironment(postgres: Postgres, redis: Redis): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: postgres.database,
		DB_POSTGRESDB_USER: postgres.user,
		DB_POSTGRESDB_PASSWORD: 'none: it trusts what comes from this machine',
		// Credentials are encrypted with it; it is one for all processes and guards nothing here.
		N8N_ENCRYPTION_KEY: 'a-key-for-a-loopback-n8n',
	};
}
