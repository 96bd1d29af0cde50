import { FAULTS, writeRow } from '../../bench/page.cts';

type Counts = { readonly [what: string]: number | string | Counts };

/**
 * Prints what a run counted, past jest, which would wrap it into the place in the code. The long form also writes it to
 * bench/RESULTS.md.
 * @param what names the row on the page
 */
export function record(what: string, counts: Counts): void {
	process.stderr.write(`\n${what}: ${inWords(counts)}\n`);
	if (process.env.FAULTS !== 'full') return;
	writeRow(FAULTS, [what, inWords(counts), new Date().toISOString().slice(0, 10)]);
}

/** `{ ranMoreThanOnce: 2, kills: { main: 1 } }` → "ran more than once: 2, kills (main: 1)" */
function inWords(counts: Counts): string {
	return Object.entries(counts)
		.filter(([, value]) => typeof value !== 'object' || Object.keys(value).length > 0)
		.map(([key, value]) => {
			const name = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
			if (typeof value !== 'object') return `${name}: ${value.toLocaleString('en')}`;
			return `${name} (${inWords(value)})`;
		})
		.join(', ');
}
