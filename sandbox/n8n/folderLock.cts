import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { until } from './deadline.cts';

/** Runs `work` while holding `path` as a lock, so that two starts at once do not install into one folder. */
export async function withFolderLock<T>(path: string, work: () => Promise<T>): Promise<T> {
	let saidSo = false;
	await until(
		async () => {
			if (await takeLock(path)) return true;
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

/** Takes the lock for this process unless a living one has it. Give it back by deleting the file. */
export async function takeLock(path: string): Promise<boolean> {
	await mkdir(dirname(path), { recursive: true });
	if (await created(path)) return true;
	const owner = Number(await readFile(path, 'utf8').catch(() => ''));
	// An empty file is one whose owner has created it and is about to write its number.
	if (owner === 0 || isAlive(owner)) return false;
	await rm(path, { force: true });
	return await created(path);
}

async function created(path: string): Promise<boolean> {
	try {
		await writeFile(path, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if (isCode(error, 'EEXIST')) return false;
		throw error;
	}
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
	// Not instanceof: inside jest, Node's errors are of another realm.
	return (error as NodeJS.ErrnoException | undefined)?.code === code;
}
