import type { INodeProperties } from 'n8n-workflow';
import { updateWebhook, removeWebhook, webhookOf } from '../../api/outboundWebhooks';
import { apiList } from '../../api/paging';
import { headerNames, recordsIn, withoutSecrets, type ApiRecord } from '../../api/records';
import { apiError, apiRequest, type ApiCaller } from '../../api/request';
import { Failure, InputMistake } from '../errors';
import type { Operation } from '../operation';
import { BY_ID, LIST_LENGTH, LOCATOR_DEFAULT, locatorProperty, type Item } from '../parameters';
import { asBase, ownAddresses, pointsAt } from './ownAddresses';

const PATH = '/v1/outbound-webhooks';
const READ_ROLE = 'org.outbound_webhooks (or org.permission.outbound_webhook.read)';

const WEBHOOK: INodeProperties = {
	displayName: 'Webhook',
	name: 'webhook',
	default: LOCATOR_DEFAULT,
	description: 'The outbound webhook, as under Settings > Platform > Outbound Webhooks',
	...locatorProperty({ method: 'searchWebhooks', placeholder: 'Choose a webhook...' }, BY_ID),
};

function chosenId(item: Item): string {
	const id = item.locator('webhook').value;
	if (id === '') throw new InputMistake('No webhook is chosen. Choose one in "Webhook".');
	return id;
}

async function webhookRecords(caller: ApiCaller, limit?: number): Promise<ApiRecord[]> {
	return await apiList(caller, {
		purpose: 'list the outbound webhooks of your organization',
		role: READ_ROLE,
		path: PATH,
		limit,
	});
}

async function webhookRecord(caller: ApiCaller, id: string): Promise<ApiRecord> {
	const body = await apiRequest(caller, {
		purpose: 'read the webhook from Kustomer',
		role: READ_ROLE,
		missing:
			'Kustomer has no outbound webhook with this ID. It may have been deleted: choose one from the list.',
		method: 'GET',
		path: `${PATH}/${encodeURIComponent(id)}`,
	});
	const [record] = recordsIn(body);
	if (record !== undefined) return record;
	throw apiError(caller, 'n8n could not read the webhook from Kustomer: the reply holds none.');
}

async function switched(caller: ApiCaller, record: ApiRecord, target: { enabled: boolean }) {
	const webhook = webhookOf(record);
	if (webhook.enabled !== target.enabled) {
		await updateWebhook(caller, webhook.id, { ...webhook, ...target });
	}
	const isError = target.enabled ? false : (record.attributes.isError ?? null);
	return { ...webhookItem(record), ...target, isError };
}

function webhookItem(record: ApiRecord) {
	const { attributes } = record;
	const { id, name, url, enabled, events, createdBy } = webhookOf(record);
	return {
		id,
		name,
		url,
		enabled,
		isError: attributes.isError ?? null,
		events: [...events],
		headerNames: headerNames(attributes.headers),
		createdAt: attributes.createdAt ?? null,
		updatedAt: attributes.updatedAt ?? null,
		createdById: createdBy === '' ? null : createdBy,
	};
}

function readableTime(time: unknown): unknown {
	if (typeof time !== 'number') return time ?? null;
	const date = new Date(time > 100_000_000_000 ? time : time * 1_000);
	return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

export const deleteWebhook: Operation = {
	name: 'Delete',
	value: 'delete',
	action: 'Delete outbound webhook',
	description:
		'Delete an outbound webhook for good. A workflow that starts with its events gets none any more.',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	async perItem(item) {
		// One that is gone already is as it was wanted.
		await removeWebhook(item.context, chosenId(item));
		return { deleted: true };
	},
};

export const enable: Operation = {
	name: 'Enable',
	value: 'enable',
	action: 'Enable outbound webhook',
	description: 'Switch on an outbound webhook, e.g. after Kustomer switched it off',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	perItem: async (item) =>
		await switched(item.context, await webhookRecord(item.context, chosenId(item)), {
			enabled: true,
		}),
};

export const disable: Operation = {
	name: 'Disable',
	value: 'disable',
	action: 'Disable outbound webhook',
	description: 'Switch off an outbound webhook; what happens meanwhile is not sent later',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	perItem: async (item) =>
		await switched(item.context, await webhookRecord(item.context, chosenId(item)), {
			enabled: false,
		}),
};

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get outbound webhook',
	description:
		'Read one outbound webhook: where it sends, which events, and whether it is on or was switched off',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	perItem: async (item) => webhookItem(await webhookRecord(item.context, chosenId(item))),
};

export const getMany: Operation = {
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many outbound webhooks',
	description:
		'List the outbound webhooks of the organization with their addresses, events and whether they are on',
	credential: 'kustomerApi',
	properties: LIST_LENGTH,
	perItem: async (item) => (await webhookRecords(item.context, item.limit)).map(webhookItem),
};

export const getDeliveries: Operation = {
	name: 'Get Deliveries',
	value: 'getDeliveries',
	action: 'Get deliveries of outbound webhook',
	description:
		'List the latest deliveries of an outbound webhook with event, status and next retry, to see why events stopped',
	credential: 'kustomerApi',
	properties: [WEBHOOK, ...LIST_LENGTH],
	async perItem(item) {
		const webhookId = chosenId(item);
		const entries = await apiList(item.context, {
			purpose: 'read the deliveries of the webhook',
			role: READ_ROLE,
			missing: 'Kustomer has no outbound webhook with this ID. Choose one from the list.',
			path: `${PATH}/${encodeURIComponent(webhookId)}/transactions`,
			limit: item.limit,
		});
		return entries.map(({ id, attributes }) => {
			const { sentAt, ...others } = withoutSecrets(attributes);
			return { id, webhookId, sentAt: readableTime(sentAt), ...others };
		});
	},
};

// A constant, because the lint rule for title case would spell n8n with a capital.
const OTHER_ADDRESS = 'Other Address of This n8n';

export const repair: Operation = {
	name: 'Repair',
	value: 'repair',
	action: 'Repair outbound webhooks of this n8n',
	description:
		'Switch on again every outbound webhook that points at this n8n and was switched off, and return those. Kustomer switches a webhook off when its deliveries did not arrive for an hour or so.',
	credential: 'kustomerApi',
	isOnce: true,
	properties: [
		{
			displayName:
				'Switches on again every outbound webhook that points at this n8n and is off. Gives one item for each of them, and none when all are on: a step after this one runs only when there was something to repair. Best started by a Schedule Trigger.',
			name: 'repairNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: OTHER_ADDRESS,
			name: 'otherAddress',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://gateway.example.com/n8n/',
			description:
				'Only when Kustomer reaches this n8n under an address that n8n does not know itself, e.g. that of a gateway. The addresses in WEBHOOK_URL and N8N_EDITOR_BASE_URL are known.',
		},
	],
	async perItem(item) {
		const addresses = addressesOf(item);
		const broken = (await webhookRecords(item.context)).filter((record) => {
			const { enabled, url } = webhookOf(record);
			return !enabled && pointsAt(addresses, url);
		});
		// One that cannot be switched on does not keep the others from it.
		return await Promise.all(
			broken.map(async (record) =>
				switched(item.context, record, { enabled: true }).then(
					(webhook) => ({ repaired: true, ...webhook }),
					(error) => new Failure(error),
				),
			),
		);
	},
};

function addressesOf(item: Item): string[] {
	const given = item.text('otherAddress');
	const others = given === '' ? [] : asBase(given);
	if (given !== '' && others.length === 0) {
		throw new InputMistake(
			`The address in "${OTHER_ADDRESS}" is not a URL. Enter one such as https://gateway.example.com/n8n/, or leave it empty.`,
		);
	}
	return [...ownAddresses(item.context), ...others];
}
