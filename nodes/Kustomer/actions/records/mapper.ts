import type { FieldType, ResourceMapperField } from 'n8n-workflow';
import type { Choice, CustomAttribute, ValueType } from '../../api/metadata';
import type { Attribute } from './attributes';
import { choicesOf } from './conversion';

/** n8n saves every choice into every node that shows the form; longer lists are taken by name. */
const MOST_CHOICES = 50;

/** The inputs of the form. Lists are text, so that values with commas between them can be typed. */
const INPUTS: Readonly<Record<ValueType, FieldType>> = {
	string: 'string',
	text: 'string',
	url: 'string',
	list: 'string',
	idList: 'string',
	number: 'number',
	boolean: 'boolean',
	date: 'dateTime',
	dateTime: 'dateTime',
	object: 'object',
	options: 'options',
};

/**
 * @param own Kustomer's attributes that the operation takes
 * @param custom the organization's
 * @param starts names that the form begins with, besides the required ones
 * @returns the fields of n8n's resource mapper: required ones first, then those it begins with,
 *   each part by its label
 */
export function mapperFields(
	own: readonly Attribute[],
	custom: readonly CustomAttribute[],
	starts: readonly string[],
): ResourceMapperField[] {
	const fields = [
		...own.map((one) => ({ ...one, id: one.name, choices: choicesOf(one) })),
		...custom.map((one) => ({ ...one, id: `custom.${one.name}` })),
	].map((one) => fieldOf(one, starts));
	return distinct(fields).sort(
		(a, b) =>
			Number(b.required) - Number(a.required) ||
			Number(a.removed) - Number(b.removed) ||
			a.displayName.localeCompare(b.displayName),
	);
}

type Shown = Pick<Attribute, 'label' | 'type' | 'entry' | 'required' | 'readOnly' | 'default'> & {
	id: string;
	choices?: readonly Choice[];
};

function fieldOf(one: Shown, starts: readonly string[]): ResourceMapperField {
	const required = one.required === true;
	const choices = one.choices ?? [];
	const isShort = one.type === 'options' && choices.length <= MOST_CHOICES;
	return {
		id: one.id,
		displayName: labelled(one),
		defaultMatch: false,
		canBeUsedToMatch: false,
		required,
		display: one.readOnly !== true,
		type: one.type === 'options' && !isShort ? 'string' : INPUTS[one.type],
		removed: !required && !starts.includes(one.id),
		...(isShort && { options: [...choices] }),
		...(one.default !== undefined && { defaultValue: one.default }),
	};
}

/** n8n's form has no hints, so that the label has to say how several values are written. */
function labelled({ label, type, entry }: Shown): string {
	const isList = type === 'list' || type === 'idList';
	return isList && entry !== 'object' ? `${label} (Comma-Separated)` : label;
}

/** Organizations give attributes the labels of Kustomer's, or one label twice. */
function distinct(fields: readonly ResourceMapperField[]): ResourceMapperField[] {
	const counts = new Map<string, number>();
	for (const { displayName } of fields) {
		counts.set(displayName, (counts.get(displayName) ?? 0) + 1);
	}
	return fields.map((field) =>
		counts.get(field.displayName) === 1 || !field.id.startsWith('custom.')
			? field
			: { ...field, displayName: `${field.displayName} (${field.id})` },
	);
}
