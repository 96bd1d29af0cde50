import { draftsOf } from '../../api/drafts';
import type { ApiRecord } from '../../api/records';
import { isStopped, pause } from '../../api/waiting';
import { relatedId } from '../../event/fields';
import { recordOf, textOf } from '../../narrowing';
import type { Access } from './access';
import { isFromCustomer, messagesOf, RECENT_MESSAGES, sentAtMs } from './composing';
import { bodyOf, lettersOf, partiesIn, type Outgoing } from './outgoing';

/**
 * Finds at Kustomer what was written there. A message has no mark of ours, because a draft has no
 * place for one that its message keeps: it is known by channel, recipient, conversation and text.
 */

export type Written = {
	operation: 'send' | 'createDraft';
	/** The latest messages from before. */
	there: readonly ApiRecord[];
};

/** How long a message is looked for that an earlier run may have sent; people retry days later. */
const RERUN_MS = 3_600_000;
const RETRY_MS = 7 * 24 * 3_600_000;

const FOUND_HINT =
	'A message of the same text to the same recipient had been sent a while ago, and the customer has not answered since. It was taken for this one, so that it does not go out twice.';

/** @returns what an earlier run of this execution sent; undefined: nothing is there */
export async function foundFromBefore(
	access: Access,
	outgoing: Outgoing,
	{ operation, there: known, sentAlike }: Written & { sentAlike: number },
): Promise<ApiRecord | undefined> {
	const lastIn = outgoing.conversationId === undefined ? undefined : known.find(isFromCustomer);
	const windowMs = access.item.context.getMode() === 'retry' ? RETRY_MS : RERUN_MS;
	const since = Math.max(Date.now() - windowMs, lastIn === undefined ? 0 : sentAtMs(lastIn));
	const there = (await alike(access, outgoing, operation)).filter(
		(record) => sentAtMs(record) > since,
	);
	const found = there[sentAlike];
	if (found !== undefined) access.item.run.hint(FOUND_HINT);
	return found;
}

/** What was cut off may arrive a little later. */
const ARRIVAL_MS = 2_000;

/**
 * @returns the draft or message that is there although the request did not succeed
 * @throws the request's error when there is none
 */
export async function foundAfterDoubt(
	access: Access,
	outgoing: Outgoing,
	{ operation, there, drafts, error }: Written & { drafts: readonly ApiRecord[]; error: unknown },
): Promise<ApiRecord> {
	const known = new Set([...drafts, ...there].map(({ id }) => id));
	for (const waitMs of [0, ARRIVAL_MS]) {
		if (isStopped(access.caller)) break;
		if (waitMs > 0) await pause(access.caller, waitMs);
		const now = await alike(access, outgoing, operation).catch(() => []);
		const found = now.find(({ id }) => !known.has(id));
		if (found !== undefined) return found;
	}
	throw error;
}

/** @returns what is there of this content, the latest message first */
async function alike(
	access: Access,
	outgoing: Outgoing,
	operation: Written['operation'],
): Promise<ApiRecord[]> {
	const isSend = operation === 'send';
	const drafts = await draftsOf(access.caller, outgoing.customerId, access.call);
	const messages = isSend ? await messagesOf(access, outgoing, RECENT_MESSAGES) : [];
	return [...drafts.filter((draft) => isTimed(draft) === isSend), ...messages.filter(isOut)]
		.filter((record) => isAlike(record, outgoing))
		.sort((a, b) => sentAtMs(b) - sentAtMs(a));
}

export function isTimed({ attributes }: ApiRecord): boolean {
	return textOf(attributes.sendAt) !== '';
}

export function isOut({ attributes }: ApiRecord): boolean {
	return attributes.direction === 'out';
}

export function isAlike({ attributes, relationships }: ApiRecord, outgoing: Outgoing): boolean {
	const { conversationId, channel, text, to } = outgoing;
	const recipients = partiesIn(attributes.to ?? recordOf(attributes.meta).to);
	return (
		attributes.channel === channel &&
		(conversationId === undefined || relatedId(relationships.conversation) === conversationId) &&
		(recipients.length === 0 || recipients.some(({ address }) => address === to[0]?.address)) &&
		isSameText(textOf(attributes.body) || textOf(attributes.preview), bodyOf(outgoing), text)
	);
}

/** Kustomer may cut a preview, or add a signature. */
const SHORTEST_BEGINNING = 20;

function isSameText(shown: string, ...written: string[]): boolean {
	const there = lettersOf(shown).replace(/(…|\.\.\.)$/, '');
	return written.map(lettersOf).some((own) => {
		if (Math.min(own.length, there.length) < SHORTEST_BEGINNING) return own === there;
		return own.startsWith(there) || there.startsWith(own);
	});
}
