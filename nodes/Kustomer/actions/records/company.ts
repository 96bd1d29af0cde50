import { OWN_ATTRIBUTES } from './ownAttributes';
import { olderRoles, PEOPLE, type RecordKind } from './record';

/** Source: https://developer.kustomer.com/api/core-resources/create-company */
export const company: RecordKind = {
	value: 'company',
	label: 'Company',
	plural: 'companies',
	description: 'The organizations that customers belong to',
	path: '/v1/companies',
	permission: 'company',
	olderRoles: olderRoles('company'),
	updateVerb: 'PUT',
	isMarkedDeleted: true,
	hasRev: true,
	lookups: {},
	externalIdInList: true,
	searchContext: 'company',
	metadata: 'company',
	attributes: OWN_ATTRIBUTES.company,
	starts: ['externalId', 'domains'],
	names: { ...PEOPLE, tags: 'tags' },
	toolFields: ['name', 'externalId', 'domains', 'emails', 'tags'],
	operations: ['create', 'delete', 'get', 'getMany', 'search', 'update', 'upsert'],
};
