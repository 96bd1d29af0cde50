import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';
import { inboundHook } from './inboundHook/resource';
import type { Operation, Resource } from './operation';

/** Everything the node can do: the lists, the parameters and the dispatch derive from this table. */
export const RESOURCES: readonly Resource[] = [inboundHook];

/** @returns the operation of these two parameters, or nothing when there is none */
export function findOperation(resource: string, operation: string): Operation | undefined {
	return RESOURCES.find(({ value }) => value === resource)?.operations.find(
		({ value }) => value === operation,
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
