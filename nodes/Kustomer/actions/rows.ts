import type { IExecuteFunctions } from 'n8n-workflow';
import { isRecord } from '../api/replies';
import type { Field, FieldType } from './inboundHook/fields';

const TYPES: readonly FieldType[] = ['automatic', 'text', 'number', 'boolean', 'json'];

/** @returns the rows of a fixed collection; none when it is empty */
export function rowsOf(
	context: IExecuteFunctions,
	collection: { name: string; row: string },
	itemIndex: number,
): Array<Record<string, unknown>> {
	const given: unknown = context.getNodeParameter(collection.name, itemIndex, {});
	const rows = isRecord(given) ? given[collection.row] : undefined;
	return Array.isArray(rows) ? rows.filter(isRecord) : [];
}

/** @returns the parameter `fields` */
export function fieldsOf(context: IExecuteFunctions, itemIndex: number): Field[] {
	return rowsOf(context, { name: 'fields', row: 'field' }, itemIndex).map((row) => ({
		name: String(row.name ?? '').trim(),
		value: row.value ?? null,
		type: TYPES.find((type) => type === row.type) ?? 'automatic',
	}));
}
