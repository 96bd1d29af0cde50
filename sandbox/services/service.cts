import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../n8n/deadline.cts';

/** A server program on loopback and how to see that it answers. */
export interface ServiceRun {
	readonly name: string;
	readonly program: string;
	readonly args: readonly string[];
	/** Holds all its data. */
	readonly folder: string;
	/** Another user to run as: PostgreSQL refuses to be root. */
	readonly user?: { readonly uid: number; readonly gid: number };
	/** Rejects while it does not answer. */
	readonly greet: () => Promise<unknown>;
	/** By default SIGTERM. */
	readonly stopSignal?: NodeJS.Signals;
}

const READY_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 20_000;

/** Such a program, running or not. It ends with this process, however this process ends. */
export class Service {
	private child: ChildProcess | undefined;
	private output = '';

	constructor(private readonly run: ServiceRun) {}

	/** Starts it, also again after `stop` or `kill`, and resolves once it answers. */
	async start(): Promise<void> {
		const { name, program, args, folder, user, greet } = this.run;
		const guard = join(__dirname, 'guarded.cjs');
		const who = user === undefined ? ['-1', '-1'] : [String(user.uid), String(user.gid)];
		const child = spawn(process.execPath, [guard, ...who, program, ...args], {
			cwd: folder,
			stdio: ['pipe', 'pipe', 'pipe'],
			detached: true,
		});
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (text: string) => {
				this.output = (this.output + text).slice(-20_000);
			});
		}
		await once(child, 'spawn');
		this.child = child;
		const isReady = async () =>
			await greet().then(
				() => true,
				() => undefined,
			);
		await until(
			async () => {
				if (hasEnded(child)) throw new Error(`${name} ended while starting:\n${this.output}`);
				return await isReady();
			},
			{ what: `${name} to answer`, withinMs: READY_WITHIN_MS },
		);
	}

	/** Lets it end in order. */
	async stop(): Promise<void> {
		await this.ended((child) => child.kill(this.run.stopSignal ?? 'SIGTERM'));
	}

	/** Ends it as a crash does. */
	async kill(): Promise<void> {
		// The guard does it and sees it through: killed itself, it would leave an orphan whose end nobody notes.
		await this.ended((child) => child.stdin?.end());
	}

	/** Ends it and removes its data. */
	async end(): Promise<void> {
		await this.kill();
		await rm(this.run.folder, { recursive: true, force: true });
	}

	private async ended(how: (child: ChildProcess) => void): Promise<void> {
		const { child } = this;
		if (child === undefined) return;
		this.child = undefined;
		how(child);
		await until(() => hasEnded(child) || undefined, {
			what: `${this.run.name} to end`,
			withinMs: STOPS_WITHIN_MS,
			everyMs: 20,
		});
	}
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}
