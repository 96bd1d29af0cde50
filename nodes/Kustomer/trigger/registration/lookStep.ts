import type { LoggedDelivery, Webhook } from '../../api/outboundWebhooks';
import { bareName, isPaused } from '../../api/webhookMarks';
import * as words from './lookWords';

/** What a look found, and all that its decision needs. */
export type Found = {
	/** This trigger's own; undefined: Kustomer has none. */
	webhook: Webhook | undefined;
	wanted: { name: string; url: string; events: readonly string[] };
	/** Asked for only where `needsEvidence` says so. */
	evidence?: Evidence;
	/** What this process remembers of earlier looks. */
	history: History;
	/** Whether the trigger fetches what was missed. */
	isFetched: boolean;
	nowMs: number;
};

/** Who may have switched a webhook off. */
export type Evidence = {
	/** The webhook's latest deliveries, newest first. */
	deliveries: readonly LoggedDelivery[];
	/** The user behind the API key; empty where Kustomer does not tell. */
	keyUserId: string;
	/** What people call the webhook's last editor. */
	editor: string;
};

export type History = {
	/** What was told last and still holds. */
	standing?: string;
	lastSeen?: { name: string; onAtMs?: number };
	switchedOnAtMs?: number;
	madeAtMs?: number;
};

/** Something that people are told; `subject` names what stays so until it is told again. */
export type Told = { subject: string; words: string };

export type LookStep =
	| { do: 'nothing'; isOn: boolean }
	/** It is not for the trigger to change: people are told once. */
	| { do: 'leave'; told: Told }
	/** `events` are all that it is to have. */
	| { do: 'addEvents'; webhook: Webhook; events: string[]; warning: string }
	| { do: 'switchOn'; webhook: Webhook; byKustomer: boolean; words: string }
	| { do: 'make'; name: string; words: string };

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Kustomer's retries of an event end after about so long. */
const RETRIES_MS = 90 * 60_000;

/** So many failures in a row, the newest first, are taken for Kustomer's reason to switch off. */
const FAILURES = 3;

/** @returns whether it has to be found out who switched the webhook off */
export function needsEvidence({ webhook, wanted }: Pick<Found, 'webhook' | 'wanted'>): boolean {
	return (
		webhook !== undefined &&
		!webhook.enabled &&
		webhook.url === wanted.url &&
		!isPaused(webhook.name)
	);
}

/** @returns what is to be done about what was found: the table in docs/trigger.md, row by row */
export function lookStep(found: Found): LookStep {
	const { webhook, wanted } = found;
	if (webhook === undefined) return whenGone(found);
	if (isPaused(webhook.name)) return { do: 'nothing', isOn: false };
	if (webhook.url !== wanted.url) {
		const told = { subject: 'otherUrl', words: words.otherUrl(webhook, wanted.url) };
		return { do: 'leave', told };
	}
	if (!webhook.enabled) return whenOff(found, webhook);
	const missing = wanted.events.filter((name) => !webhook.events.includes(name));
	if (missing.length === 0) return { do: 'nothing', isOn: true };
	return {
		do: 'addEvents',
		webhook,
		events: [...webhook.events, ...missing],
		warning: words.eventsAdded(webhook, missing),
	};
}

function whenGone(found: Found): LookStep {
	const { wanted, history, nowMs } = found;
	const name = bareName(history.lastSeen?.name ?? '') || wanted.name;
	if (history.standing === 'goneAgain' || isWithinADay(history.madeAtMs, nowMs)) {
		return { do: 'leave', told: { subject: 'goneAgain', words: words.goneAgain(name) } };
	}
	const gap = {
		fromMs: history.lastSeen?.onAtMs ?? nowMs - DAY_MS,
		toMs: nowMs,
		isFetched: found.isFetched,
	};
	return { do: 'make', name, words: words.madeAgain(name, gap) };
}

function whenOff(found: Found, webhook: Webhook): LookStep {
	const { evidence, history, nowMs } = found;
	const deliveries = evidence?.deliveries ?? [];
	const gap = {
		fromMs: beginningOfGap(webhook, deliveries, nowMs),
		toMs: nowMs,
		isFetched: found.isFetched,
	};
	if (webhook.isError === true || haveFailed(deliveries)) {
		return { do: 'switchOn', webhook, byKustomer: true, words: words.switchedOn(webhook, gap) };
	}
	const keyUserId = evidence?.keyUserId ?? '';
	if (webhook.modifiedBy !== '' && keyUserId !== '' && webhook.modifiedBy !== keyUserId) {
		const told = words.switchedOffBy(webhook, evidence?.editor ?? webhook.modifiedBy);
		return { do: 'leave', told: { subject: `switchedOffBy ${webhook.modifiedBy}`, words: told } };
	}
	if (history.standing === 'offAgain' || isWithinADay(history.switchedOnAtMs, nowMs)) {
		return { do: 'leave', told: { subject: 'offAgain', words: words.offAgain(webhook) } };
	}
	return {
		do: 'switchOn',
		webhook,
		byKustomer: false,
		words: words.switchedOnAnyway(webhook, gap),
	};
}

/**
 * @returns since when events may be missing, in milliseconds: the first delivery of those that
 *   failed last, else the last that succeeded, else so long before the webhook was switched off as
 *   Kustomer retries, else a day ago
 */
export function beginningOfGap(
	{ updatedAt }: Pick<Webhook, 'updatedAt'>,
	deliveries: readonly LoggedDelivery[],
	nowMs: number,
): number {
	const lastSuccess = deliveries.findIndex(({ outcome }) => outcome === 'succeeded');
	const later = lastSuccess < 0 ? deliveries : deliveries.slice(0, lastSuccess);
	const candidates = [
		later.filter(({ outcome }) => outcome === 'failed').at(-1)?.sentAtMs,
		deliveries[lastSuccess]?.sentAtMs,
		Date.parse(updatedAt) - RETRIES_MS,
	];
	return candidates.find((at) => at !== undefined && !Number.isNaN(at)) ?? nowMs - DAY_MS;
}

function haveFailed(deliveries: readonly LoggedDelivery[]): boolean {
	const newest = deliveries.slice(0, FAILURES);
	return newest.length > 0 && newest.every(({ outcome }) => outcome === 'failed');
}

function isWithinADay(atMs: number | undefined, nowMs: number): boolean {
	return atMs !== undefined && nowMs - atMs < DAY_MS;
}
