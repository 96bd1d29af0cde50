import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureNpmFolder } from '../../sandbox/n8n/npmFolder.cts';

/** What n8n's scanner makes of a package; `details` is its report when it does not pass. */
export interface Verdict {
	readonly passed: boolean;
	readonly message: string;
	readonly details: string;
}

/** Installs the scanner n8n uses before it verifies a package. Returns its folder. */
export async function ensureScanner(): Promise<string> {
	return await ensureNpmFolder({
		manifestFolder: join(__dirname, 'scanner'),
		name: 'scanner',
		label: "n8n's package scanner",
		takes: 'about 10 s',
	});
}

/** Scans a folder as n8n does: the sources of a repository, or the contents of a published tarball. */
export async function scan(packageFolder: string, what: 'source' | 'dist'): Promise<Verdict> {
	const args = [join(__dirname, 'scan.mjs'), await ensureScanner(), packageFolder, what];
	// The lint rules have a test mode of their own, which jest's NODE_ENV would switch on.
	const { NODE_ENV, ...env } = process.env;
	const { stdout } = await promisify(execFile)(process.execPath, args, {
		env,
		maxBuffer: 64 * 1024 * 1024,
	});
	const lastLine = stdout.trim().split('\n').at(-1) ?? '';
	return JSON.parse(lastLine) as Verdict;
}
