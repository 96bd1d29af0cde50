import { createHash } from 'node:crypto';
import type { CronExpression, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { upkeepOf } from '../memory/memory';
import { settingsOf } from '../settings';
import { look, type Watch } from './look';
import { registrantOf } from './names';

/**
 * Begins to look after the webhook of a published trigger: within a minute, then every five minutes,
 * each trigger at a second of its own. n8n calls it at publishing and at every start, before or
 * beside the registration of the webhook, so it asks nothing of Kustomer itself.
 *
 * @returns always an object: for undefined, n8n would call again every ten seconds
 */
export function watchWebhook(context: ITriggerFunctions): ITriggerResponse {
	const watch = watchOf(context);
	if (watch === undefined) return {};
	let isClosed = false;
	let hasLooked = false;
	const tick = async (): Promise<void> => {
		if (!isClosed && (await look(watch))) hasLooked = true;
	};
	const begin = (): void => {
		// n8n does not wait for it: what it throws is nobody else's.
		tick().catch((error: unknown) => {
			const name = error instanceof Error ? error.name : 'unknown';
			context.logger.warn(`Kustomer Trigger: a look at the webhook failed (${name})`);
		});
	};
	const { second, minute } = momentOf(`${watch.registrant.workflowId}|${context.getNode().id}`);
	const { registerCron } = context.helpers;
	registerCron({ expression: `${second} * * * * *` }, () => {
		if (!hasLooked) begin();
	});
	// n8n's type knows no steps from a certain minute on, its clock does.
	const everyFiveMinutes = `${second} ${minute}-59/5 * * * *` as CronExpression;
	registerCron({ expression: everyFiveMinutes }, begin);
	return {
		closeFunction: async () => {
			isClosed = true;
			watch.upkeep.turns.stop();
		},
	};
}

/** Expressions can be evaluated here, but not when n8n's clock calls later. */
function watchOf(context: ITriggerFunctions): Watch | undefined {
	if (context.getMode() === 'manual') return undefined;
	const settings = settingsOf(context);
	if (settings.registration === 'manual' || !settings.keepWebhookOn) return undefined;
	const registrant = registrantOf(context, settings.webhookName);
	const upkeep = upkeepOf(registrant.workflowId, context.getNode().id);
	return { context, settings, registrant, upkeep };
}

/** @returns when a trigger looks, so that not all of them ask Kustomer at the same second */
function momentOf(trigger: string): { second: number; minute: number } {
	const digest = createHash('sha256').update(trigger).digest();
	return { second: digest[0] % 60, minute: digest[1] % 5 };
}
