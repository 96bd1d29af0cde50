import {
	changeWebhook,
	createWebhook,
	currentUserId,
	deleteWebhook,
	findWebhook,
	listEventNames,
	type Refusal,
	type Webhook,
} from '../../api/outboundWebhooks';
import { apiError, refused, type ApiCaller } from '../../api/request';
import { cachedWebhookSecret, liveTests } from '../memory/memory';
import { differences, leftBehind, type OwnStep, type Situation, type Step } from './reconcile';
import { isInvalid, whyRefused } from './refusal';
import { forget } from './staticData';
import * as words from './publishingWords';

/**
 * Does at Kustomer what `reconcile` decided, and writes into static data which webhook is ours.
 *
 * @throws NodeApiError or NodeOperationError with the remedy in its message
 */
export async function apply(
	caller: ApiCaller,
	situation: Situation,
	[own, ...others]: readonly [OwnStep, ...Step[]],
): Promise<void> {
	await settle(caller, situation, own);
	for (const step of others) {
		if (step.do === 'remove') await removeLeftover(caller, step.webhook);
		if (step.do === 'warn') caller.logger.warn(step.words);
	}
}

async function settle(caller: ApiCaller, situation: Situation, step: OwnStep): Promise<void> {
	const isReady = step.do === 'keep' || step.do === 'adopt';
	const webhook = isReady ? step.webhook : await written(caller, situation, step);
	const own = await withSecret(caller, webhook);
	const former = leftBehind(situation, own);
	if (former !== undefined) caller.logger.warn(former);
	await remember(caller, situation, own);
	if (own.token === '') {
		// One that was made just now would only take up a place.
		if (step.do === 'create') await takeBack(caller, situation, own);
		throw words.inWords(caller, words.SECRET_NOT_SHOWN);
	}
	if (own.enabled) return;
	// Whether Kustomer makes webhooks switched on is not documented.
	await written(caller, situation, { do: 'change', webhook: own, change: { enabled: true } });
}

type WriteStep = Extract<OwnStep, { do: 'create' | 'change' }>;

/**
 * Creates or changes the webhook, with fewer events where Kustomer refuses so many.
 *
 * @throws NodeApiError or NodeOperationError with the remedy in its message
 */
export async function written(
	caller: ApiCaller,
	situation: Pick<Situation, 'existing' | 'wanted'>,
	step: WriteStep,
): Promise<Webhook> {
	const { wanted } = situation;
	const outcome = await attempt(caller, situation, step);
	if ('reply' in outcome) {
		const isAboutEvents = step.do === 'create' || step.change.events !== undefined;
		const [events, ...fewerEvents] = wanted.fewerEvents;
		if (events === undefined || !isAboutEvents || !isInvalid(outcome.reply)) {
			throw await explained(caller, situation, { ...outcome, step });
		}
		const fewer = { ...situation, wanted: { ...wanted, events, fewerEvents } };
		const webhook = await written(caller, fewer, step);
		const left = wanted.events.filter((name) => !events.includes(name));
		caller.logger.warn(words.fewerEvents(left));
		return webhook;
	}
	if (step.do === 'create') return outcome;
	// The values of headers may come back masked.
	const isLeft = (key: string) => key !== 'headers' && key in step.change;
	if (Object.keys(differences(outcome, wanted)).some(isLeft)) {
		throw words.inWords(caller, words.notChanged(outcome.name));
	}
	return outcome;
}

async function attempt(caller: ApiCaller, { wanted }: Pick<Situation, 'wanted'>, step: WriteStep) {
	if (step.do === 'create') return await createWebhook(caller, wanted);
	const { webhook, change } = step;
	const events = change.events && { events: wanted.events };
	return await changeWebhook(caller, webhook.id, { ...change, ...events });
}

async function explained(
	caller: ApiCaller,
	{ wanted, existing }: Pick<Situation, 'existing' | 'wanted'>,
	{ reply, asked, step }: Refusal & { step: WriteStep },
) {
	const known = isInvalid(reply) ? await listEventNames(caller) : [];
	const occupants = step.do === 'create' ? existing : undefined;
	const why = whyRefused(reply, { events: wanted.events, known, occupants });
	if (why === undefined) return refused(caller, reply, asked);
	return apiError(caller, why, String(reply.status));
}

/** By Kustomer's published types the reply has the secret; otherwise reading the webhook gives it. */
export async function withSecret(caller: ApiCaller, webhook: Webhook): Promise<Webhook> {
	if (webhook.token !== '') return webhook;
	return (await findWebhook(caller, webhook.id)) ?? webhook;
}

async function remember(caller: ApiCaller, situation: Situation, own: Webhook): Promise<void> {
	const { state, wanted } = situation;
	Object.assign(state, { webhookId: own.id, url: wanted.url, host: wanted.host });
	if (own.orgId !== '') state.orgId = own.orgId;
	if (wanted.registrant.isTest) liveTests.set(own.id, true);
	if (own.token !== '') cachedWebhookSecret(state).put([own.token], Date.now());
	if (!wanted.needsOwnUser) return;
	const userId = (await currentUserId(caller).catch(() => undefined)) || own.createdBy;
	if (userId !== '') state.userId = userId;
	else {
		delete state.userId;
		caller.logger.warn(words.OWN_USER_UNKNOWN);
	}
}

async function takeBack(caller: ApiCaller, { state }: Situation, { id }: Webhook): Promise<void> {
	await deleteWebhook(caller, id);
	liveTests.delete(id);
	forget(state);
}

/** A leftover that cannot be removed now never decides about the activation. */
async function removeLeftover(caller: ApiCaller, webhook: Webhook): Promise<void> {
	const deleting = deleteWebhook(caller, webhook.id);
	await deleting.catch(() => caller.logger.warn(words.notRemoved(webhook)));
}
