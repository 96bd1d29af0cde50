import type { INodeProperties } from 'n8n-workflow';
import {
	changeWebhook,
	deleteWebhook,
	listDeliveries,
	listWebhooks,
	readWebhook,
	type Webhook,
	type WebhookChange,
} from '../../api/outboundWebhooks';
import { withoutSecrets } from '../../api/records';
import { refused, type ApiCaller } from '../../api/request';
import { isPaused, pausedName, resumedName } from '../../api/webhookMarks';
import { Failure, InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { BY_ID, LIST_LENGTH, LOCATOR_DEFAULT, locatorProperty, type Item } from '../itemParameters';
import { asBase, ownAddresses, pointsAt } from './ownAddresses';

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

async function chosen(item: Item): Promise<Webhook> {
	return await readWebhook(item.context, chosenId(item));
}

/** Off means paused: the mark in its name tells the node that nobody wants it to be repaired. */
async function switched(caller: ApiCaller, webhook: Webhook, to: 'on' | 'off') {
	const enabled = to === 'on';
	const name = enabled ? resumedName(webhook.name) : pausedName(webhook.name);
	const change: WebhookChange = {
		...(enabled !== webhook.enabled && { enabled }),
		...(name !== webhook.name && { name }),
	};
	if (Object.keys(change).length === 0) return webhookItem(webhook);
	const outcome = await changeWebhook(caller, webhook.id, change);
	if ('id' in outcome) return webhookItem(outcome);
	throw refused(caller, outcome.reply, outcome.asked);
}

/** Without its secret, and of its headers the names only, since people put passwords into them. */
function webhookItem(webhook: Webhook) {
	const { id, name, url, enabled, isError, events, headers } = webhook;
	return {
		id,
		name,
		url,
		enabled,
		isError,
		events,
		headerNames: headers.map((header) => header.name),
		createdAt: webhook.createdAt || null,
		updatedAt: webhook.updatedAt || null,
		createdById: webhook.createdBy || null,
	};
}

function readableTime(time: unknown): unknown {
	if (typeof time !== 'number') return time ?? null;
	const date = new Date(time > 100_000_000_000 ? time : time * 1_000);
	return Number.isNaN(date.getTime()) ? time : date.toISOString();
}

export const remove: Operation = {
	name: 'Delete',
	value: 'delete',
	action: 'Delete outbound webhook',
	description:
		'Delete an outbound webhook for good. Workflows that start with its events get no more of them.',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	async perItem(item) {
		// One that is already gone counts as deleted.
		await deleteWebhook(item.context, chosenId(item));
		return { deleted: true };
	},
};

export const enable: Operation = {
	name: 'Enable',
	value: 'enable',
	action: 'Enable outbound webhook',
	description:
		'Switch on an outbound webhook, e.g. after Kustomer switched it off. Ends a pause, too.',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	perItem: async (item) => await switched(item.context, await chosen(item), 'on'),
};

export const disable: Operation = {
	name: 'Disable',
	value: 'disable',
	action: 'Disable outbound webhook',
	description:
		'Pause an outbound webhook: its name then ends in "(paused)", and Repair leaves it off. What happens meanwhile is not sent later.',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	perItem: async (item) => await switched(item.context, await chosen(item), 'off'),
};

export const get: Operation = {
	name: 'Get',
	value: 'get',
	action: 'Get outbound webhook',
	description:
		'Read one outbound webhook: its address and events, and whether it is on or was switched off',
	credential: 'kustomerApi',
	properties: [WEBHOOK],
	perItem: async (item) => webhookItem(await chosen(item)),
};

export const getMany: Operation = {
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many outbound webhooks',
	description:
		'List the outbound webhooks of the organization with their addresses, events and whether they are on',
	credential: 'kustomerApi',
	properties: LIST_LENGTH,
	perItem: async ({ context, limit }) =>
		(await listWebhooks(context)).slice(0, limit).map(webhookItem),
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
		const entries = await listDeliveries(item.context, webhookId, item.limit);
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
		'Switch on again every outbound webhook that points at this n8n and was switched off, and return those. Kustomer switches a webhook off when its deliveries fail for an hour or so. Paused ones stay off.',
	credential: 'kustomerApi',
	isOnce: true,
	properties: [
		{
			displayName:
				'Switches on again every outbound webhook that points at this n8n and is off, except those that are paused: their names end in "(paused)". Gives one item for each of them, and none if there was nothing to repair: then the next step does not run. Best started by a Schedule Trigger.',
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
				'Only if Kustomer reaches this n8n under an address that n8n itself does not know, e.g. that of a gateway. The addresses in WEBHOOK_URL and N8N_EDITOR_BASE_URL are known.',
		},
	],
	async perItem(item) {
		const addresses = addressesOf(item);
		const off = (await listWebhooks(item.context)).filter(
			({ enabled, url }) => !enabled && pointsAt(addresses, url),
		);
		const paused = off.filter(({ name }) => isPaused(name));
		if (paused.length > 0) item.run.hint(pausedWords(paused));
		const broken = off.filter((webhook) => !paused.includes(webhook));
		// One that cannot be switched on does not keep the others from it.
		return await Promise.all(
			broken.map(async (webhook) =>
				switched(item.context, webhook, 'on').then(
					(repaired) => ({ repaired: true, ...repaired }),
					(error) => new Failure(error),
				),
			),
		);
	},
};

function pausedWords(paused: readonly Webhook[]): string {
	const names = paused.map(({ name }) => `"${name}"`).join(', ');
	return `Left off, because somebody paused them with Outbound Webhook: Disable: ${names}. Enable switches them on.`;
}

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
