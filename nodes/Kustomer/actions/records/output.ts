import { namesOf, type NameKind } from '../../api/names';
import { credentialOf } from '../../api/request';
import type { ApiRecord } from '../../api/records';
import { relatedId } from '../../event/fields';
import { listedTexts, textOf } from '../../narrowing';
import type { Access } from './access';
import { forModel, type SimpleRecord } from './forModels';

/**
 * @returns the record as an item: simplified, or as it came where somebody wants that
 */
export async function outputOf(access: Access, record: ApiRecord): Promise<object> {
	return await outputFor(access)(record);
}

/** As `outputOf`, for many records of one item: what they share is found out once. */
export function outputFor(access: Access): (record: ApiRecord) => Promise<object> {
	const { item, kind } = access;
	const { options } = item;
	const isSimple = item.value('simplify', true) !== false;
	const fields = wantedFields(access, options);
	const names = options.names === false ? undefined : new Names(access);
	const pageOf = pagesFor(access);
	return async (record) => {
		const attributes = withoutPassword(record.attributes);
		if (!isSimple) return { ...record, attributes };
		const related = relatedOf(record);
		const simple: SimpleRecord = {
			id: record.id,
			type: record.type ?? kind.value,
			attributes: fields.length === 0 ? attributes : chosen(attributes, fields),
			related,
			names: (await names?.of(record, related)) ?? {},
			url: await pageOf({ id: record.id, related }),
		};
		return item.isTool ? forModel(simple) : simple;
	};
}

/** Of users, as in events. */
function withoutPassword(attributes: Record<string, unknown>): Record<string, unknown> {
	if (!('password' in attributes)) return attributes;
	return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'password'));
}

/** Thousands of records come through here, so that it is a plain loop. */
function relatedOf({ relationships }: ApiRecord): Record<string, unknown> {
	const related: Record<string, unknown> = {};
	for (const name of Object.keys(relationships)) {
		const id = relatedId(relationships[name]);
		if (id !== undefined) related[name] = id;
	}
	return related;
}

/** Models get few attributes unless more are asked for: what they read costs them attention. */
function wantedFields({ item, kind }: Access, options: Record<string, unknown>) {
	const asked = listedTexts(options.fields);
	return asked.length === 0 && item.isTool ? kind.toolFields : asked;
}

function chosen(all: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
	return Object.fromEntries(fields.flatMap((name) => (name in all ? [[name, all[name]]] : [])));
}

/** What the ids in records are called. */
class Names {
	private readonly known = new Map<NameKind, Promise<ReadonlyMap<unknown, string> | undefined>>();

	private readonly fields: ReadonlyArray<[field: string, kind: NameKind]>;

	constructor(private readonly access: Access) {
		this.fields = Object.entries(access.kind.names);
	}

	async of(
		{ attributes }: ApiRecord,
		related: Record<string, unknown>,
	): Promise<Record<string, unknown>> {
		const found: Array<[string, unknown]> = [];
		for (const [field, kind] of this.fields) {
			const ids = attributes[field] ?? related[field];
			if (ids === undefined || ids === null || (Array.isArray(ids) && ids.length === 0)) continue;
			const known = await this.namesOf(kind);
			const nameOf = (id: unknown) => known?.get(idIn(id)) ?? null;
			found.push([field, Array.isArray(ids) ? ids.map(nameOf) : nameOf(ids)]);
		}
		return Object.fromEntries(found);
	}

	/** A name that cannot be had must not cost the record. */
	private async namesOf(kind: NameKind) {
		const earlier = this.known.get(kind);
		if (earlier !== undefined) return await earlier;
		const reading = namesOf(this.access.caller, kind).then(
			(named) => named && new Map(named.map(({ id, name }) => [id as unknown, name])),
			() => undefined,
		);
		this.known.set(kind, reading);
		return await reading;
	}
}

/** A queue is an object with an id. */
function idIn(value: unknown): unknown {
	return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}

type PageOf = (record: { id: string; related: Record<string, unknown> }) => Promise<string | null>;

/** Known where the credential names the organization. */
function pagesFor({ kind, caller }: Access): PageOf {
	let organization: Promise<string> | undefined;
	return async (record) => {
		const page = kind.page?.(record);
		if (page === undefined || page === null) return null;
		organization ??= organizationOf(caller);
		const name = await organization;
		return name === '' ? null : `https://${name}.kustomerapp.com${page}`;
	};
}

async function organizationOf(caller: Access['caller']): Promise<string> {
	const { region, subdomain } = await credentialOf(caller);
	if (region !== 'org') return '';
	return textOf(subdomain)
		.replace(/^https?:\/\//i, '')
		.split('.')[0];
}
