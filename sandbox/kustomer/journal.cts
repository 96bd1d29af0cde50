import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRecord, parsedJson } from './body.cts';
import type { StoredRecord } from './store.cts';

/** With more lines than this for each record, the file is written anew at the next start. */
const LINES_PER_RECORD = 2;

/**
 * Keeps records across restarts: one line for each write, the last line of a record counts. A
 * whole state written at each change would take seconds with 100,000 records.
 */
export class Journal {
	private isLoading = false;

	constructor(private readonly path: string) {}

	/**
	 * Hands over what was kept. A last line that was cut by a crash is left out, and where there are
	 * many old lines, all is written anew.
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
		let isWhole = true;
		for (const line of lines) {
			const read = parsedJson(line);
			if (isRecord(read)) {
				const record = read as StoredRecord;
				records.set([record.type, record.id].join('/'), record);
			} else isWhole &&= line === '';
		}
		this.isLoading = true;
		for (const record of records.values()) put(record);
		this.isLoading = false;
		if (!isWhole || lines.length > records.size * LINES_PER_RECORD) this.rewrite(records.values());
		return records.size > 0;
	}

	append(record: StoredRecord): void {
		if (this.isLoading) return;
		mkdirSync(dirname(this.path), { recursive: true });
		appendFileSync(this.path, lineOf(record), { mode: 0o600 });
	}

	private rewrite(records: Iterable<StoredRecord>): void {
		const aside = `${this.path}.new`;
		writeFileSync(aside, [...records].map(lineOf).join(''), { mode: 0o600 });
		renameSync(aside, this.path);
	}
}

function lineOf(record: StoredRecord): string {
	return `${JSON.stringify(record)}\n`;
}
