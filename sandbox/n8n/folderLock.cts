import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { until } from './deadline.cts';

/** Runs `work` while holding `path` as a lock, so that two starts at once do not install into one folder. */
export async function withFolderLock<T>(path: string, work: () => Promise<T>): Promise<T> {
	await mkdir(dirname(path), { recursive: true });
	let saidSo = false;
	await until(
		async () => {
			if (await take(path)) return true;
			if (!saidSo) console.log('Another start is installing the same thing: waiting for it.');
			saidSo = true;
			return undefined;
		},
		{
			what: `the lock ${path}; if nothing else is installing, delete it`,
			withinMs: 20 * 60_000,
			everyMs: 1000,
		},
	);
	try {
		return await work();
	} finally {
		await rm(path, { force: true });
	}
}

async function take(path: string): Promise<boolean> {
	try {
		await writeFile(path, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if (!isCode(error, 'EEXIST')) throw error;
	}
	const owner = Number(await readFile(path, 'utf8').catch(() => ''));
	// An empty file is one whose owner has created it and is about to write its number.
	if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
	return false;
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return isCode(error, 'EPERM');
	}
}

function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}
