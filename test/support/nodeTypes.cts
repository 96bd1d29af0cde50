import type { INodeType, INodeTypes } from 'n8n-workflow';

/** @returns what n8n knows of where there is only this node */
export function onlyNodeType(type: INodeType): INodeTypes {
	return {
		getByName: () => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	};
}
