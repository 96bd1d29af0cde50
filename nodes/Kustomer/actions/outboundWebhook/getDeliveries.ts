import { listDeliveries } from '../../api/outboundWebhooks';
import type { Resource } from '../../api/paging';
import { oneByOne } from '../batches';
import { LIST_LENGTH, listLimit } from '../locator';
import type { Operation } from '../operation';
import { withoutSecrets } from '../withoutSecrets';
import { chosenWebhookId, WEBHOOK } from './webhook';

function deliveryItem(webhookId: string, { id, attributes }: Resource) {
	const { sentAt, ...others } = withoutSecrets(attributes);
	return { id, webhookId, sentAt: readableTime(sentAt), ...others };
}

/** Kustomer gives a number since 1970; n8n users expect a date. */
function readableTime(time: unknown): unknown {
	if (typeof time !== 'number') return time ?? null;
	const date = new Date(time > LARGEST_EPOCH_SECONDS ? time : time * 1_000);
	return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

/** A value beyond this can only be in milliseconds. */
const LARGEST_EPOCH_SECONDS = 100_000_000_000;

export const getDeliveries: Operation = {
	name: 'Get Deliveries',
	value: 'getDeliveries',
	action: 'Get deliveries of outbound webhook',
	description:
		'List the latest deliveries of an outbound webhook with event, status and next retry, to see why events stopped',
	properties: [WEBHOOK, ...LIST_LENGTH],
	execute: async (context) =>
		await oneByOne(context, async (itemIndex) => {
			const id = chosenWebhookId(context, itemIndex);
			const entries = await listDeliveries(context, id, listLimit(context, itemIndex));
			return entries.map((entry) => deliveryItem(id, entry));
		}),
};
