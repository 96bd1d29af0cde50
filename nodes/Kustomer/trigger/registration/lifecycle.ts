import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';
import { apiBaseUrl, type CredentialMistake } from '../../api/host';
import { refused, apiError } from '../../api/request';
import { recordsIn } from '../../api/records';
import { kustomerErrors } from '../../api/errors';
import { EVENT_NAMES, isNothingChosen } from '../../event/catalog';
import { whyUndeliverable } from './address';
import { isOwn, isTestLeftover, webhookName, type Registrant } from './names';
import {
	headerMistake,
	isAsWanted,
	isLimitReached,
	limitWords,
	unknownEventWords,
} from './reconcile';
import {
	CREATING,
	currentUserId,
	findWebhook,
	listEventNames,
	listWebhooks,
	postWebhook,
	removeWebhook,
	updateWebhook,
	webhookOf,
	type WantedWebhook,
	type Webhook,
} from '../../api/outboundWebhooks';
import { notesOf, type Notes } from './staticData';
import { apiSecretKeeper, hasSecretCredential } from '../webhook/secrets';
import { settingsOf, type Settings } from '../settings';

/** Test registrations of this process that are in use: not to be taken for leftovers. */
const liveTests = new Set<string>();

type Plan = {
	settings: Settings;
	registrant: Registrant;
	wanted: WantedWebhook;
	/** Base URL of the API of the credential as it is now. */
	host: string;
	notes: Notes;
};

/** What was found at Kustomer: all webhooks of the organization, and ours among them. */
type Survey = { existing: readonly Webhook[]; own: Webhook };

/** @returns whether Kustomer has this trigger's webhook just as it is to be; changes none that is in use */
export async function isRegistered(hook: IHookFunctions): Promise<boolean> {
	const settings = settingsOf(hook);
	if (settings.registration === 'manual') return false;
	return await sparingOnFailure(hook, async () => await isInPlace(hook, settings));
}

async function isInPlace(hook: IHookFunctions, settings: Settings): Promise<boolean> {
	const plan = await planOf(hook, settings);
	if (!areOurs(plan)) return false;
	const existing = await listWebhooks(hook);
	const own = await ownWebhook(hook, plan, existing);
	if (own === undefined || own.token === '' || !isAsWanted(own, plan.wanted)) return false;
	await tidyUp(hook, plan, { existing, own });
	await takeNote(hook, plan, own);
	return true;
}

/**
 * Makes, repairs or adopts this trigger's webhook at Kustomer. With manual registration it only
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
	return await sparingOnFailure(hook, async () => await putInPlace(hook, settings));
}

async function putInPlace(hook: IHookFunctions, settings: Settings): Promise<boolean> {
	const plan = await planOf(hook, settings);
	const existing = await listWebhooks(hook);
	const found = await ownWebhook(hook, plan, existing);
	warnOfLeftBehind(hook, plan, found);
	const own =
		found === undefined
			? await createWebhook(hook, plan, existing)
			: await repairWebhook(hook, plan, { existing, own: found });
	if (areOurs(plan)) warnOfOtherOrganization(hook, plan.notes, own);
	await takeNote(hook, plan, own);
	if (own.token === '') throw await withoutToken(hook, own);
	// Whether Kustomer makes webhooks switched on is not documented where it could be read.
	const isOn =
		own.enabled || (await updateWebhook(hook, own.id, { ...plan.wanted, enabled: true }));
	if (!isOn) throw await withoutSwitch(hook, own);
	// What was found is either `own` or was replaced by it; in the second case it is gone already.
	const others = existing.filter((webhook) => webhook.id !== found?.id);
	await tidyUp(hook, plan, { existing: others, own });
	return true;
}

/**
 * Removes this trigger's webhook from Kustomer; one that is gone already counts as removed.
 *
 * @throws NodeApiError when it could not be removed, so that n8n tries again and shows it
 */
export async function unregister(hook: IHookFunctions): Promise<boolean> {
	const notes = notesOf(hook);
	const { webhookId } = notes;
	if (webhookId === undefined || spared.delete(webhookId)) return true;
	if (notes.url !== hook.getNodeWebhookUrl('default')) warnOfOtherAddress(hook, notes);
	else if (notes.host !== (await hostToRemoveFrom(hook, notes))) warnOfLeftover(hook, notes);
	else if (!(await removeWebhook(hook, webhookId))) warnOfAbsence(hook, notes);
	liveTests.delete(webhookId);
	forget(notes);
	return true;
}

/**
 * After every try that does not succeed, n8n deletes what is noted, and on its older path it checks
 * at each start: one answer that failed would remove a webhook that is in use. What stood before
 * the try stays; n8n's next try, or the next publishing, goes on from there.
 */
const spared = new Set<string>();

async function sparingOnFailure<T>(hook: IHookFunctions, work: () => Promise<T>): Promise<T> {
	const { webhookId } = notesOf(hook);
	if (webhookId !== undefined) spared.delete(webhookId);
	const working = work();
	const [outcome] = await Promise.allSettled([working]);
	if (outcome.status === 'rejected' && webhookId !== undefined) spared.add(webhookId);
	return await working;
}

/** n8n copies the notes along with a workflow: they are ours only if they name our own address. */
function areOurs({ notes, wanted, host }: Plan): boolean {
	return notes.webhookId !== undefined && notes.url === wanted.url && notes.host === host;
}

async function hostToRemoveFrom(hook: IHookFunctions, notes: Notes): Promise<string> {
	const found = await hostOf(hook).catch(() => undefined);
	if (found !== undefined) return found;
	throw inWords(
		hook,
		`The API credential of the Kustomer Trigger cannot be used any more, so its webhook ${notes.webhookId} in organization ${notes.orgId ?? 'unknown'} (${notes.host}) could not be removed. Choose a working credential, or delete the webhook in Kustomer: Settings > Platform > Outbound Webhooks.`,
	);
}

async function planOf(hook: IHookFunctions, settings: Settings): Promise<Plan> {
	await refuseUnusable(hook, settings);
	const url = String(hook.getNodeWebhookUrl('default'));
	const undeliverable = whyUndeliverable(url);
	if (undeliverable !== undefined) throw inWords(hook, undeliverable);
	const workflow = hook.getWorkflow();
	const registrant: Registrant = {
		workflowId: String(workflow.id),
		workflowName: workflow.name,
		chosenName: settings.webhookName,
		isTest: hook.getMode() === 'manual',
	};
	return {
		settings,
		registrant,
		wanted: {
			name: webhookName(registrant),
			url,
			events: await wantedEvents(hook, settings),
			headers: settings.webhookHeaders,
		},
		host: await hostOf(hook),
		notes: notesOf(hook),
	};
}

async function refuseUnusable(hook: IHookFunctions, settings: Settings): Promise<void> {
	if (isNothingChosen(settings.chosen)) {
		throw inWords(
			hook,
			'No event is chosen, so nothing would ever start this workflow. Choose at least one in the field Events of the Kustomer Trigger.',
		);
	}
	if (settings.acknowledge === 'finished' && settings.skipDuplicates === 'database') {
		throw inWords(
			hook,
			'"When to Confirm to Kustomer" is "When the Workflow Has Finished", which does not go together with "Skip Duplicates: Also Across Restarts": an event whose workflow did not succeed has to run again. Set Skip Duplicates to "Until n8n Restarts".',
		);
	}
	if (settings.registration === 'automatic') {
		const mistake = headerMistake(settings.webhookHeaders);
		if (mistake !== undefined) throw inWords(hook, mistake);
		return;
	}
	if (!(await hasSecretCredential(hook))) {
		throw inWords(
			hook,
			'There is no webhook secret, so every delivery would be rejected. Choose a Kustomer Webhook API credential in the Kustomer Trigger and paste the secret from Kustomer into it: Settings > Platform > Outbound Webhooks > your webhook > Edit > Header Information.',
		);
	}
}

/** `*` stands for what this organization can subscribe to; the twelve, should Kustomer not tell. */
async function wantedEvents(hook: IHookFunctions, settings: Settings): Promise<string[]> {
	const { any, names } = settings.chosen;
	if (!any) return [...names];
	const known = await listEventNames(hook);
	return [...new Set([...(known.length > 0 ? known : EVENT_NAMES), ...names])];
}

/** Ours is the one whose id we noted; without a note, the one with our very address and name. */
async function ownWebhook(
	hook: IHookFunctions,
	plan: Plan,
	existing: readonly Webhook[],
): Promise<Webhook | undefined> {
	const { webhookId } = plan.notes;
	if (webhookId !== undefined && areOurs(plan)) {
		const listed = existing.find((webhook) => webhook.id === webhookId);
		// Should Kustomer cut its list one day, the id still finds it.
		const noted = listed ?? (await findWebhook(hook, webhookId));
		if (noted !== undefined) return noted;
	}
	return existing.find((webhook) => isOwn(webhook, plan.wanted.url, plan.registrant));
}

async function createWebhook(
	hook: IHookFunctions,
	plan: Plan,
	existing: readonly Webhook[],
): Promise<Webhook> {
	const reply = await postWebhook(hook, plan.wanted);
	const created = reply.status < 300 ? recordsIn(reply.body).map(webhookOf)[0] : undefined;
	if (created !== undefined) return await withToken(hook, created);
	const { status } = reply;
	if (status === 400 || status === 422) {
		const words = unknownEventWords(plan.wanted.events, await listEventNames(hook));
		if (words !== undefined) throw apiError(hook, words, String(status));
	}
	const said = kustomerErrors(reply.body)
		.map((entry) => `${entry.code} ${entry.text}`)
		.join(' ');
	if (isLimitReached(existing, { status, said })) {
		throw apiError(hook, limitWords(existing), String(status));
	}
	throw refused(hook, reply, CREATING);
}

async function repairWebhook(hook: IHookFunctions, plan: Plan, at: Survey): Promise<Webhook> {
	const { own } = at;
	if (isAsWanted(own, plan.wanted)) return await withToken(hook, own);
	const changed = await updateWebhook(hook, own.id, {
		...plan.wanted,
		name: own.name || plan.wanted.name,
		enabled: true,
	});
	const repaired = changed ? await findWebhook(hook, own.id) : undefined;
	if (repaired !== undefined && isAsWanted(repaired, plan.wanted)) return repaired;
	// Kustomer knows neither verb, or did not take the change: a new one in its place.
	await removeWebhook(hook, own.id);
	return await createWebhook(
		hook,
		plan,
		at.existing.filter((webhook) => webhook.id !== own.id),
	);
}

/** The token stands in the reply by the published types; should it not, reading the webhook gives it. */
async function withToken(hook: IHookFunctions, webhook: Webhook): Promise<Webhook> {
	if (webhook.token !== '') return webhook;
	return (await findWebhook(hook, webhook.id)) ?? webhook;
}

async function withoutToken(hook: IHookFunctions, own: Webhook): Promise<NodeOperationError> {
	return await withoutUse(
		hook,
		own,
		'Kustomer made the webhook but does not hand out its secret to this API key, so deliveries could not be verified. Set "Webhook Setup" to "I Set It Up in Kustomer" and paste the secret by hand.',
	);
}

async function withoutSwitch(hook: IHookFunctions, own: Webhook): Promise<NodeOperationError> {
	return await withoutUse(
		hook,
		own,
		'Kustomer made the webhook switched off and offers no way to switch it on from outside, so no event would come. Set "Webhook Setup" to "I Set It Up in Kustomer", make the webhook there and use its toggle.',
	);
}

/** Takes back a webhook that could not serve, so that it occupies no place. */
async function withoutUse(
	hook: IHookFunctions,
	own: Webhook,
	words: string,
): Promise<NodeOperationError> {
	await removeWebhook(hook, own.id);
	forget(notesOf(hook));
	return inWords(hook, words);
}

async function takeNote(hook: IHookFunctions, plan: Plan, own: Webhook): Promise<void> {
	const { notes, settings } = plan;
	notes.webhookId = own.id;
	notes.url = plan.wanted.url;
	notes.host = plan.host;
	if (own.orgId !== '') notes.orgId = own.orgId;
	if (plan.registrant.isTest) liveTests.add(own.id);
	if (own.token !== '') apiSecretKeeper(notes).put([own.token], Date.now());
	if (settings.ignoreOwnChanges) await noteOwnUser(hook, notes, own);
}

async function noteOwnUser(hook: IHookFunctions, notes: Notes, own: Webhook): Promise<void> {
	const user = (await currentUserId(hook).catch(() => undefined)) ?? own.createdBy;
	if (user === '') {
		delete notes.userId;
		hook.logger.warn(
			'Kustomer Trigger: Ignore Own Changes has no effect, because Kustomer does not tell which user the API key belongs to. Events of that user pass.',
		);
		return;
	}
	notes.userId = user;
}

/** Removes what our own crashed tests and lost notes left behind; of others' it only speaks. */
async function tidyUp(hook: IHookFunctions, plan: Plan, at: Survey): Promise<void> {
	const { registrant, wanted } = plan;
	const now = { ...registrant, nowMs: Date.now() };
	for (const webhook of at.existing) {
		if (webhook.id === at.own.id || liveTests.has(webhook.id)) continue;
		const isOurs = isOwn(webhook, wanted.url, registrant);
		// A second one in production is never in use; of tests, another process may listen to one.
		const isSecond = isOurs && !registrant.isTest;
		if (isSecond || isTestLeftover(webhook, wanted.url, now)) await removeLeftover(hook, webhook);
		else if (webhook.url === wanted.url && !isOurs) {
			hook.logger.warn(
				`Kustomer Trigger: another webhook in Kustomer points here: "${webhook.name}" (${webhook.id}). Its deliveries are rejected, because they carry another signature. If it is not needed, delete it in Kustomer: Settings > Platform > Outbound Webhooks.`,
			);
		}
	}
}

/** A leftover that cannot be removed now never decides about the activation. */
async function removeLeftover(hook: IHookFunctions, webhook: Webhook): Promise<void> {
	const isHandled = await removeWebhook(hook, webhook.id).then(
		() => true,
		() => false,
	);
	if (isHandled) return;
	hook.logger.warn(
		`Kustomer Trigger: the leftover webhook "${webhook.name}" (${webhook.id}) could not be removed. It is tried again at the next activation.`,
	);
}

function warnOfOtherOrganization(hook: IHookFunctions, notes: Notes, own: Webhook): void {
	if (notes.orgId === undefined || own.orgId === '' || notes.orgId === own.orgId) return;
	hook.logger.warn(
		`Kustomer Trigger: the API key now belongs to organization ${own.orgId}, so the former webhook ${notes.webhookId} in organization ${notes.orgId} could not be removed. Delete it there: Settings > Platform > Outbound Webhooks.`,
	);
}

function warnOfOtherAddress(hook: IHookFunctions, notes: Notes): void {
	hook.logger.warn(
		`Kustomer Trigger: the noted webhook ${notes.webhookId} delivers to another address than this trigger's, as in a copy of a workflow or after n8n moved. It is left alone. If nothing needs it, delete it in Kustomer: Settings > Platform > Outbound Webhooks.`,
	);
}

function warnOfAbsence(hook: IHookFunctions, notes: Notes): void {
	hook.logger.warn(
		`Kustomer Trigger: the webhook ${notes.webhookId} of organization ${notes.orgId ?? 'unknown'} was not there any more. If the API key was changed to another organization, delete it in the former one: Settings > Platform > Outbound Webhooks.`,
	);
}

/** The credential was changed to another organization: what stood there cannot be removed from here. */
function warnOfLeftBehind(hook: IHookFunctions, plan: Plan, found: Webhook | undefined): void {
	const { webhookId } = plan.notes;
	if (webhookId === undefined || found?.id === webhookId) return;
	if (plan.notes.host !== plan.host) warnOfLeftover(hook, plan.notes);
}

function warnOfLeftover(hook: IHookFunctions, notes: Notes): void {
	hook.logger.warn(
		`Kustomer Trigger: the API credential now belongs to another host, so the former webhook ${notes.webhookId} at ${notes.host} (organization ${notes.orgId ?? 'unknown'}) could not be removed. Delete it there: Settings > Platform > Outbound Webhooks. Next time, unpublish before you change the credential.`,
	);
}

async function hostOf(hook: IHookFunctions): Promise<string> {
	const credential = await hook.getCredentials('kustomerApi');
	try {
		return apiBaseUrl(credential);
	} catch (error) {
		throw inWords(hook, (error as CredentialMistake).message);
	}
}

function forget(notes: Notes): void {
	delete notes.webhookId;
	delete notes.url;
	delete notes.orgId;
	delete notes.host;
	delete notes.userId;
}

function inWords(hook: IHookFunctions, message: string): NodeOperationError {
	return new NodeOperationError(hook.getNode(), message, { level: 'warning' });
}
