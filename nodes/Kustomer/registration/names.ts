import type { Webhook } from './webhooks';

/** Kustomer's limit for a webhook's name. */
const LONGEST_NAME_CHARACTERS = 255;

const TEST_MARK = ' (test)';

export type Registrant = {
	workflowId: string;
	workflowName: string;
	/** `options.webhookName`; empty = made from the workflow's name. */
	chosenName: string;
	/** "Listen for test event" has a registration of its own. */
	isTest: boolean;
};

/** @returns the name under which people find the webhook in Kustomer */
export function webhookName(registrant: Registrant): string {
	const mark = registrant.isTest ? TEST_MARK : '';
	if (registrant.chosenName !== '') {
		return `${registrant.chosenName.slice(0, LONGEST_NAME_CHARACTERS - mark.length)}${mark}`;
	}
	const end = `${idMark(registrant)}${mark}`;
	const start = `n8n: ${registrant.workflowName || 'Workflow'}`;
	return `${start.slice(0, LONGEST_NAME_CHARACTERS - end.length)}${end}`;
}

/**
 * Tells our own webhooks from other people's: the address must be ours to the letter (it holds a
 * random id that n8n made for this very node) and the name must be one that this trigger gives.
 *
 * @param url the address at which this trigger receives
 */
export function isOwn(webhook: Webhook, url: string, registrant: Registrant): boolean {
	if (webhook.url !== url) return false;
	if (webhook.name === webhookName(registrant)) return true;
	const mark = registrant.isTest ? TEST_MARK : '';
	return webhook.name.startsWith('n8n: ') && webhook.name.endsWith(`${idMark(registrant)}${mark}`);
}

/**
 * A test registration that an n8n left behind when it was stopped while listening: its name says
 * test, and its address ends as this trigger's addresses do.
 *
 * @param path end of this trigger's addresses, e.g. `/<webhook id>/webhook`
 */
export function isTestLeftover(webhook: Webhook, path: string, registrant: Registrant): boolean {
	const test = { ...registrant, isTest: true };
	return webhook.url.endsWith(path) && isOwn(webhook, webhook.url, test);
}

function idMark(registrant: Registrant): string {
	return ` (${registrant.workflowId})`;
}
