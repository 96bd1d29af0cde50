import {
	NodeHelpers,
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
	type INodeParameters,
	type IWebhookDescription,
} from 'n8n-workflow';
import { KustomerTrigger } from '../../../../nodes/Kustomer/KustomerTrigger.node';
import { EVENTS } from '../../../../nodes/Kustomer/event/catalog';
import { endTriggers, manualDraft, startTrigger } from '../../../support/triggerContexts.cts';

const { description } = new KustomerTrigger();
const [WEBHOOK] = description.webhooks ?? [];

const UPDATE = 'kustomer.conversation.update';
const CREATE = 'kustomer.tag.create';

const triggerWith = async (parameters: INodeParameters) =>
	await startTrigger(manualDraft(parameters));

/** @returns what n8n's expression engine makes of a text of the description */
async function evaluated(text: unknown, parameters: INodeParameters): Promise<unknown> {
	const { workflow, node } = await triggerWith(parameters);
	return workflow.expression.getSimpleParameterValue(node, String(text), 'internal', {});
}

afterEach(async () => await endTriggers());

describe("the trigger's outputs, as n8n's expression engine makes them", () => {
	async function labelsFor(parameters: INodeParameters) {
		const { workflow, node } = await triggerWith(parameters);
		return NodeHelpers.getNodeOutputs(workflow, node, description).map((output) =>
			typeof output === 'string' ? output : output.displayName,
		);
	}

	it('are one, without a label, by default', async () => {
		expect(await labelsFor({ events: [UPDATE, CREATE] })).toEqual([undefined]);
	});

	it('are one for each event, labelled in the order chosen', async () => {
		const splitOutputs = true;
		expect(await labelsFor({ splitOutputs, events: [UPDATE, CREATE] })).toEqual([
			'Conv. Updated',
			'Tag Created',
		]);
		expect(await labelsFor({ splitOutputs, events: [CREATE, UPDATE] })).toEqual([
			'Tag Created',
			'Conv. Updated',
		]);
	});

	it('put additional events last, under their names', async () => {
		const options = { additionalEvents: ['kustomer.note.create', CREATE] };
		expect(await labelsFor({ splitOutputs: true, events: [CREATE], options })).toEqual([
			'Tag Created',
			'kustomer.note.create',
		]);
	});

	it('are the twelve and "Other" for all events', async () => {
		expect(await labelsFor({ splitOutputs: true, events: ['*', CREATE] })).toEqual([
			...EVENTS.map(({ short }) => short),
			'Other',
		]);
	});

	it('are one while nothing is chosen', async () => {
		expect(await labelsFor({ splitOutputs: true, events: [] })).toEqual([undefined]);
	});

	it.each<[INodeParameters]>([
		[{ events: [UPDATE, CREATE] }],
		[{ events: [CREATE, UPDATE], options: { additionalEvents: ['kustomer.note.create', ''] } }],
		[{ events: ['*'], options: { additionalEvents: ['kustomer.note.create'] } }],
		[{ events: [UPDATE, UPDATE, ` ${CREATE} `] }],
		[{ events: [] }],
	])('are as many as the node fills: %j', async (parameters) => {
		const splitOutputs = true;
		const labels = await labelsFor({ splitOutputs, ...parameters });
		const trigger = await triggerWith({ splitOutputs, ...parameters });
		const filled = await trigger.execute([]);
		// Nothing chosen cannot be published; the editor still shows one output.
		expect(Math.max(filled.length, 1)).toBe(labels.length);
	});
});

describe('the words under the node, as the expression engine makes them', () => {
	it.each<[string, INodeParameters]>([
		['Conversation Updated', { events: [UPDATE] }],
		['Conversation Updated, Tag Created', { events: [UPDATE, CREATE] }],
		['Conversation Updated +2', { events: [UPDATE, CREATE, 'kustomer.tag.update'] }],
		['All events', { events: ['*', UPDATE] }],
		[
			'kustomer.note.create',
			{ events: [], options: { additionalEvents: ['kustomer.note.create'] } },
		],
		['No events chosen', { events: [] }],
	])('are "%s" for %j', async (words, parameters) => {
		expect(await evaluated(description.subtitle, parameters)).toBe(words);
	});
});

describe('when n8n answers Kustomer', () => {
	it.each([
		['received', 'onReceived'],
		['finished', 'lastNode'],
		[undefined, 'onReceived'],
	])('with "%s" is "%s", with and without the expression engine', async (acknowledge, mode) => {
		const parameters = { options: { ...(acknowledge && { acknowledge }) } };
		const { node } = await triggerWith(parameters);
		expect(resolveWebhookDescriptionField(node, WEBHOOK, 'responseMode')).toEqual({
			resolved: true,
			value: mode,
		});
		expect(await evaluated(WEBHOOK.responseMode, parameters)).toBe(mode);
	});

	it('is known even where an option is an expression', async () => {
		const parameters = { options: { acknowledge: 'finished', webhookName: '={{ "a name" }}' } };
		expect(await evaluated(WEBHOOK.responseMode, parameters)).toBe('lastNode');
	});
});

describe('the webhook that the node describes', () => {
	it('is read on each delivery without the expression engine', () => {
		const { ndvHideUrl: _, ...perDelivery } = WEBHOOK;
		expect(webhookDescriptionIsNativelyResolvable(perDelivery as IWebhookDescription)).toBe(true);
	});

	it.each([
		['automatic', true],
		['manual', false],
	])('hides its address in the editor with %s setup: %s', async (registration, isHidden) => {
		expect(await evaluated(WEBHOOK.ndvHideUrl, { registration })).toBe(isHidden);
	});

	it('has the name, verb and path that saved workflows and webhooks at Kustomer count on', () => {
		expect(WEBHOOK).toMatchObject({ name: 'default', httpMethod: 'POST', path: 'webhook' });
		expect(description.version).toBe(1.1);
	});
});
