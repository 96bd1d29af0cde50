import { createHash } from 'node:crypto';
import { relationship, type Organization, type Relationship } from './organization.cts';
import type { Json, Reference, StoredRecord } from './store.cts';

/** A record as the API and the events show it. */
export type Resource = {
	type: string;
	id: string;
	attributes: Json;
	relationships: Record<string, unknown>;
	links: Record<string, string>;
};

/** JSON:API type → the word in its address, where adding an "s" does not give it. */
const PLURALS: Readonly<Record<string, string>> = {
	company: 'companies',
	queue: 'routing/queues',
	search: 'customers/searches',
	metadata: 'metadata',
	customer_merge: 'customers/merges',
	bulk: 'bulk',
	klass: 'klasses',
	satisfaction: 'satisfaction',
	satisfaction_response: 'satisfaction-responses',
};

/** The relationships that Kustomer shows without anything in them. */
const LISTS: Readonly<Record<string, string>> = { customer: 'messages', conversation: 'messages' };

export function pluralOf(type: string): string {
	return PLURALS[type] ?? `${type}s`;
}

/** The klass of a custom object's type, e.g. `order` of `kobject.order`. */
export function klassOf(type: string): string | undefined {
	return type.startsWith('kobject.') ? type.slice('kobject.'.length) : undefined;
}

export function resourceOf(record: StoredRecord, organization: Organization): Resource {
	const { type, attributes, related } = record;
	const path = pathOf(record);
	// Metadata is kept under the name of what it describes; Kustomer shows an id.
	const id = type === 'metadata' ? hexOf(record.id) : record.id;
	const list = LISTS[type];
	return {
		type,
		id,
		attributes: { ...attributes },
		relationships: {
			org: relationship('org', organization.id),
			...(list !== undefined && { [list]: { links: { self: `${path}/${list}` } } }),
			...Object.fromEntries(
				Object.entries(related).map(([name, to]) => [name, relationshipOf(type, name, to)]),
			),
		},
		links: {
			self: path,
			...(type === 'message' && {
				related: `/v1/${String(attributes.app ?? 'email')}/messages/${id}`,
			}),
		},
	};
}

/** @returns the relationship as Kustomer writes it, with its two oddities */
export function relationshipOf(
	type: string,
	name: string,
	to: Reference | null,
): Relationship | { link: { self: string }; data: Reference } | null {
	if (to === null) return null;
	if (name === 'klass') return { link: { self: `/v1/klasses/${to.id}` }, data: to };
	const made = relationship(to.type, to.id, pluralOf(to.type));
	// The plural type of a message's customer is Kustomer's.
	if (type === 'message' && name === 'customer')
		return { ...made, data: { ...to, type: 'customers' } };
	return made;
}

function pathOf({ type, id }: StoredRecord): string {
	const klass = klassOf(type);
	if (klass !== undefined) return `/v1/klasses/${klass}s/${id}`;
	return `/v1/${pluralOf(type)}/${id}`;
}

function hexOf(name: string): string {
	return createHash('md5').update(name).digest('hex').slice(0, 24);
}
