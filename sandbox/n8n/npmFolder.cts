import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withFolderLock } from './folderLock.cts';
import { npm } from './npm.cts';
import { withProgress } from './progress.cts';

/** A private npm project (package.json, package-lock.json, .npmrc) whose node_modules live in the cache. */
export interface NpmFolder {
	/** Where the manifest and its lock are kept in this repository. */
	readonly manifestFolder: string;
	/** Names the folder in the cache. */
	readonly name: string;
	/** What a person is told is being installed. */
	readonly label: string;
	/** How long the first time takes, in a person's words. */
	readonly takes: string;
	/** What is left to do once the packages are there. Gets the folder in the cache. */
	readonly finish?: (folder: string) => Promise<void>;
}

const MANIFEST = ['package.json', 'package-lock.json', '.npmrc'];
const MARKER = '.installed';
const UNUSED_AFTER_DAYS = 30;

/**
 * Installs the folder into the cache unless it is there, and returns where it is.
 *
 * The folder's name holds a hash of the lock, so a changed lock is another folder. The marker is written last: a
 * folder without one is the rest of an interrupted install and is removed.
 */
export async function ensureNpmFolder(project: NpmFolder): Promise<string> {
	const folder = await folderOf(project);
	if (existsSync(join(folder, MARKER))) return await used(folder);
	return await withFolderLock(`${folder}.lock`, async () => {
		if (existsSync(join(folder, MARKER))) return await used(folder);
		await removeUnused(project.name);
		await withProgress(
			`Installing ${project.label}, ${project.takes} the first time`,
			install(project, folder),
		);
		return folder;
	});
}

/** @returns whether `ensureNpmFolder` has nothing to do */
export async function isInstalled(project: NpmFolder): Promise<boolean> {
	return existsSync(join(await folderOf(project), MARKER));
}

async function folderOf({ name, manifestFolder }: NpmFolder): Promise<string> {
	return join(cacheFolder(), `${name}-${await manifestHash(manifestFolder)}`);
}

async function install(project: NpmFolder, folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	for (const file of MANIFEST)
		await copyFile(join(project.manifestFolder, file), join(folder, file));
	await npm({ cwd: folder, args: ['ci', '--prefer-offline', '--no-progress', '--loglevel=error'] });
	await project.finish?.(folder);
	await writeFile(join(folder, MARKER), '');
}

async function manifestHash(manifestFolder: string): Promise<string> {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
	for (const file of MANIFEST) hash.update(await readFile(join(manifestFolder, file)));
	return hash.digest('hex').slice(0, 12);
}

/** Notes the day in the marker's time, for `removeUnused`. */
async function used(folder: string): Promise<string> {
	const now = new Date();
	await utimes(join(folder, MARKER), now, now);
	return folder;
}

/** An update of n8n leaves two gigabytes behind: those of the same name that nobody has started for a while go. */
async function removeUnused(name: string): Promise<void> {
	const oldest = Date.now() - UNUSED_AFTER_DAYS * 24 * 60 * 60_000;
	for (const entry of await readdir(cacheFolder())) {
		if (!entry.startsWith(`${name}-`)) continue;
		const marker = await stat(join(cacheFolder(), entry, MARKER)).catch(() => undefined);
		if (marker !== undefined && marker.mtimeMs < oldest) {
			await rm(join(cacheFolder(), entry), { recursive: true, force: true });
		}
	}
}

/**
 * The folder that holds what is too large to install per clone (n8n alone is 2.2 GB).
 *
 * It belongs to the user and not to the work tree, so that every clone on a machine, and each fresh one CI makes,
 * shares what the first has installed. `N8N_NODES_KUSTOMER_CACHE` puts it elsewhere.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
	if (env.N8N_NODES_KUSTOMER_CACHE) return env.N8N_NODES_KUSTOMER_CACHE;
	const name = 'n8n-nodes-kustomer';
	if (process.platform === 'win32' && env.LOCALAPPDATA)
		return join(env.LOCALAPPDATA, name, 'cache');
	return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), name);
}
