import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { drawChart } from './chart.cts';
import type { AtVolume } from './records.cts';
import { asMarkdown, RECORDS, recordsAsMarkdown, type Results } from './report.cts';

const CACHE = resolve(__dirname, '..', '.cache', 'bench');

/** Where what was measured is kept, for another look at it, and where its page is. */
const PLACES = {
	// Committed: the bench writes it down to "Faults"; below that, each long run writes a row.
	whole: { kept: CACHE, page: __dirname },
	part: { kept: join(CACHE, 'part'), page: join(CACHE, 'part') },
};

/** The whole bench, or less. */
export type Run = keyof typeof PLACES;

/** The sections of which long runs write a row. */
export const FAULTS = '## Faults';
export const SOAK = '## Under load for a long time';

/** Keeps what the bench measured and writes its page and chart. @returns the page's file */
export function writeResults(results: Results, run: Run): string {
	const { kept, page } = PLACES[run];
	mkdirSync(kept, { recursive: true });
	writeFileSync(join(kept, 'results.json'), JSON.stringify(results));
	writeFileSync(join(page, 'chart.svg'), drawChart(results));
	return edit(join(page, 'RESULTS.md'), (text) => withMeasured(text, asMarkdown(results)));
}

/** Keeps what the bench measured of records at volume and writes its section. @returns the page's file */
export function writeRecords(results: AtVolume, run: Run): string {
	const { kept, page } = PLACES[run];
	mkdirSync(kept, { recursive: true });
	writeFileSync(join(kept, 'records.json'), JSON.stringify(results));
	return edit(join(page, 'RESULTS.md'), (text) => withRecords(text, recordsAsMarkdown(results)));
}

/** Puts the section of records at volume before "Faults", in place of the one that is there. */
export function withRecords(page: string, section: string): string {
	const faults = page.indexOf(`\n${FAULTS}\n`);
	const end = faults === -1 ? page.length : faults;
	const start = page.slice(0, end).indexOf(`\n${RECORDS}\n`);
	const before = page.slice(0, start === -1 ? end : start);
	return `${before}\n${section}${page.slice(end)}`;
}

/** The last whole run, where this checkout had one. @throws Error if it had none */
export function lastWholeRun(): Results {
	return kept('results.json') as Results;
}

/** As `lastWholeRun`, of records at volume. */
export function lastWholeRecords(): AtVolume {
	return kept('records.json') as AtVolume;
}

function kept(name: string): unknown {
	const file = join(PLACES.whole.kept, name);
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
	throw new Error('No whole run of the bench is kept in .cache/bench: run "npm run bench" first.');
}

/** Puts what one long run counted into a table of the committed page, in place of the row of the same name. */
export function writeRow(heading: string, cells: readonly string[]): void {
	edit(join(PLACES.whole.page, 'RESULTS.md'), (text) => withRow(text, heading, cells));
}

/** Replaces everything before the records at volume, or before "Faults". */
export function withMeasured(page: string, measured: string): string {
	const rest = [RECORDS, FAULTS].map((heading) => page.indexOf(`\n${heading}\n`));
	const [start] = rest.filter((at) => at !== -1);
	return start === undefined ? measured : measured + page.slice(start);
}

/**
 * @param cells the first one names the row
 * @throws Error if the page has no such section
 */
export function withRow(page: string, heading: string, cells: readonly string[]): string {
	const start = page.indexOf(`\n${heading}\n`);
	if (start === -1) throw new Error(`bench/RESULTS.md has no section "${heading}".`);
	const next = page.indexOf('\n## ', start + 1);
	const end = next === -1 ? page.length : next;
	const lines = page.slice(start, end).split('\n');
	const same = lines.findIndex((line) => line.split('|')[1]?.trim() === cells[0]);
	const afterLast = lines.findLastIndex((line) => line.startsWith('|')) + 1;
	lines.splice(same === -1 ? afterLast : same, same === -1 ? 0 : 1, `| ${cells.join(' | ')} |`);
	return page.slice(0, start) + lines.join('\n') + page.slice(end);
}

function edit(file: string, change: (text: string) => string): string {
	writeFileSync(file, change(existsSync(file) ? readFileSync(file, 'utf8') : ''));
	return file;
}
