import { one, pageOfRecords, type Desk, type Route } from './api.cts';
import { attachmentRoutes } from './attachments.cts';
import { isRecord } from './body.cts';
import { bulkRoutes } from './bulk.cts';
import { mergeCustomers } from './customers.cts';
import { propertiesOf } from './custom.cts';
import { draftRoutes } from './drafts.cts';
import { notFound } from './errors.cts';
import { klassRoutes } from './klassRoutes.cts';
import { inOrder, recordRoutes } from './recordRoutes.cts';
import { rolesTo, ROLES } from './roles.cts';
import { checkBody } from './schema.cts';
import { searchRoutes } from './searchRoutes.cts';

/** What the API offers besides outbound webhooks and hooks. */
export function organizationRoutes(desk: Desk): Route[] {
	return [
		...recordRoutes(desk),
		...klassRoutes(desk),
		...draftRoutes(desk),
		...attachmentRoutes(desk),
		...bulkRoutes(desk),
		...searchRoutes(desk),
		...mergeRoutes(desk),
		...metadataRoutes(desk),
		...smallRoutes(desk),
	];
}

function mergeRoutes(desk: Desk): Route[] {
	const { records } = desk;
	return [
		{
			method: 'POST',
			path: '/customers/merges',
			roles: ROLES.merge,
			status: 201,
			handle({ body, by }) {
				checkBody(body, { source: 'id!', target: 'id!' });
				return one(desk, mergeCustomers(records, body, by));
			},
		},
		{
			method: 'GET',
			path: '/customers/merges/:id',
			// The reference asks for create here; it may be a slip, so a key with either passes.
			roles: [ROLES.merge[0], ...ROLES.readMerge],
			handle({ params, by }) {
				const job = records.get('customer_merge', params.id);
				const document = one(desk, job);
				if (job.attributes.status === 'pending') {
					records.edit(job, { attributes: { status: 'complete' } }, by);
				}
				return document;
			},
		},
		{
			method: 'GET',
			path: '/customers/:id/merges',
			roles: ROLES.readMerge,
			handle(call) {
				const isOf = [call.params.id];
				const jobs = records.store
					.all('customer_merge')
					.filter(({ related }) => isOf.includes(String(related.target?.id)));
				return pageOfRecords(desk, call, { records: jobs });
			},
		},
	];
}

const WITH_METADATA = ['customer', 'conversation', 'company', 'message', 'note', 'user'];

function metadataRoutes(desk: Desk): Route[] {
	const { records } = desk;
	/** @throws Refusal 404 for what carries no custom attributes */
	const metadataOf = (resource: string) => {
		const klass = /^kobject\.(.+)$/.exec(resource)?.[1];
		const isKnown =
			klass === undefined
				? WITH_METADATA.includes(resource)
				: records.store.lookUp('klass', 'name', klass).length > 0;
		if (!isKnown) throw notFound('resource');
		return (
			records.store.find('metadata', resource) ?? {
				type: 'metadata',
				id: resource,
				attributes: { properties: {} },
				related: {},
			}
		);
	};
	return [
		{
			method: 'GET',
			path: '/metadata/:resource',
			roles: rolesTo('read', 'metadata'),
			handle: ({ params }) => one(desk, metadataOf(params.resource)),
		},
		{
			method: 'PUT',
			path: '/metadata/:resource',
			roles: rolesTo('update', 'metadata'),
			handle({ params, body }) {
				checkBody(body, {
					properties: 'object',
					standardProperties: 'object',
					relationships: 'any',
					validations: 'any',
				});
				const metadata = metadataOf(params.resource);
				const given = isRecord(body.properties) ? body.properties : {};
				const properties = { ...propertiesOf(records.store, params.resource), ...given };
				const changed = { ...metadata, attributes: { ...metadata.attributes, properties } };
				records.store.put(changed);
				return one(desk, changed);
			},
		},
	];
}

function smallRoutes(desk: Desk): Route[] {
	const { records, organization } = desk;
	return [
		{
			method: 'GET',
			path: '/orgs/current',
			roles: [],
			handle: () => ({
				data: {
					type: 'org',
					id: organization.id,
					attributes: { name: organization.subdomain, displayName: organization.name },
					links: { self: `/v1/orgs/${organization.id}` },
				},
			}),
		},
		{
			method: 'GET',
			path: '/users/current',
			roles: [],
			handle: ({ key }) => one(desk, records.get('user', key.userId)),
		},
		{
			method: 'GET',
			path: '/conversations/:id/events',
			roles: ROLES.events,
			handle(call) {
				records.get('conversation', call.params.id);
				const events = records.store.children('event', 'conversation', call.params.id);
				return pageOfRecords(desk, call, { records: inOrder(events, call.query) });
			},
		},
		// Answers 404 by design since it is deprecated.
		{
			method: 'GET',
			path: '/customers/:id/events',
			roles: ROLES.events,
			handle: () => {
				throw notFound();
			},
		},
		{
			method: 'GET',
			path: '/satisfaction-responses/:id',
			roles: ROLES.satisfaction,
			handle: ({ params }) => one(desk, records.get('satisfaction_response', params.id)),
		},
		{
			method: 'GET',
			path: '/satisfaction',
			roles: ROLES.satisfaction,
			handle: (call) => pageOfRecords(desk, call, { records: records.store.all('satisfaction') }),
		},
	];
}
