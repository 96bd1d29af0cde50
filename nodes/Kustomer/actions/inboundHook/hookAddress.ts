import type { HookType } from '../../api/hooks';
import { isLoopback, parsedUrl, REGION_HOSTS } from '../../api/host';
import { INBOUND_WEBHOOKS } from '../../api/places';
import { InputMistake } from '../itemErrors';

/** The kinds that take posts; an email hook takes mail. */
export type PostHookType = Exclude<HookType, 'email'>;

export const WHERE = `Copy it in Kustomer: ${INBOUND_WEBHOOKS}, then "Copy Hook Address" beside the hook.`;

const HOOK_PATH = /^\/v1\/hooks\/(web|form|email)(?:\/([\w-]+))?(?:\/([\w-]+))?\/?$/;

const ORGANIZATION_HOST = /^[a-z0-9-]+\.api\.kustomerapp\.com$/;

/**
 * @param hookType the kind of hook that was chosen
 * @param given what was entered: an address, for web hooks also its path or its hash alone
 * @returns the absolute URL of a form hook; of a web hook its URL, or its path on the API's host
 * @throws InputMistake saying what was given instead, when it is recognized
 */
export function hookAddress(hookType: PostHookType, given: string): string {
	const text = given.trim();
	if (text === '')
		throw new InputMistake(`No hook is chosen. Choose one, or paste its address. ${WHERE}`);
	if (hookType === 'web' && /^[0-9a-f]{64}$/i.test(text)) return `/v1/hooks/web/${text}`;
	const isPath = hookType === 'web' && text.startsWith('/v1/');
	const url = parsedUrl(text, isPath ? REGION_HOSTS.us : undefined);
	if (url === undefined || !/^https?:$/.test(url.protocol)) throw notAnAddress(text);
	refuseWrongKind(hookType, url);
	return isPath ? url.pathname + url.search : url.toString();
}

/**
 * An organization is reachable under its own host and under its region's, and "Copy Hook Address"
 * may give either. The key goes to the credential's host alone, so an address on the other of the
 * two is moved there. Addresses of other organizations or strangers stay, to be refused.
 *
 * @param base the credential's base URL
 * @param address what `hookAddress` returned for a web hook
 */
export function onCredentialHost(base: string, address: string): string {
	const url = parsedUrl(address, base);
	if (url === undefined || url.protocol !== 'https:' || url.port !== '') return address;
	const hosts = [url.hostname, new URL(base).hostname];
	const isOneOrganization =
		hosts.some(isRegionHost) &&
		hosts.every((host) => isRegionHost(host) || ORGANIZATION_HOST.test(host));
	return isOneOrganization ? `${base}${url.pathname}${url.search}` : address;
}

function isRegionHost(host: string): boolean {
	return Object.values(REGION_HOSTS).includes(`https://${host}`);
}

function notAnAddress(text: string): InputMistake {
	if (/^(mailto:)?[^\s/@]+@[^\s/@]+$/.test(text)) return new InputMistake(MAIL_WORDS);
	return new InputMistake(`The hook's address is not a URL. ${WHERE}`);
}

const MAIL_WORDS =
	'This is an e-mail address, so it belongs to an email hook, which takes mail and no posts. Use the operation "Compose Email" and one of n8n\'s mail nodes, or choose a web or form hook.';

function refuseWrongKind(hookType: PostHookType, url: URL): void {
	const [, kind, first, second] = HOOK_PATH.exec(url.pathname) ?? [];
	if (kind === undefined) throw new InputMistake(`${whatItIs(url)} ${WHERE}`);
	if (kind === 'email') throw new InputMistake(MAIL_WORDS);
	if (kind !== hookType) {
		throw new InputMistake(
			kind === 'web'
				? 'This is the address of a web hook. Set Hook Type to "Web" and choose a Kustomer API credential, or paste the address of a form hook.'
				: 'This is the address of a form hook. Set Hook Type to "Form", or paste the address of a web hook.',
		);
	}
	if (first === undefined || (hookType === 'web' && second !== undefined)) {
		throw new InputMistake(`The hook's address is not complete. ${WHERE}`);
	}
	if (url.username !== '' || url.password !== '') {
		throw new InputMistake(`The hook's address contains a user name or password. ${WHERE}`);
	}
	if (url.protocol !== 'https:' && !isLoopback(url)) {
		throw new InputMistake(
			"The hook's address must begin with https://, or anyone on the network could read what you send. Plain http:// works only for an address on this machine (localhost).",
		);
	}
}

function whatItIs(url: URL): string {
	if (url.hostname.endsWith('kustomerapp.com') && !url.pathname.startsWith('/v1')) {
		return "This is a page of Kustomer, not a hook's address.";
	}
	if (url.pathname.startsWith('/v1/outbound-webhooks')) {
		return "This is an outbound webhook, not an inbound hook's address.";
	}
	return 'This is not the address of an inbound hook: its path does not begin with /v1/hooks/web/ or /v1/hooks/form/.';
}
