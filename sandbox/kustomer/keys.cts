import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MissingRole, unauthorized } from './errors.cts';
import { newId } from './ids.cts';
import { relationship, type Organization } from './organization.cts';
import type { Switches } from './switches.cts';

/** What a test or the demo says about an API key. */
export type KeyOptions = {
	token: string;
	roles: readonly string[];
	/** The machine user behind the key; made up where it is left out. */
	userId?: string;
	userName?: string;
	/** Pod that the key belongs to, e.g. `prod2`, or `us`, `eu`, `india`; by default this server's own. */
	region?: string;
	expired?: boolean;
	/** Attributes whose values this key sees as stars, custom ones as `custom.<name>`. */
	masked?: readonly string[];
};

export type ApiKey = Required<KeyOptions> & {
	id: string;
	createdAt: string;
	lastAccessedAt: string;
};

/** Source: https://developer.kustomer.com/docs/get-started/regions-and-base-urls */
const PODS: Readonly<Record<string, string>> = { us: 'prod1', eu: 'prod2', india: 'prod4' };

export class Keys {
	private readonly known: ApiKey[] = [];

	/** @param pod the pod that this server plays */
	constructor(
		private readonly organization: Organization,
		private readonly pod: string,
		private readonly switches: Switches,
	) {}

	add(options: KeyOptions): ApiKey {
		const now = new Date().toISOString();
		const key: ApiKey = {
			id: newId(),
			token: options.token,
			roles: options.roles,
			userId: options.userId ?? userIdOf(options.token),
			userName: options.userName ?? 'API key',
			region: options.region ?? this.pod,
			expired: options.expired ?? false,
			masked: options.masked ?? [],
			createdAt: now,
			lastAccessedAt: now,
		};
		this.known.push(key);
		return key;
	}

	/** From now on the key is answered with 401, as one that was deleted in Kustomer. */
	revoke(token: string): void {
		const at = this.known.findIndex((key) => key.token === token);
		if (at >= 0) this.known.splice(at, 1);
	}

	list(): readonly ApiKey[] {
		return this.known;
	}

	/**
	 * @param anyOf roles of which the key must have one; none: any valid key passes
	 * @returns the key that the request carries
	 * @throws Refusal 401; 401 or, by a switch, 403 where only the role is missing
	 */
	require(request: FastifyRequest, anyOf: readonly string[] = []): ApiKey {
		const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
		if (token === undefined) throw unauthorized('Missing or malformed Authorization header');
		const key = this.known.find((candidate) => candidate.token === token);
		if (key === undefined) throw unauthorized('Invalid auth token');
		if (key.expired) throw unauthorized('Auth token has expired');
		const pod = PODS[key.region] ?? key.region;
		if (pod !== this.pod) {
			// The words are Kustomer's; the status that comes with them is not documented.
			throw unauthorized(
				`Auth token associated with pod ${pod} but request is being handled by ${this.pod}`,
			);
		}
		if (anyOf.length > 0 && !anyOf.some((role) => grants(key.roles, role))) {
			throw new MissingRole(this.switches.missingRole, { title: 'Unauthorized' });
		}
		key.lastAccessedAt = new Date().toISOString();
		return key;
	}

	/** `GET /v1/auth/tokens/current`: any valid key may ask, whatever its roles. */
	routes(app: FastifyInstance): void {
		app.get('/v1/auth/tokens/current', (request) => {
			const key = this.require(request);
			return {
				data: {
					id: key.id,
					type: 'auth_token',
					attributes: {
						name: key.userName,
						roles: key.roles,
						lastTokenChars: key.token.slice(-4),
						ipAddress: request.ip,
						userAgent: request.headers['user-agent'] ?? '',
						createdAt: key.createdAt,
						updatedAt: key.createdAt,
						lastAccessedAt: key.lastAccessedAt,
					},
					relationships: {
						org: relationship('org', this.organization.id),
						user: relationship('user', key.userId),
					},
					links: { self: `/v1/auth/tokens/${key.id}` },
				},
			};
		});
	}
}

/** A key's user is the same after a restart. */
function userIdOf(token: string): string {
	return createHash('sha1').update(token).digest('hex').slice(0, 24);
}

/** A parent such as `org.permission.hook` carries its children, e.g. `org.permission.hook.read`. */
function grants(roles: readonly string[], wanted: string): boolean {
	return roles.some(
		(role) => role === wanted || (/^org\.permission\b/.test(role) && wanted.startsWith(`${role}.`)),
	);
}
