import type { IHookFunctions } from 'n8n-workflow';
import { deleteWebhook, findWebhook, listWebhooks, type Webhook } from '../../api/outboundWebhooks';
import { isPaused } from '../../api/webhookMarks';
import { liveTests, spared } from '../memory/memory';
import { settingsOf, type Settings } from '../settings';
import { apply } from './apply';
import { isOurs, reconcile, type Situation } from './reconcile';
import { forget, staticDataOf, type StaticData } from './staticData';
import { hostOf, refuseUnusable, wantedOf, type Wanted } from './wanted';
import * as words from './words';

/** @returns whether Kustomer has this trigger's webhook as wanted; changes none that is in use */
export async function isRegistered(hook: IHookFunctions): Promise<boolean> {
	const settings = settingsOf(hook);
	const { webhookId } = staticDataOf(hook);
	if (settings.registration === 'manual' || webhookId === undefined) return false;
	return await sparingOnFailure(webhookId, async () => {
		const situation = await situationOf(hook, settings);
		const steps = reconcile(situation);
		const [own] = steps;
		if (own.do === 'change' && isPaused(own.webhook.name) && isStart(hook)) return true;
		if (own.do !== 'keep') return false;
		await apply(hook, situation, steps);
		return true;
	});
}

/**
 * Creates, changes or adopts this trigger's webhook at Kustomer. With manual registration it only
 * refuses what could never work.
 *
 * @throws NodeOperationError or NodeApiError with the remedy in its message
 */
export async function register(hook: IHookFunctions): Promise<boolean> {
	const settings = settingsOf(hook);
	if (settings.registration === 'manual') {
		await refuseUnusable(hook, settings);
		return true;
	}
	return await sparingOnFailure(staticDataOf(hook).webhookId, async () => {
		const situation = await situationOf(hook, settings);
		await apply(hook, situation, reconcile(situation));
		return true;
	});
}

/**
 * Deletes this trigger's webhook at Kustomer; one that is gone already counts as deleted.
 *
 * @throws NodeApiError if it could not be deleted; n8n then tries again and shows it
 */
export async function unregister(hook: IHookFunctions): Promise<boolean> {
	const state = staticDataOf(hook);
	const { webhookId } = state;
	if (webhookId === undefined || spared.delete(webhookId)) return true;
	if (state.url !== hook.getNodeWebhookUrl('default')) {
		hook.logger.warn(words.otherAddress(state));
	} else {
		const host = await hostOf(hook).catch(() => undefined);
		if (host === undefined) throw words.inWords(hook, words.credentialUnusable(state));
		if (state.host !== host) hook.logger.warn(words.otherHost(state));
		else if (!(await deleteWebhook(hook, webhookId))) hook.logger.warn(words.alreadyGone(state));
	}
	liveTests.delete(webhookId);
	forget(state);
	return true;
}

/**
 * After every try that fails, n8n deletes the webhook in static data, and on its older path it
 * checks at each start: one failed answer would remove a webhook that is in use. What was there
 * before the try stays, for n8n's next try or the next publishing.
 */
async function sparingOnFailure<T>(
	webhookId: string | undefined,
	work: () => Promise<T>,
): Promise<T> {
	if (webhookId !== undefined) spared.delete(webhookId);
	const working = work();
	const [outcome] = await Promise.allSettled([working]);
	if (outcome.status === 'rejected' && webhookId !== undefined) spared.set(webhookId, true);
	return await working;
}

/** Older ways of n8n register at every start: that is no publishing, and a pause outlasts it. */
function isStart(hook: IHookFunctions): boolean {
	return ['init', 'leadershipChange'].includes(hook.getActivationMode());
}

async function situationOf(hook: IHookFunctions, settings: Settings): Promise<Situation> {
	const state = staticDataOf(hook);
	const wanted = await wantedOf(hook, settings);
	const existing = await existingWebhooks(hook, state, wanted);
	return { existing, state, wanted, liveTests, nowMs: Date.now() };
}

/** Where Kustomer cuts its list, the id in static data still finds the webhook. */
async function existingWebhooks(
	hook: IHookFunctions,
	state: StaticData,
	wanted: Wanted,
): Promise<Webhook[]> {
	const listed = await listWebhooks(hook);
	const { webhookId } = state;
	if (webhookId === undefined || !isOurs(state, wanted)) return listed;
	if (listed.some(({ id }) => id === webhookId)) return listed;
	const found = await findWebhook(hook, webhookId);
	return found === undefined ? listed : [...listed, found];
}
