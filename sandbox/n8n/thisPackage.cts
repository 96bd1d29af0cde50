import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withFolderLock } from './folderLock.cts';
import { npm } from './npm.cts';
import { withProgress } from './progress.cts';

const ROOT = resolve(__dirname, '..', '..');
const SOURCES = ['nodes', 'credentials', 'package.json', 'tsconfig.json', 'assets.mjs'];

interface Manifest {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
	[field: string]: unknown;
}

/** Builds `dist/` of this repository unless it is of the present sources. Returns the repository's folder. */
export async function ensureBuilt(): Promise<string> {
	const stamp = join(ROOT, '.cache', 'built');
	await withFolderLock(`${stamp}.lock`, async () => {
		const sources = await hashOf(SOURCES.map((name) => join(ROOT, name)));
		const built = await readFile(stamp, 'utf8').catch(() => undefined);
		if (built === sources && (await isComplete())) return;
		await rm(stamp, { force: true });
		await withProgress('Building n8n-nodes-kustomer', npm({ cwd: ROOT, args: ['run', 'build'] }));
		await writeFile(stamp, sources);
	});
	return ROOT;
}

/**
 * Puts a built package where n8n keeps the community nodes that a person installs from its settings, the way n8n
 * does: without the manifest's dependency lists.
 * @param packageDir a folder with `package.json` and `dist/`; nothing is done when it is that place already
 */
export async function installInto(userFolder: string, packageDir: string): Promise<void> {
	const manifest = await manifestOf(packageDir);
	const target = packageFolder(userFolder, manifest.name);
	if (resolve(packageDir) === resolve(target)) return;
	await rm(target, { recursive: true, force: true });
	await mkdir(target, { recursive: true });
	await cp(join(packageDir, 'dist'), join(target, 'dist'), { recursive: true });
	const { devDependencies, peerDependencies, optionalDependencies, ...rest } = manifest;
	await writeFile(join(target, 'package.json'), JSON.stringify(rest, null, '\t'));
}

/** @returns where n8n keeps an installed community package */
export function packageFolder(userFolder: string, name: string): string {
	return join(userFolder, '.n8n', 'nodes', 'node_modules', name);
}

async function isComplete(): Promise<boolean> {
	const { n8n } = await manifestOf(ROOT);
	return [...n8n.nodes, ...n8n.credentials].every((file) => existsSync(join(ROOT, file)));
}

async function manifestOf(folder: string): Promise<Manifest> {
	return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

async function hashOf(paths: readonly string[]): Promise<string> {
	const hash = createHash('sha256');
	for (const path of paths) {
		const children = await readdir(path, { recursive: true, withFileTypes: true }).catch(
			() => undefined,
		);
		const files = children
			?.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name))
			.sort();
		for (const file of files ?? [path]) hash.update(file).update(await readFile(file));
	}
	return hash.digest('hex');
}
