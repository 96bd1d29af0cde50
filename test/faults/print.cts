import { recordFault } from '../../bench/recorded.cts';

/**
 * What a run counted, for whoever started it: past jest, which would wrap it into the place in the code. The long form
 * is what bench/RESULTS.md tells.
 */
export function print(what: string, counts: Record<string, unknown>): void {
	process.stderr.write(`\n${what}: ${JSON.stringify(counts)}\n`);
	if (process.env.FAULTS !== 'full') return;
	recordFault({ what, date: new Date().toISOString().slice(0, 10), counts });
}
