/** Numbers by chance that a seed makes again. */
export type Random = {
	/** @returns true in this part of all cases */
	chance(part: number): boolean;
	/** @returns one of the list */
	of<T>(list: readonly T[]): T;
};

/** mulberry32 */
export function randomBy(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	return {
		chance: (part) => next() < part,
		of: (list) => list[Math.floor(next() * list.length)],
	};
}
