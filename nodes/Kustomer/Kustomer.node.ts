import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { apiKeyTest, webhookSecretTest } from './api/credentialTests';
import {
	searchEmailHooks,
	searchHooks,
	searchPostHooks,
	searchWebhooks,
} from './actions/webhookLists';
import {
	getAttributes,
	getSearchFields,
	getSearchOperators,
	getSearchSorts,
	getTeams,
	getUsers,
	recordLists,
} from './actions/records/choices';
import { runOperation } from './actions/run';
import { chosenOperation, PROPERTIES, shownWith, SUBTITLE } from './actions/table';

export class Kustomer implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kustomer',
		name: 'kustomer',
		icon: { light: 'file:kustomer.svg', dark: 'file:kustomer.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: SUBTITLE,
		description:
			'Reads and writes customers, conversations and other records of Kustomer, posts to its inbound webhooks, and manages webhooks',
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
				displayOptions: shownWith('kustomerApi'),
			},
			{
				name: 'kustomerWebhookApi',
				required: true,
				testedBy: 'kustomerWebhookSecretTest',
				displayOptions: shownWith('kustomerWebhookApi'),
			},
		],
		properties: PROPERTIES,
	};

	methods = {
		listSearch: {
			...recordLists,
			searchEmailHooks,
			searchHooks,
			searchPostHooks,
			searchWebhooks,
		},
		loadOptions: { getSearchFields, getSearchOperators, getSearchSorts, getTeams, getUsers },
		resourceMapping: { getAttributes },
		credentialTest: { kustomerApiTest: apiKeyTest, kustomerWebhookSecretTest: webhookSecretTest },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await runOperation(this, () => chosenOperation(this))];
	}
}
