import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { addressOnApiHost, apiBaseUrl, apiKeyOf } from './host';

/** n8n's HTTP Request node still passes the options of the older request library. */
type LegacyOptions = { uri?: string; followRedirect?: boolean; followAllRedirects?: boolean };

/**
 * Adds the API key to a request, if and only if it goes to the credential's own host over https
 * (or http on loopback). A path such as `/v1/users/current` is completed with the credential's
 * base URL. Redirects are not followed: the key would go along.
 *
 * @param credential the decrypted `kustomerApi` credential
 * @param options the request as n8n or our own sender made it
 * @returns a copy of the request with its absolute URL and the `Authorization` header
 * @throws CredentialMistake when the credential is unusable or the address is not on its host;
 *   nothing has been sent then
 */
export function withApiKey(
	credential: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
): IHttpRequestOptions {
	const legacy = options as IHttpRequestOptions & LegacyOptions;
	const base = apiBaseUrl(credential);
	const given = legacy.uri ?? options.url;
	const address = addressOnApiHost(base, joined(options.baseURL, given));
	const authorized: IHttpRequestOptions & LegacyOptions = {
		...options,
		headers: { ...options.headers, Authorization: `Bearer ${apiKeyOf(credential)}` },
		disableFollowRedirect: true,
		followRedirect: false,
		followAllRedirects: false,
	};
	delete authorized.baseURL;
	if (legacy.uri === undefined) authorized.url = address;
	else authorized.uri = address;
	return authorized;
}

function joined(baseUrl: string | undefined, address: string): string {
	if (!baseUrl || /^[a-z][a-z0-9+.-]*:/i.test(address) || address.startsWith('//')) return address;
	return `${baseUrl.replace(/\/+$/, '')}/${address.replace(/^\/+/, '')}`;
}
