// node sandbox/run.mjs <file.cts> [arguments]: what every command of package.json that is written in TypeScript begins
// with. It installs the development packages unless they are there, so it is plain JavaScript on Node's own modules.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = '20.19.0';

for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => {
		// Unlike the default action, an exit lets what was started be ended; who listens too ends it in order.
		if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
	});
}
endWithNpm();
checkNode();
if (!isInstalled()) await install();

const [, , file = '', ...args] = process.argv;
process.chdir(ROOT);
process.argv = [process.execPath, join(ROOT, file), ...args];
const require = createRequire(import.meta.url);
require('tsx/cjs');
require(join(ROOT, file));

/** npm passes a signal on to the shell between it and this process, and most shells then end without a word. */
function endWithNpm() {
	const shell = process.ppid;
	if (process.env.npm_lifecycle_event === undefined) return;
	const watch = setInterval(() => {
		if (process.ppid === shell) return;
		clearInterval(watch);
		process.kill(process.pid, 'SIGTERM');
	}, 200);
	watch.unref();
}

function checkNode() {
	const isOld = process.versions.node.localeCompare(OLDEST_NODE, 'en', { numeric: true }) < 0;
	if (!isOld) return;
	console.error(
		`This needs Node ${OLDEST_NODE} or newer, and you have ${process.versions.node}. ` +
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

async function install() {
	console.log('Installing the development packages, about 30 s the first time ...');
	const timer = setInterval(() => console.log('  ... still installing'), 15_000);
	const npm = spawn('npm', ['ci', '--no-progress', '--loglevel=error'], {
		cwd: ROOT,
		shell: process.platform === 'win32',
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	process.once('exit', () => npm.kill());
	const [code] = await once(npm, 'close');
	clearInterval(timer);
	if (code === 0) return;
	console.error('npm could not install the packages; its reason is above.');
	process.exit(1);
}
