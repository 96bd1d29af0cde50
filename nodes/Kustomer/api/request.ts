import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestMethods,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
	type IWebhookFunctions,
	type JsonObject,
} from 'n8n-workflow';
import { CredentialMistake } from './host';
import { explainConnection, explainReply, type Asked, type Reply } from './replies';

/** Every context of n8n in which the API is called. */
export type ApiCaller =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| IWebhookFunctions;

export type ApiRequest = Asked & {
	method: IHttpRequestMethods;
	/** Path on the API host, beginning with `/v1/`. */
	path: string;
	query?: Record<string, string | number | boolean>;
	body?: unknown;
	timeoutMs?: number;
};

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The one door to Kustomer's REST API: sends a request with the `kustomerApi` credential.
 *
 * @returns the reply, whatever its status
 * @throws NodeApiError in our words when no reply of Kustomer's came (no connection, unusable
 *   credential, a page of somebody in between)
 */
export async function apiReply(caller: ApiCaller, request: ApiRequest): Promise<Reply> {
	const reply = await send(caller, request);
	// A success that is none: nothing was listed, made or deleted by it.
	if (reply.status < 300 && isWebPage(reply.body)) throw unreadable(caller, request);
	return reply;
}

/** @returns the error for a success that does not hold what it should; to be thrown by the caller */
export function unreadable(caller: ApiCaller, asked: Asked): NodeApiError {
	return apiError(
		caller,
		`n8n could not ${asked.purpose}: the answer is not Kustomer's. Perhaps a proxy or a sign-in page stands between n8n and Kustomer. Check the network of the n8n machine and the host in the Kustomer API credential, and try again.`,
	);
}

function isWebPage(body: unknown): boolean {
	return typeof body === 'string' && body.trimStart().startsWith('<');
}

async function send(caller: ApiCaller, request: ApiRequest): Promise<Reply> {
	try {
		const { statusCode, body, headers } = (await caller.helpers.httpRequestWithAuthentication.call(
			caller,
			'kustomerApi',
			{
				method: request.method,
				url: request.path,
				qs: request.query,
				body: request.body as JsonObject | undefined,
				json: true,
				headers: { Accept: 'application/json' },
				timeout: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
				returnFullResponse: true,
				// Statuses are read here, so that n8n neither rewords them nor sends a refused request twice.
				ignoreHttpStatusErrors: true,
			},
		)) as IN8nHttpFullResponse;
		return { status: statusCode, body, headers };
	} catch (error) {
		throw inOurWords(caller, error, request);
	}
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

/** @returns the error for a reply that the caller does not accept; to be thrown by the caller */
export function refused(caller: ApiCaller, reply: Reply, asked: Asked): NodeApiError {
	return apiError(caller, explainReply(reply, asked), String(reply.status));
}

/** @returns an error that n8n shows with exactly this message: nothing of the reply goes along */
export function apiError(caller: ApiCaller, message: string, httpCode?: string): NodeApiError {
	return new NodeApiError(caller.getNode(), { message }, { message, httpCode, level: 'warning' });
}

function inOurWords(
	caller: ApiCaller,
	error: unknown,
	asked: Asked,
): NodeApiError | NodeOperationError {
	const mistake = credentialMistakeIn(error);
	if (mistake !== undefined)
		return new NodeOperationError(caller.getNode(), mistake, { level: 'warning' });
	if (error instanceof NodeOperationError) return error;
	return apiError(caller, explainThrown(error, asked));
}

/**
 * @param error what a request threw instead of bringing a reply
 * @returns a sentence with the remedy; nothing of the request goes along
 */
export function explainThrown(error: unknown, asked: Asked): string {
	return explainConnection(connectionOf(error).code, asked);
}

/** n8n wraps what `authenticate` throws once or twice; the sentence is somewhere inside. */
function credentialMistakeIn(error: unknown): string | undefined {
	for (
		let inner = error, depth = 0;
		isErrorLike(inner) && depth < 5;
		inner = inner.cause, depth++
	) {
		if (inner instanceof CredentialMistake) return inner.message;
	}
	return undefined;
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
