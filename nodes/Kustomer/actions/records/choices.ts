import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeListSearchItems,
	type INodeListSearchResult,
	type INodePropertyOptions,
	type ResourceMapperFields,
} from 'n8n-workflow';
import { customAttributes } from '../../api/metadata';
import { outboundAccounts } from '../../api/drafts';
import { namesOf, NAME_ROLES, type Named, type NameKind } from '../../api/names';
import { apiList } from '../../api/paging';
import { labelOf, recordsIn, type ApiRecord } from '../../api/records';
import { apiRequest } from '../../api/request';
import {
	fieldNamed,
	fieldOptions,
	operatorOptions,
	searchSchema,
	sortOptions,
} from '../../api/searchSchema';
import { isRecord, oneOf, recordOf, textOf } from '../../narrowing';
import { requireCredential } from '../run';
import { attributesFor, CUSTOM_AS_JSON } from './attributes';

import { kindNamed, RECORD_KINDS } from './kinds';
import { listMethod } from './locators';
import { mapperFields } from './mapper';
import { listRoleFor, type RecordKind } from './record';

/** What the editor asks while somebody fills in the parameters of records. */

const PAGE_SIZE = 50;

type ListMethod = (
	this: ILoadOptionsFunctions,
	filter?: string,
	page?: string,
) => Promise<INodeListSearchResult>;

/** The lists of all kinds of records by the names of their methods. */
export const recordLists: Readonly<Record<string, ListMethod>> = Object.fromEntries([
	...RECORD_KINDS.map((kind) => [listMethod(kind), listOf(kind)] as const),
	['searchKlasses', searchKlasses] as const,
	['searchOutboundAccounts', searchOutboundAccounts] as const,
	['searchSavedSearches', searchSavedSearches] as const,
]);

/** A list of thousands is searched at Kustomer, and read on as somebody scrolls. */
function listOf(kind: RecordKind): ListMethod {
	return async function (filter, page) {
		requireCredential(this, 'kustomerApi');
		const words = (filter ?? '').trim();
		if (kind.value === 'user' || kind.value === 'team' || kind.value === 'queue') {
			return named(await namesOrRefusal(this, `${kind.value}s`), words);
		}
		const number = Number(page ?? 1);
		const isSearch = words !== '' && kind.searchContext !== undefined;
		const body = await apiRequest(this, {
			purpose: `list the ${kind.plural}`,
			role: isSearch
				? 'org.permission.search.create (or org.user.search.read)'
				: listRoleFor(kind, 'all'),
			...(isSearch ? searching(this, kind, words) : listing(this, kind)),
			query: { page: number, pageSize: PAGE_SIZE, ...(isSearch ? {} : newestFirst(kind)) },
		});
		const results = recordsIn(body).map((record) => entryOf(kind, record));
		const isLast = results.length < PAGE_SIZE;
		return { results, paginationToken: isLast ? undefined : String(number + 1) };
	};
}

function listing(context: ILoadOptionsFunctions, kind: RecordKind) {
	return { method: 'GET', path: filled(context, kind.path) } as const;
}

function searching(context: ILoadOptionsFunctions, kind: RecordKind, words: string) {
	const searched = filled(context, kind.searchContext ?? '');
	const field = `${searched.replace(/_.*/, '')}_any_text`;
	return {
		method: 'POST',
		isRead: true,
		path: '/v1/customers/search',
		body: {
			queryContext: searched,
			and: [{ [field]: { contains: words } }],
			sort: [{ [`${searched.replace(/_.*/, '')}_updated_at`]: 'desc' }],
		},
	} as const;
}

function newestFirst({ sorts }: RecordKind): Record<string, string> {
	return sorts?.newest === undefined ? {} : { sort: sorts.newest };
}

function entryOf(kind: RecordKind, record: ApiRecord): INodeListSearchItems {
	const { attributes } = record;
	const text = textOf(attributes.title) || textOf(attributes.subject) || textOf(attributes.preview);
	const label = labelOf(record);
	const name = label === record.id ? text || textOf(attributes.body) || label : label;
	return { name: name.slice(0, 120), value: record.id, description: detailOf(kind, record) };
}

/** What tells two of one name apart. */
function detailOf({ value }: RecordKind, { attributes, id }: ApiRecord): string {
	const { emails, status, externalId, updatedAt } = attributes;
	const [first] = Array.isArray(emails) ? emails : [];
	if (value === 'customer' && isRecord(first)) return textOf(first.email);
	return (
		[textOf(status), textOf(externalId), textOf(updatedAt).slice(0, 10)]
			.filter(Boolean)
			.join(' · ') || id
	);
}

/** An empty list would look as if there were nobody. */
async function namesOrRefusal(context: ILoadOptionsFunctions, kind: NameKind): Promise<Named[]> {
	const known = await namesOf(context, kind);
	if (known !== undefined) return known;
	throw new NodeOperationError(
		context.getNode(),
		`The API key may not list the ${kind}: it lacks the role ${NAME_ROLES[kind]}. Enter names or IDs as an expression, or use a key with that role.`,
		{ level: 'warning' },
	);
}

function named(known: readonly Named[], words: string): INodeListSearchResult {
	const results = known
		.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase()))
		.map(({ id, name }) => ({ name, value: id }))
		.sort((a, b) => a.name.localeCompare(b.name));
	return { results };
}

async function searchKlasses(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi');
	const klasses = await apiList(this, {
		purpose: 'list the classes of custom objects',
		role: 'org.permission.klass.read (or org.user.klass.read)',
		path: '/v1/klasses',
	});
	const known = klasses.map((klass) => ({
		id: textOf(klass.attributes.name),
		name: labelOf(klass),
	}));
	return named(known, filter ?? '');
}

/** The addresses and numbers that messages come from, of the chosen channel. */
async function searchOutboundAccounts(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi');
	const words = (filter ?? '').toLowerCase();
	const chosen = textOf(this.getCurrentNodeParameter('channel'));
	const results = (await outboundAccounts(this))
		.filter(({ channel }) => chosen === '' || channel === chosen)
		.filter(({ name, address }) => `${name}\n${address}`.toLowerCase().includes(words))
		.map(({ channel, name, address }) => ({
			name: name === address ? name : `${name} (${address})`,
			value: address,
			description: channel,
		}))
		.sort((a, b) => a.name.localeCompare(b.name));
	return { results };
}

async function searchSavedSearches(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi');
	const searches = await apiList(this, {
		purpose: 'list the saved searches',
		role: 'org.permission.search.read',
		path: '/v1/customers/searches',
	});
	const context = contextOf(this);
	const ofThisKind = searches.filter(({ attributes }) => {
		const { queryContext } = recordOf(attributes.data);
		return queryContext === undefined || queryContext === context;
	});
	return named(
		ofThisKind.map((search) => ({ id: search.id, name: labelOf(search) })),
		filter ?? '',
	);
}

/** The form of the chosen kind: its own attributes and the organization's. */
export async function getAttributes(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const kind = kindNamed(this.getCurrentNodeParameter('resource'));
	if (kind === undefined) return { fields: [] };
	const operation = oneOf(this.getCurrentNodeParameter('operation'), [
		'update',
		'create',
		'upsert',
	] as const);
	const own = attributesFor(operation, kind.attributes);
	const custom = await customOf(this, kind);
	// n8n shows a notice only where there are no fields at all, so that a field has to tell it.
	return custom === undefined
		? { fields: mapperFields([...own, CUSTOM_AS_JSON], [], [...kind.starts, CUSTOM_AS_JSON.name]) }
		: { fields: mapperFields(own, custom, kind.starts) };
}

async function customOf(context: ILoadOptionsFunctions, kind: RecordKind) {
	if (kind.metadata === undefined) return [];
	if (kind.metadata.includes('{klass}') && klassOf(context) === '') return [];
	return await customAttributes(context, filled(context, kind.metadata));
}

/** The users, for the parameters that name several. */
export async function getUsers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await optionsOf(this, 'users');
}

/** The teams, for the parameters that name several. */
export async function getTeams(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await optionsOf(this, 'teams');
}

async function optionsOf(context: ILoadOptionsFunctions, kind: NameKind) {
	return (await namesOrRefusal(context, kind))
		.map(({ id, name }) => ({ name, value: id }))
		.sort((a, b) => a.name.localeCompare(b.name));
}

export async function getSearchFields(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return fieldOptions(await searchSchema(this), contextOf(this));
}

export async function getSearchOperators(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	const schema = await searchSchema(this);
	const field = fieldNamed(schema, contextOf(this), textOf(this.getCurrentNodeParameter('&field')));
	return field === undefined ? [] : operatorOptions(schema, field);
}

export async function getSearchSorts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const context = contextOf(this);
	// The editor asks before it has chosen a new step's credential.
	const hasCredential = this.getNode().credentials?.kustomerApi !== undefined;
	const sorts = hasCredential ? sortOptions(await searchSchema(this), context) : [];
	return [{ name: 'Last Change', value: '' }, ...sorts];
}

function contextOf(context: ILoadOptionsFunctions): string {
	const kind = kindNamed(context.getCurrentNodeParameter('resource'));
	return filled(context, kind?.searchContext ?? 'customer');
}

function filled(context: ILoadOptionsFunctions, path: string): string {
	return path.replace('{klass}', encodeURIComponent(klassOf(context)));
}

function klassOf(context: ILoadOptionsFunctions): string {
	const klass: unknown = context.getCurrentNodeParameter('klass');
	return textOf(isRecord(klass) ? klass.value : klass);
}
