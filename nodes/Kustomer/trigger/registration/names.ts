import type { Webhook } from '../../api/outboundWebhooks';

/** Kustomer's limit for a webhook's name. */
const LONGEST_NAME_CHARACTERS = 255;

const TEST_MARK = ' (test)';

export type Registrant = {
	workflowId: string;
	workflowName: string | undefined;
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

/** A test that was made a moment ago may be under way, in another process or another n8n. */
const LONGEST_TEST_MS = 10 * 60_000;

/**
 * A test registration that an n8n left behind when it was stopped while listening: its name says
 * test, its address is this trigger's but for n8n's word for tests, and it was not made just now.
 *
 * @param url the address at which this trigger receives, in production or in a test
 */
export function isTestLeftover(
	webhook: Webhook,
	url: string,
	registrant: Registrant & { nowMs: number },
): boolean {
	const test = { ...registrant, isTest: true };
	if (withoutEndpoint(webhook.url) !== withoutEndpoint(url)) return false;
	if (!isOwn(webhook, webhook.url, test)) return false;
	return !(registrant.nowMs - Date.parse(webhook.createdAt) < LONGEST_TEST_MS);
}

/** n8n's addresses end with its word for tests or for production, the node's random id, and our path. */
function withoutEndpoint(url: string): string {
	return url.replace(/[^/]*(\/[^/]+\/[^/]+)$/, '$1');
}

function idMark(registrant: Registrant): string {
	return ` (${registrant.workflowId})`;
}
