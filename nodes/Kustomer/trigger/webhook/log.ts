import type { INode, IWebhookFunctions } from 'n8n-workflow';
import { memoryOf, tallied, type TriggerMemory } from '../memory/memory';
import { Patience } from './timeout';

/** Enough to find the trigger again, and nothing of the delivery. */
export type Trigger = {
	context: IWebhookFunctions;
	/** n8n copies the node on every request for it, so it is asked for once. */
	node: INode;
	/** Tells triggers of this process apart. */
	key: string;
	memory: TriggerMemory;
	isTest: boolean;
	patience: Patience;
};

export function triggerOf(context: IWebhookFunctions): Trigger {
	const node = context.getNode();
	const isTest = context.getMode() === 'manual';
	const key = `${context.getWorkflow().id}|${node.id}|${isTest ? 'test' : 'production'}`;
	return { context, node, key, memory: memoryOf(key), isTest, patience: new Patience() };
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
		`Kustomer Trigger: ${counted} ${subject}, last because ${summary.reason}. Workflow "${name}" (${id}).`,
	);
}
