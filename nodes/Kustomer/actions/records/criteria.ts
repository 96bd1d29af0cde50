import type { NameKind } from '../../api/names';
import {
	fieldLabel,
	fieldNamed,
	kindOf,
	operatorsOf,
	type SearchField,
	type SearchSchema,
} from '../../api/searchSchema';
import { textOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { choicesOf } from './conversion';
import { DATE_WORDS, dayAlone, instantOf, relativeInstant, withoutDateObjects } from './dates';
import {
	booleanFrom,
	choiceFrom,
	choicesMeant,
	isBlank,
	jsonIn,
	listFrom,
	numberFrom,
	shown,
	textFrom,
	unfit,
} from './givenValues';

/** A row of the parameter `criteria`, as the editor or an expression filled it. */
export type CriterionRow = { field?: unknown; operator?: unknown; value?: unknown };

export type SearchForm = {
	schema: SearchSchema;
	/** What is searched for: `customer`, …, `kobject_<klass>`. */
	context: string;
	rows: readonly CriterionRow[];
	match: 'all' | 'any';
	/** Plain words, which must hold beside the rows. */
	text?: unknown;
	/** The time of the last change when left out, since Kustomer has no order of its own. */
	sortBy?: unknown;
	sortDirection?: 'asc' | 'desc';
	timeZone: string;
	now: Date;
	/** Gives the ids of names, and ids as they are. */
	idsOf?: (kind: NameKind, names: string[]) => Promise<string[]>;
};

type Criterion = Record<string, Record<string, unknown>>;

/** Operators that say all there is to say; Kustomer wants some value. */
const WITHOUT_VALUE = new Set(['set', 'not_set']);

const OF_ONE = new Set([
	'contains',
	'equals',
	'gt',
	'gte',
	'lt',
	'lte',
	'not_contains',
	'not_equals',
	'starts_with',
]);

const OF_SEVERAL = new Set(['in', 'not_in', 'contains_any', 'not_contains_any']);

/** What `Is` and `Is Not` become for several values. */
const SEVERAL: ReadonlyMap<string, string> = new Map([
	['equals', 'in'],
	['not_equals', 'not_in'],
]);

/** Their values hold no commas, so that text with commas means several. */
const WITHOUT_COMMAS = new Set(['list', 'tree', 'number']);

const NAMED: ReadonlyArray<readonly [RegExp, NameKind]> = [
	[/_tags$/, 'tags'],
	[/_(teams|team_mentions)$/, 'teams'],
	[/_(created_by|modified_by|sent_by|users|watchers|user_mentions)$/, 'users'],
	[/^conversation_queue$/, 'queues'],
];

/**
 * Writes a search as Kustomer reads it: one field and one operator a criterion, so that two bounds
 * of a date are two criteria. A day without a time stays one; Kustomer reads it in the time zone.
 * Source: https://developer.kustomer.com/docs/concepts/search
 *
 * @throws InputMistake naming the criterion's field, what it must be and what it is; what `idsOf`
 *   throws for a name that it does not know
 */
export async function searchBody(form: SearchForm): Promise<Record<string, unknown>> {
	const criteria: Criterion[] = [];
	for (const [index, row] of form.rows.entries()) {
		if (!isBlank(row.field) || !isBlank(row.value))
			criteria.push(await criterion(form, row, index));
	}
	const words = textFrom(form.text ?? '', 'Text').trim();
	const text = words === '' ? [] : [{ [`${kindOf(form.context)}_any_text`]: { contains: words } }];
	const [and, or] = form.match === 'any' ? [text, criteria] : [[...text, ...criteria], []];
	return {
		queryContext: form.context,
		...(and.length > 0 && { and }),
		...(or.length > 0 && { or }),
		sort: [{ [sortField(form)]: form.sortDirection ?? 'desc' }],
		timeZone: form.timeZone,
	};
}

function sortField({ schema, context, sortBy }: SearchForm): string {
	const typed = textOf(sortBy);
	if (typed === '') return `${kindOf(context)}_updated_at`;
	const name = fieldNamed(schema, context, typed)?.name;
	if (name !== undefined) return name;
	if (schema.sortable.includes(typed)) return typed;
	throw new InputMistake(
		`"Sort By" names ${shown(typed)}, which Kustomer cannot sort by. Choose one from the list.`,
	);
}

async function criterion(form: SearchForm, row: CriterionRow, index: number): Promise<Criterion> {
	const typed = textOf(row.field);
	if (typed === '') {
		throw new InputMistake(`Criterion ${index + 1} has no field. Choose one, or remove it.`);
	}
	const field = fieldNamed(form.schema, form.context, typed);
	if (field === undefined) {
		throw new InputMistake(
			`Criterion ${index + 1} names the field ${shown(typed)}, which Kustomer cannot search for. Choose one from the list.`,
		);
	}
	const operator = operatorMeant(form.schema, field, row);
	if (WITHOUT_VALUE.has(operator)) return { [field.name]: { [operator]: true } };
	const given = withoutDateObjects(row.value);
	if (isBlank(given)) throw valueless(field);
	return { [field.name]: await comparison({ form, field, operator, given }) };
}

function valueless({ name }: SearchField): InputMistake {
	return new InputMistake(
		`The criterion "${fieldLabel(name)}" has no value. Enter one, or remove the criterion: without it the search would find more.`,
	);
}

function operatorMeant(schema: SearchSchema, field: SearchField, row: CriterionRow): string {
	const operators = operatorsOf(schema, field);
	const typed = textOf(row.operator) || operators[0];
	if (operators.includes(typed)) return typed;
	throw unfit(`Operator of ${fieldLabel(field.name)}`, `one of ${operators.join(', ')}`, typed);
}

type Comparison = { form: SearchForm; field: SearchField; operator: string; given: unknown };

async function comparison(one: Comparison): Promise<Record<string, unknown>> {
	const { form, field, operator, given } = one;
	if (!OF_ONE.has(operator) && !OF_SEVERAL.has(operator)) return { [operator]: asJson(given) };
	const values = valuesIn(one).map((value) => valueOf(form, field, value));
	if (values.length === 0) throw valueless(field);
	const ready = await withIds(form, field, values);
	if (OF_SEVERAL.has(operator)) return { [operator]: ready };
	if (ready.length === 1) return { [operator]: ready[0] };
	const several = SEVERAL.get(operator);
	const isTaken =
		several === 'in' || operatorsOf(form.schema, field).some((one) => one === several);
	if (several !== undefined && isTaken) return { [several]: ready };
	throw unfit(fieldLabel(field.name), 'one value (add a criterion for each)', given);
}

/** What an operator wants that only the organization's schema names is not documented. */
function asJson(given: unknown): unknown {
	return (typeof given === 'string' ? jsonIn(given) : undefined) ?? given;
}

function valuesIn({ field, operator, given }: Comparison): unknown[] {
	const mayBeSeveral = SEVERAL.has(operator);
	const isSplit =
		OF_SEVERAL.has(operator) || (mayBeSeveral && WITHOUT_COMMAS.has(field.fieldClass));
	const isJson = mayBeSeveral && typeof given === 'string' && /^\s*\[\s*["\d]/.test(given);
	const isList = isSplit || isJson || Array.isArray(given);
	return isList ? listFrom(given, fieldLabel(field.name)) : [given];
}

async function withIds(
	{ idsOf }: SearchForm,
	{ name }: SearchField,
	values: unknown[],
): Promise<unknown[]> {
	const kind = NAMED.find(([pattern]) => pattern.test(name))?.[1];
	const names = values.filter((value) => typeof value === 'string');
	if (kind === undefined || idsOf === undefined || names.length < values.length) return values;
	return await idsOf(kind, names);
}

function valueOf(form: SearchForm, field: SearchField, given: unknown): unknown {
	const label = fieldLabel(field.name);
	if (field.fieldClass === 'number') return numberFrom(given, label);
	if (field.fieldClass === 'datetime') return dateOf(form, given, label);
	const choices = choicesOf({ options: field.choices });
	if (choices === undefined && field.fieldClass === 'boolean') return booleanFrom(given, label);
	const text = textFrom(given, label).trim();
	// The built-in table may be older than Kustomer's choices.
	const isNew = form.schema.isBuiltIn && choicesMeant(text, choices ?? []).length === 0;
	return choices === undefined || isNew ? text : choiceFrom(text, label, choices);
}

function dateOf({ now, timeZone }: SearchForm, given: unknown, label: string): string {
	const text = textFrom(given, label);
	const date = dayAlone(text) ?? relativeInstant(text, now) ?? instantOf(text, timeZone);
	if (date !== undefined) return date;
	throw unfit(label, `${DATE_WORDS}, or now-30m, now-7d (s, m, h, d, w)`, given);
}
