import type { FastifyInstance } from 'fastify';
import { jsonObjectOf } from './body.cts';
import { badRequest } from './errors.cts';
import { readable } from './hookBody.cts';
import {
	checkedHookOptions,
	HOOK_KINDS,
	type Hook,
	type HookRequest,
	type Hooks,
} from './hooks.cts';
import type { Keys } from './keys.cts';
import { relationship, type Organization } from './organization.cts';
import { pageOf } from './paging.cts';

const MAY_READ = ['org.permission.hook.read', 'org.admin.hook.read'];
const MAY_CREATE = ['org.permission.hook.create', 'org.admin.hook.write'];
/** The role for this one is not documented. */
const MAY_UPDATE = ['org.permission.hook.update', ...MAY_CREATE];
const MAY_WATCH = ['org.hooks'];

/** Source: https://developer.kustomer.com/api/apps-platform/get-form-hooks */
const HOOK_PAGING = { mostPerPage: 99, mostPages: 10, totals: false };

type ById = { Params: { id: string } };

/**
 * Making, listing and watching inbound hooks. As in Kustomer's specification, there is no delete
 * and the web hooks' replies carry no title.
 */
export function hookRoutes(
	app: FastifyInstance,
	keys: Keys,
	hooks: Hooks,
	organization: Organization,
): void {
	const resource = (hook: Hook) => hookResource(hooks, hook, organization);
	const paging = () => ({ ...HOOK_PAGING, ...hooks.switches });
	for (const kind of HOOK_KINDS) {
		app.get(`/v1/hooks/${kind}`, (request) => {
			keys.require(request, MAY_READ);
			return pageOf(request, hooks.list(kind).map(resource), paging());
		});
		app.post(`/v1/hooks/${kind}`, (request, reply) => {
			keys.require(request, MAY_CREATE);
			reply.code(201);
			return { data: resource(hooks.create(kind, checkedHookOptions(jsonObjectOf(request)))) };
		});
		app.get<ById>(`/v1/hooks/${kind}/:id`, (request) => {
			keys.require(request, MAY_READ);
			return { data: resource(hooks.get(kind, request.params.id)) };
		});
		app.patch<ById>(`/v1/hooks/${kind}/:id`, (request) => {
			keys.require(request, MAY_UPDATE);
			return {
				data: resource(hooks.update(hooks.get(kind, request.params.id), jsonObjectOf(request))),
			};
		});
		app.get<ById>(`/v1/hooks/${kind}/:id/transactions`, async (request) => {
			keys.require(request, MAY_WATCH);
			const hook = hooks.get(kind, request.params.id);
			// What Kustomer answers while debug is off is not documented: an error, so that nobody
			// takes an empty list for "nothing arrived".
			if (!hook.debug)
				throw badRequest('Debug is not enabled for this hook', { parameter: 'debug' });
			const entries = await Promise.all(hooks.debugLog(hook).map(transactionResource));
			return pageOf(request, entries, paging());
		});
	}
}

function hookResource(hooks: Hooks, hook: Hook, organization: Organization) {
	const { id, kind, title, description, eventName, hash, debug, createdAt, updatedAt } = hook;
	const address = hooks.address(hook);
	return {
		id,
		type: `${kind}_hook`,
		attributes: {
			...(kind !== 'web' && { title }),
			description,
			eventName,
			hash,
			...(kind === 'email' ? { email: address, key: hash } : { url: address }),
			debug,
			createdAt,
			updatedAt,
			modifiedAt: updatedAt,
		},
		relationships: { org: relationship('org', organization.id) },
		links: { self: `/v1/hooks/${kind}/${id}` },
	};
}

async function transactionResource(entry: HookRequest) {
	return {
		id: entry.id,
		type: 'hook_transaction',
		attributes: {
			contentType: entry.headers['content-type'] ?? null,
			body: await readable(entry),
			createdAt: entry.receivedAt,
		},
		links: { self: `/v1/hooks/${entry.kind}/${entry.hookId}/transactions/${entry.id}` },
	};
}
