import type { FastifyInstance } from 'fastify';
import type { Deliveries, Delivery } from './delivery.cts';
import type { Keys } from './keys.cts';
import { relationship, type Organization } from './organization.cts';
import type { OutboundWebhooks } from './outboundWebhooks.cts';
import { pageOf } from './paging.cts';
import type { Switches } from './switches.cts';

const ROLES = [
	'org.outbound_webhooks',
	'org.permission.outbound_webhook.read',
	'org.admin.outbound_webhooks',
];

/**
 * The log of recent deliveries, newest first. The page size and the words for the
 * status are guesses ("Success" is the one word seen on Kustomer's screen).
 */
export function transactionRoutes(
	app: FastifyInstance,
	keys: Keys,
	webhooks: OutboundWebhooks,
	log: { deliveries: Deliveries; organization: Organization; switches: Switches },
): void {
	const { deliveries, organization, switches } = log;
	const newestFirst = () => deliveries.log.filter((delivery) => !delivery.forged).reverse();
	const resource = (delivery: Delivery) => ({
		id: delivery.id,
		type: 'outbound_webhook_transaction',
		attributes: {
			webhookId: delivery.webhookId,
			sentAt: Date.parse(delivery.sentAt),
			// An attempt that was followed by another is told from one that was the last.
			nextRetry: delivery.nextRetry ?? delivery.triedAgainAt ?? null,
			status: delivery.ok ? 'Success' : 'Error',
			eventName: delivery.event,
		},
		relationships: {
			org: relationship('org', organization.id),
			hook: relationship('outbound_webhook', delivery.webhookId, 'outbound-webhooks'),
		},
	});
	const paging = () => ({ mostPerPage: 100, totals: false, ...switches });

	app.get('/v1/outbound-webhooks/transactions', (request) => {
		keys.require(request, ROLES);
		return pageOf(request, newestFirst().map(resource), paging());
	});
	app.get<{ Params: { id: string } }>('/v1/outbound-webhooks/:id/transactions', (request) => {
		keys.require(request, ROLES);
		const { id } = webhooks.get(request.params.id);
		const own = newestFirst().filter((delivery) => delivery.webhookId === id);
		return pageOf(request, own.map(resource), paging());
	});
}
