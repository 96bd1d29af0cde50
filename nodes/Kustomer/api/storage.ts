import type { IBinaryData, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import type { Reply } from './errors';
import { apiBaseUrl, isLoopback, parsedUrl } from './host';
import { apiError, credentialOf, sent, type ApiCaller, type ApiRequest } from './request';
import { refuseWhenStopped, retryRules } from './waiting';

/**
 * Where Kustomer keeps files: a host that is not the API's. The API gives out addresses that are
 * signed for one file and a short time, so that no key goes there.
 * Source: https://developer.kustomer.com/docs/guides/attachments
 */

/** Without a sign of life from the other side; a large file takes longer in all. */
const SILENCE_MS = 60_000;

/**
 * Sends a request to an address that the API gave out, without the API key. Sending it twice does
 * no harm: a file has one place.
 *
 * @returns a reply with a status below 300
 * @throws NodeApiError naming the host for anything else
 */
export async function storageReply(
	caller: ApiCaller,
	{ purpose, maxRetries }: Pick<ApiRequest, 'purpose' | 'maxRetries'>,
	options: Omit<IHttpRequestOptions, 'timeout' | 'disableFollowRedirect'>,
): Promise<Reply> {
	const host = await hostOf(caller, purpose, options.url);
	const request = { ...options, timeout: SILENCE_MS, disableFollowRedirect: true };
	const { reply } = await sent(caller, request, retryRules(caller, { isRead: true, maxRetries }));
	if (reply !== undefined && reply.status < 300) return reply;
	const how = reply === undefined ? 'cannot be reached' : `answered with status ${reply.status}`;
	throw apiError(
		caller,
		`n8n could not ${purpose}: ${host}, where Kustomer keeps files, ${how}. Try again, and check that the n8n machine may connect to that host.`,
	);
}

type Stream = Exclude<Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0], Buffer>;

/**
 * Passes a file on to where n8n keeps files, without having the whole of it in memory (unless that
 * is where n8n keeps them).
 *
 * @throws NodeApiError naming the host, also when the file breaks off before its end
 */
export async function downloaded(
	context: IExecuteFunctions,
	asked: Pick<ApiRequest, 'purpose' | 'maxRetries'>,
	file: { url: string; name: string; contentType: string },
): Promise<IBinaryData> {
	const reply = await storageReply(context, asked, {
		method: 'GET',
		url: file.url,
		encoding: 'stream',
	});
	try {
		return await context.helpers.prepareBinaryData(
			reply.body as Stream,
			file.name,
			file.contentType || undefined,
		);
	} catch {
		refuseWhenStopped(context);
		throw apiError(
			context,
			`n8n could not ${asked.purpose}: the connection broke off before its end. Try again.`,
		);
	}
}

/** A file on its way can be read by everybody on the network, unless it is encrypted. */
async function hostOf(caller: ApiCaller, purpose: string, address: string): Promise<string> {
	const url = parsedUrl(address);
	const isLocal = isLoopback(new URL(apiBaseUrl(await credentialOf(caller))));
	const isOnThisMachine = isLocal && url?.protocol === 'http:' && isLoopback(url);
	if (url?.protocol === 'https:' || isOnThisMachine) return url.host;
	throw apiError(
		caller,
		`n8n could not ${purpose}: Kustomer gave no address for it that begins with https://. Try again; if it stays so, ask Kustomer's support.`,
	);
}
