/** A measurement over several rounds. */
export interface Spread {
	readonly median: number;
	readonly least: number;
	readonly most: number;
}

/** @throws Error for no numbers at all */
export function median(numbers: readonly number[]): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	const upper = sorted[Math.floor(sorted.length / 2)];
	const lower = sorted[Math.floor((sorted.length - 1) / 2)];
	if (upper === undefined || lower === undefined) throw new Error('nothing was measured');
	return (upper + lower) / 2;
}

export function spread(numbers: readonly number[]): Spread {
	return { median: median(numbers), least: Math.min(...numbers), most: Math.max(...numbers) };
}

/** @param share 0.95 for the value that 95 % do not exceed */
export function percentile(numbers: readonly number[], share: number): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
