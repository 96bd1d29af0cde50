import { textOf } from '../narrowing';
import { API_KEYS } from './places';

/**
 * Where Kustomer's REST API is, and which addresses an API key may be sent to.
 * Source: https://developer.kustomer.com/docs/get-started/regions-and-base-urls
 */

/** The fields of the `kustomerApi` credential, as n8n passes them on; none of them is checked yet. */
export type ApiCredential = {
	region?: unknown;
	subdomain?: unknown;
	baseUrl?: unknown;
	apiKey?: unknown;
};

/** A credential that cannot be used as it is; the message says which field to change. */
export class CredentialMistake extends Error {}

export const REGION_HOSTS: Readonly<Record<string, string>> = {
	us: 'https://api.kustomerapp.com',
	eu: 'https://api.prod2.kustomerapp.com',
	india: 'https://api.prod4.kustomerapp.com',
};

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * @param credential the decrypted `kustomerApi` credential
 * @returns the base URL of the API, without a trailing slash and without `/v1`
 * @throws CredentialMistake naming the field that has to be changed
 */
export function apiBaseUrl(credential: ApiCredential): string {
	const region = textOf(credential.region) || 'org';
	if (region === 'custom') return customBaseUrl(textOf(credential.baseUrl));
	if (region === 'org')
		return `https://${subdomainOf(textOf(credential.subdomain))}.api.kustomerapp.com`;
	const host = Object.hasOwn(REGION_HOSTS, region) ? REGION_HOSTS[region] : undefined;
	if (host === undefined) {
		throw new CredentialMistake(
			'The Kustomer API credential names a region that does not exist. Open the credential and choose one of the regions in the list.',
		);
	}
	return host;
}

/**
 * @param credential the decrypted `kustomerApi` credential
 * @returns the API key without the spaces that copying leaves around it
 * @throws CredentialMistake when it is empty or cannot be an HTTP header value
 */
export function apiKeyOf(credential: ApiCredential): string {
	const key = textOf(credential.apiKey).replace(/^Bearer(\s+|$)/i, '');
	if (key === '') {
		throw new CredentialMistake(
			`The Kustomer API credential has no API key. Paste one from Kustomer: ${API_KEYS}.`,
		);
	}
	if (!/^[\x21-\x7e]+$/.test(key)) {
		throw new CredentialMistake(
			'The API key in the Kustomer API credential contains a space, a line break or a special character. Copy the key again from Kustomer and paste it whole.',
		);
	}
	return key;
}

/**
 * Resolves an address against the API's base URL and refuses any other host: the one check
 * that keeps an API key from a stranger's server, on every path that sends a key.
 *
 * @param base what `apiBaseUrl` returned
 * @param address a path such as `/v1/hooks/web`, or an absolute URL
 * @returns the absolute URL
 * @throws CredentialMistake when the address leads anywhere but the credential's own host
 */
export function addressOnApiHost(base: string, address: string): string {
	const home = new URL(base);
	const target = parsedUrl(address, `${base}/`);
	if (target === undefined) {
		throw new CredentialMistake('This address is not a URL. Copy it again from Kustomer.');
	}
	if (target.origin !== home.origin || target.username !== '' || target.password !== '') {
		throw new CredentialMistake(
			`The API key is for ${home.host}, so it is not sent to ${target.protocol}//${target.host}. Use an address on ${home.origin}, or choose the credential that belongs to the other host.`,
		);
	}
	return target.toString();
}

/** @returns whether the URL's host is this machine itself (`localhost`, `127.0.0.1`, `[::1]`) */
export function isLoopback(url: URL): boolean {
	return LOOPBACK_HOSTS.has(url.hostname);
}

/** @returns the URL; undefined when the text is not one */
export function parsedUrl(text: string, base?: string): URL | undefined {
	try {
		return new URL(text, base);
	} catch {
		return undefined;
	}
}

function subdomainOf(given: string): string {
	const host = given
		.toLowerCase()
		.replace(/^https?:\/\//, '')
		.replace(/[/?#].*$/, '')
		.replace(/:\d+$/, '');
	const name = host.replace(/(\.api)?\.kustomerapp\.com$/, '');
	if (name === '') {
		throw new CredentialMistake(
			'The Kustomer API credential has no subdomain. Enter the first part of your sign-in address: for https://acme.kustomerapp.com it is "acme".',
		);
	}
	if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
		throw new CredentialMistake(
			'The subdomain in the Kustomer API credential is not one. Enter the first part of your sign-in address: for https://acme.kustomerapp.com it is "acme".',
		);
	}
	return name;
}

function customBaseUrl(given: string): string {
	const url = parsedUrl(given);
	if (url === undefined) {
		throw new CredentialMistake(
			'The base URL in the Kustomer API credential is not a URL. Enter one such as https://acme.api.kustomerapp.com, without /v1.',
		);
	}
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
		throw new CredentialMistake(
			'The base URL in the Kustomer API credential must begin with https://, or anyone on the network could read the API key. Plain http:// works only for an address on this machine (localhost).',
		);
	}
	const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
	if (path !== '' || url.search !== '' || url.hash !== '' || url.username !== '') {
		throw new CredentialMistake(
			'The base URL in the Kustomer API credential must end after the host name, e.g. https://acme.api.kustomerapp.com.',
		);
	}
	return url.origin;
}
