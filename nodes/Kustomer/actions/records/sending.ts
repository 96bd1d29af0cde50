import { deleteDraft, draftsOf } from '../../api/drafts';
import type { ApiRecord } from '../../api/records';
import { isInDoubt } from '../../api/request';
import { isStopped, pause } from '../../api/waiting';
import { relatedId } from '../../event/fields';
import { oneOf, textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { Access } from './access';
import { reasonNotTo, refuseWhileWriting } from './answers';
import { composed, messagesOf, RECENT_MESSAGES, timeIn, sentAtMs } from './composing';
import { checked, writtenDraft, type Writing } from './drafting';
import { message } from './message';
import { addressesOf, bodyOf, draftOf, type Outgoing } from './outgoing';
import { SendingOnce } from './sendingOnce';
import {
	foundAfterDoubt,
	foundFromBefore,
	isAlike,
	isOut,
	isTimed,
	type Written,
} from './sentBefore';
import { filesGiven } from './uploading';

/** Runs from the editor, and those of evaluations. */
const TESTS: ReadonlySet<string> = new Set(['manual', 'evaluation']);

const TEST_HINT =
	'This is a test run, so nothing was sent: the output shows what would go out. Switch on "Send When Testing" to really send from the editor.';

export const send: Operation = {
	name: 'Send',
	value: 'send',
	action: 'Send message',
	description:
		'Reaches a customer: sends a message in a conversation or in a new one, by email, SMS, WhatsApp, chat or social media. A run from the editor shows the message instead, unless Send When Testing is on.',
	credential: 'kustomerApi',
	properties: [],
	perItem: async (item) => await inTurn(new Access(item, message), sentOnce),
};

export const createDraft: Operation = {
	name: 'Create Draft',
	value: 'createDraft',
	action: 'Create draft of message',
	description:
		'Writes an answer that an agent reads, changes and sends in Kustomer. Kustomer does not say for certain that a draft stays unsent, so n8n looks afterwards, and fails if the message went out.',
	credential: 'kustomerApi',
	properties: [],
	perItem: async (item) => await inTurn(new Access(item, message), draftedOnce),
};

/** Messages for one conversation go out one after the other, in the order of the items. */
async function inTurn(
	access: Access,
	work: (access: Access, name: string) => Promise<object>,
): Promise<object> {
	const { item } = access;
	const parent = oneOf(item.value('sendTo', 'conversation'), ['conversation', 'newConversation']);
	const { mode, value } = item.locator(parent === 'conversation' ? parent : 'customer');
	const target = `message for ${parent} ${mode} ${value}`;
	const counter = item.run.once(`number of ${target}`, () => ({ count: 0 }));
	const name = `${target} ${counter.count++}`;
	return await item.run.inTurn(target, async () => await work(access, name));
}

async function sentOnce(access: Access, name: string): Promise<object> {
	const { item } = access;
	const due = dueOf(access);
	const { outgoing, there } = await composed(access);
	const work: Work = {
		operation: 'send',
		name,
		purpose: 'send the message',
		there,
		time: () => ({
			sendAt: due ?? new Date().toISOString(),
			...(due !== undefined && { scheduled: true }),
		}),
		async withheld(drafts) {
			const reason = await reasonNotTo(access, outgoing, drafts);
			return reason === undefined ? undefined : { sent: false, reason };
		},
		async outcome(draft) {
			refuseOtherTime(draft, due);
			return await Promise.resolve(outcomeOf(outgoing, draft, 'send'));
		},
	};
	if (!TESTS.has(item.context.getMode()) || item.isOn('sendWhenTesting'))
		return await once(access, outgoing, work);
	item.run.hint(TEST_HINT);
	const { withheld } = await checked(access, outgoing, work);
	return withheld ?? { sent: false, preview: previewOf(access, outgoing, due ?? 'now') };
}

async function draftedOnce(access: Access, name: string): Promise<object> {
	const { outgoing, there } = await composed(access);
	return await once(access, outgoing, {
		operation: 'createDraft',
		name,
		purpose: 'create the draft',
		there,
		time: () => ({}),
		async withheld(drafts) {
			await refuseWhileWriting(access, outgoing, drafts);
			return undefined;
		},
		async outcome(draft) {
			await refuseIfSent(access, outgoing, { draft, there });
			return outcomeOf(outgoing, draft, 'createDraft');
		},
	});
}

type Work = Written &
	Writing & {
		/** What tells it from the other messages of this run. */
		name: string;
		/** @returns the output once Kustomer has taken it */
		outcome: (draft: ApiRecord) => Promise<object>;
	};

/**
 * Writes it once, however often this execution is run. A write whose outcome is not known is looked
 * for at Kustomer and never sent again.
 */
async function once(access: Access, outgoing: Outgoing, work: Work): Promise<object> {
	const { item, caller } = access;
	const sending = new SendingOnce(item, `${work.operation} ${work.name}`, draftOf(outgoing));
	const claim = await sending.claim();
	if (claim.kind === 'done') return claim.outcome;
	const { sentAlike } = sending;
	const found =
		claim.kind === 'new'
			? undefined
			: await foundFromBefore(access, outgoing, { ...work, sentAlike }).catch(
					async (error: unknown) => {
						if (claim.kind === 'unsure') await sending.release();
						throw error;
					},
				);
	if (found !== undefined) return noted(sending, outcomeOf(outgoing, found, work.operation));
	// A person who retries was told to look first.
	if (claim.kind === 'begun' && item.context.getMode() !== 'retry') throw new InputMistake(BEGUN);
	const { drafts, withheld } = await checked(access, outgoing, work).catch(
		async (error: unknown) => await failed(sending, error),
	);
	if (withheld !== undefined) {
		await sending.release();
		return withheld;
	}
	const posted = await writtenDraft(access, outgoing, work).catch(async (error: unknown) => {
		// Stopped by a person, it may have been on its way.
		if (!isInDoubt(error) && !isStopped(caller)) return await failed(sending, error);
		return { draft: await foundAfterDoubt(access, outgoing, { ...work, drafts, error }) };
	});
	if ('draft' in posted) return noted(sending, await work.outcome(posted.draft));
	await sending.release();
	return posted.withheld;
}

function noted(sending: SendingOnce, outcome: object): object {
	sending.done(outcome);
	return outcome;
}

const BEGUN =
	'n8n runs this execution again, and it is not known whether the message went out the first time: it was not found at Kustomer. It was not sent again. Look there; if it is missing, retry this execution.';

async function failed(sending: SendingOnce, error: unknown): Promise<never> {
	await sending.release();
	throw error;
}

/** @returns when it is to go out; undefined: now */
function dueOf({ item }: Access): string | undefined {
	if (oneOf(item.value('when', 'now'), ['now', 'at']) === 'now') return undefined;
	const time = timeIn(item, 'sendAt', 'Send At');
	if (Date.parse(time) > Date.now()) return time;
	throw new InputMistake(
		`Nothing was sent: "Send At" is ${time}, which is in the past. Give a time to come.`,
	);
}

/** @throws InputMistake when Kustomer does not send it at the time that was asked for */
function refuseOtherTime(record: ApiRecord, due: string | undefined): void {
	if (due === undefined) return;
	const time = isOut(record) ? sentAtMs(record) : Date.parse(textOf(record.attributes.sendAt));
	if (Number.isNaN(time) || Math.abs(time - Date.parse(due)) < 60_000) return;
	throw new InputMistake(
		`The message was to be sent at ${due}, but Kustomer sends it at ${new Date(time).toISOString()}. Look at the conversation there.`,
	);
}

/** Whether a draft without a time really stays one is not documented, and it may take a moment. */
const UNTIL_SENT_MS = 1_000;

/** @throws InputMistake when the draft went out, is about to, or cannot be found */
async function refuseIfSent(
	access: Access,
	outgoing: Outgoing,
	{ draft, there }: { draft: ApiRecord; there: readonly ApiRecord[] },
): Promise<void> {
	const { caller, call } = access;
	await pause(caller, UNTIL_SENT_MS);
	const drafts = await draftsOf(caller, outgoing.customerId, call);
	const kept = drafts.find(({ id }) => id === draft.id);
	if (kept !== undefined && !isTimed(kept)) return;
	if (kept !== undefined) {
		await deleteDraft(caller, kept.id, { ...call, deleteConversation: false });
		throw new InputMistake(
			'Kustomer was about to send the draft instead of keeping it, so n8n deleted it. Check in the conversation that nothing went out, and do not use Create Draft until this is settled with Kustomer.',
		);
	}
	const known = new Set(there.map(({ id }) => id));
	const messages = await messagesOf(access, outgoing, RECENT_MESSAGES);
	const wentOut = messages.some(
		(one) => isOut(one) && !known.has(one.id) && isAlike(one, outgoing),
	);
	throw new InputMistake(
		wentOut
			? 'Kustomer sent the message to the customer instead of keeping it as a draft. Do not use Create Draft until this is settled with Kustomer.'
			: 'The draft is no longer there. Somebody may have sent or discarded it, or Kustomer did. Look at the conversation.',
	);
}

function previewOf(access: Access, outgoing: Outgoing, when: string): object {
	const { conversationId, customerId, channel, from, to, cc, bcc, subject } = outgoing;
	return {
		conversationId: conversationId ?? null,
		customerId,
		channel,
		from: from?.address ?? null,
		to: addressesOf(to),
		cc: addressesOf(cc),
		bcc: addressesOf(bcc),
		subject: subject ?? null,
		body: bodyOf(outgoing),
		files: filesGiven(access),
		when,
	};
}

function outcomeOf(
	outgoing: Outgoing,
	{ id, attributes, relationships }: ApiRecord,
	operation: Work['operation'],
): object {
	const { conversationId, channel, to } = outgoing;
	const where = {
		conversationId: conversationId ?? relatedId(relationships.conversation) ?? null,
		channel,
		to: addressesOf(to),
	};
	if (operation === 'createDraft') return { id, ...where };
	const times = [attributes.sendAt, attributes.sentAt, attributes.createdAt];
	const when = times.map(textOf).find((time) => time !== '') ?? new Date().toISOString();
	return { sent: true, id, when, ...where };
}
