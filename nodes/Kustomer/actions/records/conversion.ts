import { inWords, type Choice, type CustomAttribute } from '../../api/metadata';
import type { NameKind } from '../../api/names';
import { isRecord } from '../../narrowing';
import { DATE_WORDS, dayOf, instantOf, withoutDateObjects } from './dates';
import {
	booleanFrom,
	choiceFrom,
	isBlank,
	jsonIn,
	listFrom,
	numberFrom,
	objectFrom,
	textFrom,
	unfit,
} from './givenValues';

/** What is needed to know of an attribute, Kustomer's or the organization's, to read its value. */
export type Field = Pick<CustomAttribute, 'label' | 'type' | 'choices'> & {
	/** In a list of objects, the property that plain text becomes; `object` where text is too little. */
	entry?: string;
	/** The list whose names stand for ids. */
	names?: NameKind;
};

/** @returns the choices of an attribute of Kustomer's, labelled in words */
export function choicesOf({ options }: { options?: readonly string[] }): Choice[] | undefined {
	return options?.map((value) => ({ name: inWords(value), value }));
}

/**
 * @param value as it was entered, or as an expression gave it
 * @param timeZone the workflow's, for dates that name none
 * @returns what Kustomer wants; undefined when nothing was entered
 * @throws InputMistake naming the label, what it must be and what it is
 */
export function converted(field: Field, value: unknown, timeZone: string): unknown {
	const given = withoutDateObjects(value);
	if (isBlank(given)) return undefined;
	const { label } = field;
	switch (field.type) {
		case 'number':
			return numberFrom(given, label);
		case 'boolean':
			return booleanFrom(given, label);
		case 'date':
			return dayOf(textFrom(given, label), timeZone) ?? refuseDate(label, given);
		case 'dateTime':
			return instantOf(textFrom(given, label), timeZone) ?? refuseDate(label, given);
		case 'options':
			return wordOf(field, given);
		case 'object':
			return objectFrom(given, label);
		case 'list':
		case 'idList':
			return entriesOf(field, given);
		default:
			// A queue is written by name, or as the object that Kustomer has in its place.
			return field.names === 'queues' && isRecord(given) ? given : textFrom(given, label);
	}
}

function refuseDate(label: string, given: unknown): never {
	throw unfit(label, DATE_WORDS, given);
}

function entriesOf(field: Field, given: unknown): unknown[] {
	return listFrom(oneObject(field, given), field.label).map((entry) => entryOf(field, entry));
}

/** The JSON of a single object has commas too. */
function oneObject(field: Field, given: unknown): unknown {
	const isJson = field.entry !== undefined && typeof given === 'string' && /^\s*\{/.test(given);
	return (isJson ? jsonIn(given) : undefined) ?? given;
}

function entryOf(field: Field, given: unknown): unknown {
	const { label, entry } = field;
	if (entry === undefined) return wordOf(field, given);
	if (isRecord(given)) return given;
	if (entry === 'object') throw unfit(label, "a JSON list of Kustomer's objects", given);
	return { [entry]: textFrom(given, label) };
}

function wordOf({ label, choices }: Field, given: unknown): string {
	return choices === undefined ? textFrom(given, label) : choiceFrom(given, label, choices);
}
