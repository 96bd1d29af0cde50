import type { IExecuteFunctions } from 'n8n-workflow';
import { parsedUrl } from '../../api/host';
import { isRecord, textOf } from '../../narrowing';

/** The address of a test is gone after the test; switching its webhook on would only bring failures. */
const TEST_PATH = /\/webhook-test\//;

/**
 * Where this n8n receives. n8n tells a step where waiting executions are resumed, which is under
 * the address of all webhooks (the variable WEBHOOK_URL); the editor's address may be another.
 *
 * @returns base addresses, each ending with a slash
 */
export function ownAddresses(context: IExecuteFunctions): string[] {
	const { $execution } = context.getWorkflowDataProxy(0);
	const resumeUrl = isRecord($execution) ? textOf($execution.resumeUrl) : '';
	// …/<endpoint of waiting webhooks>/<id of the execution>
	const webhookBase = resumeUrl.replace(/\?.*$/, '').replace(/[^/]+\/[^/]+$/, '');
	return [webhookBase, textOf(context.getInstanceBaseUrl())].flatMap(asBase);
}

/** @returns whether a webhook's URL is under one of the addresses */
export function pointsAt(addresses: readonly string[], url: string): boolean {
	const target = parsedUrl(url)?.href ?? '';
	return !TEST_PATH.test(target) && addresses.some((address) => target.startsWith(address));
}

/** @returns the address as a base to compare with; empty if it is no URL */
export function asBase(address: string): string[] {
	const url = parsedUrl(address);
	if (url === undefined || !/^https?:$/.test(url.protocol)) return [];
	return [url.href.endsWith('/') ? url.href : `${url.href}/`];
}
