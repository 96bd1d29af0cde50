import { createHash } from 'node:crypto';
import type { CronExpression, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { catchUp } from '../catchUp/catchUp';
import { upkeepOf } from '../memory/memory';
import { settingsOf } from '../settings';
import { look, type Watch } from './look';
import { registrantOf } from './webhookNames';

/**
 * Begins to look after the webhook of a published trigger: a few seconds from now, then every five
 * minutes, each trigger at a second of its own. n8n calls it at publishing and at every start,
 * before or beside the registration of the webhook, so it asks nothing of Kustomer itself.
 *
 * @returns always an object: for undefined, n8n would call again every ten seconds
 */
export function watchWebhook(context: ITriggerFunctions): ITriggerResponse {
	const watch = watchOf(context);
	if (watch === undefined) return {};
	let isClosed = false;
	let hasLooked = false;
	const tick = async (): Promise<void> => {
		if (isClosed) return;
		if (await look(watch)) hasLooked = true;
		if (!isClosed) await catchUp(watch);
	};
	const begin = (): void => {
		// n8n does not wait for it: what it throws is nobody else's.
		tick().catch((error: unknown) => {
			const name = error instanceof Error ? error.name : 'unknown';
			context.logger.warn(`Kustomer Trigger: a look at the webhook failed (${name})`);
		});
	};
	const { first, regular } = clocksOf(watch, new Date());
	context.helpers.registerCron({ expression: first }, () => {
		if (!hasLooked) begin();
	});
	context.helpers.registerCron({ expression: regular }, begin);
	return {
		closeFunction: async () => {
			isClosed = true;
			upkeepOf(watch.workflowId, watch.nodeId).turns.stop();
		},
	};
}

/** Expressions can be evaluated here, but not when n8n's clock calls later. */
function watchOf(context: ITriggerFunctions): Watch | undefined {
	if (context.getMode() === 'manual') return undefined;
	try {
		const settings = settingsOf(context);
		if (settings.registration === 'manual') return undefined;
		if (!settings.keepWebhookOn && settings.catchUp === 'off') return undefined;
		const registrant = registrantOf(context, settings.webhookName);
		const { workflowId } = registrant;
		return { context, settings, registrant, workflowId, nodeId: context.getNode().id };
	} catch (error) {
		// Whatever it is, deliveries do not suffer from it: n8n takes no trigger that throws here.
		const reason = error instanceof Error ? error.message : 'unknown';
		context.logger.warn(`Kustomer Trigger: nobody looks after the webhook. ${reason}`);
		return undefined;
	}
}

/** @returns when a trigger looks: not all of them ask Kustomer in the same second */
function clocksOf({ workflowId, nodeId }: Watch, now: Date) {
	const [second, minute, delay] = createHash('sha256').update(`${workflowId}|${nodeId}`).digest();
	const soon = (now.getSeconds() + 2 + (delay % 8)) % 60;
	return {
		first: `${soon} * * * * *` as const,
		// n8n's type knows no steps from a certain minute on; its clock does.
		regular: `${second % 60} ${minute % 5}-59/5 * * * *` as CronExpression,
	};
}
