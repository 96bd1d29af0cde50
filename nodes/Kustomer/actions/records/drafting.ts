import { NodeApiError } from 'n8n-workflow';
import { deleteDraft, draftsOf, postDraft, updateDraft } from '../../api/drafts';
import type { ApiRecord } from '../../api/records';
import { inDoubt, isInDoubt } from '../../api/request';
import { InputMistake } from '../itemErrors';
import type { Access } from './access';
import { draftOf, type Outgoing } from './outgoing';
import { attachFiles, filesGiven, uploadedFiles } from './uploading';

/** Writes the draft by which a message goes out, with its files. */

export type Writing = {
	/** After "could not". */
	purpose: string;
	/** @returns when it goes out, as Kustomer takes it; empty: it stays a draft */
	time: () => object;
	/** @returns the output of an item that is not to be sent; undefined: it is */
	withheld: (drafts: readonly ApiRecord[]) => Promise<object | undefined>;
};

/**
 * @param own the draft that is being written
 * @returns the customer's other drafts, and the output of an item that is not to be sent
 */
export async function checked(
	access: Access,
	{ customerId }: Outgoing,
	work: Writing,
	own?: string,
) {
	const all = await draftsOf(access.caller, customerId, access.call);
	const drafts = all.filter(({ id }) => id !== own);
	return { drafts, withheld: await work.withheld(drafts) };
}

type Posted = { draft: ApiRecord } | { withheld: object };

/** @throws NodeApiError; `isInDoubt` says whether it may go out nevertheless */
export async function writtenDraft(
	access: Access,
	outgoing: Outgoing,
	work: Writing,
): Promise<Posted> {
	const { caller, call } = access;
	const { channel, conversationId, customerId } = outgoing;
	const hasFiles = filesGiven(access).length > 0;
	// Only a chat names its files; the others have to be there to get them.
	const isLater = hasFiles && channel !== 'chat';
	const attachments = hasFiles && !isLater ? await uploadedFiles(access) : [];
	const draft = await postDraft(caller, customerId, {
		...call,
		purpose: work.purpose,
		createConversation: conversationId === undefined,
		body: {
			...draftOf(outgoing),
			...(attachments.length > 0 && { attachments: attachments.map(({ _id }) => _id) }),
			...(isLater ? {} : work.time()),
		},
	});
	return isLater ? await withFiles(access, draft, { outgoing, work }) : { draft };
}

/** A draft without a time gets its files, and then the time. */
async function withFiles(
	access: Access,
	draft: ApiRecord,
	{ outgoing, work }: { outgoing: Outgoing; work: Writing },
): Promise<Posted> {
	const { caller, call } = access;
	const deleteConversation = outgoing.conversationId === undefined;
	const discard = async () => await deleteDraft(caller, draft.id, { ...call, deleteConversation });
	const isSent = Object.keys(work.time()).length > 0;
	const prepared = async () => {
		await attachFiles(access, draft.id);
		// Somebody may have answered while the files were on their way.
		return isSent ? (await checked(access, outgoing, work, draft.id)).withheld : undefined;
	};
	const withheld = await prepared().catch(
		async (error: unknown) => await Promise.reject(await discarded(discard, error)),
	);
	if (withheld !== undefined) {
		await discard();
		return { withheld };
	}
	if (!isSent) return { draft };
	const body = { channel: outgoing.channel, ...work.time() };
	return {
		draft: await updateDraft(caller, draft.id, { ...call, purpose: work.purpose, body }).catch(
			async (error: unknown) => {
				const isGone = error instanceof NodeApiError && error.httpCode === '404';
				throw isGone || isInDoubt(error)
					? inDoubt(error as object)
					: await discarded(discard, error);
			},
		),
	};
}

/** @returns the error, which leaves no doubt if the draft could be deleted */
async function discarded(discard: () => Promise<void>, error: unknown): Promise<unknown> {
	const isDiscarded = await discard().then(
		() => true,
		() => false,
	);
	if (!isDiscarded) return inDoubt(error as object);
	const message = error instanceof Error ? error.message : String(error);
	return error instanceof InputMistake ? error : new InputMistake(`Nothing was sent. ${message}`);
}
