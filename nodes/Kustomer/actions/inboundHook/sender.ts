import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import { withApiKey } from '../../api/authorization';
import { apiBaseUrl } from '../../api/host';
import { apiError, connectionOf } from '../../api/request';
import type { Reply } from '../../api/replies';
import type { Body } from './body';
import { onCredentialHost, type PostHookType } from './hookAddress';
import { brokenWords, refusalWords } from './postReply';
import { pauseBeforeRetry, phaseOf, type Attempt } from './retry';
import { isStopped, pause, refuseWhenStopped } from '../cancellation';
import type { PostSettings } from './postSettings';

/** One post as it is to go out. */
export type Post = { hookType: PostHookType; address: string; body: Body; settings: PostSettings };

/** A post that Kustomer took. */
export type Taken = { reply: Reply; attempts: number };

/** How one attempt ended; `code` is the system's when no reply came. */
type Ending = { attempt: Attempt; reply?: Reply; code: string };

/**
 * @param post a post to a web hook
 * @param credential the decrypted `kustomerApi` credential
 * @returns the request, with the key if and only if it goes to the credential's own host
 * @throws CredentialMistake when it does not, or when the credential cannot be used
 */
export function webRequest(
	post: Post,
	credential: ICredentialDataDecryptedObject,
): IHttpRequestOptions {
	const url = onCredentialHost(apiBaseUrl(credential), post.address);
	return withApiKey(credential, plainRequest(post, url));
}

/** @returns a request without any key: form hooks are open, and a key has no business there */
export function formRequest(post: Post): IHttpRequestOptions {
	return plainRequest(post, post.address);
}

/**
 * Sends until Kustomer answers for good or the retries are used up.
 *
 * @throws NodeApiError in our words when Kustomer did not take the post
 */
export async function send(
	context: IExecuteFunctions,
	post: Post,
	request: IHttpRequestOptions,
): Promise<Taken> {
	const attempt = async (attempts: number): Promise<Taken> => {
		const ending = await sendOnce(context, request);
		if (ending.reply !== undefined && ending.reply.status < 300) {
			return { reply: ending.reply, attempts };
		}
		const retry = { number: attempts, nowMs: Date.now(), rules: post.settings.retry };
		const pauseMs = pauseBeforeRetry(ending.attempt, retry);
		if (pauseMs === undefined) throw notTaken(context, post, { ...ending, attempts });
		await pause(context, pauseMs);
		return await attempt(attempts + 1);
	};
	return await attempt(1);
}

/**
 * Uses `httpRequest` and not `httpRequestWithAuthentication`: the latter reads and decrypts the
 * credential for every item (0.9 s of CPU per 1,000). The key was added by `withApiKey`, the very
 * function behind the credential's `authenticate`, with the same check of host and https.
 */
async function sendOnce(context: IExecuteFunctions, request: IHttpRequestOptions): Promise<Ending> {
	try {
		const given = (await context.helpers.httpRequest({
			...request,
			headers: { ...request.headers },
			abortSignal: context.getExecutionCancelSignal(),
		})) as IN8nHttpFullResponse;
		const reply = replyOf(given);
		return { reply, code: '', attempt: { kind: 'reply', ...reply } };
	} catch (error) {
		if (isStopped(context)) refuseWhenStopped(context);
		const { code, systemCall } = connectionOf(error);
		return { code, attempt: { kind: 'broken', phase: phaseOf(code, systemCall) } };
	}
}

function plainRequest(post: Post, url: string): IHttpRequestOptions {
	return {
		method: 'POST',
		url,
		headers: { 'Content-Type': post.body.contentType, Accept: 'application/json' },
		// Bytes, because n8n's HTTP client would trim text and encode objects anew.
		body: post.body.bytes,
		timeout: post.settings.timeoutMs,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
	};
}

function replyOf({ statusCode, body, headers }: IN8nHttpFullResponse): Reply {
	return { status: statusCode, body: body === '' ? null : body, headers };
}

function notTaken(context: IExecuteFunctions, post: Post, ending: Ending & { attempts: number }) {
	const { attempt, reply, code, attempts } = ending;
	const sent = { hookType: post.hookType, bytes: post.body.bytes.length, attempts };
	if (reply !== undefined) {
		return apiError(context, refusalWords(reply, sent), String(reply.status));
	}
	const { phase } = attempt as Extract<Attempt, { kind: 'broken' }>;
	return apiError(context, brokenWords(code, phase, sent));
}
