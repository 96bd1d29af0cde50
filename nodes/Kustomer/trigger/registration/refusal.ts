import type { Webhook } from '../../api/outboundWebhooks';
import { kustomerErrors, type Reply } from '../../api/errors';
import * as words from './publishingWords';

/** Kustomer's own help says five; the number may differ by contract, so it is never relied on. */
const USUAL_LIMIT = 5;

/** Refusals that have another reason than the organization's limit. */
const OTHER_REASONS: ReadonlySet<number> = new Set([401, 404, 429]);

/** @returns whether Kustomer did not take the values that it was sent */
export function isInvalid({ status }: Reply): boolean {
	return status === 400 || status === 422;
}

export type Subscription = {
	events: readonly string[];
	/** What the organization can subscribe to; empty if that is not known. */
	known: readonly string[];
	/** The webhooks that take up the places, where another one was asked for. */
	occupants?: readonly Webhook[];
};

/** @returns what was wrong with the attempt; undefined if only Kustomer's own words tell */
export function whyRefused(reply: Reply, attempt: Subscription): string | undefined {
	const { events, known, occupants } = attempt;
	const unknown = known.length === 0 ? [] : events.filter((name) => !known.includes(name));
	if (isInvalid(reply) && unknown.length > 0) return words.unknownEvents(unknown, known);
	if (occupants === undefined || !isLimitReached(reply, occupants)) return undefined;
	return words.noPlaceLeft(occupants, USUAL_LIMIT);
}

function isLimitReached({ status, body }: Reply, occupants: readonly Webhook[]): boolean {
	if (status < 400 || status >= 500 || OTHER_REASONS.has(status)) return false;
	const said = kustomerErrors(body).flatMap(({ code, text }) => [code, text]);
	if (/limit|maximum|too many/i.test(said.join(' '))) return true;
	// 403 without a word of a limit is a missing role.
	return status !== 403 && occupants.length >= USUAL_LIMIT;
}
