import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { textOf } from '../api/host';
import { isRecord } from '../api/replies';

/** @returns the text of a resource locator, whichever way it was chosen */
export function locatorText(context: IExecuteFunctions, name: string, itemIndex: number): string {
	return locator(context, name, itemIndex).value;
}

/** @returns the text of a resource locator and how it was chosen; an expression may give bare text */
export function locator(
	context: IExecuteFunctions,
	name: string,
	itemIndex: number,
): { mode: string; value: string } {
	const given: unknown = context.getNodeParameter(name, itemIndex, '');
	if (!isRecord(given)) return { mode: '', value: textOf(given) };
	return { mode: textOf(given.mode), value: textOf(given.value) };
}

/** @returns text that was entered, without blanks around it */
export function parameterText(context: IExecuteFunctions, name: string, itemIndex: number): string {
	const given: unknown = context.getNodeParameter(name, itemIndex, '');
	return typeof given === 'number' ? String(given) : textOf(given);
}

/** How many entries of a list a person wants. */
export const LIST_LENGTH: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		default: 50,
		typeOptions: { minValue: 1 },
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** @returns the wanted number of entries; nothing for all */
export function listLimit(context: IExecuteFunctions, itemIndex: number): number | undefined {
	if (context.getNodeParameter('returnAll', itemIndex, false) === true) return undefined;
	return Math.max(1, Math.trunc(Number(context.getNodeParameter('limit', itemIndex, 50)) || 50));
}
