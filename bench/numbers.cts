/** A measurement over several rounds. */
export interface Spread {
	readonly median: number;
	readonly least: number;
	readonly most: number;
}

/** One value per round, by case. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** @throws Error for no numbers at all */
export function median(numbers: readonly number[]): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	const upper = sorted[Math.floor(sorted.length / 2)];
	const lower = sorted[Math.floor((sorted.length - 1) / 2)];
	if (upper === undefined || lower === undefined) throw new Error('nothing was measured');
	return (upper + lower) / 2;
}

/** @throws Error for no numbers at all */
export function spread(numbers: readonly number[]): Spread {
	return { median: median(numbers), least: Math.min(...numbers), most: Math.max(...numbers) };
}

/**
 * A case against every other one, each round against the same round, so that a slow minute of the machine counts for
 * both.
 * @returns the ratios by the other case's name
 */
export function ratiosOf(name: string, rounds: Rounds): Record<string, Spread> {
	const own = rounds.get(name) ?? [];
	return Object.fromEntries(
		[...rounds].map(([other, values]) => [
			other,
			spread(values.map((value, round) => (own[round] ?? Number.NaN) / value)),
		]),
	);
}

/** @param share 0.95 for the value that 95 % do not exceed */
export function percentile(numbers: readonly number[], share: number): number {
	const sorted = [...numbers].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
