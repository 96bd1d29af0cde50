import { InputMistake } from '../itemErrors';

/** Kustomer's limit for a post, spaces included. Source: https://developer.kustomer.com/docs/events/inbound-webhooks */
export const MOST_BYTES = 400_000;

const HINT_FROM_BYTES = 0.9 * MOST_BYTES;

/** @throws InputMistake when Kustomer would refuse a post of this size */
export function refuseTooLarge(bytes: number): void {
	if (bytes <= MOST_BYTES) return;
	throw new InputMistake(
		`This post has ${inThousands(bytes)} bytes, and Kustomer takes at most ${inThousands(MOST_BYTES)}. Send fewer fields or smaller files, or split the data over several items.`,
	);
}

/**
 * @param sizes bytes of each post of a run
 * @returns a sentence for the person when posts come close to the limit; undefined when none does
 */
export function sizeHint(sizes: readonly number[]): string | undefined {
	const close = sizes.filter((size) => size >= HINT_FROM_BYTES);
	if (close.length === 0) return undefined;
	const posts = close.length === 1 ? 'One post is' : `${close.length} posts are`;
	return `${posts} close to Kustomer's limit of ${inThousands(MOST_BYTES)} bytes; the largest has ${inThousands(Math.max(...close))}. Larger ones are not sent.`;
}

/** @returns e.g. 400,000: the same on every machine, whatever its language */
function inThousands(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
