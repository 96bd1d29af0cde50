import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { withApiKey } from '../nodes/Kustomer/api/authorization';
import { API_KEYS } from '../nodes/Kustomer/api/places';

export class KustomerApi implements ICredentialType {
	name = 'kustomerApi';

	displayName = 'Kustomer API';

	icon: Icon = {
		light: 'file:../nodes/Kustomer/kustomer.svg',
		dark: 'file:../nodes/Kustomer/kustomer.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-kustomer/n8n-nodes-kustomer/blob/main/docs/credentials.md#kustomer-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{
					name: 'By Organization Subdomain',
					value: 'org',
					description: 'Right for nearly everyone: Kustomer finds the region itself',
				},
				{ name: 'United States', value: 'us', description: 'Host api.kustomerapp.com' },
				{ name: 'Europe', value: 'eu', description: 'Host api.prod2.kustomerapp.com' },
				{ name: 'India', value: 'india', description: 'Host api.prod4.kustomerapp.com' },
				{
					name: 'Custom Base URL',
					value: 'custom',
					description:
						'For a gateway of your own, or the local Kustomer that comes with this package',
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
				'The first part of the address where you sign in to Kustomer: "acme" if that is https://acme.kustomerapp.com. You can also paste the whole address.',
			displayOptions: { show: { region: ['org'] } },
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://acme.api.kustomerapp.com',
			description:
				'The address of the API without "/v1". It must begin with https://; http:// works only for the machine that n8n runs on (http://localhost).',
			displayOptions: { show: { region: ['custom'] } },
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: `From Kustomer: ${API_KEYS} > Add API Key. Kustomer shows it only once. Its roles cannot be changed later. The trigger needs org.outbound_webhooks (or org.permission.outbound_webhook.read, .create, .update and .delete), posts to web hooks need org.hooks, and choosing hooks from a list needs org.permission.hook.read. Whatever its roles, a key can write to customers: Kustomer asks for none to send.`,
		},
		{
			displayName:
				'There is a space or line break before or after the API key, probably from copying. It is ignored, but better removed.',
			name: 'blankNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { apiKey: [{ _cnd: { regex: '^\\s|\\s$' } }] } },
		},
	];

	// The nodes test it with a function (testedBy), so that the answer can be a sentence.

	/**
	 * A function, because n8n's declarative form would send the key to whatever host a request
	 * names. This one refuses foreign hosts and unencrypted connections.
	 */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		return withApiKey(credentials, requestOptions);
	}
}
