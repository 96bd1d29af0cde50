import autocannon from 'autocannon';

/** One signed delivery, or one that pretends to be. */
export interface Shot {
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
}

/** What came of a burst of them. Times in milliseconds. */
export interface Volley {
	readonly seconds: number;
	/** Of each answer, in no order. */
	readonly answerMs: readonly number[];
	/** How many answers had which status. */
	readonly statuses: Readonly<Record<number, number>>;
}

/**
 * Sends every shot once.
 * @param urls take turns, as behind a load balancer
 * @param connections how many are under way at the same time
 * @throws Error when an answer did not come
 */
export async function fire(
	urls: readonly string[],
	shots: readonly Shot[],
	connections: number,
): Promise<Volley> {
	const answerMs: number[] = [];
	const statuses: Record<number, number> = {};
	const began = performance.now();
	let endedAt = began;
	await Promise.all(
		urls.map(async (url, place) => {
			const own = shots.filter((_, index) => index % urls.length === place);
			let next = 0;
			const { errors, timeouts } = await autocannon({
				url,
				connections: Math.min(own.length, Math.ceil(connections / urls.length)),
				amount: own.length,
				timeout: 60,
				requests: [
					{
						method: 'POST',
						setupRequest: (request) => ({ ...request, ...own[next++ % own.length] }),
					},
				],
				setupClient: (client) => {
					client.on('response', (status, _bytes, ms) => {
						answerMs.push(ms);
						// autocannon itself looks at the clock once a second.
						endedAt = performance.now();
						statuses[status] = (statuses[status] ?? 0) + 1;
					});
				},
			});
			if (errors + timeouts > 0) throw new Error(`${errors + timeouts} requests to ${url} failed`);
		}),
	);
	return { seconds: (endedAt - began) / 1_000, answerMs, statuses };
}
