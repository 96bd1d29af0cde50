import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the demo has to know again at its next start. */
export interface DemoSettings {
	/** The key of the local Kustomer, which n8n's credential holds. */
	readonly apiKey: string;
	/** Where the local Kustomer was: the demo's workflow and credential name this address. Empty before the first start. */
	readonly kustomerUrl: string;
	/** The demo's workflow in n8n. Empty before the first start. */
	readonly workflowId: string;
}

/** Reads what the last start left, or begins anew. */
export async function readSettings(file: string): Promise<DemoSettings> {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as DemoSettings;
	} catch (error) {
		const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
		if (!isMissing)
			throw new Error(`Cannot read ${file}; delete its folder to begin anew`, { cause: error });
		return { apiKey: `demo-${randomBytes(24).toString('hex')}`, kustomerUrl: '', workflowId: '' };
	}
}

export async function writeSettings(file: string, settings: DemoSettings): Promise<void> {
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, JSON.stringify(settings, null, '\t'), { mode: 0o600 });
}
