import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parsedJson, rawBodyOf } from './body.cts';
import { badRequest, MissingRole, notFound, tooLarge } from './errors.cts';
import { contentTypeOf } from './hookBody.cts';
import type { Hook, HookOutcome, Hooks } from './hooks.cts';
import type { Keys } from './keys.cts';
import type { Organization } from './organization.cts';

/** White space included. Source: https://developer.kustomer.com/api/apps-platform/create-web-hook-transaction */
export const MOST_HOOK_BYTES = 400_000;

type ByHash = { Params: { hash: string } };
type ByOrganization = { Params: { organization: string; hash: string } };

/**
 * The addresses that outside systems post to. Every post is recorded as it came, refused ones and
 * their headers too: a test must be able to see a key that does not belong on a form hook.
 */
export function hookReceiver(
	app: FastifyInstance,
	keys: Keys,
	hooks: Hooks,
	organization: Organization,
): void {
	app.post<ByHash>('/v1/hooks/web/:hash', (request, reply) => {
		const hook = hooks.byHash('web', request.params.hash);
		return receive(request, reply, {
			hooks,
			kind: 'web',
			hook,
			authorize: () => void keys.require(request, ['org.hooks']),
		});
	});
	app.post<ByHash>('/v1/hooks/form/:hash', (request, reply) =>
		receive(request, reply, {
			hooks,
			kind: 'form',
			hook: hooks.byHash('form', request.params.hash),
		}),
	);
	app.post<ByOrganization>('/v1/hooks/form/:organization/:hash', (request, reply) => {
		const { organization: id, hash } = request.params;
		const hook = id === organization.id ? hooks.byHash('form', hash) : undefined;
		return receive(request, reply, { hooks, kind: 'form', hook });
	});
}

type Reception = {
	hooks: Hooks;
	kind: 'web' | 'form';
	hook: Hook | undefined;
	authorize?: () => void;
};

function receive(request: FastifyRequest, reply: FastifyReply, reception: Reception) {
	const { hooks, kind, hook } = reception;
	const rawBody = rawBodyOf(request);
	const record = (outcome: HookOutcome) =>
		hooks.record({
			kind,
			hookId: hook?.id ?? null,
			method: request.method,
			path: request.url,
			headers: { ...request.headers },
			rawBody,
			outcome,
			debug: hook?.debug ?? false,
		});
	if (rawBody.length > MOST_HOOK_BYTES) {
		record('too large');
		throw tooLarge(MOST_HOOK_BYTES);
	}
	try {
		reception.authorize?.();
	} catch (error) {
		record(error instanceof MissingRole ? 'missing role' : 'unauthorized');
		throw error;
	}
	if (hook === undefined) {
		record('unknown hook');
		throw notFound('hash');
	}
	if (isBrokenJson(request, rawBody)) {
		record('not JSON');
		throw badRequest('The request body is not valid JSON');
	}
	const { id } = record('accepted');
	reply.code(hooks.switches.hookPostStatus);
	const self = `/v1/hooks/${kind}/${hook.id}/transactions/${id}`;
	return { data: { id, type: 'hook_transaction', links: { self } } };
}

function isBrokenJson(request: FastifyRequest, rawBody: Buffer): boolean {
	if (!/^[^;]*\bjson\b/i.test(contentTypeOf(request))) return false;
	return parsedJson(rawBody.toString('utf8')) === undefined;
}
