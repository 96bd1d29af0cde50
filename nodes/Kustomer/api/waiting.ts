import {
	NodeOperationError,
	sleep,
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type ITriggerFunctions,
	type IWebhookFunctions,
} from 'n8n-workflow';
import type { RetryRules } from './retries';

/** Every context of n8n in which Kustomer is called. */
export type ApiCaller =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| ITriggerFunctions
	| IWebhookFunctions;

/**
 * How long a call waits for Kustomer in all, by who waits for it: n8n gives up publishing after 84 s
 * with its five tries, a person watches a list load, and Kustomer gives up a delivery after a few
 * seconds.
 */
const BUDGETS_MS = { operation: 60_000, publishing: 10_000, list: 8_000, delivery: 3_000 };

/** Publishing is tried again by n8n, a delivery by Kustomer, a list by the person. */
const OPERATION_RETRIES = 3;

/**
 * @param caller the context, which tells who waits
 * @param request whether it only reads, and how many retries a person wants
 * @returns the rules for a call to the API
 */
export function retryRules(
	caller: ApiCaller,
	request: { isRead: boolean; maxRetries?: number },
): RetryRules {
	const kind = kindOf(caller);
	return {
		maxRetries: kind === 'operation' ? (request.maxRetries ?? OPERATION_RETRIES) : 0,
		maxRateRetries: Infinity,
		budgetMs: BUDGETS_MS[kind],
		afterServerErrors: request.isRead,
		afterBrokenConnections: request.isRead,
	};
}

function kindOf(caller: ApiCaller): keyof typeof BUDGETS_MS {
	if ('getInputData' in caller || 'emit' in caller) return 'operation';
	if ('getCurrentNodeParameter' in caller) return 'list';
	return 'getRequestObject' in caller ? 'delivery' : 'publishing';
}

/** @returns what is aborted when a person stops the execution, or unpublishes during a look */
export function stopSignalOf(caller: ApiCaller): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in caller ? caller.getExecutionCancelSignal() : undefined;
}

/**
 * @returns what breaks off a request that is under way; undefined for a write of the trigger's own,
 *   because who waits for its end has to know what became of it
 */
export function breakSignalOf(
	caller: ApiCaller,
	{ method = 'GET' }: { method?: string },
): AbortSignal | undefined {
	return 'emit' in caller && method !== 'GET' ? undefined : stopSignalOf(caller);
}

export function isStopped(caller: ApiCaller): boolean {
	return stopSignalOf(caller)?.aborted === true;
}

/** @throws NodeOperationError when a person stopped the execution */
export function refuseWhenStopped(caller: ApiCaller): void {
	if (!isStopped(caller)) return;
	throw new NodeOperationError(
		caller.getNode(),
		'The execution was stopped, so the remaining items were not sent.',
		{ level: 'warning' },
	);
}

/**
 * Waits, but no longer than until the execution is stopped.
 *
 * @throws NodeOperationError when it was stopped meanwhile
 */
export async function pause(caller: ApiCaller, durationMs: number): Promise<void> {
	const signal = stopSignalOf(caller);
	let wake = () => {};
	const stopped = new Promise<void>((resolve) => (wake = resolve));
	signal?.addEventListener('abort', wake, { once: true });
	await Promise.race([sleep(durationMs), stopped]);
	signal?.removeEventListener('abort', wake);
	refuseWhenStopped(caller);
}
