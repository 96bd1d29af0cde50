import { isRecord } from './body.cts';
import { badRequest } from './errors.cts';
import {
	DOCUMENTED_SORTS,
	searchFields,
	undeclaredField,
	type FieldClass,
	type SearchField,
} from './searchFields.cts';
import { isDeleted, type Json, type Store, type StoredRecord } from './store.cts';
import type { Switches } from './switches.cts';

/** What a search sees: the last two years, or what is older. */
export type SearchScope = 'live' | 'archive';

const ORDER = ['equals', 'not_equals', 'gt', 'gte', 'lt', 'lte', 'set', 'not_set'] as const;
const CHOICE = ['equals', 'not_equals', 'in', 'not_in', 'set', 'not_set'] as const;
const TEXT = [...CHOICE, 'contains', 'not_contains', 'contains_any', 'starts_with'] as const;

/** Which operators a class of attributes takes. */
export const OPERATORS: Readonly<Record<FieldClass, readonly string[]>> = {
	string: TEXT,
	string_notanalyzed: [...CHOICE, 'starts_with'],
	text: TEXT,
	any: ['equals', 'contains', 'not_contains', 'contains_any'],
	number: [...ORDER, 'in', 'not_in'],
	datetime: [...ORDER, 'within'],
	boolean: ['equals', 'not_equals', 'set', 'not_set'],
	list: [...CHOICE, 'contains', 'not_contains', 'contains_any'],
	tree: CHOICE,
};

const BODY_KEYS = ['queryContext', 'and', 'or', 'not', 'sort', 'timeZone', 'includeDeleted'];
/** Accepted and without an effect here. */
const IGNORED_KEYS = ['fields', 'searchHash', 'aggs'];

const TWO_YEARS_MS = 2 * 365 * 24 * 60 * 60 * 1000;

type Query = {
	store: Store;
	switches: Switches;
	fields: Map<string, SearchField>;
	timeZone: string;
};
type Test = (record: StoredRecord) => boolean;

/**
 * @param body Kustomer's search body
 * @returns what it finds, sorted
 * @throws Refusal 400 for an unknown context, attribute, operator, value or sort
 */
export function search(
	{ store, switches }: { store: Store; switches: Switches },
	body: Json,
	scope: SearchScope,
): StoredRecord[] {
	const unknown = Object.keys(body).find((key) => ![...BODY_KEYS, ...IGNORED_KEYS].includes(key));
	if (unknown !== undefined) {
		throw badRequest('Additional properties not allowed', {
			parameter: unknown,
			detail: '/additionalProperties',
		});
	}
	const timeZone = typeof body.timeZone === 'string' ? body.timeZone : 'GMT';
	const query: Query = { store, switches, fields: searchFields(store), timeZone };
	const types = typesOf(store, body.queryContext ?? 'customer');
	const since = new Date(Date.now() - TWO_YEARS_MS).toISOString();
	const all = criteria(body.and, query);
	const any = criteria(joined(body.or, query), query);
	const none = criteria(body.not, query);
	const sort = sorting(body.sort, query);
	const found = store
		.indexed(types)
		.filter(
			(record) =>
				String(record.attributes.updatedAt) >= since === (scope === 'live') &&
				(body.includeDeleted === true || !isDeleted(record)) &&
				all.every((passes) => passes(record)) &&
				(any.length === 0 || any.some((passes) => passes(record))) &&
				!none.some((passes) => passes(record)),
		);
	return sorted(found, sort, switches);
}

function typesOf(store: Store, context: unknown): string[] {
	const kobjects = store.types().filter((type) => type.startsWith('kobject.'));
	if (context === 'kobject') return kobjects;
	const klass = /^kobject_(.+)$/.exec(String(context))?.[1];
	if (klass !== undefined) {
		if (store.lookUp('klass', 'name', klass).length > 0) return [`kobject.${klass}`];
	} else if (['customer', 'conversation', 'message', 'note', 'company'].includes(String(context))) {
		return [String(context)];
	} else if (['conversation_time', 'work_item', 'work_session'].includes(String(context))) {
		return [];
	}
	throw badRequest('Invalid enum', { parameter: 'queryContext' });
}

/** Alternatives for one field, as one criterion: hundreds would be looked at for every record. */
function joined(or: unknown, query: Query): unknown {
	if (!Array.isArray(or) || or.length < 10) return or;
	const names = new Set(or.flatMap((one) => (isRecord(one) ? Object.keys(one) : [])));
	const [name] = names;
	const values = or.map((one: unknown) => (isRecord(one) && isRecord(one[name]) ? one[name] : {}));
	const areEqual = values.every((one) => Object.keys(one).join() === 'equals');
	const isText = areEqual && ['string', 'string_notanalyzed'].includes(fieldOf(name, query).class);
	if (names.size !== 1 || !isText) return or;
	return [{ [name]: { in: values.map(({ equals }) => equals) } }];
}

function criteria(given: unknown, query: Query): Test[] {
	if (given === undefined) return [];
	const list = Array.isArray(given) ? given : [given];
	return list.flatMap((criterion: unknown) => {
		if (!isRecord(criterion)) throw badRequest('Invalid type', { parameter: 'and' });
		return Object.entries(criterion).flatMap(([name, operators]) => {
			if (!isRecord(operators)) throw badRequest('Invalid type', { parameter: name });
			const field = fieldOf(name, query);
			return Object.entries(operators).map(([operator, value]) =>
				testOf({ name, field, operator, value }, query),
			);
		});
	});
}

function fieldOf(name: string, { fields }: Query): SearchField {
	const field = fields.get(name) ?? undeclaredField(name);
	if (field !== undefined) return field;
	throw badRequest('Additional properties not allowed', {
		parameter: name,
		detail: '/properties/and/additionalProperties',
	});
}

type Criterion = { name: string; field: SearchField; operator: string; value: unknown };

function testOf(criterion: Criterion, query: Query): Test {
	const { name, field, operator } = criterion;
	if (!OPERATORS[field.class].includes(operator)) {
		throw badRequest(`Invalid operator ${operator}`, { parameter: name });
	}
	const [, negated, positive] = /^(not_)?(.+)$/.exec(operator) ?? [];
	const matches = matcher({ ...criterion, operator: positive }, query);
	// What a record of another kind has is looked for in all of those that belong together.
	const holds: Test = (record) =>
		relatives(record, field.object, query.store).some((one) => matches(field.read(one)));
	return negated === undefined ? holds : (record) => !holds(record);
}

function matcher(
	{ name, field, operator, value }: Criterion,
	query: Query,
): (values: unknown[]) => boolean {
	if (operator === 'set') return (values) => values.length > 0;
	const isDate = field.class === 'datetime';
	const isText = ['string', 'text', 'any'].includes(field.class);
	const shape = (one: unknown) => (isText ? String(one).toLowerCase() : String(one));
	const wanted = (Array.isArray(value) ? value : [value]).map(shape);
	const anyWanted = new Set(wanted);
	switch (operator) {
		case 'equals':
			if (isDate) return within(dayOf(name, value, query));
			if (field.class === 'any')
				return (values) => values.some((one) => hasWords(String(one), wanted[0]));
			return (values) => values.some((one) => shape(one) === wanted[0]);
		case 'in':
			return (values) => values.some((one) => anyWanted.has(shape(one)));
		case 'contains':
		case 'contains_any':
			return field.class === 'list'
				? (values) => values.some((one) => anyWanted.has(shape(one)))
				: (values) => values.some((one) => wanted.some((words) => hasWords(shape(one), words)));
		case 'starts_with':
			return (values) => values.some((one) => shape(one).startsWith(wanted[0]));
		case 'within':
			return within([Date.now() - durationMs(name, value), Date.now()]);
		default:
			return isDate
				? byDate({ name, operator, value }, query)
				: byNumber({ name, operator, value });
	}
}

/** Whole words only, as Kustomer's index has them: "test" is not in "testAnother". */
function hasWords(text: string, words: string): boolean {
	const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, 'u').test(text);
}

const COMPARE: Readonly<Record<string, (one: number, other: number) => boolean>> = {
	gt: (one, other) => one > other,
	gte: (one, other) => one >= other,
	lt: (one, other) => one < other,
	lte: (one, other) => one <= other,
};

type Bound = { name: string; operator: string; value: unknown };

function byNumber({ name, operator, value }: Bound): (values: unknown[]) => boolean {
	if (typeof value !== 'number') throw badRequest('Invalid type', { parameter: name });
	return (values) => values.some((one) => COMPARE[operator](Number(one), value));
}

/** A date without a time means its whole day: `gt` and `lte` look from its end. */
function byDate({ name, operator, value }: Bound, query: Query): (values: unknown[]) => boolean {
	const [start, end] = dayOf(name, value, query);
	const bound = operator === 'gt' || operator === 'lte' ? end : start;
	return (values) => values.some((one) => COMPARE[operator](Date.parse(String(one)), bound));
}

function within([start, end]: readonly [number, number]): (values: unknown[]) => boolean {
	return (values) =>
		values.some((one) => {
			const at = Date.parse(String(one));
			return at >= start && at <= end;
		});
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** @returns first and last millisecond; equal for an instant */
function dayOf(name: string, value: unknown, { timeZone }: Query): [number, number] {
	const text = String(value);
	const at = Date.parse(text);
	if (Number.isNaN(at)) throw badRequest('Invalid date', { parameter: name });
	if (!/^\d{4}-\d\d-\d\d$/.test(text)) return [at, at];
	const start = at - offsetMs(at, timeZone);
	return [start, start + DAY_MS - 1];
}

/** How far the zone's clocks are ahead of UTC; Kustomer shifts local dates only. */
function offsetMs(at: number, timeZone: string): number {
	try {
		const shown = new Date(at).toLocaleString('sv-SE', { timeZone });
		return Date.parse(`${shown.replace(' ', 'T')}Z`) - at;
	} catch {
		throw badRequest('Invalid time zone', { parameter: 'timeZone' });
	}
}

const UNIT_MS: Readonly<Record<string, number>> = {
	m: 60_000,
	h: 3_600_000,
	d: DAY_MS,
	w: 7 * DAY_MS,
};

/** Kustomer's spelling of relative times is not known; here `7d`, `12h`, `30m`, `2w`. */
function durationMs(name: string, value: unknown): number {
	const [, count, unit] = /^(\d+)([mhdw])$/.exec(String(value)) ?? [];
	if (unit === undefined) throw badRequest('Invalid duration', { parameter: name });
	return Number(count) * UNIT_MS[unit];
}

/** The records of an object's kind that belong to a record: itself, what it is under, what is under it. */
function relatives(record: StoredRecord, object: string, store: Store): StoredRecord[] {
	const kind = record.type.startsWith('kobject.') ? 'kobject' : record.type;
	if (kind === object) return [record];
	const above = record.related[object];
	if (above) return [store.find(object, above.id)].filter((found) => found !== undefined);
	const types =
		object === 'kobject' ? store.types().filter((type) => type.startsWith('kobject.')) : [object];
	return types.flatMap((type) => store.children(type, kind, record.id));
}

type Sorting = { read: SearchField['read']; isDescending: boolean };

function sorting(given: unknown, query: Query): Sorting[] {
	if (given === undefined) return [];
	return (Array.isArray(given) ? given : [given]).flatMap((entry: unknown) => {
		if (!isRecord(entry)) throw badRequest('Invalid type', { parameter: 'sort' });
		return Object.entries(entry).map(([name, direction]) => {
			if (direction !== 'asc' && direction !== 'desc')
				throw badRequest('Invalid enum', { parameter: name });
			const isKnown = DOCUMENTED_SORTS.includes(name) || !query.switches.documentedSortsOnly;
			if (!isKnown) throw badRequest('Not sortable', { parameter: name });
			return { read: fieldOf(name, query).read, isDescending: direction === 'desc' };
		});
	});
}

/** Equal rows come in another order each time: whoever pages by page number must not rely on it. */
function sorted(
	records: StoredRecord[],
	sort: readonly Sorting[],
	{ shuffleTies }: Switches,
): StoredRecord[] {
	const rows = records.map((record) => ({
		record,
		keys: sort.map(({ read }) => read(record)[0]),
	}));
	if (shuffleTies) shuffle(rows);
	const signs = sort.map(({ isDescending }) => (isDescending ? -1 : 1));
	rows.sort((one, other) => {
		for (let at = 0; at < signs.length; at++) {
			const order = compare(one.keys[at], other.keys[at]);
			if (order !== 0) return order * signs[at];
		}
		return 0;
	});
	return rows.map(({ record }) => record);
}

function compare(one: unknown, other: unknown): number {
	if (one === other) return 0;
	if (one === undefined) return 1;
	if (other === undefined) return -1;
	return (one as string) < (other as string) ? -1 : 1;
}

function shuffle(rows: unknown[]): void {
	for (let last = rows.length - 1; last > 0; last--) {
		const at = Math.floor(Math.random() * (last + 1));
		[rows[last], rows[at]] = [rows[at], rows[last]];
	}
}
