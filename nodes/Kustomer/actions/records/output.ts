import { namesOf, type Named, type NameKind } from '../../api/names';
import { credentialOf } from '../../api/request';
import type { ApiRecord } from '../../api/records';
import { relatedId } from '../../event/fields';
import { textOf, textsOf } from '../../narrowing';
import type { Access } from './access';

/** The simplified record: the trigger's `attributes` and `related`, and what ids are called. */
export type SimpleRecord = {
	id: string;
	type: string;
	attributes: Record<string, unknown>;
	related: Record<string, unknown>;
	names: Record<string, unknown>;
	url: string | null;
};

/**
 * @returns the record as an item: simplified, or as it came where somebody wants that
 */
export async function outputOf(access: Access, record: ApiRecord): Promise<object> {
	const { item, kind } = access;
	const attributes = withoutPassword(record.attributes);
	if (item.value('simplify', true) === false) return { ...record, attributes };
	const related = relatedOf(record);
	const names = item.options.names === false ? {} : await namesIn(access, record, related);
	return {
		id: record.id,
		type: record.type ?? kind.value,
		attributes: chosenAttributes(access, attributes),
		related,
		names,
		url: await pageOf(access, { id: record.id, related }),
	} satisfies SimpleRecord;
}

/** Of users, as in events. */
function withoutPassword(attributes: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'password'));
}

function relatedOf({ relationships }: ApiRecord): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(relationships).flatMap(([name, relationship]) => {
			const id = relatedId(relationship);
			return id === undefined ? [] : [[name, id]];
		}),
	);
}

/** Models get few attributes unless more are asked for: what they read costs them attention. */
function chosenAttributes({ item, kind }: Access, all: Record<string, unknown>) {
	const asked = textsOf(item.options.fields).flatMap((text) => text.split(/\s*,\s*/));
	const wanted = asked.length === 0 && item.isTool ? kind.toolFields : asked;
	if (wanted.length === 0) return all;
	return Object.fromEntries(wanted.flatMap((name) => (name in all ? [[name, all[name]]] : [])));
}

async function namesIn(
	{ kind, caller }: Access,
	{ attributes }: ApiRecord,
	related: Record<string, unknown>,
): Promise<Record<string, unknown>> {
	const found: Array<[string, unknown]> = [];
	for (const [field, nameKind] of Object.entries(kind.names)) {
		const ids = attributes[field] ?? related[field];
		if (ids === undefined || ids === null || (Array.isArray(ids) && ids.length === 0)) continue;
		found.push([field, named(await knownNames(caller, nameKind), ids)]);
	}
	return Object.fromEntries(found);
}

/** A name that cannot be had must not cost the record. */
async function knownNames(caller: Access['caller'], kind: NameKind) {
	return await namesOf(caller, kind).catch(() => undefined);
}

function named(known: readonly Named[] | undefined, ids: unknown): unknown {
	const nameOf = (id: unknown) => known?.find((one) => one.id === idIn(id))?.name ?? null;
	return Array.isArray(ids) ? ids.map(nameOf) : nameOf(ids);
}

/** A queue is an object with an id. */
function idIn(value: unknown): unknown {
	return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}

/** Known where the credential names the organization. */
async function pageOf(
	{ kind, caller }: Access,
	record: { id: string; related: Record<string, unknown> },
): Promise<string | null> {
	const page = kind.page?.(record);
	if (page === undefined || page === null) return null;
	const { region, subdomain } = await credentialOf(caller);
	const name = textOf(subdomain)
		.replace(/^https?:\/\//i, '')
		.split('.')[0];
	return region === 'org' && name !== '' ? `https://${name}.kustomerapp.com${page}` : null;
}
