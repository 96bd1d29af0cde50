import {
	hookAddress,
	onCredentialHost,
} from '../../../../nodes/Kustomer/actions/inboundHook/hookAddress';
import { InputMistake } from '../../../../nodes/Kustomer/actions/itemErrors';

const HASH = 'a'.repeat(64);
const WEB = `https://acme.api.kustomerapp.com/v1/hooks/web/${HASH}`;
const FORM = `https://api.kustomerapp.com/v1/hooks/form/5fe109880e432183796e9218/${HASH}`;

describe('the address of a web hook', () => {
	it('is taken as Kustomer gives it', () => expect(hookAddress('web', WEB)).toBe(WEB));
	it('is taken without the spaces around it', () =>
		expect(hookAddress('web', ` ${WEB}\n`)).toBe(WEB));
	it('may be its path alone', () =>
		expect(hookAddress('web', `/v1/hooks/web/${HASH}`)).toBe(`/v1/hooks/web/${HASH}`));
	it('may be its hash alone', () => expect(hookAddress('web', HASH)).toBe(`/v1/hooks/web/${HASH}`));
	it('may be http on this machine', () =>
		expect(hookAddress('web', `http://127.0.0.1:8080/v1/hooks/web/${HASH}`)).toContain('8080'));
});

describe('the address of a form hook', () => {
	it('is taken with the organization', () => expect(hookAddress('form', FORM)).toBe(FORM));
	it('is taken without the organization', () => {
		const short = `https://api.kustomerapp.com/v1/hooks/form/${HASH}`;
		expect(hookAddress('form', short)).toBe(short);
	});
	it('may be on a gateway of your own', () => {
		const own = `https://gateway.example.com/v1/hooks/form/${HASH}`;
		expect(hookAddress('form', own)).toBe(own);
	});
});

describe('an address that is not one', () => {
	it.each([
		['web', FORM, /address of a form hook\. Set Hook Type to "Form"/],
		['form', WEB, /address of a web hook\. Set Hook Type to "Web"/],
		['web', `${HASH}@hooks.kustomerapp.com`, /e-mail address.*"Compose Email"/],
		['form', `mailto:${HASH}@hooks.kustomerapp.com`, /e-mail address.*"Compose Email"/],
		[
			'web',
			'https://acme.kustomerapp.com/app/settings/hooks',
			/page of Kustomer.*Copy Hook Address/,
		],
		['form', 'https://acme.kustomerapp.com/', /page of Kustomer/],
		['web', 'https://acme.api.kustomerapp.com/v1/hooks/web', /not complete/],
		['web', 'https://acme.api.kustomerapp.com/v1/hooks/web/', /not complete/],
		['form', 'https://acme.api.kustomerapp.com/v1/hooks/form', /not complete/],
		['web', 'https://acme.api.kustomerapp.com/v1/outbound-webhooks/1', /outbound webhook/],
		['web', 'https://n8n.example.com/webhook/1234/webhook', /not the address of an inbound hook/],
		['web', `https://acme.api.kustomerapp.com/v1/hooks/email/${HASH}`, /e-mail address/],
		['web', 'my hook', /not a URL/],
		['form', HASH, /not a URL/],
		['form', `/v1/hooks/form/${HASH}`, /not a URL/],
		['form', 'ftp://api.kustomerapp.com/v1/hooks/form/1', /not a URL/],
		['web', '', /No hook is chosen/],
		['web', '  ', /No hook is chosen/],
		['form', FORM.replace('https:', 'http:'), /must begin with https/],
		['web', WEB.replace('https:', 'http:'), /must begin with https/],
		['web', WEB.replace('https://', 'https://me:secret@'), /user name or password/],
	] as const)('%s hook: %s is refused and said', (hookType, given, words) => {
		expect(() => hookAddress(hookType, given)).toThrow(InputMistake);
		expect(() => hookAddress(hookType, given)).toThrow(words);
	});

	it('is not repeated in the message, for it may be a secret', () => {
		expect(() => hookAddress('web', 'eyJhbGciOi.secret')).not.toThrow(/eyJ/);
		expect(() => hookAddress('web', `https://x.example/${HASH}`)).not.toThrow(new RegExp(HASH));
	});
});

describe('a web hook seen under another name of the same organization', () => {
	const own = 'https://acme.api.kustomerapp.com';

	it('moves from the region to the organization', () =>
		expect(onCredentialHost(own, `https://api.kustomerapp.com/v1/hooks/web/${HASH}?a=1`)).toBe(
			`${own}/v1/hooks/web/${HASH}?a=1`,
		));
	it('moves from the organization to the region', () =>
		expect(onCredentialHost('https://api.prod2.kustomerapp.com', WEB)).toBe(
			`https://api.prod2.kustomerapp.com/v1/hooks/web/${HASH}`,
		));
	it.each([
		`https://other.api.kustomerapp.com/v1/hooks/web/${HASH}`,
		`https://api.kustomerapp.com.evil.example/v1/hooks/web/${HASH}`,
		`https://evil-api.kustomerapp.com/v1/hooks/web/${HASH}`,
		`http://api.kustomerapp.com/v1/hooks/web/${HASH}`,
		`https://api.kustomerapp.com:8443/v1/hooks/web/${HASH}`,
	])('%s stays, to be refused', (address) => expect(onCredentialHost(own, address)).toBe(address));
	it('stays when the credential has a base URL of its own', () => {
		const address = `https://api.kustomerapp.com/v1/hooks/web/${HASH}`;
		expect(onCredentialHost('https://gateway.example.com', address)).toBe(address);
	});
});
