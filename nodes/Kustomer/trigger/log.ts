import type { IWebhookFunctions } from 'n8n-workflow';
import { memoryOf, tallied, type TriggerMemory } from '../receive/memory';

/** Enough to find the trigger again, and nothing of the delivery. */
export type Trigger = {
	context: IWebhookFunctions;
	/** Tells triggers of this process apart. */
	key: string;
	memory: TriggerMemory;
	isTest: boolean;
};

export function triggerOf(context: IWebhookFunctions): Trigger {
	const isTest = context.getMode() === 'manual';
	const key = `${context.getWorkflow().id}|${context.getNode().id}|${isTest ? 'test' : 'production'}`;
	return { context, key, memory: memoryOf(key), isTest };
}

/**
 * Writes at most one warning a minute about a subject, with a count; never a body, a signature or
 * a secret.
 *
 * @param subject what happened, to follow "n deliveries were"
 * @param reason why, in words of ours
 */
export function warn(trigger: Trigger, subject: string, reason: string): void {
	const summary = tallied(trigger.memory, subject, reason);
	if (summary === undefined) return;
	const { id, name } = trigger.context.getWorkflow();
	const counted = summary.count === 1 ? '1 delivery was' : `${summary.count} deliveries were`;
	trigger.context.logger.warn(
		`Kustomer Trigger: ${counted} ${subject}, last because ${summary.reason}. Workflow "${name ?? ''}" (${id ?? ''}).`,
	);
}
