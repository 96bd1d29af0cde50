/** What a run counted, for whoever started it: past jest, which would wrap it into the place in the code. */
export function print(what: string, counts: object): void {
	process.stderr.write(`\n${what}: ${JSON.stringify(counts)}\n`);
}
