import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { VERDICT_WORDS } from '../../event/signature';
import { once, type Settle } from '../memory/pending';
import type { Dropped } from './filtering';
import type { Checked } from './secrets';
import { warn, type Trigger } from './trigger';

const REFUSAL_WORDS: Readonly<Record<Exclude<Checked, 'valid'> | 'noRawBody', string>> = {
	...VERDICT_WORDS,
	noRawBody: 'its body could not be read as it was sent',
	unavailable:
		'the webhook secret could not be read at the moment (from the credential or from Kustomer); Kustomer was asked to send again',
};

const REMEDIES: Partial<Record<keyof typeof REFUSAL_WORDS, string>> = {
	noSecret: 'Choose a Kustomer Webhook API credential with a secret in it',
	mismatch:
		'If Kustomer sent these deliveries, compare the secret in the Kustomer Webhook API credential with the one in Kustomer, and check that no proxy changes the body',
	unavailable: 'Check the credential, and that n8n reaches Kustomer',
};

/**
 * Answers a delivery with a status of its own and starts nothing. n8n overwrites the status of
 * what a node returns, so the answer is sent here.
 */
export function answer(
	context: IWebhookFunctions,
	status: number,
	message: string,
): IWebhookResponseData {
	const response = context.getResponseObject();
	if (!response.headersSent) response.status(status).json({ message });
	return { noWebhookResponse: true };
}

/** Answers 200 and starts nothing: Kustomer counts anything else as failed and would send it again. */
export function ignore(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

/**
 * Turns a delivery away that could not be verified: 401, or 503 if the secret cannot be had, so
 * that Kustomer tries again. The answer tells a stranger nothing about why.
 */
export function refuse(trigger: Trigger, why: keyof typeof REFUSAL_WORDS): IWebhookResponseData {
	const remedy = REMEDIES[why];
	warn(trigger, 'rejected', REFUSAL_WORDS[why] + (remedy ? `. ${remedy}` : ''));
	if (why === 'unavailable') return answer(trigger.context, 503, 'Try again later');
	return answer(trigger.context, 401, 'Signature not accepted');
}

/** Ignores an event that is not to start the workflow; what a filter dropped is also logged. */
export function drop(trigger: Trigger, { reason, isFiltered }: Dropped): IWebhookResponseData {
	if (!isFiltered) return ignore(`Ignored: ${reason}`);
	warn(trigger, 'filtered out', reason);
	return ignore(`Ignored: filtered out, because ${reason}`);
}

/** Whatever happens in here, a delivery neither makes the node throw nor leaves without an answer. */
export function postpone(trigger: Trigger, error: unknown): IWebhookResponseData {
	const name = error instanceof Error ? error.name : 'unknown';
	warn(
		trigger,
		'put off',
		`something unexpected happened in the node (${name}); Kustomer was asked to send again`,
	);
	return answer(trigger.context, 503, 'Try again later');
}

/**
 * Tells once whether n8n answered the delivery with a 2xx. It looks at the moment the response is
 * ended, because `finish` never comes if Kustomer has hung up by then.
 */
export function onAnswered(context: IWebhookFunctions, settle: Settle): void {
	const response = context.getResponseObject();
	const end = response.end.bind(response) as (...args: unknown[]) => typeof response;
	const tell = once(settle);
	response.end = ((...args: unknown[]) => {
		tell(response.statusCode >= 200 && response.statusCode < 300);
		return end(...args);
	}) as typeof response.end;
}
