import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IHttpRequestOptions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { withApiKey } from './authorization';
import { isRecord } from '../narrowing';
import { explainReply, type Asked } from './errors';
import { CredentialMistake } from './host';
import { ROLES_PATH } from './keyRoles';
import { WEBHOOK_SECRET } from './places';
import { explainThrown } from './request';

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
			url: ROLES_PATH,
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
			message: 'The server at this address is not Kustomer. Check the subdomain or base URL.',
		};
	}
	return { status: 'Error', message: explainReply({ status, body }, ASKED) };
}

/** A web page with status 200 is no proof of anything: Kustomer's API answers in JSON. */
function isKustomerReply(body: unknown): boolean {
	if (isRecord(body)) return true;
	return typeof body === 'string' && body.trimStart().startsWith('{');
}

/** Kustomer's own secrets are longer; what is shorter was not copied whole. */
const SHORTEST_SECRET_CHARACTERS = 16;

/**
 * The test of the `kustomerWebhookApi` credential. Nothing can be asked of Kustomer with a webhook
 * secret, so it says what can be seen from here; the first event proves the rest.
 */
export async function webhookSecretTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const { secret, previousSecret } = credential.data ?? {};
	const mistake =
		mistakeIn('secret', secret, { isRequired: true }) ??
		mistakeIn('previous secret', previousSecret, { isRequired: false });
	if (mistake !== undefined) return { status: 'Error', message: mistake };
	return {
		status: 'OK',
		message:
			'The secret looks complete. The first event from Kustomer proves that it is the right one.',
	};
}

function mistakeIn(
	name: string,
	value: unknown,
	rule: { isRequired: boolean },
): string | undefined {
	const text = typeof value === 'string' ? value : '';
	if (text.trim() === '') {
		if (!rule.isRequired && text === '') return undefined;
		return `The ${name} is empty. Paste it from Kustomer: ${WEBHOOK_SECRET}.`;
	}
	if (text !== text.trim()) {
		return `There is a space before or after the ${name}. Remove it: it came along when the value was copied.`;
	}
	if (text.length < SHORTEST_SECRET_CHARACTERS) {
		return `The ${name} is too short (${text.length} characters). Copy it whole from Kustomer.`;
	}
	return undefined;
}
