import { createHash } from 'node:crypto';
import { apiBaseUrl, apiKeyOf } from '../../api/host';
import { keeperOf } from '../memory/cache';
import { currentUserId } from '../../api/outboundWebhooks';
import { warn, type Trigger } from './log';
import { notesOf } from '../registration/staticData';
import { API_TIMEOUT_MS } from './timeout';

/** How often the credential is looked at for another key. */
const LIMITS = { maxAgeMs: 60_000, mismatchIntervalMs: 60_000, failurePauseMs: 10_000 };

/** Users by a digest of their key, so that Kustomer is asked once for each key; empty: it does not tell. */
const users = new Map<string, string>();

/**
 * @returns the user behind the API key that is in the credential now, else the one noted at
 *   publishing; nothing when neither is known
 */
export async function ownUserOf(trigger: Trigger): Promise<string | undefined> {
	const keeper = keeperOf(`user|${trigger.node.credentials?.kustomerApi?.id}`, LIMITS);
	const read = async () => [await userOfKey(trigger)];
	const known = keeper.known(Date.now());
	const found = known ?? (await trigger.patience.inTime(keeper.get(read, Date.now())));
	if (found?.[0]) return found[0];
	const { userId } = notesOf(trigger.context);
	if (userId === undefined) {
		warn(
			trigger,
			'accepted without Ignore Own Changes',
			'it is not known which user the API key belongs to; see that the key is valid and that n8n reaches Kustomer, or use Ignore Changes by Users',
		);
	} else if (found === undefined) warnOfNotedUser(trigger);
	return userId;
}

async function userOfKey(trigger: Trigger): Promise<string> {
	const credential = await trigger.context.getCredentials('kustomerApi');
	const key = `${apiBaseUrl(credential)} ${apiKeyOf(credential)}`;
	const digest = createHash('sha256').update(key).digest('hex');
	const known = users.get(digest);
	if (known !== undefined) return known;
	const user = await currentUserId(trigger.context, API_TIMEOUT_MS);
	if (user === undefined) warnOfNotedUser(trigger);
	users.set(digest, user ?? '');
	return user ?? '';
}

function warnOfNotedUser(trigger: Trigger): void {
	warn(
		trigger,
		'compared with the user noted at publishing (Ignore Own Changes)',
		'Kustomer did not tell which user the API key belongs to; after a change of the key, publish again',
	);
}
