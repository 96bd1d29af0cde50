import { homedir } from 'node:os';
import { join } from 'node:path';

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
