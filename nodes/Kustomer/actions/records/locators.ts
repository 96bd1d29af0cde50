import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { BY_ID, LOCATOR_DEFAULT, locatorProperty } from '../itemParameters';
import { RECORD_KINDS } from './kinds';
import type { RecordKind } from './record';

/** Every way of naming a record; each kind has some of them. */
const WAYS: { modes: INodePropertyMode[] } = {
	modes: [
		{
			displayName: 'By Email',
			name: 'email',
			type: 'string',
			placeholder: 'e.g. jane@example.com',
		},
		{
			displayName: 'By External ID',
			name: 'externalId',
			type: 'string',
			placeholder: 'e.g. A-1042',
			hint: 'The ID that your own system has for it',
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 5fe109880e432183796e9218',
		},
		{
			displayName: 'By Phone',
			name: 'phone',
			type: 'string',
			placeholder: 'e.g. +14155550123',
		},
		{
			// n8n calls a mode of this name so, whatever this says.
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://acme.kustomerapp.com/app/customers/5fe1…',
			hint: 'The address of its page in Kustomer',
		},
	],
};

/** One definition of a record's locator serves all operations. */
function locatorModes(kind: RecordKind): INodePropertyMode[] {
	const ways = ['id', ...Object.keys(kind.lookups)];
	if (kind.externalIdInList) ways.push('externalId');
	if (kind.page !== undefined && kind.value !== 'message') ways.push('url');
	const { modes } = locatorProperty(
		{ method: listMethod(kind), placeholder: `Choose a ${kind.label.toLowerCase()}...` },
		BY_ID,
	);
	return [...(modes ?? []).slice(0, 1), ...WAYS.modes.filter(({ name }) => ways.includes(name))];
}

/** @returns the name of the method that lists the records of a kind in the editor */
export function listMethod({ value }: Pick<RecordKind, 'value'>): string {
	return `search${value[0].toUpperCase()}${value.slice(1)}s`.replace(/ys$/, 'ies');
}

export function locatorOf(kind: RecordKind, description: string): INodeProperties {
	return {
		displayName: kind.label,
		name: kind.value,
		type: 'resourceLocator',
		required: true,
		default: LOCATOR_DEFAULT,
		description,
		modes: locatorModes(kind),
	};
}

/** @returns the locator of a record that another one is about */
export function locatorNamed(value: string, description: string): INodeProperties {
	const kind = RECORD_KINDS.find((one) => one.value === value) ?? RECORD_KINDS[0];
	return locatorOf(kind, description);
}
