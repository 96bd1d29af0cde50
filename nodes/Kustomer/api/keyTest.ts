import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IHttpRequestOptions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { withApiKey } from './authorization';
import { CredentialMistake } from './host';
import { isRecord, explainReply, type Asked } from './replies';
import { explainThrown } from './request';

/** Any valid key passes, whatever its roles: https://developer.kustomer.com/docs/get-started/authentication */
const PATH = '/v1/auth/tokens/current';

const ASKED: Asked = { purpose: 'use this API key' };

const TIMEOUT_MS = 10_000;

/**
 * The test of the `kustomerApi` credential. A function and not n8n's declarative form, which would
 * show a bare code such as ENOTFOUND where a person needs to know what to change.
 */
export async function apiKeyTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	// The one request function that n8n gives a credential's test; the newer ones are not there.
	const { helpers } = this;
	try {
		const { url, headers } = withApiKey(credential.data ?? {}, {
			url: PATH,
		} as IHttpRequestOptions);
		const reply: unknown = await helpers.request({
			method: 'GET',
			uri: url,
			headers: { ...headers, Accept: 'application/json' },
			timeout: TIMEOUT_MS,
			followRedirect: false,
			simple: false,
			resolveWithFullResponse: true,
		});
		return verdictOn(reply);
	} catch (error) {
		const message =
			error instanceof CredentialMistake ? error.message : explainThrown(error, ASKED);
		return { status: 'Error', message };
	}
}

function verdictOn(reply: unknown): INodeCredentialTestResult {
	const status = isRecord(reply) && typeof reply.statusCode === 'number' ? reply.statusCode : 0;
	const body = isRecord(reply) ? reply.body : undefined;
	if (status >= 200 && status < 300 && isKustomerReply(body)) {
		return { status: 'OK', message: 'Kustomer accepts the API key.' };
	}
	if (status >= 200 && status < 300) {
		return {
			status: 'Error',
			message:
				'There is something else than Kustomer at this address. Check the subdomain or base URL.',
		};
	}
	return { status: 'Error', message: explainReply({ status, body }, ASKED) };
}

/** A web page with status 200 is no proof of anything: Kustomer's API answers in JSON. */
function isKustomerReply(body: unknown): boolean {
	if (isRecord(body)) return true;
	return typeof body === 'string' && body.trimStart().startsWith('{');
}
