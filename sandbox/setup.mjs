// The first thing `npm start` and `npm test` do. Plain JavaScript on Node's own modules, since nothing else is
// there yet on a fresh clone.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const OLDEST_NODE = [20, 19];

/** Checks Node and installs the development packages unless they are those of package-lock.json. */
export async function setUp() {
	checkNode();
	if (isInstalled()) return;
	const startedAt = Date.now();
	const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
	console.log('Installing the development packages, about 30 s the first time ...');
	const timer = setInterval(() => console.log(`  ... ${seconds()}`), 15_000);
	const code = await npmCi();
	clearInterval(timer);
	if (code !== 0) {
		console.error(`npm could not install the packages; its reason stands above.`);
		process.exit(1);
	}
	console.log(`Development packages installed in ${seconds()}`);
}

/**
 * Runs a TypeScript file of this repository with its arguments, in this terminal, and ends as it does.
 * @param {string} file relative to the repository
 * @param {string[]} args
 */
export function handOver(file, args) {
	const child = spawn(process.execPath, ['--require', 'tsx/cjs', join(ROOT, file), ...args], {
		cwd: ROOT,
		stdio: 'inherit',
	});
	// Ctrl-C reaches both; the child decides when it is done, and a second Ctrl-C is its business too.
	process.on('SIGINT', () => {});
	process.on('SIGTERM', () => child.kill('SIGTERM'));
	child.once('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

function checkNode() {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
	if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
	console.error(
		`This needs Node ${OLDEST_NODE.join('.')} or newer, and you have ${process.versions.node}. ` +
			'Install a newer one (nodejs.org, or your version manager) and run the same command again.',
	);
	process.exit(1);
}

/** Compares the lock with the record npm writes last, so that a developer's own `npm install` counts too. */
function isInstalled() {
	try {
		const wanted = packagesOf('package-lock.json');
		const present = packagesOf('node_modules/.package-lock.json');
		return Object.entries(wanted).every(([path, { version, optional }]) => {
			if (path === '') return true;
			return present[path] === undefined ? optional === true : present[path].version === version;
		});
	} catch {
		return false;
	}
}

/** @returns {Record<string, { version?: string, optional?: boolean }>} */
function packagesOf(file) {
	return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
}

/** @returns {Promise<number | null>} the exit code */
function npmCi() {
	return new Promise((resolve, reject) => {
		const child = spawn('npm', ['ci', '--no-progress', '--loglevel=error'], {
			cwd: ROOT,
			shell: process.platform === 'win32',
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		child.once('error', reject);
		child.once('close', resolve);
	});
}
