import { NodeApiError, NodeOperationError, type ITriggerFunctions } from 'n8n-workflow';
import { apiBaseUrl, apiKeyOf, CredentialMistake } from '../../api/host';
import {
	findWebhook,
	keyOwner,
	listDeliveries,
	listEventNames,
	listWebhooks,
	loggedDelivery,
	userName,
	type LoggedDelivery,
	type Webhook,
	type WebhookChange,
} from '../../api/outboundWebhooks';
import { credentialOf } from '../../api/request';
import { isStopped } from '../../api/waiting';
import { bareName, missedSince, withMissedSince } from '../../api/webhookMarks';
import { EVENT_NAMES } from '../../event/catalog';
import { cachedWebhookSecret, upkeepOf } from '../memory/memory';
import type { Upkeep } from '../memory/upkeep';
import { AFTER_ON_MS, beginningOf, beginningWhenGone, earlierOf } from '../catchUp/beginning';
import type { Settings } from '../settings';
import { withSecret, written } from './apply';
import { lookStep, needsEvidence, type Evidence, type Found, type LookStep } from './lookStep';
import * as words from './lookWords';
import { isOwn, webhookName, type Registrant } from './webhookNames';
import { staticDataOf, type StaticData } from './staticData';
import { eventLists, type Wanted } from './wanted';
import { inWords } from './publishingWords';

/** What a published trigger needs to look after its webhook: all that has to be read beforehand. */
export type Watch = {
	context: ITriggerFunctions;
	settings: Settings;
	registrant: Registrant;
	workflowId: string;
	nodeId: string;
};

/** A look that is under way. */
export type Looking = Watch & { upkeep: Upkeep };

/** The trigger's own webhook, as this process and static data know it. */
type Own = { url: string; webhookId: string; state: StaticData };

const LOGGED_DELIVERIES = 100;
const REFUSALS_TO_TELL = 3;
const DAY_MS = 24 * 60 * 60_000;

/** @returns undefined while the trigger is not registered, which is nothing to look after */
function ownOf({ context, upkeep }: Looking): Own | undefined {
	const state = staticDataOf(context);
	const { webhookId, url } = state;
	if (upkeep.ownUrl === undefined || webhookId === undefined || url === undefined) return undefined;
	return { url: upkeep.ownUrl, webhookId, state };
}

/**
 * Looks at the trigger's webhook, and does what `lookStep` decides. With all well it takes one
 * request. It writes nothing into static data: n8n would not save it.
 *
 * @returns whether there was something to look at and it was the look's turn
 */
export async function look(watch: Watch): Promise<boolean> {
	const looking = { ...watch, upkeep: upkeepOf(watch.workflowId, watch.nodeId) };
	const own = ownOf(looking);
	if (own === undefined) return false;
	return await looking.upkeep.turns.look(async (stopped) => {
		const context = endedBy(watch.context, stopped);
		const [outcome] = await Promise.allSettled([lookAt({ ...looking, context }, own)]);
		if (outcome.status === 'rejected' && !stopped.aborted) noteFailure(looking, outcome.reason);
	});
}

/** The trigger's context for one turn: what waits and reads with it ends with the turn. */
export function endedBy(context: ITriggerFunctions, stopped: AbortSignal): ITriggerFunctions {
	const derived = Object.create(context) as ITriggerFunctions;
	return Object.assign(derived, { getExecutionCancelSignal: () => stopped });
}

async function lookAt(watch: Looking, own: Own): Promise<void> {
	const { context, upkeep } = watch;
	if (own.state.url !== own.url) {
		return tellOnce(watch, 'otherAddress', words.madeForOtherAddress(own.state, own.url));
	}
	const host = await usableHost(watch);
	if (host === undefined) return;
	if (host !== own.state.host) {
		return tellOnce(watch, 'otherOrganization', words.otherOrganization(own.state, host));
	}
	const listed = await listWebhooks(context);
	const webhook = await ownWebhook(watch, own, listed);
	upkeep.refusals = 0;
	const orgId = await organizationOf(watch, { listed, webhook });
	if (own.state.orgId !== undefined && orgId !== '' && orgId !== own.state.orgId) {
		return tellOnce(watch, 'otherOrganization', words.otherOrganization(own.state, orgId));
	}
	const wanted = await wantedBy(watch, own, { host, webhook });
	const found = await foundOf(watch, wanted, webhook);
	note(watch, own, found);
	const step = lookStep(found);
	const deliveries = found.evidence?.deliveries ?? [];
	await take(watch, { own, wanted, listed, deliveries }, step);
}

/** @returns where the credential belongs; undefined if it cannot be used, which was told */
async function usableHost(watch: Looking): Promise<string | undefined> {
	try {
		const credential = await credentialOf(watch.context);
		apiKeyOf(credential);
		return apiBaseUrl(credential);
	} catch (error) {
		const reason =
			error instanceof CredentialMistake
				? error.message
				: 'It may have been deleted, or n8n cannot decrypt it.';
		tellOnce(watch, 'credential', words.credentialUnusable(reason));
		return undefined;
	}
}

/** Static data names it; one that a look made again is found by address and name. */
async function ownWebhook(
	{ context, registrant }: Looking,
	{ url, webhookId }: Own,
	listed: readonly Webhook[],
): Promise<Webhook | undefined> {
	return (
		listed.find(({ id }) => id === webhookId) ??
		listed.find((webhook) => isOwn(webhook, url, registrant)) ??
		// Where Kustomer cuts its list, the id still finds it.
		(await findWebhook(context, webhookId))
	);
}

async function organizationOf(
	{ context }: Looking,
	{ listed, webhook }: { listed: readonly Webhook[]; webhook: Webhook | undefined },
): Promise<string> {
	const known = [webhook, ...listed].find((one) => one !== undefined && one.orgId !== '')?.orgId;
	// Before one is made again, it has to be known where.
	if (known === undefined && webhook === undefined) return (await keyOwner(context)).orgId;
	return known ?? '';
}

async function wantedBy(
	{ context, settings, registrant }: Looking,
	{ url }: Own,
	{ host, webhook }: { host: string; webhook: Webhook | undefined },
): Promise<Wanted> {
	const { chosen, webhookHeaders, ignoreOwnChanges } = settings;
	const isEnough = (names: readonly string[]) =>
		webhook !== undefined && names.every((name) => webhook.events.includes(name));
	const listed = chosen.any && !isEnough(EVENT_NAMES) ? await listEventNames(context) : [];
	const [events, ...fewerEvents] = eventLists(chosen, listed);
	return {
		name: webhookName(registrant),
		url,
		events,
		fewerEvents,
		headers: webhookHeaders,
		registrant,
		host,
		needsOwnUser: ignoreOwnChanges,
	};
}

async function foundOf(
	watch: Looking,
	wanted: Wanted,
	webhook: Webhook | undefined,
): Promise<Found> {
	const { upkeep, settings } = watch;
	const { events } = wanted;
	// What Kustomer may add to the twelve later is not worth a change.
	const least = settings.chosen.any ? EVENT_NAMES.filter((name) => events.includes(name)) : events;
	const isFetched = settings.catchUp !== 'off';
	const found = { webhook, wanted: { ...wanted, events: least }, history: upkeep, isFetched };
	const evidence =
		webhook !== undefined && needsEvidence(found) ? await evidenceOf(watch, webhook) : undefined;
	return { ...found, evidence, nowMs: Date.now() };
}

async function evidenceOf({ context }: Looking, webhook: Webhook): Promise<Evidence> {
	const { modifiedBy } = webhook;
	const logging = listDeliveries(context, webhook.id, LOGGED_DELIVERIES);
	const logged = await logging.catch((error: unknown) => {
		if (isRefusal(error)) return [];
		throw error;
	});
	const deliveries = logged.map(loggedDelivery).sort((one, other) => other.sentAtMs - one.sentAtMs);
	const { userId } = await keyOwner(context);
	const isOther = modifiedBy !== '' && modifiedBy !== userId;
	const name = isOther ? await userName(context, modifiedBy) : undefined;
	return { deliveries, keyUserId: userId, editor: name ?? `user ${modifiedBy}` };
}

/** Remembers what was seen, and warms the cache of secrets: the answer holds ours. */
function note({ upkeep, registrant }: Looking, { state }: Own, { webhook, wanted, nowMs }: Found) {
	const isHere = webhook !== undefined && webhook.url === wanted.url;
	upkeep.missed.webhook = isHere ? webhook : undefined;
	if (!isHere) return;
	if (webhook.token !== '') cachedWebhookSecret(state).put([webhook.token], nowMs);
	// A name that people gave it would not be recognized as ours at another id.
	const isOurName = isOwn(webhook, wanted.url, registrant);
	upkeep.lastSeen = {
		name: isOurName ? bareName(webhook.name) : '',
		onAtMs: webhook.enabled ? nowMs : upkeep.lastSeen?.onAtMs,
	};
}

type Place = {
	own: Own;
	wanted: Wanted;
	listed: readonly Webhook[];
	deliveries: readonly LoggedDelivery[];
};

async function take(watch: Looking, place: Place, step: LookStep): Promise<void> {
	const { context, upkeep, settings } = watch;
	if (isStopped(context) || !settings.keepWebhookOn) return;
	switch (step.do) {
		case 'nothing':
			// What became of an earlier repair was not known then.
			return upkeep.repair && step.isOn ? tellRepaired(watch) : settle(upkeep);
		case 'leave':
			upkeep.repair = undefined;
			return tellOnce(watch, step.told.subject, step.told.words);
		case 'addEvents':
			return await addEvents(watch, place, step);
		case 'switchOn':
			return await switchOn(watch, place, step);
		case 'make':
			return await make(watch, place, step);
	}
}

type Take<Name extends LookStep['do']> = Extract<LookStep, { do: Name }>;

async function addEvents(
	watch: Looking,
	{ wanted, listed }: Place,
	{ webhook, events, warning }: Take<'addEvents'>,
): Promise<void> {
	const situation = { existing: listed, wanted: { ...wanted, events, fewerEvents: [] } };
	const writing = written(watch.context, situation, { do: 'change', webhook, change: { events } });
	const refused = (reason: string) => words.eventsRefused(webhook, reason);
	if ((await unlessRefused(watch, writing, refused)) === undefined) return;
	settle(watch.upkeep);
	warn(watch, warning);
}

async function switchOn(
	watch: Looking,
	{ wanted, listed, deliveries }: Place,
	step: Take<'switchOn'>,
): Promise<void> {
	const { context, settings, upkeep } = watch;
	const { webhook } = step;
	const { handledUntilMs } = upkeep.missed;
	const since = beginningOf(webhook, { deliveries, handledUntilMs }, Date.now());
	const gap = earlierOf(missedSince(webhook.name), since);
	const change: WebhookChange = {
		enabled: true,
		...(settings.catchUp !== 'off' && { name: withMissedSince(webhook.name, gap) }),
	};
	upkeep.repair = { words: step.words, at: step.byKustomer ? undefined : 'switchedOnAtMs' };
	const situation = { existing: listed, wanted };
	const writing = written(context, situation, { do: 'change', webhook, change });
	const changed = await unlessRefused(watch, writing, words.notRepaired);
	if (changed === undefined) return;
	tellRepaired(watch);
	noteGap(upkeep, changed, gap);
}

async function make(
	watch: Looking,
	{ own, wanted, listed }: Place,
	step: Take<'make'>,
): Promise<void> {
	const { context, settings, upkeep } = watch;
	const gap = beginningWhenGone(upkeep.lastSeen?.onAtMs, Date.now());
	const name = settings.catchUp === 'off' ? step.name : withMissedSince(step.name, gap);
	const situation = { existing: listed, wanted: { ...wanted, name } };
	upkeep.repair = { words: step.words, at: 'madeAtMs' };
	const writing = written(context, situation, { do: 'create' });
	const made = await unlessRefused(watch, writing, words.notRepaired);
	if (made === undefined) return;
	tellRepaired(watch);
	noteGap(upkeep, made, gap);
	const { token } = await withSecret(context, made);
	if (token !== '') cachedWebhookSecret(own.state).put([token], Date.now());
	if (made.enabled) return;
	const on = { do: 'change', webhook: made, change: { enabled: true } } as const;
	noteGap(upkeep, await written(context, situation, on), gap);
}

/** From when to when events are to be fetched: a restart keeps of it what the name says. */
function noteGap({ missed }: Upkeep, webhook: Webhook, since: string): void {
	missed.webhook = webhook;
	missed.mark = missed.began = since;
	missed.until = new Date(Date.now() + AFTER_ON_MS).toISOString();
	missed.nextAtMs = 0;
}

/** @returns what came of the write; undefined if Kustomer refused it, which was told */
async function unlessRefused(
	watch: Looking,
	writing: Promise<Webhook>,
	refused: (reason: string) => string,
): Promise<Webhook | undefined> {
	return await writing.catch((error: unknown) => {
		if (!isRefusal(error)) throw error;
		watch.upkeep.repair = undefined;
		tellOnce(watch, 'refused', refused(error.message));
		return undefined;
	});
}

/** All is well: what was told before no longer holds. */
function settle(upkeep: Upkeep): void {
	upkeep.standing = undefined;
	upkeep.repair = undefined;
}

function tellRepaired(watch: Looking): void {
	const { upkeep } = watch;
	const { repair } = upkeep;
	settle(upkeep);
	if (repair === undefined) return;
	if (repair.at !== undefined) upkeep[repair.at] = Date.now();
	// Nothing is left for people to do, if what was missed is fetched.
	if (watch.settings.catchUp === 'off') tell(watch, repair.words);
	else warn(watch, repair.words);
}

/** @returns whether Kustomer said no, which trying again does not change */
function isRefusal(error: unknown): error is Error {
	if (error instanceof NodeOperationError) return true;
	if (!(error instanceof NodeApiError)) return false;
	const status = Number(error.httpCode);
	return status >= 400 && status < 500 && status !== 429;
}

/** A look that came to nothing: the key was refused, or Kustomer is away. */
function noteFailure(watch: Looking, error: unknown): void {
	const { upkeep } = watch;
	const status = error instanceof NodeApiError ? Number(error.httpCode) : undefined;
	const reason = error instanceof NodeApiError ? error.message : 'Something unexpected happened.';
	if (status !== 401 && status !== 403) {
		upkeep.refusals = 0;
		const summary = upkeep.away.note('away', reason, Date.now());
		if (summary !== undefined) warn(watch, words.unreachable(summary.reason));
		return;
	}
	upkeep.refusals += 1;
	const nowMs = Date.now();
	if (upkeep.refusals < REFUSALS_TO_TELL || nowMs - upkeep.refusalToldAtMs < DAY_MS) return;
	upkeep.refusalToldAtMs = nowMs;
	tell(watch, words.refusedThreeTimes(reason));
}

function tellOnce(watch: Looking, subject: string, message: string): void {
	if (watch.upkeep.standing === subject || !watch.settings.keepWebhookOn) return;
	watch.upkeep.standing = subject;
	tell(watch, message);
}

/**
 * Tells people where they look: in a failed execution, which starts the workflow's error workflow
 * and stops nothing. n8n 1.x has none; there, and everywhere, it is in the log.
 */
export function tell(watch: Looking, message: string): void {
	const { context } = watch;
	// What was done before somebody unpublished has been undone since.
	if (isStopped(context)) return;
	warn(watch, message);
	// `saveFailedExecution` is not in n8n 1.x.
	const { saveFailedExecution } = context as Partial<ITriggerFunctions>;
	saveFailedExecution?.call(context, inWords(context, message));
}

export function warn({ context }: Looking, message: string): void {
	const { id, name } = context.getWorkflow();
	context.logger.warn(`Kustomer Trigger: ${message} Workflow "${name}" (${id}).`);
}
