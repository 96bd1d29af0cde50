import { withApiKey } from '../../../nodes/Kustomer/api/authorization';
import {
	addressOnApiHost,
	apiBaseUrl,
	apiKeyOf,
	CredentialMistake,
} from '../../../nodes/Kustomer/api/host';

describe('the base URL', () => {
	it.each([
		[{ subdomain: 'acme' }, 'https://acme.api.kustomerapp.com'],
		[{ region: 'org', subdomain: ' Acme ' }, 'https://acme.api.kustomerapp.com'],
		[{ region: 'org', subdomain: 'acme.kustomerapp.com' }, 'https://acme.api.kustomerapp.com'],
		[{ region: 'org', subdomain: 'acme.api.kustomerapp.com' }, 'https://acme.api.kustomerapp.com'],
		[
			{ region: 'org', subdomain: 'https://acme.kustomerapp.com/app/settings' },
			'https://acme.api.kustomerapp.com',
		],
		[{ region: 'us' }, 'https://api.kustomerapp.com'],
		[{ region: 'eu' }, 'https://api.prod2.kustomerapp.com'],
		[{ region: 'india' }, 'https://api.prod4.kustomerapp.com'],
		[{ region: 'custom', baseUrl: 'https://gw.example.com/' }, 'https://gw.example.com'],
		[{ region: 'custom', baseUrl: 'https://gw.example.com/v1' }, 'https://gw.example.com'],
		[{ region: 'custom', baseUrl: 'http://127.0.0.1:5000' }, 'http://127.0.0.1:5000'],
		[{ region: 'custom', baseUrl: 'http://localhost:5000' }, 'http://localhost:5000'],
		[{ region: 'custom', baseUrl: 'http://[::1]:5000' }, 'http://[::1]:5000'],
	])('of %j is %s', (credential, base) => expect(apiBaseUrl(credential)).toBe(base));

	it.each([
		[{ region: 'org', subdomain: '' }, /no subdomain/],
		[{ region: 'org', subdomain: 'evil.example' }, /subdomain .* is not one/],
		[{ region: 'org', subdomain: 'acme@evil.example/' }, /subdomain .* is not one/],
		[{ region: 'mars' }, /region that does not exist/],
		[{ region: '__proto__' }, /region that does not exist/],
		[{ region: 'custom', baseUrl: '' }, /not a URL/],
		[{ region: 'custom', baseUrl: 'http://gw.example.com' }, /must begin with https/],
		[{ region: 'custom', baseUrl: 'http://127.0.0.1.evil.example' }, /must begin with https/],
		[{ region: 'custom', baseUrl: 'ftp://gw.example.com' }, /must begin with https/],
		[{ region: 'custom', baseUrl: 'https://gw.example.com/kustomer' }, /end after the host name/],
		[{ region: 'custom', baseUrl: 'https://me@gw.example.com' }, /end after the host name/],
	])('of %j is refused in words', (credential, words) => {
		expect(() => apiBaseUrl(credential)).toThrow(CredentialMistake);
		expect(() => apiBaseUrl(credential)).toThrow(words);
	});
});

describe('the API key', () => {
	it.each([' eyJ-key\n', 'Bearer eyJ-key', 'bearer  eyJ-key'])('is found in %j', (apiKey) =>
		expect(apiKeyOf({ apiKey })).toBe('eyJ-key'),
	);
	it.each([undefined, '', '  ', 'Bearer '])('is missed in %j', (apiKey) =>
		expect(() => apiKeyOf({ apiKey })).toThrow(/no API key/),
	);
	it.each(['eyJ key', 'eyJ\r\nX-Injected: 1', 'eyJ–key'])(
		'is refused as %j, unrepeated',
		(apiKey) => {
			expect(() => apiKeyOf({ apiKey })).toThrow(/contains a space/);
			expect(() => apiKeyOf({ apiKey })).not.toThrow(/eyJ/);
		},
	);
});

describe('an address', () => {
	const base = 'https://acme.api.kustomerapp.com';

	it.each([
		['/v1/hooks/web', `${base}/v1/hooks/web`],
		['v1/hooks/web', `${base}/v1/hooks/web`],
		[`${base}/v1/hooks/web?page=1`, `${base}/v1/hooks/web?page=1`],
		['https://ACME.api.kustomerapp.com:443/v1', `${base}/v1`],
	])('%s is on the host', (address, url) => expect(addressOnApiHost(base, address)).toBe(url));

	it.each([
		'https://evil.example/v1',
		'//evil.example/v1',
		'https://acme.api.kustomerapp.com.evil.example/v1',
		'https://evilacme.api.kustomerapp.com/v1',
		'https://acme.api.kustomerapp.com@evil.example/v1',
		'https://x:y@acme.api.kustomerapp.com/v1',
		'http://acme.api.kustomerapp.com/v1',
		'https://acme.api.kustomerapp.com:8443/v1',
		'\\\\evil.example/v1',
		'javascript:alert(1)',
	])('%s is not', (address) =>
		expect(() => addressOnApiHost(base, address)).toThrow(CredentialMistake),
	);
});

describe('a request with the key', () => {
	const credential = { region: 'org', subdomain: 'acme', apiKey: 'eyJ-key' };

	it('goes to the own host and follows no redirect', () =>
		expect(withApiKey(credential, { url: '/v1/users/current' })).toMatchObject({
			url: 'https://acme.api.kustomerapp.com/v1/users/current',
			headers: { Authorization: 'Bearer eyJ-key' },
			disableFollowRedirect: true,
			followRedirect: false,
		}));

	it("understands n8n's older way of naming the address", () => {
		const legacy = { uri: 'https://acme.api.kustomerapp.com/v1/tags' };
		expect(withApiKey(credential, legacy as never)).toMatchObject(legacy);
	});

	it.each([
		{ url: 'https://evil.example/' },
		{ url: '/v1', baseURL: 'https://evil.example' },
		{ url: 'https://acme.api.kustomerapp.com/v1', uri: 'https://evil.example/' },
	])('%j is refused', (options) =>
		expect(() => withApiKey(credential, options as never)).toThrow(/is not sent to/),
	);

	it('leaves the given request as it was', () => {
		const options = { url: '/v1', headers: { A: 'b' } };
		withApiKey(credential, options);
		expect(options).toEqual({ url: '/v1', headers: { A: 'b' } });
	});
});
