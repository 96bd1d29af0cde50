import type { IHookFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { Webhook } from '../../api/outboundWebhooks';
import { bareName } from '../../api/webhookMarks';

const TEST_MARK = ' (test)';

export type Registrant = {
	workflowId: string;
	workflowName: string | undefined;
	/** `options.webhookName`; empty = made from the workflow's name. */
	chosenName: string;
	/** "Listen for test event" has a registration of its own. */
	isTest: boolean;
};

export function registrantOf(
	context: IHookFunctions | ITriggerFunctions | IWebhookFunctions,
	chosenName: string,
): Registrant {
	const { id, name } = context.getWorkflow();
	const isTest = context.getMode() === 'manual';
	return { workflowId: String(id), workflowName: name, chosenName, isTest };
}

/** @returns the name under which people find the webhook in Kustomer, with room for marks */
export function webhookName(registrant: Registrant): string {
	const { workflowName, chosenName } = registrant;
	if (chosenName !== '') return bareName(`${chosenName}${testMark(registrant)}`);
	return bareName(`n8n: ${workflowName || 'Workflow'}${nameEnd(registrant)}`);
}

/**
 * Tells our own webhooks from other people's: the address must be ours to the letter (it contains
 * a random id that n8n made for this very node) and the name, marks aside, must be one that this
 * trigger gives.
 *
 * @param url the address at which this trigger receives
 */
export function isOwn(webhook: Webhook, url: string, registrant: Registrant): boolean {
	if (webhook.url !== url) return false;
	const name = bareName(webhook.name);
	if (name === webhookName(registrant)) return true;
	return name.startsWith('n8n: ') && name.endsWith(nameEnd(registrant));
}

/** A test that was made a moment ago may be running, in another process or another n8n. */
const LONGEST_TEST_MS = 10 * 60_000;

/**
 * A test registration that an n8n left behind when it was stopped while listening: its name says
 * test, its address differs from this trigger's only in n8n's word for tests, and it is not new.
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

function nameEnd(registrant: Registrant): string {
	return ` (${registrant.workflowId})${testMark(registrant)}`;
}

function testMark({ isTest }: Registrant): string {
	return isTest ? TEST_MARK : '';
}
