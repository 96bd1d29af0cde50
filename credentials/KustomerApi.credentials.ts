import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { withApiKey } from '../nodes/Kustomer/api/authorization';

export class KustomerApi implements ICredentialType {
	name = 'kustomerApi';

	displayName = 'Kustomer API';

	icon: Icon = {
		light: 'file:../nodes/Kustomer/kustomer.svg',
		dark: 'file:../nodes/Kustomer/kustomer.dark.svg',
	};

	documentationUrl = 'https://developer.kustomer.com/docs/get-started/api-keys-and-roles';

	properties: INodeProperties[] = [
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{
					name: 'By Organization Subdomain',
					value: 'org',
					description: 'Right for nearly everybody: Kustomer finds the region itself',
				},
				{ name: 'United States', value: 'us', description: 'Host api.kustomerapp.com' },
				{ name: 'Europe', value: 'eu', description: 'Host api.prod2.kustomerapp.com' },
				{ name: 'India', value: 'india', description: 'Host api.prod4.kustomerapp.com' },
				{
					name: 'Custom Base URL',
					value: 'custom',
					description: 'For a gateway of your own, or a local Kustomer for building flows',
				},
			],
			default: 'org',
			description: 'How n8n finds your organization. An API key works only in its own region.',
		},
		{
			displayName: 'Subdomain',
			name: 'subdomain',
			type: 'string',
			default: '',
			placeholder: 'e.g. acme',
			description:
				'The first part of the address at which you sign in to Kustomer: for https://acme.kustomerapp.com it is "acme". The whole address is understood too.',
			displayOptions: { show: { region: ['org'] } },
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://acme.api.kustomerapp.com',
			description:
				'The address of the API without "/v1". It must begin with https://, except on this machine itself (http://localhost).',
			displayOptions: { show: { region: ['custom'] } },
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'From Kustomer: Settings > Security > API Keys > Add API Key. Kustomer shows it once. Roles for the trigger: org.outbound_webhooks (or org.permission.outbound_webhook.read, .create, .update and .delete). For posting to web hooks: org.hooks. For choosing hooks from a list: org.permission.hook.read. Roles cannot be changed later: make a new key instead.',
		},
		{
			displayName:
				'There is a blank before or after the API key, probably from copying. n8n leaves it out, but better remove it here.',
			name: 'blankNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { apiKey: [{ _cnd: { regex: '^\\s|\\s$' } }] } },
		},
	];

	// The test is a function of the nodes (testedBy), so that it can answer in words.

	/**
	 * A function and not n8n's declarative form: that one would send the key to whatever host a
	 * request names. Here, foreign hosts and unencrypted connections are refused.
	 */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return withApiKey(credentials, requestOptions);
	}
}
