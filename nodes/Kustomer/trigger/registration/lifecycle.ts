import type { IHookFunctions } from 'n8n-workflow';
import { deleteWebhook, findWebhook, listWebhooks, type Webhook } from '../../api/outboundWebhooks';
import { liveTests, spared, upkeepOf } from '../memory/memory';
import { settingsOf, type Settings } from '../settings';
import { apply } from './apply';
import { isOwn, registrantOf } from './webhookNames';
import { isOurs, reconcile, type Situation } from './reconcile';
import { forget, staticDataOf, type StaticData } from './staticData';
import { hostOf, refuseUnusable, wantedOf, type Wanted } from './wanted';
import * as words from './publishingWords';

/**
 * @returns whether Kustomer has this trigger's webhook as wanted; changes none that is in use. When
 *   n8n starts, it answers without asking: n8n takes an address away for good whose check failed
 *   then, and the look finds out soon enough.
 */
export async function isRegistered(hook: IHookFunctions): Promise<boolean> {
	return await registering(hook, async () => {
		const isManual = hook.getNodeParameter('registration', 'automatic') === 'manual';
		const { webhookId } = staticDataOf(hook);
		if (isStart(hook) && (isManual || webhookId !== undefined)) return true;
		if (isManual || webhookId === undefined) return false;
		return await isAsWanted(hook, webhookId);
	});
}

async function isAsWanted(hook: IHookFunctions, webhookId: string): Promise<boolean> {
	const settings = settingsOf(hook);
	return await sparingOnFailure(webhookId, async () => {
		const situating = situationOf(hook, settings);
		const situation = await situating.catch(async (error: unknown) => {
			if (await isNobodyPublishing(hook)) {
				hook.logger.warn(words.notChecked(error));
				return undefined;
			}
			throw error;
		});
		if (situation === undefined) return true;
		const steps = reconcile(situation);
		if (steps[0].do !== 'keep') return false;
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
	return await registering(hook, async () => {
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
	});
}

/**
 * Deletes this trigger's webhook at Kustomer; one that is gone already counts as deleted.
 *
 * @throws NodeApiError if it could not be deleted; n8n then tries again and shows it
 */
export async function unregister(hook: IHookFunctions): Promise<boolean> {
	const upkeep = upkeepOf(hook.getWorkflow().id, hook.getNode().id);
	// A test has an address of its own.
	const isOwnAddress = upkeep.ownUrl === ownUrlOf(hook);
	// From here on no look finds anything to look after.
	if (isOwnAddress) upkeep.ownUrl = undefined;
	return await upkeep.turns.lifecycle(async () => {
		if (isOwnAddress) upkeep.forget();
		return await removeOwn(hook);
	});
}

async function removeOwn(hook: IHookFunctions): Promise<boolean> {
	const state = staticDataOf(hook);
	const { webhookId } = state;
	if (webhookId === undefined || spared.delete(webhookId)) return true;
	if (state.url !== ownUrlOf(hook)) {
		hook.logger.warn(words.otherAddress(state));
	} else {
		const host = await hostOf(hook).catch(() => undefined);
		if (host === undefined) throw words.inWords(hook, words.credentialUnusable(state));
		if (state.host !== host) hook.logger.warn(words.otherHost(state));
		else await removeAtAddress(hook, state, webhookId);
	}
	liveTests.delete(webhookId);
	forget(state);
	return true;
}

/**
 * Deletes all that is at our address under our name: one that a look made again has an id that
 * static data does not know. The noted one is left if somebody made it deliver elsewhere, because it
 * may be another n8n's by now.
 */
async function removeAtAddress(hook: IHookFunctions, state: StaticData, webhookId: string) {
	const registrant = registrantOf(hook, settingsOf(hook).webhookName);
	const listed = await listWebhooks(hook);
	const noted = listed.find(({ id }) => id === webhookId) ?? (await findWebhook(hook, webhookId));
	const others = listed.filter((one) => isOwn(one, ownUrlOf(hook), registrant));
	const own = new Set(others.map(({ id }) => id));
	if (noted?.url === state.url) own.add(webhookId);
	const removed = [];
	for (const id of own) removed.push(await deleteWebhook(hook, id));
	if (noted !== undefined && noted.url !== state.url) hook.logger.warn(words.movedAway(noted));
	else if (!removed.includes(true)) hook.logger.warn(words.alreadyGone(state));
}

/**
 * Publishing and starts, in turn with the looks. What comes to a good end makes the address known
 * under which the looks find the webhook; tests have none.
 */
async function registering(hook: IHookFunctions, work: () => Promise<boolean>): Promise<boolean> {
	if (hook.getMode() === 'manual') return await work();
	const upkeep = upkeepOf(hook.getWorkflow().id, hook.getNode().id);
	const isDone = await upkeep.turns.lifecycle(work);
	if (isDone) upkeep.ownUrl = ownUrlOf(hook);
	return isDone;
}

function ownUrlOf(hook: IHookFunctions): string {
	return String(hook.getNodeWebhookUrl('default'));
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

/** n8n registers at every start, too: that is no publishing, and a pause outlasts it. */
function isStart(hook: IHookFunctions): boolean {
	return ['init', 'leadershipChange'].includes(hook.getActivationMode());
}

/** n8n may check what is published at any time. Whether it is in order can wait for the next look. */
async function isNobodyPublishing(hook: IHookFunctions): Promise<boolean> {
	if (['activate', 'manual'].includes(hook.getActivationMode())) return false;
	const { url, host } = staticDataOf(hook);
	return url === ownUrlOf(hook) && host === (await hostOf(hook).catch(() => undefined));
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
