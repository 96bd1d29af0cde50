import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonObjectOf } from './body.cts';
import { notFound, Refusal, wrongVerb } from './errors.cts';
import { EVENT_NAMES } from './events.cts';
import { newId, newSecret } from './ids.cts';
import type { Keys } from './keys.cts';
import { relationship, type Organization } from './organization.cts';
import type { Switches } from './switches.cts';
import { checkedWebhookFields, type Header, type WebhookFields } from './webhookRules.cts';

/** An outbound webhook as it is stored, token included. */
export type OutboundWebhook = {
	id: string;
	name: string;
	url: string;
	events: string[];
	headers: Header[];
	enabled: boolean;
	/** Set when Kustomer itself switched the webhook off. */
	isError: boolean;
	/** The secret: key of the signature. */
	token: string;
	createdAt: string;
	updatedAt: string;
	createdBy: string;
	modifiedBy: string;
	/** Failed deliveries in a row. */
	failures: number;
};

/**
 * Which verb updates a webhook: PATCH by Kustomer's specification. The others are for clients that
 * must cope with an older Kustomer.
 */
export type UpdateVerb = 'PATCH' | 'PUT' | 'both' | 'none';

/** Any one of these roles is enough. Source: https://developer.kustomer.com/api/apps-platform/list-outbound-webhooks */
const rolesTo = (action: 'read' | 'create' | 'update' | 'delete') => [
	'org.outbound_webhooks',
	`org.permission.outbound_webhook.${action}`,
	'org.admin.outbound_webhooks',
];

/** The user that stands for whoever works on Kustomer's settings page, here the local page. */
export const SETTINGS_USER_ID = '66b0c1a05a4d0bca7f1e0a11';

export class OutboundWebhooks {
	private readonly known = new Map<string, OutboundWebhook>();

	/** @param limit how many webhooks an organization may have */
	constructor(
		private readonly organization: Organization,
		readonly limit: number,
		private readonly switches: Switches,
	) {}

	list(): OutboundWebhook[] {
		return [...this.known.values()];
	}

	find(id: string): OutboundWebhook | undefined {
		return this.known.get(id);
	}

	/** @throws Refusal 404 */
	get(id: string): OutboundWebhook {
		const webhook = this.known.get(id);
		if (webhook === undefined) throw notFound('id');
		return webhook;
	}

	/** @throws Refusal 400 for a field that Kustomer refuses, or beyond the limit */
	create(given: Record<string, unknown>, userId = SETTINGS_USER_ID): OutboundWebhook {
		const fields = checkedWebhookFields(given, 'all');
		if (this.known.size >= this.limit) {
			throw new Refusal(this.switches.webhookLimitStatus, {
				title: `An organization can have at most ${this.limit} outbound webhooks`,
				meta: { limit: this.limit },
			});
		}
		const now = new Date().toISOString();
		const webhook: OutboundWebhook = {
			id: newId(),
			name: '',
			url: '',
			events: [],
			headers: [],
			enabled: this.switches.webhookStartsEnabled,
			...fields,
			isError: false,
			token: newSecret(),
			createdAt: now,
			updatedAt: now,
			createdBy: userId,
			modifiedBy: userId,
			failures: 0,
		};
		this.known.set(webhook.id, webhook);
		return webhook;
	}

	/**
	 * Changes the given fields and leaves the others, whichever verb was used. Switching on forgets
	 * earlier failures.
	 *
	 * @throws Refusal 400, 404
	 */
	update(id: string, given: Record<string, unknown>, userId = SETTINGS_USER_ID): OutboundWebhook {
		const webhook = this.get(id);
		const fields: Partial<WebhookFields> = checkedWebhookFields(given, 'some');
		Object.assign(webhook, fields, { updatedAt: new Date().toISOString(), modifiedBy: userId });
		if (fields.enabled === true) Object.assign(webhook, { isError: false, failures: 0 });
		return webhook;
	}

	/** @throws Refusal 404 */
	delete(id: string): void {
		this.get(id);
		this.known.delete(id);
	}

	/** Puts back what a state file held. */
	restore(webhooks: readonly OutboundWebhook[]): void {
		for (const webhook of webhooks) this.known.set(webhook.id, webhook);
	}

	/** JSON:API resource; lists carry who modified it and when, single replies do not. */
	resource(webhook: OutboundWebhook, shownIn: 'list' | 'single') {
		const { id, name, enabled, url, isError, events, headers, token } = webhook;
		const { createdAt, updatedAt } = webhook;
		const listed = shownIn === 'list';
		return {
			id,
			type: 'outbound_webhook',
			attributes: {
				name,
				enabled,
				url,
				isError,
				events,
				headers,
				token,
				createdAt,
				updatedAt,
				...(listed && { modifiedAt: updatedAt }),
			},
			relationships: {
				org: relationship('org', this.organization.id),
				createdBy: relationship('user', webhook.createdBy),
				...(listed &&
					this.switches.webhookEditor === 'told' && {
						modifiedBy: relationship('user', webhook.modifiedBy),
					}),
			},
			links: { self: `/v1/outbound-webhooks/${id}` },
		};
	}
}

type ById = { Params: { id: string } };

export function outboundWebhookRoutes(
	app: FastifyInstance,
	keys: Keys,
	webhooks: OutboundWebhooks,
	settings: { updateVerb: UpdateVerb; switches: Switches; changed: () => void },
): void {
	app.get('/v1/outbound-webhooks', (request) => {
		keys.require(request, rolesTo('read'));
		return { data: webhooks.list().map((webhook) => webhooks.resource(webhook, 'list')) };
	});
	app.post('/v1/outbound-webhooks', (request, reply) => {
		const { userId } = keys.require(request, rolesTo('create'));
		const webhook = webhooks.create(jsonObjectOf(request), userId);
		settings.changed();
		reply.code(201);
		return { data: webhooks.resource(webhook, 'single') };
	});
	// Not JSON:API, unlike everything else. Source: https://developer.kustomer.com/docs/events/event-catalog
	app.get('/v1/outbound-webhooks/events', (request) => {
		keys.require(request, rolesTo('read'));
		return { events: EVENT_NAMES };
	});
	app.get<ById>('/v1/outbound-webhooks/:id', (request) => {
		keys.require(request, rolesTo('read'));
		return { data: webhooks.resource(webhooks.get(request.params.id), 'single') };
	});
	app.delete<ById>('/v1/outbound-webhooks/:id', (request, reply) => {
		keys.require(request, rolesTo('delete'));
		webhooks.delete(request.params.id);
		settings.changed();
		reply.code(204);
		return reply.send();
	});
	const update = (request: FastifyRequest<ById>) => {
		const { updateVerb, switches } = settings;
		if (updateVerb !== 'both' && updateVerb !== request.method) throw wrongVerb(request, switches);
		const { userId } = keys.require(request, rolesTo('update'));
		const webhook = webhooks.update(request.params.id, jsonObjectOf(request), userId);
		settings.changed();
		return { data: webhooks.resource(webhook, 'single') };
	};
	app.put<ById>('/v1/outbound-webhooks/:id', update);
	app.patch<ById>('/v1/outbound-webhooks/:id', update);
}
