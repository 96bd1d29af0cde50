import { isRecord, refuseUnknownFields } from './body.cts';
import { badRequest } from './errors.cts';
import { EVENT_NAMES } from './events.cts';

/** What Kustomer accepts for an outbound webhook. Source: https://developer.kustomer.com/docs/events/outbound-webhooks */

export type Header = { name: string; value: string };

export type WebhookFields = {
	name: string;
	url: string;
	events: string[];
	headers: Header[];
	enabled: boolean;
};

const FIELDS = ['name', 'url', 'events', 'headers', 'enabled'] as const;
const REQUIRED = ['name', 'url', 'events'] as const;
const LONGEST_NAME_CHARACTERS = 255;
const MOST_EVENTS = 12;

/**
 * @param given a request's body
 * @param expected `all` for a create: the required fields must be there; `some` for an update
 * @returns the fields that were given, checked
 * @throws Refusal 400 naming the field and what is wrong with it
 */
export function checkedWebhookFields(
	given: Record<string, unknown>,
	expected: 'all' | 'some',
): Partial<WebhookFields> {
	refuseUnknownFields(given, FIELDS);
	const missing = REQUIRED.find((field) => expected === 'all' && given[field] === undefined);
	if (missing !== undefined) throw badRequest(`${missing} is required`, { parameter: missing });
	return {
		...(given.name !== undefined && { name: checkedName(given.name) }),
		...(given.url !== undefined && { url: checkedUrl(given.url) }),
		...(given.events !== undefined && { events: checkedEvents(given.events) }),
		...(given.headers !== undefined && { headers: checkedHeaders(given.headers) }),
		...(given.enabled !== undefined && { enabled: checkedEnabled(given.enabled) }),
	};
}

function checkedName(name: unknown): string {
	if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME_CHARACTERS) {
		throw badRequest(`name must be text of 1 to ${LONGEST_NAME_CHARACTERS} characters`, {
			parameter: 'name',
		});
	}
	return name;
}

function checkedUrl(url: unknown): string {
	if (typeof url !== 'string' || !URL.canParse(url) || new URL(url).protocol !== 'https:') {
		throw badRequest('url must be a valid URL that begins with https://', { parameter: 'url' });
	}
	return url;
}

function checkedEvents(events: unknown): string[] {
	if (!isTextList(events) || events.length === 0) {
		throw badRequest('events must be a list of at least one event name', { parameter: 'events' });
	}
	if (events.length > MOST_EVENTS) {
		throw badRequest(`events must hold at most ${MOST_EVENTS} names`, { parameter: 'events' });
	}
	const names: readonly string[] = EVENT_NAMES;
	const unknown = events.find((event) => !names.includes(event));
	if (unknown !== undefined) {
		throw badRequest(`Unknown event: ${unknown}`, {
			parameter: 'events',
			meta: { allowed: EVENT_NAMES },
		});
	}
	return events;
}

function checkedHeaders(headers: unknown): Header[] {
	const wrong = badRequest('headers must be a list of { name, value } that HTTP can carry', {
		parameter: 'headers',
	});
	if (!Array.isArray(headers)) throw wrong;
	return headers.map((header: unknown) => {
		if (!isRecord(header)) throw wrong;
		const { name, value } = header;
		if (typeof name !== 'string' || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw wrong;
		if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw wrong;
		return { name, value };
	});
}

function checkedEnabled(enabled: unknown): boolean {
	if (typeof enabled !== 'boolean') {
		throw badRequest('enabled must be true or false', { parameter: 'enabled' });
	}
	return enabled;
}

function isTextList(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
