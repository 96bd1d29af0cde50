import type { Webhook } from '../../api/outboundWebhooks';
import { OUTBOUND_WEBHOOKS } from '../../api/places';
import type { StaticData } from './staticData';

/** Everything that a look at the webhook says to people, each sentence with its remedy. */

/** `isFetched`: the trigger itself fetches what was missed. */
type TimeOff = { fromMs: number; toMs: number; isFetched: boolean };

const PUBLISH_ANEW = 'unpublish this workflow and publish it again';

const called = ({ name, id }: Webhook) => `"${name}" (${id})`;

const missing = ({ fromMs, toMs, isFetched }: TimeOff) =>
	isFetched
		? 'What Kustomer could not deliver is fetched now.'
		: `Events from ${time(fromMs)} to ${time(toMs)} may be missing. To get them, use the Kustomer node with Event: Get Missed, or set the trigger's option Fetch Missed Events for the next time.`;

const PAUSE_INSTEAD =
	'To pause it on purpose, unpublish this workflow, or use the Kustomer node with Outbound Webhook: Disable.';

function time(milliseconds: number): string {
	return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

export const switchedOn = (webhook: Webhook, gap: TimeOff) =>
	`Kustomer had switched off the webhook ${called(webhook)}, because n8n did not confirm its deliveries. It is on again. ${missing(gap)}`;

export const switchedOnAnyway = (webhook: Webhook, gap: TimeOff) =>
	`The webhook ${called(webhook)} was off in Kustomer, which does not tell who switched it off. It is on again. ${missing(gap)} ${PAUSE_INSTEAD}`;

export const offAgain = (webhook: Webhook) =>
	`The webhook ${called(webhook)} was switched off again within a day, so it is left off, and this workflow receives no events. To switch it on, use the Kustomer node with Outbound Webhook: Enable, or ${PUBLISH_ANEW}.`;

export const switchedOffBy = (webhook: Webhook, person: string) =>
	`The webhook ${called(webhook)} was switched off in Kustomer by ${person}, so it is left off, and this workflow receives no events. To switch it on, use its toggle in Kustomer (${OUTBOUND_WEBHOOKS}), or ${PUBLISH_ANEW}.`;

export const otherUrl = (webhook: Webhook, url: string) =>
	`The webhook ${called(webhook)} now delivers to ${webhook.url}, not to this trigger at ${url}. It is left as it is, and this workflow receives no events. Correct its URL in Kustomer (${OUTBOUND_WEBHOOKS}), or ${PUBLISH_ANEW}: then the trigger gets a webhook of its own.`;

export const eventsAdded = (webhook: Webhook, added: readonly string[]) =>
	`The webhook ${called(webhook)} no longer had all the events that this workflow starts with. Added: ${added.join(', ')}.`;

export const eventsRefused = (webhook: Webhook, reason: string) =>
	`The webhook ${called(webhook)} lacks events that this workflow starts with, and they cannot be added. ${reason}`;

export const madeAgain = (name: string, gap: TimeOff) =>
	`The webhook "${name}" had been deleted in Kustomer. It has been made again. ${missing(gap)}`;

export const goneAgain = (name: string) =>
	`The webhook "${name}" was deleted again in Kustomer within a day, so it is not made again, and this workflow receives no events. To get a new one, ${PUBLISH_ANEW}.`;

export const notRepaired = (reason: string) =>
	`This workflow receives no events, and its webhook could not be repaired. ${reason}`;

export const madeForOtherAddress = ({ url }: StaticData, ownUrl: string) =>
	`This trigger's webhook was made for ${url}, but this n8n receives at ${ownUrl}, as in a copy of another n8n or after a move. The webhook is left alone, and this workflow receives no events. To receive here, ${PUBLISH_ANEW}: then it gets a webhook of its own.`;

export const credentialUnusable = (reason: string) =>
	`The API credential of the Kustomer Trigger cannot be used, so nobody looks after its webhook. ${reason} Choose a working credential, then ${PUBLISH_ANEW}.`;

export const otherOrganization = ({ orgId, host }: StaticData, now: string) =>
	`The webhook of this trigger is in organization ${orgId ?? 'unknown'} at ${host}, but the API credential now belongs to ${now}. The webhook is left alone. Choose a credential of that organization, or ${PUBLISH_ANEW}.`;

export const refusedThreeTimes = (reason: string) =>
	`Kustomer refused three times in a row to tell about the webhook, so nobody notices if it is switched off. ${reason}`;

export const unreachable = (reason: string) =>
	`The webhook could not be looked at; n8n tries again in five minutes. ${reason}`;
