// `npm test`: every gate that must hold before a change lands, cheapest first; stops at the first that does not.
// `unit`, `scan`, `e2e` or `faults` runs only that part, with further arguments handed on to jest; `faults` alone is
// its long form, and what it counts goes to bench/RESULTS.md. `matrix` runs the main ways through the package on every
// line of n8n, or on one: `--line 1.123`.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, setUp } from '../sandbox/setup.mjs';

const SCRIPTS = ['lint', 'typecheck', 'build'];
const PARTS = ['unit', 'scan', 'e2e', 'faults'];
const LINES = readdirSync(join(ROOT, 'sandbox', 'n8n')).filter((name) => /^\d/.test(name));
const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const RESULTS = join(ROOT, '.cache', 'jest-results.json');

const total = { passed: 0, failed: 0, skipped: 0 };
const [part = 'all', ...jestArgs] = process.argv.slice(2);
if (!['all', 'matrix', ...PARTS].includes(part)) {
	console.error(
		`Unknown part "${part}": use ${PARTS.join(', ')}, matrix, or nothing for all of it.`,
	);
	process.exit(2);
}
const lines = part === 'matrix' ? chosenLines() : [];
if (part === 'faults') process.env.FAULTS ??= 'full';

await setUp();
const steps = {
	all: [
		...SCRIPTS.map((name) => [name, () => npmRun(name)]),
		...PARTS.map((name) => [name, () => jest(name)]),
	],
	matrix: lines.map((line) => [`n8n ${line}`, () => jestOnLine(line)]),
}[part] ?? [[part, () => jest(part)]];
for (const [name, step] of steps) {
	const startedAt = Date.now();
	console.log(`\n== ${name}`);
	process.exitCode = await step();
	const took = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
	console.log(`== ${name}: ${process.exitCode === 0 ? 'passed' : 'FAILED'} in ${took}`);
	if (process.exitCode !== 0) break;
}
// What a long run counted belongs on the page.
if (process.env.FAULTS === 'full') {
	const bench = join(ROOT, 'bench', 'main.cts');
	await spawned(process.execPath, ['--require', 'tsx/cjs', bench, '--page']);
}
printClosingLine();

function npmRun(script) {
	return spawned('npm', ['run', '--silent', script], { shell: process.platform === 'win32' });
}

async function jest(project, chosen = []) {
	if (['e2e', 'faults'].includes(project)) await installN8n();
	mkdirSync(join(ROOT, '.cache'), { recursive: true });
	rmSync(RESULTS, { force: true });
	const args = [JEST, '--selectProjects', project, '--json', `--outputFile=${RESULTS}`];
	// Two n8n at once on two cores would make every deadline a gamble.
	if (project !== 'unit') args.push('--runInBand', '--verbose');
	// What a person reads goes to stderr; stdout only repeats the JSON file.
	const code = await spawned(process.execPath, [...args, ...chosen, ...jestArgs], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	count();
	return code;
}

/** Takes `--line` out of what is handed on to jest. */
function chosenLines() {
	const at = jestArgs.indexOf('--line');
	if (at === -1) return LINES.reverse();
	const [, line] = jestArgs.splice(at, 2);
	if (LINES.includes(line)) return [line];
	console.error(`Unknown line "${line}": use ${LINES.join(' or ')}.`);
	process.exit(2);
}

async function jestOnLine(line) {
	process.env.N8N_LINE = line;
	return await jest('e2e', ['--testPathPatterns', 'e2e/matrix']);
}

/** The tests would do it themselves, but inside jest nobody sees the progress. */
async function installN8n() {
	const install = join(ROOT, 'sandbox', 'n8n', 'install.cts');
	const code = await spawned(process.execPath, ['--require', 'tsx/cjs', install]);
	if (code !== 0) process.exit(code);
}

function count() {
	const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
	total.passed += results.numPassedTests;
	// A file that cannot be loaded has no tests to count: it is one failure.
	total.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
	total.skipped += results.numPendingTests + results.numTodoTests;
}

/** Over all parts, in the words that CI's reader of test results understands. Must be the last line. */
function printClosingLine() {
	const { passed, failed, skipped } = total;
	console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

/** @returns {Promise<number>} the exit code */
function spawned(command, args, options) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd: ROOT,
			stdio: ['ignore', 'inherit', 'inherit'],
			...options,
		});
		child.once('error', reject);
		child.once('close', (code) => resolve(code ?? 1));
	});
}
