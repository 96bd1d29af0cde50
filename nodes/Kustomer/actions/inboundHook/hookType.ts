import type { IExecuteFunctions } from 'n8n-workflow';
import type { HookType } from './hookAddress';

/** @returns the parameter `hookType` */
export function hookTypeOf(context: IExecuteFunctions, itemIndex: number): HookType {
	const given = context.getNodeParameter('hookType', itemIndex, 'web');
	return given === 'form' || given === 'email' ? given : 'web';
}
