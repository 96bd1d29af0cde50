import { isRecord } from '../narrowing';
import { hasRole, type KeyState } from './keyRoles';
import { API_KEYS } from './places';

/**
 * Turns Kustomer's replies into words: its three shapes of errors, and the remedy for each.
 * Source: https://developer.kustomer.com/docs/concepts/errors
 */

/** What was asked of the API, in the words the message needs. */
export type Asked = {
	/** What the request was for, after "could not": e.g. `create the webhook`. */
	purpose: string;
	/** The role that the key needs for it, or several of which any suffices, e.g. `org.a (or org.b)`. */
	role?: string;
	/** What a 404 means here; without it a general sentence is used. */
	missing?: string;
	method?: string;
	/** For a POST that changes nothing, such as a search. */
	isRead?: boolean;
};

export function isReadOnly({ method = 'GET', isRead }: Asked): boolean {
	return isRead ?? method === 'GET';
}

/** @returns a sentence for a write of unknown outcome; empty for what only reads */
export function doubtAbout(asked: Asked): string {
	if (isReadOnly(asked)) return '';
	return ' Kustomer may have carried it out nevertheless: look there before you run this again.';
}

export type Reply = {
	status: number;
	body: unknown;
	headers?: Record<string, unknown>;
	/** What Kustomer says of the key, where it refused the request because of it. */
	key?: KeyState;
};

/** One entry of Kustomer's `errors` list, whichever of its shapes it came in. */
export type KustomerError = { code: string; text: string; field: string };

const LONGEST_QUOTED_CHARACTERS = 300;

/**
 * @param body a parsed reply, text, or undefined; never trusted
 * @returns what Kustomer said was wrong, in any of its shapes; empty when it said nothing readable
 */
export function kustomerErrors(body: unknown): KustomerError[] {
	const parsed = typeof body === 'string' ? parsedJson(body) : body;
	if (!isRecord(parsed)) return [];
	const list = Array.isArray(parsed.errors) ? parsed.errors : [parsed.error ?? parsed];
	return list
		.slice(0, 5)
		.map(oneError)
		.filter((error) => error.text !== '' || error.code !== '');
}

/**
 * @param reply a reply with an HTTP status of 300 or more
 * @param asked what the request was for
 * @returns one or two sentences: what happened and what to change where
 */
export function explainReply(reply: Reply, asked: Asked): string {
	const errors = kustomerErrors(reply.body);
	const said = errors
		.map(sentenceOf)
		.filter(Boolean)
		.join('; ')
		.slice(0, LONGEST_QUOTED_CHARACTERS);
	const quoted = said === '' ? '' : ` Kustomer says: "${said}".`;
	const start = `n8n could not ${asked.purpose}`;
	if (/pod \S+ but request is being handled by/i.test(said)) {
		return `${start}: the API key belongs to another region. Open the Kustomer API credential and set Region to "By Organization Subdomain" with your own subdomain.${quoted}`;
	}
	if (reply.status >= 300 && reply.status < 400) {
		return `${start}: the address answers with a redirect, which n8n does not follow, because the API key would be sent along. Check the subdomain or base URL in the Kustomer API credential.`;
	}
	switch (reply.status) {
		case 401:
		case 403:
			return `${start}: ${keyWords(reply, asked)}${quoted}`;
		case 404:
			return `${start}: ${asked.missing ?? 'Kustomer does not know this address. Check the subdomain in the Kustomer API credential.'}${quoted}`;
		case 413:
			return `${start}: Kustomer refuses it as too large (more than 400,000 bytes for a post to a hook, 100,000 for anything else).`;
		case 429:
			return `${start}: Kustomer limits how many requests an organization may make per minute, and that limit is reached. Try again in a minute.`;
		default:
	}
	if (reply.status >= 500) {
		return `${start}: Kustomer answered with status ${reply.status}. This usually resolves itself: try again in a few minutes, and look at status.kustomer.com.${doubtAbout(asked)}`;
	}
	return `${start}: Kustomer refused the request with status ${reply.status}.${quoted || ' Check the values you entered.'}`;
}

/** The roles decide, where Kustomer told them: it answers 401 to a missing one and to a bad key alike. */
function keyWords({ status, key }: Reply, { role }: Asked): string {
	if (key === 'notAccepted' || (key === undefined && status === 401)) {
		return `Kustomer does not accept the API key. It has expired, was revoked, or belongs to another organization or region. Make a new key in Kustomer (${API_KEYS}) and put it into the Kustomer API credential.`;
	}
	if (key !== undefined && role !== undefined && hasRole(key.roles, role)) {
		return `Kustomer refuses it, although the API key has the role ${role}. Your organization's plan may not include this, or the key may not have access to this record. Ask your Kustomer administrator.`;
	}
	return `the API key lacks ${role ? `the role ${role}` : 'a role'}. The roles of a key cannot be changed: make a new key in Kustomer (${API_KEYS}) with that role and put it into the Kustomer API credential.`;
}

const NETWORK_WORDS: Readonly<Record<string, string>> = {
	ENOTFOUND:
		"Kustomer's host name is not known. Check the subdomain or base URL in the Kustomer API credential",
	EAI_AGAIN:
		"Kustomer's host name could not be looked up. Check the internet connection of the n8n machine",
	ECONNREFUSED: 'Kustomer refuses connections. Check the base URL in the Kustomer API credential',
	ECONNRESET: 'the connection broke off. Try again',
	ETIMEDOUT:
		'Kustomer did not answer in time. Try again, and check that n8n may reach the internet',
	ECONNABORTED:
		'Kustomer did not answer in time. Try again, and check that n8n may reach the internet',
	CERT_HAS_EXPIRED:
		"Kustomer's certificate has expired. Check the base URL and any proxy between n8n and Kustomer",
	DEPTH_ZERO_SELF_SIGNED_CERT:
		"Kustomer's certificate is not trusted. Check the base URL and any proxy between n8n and Kustomer",
};

/**
 * @param code the system's code of a connection that did not come about, e.g. `ENOTFOUND`
 * @param asked what the request was for
 * @returns a sentence with the remedy
 */
export function explainConnection(code: string, asked: Asked): string {
	const words =
		NETWORK_WORDS[code] ??
		'Kustomer could not be reached. Check the internet connection of the n8n machine and the Kustomer API credential';
	return `n8n could not ${asked.purpose}: ${words}.`;
}

function oneError(entry: unknown): KustomerError {
	if (typeof entry === 'string') return { code: '', text: entry, field: '' };
	if (!isRecord(entry)) return { code: '', text: '', field: '' };
	const source = isRecord(entry.source) ? entry.source : {};
	const meta = isRecord(entry.meta) ? entry.meta : {};
	return {
		code: readable(entry.code),
		text: readable(entry.detail) || readable(entry.message) || readable(entry.title),
		field: readable(source.pointer) || readable(source.parameter) || readable(meta.field),
	};
}

function sentenceOf(error: KustomerError): string {
	const text = error.text || error.code;
	return error.field && !text.includes(error.field) ? `${text} (${error.field})` : text;
}

function readable(value: unknown): string {
	return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
}

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
