import { customAttributes } from '../../api/metadata';
import type { ApiRecord } from '../../api/records';
import { isRecord, oneOf, recordOf, textOf, textsOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { idsOf } from '../idsByName';
import type { Item } from '../itemParameters';
import type { Access } from './access';
import {
	attributesFor,
	attributesOf,
	cleared,
	CUSTOM_AS_JSON,
	jsonAttributesOf,
	type Attribute,
	type KnownAttributes,
	type Writing,
} from './attributes';

export type Body = Record<string, unknown>;

/**
 * @returns the attributes of the item as Kustomer takes them: converted, names replaced by ids, and
 *   what is to be emptied as null
 * @throws InputMistake naming the attribute that cannot be used
 */
export async function enteredBody(access: Access, operation: Writing): Promise<Body> {
	const { item, kind } = access;
	if (kind.value === 'note') return await noteBody(access, operation);
	const own = attributesFor(operation, kind.attributes);
	const known = { own, custom: await customOf(access) };
	const body =
		item.value('specifyAttributes', 'form') === 'json'
			? jsonAttributesOf(item.value('attributesJson', ''), own, zoneForModels(item))
			: formBody(access, known);
	const changeable = { ...known, own: attributesFor('update', kind.attributes) };
	const empty = operation === 'create' ? {} : cleared(item.value('clear', []), changeable);
	return await withIds(access, merged(body, empty));
}

/** What a model writes is read like a form, as it writes numbers as text and times as it likes. */
function zoneForModels(item: Item): string | undefined {
	return item.isTool ? item.context.getTimezone() : undefined;
}

function formBody({ item }: Access, known: KnownAttributes): Body {
	const { context, index } = item;
	// n8n's own conversion drops null, makes 0 of "" and an instant of a day.
	const value: unknown = context.getNodeParameter(
		'attributes.value',
		index,
		{},
		{ skipValidation: true },
	);
	return attributesOf({
		...known,
		own: known.custom === undefined ? [...known.own, CUSTOM_AS_JSON] : known.own,
		mode: item.value('attributes.mappingMode', 'defineBelow'),
		value,
		schema: item.value('attributes.schema', []),
		item: item.json,
		timeZone: context.getTimezone(),
	});
}

/** Custom attributes are described at Kustomer; they are read once per run, and only where some are meant. */
async function customOf(access: Access): Promise<KnownAttributes['custom']> {
	const { item, kind, caller } = access;
	if (kind.metadata === undefined) return [];
	const form = item.value('attributes', {});
	const isMapped = recordOf(form).mappingMode === 'autoMapInputData';
	const names = [
		...Object.keys(recordOf(recordOf(form).value)),
		...textsOf(item.value('clear', [])),
	];
	if (!isMapped && !names.some((name) => /custom/i.test(name))) return undefined;
	const resource = access.filled(kind.metadata);
	return await item.run.once(
		`metadata ${resource}`,
		async () => await customAttributes(caller, resource),
	);
}

function merged(body: Body, empty: Body): Body {
	const custom = { ...recordOf(body.custom), ...recordOf(empty.custom) };
	return { ...body, ...empty, ...(Object.keys(custom).length > 0 && { custom }) };
}

/** Tags, users, teams and queues may be given by name. */
async function withIds({ kind, caller }: Access, body: Body): Promise<Body> {
	const ready = { ...body };
	for (const { name, names, type } of kind.attributes) {
		const given = ready[name];
		if (names === undefined || given === undefined || given === null || isRecord(given)) continue;
		const ids = await idsOf(caller, names, given);
		ready[name] = type === 'idList' ? ids : queueOrId(names, ids);
	}
	return ready;
}

/** Kustomer takes a queue as an object. */
function queueOrId(names: string, [id]: string[]): unknown {
	return names === 'queues' ? { id } : id;
}

async function noteBody(access: Access, operation: Writing): Promise<Body> {
	const { item } = access;
	const text = String(item.value('body', '') ?? '');
	if (text.trim() === '' && operation === 'create') {
		throw new InputMistake('The note has no text. Enter it in "Text".');
	}
	const mentions = await mentionsOf(access);
	return {
		...(text.trim() !== '' && { body: text }),
		...(mentions.length > 0 && { userMentions: mentions }),
	};
}

async function mentionsOf({ item, caller }: Access): Promise<object[]> {
	const rows = item.rows('mentions', 'mention').filter(({ name }) => textOf(name) !== '');
	return await Promise.all(
		rows.map(async ({ kind, name }) => {
			const mentioned = oneOf(kind, ['user', 'team']);
			const [id] = await idsOf(caller, `${mentioned}s`, name);
			return { [mentioned]: id };
		}),
	);
}

/** What tells the entries of a list apart, by the list's name. */
const KEYS: Readonly<Record<string, string>> = {
	emails: 'email',
	sharedEmails: 'email',
	phones: 'phone',
	sharedPhones: 'phone',
	whatsapps: 'phone',
	externalIds: 'externalId',
	sharedExternalIds: 'externalId',
	urls: 'url',
	domains: 'domain',
};

/**
 * @param record the record as it is now
 * @returns the body with each list made of what is there and what comes, each entry once
 * @throws InputMistake for a list that Kustomer masks: written back, it would be lost
 */
export function withWhatIsThere(body: Body, record: ApiRecord, own: readonly Attribute[]): Body {
	const ready = { ...body };
	for (const { name, label, type } of own) {
		const given = ready[name];
		if ((type !== 'list' && type !== 'idList') || !Array.isArray(given) || given.length === 0)
			continue;
		const there = record.attributes[name];
		if (!Array.isArray(there)) continue;
		if (JSON.stringify(there).includes('**')) {
			throw new InputMistake(
				`Kustomer masks "${label}" for this API key, so that adding to it would lose what is there. Set "Lists" to "Replace", or use a key that may see it.`,
			);
		}
		ready[name] = union(there, given, KEYS[name]);
	}
	return ready;
}

function union(there: unknown[], given: unknown[], key: string | undefined): unknown[] {
	const keyOf = (entry: unknown) => {
		const value = key !== undefined && isRecord(entry) ? entry[key] : entry;
		return typeof value === 'string' ? value.trim().toLowerCase() : JSON.stringify(value);
	};
	const known = new Set(there.map(keyOf));
	return [...there, ...given.filter((entry) => !known.has(keyOf(entry)))];
}
