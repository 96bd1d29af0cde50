import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../n8n/freePort.cts';
import { Service } from './service.cts';

const run = promisify(execFile);

/** A Redis of one's own on loopback, which keeps what it was told on disk. */
export interface Redis {
	readonly port: number;
	/** One command, for example `('GET', 'bull:jobs:id')`; the answer as text, empty where there is none. */
	ask(...command: string[]): Promise<string>;
	stop(): Promise<void>;
	start(): Promise<void>;
	kill(): Promise<void>;
	/** Ends it and removes its data. */
	end(): Promise<void>;
}

/**
 * Starts a Redis in a folder of its own.
 * @throws Error where `redis-server` and `redis-cli` are not installed
 */
export async function startRedis(): Promise<Redis> {
	await run('redis-server', ['--version']).catch(() => {
		throw new Error('Redis is not installed. Debian and Ubuntu: apt-get install redis-server');
	});
	const folder = await mkdtemp(join(tmpdir(), 'redis-'));
	const port = await freePort();
	const ask = async (...command: string[]) =>
		(await run('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...command])).stdout.trim();
	const service = new Service({
		name: 'Redis',
		program: 'redis-server',
		args: [
			...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
			// What n8n was told is queued must be there after a power cut.
			...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
		],
		cwd: folder,
		isReady: async () =>
			await ask('PING').then(
				(answer) => answer === 'PONG',
				() => false,
			),
	});
	await service.start();
	return {
		port,
		ask,
		stop: async () => await service.stop(),
		start: async () => await service.start(),
		kill: async () => await service.kill(),
		end: async () => {
			await service.kill();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
