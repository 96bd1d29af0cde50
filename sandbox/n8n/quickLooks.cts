import { join } from 'node:path';

/** For n8n's environment: triggers look at their webhook every so many seconds, in place of every five minutes. */
export function quickLooks(seconds: number): Record<string, string> {
	const preload = join(__dirname, 'quickLooksPreload.cjs');
	return { NODE_OPTIONS: `--require "${preload}"`, LOOK_SECONDS: String(seconds) };
}
