import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../n8n/freePort.cts';
import { notInstalled, ownProgram } from './programs.cts';
import { Service } from './service.cts';

const run = promisify(execFile);

/** A Redis of one's own on loopback, which keeps what it was told on disk. */
export type Redis = Service & {
	readonly port: number;
	/** One command, for example `('GET', 'bull:jobs:id')`; the answer as text, empty where there is none. */
	ask(...command: string[]): Promise<string>;
};

/**
 * Starts a Redis in a folder of its own.
 * @throws Error where `redis-server` is not installed
 */
export async function startRedis(): Promise<Redis> {
	const program = ownProgram('redis');
	if (program === undefined) throw notInstalled('redis');
	const folder = await mkdtemp(join(tmpdir(), 'redis-'));
	const port = await freePort();
	const ask = async (...command: string[]) =>
		(await run('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...command])).stdout.trim();
	const service = new Service({
		name: 'Redis',
		program,
		args: [
			...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
			// What n8n was told is queued must be there after a power cut.
			...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
		],
		folder,
		greet: async () => {
			// While it reads its file it answers, but with an error.
			if ((await ask('PING')) !== 'PONG') throw new Error('Redis is not ready');
		},
	});
	await service.start();
	return Object.assign(service, { port, ask });
}
