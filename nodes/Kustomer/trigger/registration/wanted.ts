import type { IHookFunctions } from 'n8n-workflow';
import { mayReadEvents } from '../../api/conversations';
import { apiBaseUrl, type CredentialMistake } from '../../api/host';
import { listEventNames, type Header, type WantedWebhook } from '../../api/outboundWebhooks';
import { credentialOf, mayHaveRole } from '../../api/request';
import { SEARCH_ROLE } from '../../api/searchByTime';
import { EVENT_NAMES, isNothingChosen, type Chosen } from '../../event/catalog';
import { RECOVERABLE_NAMES } from '../../missed/missed';
import { textsOf } from '../../narrowing';
import type { Settings } from '../settings';
import { whyUndeliverable } from './address';
import { registrantOf, webhookName, type Registrant } from './webhookNames';
import * as words from './publishingWords';

/** What this trigger wants of Kustomer. */
export type Wanted = WantedWebhook & {
	/** Shorter lists of events, the longest first, for when Kustomer refuses so many. */
	fewerEvents: ReadonlyArray<readonly string[]>;
	registrant: Registrant;
	/** Base URL of the API of the credential as it is now. */
	host: string;
	/** Whether the user behind the API key has to be known, for Ignore Own Changes. */
	needsOwnUser: boolean;
};

/** @throws NodeOperationError or NodeApiError with the remedy in its message */
export async function wantedOf(hook: IHookFunctions, settings: Settings): Promise<Wanted> {
	await refuseUnusable(hook, settings);
	const url = String(hook.getNodeWebhookUrl('default'));
	const undeliverable = whyUndeliverable(url);
	if (undeliverable !== undefined) throw words.inWords(hook, undeliverable);
	const registrant = registrantOf(hook, settings.webhookName);
	if (settings.catchUp !== 'off' && !registrant.isTest) await warnOfRoles(hook, settings);
	const listed = settings.chosen.any ? await listEventNames(hook) : [];
	const [events, ...fewerEvents] = eventLists(settings.chosen, listed);
	return {
		name: webhookName(registrant),
		url,
		events,
		fewerEvents,
		headers: settings.webhookHeaders,
		registrant,
		host: await hostOf(hook),
		needsOwnUser: settings.ignoreOwnChanges,
	};
}

/** Without them fetching missed events comes to nothing, or to less, and nobody would know why. */
async function warnOfRoles(hook: IHookFunctions, { chosen }: Settings): Promise<void> {
	const isChosen = (name: string) => chosen.any || chosen.names.includes(name);
	const names = RECOVERABLE_NAMES.filter(isChosen);
	if (names.length === 0) hook.logger.warn(words.NOTHING_TO_FETCH);
	else if (!(await mayHaveRole(hook, SEARCH_ROLE))) hook.logger.warn(words.CANNOT_SEARCH);
	const hasConversations = names.some((name) => name.startsWith('kustomer.conversation.'));
	if (hasConversations && !(await mayReadEvents(hook))) hook.logger.warn(words.CANNOT_READ_EVENTS);
}

/** @throws NodeOperationError for settings with which no event would ever start the workflow */
export async function refuseUnusable(hook: IHookFunctions, settings: Settings): Promise<void> {
	const mistake = mistakeIn(settings);
	if (mistake !== undefined) throw words.inWords(hook, mistake);
	if (settings.registration === 'manual' && !(await hasSecretCredential(hook))) {
		throw words.inWords(hook, words.NO_SECRET_GIVEN);
	}
}

/** @returns whether the node has a webhook credential with a secret in it */
async function hasSecretCredential(hook: IHookFunctions): Promise<boolean> {
	if (!hook.getNode().credentials?.kustomerWebhookApi) return false;
	const { secret, previousSecret } = await hook.getCredentials('kustomerWebhookApi');
	return textsOf([secret, previousSecret]).length > 0;
}

/** @throws NodeOperationError if the credential cannot be used as it is */
export async function hostOf(hook: IHookFunctions): Promise<string> {
	const credential = await credentialOf(hook);
	try {
		return apiBaseUrl(credential);
	} catch (error) {
		throw words.inWords(hook, (error as CredentialMistake).message);
	}
}

/**
 * `*` stands for what the organization can subscribe to, or for the twelve if Kustomer does not
 * tell. Where that is more, Kustomer may refuse so many: its documentation speaks of twelve.
 *
 * @param listed what the organization can subscribe to
 * @returns the events to ask for, then shorter lists
 */
export function eventLists(
	{ any, names }: Chosen,
	listed: readonly string[],
): [string[], ...string[][]] {
	if (!any) return [[...names]];
	const all = [...new Set([...(listed.length > 0 ? listed : EVENT_NAMES), ...names])];
	if (listed.length <= EVENT_NAMES.length) return [all];
	const isListed = (name: string) => listed.includes(name);
	const twelve = EVENT_NAMES.filter(isListed);
	const withNamed = [...new Set([...twelve, ...names.filter(isListed)])];
	return withNamed.length > twelve.length ? [all, withNamed, twelve] : [all, twelve];
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const OWN_HEADERS = /^(content-type|content-length|host|x-kustomer-.*)$/i;

/** @returns what is wrong with the extra headers, in words; undefined if they can be used */
export function headerMistake(headers: readonly Header[]): string | undefined {
	for (const { name, value } of headers) {
		if (!HEADER_NAME.test(name)) return words.badHeaderName(name);
		if (OWN_HEADERS.test(name)) return words.reservedHeader(name);
		if (/[\r\n\0]/.test(value)) return words.lineBreakIn(name);
	}
	return undefined;
}

function mistakeIn(settings: Settings): string | undefined {
	if (isNothingChosen(settings.chosen)) return words.NO_EVENT;
	if (settings.acknowledge === 'finished' && settings.skipDuplicates === 'database') {
		return words.FINISHED_WITH_DATABASE;
	}
	if (settings.acknowledge === 'finished' && settings.catchUp !== 'off') {
		return words.FINISHED_WITH_CATCH_UP;
	}
	if (settings.registration === 'manual') return undefined;
	return headerMistake(settings.webhookHeaders);
}
