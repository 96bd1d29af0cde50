import {
	NodeOperationError,
	updateDisplayOptions,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';
import { appDefinition } from './appDefinition/resource';
import { event } from './event/resource';
import { inboundHook } from './inboundHook/resource';
import type { Operation, Resource } from './operation';
import { outboundWebhook } from './outboundWebhook/resource';

/** Everything the node can do: the lists, the parameters and the dispatch derive from this table. */
export const RESOURCES: readonly Resource[] = [appDefinition, event, inboundHook, outboundWebhook];

/**
 * @returns the operation that the node's parameters name
 * @throws NodeOperationError when there is none of that name
 */
export function chosenOperation(context: IExecuteFunctions): Operation {
	const resource: unknown = context.getNodeParameter('resource', 0);
	const operation: unknown = context.getNodeParameter('operation', 0);
	const found = RESOURCES.find(({ value }) => value === resource)?.operations.find(
		({ value }) => value === operation,
	);
	if (found !== undefined) return found;
	throw new NodeOperationError(
		context.getNode(),
		`The Kustomer node has no operation "${operation}" for the resource "${resource}". Choose both again from their lists.`,
	);
}

/** The list of operations of every resource, then the parameters of every operation. */
export const OPERATION_PROPERTIES: INodeProperties[] = [
	...RESOURCES.map(operationList),
	...RESOURCES.flatMap((resource) =>
		resource.operations.flatMap((operation) =>
			updateDisplayOptions(
				{ show: { resource: [resource.value], operation: [operation.value] } },
				operation.properties,
			),
		),
	),
];

export const RESOURCE_OPTIONS = RESOURCES.map(({ name, value, description }) => ({
	name,
	value,
	description,
}));

function operationList({
	value: shownFor,
	operations,
	defaultOperation,
}: Resource): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [shownFor] } },
		options: operations.map(({ name, value, action, description }) => ({
			name,
			value,
			action,
			description,
		})),
		default: defaultOperation,
	};
}
