import type { IWebhookResponseData } from 'n8n-workflow';
import { VERDICT_WORDS } from '../../event/signature';
import { answer } from './answer';
import { warn, type Trigger } from './log';
import type { Checked } from './secrets';

const WORDS: Readonly<Record<Exclude<Checked, 'valid'> | 'noRawBody', string>> = {
	...VERDICT_WORDS,
	noRawBody: 'its body could not be read as it was sent',
	unavailable:
		'the webhook secret could not be read at the moment (from the credential or from Kustomer); Kustomer was asked to send again',
};

const REMEDIES: Partial<Record<keyof typeof WORDS, string>> = {
	noSecret: 'Choose a Kustomer Webhook API credential with a secret in it',
	mismatch:
		'If these are true deliveries, compare the secret in the Kustomer Webhook API credential with the one in Kustomer, and see that no proxy changes the body',
	unavailable: 'Check the credential, and that n8n reaches Kustomer',
};

/**
 * Turns a delivery away that could not be verified: 401, or 503 where the secret cannot be had, so
 * that Kustomer tries again. The answer tells a stranger nothing about why.
 */
export function refuse(trigger: Trigger, why: keyof typeof WORDS): IWebhookResponseData {
	const remedy = REMEDIES[why];
	warn(trigger, 'rejected', remedy ? `${WORDS[why]}. ${remedy}` : WORDS[why]);
	if (why === 'unavailable') return answer(trigger.context, 503, 'Try again later');
	return answer(trigger.context, 401, 'Signature not accepted');
}

/** Whatever happens in here, a delivery neither makes the node throw nor leaves without an answer. */
export function unexpected(trigger: Trigger, error: unknown): IWebhookResponseData {
	const name = error instanceof Error ? error.name : 'unknown';
	warn(
		trigger,
		'put off',
		`something unexpected happened in the node (${name}); Kustomer was asked to send again`,
	);
	return answer(trigger.context, 503, 'Try again later');
}
