import type { Header, Webhook, WebhookChange } from '../../api/outboundWebhooks';
import { resumedName } from '../../api/webhookMarks';
import { isOwn, isTestLeftover } from './webhookNames';
import type { StaticData } from './staticData';
import type { Wanted } from './wanted';
import * as words from './publishingWords';

/** Everything that decides what has to be done at Kustomer. */
export type Situation = {
	/** The webhooks of the organization. */
	existing: readonly Webhook[];
	state: StaticData;
	wanted: Wanted;
	/** Ids of test webhooks that this process listens to now. */
	liveTests: Pick<ReadonlySet<string>, 'has'>;
	nowMs: number;
};

/** How this trigger gets its webhook. */
export type OwnStep =
	/** Static data names it, and it is as wanted. */
	| { do: 'keep'; webhook: Webhook }
	/** It is as wanted, but static data does not name it. */
	| { do: 'adopt'; webhook: Webhook }
	| { do: 'change'; webhook: Webhook; change: WebhookChange }
	| { do: 'create' };

export type Step =
	| OwnStep
	/** A webhook of ours that nothing needs any more. */
	| { do: 'remove'; webhook: Webhook }
	| { do: 'warn'; words: string };

/** @returns what has to be done, in this order; the first step is about the trigger's own webhook */
export function reconcile(situation: Situation): [OwnStep, ...Step[]] {
	const own = ownWebhook(situation);
	const others = situation.existing.filter(({ id }) => id !== own?.id);
	return [ownStep(situation, own), ...others.flatMap((other) => stepsFor(situation, other))];
}

/** n8n copies static data along with a workflow: it is ours only if it names our own address. */
export function isOurs({ webhookId, url, host }: StaticData, wanted: Wanted): boolean {
	return webhookId !== undefined && url === wanted.url && host === wanted.host;
}

export type Kind =
	/** Made by this trigger, for production or for a test, as the trigger runs now. */
	| 'own'
	/** A test of this trigger that no n8n listens to any more. */
	| 'leftover'
	/** Somebody else's that delivers to this trigger. */
	| 'foreign'
	| 'unrelated';

/** @returns what a webhook is to this trigger, by its address and name */
export function kindOf(webhook: Webhook, { wanted, nowMs }: Situation): Kind {
	const { url, registrant } = wanted;
	if (isTestLeftover(webhook, url, { ...registrant, nowMs })) return 'leftover';
	if (webhook.url !== url) return 'unrelated';
	return isOwn(webhook, url, registrant) ? 'own' : 'foreign';
}

/**
 * @returns what has to be changed at a webhook, empty if it is as wanted. Its name is left to
 *   people, except that the mark of a pause goes.
 */
export function differences(webhook: Webhook, wanted: Wanted): WebhookChange {
	const { url, events, headers } = wanted;
	const name = resumedName(webhook.name) || wanted.name;
	return {
		...(name !== webhook.name && { name }),
		...(url !== webhook.url && { url }),
		...(!isSame([...events], [...webhook.events]) && { events }),
		...(!isSame(headers.map(headerLine), webhook.headers.map(headerLine)) && { headers }),
		...(!webhook.enabled && { enabled: true }),
	};
}

/** @returns a sentence about the former webhook if it is where this credential cannot remove it */
export function leftBehind({ state, wanted }: Situation, own: Webhook): string | undefined {
	const { webhookId, host, orgId } = state;
	if (webhookId === undefined || webhookId === own.id) return undefined;
	if (host !== wanted.host) return words.otherHost(state);
	const isElsewhere = orgId !== undefined && own.orgId !== '' && orgId !== own.orgId;
	return isElsewhere && isOurs(state, wanted) ? words.otherOrganization(state, own) : undefined;
}

/** Ours is the one that static data names; else the one with our very address and name. */
function ownWebhook({ existing, state, wanted }: Situation): Webhook | undefined {
	const named = isOurs(state, wanted)
		? existing.find(({ id }) => id === state.webhookId)
		: undefined;
	return named ?? existing.find((one) => isOwn(one, wanted.url, wanted.registrant));
}

function ownStep({ state, wanted }: Situation, own: Webhook | undefined): OwnStep {
	if (own === undefined) return { do: 'create' };
	const change = differences(own, wanted);
	if (Object.keys(change).length > 0) return { do: 'change', webhook: own, change };
	const isNamed = isOurs(state, wanted) && state.webhookId === own.id;
	return { do: isNamed ? 'keep' : 'adopt', webhook: own };
}

function stepsFor(situation: Situation, webhook: Webhook): Step[] {
	if (situation.liveTests.has(webhook.id)) return [];
	switch (kindOf(webhook, situation)) {
		case 'leftover':
			return [{ do: 'remove', webhook }];
		case 'own':
			// A second one in production is never in use; of tests, another process may listen to one.
			return situation.wanted.registrant.isTest ? [] : [{ do: 'remove', webhook }];
		case 'foreign':
			return [{ do: 'warn', words: words.foreignWebhook(webhook) }];
		default:
			return [];
	}
}

function headerLine({ name, value }: Header): string {
	return `${name.toLowerCase()}:${value}`;
}

function isSame(one: string[], other: string[]): boolean {
	return JSON.stringify(one.sort()) === JSON.stringify(other.sort());
}
