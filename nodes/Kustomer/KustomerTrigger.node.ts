import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	ITriggerFunctions,
	ITriggerResponse,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { apiKeyTest, webhookSecretTest } from './api/credentialTests';
import { ANY_EVENT, EVENTS } from './event/catalog';
import { parseEvent } from './event/event';
import { describedOutputs } from './event/outputs';
import { getUsers, searchFields, searchRecords } from './trigger/description/eventLists';
import { PARAMETERS } from './trigger/description/parameters';
import { RESPONSE_MODE } from './trigger/description/responseMode';
import { SUBTITLE } from './trigger/description/subtitle';
import { settledOnThrow } from './trigger/memory/pending';
import { isRegistered, register, unregister } from './trigger/registration/lifecycle';
import { watchWebhook } from './trigger/registration/watch';
import { settingsOf } from './trigger/settings';
import { answer, drop, ignore, postpone, refuse } from './trigger/webhook/answer';
import { start } from './trigger/webhook/batching';
import { SKIPPED_WORDS, takeEvent, withoutStored } from './trigger/webhook/deduplication';
import { whyDropped } from './trigger/webhook/filtering';
import { explainMissed, itemOf, outputsFor } from './trigger/webhook/items';
import { signedRequest } from './trigger/webhook/signedRequest';
import { checkSignature } from './trigger/webhook/secrets';
import { triggerOf, warn } from './trigger/webhook/trigger';

export class KustomerTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kustomer Trigger',
		name: 'kustomerTrigger',
		icon: { light: 'file:kustomer.svg', dark: 'file:kustomer.dark.svg' },
		group: ['trigger'],
		// Above 1 from the start: for version 1, n8n evaluates an expression on every delivery.
		version: 1.1,
		subtitle: SUBTITLE,
		// The search for nodes shows this text for both nodes, also to those who look for the next step.
		description:
			'Starts the workflow when a conversation, customer, message, user, team or tag is created or updated in Kustomer. Actions: search, answer, assign, tag, close and more.',
		eventTriggerDescription: 'Waiting for Kustomer to send an event',
		activationMessage:
			'Kustomer now sends the chosen events to this workflow. If you set up the webhook yourself, switch it on in Kustomer. Every run is listed under Executions.',
		defaults: { name: 'Kustomer Trigger' },
		inputs: [],
		outputs: `={{(${String(describedOutputs)})($parameter, ${JSON.stringify(
			EVENTS.map(({ name, short }) => ({ name, label: short })),
		)}, ${JSON.stringify(ANY_EVENT)})}}`,
		credentials: [
			{
				name: 'kustomerApi',
				required: true,
				testedBy: 'kustomerApiTest',
				displayOptions: { show: { registration: ['automatic'] } },
			},
			{
				// For both setups: with automatic setup it is optional, and its secret is tried first.
				name: 'kustomerWebhookApi',
				displayName: 'Webhook Secret (Required If You Set It Up in Kustomer)',
				testedBy: 'kustomerWebhookSecretTest',
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'webhook',
				...RESPONSE_MODE,
				responseData: 'noData',
				ndvHideMethod: true,
				ndvHideUrl: '={{$parameter["registration"] !== "manual"}}',
			},
		],
		triggerPanel: {
			header: 'Pull in events from Kustomer',
			executionsHelp: {
				inactive:
					'<b>While building</b>, click the orange button and then do something in Kustomer that causes the chosen event. n8n makes a webhook of its own for the test and removes it afterwards.<br><br><b>When done</b>, publish the workflow: from then on every event starts it, and you find the runs under <a data-key="executions">Executions</a>.',
				active:
					'<b>While building</b>, click the orange button and then do something in Kustomer that causes the chosen event. The published workflow keeps receiving events meanwhile.<br><br><b>The published workflow</b> starts with every event; you find the runs under <a data-key="executions">Executions</a>.',
			},
			activationHint:
				'When you have finished building, publish the workflow. From then on, every chosen event starts it.',
		},
		properties: PARAMETERS,
	};

	methods = {
		listSearch: { searchFields, searchRecords },
		loadOptions: { getUsers },
		credentialTest: { kustomerApiTest: apiKeyTest, kustomerWebhookSecretTest: webhookSecretTest },
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await isRegistered(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await register(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await unregister(this);
			},
		},
	};

	/** Looks after the webhook, see CONTRIBUTING.md. Events come in through `webhook()` alone. */
	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return watchWebhook(this);
	}

	/** One event, one way: bytes and signature → verify → parse → chosen? passes filters? → duplicate? → item. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const trigger = triggerOf(this);
		try {
			const request = await signedRequest(this);
			if (request === undefined) return refuse(trigger, 'noRawBody');

			const settings = settingsOf(this);
			const verdict = await checkSignature(trigger, settings, request);
			if (verdict !== 'valid') return refuse(trigger, verdict);

			const event = parseEvent(request.rawBody);
			if (event === undefined) {
				warn(trigger, 'ignored', 'its signature is valid, but its body is not a Kustomer event');
				return ignore('Ignored: the body is not a Kustomer event');
			}
			const dropped = await whyDropped(trigger, settings, event);
			if (dropped !== undefined && !trigger.isTest) return drop(trigger, dropped);

			const taken = await takeEvent(trigger, settings, event);
			if (taken.skipped === 'pending') return answer(this, 503, SKIPPED_WORDS.pending);
			if (taken.skipped !== undefined) return ignore(SKIPPED_WORDS[taken.skipped]);

			return await settledOnThrow(taken.settle, async () => {
				const item = itemOf(settings, event, dropped?.reason);
				return await start(trigger, settings, { item, ...taken });
			});
		} catch (error) {
			return postpone(trigger, error);
		}
	}

	/**
	 * n8n runs this with the items of `webhook()`: only here is its de-duplication store within
	 * reach, and only from here can an item leave by the output of its event. An execution that is
	 * run again passes its events, although they were recorded before it broke off.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const settings = settingsOf(this);
		const items = this.getInputData();
		const isWanted = settings.skipDuplicates === 'database' || settings.catchUp !== 'off';
		const isStored = isWanted && !['manual', 'retry'].includes(this.getMode());
		const outputs = outputsFor(settings, isStored ? await withoutStored(this, items) : items);
		if (settings.catchUp !== 'off') explainMissed(this, outputs);
		return outputs;
	}
}
