import type { IHttpRequestOptions } from 'n8n-workflow';
import { withApiKey } from '../../api/authorization';
import { explainConnection, explainReply, type Reply } from '../../api/errors';
import { apiBaseUrl } from '../../api/host';
import { INBOUND_WEBHOOKS } from '../../api/places';
import { recordsIn } from '../../api/records';
import {
	apiError,
	credentialOf,
	sent,
	withKeyState,
	type ApiCaller,
	type Ending,
} from '../../api/request';
import type { Phase, RetryRules } from '../../api/retries';
import { integerWithin } from '../../narrowing';
import type { Body } from '../multipart';
import { onCredentialHost, type PostHookType } from './hookAddress';

/** One post as it is to go out. */
export type Post = {
	hookType: PostHookType;
	address: string;
	body: Body;
	settings: PostSettings;
};

export type PostSettings = { retries: RetryRules; timeoutMs: number };

export const DEFAULT_RETRIES = 3;
export const MOST_RETRIES = 10;
export const DEFAULT_TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 300_000;

/** @param options the collection of this name; like n8n's HTTP Request node, all items share the first one's */
export function postSettings(options: Record<string, unknown>): PostSettings {
	const maxRetries = integerWithin(options.maxRetries, {
		least: 0,
		most: MOST_RETRIES,
		otherwise: DEFAULT_RETRIES,
	});
	return {
		retries: {
			maxRetries,
			maxRateRetries: maxRetries,
			budgetMs: Infinity,
			afterServerErrors: true,
			afterBrokenConnections: options.retryBrokenConnections === true,
		},
		timeoutMs: integerWithin(options.timeout, {
			least: 1,
			most: LONGEST_TIMEOUT_MS,
			otherwise: DEFAULT_TIMEOUT_MS,
		}),
	};
}

/**
 * Sends until Kustomer answers for good or the retries are used up.
 *
 * @returns the item for a post that Kustomer took
 * @throws NodeApiError in our words when Kustomer did not take it, CredentialMistake when the key
 *   must not go to this address
 */
export async function sendPost(caller: ApiCaller, post: Post) {
	const request =
		post.hookType === 'form' ? plainRequest(post, post.address) : await webRequest(caller, post);
	const ending = await sent(caller, request, post.settings.retries);
	const { reply, attempts } = ending;
	if (reply === undefined || reply.status >= 300) throw await notTaken(caller, post, ending);
	return {
		accepted: true,
		statusCode: reply.status,
		hookType: post.hookType,
		transactionId: transactionId(reply.body),
		bytes: post.body.bytes.length,
		attempts,
		response: reply.body ?? null,
	};
}

/** The key is sent if and only if the post goes to the credential's own host. */
async function webRequest(caller: ApiCaller, post: Post): Promise<IHttpRequestOptions> {
	const credential = await credentialOf(caller);
	const url = onCredentialHost(apiBaseUrl(credential), post.address);
	return withApiKey(credential, plainRequest(post, url));
}

/** A request without any key: form hooks are open and need none. */
function plainRequest({ body, settings }: Post, url: string): IHttpRequestOptions {
	return {
		method: 'POST',
		url,
		headers: { 'Content-Type': body.contentType, Accept: 'application/json' },
		// Bytes, because n8n's HTTP client would trim text and encode objects again.
		body: body.bytes,
		timeout: settings.timeoutMs,
		disableFollowRedirect: true,
	};
}

async function notTaken(caller: ApiCaller, { hookType }: Post, ending: Ending) {
	const tries = ending.attempts > 1 ? ` n8n tried ${ending.attempts} times.` : '';
	if (ending.reply === undefined) {
		return apiError(caller, `${brokenWords(hookType, ending.code, ending.phase)}${tries}`);
	}
	const reply = hookType === 'web' ? await withKeyState(caller, ending.reply) : ending.reply;
	return apiError(caller, `${refusalWords(hookType, reply)}${tries}`, String(reply.status));
}

const PURPOSE = 'post to the inbound hook';

const UNKNOWN_HOOK: Readonly<Record<PostHookType, string>> = {
	web: `Kustomer has no web hook at this address. Choose the hook again, or copy its address in Kustomer: ${INBOUND_WEBHOOKS} > Copy Hook Address. It must belong to the organization of the Kustomer API credential.`,
	form: `Kustomer has no form hook at this address. Copy it again in Kustomer: ${INBOUND_WEBHOOKS} > Copy Hook Address.`,
};

/** @returns why Kustomer did not take a post, and what to change where */
export function refusalWords(hookType: PostHookType, reply: Reply): string {
	const asked = { purpose: PURPOSE, role: 'org.hooks', missing: UNKNOWN_HOOK[hookType] };
	const words = hookType === 'form' ? formWords(reply.status) : undefined;
	return words ?? explainReply(reply, asked);
}

/** A form hook takes no key, so words about keys and roles would mislead. */
function formWords(status: number): string | undefined {
	if (status === 401 || status === 403) {
		return `n8n could not ${PURPOSE}: Kustomer refuses posts without a sign-in at this address. If the hook requires reCAPTCHA, only a web page can post to it: turn that off in Kustomer, or use a web hook.`;
	}
	if (status >= 300 && status < 400) {
		return `n8n could not ${PURPOSE}: the address answers with a redirect, which n8n does not follow. Copy the hook's address again in Kustomer: ${INBOUND_WEBHOOKS} > Copy Hook Address.`;
	}
	return undefined;
}

/** @returns why no reply came, whether the post may have arrived, and what to change where */
export function brokenWords(hookType: PostHookType, code: string, phase: Phase): string {
	const words = explainConnection(code, { purpose: PURPOSE });
	const place = hookType === 'form' ? words.replace(CREDENTIAL_WORDS, "the hook's address") : words;
	if (phase !== 'sent') return place;
	return `${place} Kustomer may have received the post nevertheless: look in Kustomer before you send it again. To let n8n send it again in such cases, turn on the option "Retry Broken Connections".`;
}

const CREDENTIAL_WORDS =
	/the (subdomain or base URL in the|base URL in the|subdomain in the) Kustomer API credential|the Kustomer API credential/g;

function transactionId(body: unknown): string | null {
	return recordsIn(body)[0]?.id ?? null;
}
