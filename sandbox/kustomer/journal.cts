import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRecord, parsedJson } from './body.cts';
import type { StoredRecord } from './store.cts';

/**
 * Keeps records across restarts: one line for each write, the last line of a record counts. A
 * whole state written at each change would take seconds with 100,000 records.
 */
export class Journal {
	private loading = false;

	constructor(private readonly path: string) {}

	/**
	 * Hands over what was kept and writes it anew, once for each record. A last line that was cut
	 * by a crash is left out.
	 *
	 * @returns whether there was anything
	 */
	load(put: (record: StoredRecord) => void): boolean {
		let lines: string[];
		try {
			lines = readFileSync(this.path, 'utf8').split('\n');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
			throw error;
		}
		const records = new Map<string, StoredRecord>();
		for (const line of lines) {
			const record = parsedJson(line);
			if (isRecord(record)) records.set(`${record.type}/${record.id}`, record as StoredRecord);
		}
		this.loading = true;
		for (const record of records.values()) put(record);
		this.loading = false;
		const aside = `${this.path}.new`;
		writeFileSync(aside, [...records.values()].map(lineOf).join(''), { mode: 0o600 });
		renameSync(aside, this.path);
		return records.size > 0;
	}

	append(record: StoredRecord): void {
		if (this.loading) return;
		mkdirSync(dirname(this.path), { recursive: true });
		appendFileSync(this.path, lineOf(record), { mode: 0o600 });
	}
}

function lineOf(record: StoredRecord): string {
	return `${JSON.stringify(record)}\n`;
}
