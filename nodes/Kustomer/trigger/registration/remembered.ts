/** What this process remembers about registrations; a restart forgets it. */

/** Test webhooks of this process that are in use, which must not be taken for leftovers. */
export const liveTests = new Set<string>();

/** Webhooks that are in use though the last check or publishing failed. */
const spared = new Set<string>();

/**
 * After every try that fails, n8n deletes the webhook in static data, and on its older path it
 * checks at each start: one failed answer would remove a webhook that is in use. What was there
 * before the try stays, for n8n's next try or the next publishing.
 */
export async function sparingOnFailure<T>(
	webhookId: string | undefined,
	work: () => Promise<T>,
): Promise<T> {
	if (webhookId !== undefined) spared.delete(webhookId);
	const working = work();
	const [outcome] = await Promise.allSettled([working]);
	if (outcome.status === 'rejected' && webhookId !== undefined) spared.add(webhookId);
	return await working;
}

/** @returns whether the webhook was spared; the next call removes it */
export function takeSpared(webhookId: string): boolean {
	return spared.delete(webhookId);
}
