import type { Header, WantedWebhook, Webhook } from '../../api/outboundWebhooks';
import { sameJson } from '../../event/sameJson';

/** Kustomer's own help says five; the number may differ by contract, so it is never relied on. */
const USUAL_LIMIT = 5;

/**
 * @returns whether the webhook at Kustomer still is what the trigger needs: switched on, at the
 *   same address, with the same events and headers. Its name is left to people.
 */
export function isAsWanted(webhook: Webhook, wanted: WantedWebhook): boolean {
	return (
		webhook.enabled &&
		webhook.url === wanted.url &&
		sameJson([...webhook.events].sort(), [...wanted.events].sort()) &&
		sameJson(sortedHeaders(webhook.headers), sortedHeaders(wanted.headers))
	);
}

/** Refusals that have another reason than the organization's limit. */
const OTHER_REASONS: ReadonlySet<number> = new Set([401, 404, 429]);

/**
 * @param existing the webhooks that the organization has
 * @param refusal status and words with which Kustomer refused another one
 * @returns whether the refusal looks like the organization's limit
 */
export function isLimitReached(
	existing: readonly Webhook[],
	refusal: { status: number; said: string },
): boolean {
	const { status, said } = refusal;
	if (status < 400 || status >= 500 || OTHER_REASONS.has(status)) return false;
	if (/limit|maximum|too many/i.test(said)) return true;
	// 403 without a word of a limit is a missing role.
	return status !== 403 && existing.length >= USUAL_LIMIT;
}

/** @returns what to tell a person whose organization has no place left */
export function limitWords(existing: readonly Webhook[]): string {
	const occupants = existing.map((webhook) => `"${webhook.name}"`).join(', ');
	return `Kustomer refused another webhook: an organization may have only a few (usually ${USUAL_LIMIT}), and there are ${existing.length} already: ${occupants}. Either delete one that is no longer needed in Kustomer (Settings > Platform > Outbound Webhooks), or use one Kustomer Trigger for several events and switch on "Split Outputs by Event".`;
}

/**
 * @param names events that the trigger asks for
 * @param known what this organization can subscribe to
 * @returns a sentence about names that Kustomer does not know; nothing when it knows them all
 */
export function unknownEventWords(
	names: readonly string[],
	known: readonly string[],
): string | undefined {
	const unknown = names.filter((name) => !known.includes(name));
	if (known.length === 0 || unknown.length === 0) return undefined;
	return `Kustomer does not know the event ${unknown.map((name) => `"${name}"`).join(', ')}. Remove it from Events or Additional Events, or correct its spelling. Known are: ${known.join(', ')}.`;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const OWN_HEADERS = /^(content-type|content-length|host|x-kustomer-.*)$/i;

/** @returns what is wrong with the extra headers, in words; nothing when they can be used */
export function headerMistake(headers: readonly Header[]): string | undefined {
	for (const { name, value } of headers) {
		if (!HEADER_NAME.test(name)) {
			return `"${name}" cannot be the name of a header. Use letters, digits and hyphens in Webhook Headers, e.g. X-Gateway-Key.`;
		}
		if (OWN_HEADERS.test(name)) {
			return `The header "${name}" is Kustomer's own. Choose another name in Webhook Headers.`;
		}
		if (/[\r\n\0]/.test(value)) {
			return `The value of the header "${name}" holds a line break. Remove it in Webhook Headers.`;
		}
	}
	return undefined;
}

function sortedHeaders(headers: readonly Header[]): Header[] {
	return headers
		.map(({ name, value }) => ({ name: name.toLowerCase(), value }))
		.sort((a, b) => a.name.localeCompare(b.name) || a.value.localeCompare(b.value));
}
