import {
	changeWebhook,
	createWebhook,
	currentUserId,
	deleteWebhook,
	findWebhook,
	listEventNames,
	type Refusal,
	type Webhook,
	type WebhookChange,
} from '../../api/outboundWebhooks';
import { apiError, refused, type ApiCaller } from '../../api/request';
import { apiSecretKeeper } from '../webhook/secrets';
import { differences, leftBehind, type OwnStep, type Situation, type Step } from './reconcile';
import { isInvalid, whyRefused } from './refusal';
import { liveTests } from './remembered';
import { forget, type StaticData } from './staticData';
import {
	fewerEvents,
	inWords,
	notChanged,
	notRemoved,
	OWN_USER_UNKNOWN,
	SECRET_NOT_SHOWN,
} from './words';

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
	const own = await withSecret(caller, await taken(caller, situation, step));
	const former = leftBehind(situation, own);
	if (former !== undefined) caller.logger.warn(former);
	await remember(caller, situation, own);
	if (own.token === '') {
		// One that was made just now would only take up a place.
		if (step.do === 'create') await takeBack(caller, situation.state, own);
		throw inWords(caller, SECRET_NOT_SHOWN);
	}
	// Whether Kustomer makes webhooks switched on is not documented.
	if (!own.enabled) await change(caller, situation, { webhook: own, change: { enabled: true } });
}

async function taken(caller: ApiCaller, situation: Situation, step: OwnStep): Promise<Webhook> {
	if (step.do === 'change') return await change(caller, situation, step);
	if (step.do === 'keep' || step.do === 'adopt') return step.webhook;
	const { wanted, existing } = situation;
	const send = async (events: readonly string[]) =>
		await createWebhook(caller, { ...wanted, events });
	const lists = [wanted.events, ...wanted.fewerEvents];
	return (await write(caller, situation, { send, lists, occupants: existing })).webhook;
}

async function change(
	caller: ApiCaller,
	situation: Situation,
	step: { webhook: Webhook; change: WebhookChange },
): Promise<Webhook> {
	const { wanted } = situation;
	const { id, name } = step.webhook;
	const isOfEvents = step.change.events !== undefined;
	const send = async (events: readonly string[]) =>
		await changeWebhook(caller, id, { ...step.change, ...(isOfEvents && { events }) });
	const lists = [wanted.events, ...(isOfEvents ? wanted.fewerEvents : [])];
	const { webhook, events } = await write(caller, situation, { send, lists });
	const left = differences(webhook, { ...wanted, events });
	if (Object.keys(left).some((key) => key in step.change)) throw inWords(caller, notChanged(name));
	return webhook;
}

type Write = {
	send: (events: readonly string[]) => Promise<Webhook | Refusal>;
	/** The events to ask for, and shorter lists for when Kustomer refuses those. */
	lists: ReadonlyArray<readonly string[]>;
	occupants?: readonly Webhook[];
};

async function write(
	caller: ApiCaller,
	situation: Situation,
	{ lists: [events, ...shorter], ...how }: Write,
): Promise<{ webhook: Webhook; events: readonly string[] }> {
	const outcome = await how.send(events);
	if ('id' in outcome) {
		const left = situation.wanted.events.filter((name) => !events.includes(name));
		if (left.length > 0) caller.logger.warn(fewerEvents(left));
		return { webhook: outcome, events };
	}
	const { reply, asked } = outcome;
	if (isInvalid(reply) && shorter.length > 0) {
		return await write(caller, situation, { ...how, lists: shorter });
	}
	const known = isInvalid(reply) ? await listEventNames(caller) : [];
	const words = whyRefused(reply, { events, known, occupants: how.occupants });
	if (words !== undefined) throw apiError(caller, words, String(reply.status));
	throw refused(caller, reply, asked);
}

/** By Kustomer's published types the reply has the secret; otherwise reading the webhook gives it. */
async function withSecret(caller: ApiCaller, webhook: Webhook): Promise<Webhook> {
	if (webhook.token !== '') return webhook;
	return (await findWebhook(caller, webhook.id)) ?? webhook;
}

async function remember(caller: ApiCaller, situation: Situation, own: Webhook): Promise<void> {
	const { state, wanted } = situation;
	Object.assign(state, { webhookId: own.id, url: wanted.url, host: wanted.host });
	if (own.orgId !== '') state.orgId = own.orgId;
	if (wanted.registrant.isTest) liveTests.add(own.id);
	if (own.token !== '') apiSecretKeeper(state).put([own.token], Date.now());
	if (!wanted.needsOwnUser) return;
	const userId = (await currentUserId(caller).catch(() => undefined)) || own.createdBy;
	if (userId !== '') state.userId = userId;
	else {
		delete state.userId;
		caller.logger.warn(OWN_USER_UNKNOWN);
	}
}

async function takeBack(caller: ApiCaller, state: StaticData, { id }: Webhook): Promise<void> {
	await deleteWebhook(caller, id);
	liveTests.delete(id);
	forget(state);
}

/** A leftover that cannot be removed now never decides about the activation. */
async function removeLeftover(caller: ApiCaller, webhook: Webhook): Promise<void> {
	const deleting = deleteWebhook(caller, webhook.id);
	await deleting.catch(() => caller.logger.warn(notRemoved(webhook)));
}
