import { spared } from '../memory/memory';

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
	if (outcome.status === 'rejected' && webhookId !== undefined) spared.set(webhookId, true);
	return await working;
}

/** @returns whether the webhook was spared; the next call removes it */
export function takeSpared(webhookId: string): boolean {
	return spared.delete(webhookId);
}
