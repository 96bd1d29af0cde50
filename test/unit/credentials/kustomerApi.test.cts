import fc from 'fast-check';
import {
	NodeHelpers,
	type ICredentialDataDecryptedObject,
	type ICredentialTestFunctions,
	type IHttpRequestOptions,
} from 'n8n-workflow';
import { KustomerApi } from '../../../credentials/KustomerApi.credentials';
import { apiKeyTest } from '../../../nodes/Kustomer/api/credentialTests';
import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import {
	apiCredential,
	keyOf,
	startedKustomer,
	startStranger,
} from '../../support/actionWorld.cts';
import { executeContext } from '../../support/executeContext.cts';

const core = import('n8n-core');

const credential = new KustomerApi();
const ACME = { region: 'org', subdomain: 'acme', apiKey: 'eyJ-key-of-the-tests' };
const ACME_HOST = 'https://acme.api.kustomerapp.com';

const authenticated = async (data: ICredentialDataDecryptedObject, options: IHttpRequestOptions) =>
	await credential.authenticate(data, options);

describe('the fields of the credential', () => {
	it('are those that saved credentials have', () => {
		const fields = credential.properties.filter(({ type }) => type !== 'notice');
		expect(fields.map(({ name }) => name)).toEqual(['region', 'subdomain', 'baseUrl', 'apiKey']);
		expect(credential.name).toBe('kustomerApi');
	});

	it('offer the five ways to a host, the subdomain first', () => {
		const region = credential.properties.find(({ name }) => name === 'region');
		const values = region?.options?.map((option) => 'value' in option && option.value);
		expect(values).toEqual(['org', 'us', 'eu', 'india', 'custom']);
		expect(region?.default).toBe('org');
	});

	it('hide the API key while it is typed, and nothing else', () => {
		const hidden = credential.properties.filter(({ typeOptions }) => typeOptions?.password);
		expect(hidden.map(({ name }) => name)).toEqual(['apiKey']);
	});

	it.each([
		['org', ['region', 'subdomain', 'apiKey']],
		['eu', ['region', 'apiKey']],
		['custom', ['region', 'baseUrl', 'apiKey']],
	])('shown for the region %s are %j', (region, names) => {
		expect(shownFor({ region, apiKey: 'eyJ' })).toEqual(names);
	});

	it.each([' eyJ', 'eyJ ', 'eyJ\n', '\teyJ'])('point at the space around %j', (apiKey) => {
		expect(shownFor({ region: 'eu', apiKey })).toContain('blankNotice');
	});
});

describe('a request that n8n authenticates', () => {
	it('gets the key as a bearer token and the address on the own host', async () => {
		expect(await authenticated(ACME, { url: '/v1/users/current' })).toMatchObject({
			url: `${ACME_HOST}/v1/users/current`,
			headers: { Authorization: 'Bearer eyJ-key-of-the-tests' },
			disableFollowRedirect: true,
		});
	});

	it.each([
		['us', 'https://api.kustomerapp.com'],
		['eu', 'https://api.prod2.kustomerapp.com'],
		['india', 'https://api.prod4.kustomerapp.com'],
	])('goes to the host of the region %s', async (region, host) => {
		const { url } = await authenticated({ ...ACME, region }, { url: '/v1/tags' });
		expect(url).toBe(`${host}/v1/tags`);
	});

	it.each([
		['a foreign host', 'https://evil.example/v1'],
		['a host that begins with the own one', `${ACME_HOST}.evil.example/v1`],
		['a host that ends with the own one', 'https://evilacme.api.kustomerapp.com/v1'],
		['another organization', 'https://other.api.kustomerapp.com/v1'],
		['another region', 'https://api.prod2.kustomerapp.com/v1'],
		['the own host as a user name', 'https://acme.api.kustomerapp.com@evil.example/v1'],
		['the own host with a user name', 'https://me@acme.api.kustomerapp.com/v1'],
		['the own host without encryption', 'http://acme.api.kustomerapp.com/v1'],
		['the own host at another port', `${ACME_HOST}:8443/v1`],
		['a host without a scheme', '//evil.example/v1'],
		['backslashes', '\\\\evil.example/v1'],
		['a line break before the host', '/\n/evil.example/v1'],
		['this machine', 'http://127.0.0.1:5678/v1'],
		['a script', 'javascript:alert(1)'],
	])('is refused when it goes to %s', async (_, url) => {
		await expect(authenticated(ACME, { url })).rejects.toThrow(/is not sent to|not a URL/);
	});

	it('is refused when its base URL is foreign', async () => {
		const options = { url: '/v1/tags', baseURL: 'https://evil.example' };
		await expect(authenticated(ACME, options)).rejects.toThrow(/is not sent to/);
	});

	it('names no key when it is refused', async () => {
		const refused = authenticated(ACME, { url: 'https://evil.example' });
		await expect(refused).rejects.not.toThrow(/eyJ/);
	});

	it('is refused when the own host would be reached without encryption', async () => {
		const clear = { region: 'custom', baseUrl: 'http://gateway.example.com', apiKey: 'eyJ' };
		await expect(authenticated(clear, { url: '/v1/tags' })).rejects.toThrow(/begin with https/);
	});

	it('carries the key to no other origin, whatever the address', async () => {
		const piece = fc.oneof(
			fc.webUrl(),
			fc.constantFrom('/', '\\', '//', '@', ':', '?', '#', '.', ' ', '\t', '\n', 'https:', 'http:'),
			fc.constantFrom('acme.api.kustomerapp.com', 'evil.example', '127.0.0.1', ACME_HOST),
			fc.string({ maxLength: 5 }),
		);
		const address = fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
		const option = fc.option(address, { nil: undefined });
		await fc.assert(
			fc.asyncProperty(address, option, option, async (url, baseURL, uri) => {
				const options = { url, baseURL, ...(uri !== undefined && { uri }) };
				const sent = await authenticated(ACME, options).catch(() => undefined);
				if (sent === undefined) return;
				const goesTo = ('uri' in sent && String(sent.uri)) || sent.url;
				expect(new URL(goesTo).origin).toBe(ACME_HOST);
				expect(sent.baseURL).toBeUndefined();
			}),
			{ numRuns: 2_000 },
		);
	});
});

describe('a request through n8n', () => {
	let kustomer: LocalKustomer;

	beforeEach(async () => (kustomer = await startedKustomer()));
	afterEach(async () => await kustomer.close());

	it('reaches Kustomer with a relative path', async () => {
		await request(kustomer, { url: '/v1/auth/tokens/current' });
		expect(kustomer.requests()).toHaveLength(1);
		expect(kustomer.requests()[0]).toMatchObject({
			path: '/v1/auth/tokens/current',
			headers: { authorization: `Bearer ${keyOf(kustomer)}` },
			status: 200,
		});
	});

	it('never reaches a stranger', async () => {
		const stranger = await startStranger();
		await expect(request(kustomer, { url: `${stranger.url}/v1` })).rejects.toThrow();
		expect(stranger.received).toEqual([]);
		await stranger.close();
	});

	it('does not follow Kustomer elsewhere', async () => {
		const stranger = await startStranger();
		kustomer.faults = [{ path: /tags/, status: 302, headers: { location: `${stranger.url}/v1` } }];
		await request(kustomer, { url: '/v1/tags', ignoreHttpStatusErrors: true });
		expect(stranger.received).toEqual([]);
		await stranger.close();
	});
});

describe("the credential's test", () => {
	let kustomer: LocalKustomer;

	beforeEach(async () => (kustomer = await startedKustomer()));
	afterEach(async () => await kustomer.close());

	it('passes with one request', async () => {
		expect(await tested(apiCredential(kustomer))).toEqual({
			status: 'OK',
			message: 'Kustomer accepts the API key.',
		});
		expect(kustomer.requests().map(({ method, path }) => [method, path])).toEqual([
			['GET', '/v1/auth/tokens/current'],
		]);
	});

	it('passes for a key without any role', async () => {
		const { token } = kustomer.addKey({ token: 'eyJ-without-roles', roles: [] });
		expect((await tested(apiCredential(kustomer, token))).status).toBe('OK');
	});

	it('passes for a key with a space or "Bearer" before it', async () => {
		const data = apiCredential(kustomer, ` Bearer ${keyOf(kustomer)}\n`);
		expect((await tested(data)).status).toBe('OK');
	});

	it('says what to do about a revoked key, and does not repeat it', async () => {
		const data = apiCredential(kustomer);
		kustomer.revokeKey(data.apiKey);
		const { status, message } = await tested(data);
		expect(status).toBe('Error');
		expect(message).toMatch(/does not accept the API key.*Make a new key/);
		expect(message).not.toContain(data.apiKey);
	});

	it('says that a key is of another region', async () => {
		const { token } = kustomer.addKey({ token: 'eyJ-eu', roles: [], region: 'eu' });
		const { status, message } = await tested(apiCredential(kustomer, token));
		expect(status).toBe('Error');
		expect(message).toMatch(/belongs to another region.*set Region to/);
	});

	it.each([
		[{ ...ACME, subdomain: '' }, /no subdomain/],
		[{ ...ACME, subdomain: 'acme evil.example' }, /subdomain .* is not one/],
		[{ ...ACME, apiKey: '' }, /no API key/],
		[{ region: 'custom', baseUrl: 'http://gateway.example.com', apiKey: 'eyJ' }, /https:\/\//],
		[{ region: 'custom', baseUrl: 'http://127.0.0.1:1', apiKey: 'eyJ' }, /refuses connections/],
		[
			{ region: 'custom', baseUrl: 'https://nowhere.invalid', apiKey: 'eyJ' },
			/looked up|not known/,
		],
	])(
		'says what to change in %j',
		async (data, words) => {
			const { status, message } = await tested(data);
			expect(status).toBe('Error');
			expect(message).toMatch(words);
		},
		30_000,
	);

	it('does not take any web page for Kustomer', async () => {
		kustomer.faults = [{ path: /tokens/, status: 200, body: '<html>Welcome</html>' }];
		const { status, message } = await tested(apiCredential(kustomer));
		expect(status).toBe('Error');
		expect(message).toContain('is not Kustomer');
	});

	it('does not follow a redirect, for the key would go along', async () => {
		const stranger = await startStranger();
		kustomer.faults = [{ path: /tokens/, status: 301, headers: { location: stranger.url } }];
		const { status, message } = await tested(apiCredential(kustomer));
		expect(status).toBe('Error');
		expect(message).toContain('redirect');
		expect(stranger.received).toEqual([]);
		await stranger.close();
	});
});

/** @returns the names of the fields that the editor shows */
function shownFor(data: ICredentialDataDecryptedObject): string[] {
	const values = data as Record<string, string>;
	return credential.properties
		.filter((property) => NodeHelpers.displayParameter(values, property, null, null))
		.map(({ name }) => name);
}

/** Runs the test as n8n does when a person saves the credential. */
async function tested(data: ICredentialDataDecryptedObject) {
	const { CredentialTestContext } = await core;
	const context = new CredentialTestContext() as ICredentialTestFunctions;
	return await apiKeyTest.call(context, {
		id: '1',
		name: 'Kustomer',
		type: 'kustomerApi',
		data,
	});
}

/** Sends a request with the credential, as any node of n8n may. */
async function request(kustomer: LocalKustomer, options: IHttpRequestOptions): Promise<unknown> {
	const run = { parameters: {}, credentials: { kustomerApi: apiCredential(kustomer) } };
	const { context } = await executeContext(run);
	return (await context.helpers.httpRequestWithAuthentication.call(
		context,
		'kustomerApi',
		options,
	)) as unknown;
}
