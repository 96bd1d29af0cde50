import type { Webhook } from '../../nodes/Kustomer/api/outboundWebhooks';

/** @returns a webhook as Kustomer lists it, on and without a mark */
export function webhookLike(changed: Partial<Webhook> = {}): Webhook {
	return {
		id: 'w1',
		name: 'n8n: Mending desk (wF7kettle)',
		url: 'https://n8n.example.com/webhook/8c1f-made-up/webhook',
		events: ['kustomer.tag.create', 'kustomer.tag.update'],
		headers: [],
		enabled: true,
		isError: false,
		token: 'made-up-token',
		orgId: 'o1',
		createdBy: 'u1',
		modifiedBy: 'u1',
		createdAt: '2026-01-05T09:00:00.000Z',
		updatedAt: '2026-01-05T09:00:00.000Z',
		...changed,
	};
}
