import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { apiKeyTest } from './api/keyTest';
import { searchEmailHooks, searchHooks, searchPostHooks } from './actions/inboundHook/lists';
import { searchWebhooks } from './actions/outboundWebhook/webhook';
import { withoutRun } from './actions/batches';
import { OPERATION_PROPERTIES, RESOURCE_OPTIONS, chosenOperation } from './actions/table';
import { webhookSecretTest } from './actions/webhookSecretTest';

export class Kustomer implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kustomer',
		name: 'kustomer',
		icon: { light: 'file:kustomer.svg', dark: 'file:kustomer.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Posts data to the inbound webhooks of Kustomer, and looks after inbound and outbound webhooks',
		defaults: { name: 'Kustomer' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				// One entry for web and form hooks: n8n takes the first of a name and stops when it is hidden.
				name: 'kustomerApi',
				required: false,
				testedBy: 'kustomerApiTest',
				displayOptions: { show: { resource: ['inboundHook', 'outboundWebhook'] } },
			},
			{
				name: 'kustomerWebhookApi',
				required: true,
				testedBy: 'kustomerWebhookSecretTest',
				displayOptions: { show: { resource: ['event'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'inboundHook',
				options: RESOURCE_OPTIONS,
			},
			...OPERATION_PROPERTIES,
		],
	};

	methods = {
		listSearch: { searchEmailHooks, searchHooks, searchPostHooks, searchWebhooks },
		credentialTest: { kustomerApiTest: apiKeyTest, kustomerWebhookSecretTest: webhookSecretTest },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		try {
			return [await chosenOperation(this).execute(this)];
		} catch (error) {
			return [withoutRun(this, error)];
		}
	}
}
