import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../sandbox/n8n/deadline.cts';

jest.setTimeout(300_000);

let folder: string;
let demo: ChildProcess;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-start-'));
});

afterEach(() => demo.kill('SIGKILL'));

afterAll(async () => {
	await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

describe('npm start, in full swing,', () => {
	it.each([
		['npm', 'SIGTERM'],
		['the first Node', 'SIGINT'],
	] as const)('ends with all that it started when %s alone gets %s', async (who, signal) => {
		const npm = await started(/Ctrl-C stops both/);
		const others = await descendantsOf(npm);
		const node = others.find(({ args }) => args.startsWith('node sandbox/run.mjs'));
		// These two, n8n and its task runner.
		expect(others.length).toBeGreaterThanOrEqual(3);
		process.kill(who === 'npm' ? npm : (node?.pid ?? 0), signal);
		await goneAll([npm, ...others.map(({ pid }) => pid)]);
	});
});

it('npm start ends with what it started while n8n is not ready yet', async () => {
	const npm = await started(/Starting n8n/);
	const all = await until(
		async () => {
			const found = await descendantsOf(npm);
			return found.some(({ args }) => args.endsWith('n8n start')) ? found : undefined;
		},
		{ what: 'n8n to be started', withinMs: 30_000 },
	);
	process.kill(npm, 'SIGTERM');
	await goneAll([npm, ...all.map(({ pid }) => pid)]);
});

/** @returns the id of npm, once it has printed something */
async function started(printed: RegExp): Promise<number> {
	demo = spawn('npm', ['start', '--', '--folder', folder], {
		cwd: resolve(__dirname, '..', '..'),
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [demo.stdout, demo.stderr]) {
		stream?.on('data', (text: Buffer) => (output += text.toString()));
	}
	await until(() => demo.exitCode !== null || printed.test(output) || undefined, {
		what: `npm start to print ${printed}`,
		withinMs: 120_000,
	});
	if (demo.pid === undefined || demo.exitCode !== null) throw new Error(`It ended: ${output}`);
	return demo.pid;
}

/** @returns what a process has started, and what that has started, nearest first */
async function descendantsOf(ancestor: number): Promise<Array<{ pid: number; args: string }>> {
	const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
	const rows = [...stdout.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)].map(([, pid, parent, args]) => ({
		pid: Number(pid),
		parent: Number(parent),
		args: args ?? '',
	}));
	const found = [{ pid: ancestor, args: '' }];
	for (const { pid } of found) found.push(...rows.filter(({ parent }) => parent === pid));
	return found.slice(1);
}

async function goneAll(pids: readonly number[]): Promise<void> {
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
