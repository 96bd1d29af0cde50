import {
	NodeApiError,
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IHttpRequestMethods,
	type IHttpRequestOptions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';
import { withApiKey } from './authorization';
import {
	doubtAbout,
	explainConnection,
	explainReply,
	isReadOnly,
	type Asked,
	type Reply,
} from './errors';
import { apiBaseUrl, apiKeyOf, CredentialMistake } from './host';
import { ROLES_PATH, stateOfKey } from './keyRoles';
import { placeWithin } from './limits';
import { pauseBeforeRetry, phaseOf, type Attempt, type Phase, type RetryRules } from './retries';
import {
	breakSignalOf,
	pause,
	refuseWhenStopped,
	retryRules,
	stopSignalOf,
	type ApiCaller,
} from './waiting';

export type { ApiCaller } from './waiting';

export type ApiRequest = Asked & {
	method: IHttpRequestMethods;
	/** Path on the API host, beginning with `/v1/`. */
	path: string;
	query?: Record<string, string | number | boolean>;
	body?: unknown;
	timeoutMs?: number;
	/** How often it is tried again at most, where a person said so; never a write of unknown outcome. */
	maxRetries?: number;
};

/** How a call ended after all its attempts: with a reply, or without one. */
export type Ending = { attempts: number } & (
	| { reply: Reply; code?: undefined; phase?: undefined }
	/** `code` is the system's, e.g. `ECONNRESET`. */
	| { reply?: undefined; code: string; phase: Phase }
);

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Sends a request to Kustomer's REST API with the `kustomerApi` credential, again and again as far
 * as the rules of `retries.ts` allow.
 *
 * @returns the reply, whatever its status
 * @throws NodeApiError or NodeOperationError in our words when no reply of Kustomer's came (no
 *   connection, unusable credential, the page of a proxy)
 */
export async function apiReply(caller: ApiCaller, request: ApiRequest): Promise<Reply> {
	const credential = await credentialOf(caller);
	const options = authorized(caller, credential, request);
	const isRead = isReadOnly(request);
	const { maxRetries } = request;
	const ending = await sent(caller, options, retryRules(caller, { isRead, maxRetries }));
	if (ending.reply === undefined) {
		const words = explainConnection(ending.code, request);
		if (ending.phase !== 'sent') throw apiError(caller, words);
		const error = apiError(caller, words + doubtAbout(request));
		throw isReadOnly(request) ? error : inDoubt(error);
	}
	const { reply } = ending;
	// A success that is none: nothing was listed, made or deleted by it.
	if (reply.status < 300 && isWebPage(reply.body)) throw unreadable(caller, request);
	return await withKeyState(caller, reply, request.timeoutMs);
}

/**
 * As `apiReply`, for callers that need success.
 *
 * @returns the body of a reply with a status below 300
 * @throws NodeApiError in our words for anything else; `httpCode` holds the status
 */
export async function apiRequest(caller: ApiCaller, request: ApiRequest): Promise<unknown> {
	const reply = await apiReply(caller, request);
	if (reply.status < 300) return reply.body;
	throw refused(caller, reply, request);
}

/**
 * The one function that sends: to the API, to a form hook, to where a file goes.
 *
 * @param options the whole request; nothing is added but the signal of a stopped execution
 * @throws NodeOperationError when a person stopped the execution
 */
export async function sent(
	caller: ApiCaller,
	options: IHttpRequestOptions,
	rules: RetryRules,
): Promise<Ending> {
	let waitedMs = 0;
	for (let attempts = 1; ; attempts++) {
		const place = await placeWithin(caller, options);
		const { attempt, ...ending } = await sentOnce(caller, options).finally(() => place.leave());
		place.told(ending.reply);
		if (ending.reply !== undefined && ending.reply.status < 300) return { ...ending, attempts };
		const retry = { number: attempts, nowMs: Date.now(), waitedMs, rules };
		const pauseMs = pauseBeforeRetry(attempt, retry);
		if (pauseMs === undefined) return { ...ending, attempts };
		if (ending.reply?.status === 429) place.refused(ending.reply.headers ?? {}, pauseMs);
		await pause(caller, pauseMs);
		waitedMs += pauseMs;
	}
}

type Once = { attempt: Attempt } & (
	| { reply: Reply; code?: undefined; phase?: undefined }
	| { reply?: undefined; code: string; phase: Phase }
);

async function sentOnce(caller: ApiCaller, options: IHttpRequestOptions): Promise<Once> {
	try {
		const { statusCode, body, headers } = (await caller.helpers.httpRequest({
			...options,
			headers: { ...options.headers },
			abortSignal: breakSignalOf(caller, options),
			returnFullResponse: true,
			// Statuses are read here, so that n8n neither rewords them nor sends a refused request twice.
			ignoreHttpStatusErrors: true,
		})) as IN8nHttpFullResponse;
		const reply = { status: statusCode, body: body === '' ? null : body, headers };
		return { reply, attempt: { kind: 'reply', ...reply } };
	} catch (error) {
		refuseWhenStopped(caller);
		const { code, systemCall } = connectionOf(error);
		const phase = phaseOf(code, systemCall);
		return { code, phase, attempt: { kind: 'broken', phase } };
	}
}

/** One decryption for all requests of a run: it costs a millisecond of CPU each time. */
const credentials = new WeakMap<ApiCaller, Promise<ICredentialDataDecryptedObject>>();

/**
 * @returns the decrypted `kustomerApi` credential
 * @throws NodeOperationError when the node has none
 */
export async function credentialOf(caller: ApiCaller): Promise<ICredentialDataDecryptedObject> {
	const earlier = credentials.get(caller);
	if (earlier !== undefined) return await earlier;
	const reading = caller.getCredentials('kustomerApi');
	// A trigger's context lives as long as the workflow is published, longer than a key; that of one
	// look does not.
	if (!('emit' in caller) || stopSignalOf(caller)) credentials.set(caller, reading);
	return await reading;
}

function authorized(
	caller: ApiCaller,
	credential: ICredentialDataDecryptedObject,
	request: ApiRequest,
): IHttpRequestOptions {
	try {
		return withApiKey(credential, {
			method: request.method,
			url: request.path,
			qs: request.query,
			// As text: of an object, n8n's client drops keys such as "constructor" and "prototype".
			body: request.body === undefined ? undefined : JSON.stringify(request.body),
			json: true,
			headers: {
				Accept: 'application/json',
				...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
			},
			timeout: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
		});
	} catch (error) {
		throw unusable(caller, error);
	}
}

function unusable(caller: ApiCaller, error: unknown): unknown {
	if (!(error instanceof CredentialMistake)) return error;
	return new NodeOperationError(caller.getNode(), error.message, { level: 'warning' });
}

/** @returns the reply, with what Kustomer says of the key where it may have refused that */
export async function withKeyState(
	caller: ApiCaller,
	reply: Reply,
	timeoutMs?: number,
): Promise<Reply> {
	if (reply.status !== 401 && reply.status !== 403) return reply;
	const credential = await credentialOf(caller);
	const key = `${apiBaseUrl(credential)} ${apiKeyOf(credential)}`;
	const state = await stateOfKey(key, async () => {
		const request: ApiRequest = { purpose: '', method: 'GET', path: ROLES_PATH, timeoutMs };
		return (await sentOnce(caller, authorized(caller, credential, request))).reply;
	});
	return { ...reply, key: state };
}

/** @returns the error for a success that does not hold what it should; to be thrown by the caller */
export function unreadable(caller: ApiCaller, asked: Asked): NodeApiError {
	const error = apiError(
		caller,
		`n8n could not ${asked.purpose}: the answer is not Kustomer's, but perhaps that of a proxy or a sign-in page. Check the network of the n8n machine and the host in the Kustomer API credential${isReadOnly(asked) ? ', and try again.' : `.${doubtAbout(asked)}`}`,
	);
	return isReadOnly(asked) ? error : inDoubt(error);
}

/** @returns the error for a reply that the caller does not accept; to be thrown by the caller */
export function refused(caller: ApiCaller, reply: Reply, asked: Asked): NodeApiError {
	const error = apiError(caller, explainReply(reply, asked), String(reply.status));
	return reply.status >= 500 && !isReadOnly(asked) ? inDoubt(error) : error;
}

const doubtful = new WeakSet<object>();

/** Marks the error of a write that Kustomer may have carried out nevertheless. */
export function inDoubt<E extends object>(error: E): E {
	doubtful.add(error);
	return error;
}

/** @returns whether this is the error of a write that Kustomer may have carried out nevertheless */
export function isInDoubt(error: unknown): boolean {
	return typeof error === 'object' && error !== null && doubtful.has(error);
}

/** @returns an error that n8n shows with exactly this message, without any part of the reply */
export function apiError(caller: ApiCaller, message: string, httpCode?: string): NodeApiError {
	return new NodeApiError(caller.getNode(), { message }, { message, httpCode, level: 'warning' });
}

/**
 * @param error what a request threw instead of bringing a reply
 * @returns a sentence with the remedy, without any part of the request
 */
export function explainThrown(error: unknown, asked: Asked): string {
	return explainConnection(connectionOf(error).code, asked);
}

/**
 * @param error what n8n's HTTP client threw, however often it was wrapped
 * @returns the system's code and what the system was doing, each empty when it is not known
 */
export function connectionOf(error: unknown): { code: string; systemCall: string } {
	const found = { code: '', systemCall: '' };
	for (
		let inner = error, depth = 0;
		isErrorLike(inner) && depth < 5;
		inner = inner.cause, depth++
	) {
		found.code ||= codeIn(inner);
		if (typeof inner.syscall === 'string') found.systemCall ||= inner.syscall;
	}
	return found;
}

function isWebPage(body: unknown): boolean {
	return typeof body === 'string' && body.trimStart().startsWith('<');
}

function codeIn(error: ErrorLike): string {
	if (typeof error.code === 'string') return error.code;
	const named = /\b(E[A-Z]{4,}|CERT_[A-Z_]+|DEPTH_ZERO_SELF_SIGNED_CERT)\b/.exec(
		[error.message, ...(error.messages ?? [])].join(' '),
	);
	return named?.[0] ?? '';
}

type ErrorLike = {
	message?: string;
	messages?: string[];
	code?: unknown;
	syscall?: unknown;
	cause?: unknown;
};

function isErrorLike(value: unknown): value is ErrorLike {
	return typeof value === 'object' && value !== null;
}
