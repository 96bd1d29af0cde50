import {
	sleep,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { Collector, WaitingRoom } from './collector';
import { answer, onAnswered } from './answer';
import type { Trigger } from './log';
import { LARGEST_BATCH, type Settings } from '../settings';

/** How long a follower waits for n8n's answer to the first of its batch. */
const FOLLOWER_PATIENCE_MS = 8_000;

/** A waiting delivery holds about 11 MB in n8n's default expression engine, hence the limit. */
const room = new WaitingRoom(LARGEST_BATCH);

const collectors = new Map<string, Collector<INodeExecutionData>>();

/**
 * Starts the workflow with an event, alone or together with those that arrive within the window.
 * Every delivery is answered 200 only once n8n has answered the execution that its event is in.
 *
 * @param event.isAlone it failed before: it must not take others along again
 * @param event.settle told with whether the event is in an execution that n8n answered with a 2xx
 */
export async function start(
	trigger: Trigger,
	settings: Settings,
	event: { item: INodeExecutionData; settle: (succeeded: boolean) => void; isAlone: boolean },
): Promise<IWebhookResponseData> {
	const { context } = trigger;
	if (settings.batchWindowMs === 0 || trigger.isTest || event.isAlone) {
		onAnswered(context, event.settle);
		return { workflowData: [[event.item]] };
	}
	const place = collectorOf(trigger.key).join(event.item, settings.batchSize);
	if (place.kind === 'follower') {
		// Settled by the execution's outcome, not by our own answer: a late one still counts.
		void place.outcome.then(event.settle);
		return await follow(context, place.outcome);
	}
	onAnswered(context, (succeeded) => {
		event.settle(succeeded);
		place.settle(succeeded);
	});
	await Promise.race([place.full, sleep(settings.batchWindowMs)]);
	return { workflowData: [place.close()] };
}

async function follow(
	context: IWebhookFunctions,
	outcome: Promise<boolean>,
): Promise<IWebhookResponseData> {
	const succeeded = await Promise.race([
		outcome,
		sleep(FOLLOWER_PATIENCE_MS).then(() => undefined),
	]);
	if (succeeded) return answer(context, 200, 'Received');
	return answer(
		context,
		503,
		'Try again later: the execution with this event could not be started',
	);
}

function collectorOf(key: string): Collector<INodeExecutionData> {
	let collector = collectors.get(key);
	if (collector === undefined) {
		collector = new Collector(room);
		collectors.set(key, collector);
	}
	return collector;
}
