// `npm test`: every gate that must hold before a change lands, cheapest first; stops at the first that does not.
// `unit`, `scan`, `e2e` or `faults` runs only that part, with further arguments handed on to jest; `faults` alone is
// its long form, and what it counts goes to bench/RESULTS.md. `matrix` runs the main ways through the package on every
// line of n8n, or on one: `--line 1.123`.
import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import {
	DEFAULT_LINE,
	ensureN8n,
	lineOfMatrix,
	LINES,
	n8nFolder,
	type Line,
} from '../sandbox/n8n/install.cts';
import { cacheFolder, isInstalled } from '../sandbox/n8n/npmFolder.cts';
import { howToInstall, missingPrograms } from '../sandbox/services/programs.cts';

type Step = readonly [name: string, run: () => Promise<number>];

/** What jest writes with --json, as far as it is read here. */
interface JestResults {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
	readonly numRuntimeErrorTestSuites: number;
	readonly testResults: ReadonlyArray<{
		readonly name: string;
		readonly assertionResults: ReadonlyArray<{ readonly status: string }>;
	}>;
}

const ROOT = resolve(__dirname, '..');
const SCRIPTS = ['lint', 'lint:tests', 'format:check', 'typecheck', 'build'];
const PARTS = ['unit', 'scan', 'e2e', 'faults'];
/** Those with a real n8n. */
const REAL = ['e2e', 'faults'];
/** On two cores, with everything installed. */
const MINUTES: Readonly<Record<string, number>> = {
	all: 18,
	unit: 2,
	scan: 1,
	e2e: 11,
	faults: 25,
	matrix: 3,
};
const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const LOGS = join(ROOT, '.cache', 'e2e');
const RESULTS = join(ROOT, '.cache', 'jest-results.json');

const total = { passed: 0, failed: 0, skipped: 0 };
const skippedFiles: string[] = [];

async function main([part = 'all', ...jestArgs]: readonly string[]): Promise<void> {
	if (MINUTES[part] === undefined) {
		console.error(
			`Unknown part "${part}": use ${PARTS.join(', ')}, matrix, or nothing for all of it.`,
		);
		process.exit(2);
	}
	if (part === 'faults') process.env.FAULTS ??= 'full';
	const steps = part === 'matrix' ? matrixSteps(jestArgs) : stepsOf(part, jestArgs);
	await tellPlan(part, steps);
	for (const [name, run] of steps) {
		const startedAt = Date.now();
		console.log(`\n== ${name}`);
		process.exitCode = await run();
		const took = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
		console.log(`== ${name}: ${process.exitCode === 0 ? 'passed' : 'FAILED'} in ${took}`);
		if (process.exitCode !== 0) break;
	}
	tellSkipped();
	printClosingLine();
}

function stepsOf(part: string, jestArgs: readonly string[]): Step[] {
	if (part !== 'all') return [[part, async () => await jest([part], jestArgs)]];
	const inTurn = [['unit'], ['scan'], REAL].map(
		(names): Step => [names.join(', '), async () => await jest(names, jestArgs)],
	);
	return [[SCRIPTS.join(', '), npmRuns], ...inTurn];
}

/** The newest line last, whose n8n the other parts use. */
function matrixSteps(args: readonly string[]): Step[] {
	const at = args.indexOf('--line');
	const lines = at === -1 ? LINES.toReversed() : LINES.filter((line) => line === args[at + 1]);
	if (lines.length === 0) {
		console.error(`Unknown line "${args[at + 1]}": use ${LINES.join(' or ')}.`);
		process.exit(2);
	}
	const jestArgs = at === -1 ? args : args.toSpliced(at, 2);
	return lines.map((line) => [`n8n ${line}`, async () => await onLine(line, jestArgs)]);
}

async function onLine(line: Line, jestArgs: readonly string[]): Promise<number> {
	process.env.N8N_LINE = line;
	return await jest(
		['e2e'],
		['--testPathPatterns', 'e2e/(agents|matrix|records|sending)', ...jestArgs],
	);
}

async function tellPlan(part: string, steps: readonly Step[]): Promise<void> {
	const names = steps.map(([name]) => name).join(', ');
	console.log(`Runs ${names}: about ${MINUTES[part]} min on two cores.`);
	const n8n = n8nFolder(DEFAULT_LINE);
	if (!['unit', 'scan'].includes(part) && !(await isInstalled(n8n))) {
		console.log(`Installs ${n8n.label} first, ${n8n.takes} (2.4 GB, once, in ${cacheFolder()}).`);
	}
	const missing = missingPrograms();
	if (!['unit', 'scan', 'matrix'].includes(part) && missing.length > 0) {
		const what = process.env.CI === 'true' ? 'fail, since CI is "true"' : 'are skipped';
		console.log(`${howToInstall(missing).missing} is missing: the tests that need it ${what}.`);
	}
}

/** All at once: each alone leaves a core idle. */
async function npmRuns(): Promise<number> {
	const shell = process.platform === 'win32';
	const run = async (script: string): Promise<number> => {
		const code = await spawned('npm', ['run', '--silent', script], { shell });
		console.log(`${script}: ${code === 0 ? 'passed' : 'FAILED'}`);
		return code;
	};
	return Math.max(...(await Promise.all(SCRIPTS.map(run))));
}

async function jest(projects: readonly string[], more: readonly string[]): Promise<number> {
	const isReal = projects.every((name) => REAL.includes(name));
	// The tests would do it themselves, but within a test's time limit.
	if (isReal) await ensureN8n(lineOfMatrix());
	for (const old of [LOGS, RESULTS]) rmSync(old, { recursive: true, force: true });
	mkdirSync(LOGS, { recursive: true });
	const args = [JEST, '--selectProjects', ...projects, '--json', `--outputFile=${RESULTS}`];
	// Where a real n8n runs, half of the time goes by with waiting. A long run is measured, so it is alone.
	const workers = process.env.FAULTS === 'full' ? '1' : '2';
	args.push(...(isReal ? ['--maxWorkers', workers, '--verbose'] : ['--maxWorkers', '100%']));
	// What a person reads goes to stderr; stdout only repeats the JSON file.
	const code = await spawned(process.execPath, [...args, ...more], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	count(JSON.parse(readFileSync(RESULTS, 'utf8')) as JestResults);
	return code;
}

function count(results: JestResults): void {
	total.passed += results.numPassedTests;
	// A file that cannot be loaded has no tests to count: it is one failure.
	total.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
	total.skipped += results.numPendingTests + results.numTodoTests;
	for (const { name, assertionResults: tests } of results.testResults) {
		const isSkipped = tests.length > 0 && tests.every(({ status }) => status === 'pending');
		if (isSkipped) skippedFiles.push(relative(ROOT, name));
	}
}

function tellSkipped(): void {
	const missing = missingPrograms();
	if (skippedFiles.length === 0 || missing.length === 0) return;
	const how = howToInstall(missing);
	console.log(`\nSkipped, because ${how.missing} is missing: ${skippedFiles.join(', ')}`);
	console.log(`To run them too: ${how.command}`);
}

/** Over all parts, in the words that CI's reader of test results understands. Must be the last line. */
function printClosingLine(): void {
	const { passed, failed, skipped } = total;
	console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

/** @returns the exit code */
async function spawned(
	command: string,
	args: readonly string[],
	options: SpawnOptions = {},
): Promise<number> {
	const stdio = ['ignore', 'inherit', 'inherit'] as const;
	const child = spawn(command, args, { cwd: ROOT, stdio: [...stdio], ...options });
	const end = () => void child.kill();
	process.once('exit', end);
	const [code] = (await once(child, 'close')) as [number | null];
	process.off('exit', end);
	return code ?? 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
