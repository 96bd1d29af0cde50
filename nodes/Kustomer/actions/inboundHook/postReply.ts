import { explainConnection, explainReply, isRecord, type Reply } from '../../api/replies';
import type { PostHookType } from './hookAddress';
import type { Phase } from './retry';

/** What Kustomer made of a post, in words and as an item. */
export type Accepted = {
	accepted: true;
	statusCode: number;
	hookType: PostHookType;
	transactionId: string | null;
	bytes: number;
	attempts: number;
	response: unknown;
};

export type Sent = { hookType: PostHookType; bytes: number; attempts: number };

const PURPOSE = 'post to the inbound hook';

const UNKNOWN_HOOK: Readonly<Record<PostHookType, string>> = {
	web: 'Kustomer knows no web hook at this address. Choose the hook again, or copy its address in Kustomer: Settings > Platform > Inbound Webhooks > Copy Hook Address. It must belong to the organization of the Kustomer API credential.',
	form: 'Kustomer knows no form hook at this address. Copy it again in Kustomer: Settings > Platform > Inbound Webhooks > Copy Hook Address.',
};

/** @returns the item that a person gets for a post that Kustomer took */
export function acceptedItem(reply: Reply, sent: Sent): Accepted {
	return {
		accepted: true,
		statusCode: reply.status,
		hookType: sent.hookType,
		transactionId: transactionId(reply.body),
		bytes: sent.bytes,
		attempts: sent.attempts,
		response: reply.body ?? null,
	};
}

/** @returns why Kustomer did not take a post, and what to change where */
export function refusalWords(reply: Reply, sent: Sent): string {
	const tries = triesWords(sent.attempts);
	if (sent.hookType === 'form') {
		const words = formWords(reply);
		if (words !== undefined) return `${words}${tries}`;
	}
	const asked = { purpose: PURPOSE, role: 'org.hooks', missing: UNKNOWN_HOOK[sent.hookType] };
	return `${explainReply(reply, asked)}${tries}`;
}

/** @returns why no reply came, whether the post may have arrived, and what to change where */
export function brokenWords(code: string, phase: Phase, sent: Sent): string {
	const words = explainConnection(code, { purpose: PURPOSE });
	const place =
		sent.hookType === 'form' ? words.replace(CREDENTIAL_WORDS, "the hook's address") : words;
	const doubt =
		phase === 'sent'
			? ' Kustomer may have received the post nevertheless: look in Kustomer before you send it again. To have n8n send it again by itself, switch on the option "Retry Broken Connections".'
			: '';
	return `${place}${doubt}${triesWords(sent.attempts)}`;
}

const CREDENTIAL_WORDS =
	/the (subdomain or base URL in the|base URL in the|subdomain in the) Kustomer API credential|the Kustomer API credential/g;

/** A form hook knows no key, so the words about keys and roles would lead astray. */
function formWords(reply: Reply): string | undefined {
	const start = `n8n could not ${PURPOSE}`;
	if (reply.status === 401 || reply.status === 403) {
		return `${start}: Kustomer refuses posts without a sign-in at this address. If the hook asks for reCAPTCHA, only a web page can post to it: switch that off in Kustomer, or use a web hook.`;
	}
	if (reply.status >= 300 && reply.status < 400) {
		return `${start}: the address answers with a redirect, which is not followed. Copy the hook's address again in Kustomer: Settings > Platform > Inbound Webhooks > Copy Hook Address.`;
	}
	return undefined;
}

function triesWords(attempts: number): string {
	return attempts > 1 ? ` n8n tried ${attempts} times.` : '';
}

function transactionId(body: unknown): string | null {
	const data = isRecord(body) ? body.data : undefined;
	return isRecord(data) && typeof data.id === 'string' ? data.id : null;
}
