import { createHash } from 'node:crypto';
import { apiBaseUrl, apiKeyOf } from '../../api/host';
import { currentUserId } from '../../api/outboundWebhooks';
import { isChosen } from '../../event/catalog';
import type { KustomerEvent } from '../../event/event';
import { ignoredAuthor, whyFiltered } from '../../event/filters';
import { cachedOwnUser, usersByKey } from '../memory/memory';
import { within } from '../memory/pending';
import { staticDataOf } from '../registration/staticData';
import type { Settings } from '../settings';
import { API_TIMEOUT_MS, warn, type Trigger } from './trigger';

/** Why a verified event does not start the workflow, to follow "because". */
export type Dropped = { reason: string; isFiltered: boolean };

/** @returns undefined if the event is to start the workflow */
export async function whyDropped(
	trigger: Trigger,
	settings: Settings,
	event: KustomerEvent,
): Promise<Dropped | undefined> {
	if (!isChosen(settings.chosen, event.name)) {
		return { reason: `${event.name} is not among the chosen events`, isFiltered: false };
	}
	if (settings.registration === 'automatic') warnOfOtherOrganization(trigger, event);
	const reason =
		whyFiltered(event, settings.filters, Date.now()) ??
		(settings.ignoreOwnChanges ? ignoredAuthor(event, await ownUserOf(trigger)) : undefined);
	return reason === undefined ? undefined : { reason, isFiltered: true };
}

function warnOfOtherOrganization(trigger: Trigger, event: KustomerEvent): void {
	const { orgId } = staticDataOf(trigger.context);
	if (!orgId || event.orgId === null || event.orgId === orgId) return;
	warn(
		trigger,
		'accepted from another organization',
		`its signature is valid, but it comes from organization ${event.orgId.slice(0, 64)}, while the webhook was made in ${orgId}`,
	);
}

/**
 * @returns the user behind the API key that is in the credential now, else the one noted at
 *   publishing; empty if neither is known
 */
async function ownUserOf(trigger: Trigger): Promise<string[]> {
	const cache = cachedOwnUser(String(trigger.node.credentials?.kustomerApi?.id));
	const read = async () => await userOfKey(trigger);
	const found =
		cache.known(Date.now()) ?? (await within(cache.get(read, Date.now()), trigger.readTimeout()));
	if (found) return [found];
	const { userId } = staticDataOf(trigger.context);
	if (userId === undefined) {
		warn(
			trigger,
			'accepted without Ignore Own Changes',
			'it is not known which user the API key belongs to; check that the key is valid and that n8n reaches Kustomer, or use Ignore Changes by Users',
		);
		return [];
	}
	if (found === undefined) warnOfNotedUser(trigger);
	return [userId];
}

async function userOfKey(trigger: Trigger): Promise<string> {
	const credential = await trigger.context.getCredentials('kustomerApi');
	const key = `${apiBaseUrl(credential)} ${apiKeyOf(credential)}`;
	const digest = createHash('sha256').update(key).digest('hex');
	const known = usersByKey.get(digest);
	if (known !== undefined) return known;
	const user = await currentUserId(trigger.context, API_TIMEOUT_MS);
	if (user === undefined) warnOfNotedUser(trigger);
	usersByKey.set(digest, user ?? '');
	return user ?? '';
}

function warnOfNotedUser(trigger: Trigger): void {
	warn(
		trigger,
		'compared with the user noted at publishing (Ignore Own Changes)',
		'Kustomer did not tell which user the API key belongs to; after a change of the key, publish again',
	);
}
