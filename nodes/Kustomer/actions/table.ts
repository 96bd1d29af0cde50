import {
	NodeOperationError,
	updateDisplayOptions,
	type INodeCredentialDescription,
	type IExecuteFunctions,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { generate } from './appDefinition/generate';
import { catchUp } from './event/getMissed';
import { verify } from './event/verify';
import { composeEmail } from './inboundHook/composeEmail';
import { create } from './inboundHook/create';
import { getDeliveries as getHookDeliveries } from './inboundHook/getDeliveries';
import { getMany as getManyHooks } from './inboundHook/getMany';
import { post } from './inboundHook/post';
import { RECORD_DETAILS, RECORD_PROPERTIES } from './records/description';
import { RECORD_RESOURCES } from './records/resources';
import type { CredentialName, Operation, ResourceEntry } from './operation';
import {
	disable,
	enable,
	get as getWebhook,
	getDeliveries as getWebhookDeliveries,
	getMany as getManyWebhooks,
	remove as deleteWebhook,
	repair,
} from './outboundWebhook/operations';

/** Everything the node can do: its lists, its parameters, its credentials and the dispatch derive from this table. */
export const RESOURCES: readonly ResourceEntry[] = [
	...RECORD_RESOURCES,
	{
		name: 'App Definition',
		value: 'appDefinition',
		description: 'The JSON with which a Kustomer app declares its webhooks',
		operations: [generate],
		defaultOperation: 'generate',
	},
	{
		name: 'Event',
		value: 'event',
		description: 'Events of Kustomer that did not reach n8n through the Kustomer Trigger',
		operations: [catchUp, verify],
		defaultOperation: 'verify',
	},
	{
		name: 'Inbound Webhook',
		value: 'inboundHook',
		description:
			'Hooks that take data into Kustomer (Settings > Platform > Inbound Webhooks): post to them, create and inspect them',
		operations: [composeEmail, create, getHookDeliveries, getManyHooks, post],
		defaultOperation: 'post',
	},
	{
		name: 'Outbound Webhook',
		value: 'outboundWebhook',
		description:
			'Webhooks through which Kustomer sends events (Settings > Platform > Outbound Webhooks): inspect them, switch them on and off',
		operations: [
			deleteWebhook,
			disable,
			enable,
			getWebhook,
			getWebhookDeliveries,
			getManyWebhooks,
			repair,
		],
		defaultOperation: 'getMany',
	},
].sort((a, b) => a.name.localeCompare(b.name));

/** @throws NodeOperationError for a resource or operation that the node does not have */
export function chosenOperation(context: IExecuteFunctions): Operation {
	const resource: unknown = context.getNodeParameter('resource', 0);
	const operation: unknown = context.getNodeParameter('operation', 0, '');
	const found = RESOURCES.find(({ value }) => value === resource)?.operations.find(
		({ value }) => value === operation,
	);
	if (found !== undefined) return found;
	throw new NodeOperationError(
		context.getNode(),
		`The Kustomer node has no operation "${operation}" for the resource "${resource}". Choose both again from their lists.`,
	);
}

/** The list of resources, the list of operations of each, then the parameters of every operation. */
export const PROPERTIES: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		default: 'inboundHook',
		options: RESOURCES.map(({ name, value, description }) => ({ name, value, description })),
	},
	...RESOURCES.map(operationList),
	...RECORD_PROPERTIES,
	...RESOURCES.flatMap((resource) =>
		resource.operations.flatMap((operation) =>
			updateDisplayOptions(
				{ show: { resource: [resource.value], operation: [operation.value] } },
				operation.properties,
			),
		),
	),
	...RECORD_DETAILS,
];

const ALL_OPERATIONS = RESOURCES.flatMap(({ value: resource, operations }) =>
	operations.map((operation) => ({ resource, ...operation })),
);

/**
 * @returns when the editor shows a credential: for the resources that use it, but not for an
 *   operation that uses the other one
 */
export function shownWith(
	credential: CredentialName,
): INodeCredentialDescription['displayOptions'] {
	const own = ALL_OPERATIONS.filter((operation) => operation.credential === credential);
	const others = ALL_OPERATIONS.filter(
		(operation) => operation.credential !== undefined && operation.credential !== credential,
	);
	const names = new Set(own.map(({ value }) => value));
	return {
		show: { resource: [...new Set(own.map(({ resource }) => resource))] },
		hide: { operation: others.map(({ value }) => value).filter((value) => !names.has(value)) },
	};
}

/** By both, because resources name their operations differently. */
const SUBTITLES = Object.fromEntries(
	RESOURCES.flatMap((resource) =>
		resource.operations.map(({ name, value }) => [
			`${resource.value}/${value}`,
			`${name}: ${resource.name}`,
		]),
	),
);

/** Under the node's name on the canvas, e.g. "Post: Inbound Webhook". */
export const SUBTITLE = `={{ (${JSON.stringify(SUBTITLES)})[$parameter["resource"] + "/" + $parameter["operation"]] }}`;

function operationList({
	value: shownFor,
	operations,
	defaultOperation,
}: ResourceEntry): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [shownFor] } },
		options: operations.map(
			({ name, value, action, description }): INodePropertyOptions => ({
				name,
				value,
				action,
				description,
			}),
		),
		default: defaultOperation,
	};
}
