import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawChart } from './chart.cts';
import { read, recordedFaults, recordedSoaks, RESULTS } from './recorded.cts';
import { asMarkdown, type Results } from './report.cts';

/** Writes RESULTS.md and the chart from what is recorded in a folder: the bench there, the long runs in the repository. */
export function writePage(folder = RESULTS): void {
	const results = read<Results>('latest.json', folder);
	if (results === undefined) return;
	writeFileSync(join(folder, 'chart.svg'), drawChart(results));
	const page = join(folder === RESULTS ? dirname(RESULTS) : folder, 'RESULTS.md');
	// Written by hand, for the results that they stand beside.
	const remarks = join(folder, 'remarks.md');
	const text = asMarkdown(results, { faults: recordedFaults(), soaks: recordedSoaks() });
	writeFileSync(page, existsSync(remarks) ? `${text}\n${readFileSync(remarks, 'utf8')}` : text);
}
