import { currentUserId } from '../../api/outboundWebhooks';
import { namesOf } from '../../api/names';
import type { ApiRecord } from '../../api/records';
import { relatedId } from '../../event/fields';
import { oneOf, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Access } from './access';
import { messagesOf, RECENT_MESSAGES, timeIn, sentAtMs } from './composing';
import type { Outgoing } from './outgoing';
import { isOut, isTimed } from './sentBefore';

/** Whether somebody else answers a conversation. */

/** @returns why the message must not go out; undefined: it may */
export async function reasonNotTo(
	access: Access,
	outgoing: Outgoing,
	drafts: readonly ApiRecord[],
): Promise<string | undefined> {
	const { item } = access;
	const onlyIf = oneOf(item.value('onlyIf', 'always'), ['always', 'notAnsweredSince']);
	const writing = await writingWords(access, outgoing, drafts);
	if (onlyIf === 'always' || outgoing.conversationId === undefined) {
		if (writing !== undefined) throw overwriting(writing);
		return undefined;
	}
	const since = timeIn(item, 'since', 'Since');
	if (Date.parse(since) > Date.now() + CLOCK_MS) {
		throw new InputMistake(`Nothing was sent: "Since" is ${since}, which is still to come.`);
	}
	return (await answerSince(access, outgoing, { since, drafts })) ?? writing;
}

/** Clocks differ a little. */
const CLOCK_MS = 60_000;

/** What Kustomer sends by itself is no answer. */
const BY_ITSELF: ReadonlySet<unknown> = new Set(['bulk', 'satisfaction']);

async function answerSince(
	access: Access,
	outgoing: Outgoing,
	{ since, drafts }: { since: string; drafts: readonly ApiRecord[] },
): Promise<string | undefined> {
	const sinceMs = Date.parse(since);
	const recent = await messagesOf(access, outgoing, RECENT_MESSAGES);
	const isCut =
		recent.length === RECENT_MESSAGES && recent.every((one) => sentAtMs(one) >= sinceMs);
	const messages = isCut ? await messagesOf(access, outgoing) : recent;
	const answer = messages.find(
		(one) =>
			isOut(one) &&
			sentAtMs(one) >= sinceMs &&
			one.attributes.auto !== true &&
			!BY_ITSELF.has(one.attributes.source),
	);
	if (answer !== undefined) {
		return `answered at ${new Date(sentAtMs(answer)).toISOString()}, by a message sent by ${textOf(answer.attributes.channel)}`;
	}
	const pending = inConversation(drafts, outgoing).find(isTimed);
	if (pending === undefined) return undefined;
	return `an answer goes out at ${textOf(pending.attributes.sendAt)}`;
}

function inConversation(drafts: readonly ApiRecord[], { conversationId }: Outgoing): ApiRecord[] {
	return drafts.filter(
		({ attributes, relationships }) =>
			relatedId(relationships.conversation) === conversationId && attributes.channel !== 'note',
	);
}

/**
 * Whether a new draft leaves an older one of the conversation alone is not documented.
 *
 * @returns who is writing an answer in the conversation; undefined: nobody but n8n
 */
async function writingWords(
	access: Access,
	outgoing: Outgoing,
	drafts: readonly ApiRecord[],
): Promise<string | undefined> {
	const { caller, item } = access;
	if (outgoing.conversationId === undefined) return undefined;
	const begun = inConversation(drafts, outgoing).filter((draft) => !isTimed(draft));
	if (begun.length === 0) return undefined;
	const own = await item.run.once('own user', async () =>
		currentUserId(caller).catch(() => undefined),
	);
	for (const { attributes, relationships } of begun) {
		const authors = [relationships.createdBy, relationships.modifiedBy].map(relatedId);
		if (own !== undefined && authors.every((id) => id === own || id === undefined)) continue;
		const users = await namesOf(caller, 'users').catch(() => undefined);
		const author = users?.find(({ id }) => id !== own && authors.includes(id))?.name;
		const at = textOf(attributes.modifiedAt) || textOf(attributes.updatedAt);
		return `${author ?? 'an agent'} is writing an answer in this conversation${at === '' ? '' : ` (last at ${at})`}`;
	}
	return undefined;
}

function overwriting(writing: string): InputMistake {
	return new InputMistake(
		`Nothing was sent, so that it does not overwrite a draft: ${writing}. Send or discard the draft in Kustomer.`,
	);
}

/** @throws InputMistake when somebody is writing an answer in the conversation */
export async function refuseWhileWriting(
	access: Access,
	outgoing: Outgoing,
	drafts: readonly ApiRecord[],
): Promise<void> {
	const writing = await writingWords(access, outgoing, drafts);
	if (writing !== undefined) throw overwriting(writing);
}
