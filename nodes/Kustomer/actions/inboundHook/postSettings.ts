import type { IExecuteFunctions } from 'n8n-workflow';
import { isRecord } from '../../api/replies';
import type { RetryRules } from './retry';
import type { BatchRules } from '../batches';

/** The collection `options` of a run. Like n8n's HTTP Request node, all items share the first one's. */
export type PostSettings = { batch: BatchRules; retry: RetryRules; timeoutMs: number };

export const LARGEST_BATCH = 50;
export const DEFAULT_RETRIES = 3;
export const MOST_RETRIES = 10;
export const DEFAULT_TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 300_000;
const LONGEST_INTERVAL_MS = 3_600_000;

export function postSettings(context: IExecuteFunctions): PostSettings {
	const given: unknown = context.getNodeParameter('options', 0, {});
	const options = isRecord(given) ? given : {};
	return {
		batch: {
			size: bounded(options.batchSize, { least: 1, most: LARGEST_BATCH, otherwise: 1 }),
			intervalMs: bounded(options.batchInterval, {
				least: 0,
				most: LONGEST_INTERVAL_MS,
				otherwise: 0,
			}),
		},
		retry: {
			maxRetries: bounded(options.maxRetries, {
				least: 0,
				most: MOST_RETRIES,
				otherwise: DEFAULT_RETRIES,
			}),
			retryBrokenConnections: options.retryBrokenConnections === true,
		},
		timeoutMs: bounded(options.timeout, {
			least: 1,
			most: LONGEST_TIMEOUT_MS,
			otherwise: DEFAULT_TIMEOUT_MS,
		}),
	};
}

function bounded(
	value: unknown,
	limits: { least: number; most: number; otherwise: number },
): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isFinite(number)) return limits.otherwise;
	return Math.min(Math.max(Math.trunc(number), limits.least), limits.most);
}
