import type { Author } from './announce.cts';
import { badRequest, Refusal } from './errors.cts';
import type { Draft, Records } from './records.cts';
import type { Preparation, Rule } from './rules.cts';
import { uniqueValues, type Json, type StoredRecord } from './store.cts';
import { storedTags } from './tags.cts';

export const customerRule: Rule = {
	prepare(draft, about) {
		const { body, by, records, before } = about;
		if (body.tags !== undefined) draft.attributes.tags = storedTags(records, body.tags, by);
		alignExternalIds(draft, body);
		linkCompany(draft, about);
		nameOf(draft.attributes);
		refuseDuplicates(draft, { records, own: before?.id });
	},
};

/** `externalId` is a short form for the first of `externalIds`. */
function alignExternalIds({ attributes }: Draft, body: Json): void {
	const list = attributes.externalIds as Json[];
	if (typeof body.externalId === 'string') {
		const others = list.filter(({ externalId }) => externalId !== body.externalId);
		const isSame = others.length < list.length;
		attributes.externalIds = [
			{ verified: true, externalId: body.externalId },
			...(isSame ? others : others.slice(1)),
		];
	} else if (body.externalId === null) {
		attributes.externalIds = list.slice(1);
	}
	const [first] = attributes.externalIds as Json[];
	if (first === undefined) delete attributes.externalId;
	else attributes.externalId = first.externalId;
}

/** By Kustomer's reference an update without `company` unlinks it, with PATCH too. */
function linkCompany({ attributes, related }: Draft, about: Preparation): void {
	const { body, before, records } = about;
	if (before !== undefined && !('company' in body) && records.switches.unlinkCompanyWhenOmitted) {
		delete related.company;
	}
	const company = related.company && records.store.find('company', related.company.id);
	if (company) attributes.companyName = company.attributes.name;
	else delete attributes.companyName;
}

function nameOf(attributes: Json): void {
	const { name, emails, phones } = attributes;
	const [email] = emails as Json[];
	const [phone] = phones as Json[];
	attributes.displayName = name || email?.email || phone?.phone || null;
	const words = typeof name === 'string' ? name.trim().split(/\s+/) : [];
	const [firstName, lastName] = [words[0], words.slice(1).join(' ')];
	for (const [field, word] of Object.entries({ firstName, lastName })) {
		if (word) attributes[field] = word;
		else delete attributes[field];
	}
}

function refuseDuplicates(
	{ attributes }: Draft,
	{ records, own }: { records: Records; own: string | undefined },
): void {
	for (const { by, value } of uniqueValues(attributes)) {
		const others = records.store.lookUp('customer', by, value);
		if (others.every(({ id }) => id === own)) continue;
		throw new Refusal(records.switches.duplicateStatus, {
			title: 'Another customer has this value',
			parameter: by,
		});
	}
}

const UNITED = [
	'emails',
	'phones',
	'whatsapps',
	'externalIds',
	'socials',
	'locations',
	'watchers',
	'tags',
];
const NEWEST = [
	'preview',
	'lastMessageIn',
	'lastConversation',
	'recentLocation',
	'signedUpAt',
	'lastSeenAt',
	'lastActivityAt',
];

/**
 * Merges two customers by the documented rules and hangs what the source had under the target.
 * Source: https://developer.kustomer.com/api/core-resources/create-customer-merge
 *
 * @returns the job; it says `pending` until somebody has read it once
 * @throws Refusal 400 for equal ones, 404
 */
export function mergeCustomers(records: Records, body: Json, by: Author): StoredRecord {
	const source = records.get('customer', String(body.source));
	const target = records.get('customer', String(body.target));
	if (source.id === target.id)
		throw badRequest('source and target are the same', { parameter: 'target' });
	const gone = { type: 'customer', id: source.id };
	const kept = { type: 'customer', id: target.id };
	const job = records.add(
		'customer_merge',
		{ attributes: { status: 'pending' }, related: { source: gone, target: kept } },
		by,
	);
	records.remove(source, by);
	const attributes = mergedAttributes(source.attributes, target.attributes);
	records.edit(target, { attributes, related: target.related }, by);
	for (const type of records.store.types().filter(isOwned)) {
		for (const record of records.store.children(type, 'customer', source.id)) {
			records.edit(record, { related: { ...record.related, customer: kept } }, by);
		}
	}
	return job;
}

function isOwned(type: string): boolean {
	return ['conversation', 'message', 'note', 'draft'].includes(type) || type.startsWith('kobject.');
}

function mergedAttributes(source: Json, target: Json): Json {
	const [older, newer] =
		String(source.createdAt) < String(target.createdAt) ? [source, target] : [target, source];
	const merged: Json = { createdAt: older.createdAt };
	for (const list of UNITED) merged[list] = united(target[list], source[list]);
	for (const field of NEWEST) if (newer[field] !== undefined) merged[field] = newer[field];
	merged.custom = { ...(source.custom as Json), ...withoutNulls(target.custom as Json) };
	return merged;
}

function united(first: unknown, second: unknown): unknown[] {
	const entries = [...((first ?? []) as unknown[]), ...((second ?? []) as unknown[])];
	return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

function withoutNulls(custom: Json): Json {
	return Object.fromEntries(Object.entries(custom).filter(([, value]) => value !== null));
}
