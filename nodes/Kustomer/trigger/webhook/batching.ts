import {
	sleep,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { within, type Settle } from '../memory/pending';
import type { Settings } from '../settings';
import { answer, onAnswered } from './answer';
import type { Trigger } from './trigger';

/** How long a delivery waits for n8n's answer to the first of its batch. */
const OUTCOME_TIMEOUT_MS = 8_000;

/**
 * Starts the workflow with an event, alone or together with those that arrive within the window.
 * Every delivery is answered 200 only once n8n has answered the execution that its event is in.
 *
 * @param taken.isAlone it failed before: it must not take others along again
 * @param taken.settle told with whether the event is in an execution that n8n answered with a 2xx
 */
export async function start(
	trigger: Trigger,
	settings: Settings,
	taken: { item: INodeExecutionData; settle: Settle; isAlone: boolean },
): Promise<IWebhookResponseData> {
	const { context, memory, isTest } = trigger;
	if (settings.batchWindowMs === 0 || isTest || taken.isAlone) {
		onAnswered(context, taken.settle);
		return { workflowData: [[taken.item]] };
	}
	const batch = memory.collector.join(taken.item, settings.batchSize);
	if (!batch.isFirst) {
		// Settled by the execution's outcome, not by our own answer: a late one still counts.
		void batch.outcome.then(taken.settle);
		return await answerAsFirst(context, batch.outcome);
	}
	onAnswered(context, (succeeded) => {
		taken.settle(succeeded);
		batch.settle(succeeded);
	});
	await within(batch.full, sleep(settings.batchWindowMs));
	return { workflowData: [batch.close()] };
}

async function answerAsFirst(
	context: IWebhookFunctions,
	outcome: Promise<boolean>,
): Promise<IWebhookResponseData> {
	if (await within(outcome, sleep(OUTCOME_TIMEOUT_MS))) return answer(context, 200, 'Received');
	return answer(
		context,
		503,
		'Try again later: the execution with this event could not be started',
	);
}
