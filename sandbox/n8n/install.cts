import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npm } from './npm.cts';
import { ensureNpmFolder, type NpmFolder } from './npmFolder.cts';

/** The lines of n8n that can be started here: each is a folder beside this file with a manifest and its lock. */
export const LINES = ['2.41', '1.123'] as const;

export type Line = (typeof LINES)[number];

/** An n8n that is installed and can be started. */
export interface InstalledN8n {
	readonly line: Line;
	readonly version: string;
	/** The Node that runs it. */
	readonly node: string;
	/** n8n's own command file. */
	readonly command: string;
}

export const DEFAULT_LINE: Line = '2.41';

/** @returns the line that N8N_LINE names, for the end-to-end matrix, else the default one */
export function lineOfMatrix(): Line {
	const name = process.env.N8N_LINE;
	if (name === undefined) return DEFAULT_LINE;
	const line = LINES.find((known) => known === name);
	if (line !== undefined) return line;
	throw new Error(`N8N_LINE is ${name}, but only ${LINES.join(' and ')} can be started`);
}

/** @returns whether N8N_NODE=own asks for the Node that runs this, e.g. Node 20, in place of the one in the line's lock */
export function isOnOwnNode(): boolean {
	const node = process.env.N8N_NODE;
	if (node === undefined || node === 'own') return node === 'own';
	throw new Error(`N8N_NODE is ${node}, but only "own" is known`);
}

/** Installs n8n with the Node it needs into the cache unless both are there (about 3 minutes, 2.4 GB). */
export async function ensureN8n(line: Line = DEFAULT_LINE): Promise<InstalledN8n> {
	const folder = await ensureNpmFolder(n8nFolder(line));
	return {
		line,
		version: pinnedVersion(line),
		node: nodeOf(folder) ?? process.execPath,
		command: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
	};
}

/** @returns what `ensureN8n` installs */
export function n8nFolder(line: Line): NpmFolder {
	return {
		manifestFolder: join(__dirname, line),
		// What is compiled for one Node may crash in another.
		name: isOnOwnNode() ? `n8n-${line}-node${process.versions.modules}` : `n8n-${line}`,
		label: `n8n ${pinnedVersion(line)}`,
		takes: 'about 3 minutes',
		finish: buildSqlite,
	};
}

/** sqlite3 is the one package whose install script is needed: it fetches or compiles its binary. */
async function buildSqlite(folder: string): Promise<void> {
	const node = nodeOf(folder);
	const env: Record<string, string> = { JOBS: 'max' };
	// The packages that bring Node bring its headers too, which spares node-gyp a download.
	if (node !== undefined && process.platform !== 'win32')
		env.npm_config_nodedir = dirname(dirname(node));
	try {
		await npm({ cwd: folder, args: ['rebuild', 'sqlite3', '--ignore-scripts=false'], env });
	} catch (error) {
		throw new Error(
			'n8n needs sqlite3, whose ready-made binary could not be downloaded, and which could not be compiled. ' +
				'Install Python 3 and a C++ compiler (Debian/Ubuntu: apt-get install python3 make g++; macOS: ' +
				'xcode-select --install; Windows: Visual Studio Build Tools with C++) and start again.',
			{ cause: error },
		);
	}
}

/**
 * The Node of the line, from the packages that the npm package `node` would fetch in its install script: named in
 * the lock they are checked against it, and no script has to run. A platform without one uses the Node it has.
 */
function nodeOf(folder: string): string | undefined {
	if (isOnOwnNode()) return undefined;
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const file = process.platform === 'win32' ? 'node.exe' : 'node';
	return [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]
		.map((name) => join(folder, 'node_modules', name, 'bin', file))
		.find((path) => existsSync(path));
}

function pinnedVersion(line: Line): string {
	const manifest = readFileSync(join(__dirname, line, 'package.json'), 'utf8');
	return (JSON.parse(manifest) as { dependencies: { n8n: string } }).dependencies.n8n;
}
