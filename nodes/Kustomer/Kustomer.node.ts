import {
	NodeConnectionTypes,
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { apiKeyTest } from './api/keyTest';
import { searchPostHooks } from './operations/inboundHook/lists';
import { OPERATION_PROPERTIES, RESOURCE_OPTIONS, findOperation } from './operations/table';
import { webhookSecretTest } from './operations/webhookSecretTest';

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
		listSearch: { searchPostHooks },
		credentialTest: { kustomerApiTest: apiKeyTest, kustomerWebhookSecretTest: webhookSecretTest },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = this.getNodeParameter('resource', 0) as string;
		const name = this.getNodeParameter('operation', 0) as string;
		const operation = findOperation(resource, name);
		if (operation === undefined) {
			throw new NodeOperationError(
				this.getNode(),
				`The Kustomer node has no operation "${name}" for the resource "${resource}". Choose both again from their lists.`,
			);
		}
		return [await operation.execute(this)];
	}
}
