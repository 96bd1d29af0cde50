import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../sandbox/n8n/deadline.cts';

jest.setTimeout(300_000);

const FIRST_NODE = ['node', 'sandbox/run.mjs', 'sandbox/start.cts'] as const;

let folder: string;
let demo: ChildProcess;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-start-'));
});

afterEach(() => demo.kill('SIGKILL'));

afterAll(async () => {
	await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

describe('npm start', () => {
	it.each([
		[['npm', 'start', '--'], 'SIGTERM'],
		[FIRST_NODE, 'SIGINT'],
	] as const)('ends with all that it started when %j alone gets %s', async (command, signal) => {
		const first = await started(command, /Ctrl-C stops both/);
		const others = await descendantsOf(first);
		// n8n and its task runner at least.
		expect(others.length).toBeGreaterThanOrEqual(2);
		process.kill(first, signal);
		await untilGone([first, ...others]);
	});

	it('ends with what it started while n8n is not ready yet', async () => {
		const first = await started(FIRST_NODE, /Starting n8n/);
		const others = await until(
			async () => {
				const found = await descendantsOf(first);
				return found.length > 0 ? found : undefined;
			},
			{ what: 'n8n to be started', withinMs: 30_000 },
		);
		process.kill(first, 'SIGTERM');
		await untilGone([first, ...others]);
	});
});

/** @returns the id of the process, once it has printed something */
async function started([program, ...args]: readonly string[], words: RegExp): Promise<number> {
	demo = spawn(program ?? '', [...args, '--folder', folder], {
		cwd: resolve(__dirname, '..', '..'),
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let printed = '';
	for (const stream of [demo.stdout, demo.stderr]) {
		stream?.on('data', (text: Buffer) => (printed += text.toString()));
	}
	await until(() => demo.exitCode !== null || words.test(printed) || undefined, {
		what: `npm start to print ${words}`,
		withinMs: 120_000,
	});
	if (demo.pid === undefined || demo.exitCode !== null) throw new Error(`It ended: ${printed}`);
	return demo.pid;
}

/** @returns the ids of what a process has started, and of what that has started */
async function descendantsOf(pid: number): Promise<number[]> {
	const found = [pid];
	for (const ancestor of found) found.push(...(await childrenOf(ancestor)));
	return found.slice(1);
}

async function childrenOf(pid: number): Promise<number[]> {
	// A bare Linux has no pgrep.
	const list =
		process.platform === 'linux'
			? readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
			: promisify(execFile)('pgrep', ['-P', String(pid)]).then(({ stdout }) => stdout);
	return (await list.catch(() => '')).split(/\s+/).filter(Boolean).map(Number);
}

async function untilGone(pids: readonly number[]): Promise<void> {
	await until(() => !pids.some(isAlive) || undefined, {
		what: 'all of them to end',
		withinMs: 30_000,
	});
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
