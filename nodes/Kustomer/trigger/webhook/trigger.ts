import { sleep, type INode, type IWebhookFunctions } from 'n8n-workflow';
import { memoryOf, triggerKey, type TriggerMemory } from '../memory/memory';

/** How long a delivery waits for what has to be read for it, all in all. */
const READ_TIMEOUT_MS = 3_000;

/** A read of the API ends after this, so that it never outlives what Kustomer waits for by much. */
export const API_TIMEOUT_MS = 7_500;

/** The trigger that a delivery is for, with what is needed to handle it. */
export type Trigger = {
	context: IWebhookFunctions;
	/** n8n copies the node on every request for it, so it is asked for once. */
	node: INode;
	memory: TriggerMemory;
	isTest: boolean;
	/** One clock for everything that is read for this delivery. It starts with the first read. */
	readTimeout: () => Promise<void>;
};

export function triggerOf(context: IWebhookFunctions): Trigger {
	const node = context.getNode();
	const isTest = context.getMode() === 'manual';
	const key = triggerKey(context.getWorkflow().id, node.id, isTest);
	let timeout: Promise<void> | undefined;
	const readTimeout = async () => await (timeout ??= sleep(READ_TIMEOUT_MS));
	return { context, node, memory: memoryOf(key), isTest, readTimeout };
}

/**
 * Writes at most one warning a minute about a subject, with a count; never a body, a signature or
 * a secret.
 *
 * @param subject what happened, to follow "n deliveries were"
 * @param reason why, in words of ours
 */
export function warn(trigger: Trigger, subject: string, reason: string): void {
	const summary = trigger.memory.log.note(subject, reason, Date.now());
	if (summary === undefined) return;
	const { id, name } = trigger.context.getWorkflow();
	const counted = summary.count === 1 ? '1 delivery was' : `${summary.count} deliveries were`;
	trigger.context.logger.warn(
		`Kustomer Trigger: ${counted} ${subject}, last because ${summary.reason}. Workflow "${name}" (${id}).`,
	);
}
