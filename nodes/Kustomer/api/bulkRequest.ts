import { isRecord, numberOf, recordOf, textOf } from '../narrowing';
import { kustomerErrors, type Reply } from './errors';
import { recordsIn, type ApiRecord } from './records';
import {
	apiError,
	apiReply,
	apiRequest,
	inDoubt,
	refused,
	unreadable,
	type ApiCaller,
	type ApiRequest,
} from './request';
import { pause, refuseWhenStopped } from './waiting';

/**
 * Kustomer's bulk requests: one call takes up to 100 items and answers with a job, whose batches
 * tell what became of each item.
 * Source: https://developer.kustomer.com/docs/guides/bulk-operations
 */

/** The largest number of items in one request, and of bytes: Kustomer refuses 100 kB. */
export const MOST_ITEMS = 100;
export const MOST_BYTES = 90_000;

/** What Kustomer says of one item. */
export type BulkResult = {
	/** What the item was sent with, where it was: its reference, its id, its external id. */
	clientRef: string;
	id: string;
	externalId: string;
	status: string;
	/** Why it was refused; undefined where it was carried out. */
	refusal?: string;
};

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** A job that was made just now may not be everywhere yet. */
const LATEST_MS = 1_000;

/** A job that has not ended by then is left to itself. */
const LONGEST_JOB_MS = 5 * 60_000;

const BATCHES_PER_PAGE = 100;
const MOST_BATCH_PAGES = 20;

/**
 * Sends a bulk request and waits until Kustomer has worked it off.
 *
 * @param request its body or query holds at most `MOST_ITEMS` items
 * @param items how many it holds
 * @returns what Kustomer says of its items, in any order; of some it may say nothing
 * @throws NodeApiError when Kustomer refuses the whole; one that is `inDoubt` when it may have been
 *   carried out, wholly or in part
 */
export async function bulkResults(
	caller: ApiCaller,
	request: ApiRequest,
	items: number,
): Promise<BulkResult[]> {
	const [job] = recordsIn(await apiRequest(caller, request));
	if (job === undefined) throw unreadable(caller, request);
	try {
		await pause(caller, FIRST_PAUSE_MS);
		// Where everything is told already, nobody needs to ask whether the job has ended.
		const early = await batchesOf(caller, request, job.id).catch(() => []);
		const told = early.filter(({ status }) => status === 'complete').flatMap(resultsIn);
		if (new Set(told.map(nameOf)).size >= items) return told;
		await ended(caller, request, job.id);
		return (await batchesOf(caller, request, job.id)).flatMap(resultsIn);
	} catch (error) {
		refuseWhenStopped(caller);
		const words = error instanceof Error ? error.message : String(error);
		throw inDoubt(
			apiError(
				caller,
				`Kustomer took the request to ${request.purpose} (bulk job ${job.id}), but n8n could not read what became of it: ${words}`,
			),
		);
	}
}

function nameOf({ clientRef, id, externalId }: BulkResult): string {
	return clientRef || id || externalId;
}

function reading(request: ApiRequest, path: string): ApiRequest {
	const { timeoutMs, maxRetries } = request;
	return {
		timeoutMs,
		maxRetries,
		purpose: 'read the result of a bulk request',
		role: 'org.permission.bulk',
		missing: 'Kustomer does not know the job.',
		method: 'GET',
		path,
	};
}

async function ended(caller: ApiCaller, request: ApiRequest, id: string): Promise<void> {
	const asked = reading(request, `/v1/bulk/${encodeURIComponent(id)}`);
	let pauseMs = FIRST_PAUSE_MS;
	for (let waitedMs = 0; waitedMs < LONGEST_JOB_MS; waitedMs += pauseMs) {
		const reply = await apiReply(caller, asked);
		const isNotThereYet = reply.status === 404 && waitedMs < LATEST_MS;
		if (!isNotThereYet && isEnded(caller, asked, reply)) return;
		await pause(caller, pauseMs);
		pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
	}
	throw new Error('It was still not done after five minutes.');
}

function isEnded(caller: ApiCaller, asked: ApiRequest, reply: Reply): boolean {
	if (reply.status >= 300) throw refused(caller, reply, asked);
	const [job] = recordsIn(reply.body);
	if (job === undefined) throw unreadable(caller, asked);
	const { status, completed } = job.attributes;
	return completed === true || status === 'complete';
}

type Batch = ApiRecord['attributes'];

async function batchesOf(caller: ApiCaller, request: ApiRequest, id: string): Promise<Batch[]> {
	const asked = reading(request, `/v1/bulk/${encodeURIComponent(id)}/batches`);
	const batches: Batch[] = [];
	for (let page = 1; page <= MOST_BATCH_PAGES; page++) {
		const query = { page, pageSize: BATCHES_PER_PAGE };
		const body = await apiRequest(caller, { ...asked, query });
		if (!isRecord(body) || !Array.isArray(body.data)) throw unreadable(caller, asked);
		batches.push(...recordsIn(body).map(({ attributes }) => attributes));
		if (page >= (numberOf(recordOf(body.meta).pages) ?? 1)) break;
	}
	return batches;
}

/** A batch names its results one by one; older ones have only the ids, and the errors by id. */
function resultsIn(batch: Batch): BulkResult[] {
	if (Array.isArray(batch.results)) return batch.results.filter(isRecord).map(resultOf);
	const errors = Array.isArray(batch.errors) ? batch.errors.filter(isRecord) : [];
	const refused = errors.map(({ id, data }) => resultOf({ id, status: 'error', error: data }));
	const ids = Array.isArray(batch.objectIds) ? batch.objectIds.map(textOf) : [];
	const done = ids.filter((id) => refused.every((one) => one.id !== id));
	return [...refused, ...done.map((id) => resultOf({ id, status: 'complete' }))];
}

function resultOf(row: Record<string, unknown>): BulkResult {
	const status = textOf(row.status);
	const isRefused = status === 'error' || (row.error !== undefined && row.error !== null);
	return {
		clientRef: textOf(row._clientRef),
		id: textOf(row.objectId) || textOf(row.id),
		externalId: textOf(row.externalId),
		status,
		...(isRefused && { refusal: reasonIn(row.error) }),
	};
}

function reasonIn(error: unknown): string {
	if (typeof error === 'string') return error.slice(0, 300);
	const said = kustomerErrors(error).map(({ text, code }) => text || code);
	return said.join('; ').slice(0, 300);
}
