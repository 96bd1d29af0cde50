import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../n8n/freePort.cts';
import { Service } from './service.cts';

const run = promisify(execFile);

/** A PostgreSQL of one's own on loopback. */
export interface Postgres {
	readonly port: number;
	readonly user: string;
	readonly database: string;
	/** One statement; rows as lines, columns parted by `|`. */
	ask(sql: string): Promise<string>;
	stop(): Promise<void>;
	start(): Promise<void>;
	kill(): Promise<void>;
	/** Ends it and removes its data. */
	end(): Promise<void>;
}

const USER = 'n8n';
// What Debian calls its folder of versions; elsewhere the programs are in the PATH.
const DEBIAN = '/usr/lib/postgresql';

/**
 * Makes a database cluster in a folder of its own and starts it.
 * @throws Error where PostgreSQL's programs are not installed
 */
export async function startPostgres(): Promise<Postgres> {
	const programs = await programFolder();
	const user = await otherThanRoot();
	const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
	const data = join(folder, 'data');
	await mkdir(data, { mode: 0o700 });
	for (const path of user === undefined ? [] : [folder, data]) {
		await chown(path, user?.uid ?? 0, user?.gid ?? 0);
	}
	await run(
		join(programs, 'initdb'),
		['--pgdata', data, '--username', USER, '--auth', 'trust', '--encoding', 'UTF8', '--no-locale'],
		{ cwd: folder, ...user },
	);
	const port = await freePort();
	const ask = async (sql: string) => {
		const where = ['-h', '127.0.0.1', '-p', String(port), '-U', USER, '-d', 'postgres'];
		return (await run('psql', [...where, '-qAtc', sql], { cwd: folder })).stdout.trim();
	};
	const service = new Service({
		name: 'PostgreSQL',
		program: join(programs, 'postgres'),
		args: ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder],
		cwd: folder,
		user,
		isReady: async () =>
			await ask('select 1').then(
				() => true,
				() => false,
			),
		// "Fast": ends what is connected instead of waiting for it.
		stopSignal: 'SIGINT',
	});
	await service.start();
	return {
		port,
		user: USER,
		database: 'postgres',
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

async function programFolder(): Promise<string> {
	const versions = existsSync(DEBIAN) ? await readdir(DEBIAN) : [];
	const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
	if (newest !== undefined) return join(DEBIAN, newest, 'bin');
	const inPath = (process.env.PATH ?? '')
		.split(':')
		.find((path) => existsSync(join(path, 'initdb')));
	if (inPath !== undefined) return inPath;
	throw new Error('PostgreSQL is not installed. Debian and Ubuntu: apt-get install postgresql');
}

async function otherThanRoot(): Promise<{ uid: number; gid: number } | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	for (const name of ['postgres', 'nobody']) {
		try {
			const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
			return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
		} catch {
			// There is no such user.
		}
	}
	throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody"');
}
