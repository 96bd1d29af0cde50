import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoWorkflow } from '../demo/workflow.cts';
import { makeEvent, startKustomer, type LocalKustomer } from '../kustomer/server.cts';
import type { CredentialReference, NodeDraft, WorkflowDraft } from '../n8n/api.cts';
import { TEAMS } from '../kustomer/people.cts';
import { startN8n, type N8n } from '../n8n/n8n.cts';

/** Stands in the pictures as the address of the reader's own n8n; the local Kustomer knows where it leads. */
const N8N_NAME = 'https://n8n.example.com';

export const TRIGGER = 'Kustomer Trigger';
export const ACTION = 'Kustomer';
export const SEARCH = 'Find VIPs Who Wait';
export const ASSIGN = 'Assign to the Team';

/** What the pictures show: addresses on this machine and the ids of prepared workflows. */
export interface Scene {
	readonly n8nUrl: string;
	readonly kustomerUrl: string;
	readonly owner: N8n['owner'];
	readonly workflows: Readonly<Record<SceneWorkflow, string>>;
	/** The finished execution of `closed`. */
	readonly executionId: string;
	/** A conversation in the local Kustomer, in which the demo's workflow has done its work. */
	readonly conversationId: string;
}

/** "A VIP's conversation was closed", as the documentation writes it. */
const VIP_CLOSED = {
	changedFields: {
		field: [
			{ name: locator('list', 'status'), from: locator('text', '*'), to: locator('text', 'done') },
		],
	},
	conditions: {
		field: [{ name: locator('name', 'custom.vip'), value: locator('text', 'true') }],
	},
	ignoreOwnChanges: true,
};

type SceneWorkflow = 'automatic' | 'manual' | 'filters' | 'closed' | 'order' | 'waiting';

/** A real n8n and a local Kustomer with a few workflows as a person would have built them. */
export async function setScene(): Promise<Scene & { end(): Promise<void> }> {
	const userFolder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-pictures-'));
	const kustomer = await startKustomer();
	const starting = startN8n({ userFolder, webhookUrl: `${N8N_NAME}/` });
	// Left open, it would keep waiting for ever a run that cannot begin.
	starting.catch(async () => await kustomer.close());
	const n8n = await starting;
	kustomer.deliverTo(N8N_NAME, n8n.url);
	const end = async (): Promise<void> => {
		await n8n.stop();
		await kustomer.close();
		await rm(userFolder, { recursive: true, force: true });
	};
	try {
		return { ...(await furnish(n8n, kustomer)), end };
	} catch (error) {
		await end();
		throw error;
	}
}

async function furnish(n8n: N8n, kustomer: LocalKustomer): Promise<Scene> {
	for (const title of ['Orders from the shop', 'Returns', 'Survey answers']) {
		// Kustomer lists web hooks without their titles.
		kustomer.createHook('web', { title, description: title });
	}
	const { api } = n8n;
	const kustomerApi = await api.createCredential({
		name: 'Kustomer account',
		type: 'kustomerApi',
		data: {
			region: 'custom',
			baseUrl: kustomer.url,
			apiKey: kustomer.state.keys[0]?.token,
		},
	});
	const kustomerWebhookApi = await api.createCredential({
		name: 'Kustomer webhook secret',
		type: 'kustomerWebhookApi',
		data: { secret: 'as-copied-from-the-header-information' },
	});
	const create = async (draft: WorkflowDraft): Promise<string> =>
		(await api.createWorkflow(draft)).id;
	const vipClosed = fromTrigger('VIP conversation closed (draft)', {
		parameters: { events: ['kustomer.conversation.update'], filters: VIP_CLOSED },
		credentials: { kustomerApi },
	});
	const workflows = {
		automatic: await create(
			fromTrigger('Conversations', {
				parameters: {
					events: [
						'kustomer.conversation.create',
						'kustomer.conversation.update',
						'kustomer.message.create',
					],
				},
				credentials: { kustomerApi },
			}),
		),
		manual: await create(
			fromTrigger('Conversations, set up by hand', {
				parameters: { registration: 'manual', events: ['kustomer.conversation.update'] },
				credentials: { kustomerWebhookApi },
			}),
		),
		filters: await create(vipClosed),
		// Of its own, because over a published workflow n8n lays a checklist.
		closed: await create({ ...vipClosed, name: 'VIP conversation closed' }),
		order: await create(orderWorkflow({ kustomerApi })),
		waiting: await create(waitingWorkflow({ kustomerApi })),
	};
	const conversationId = await runDemo(n8n, kustomer, kustomerApi);
	const executionId = await runOnce(n8n, kustomer, workflows.closed);
	const { url: n8nUrl, owner } = n8n;
	return { n8nUrl, kustomerUrl: kustomer.url, owner, workflows, executionId, conversationId };
}

/** @returns the conversation of a customer who wrote, after the demo's workflow has run */
async function runDemo(
	{ api }: N8n,
	kustomer: LocalKustomer,
	credential: CredentialReference,
): Promise<string> {
	const { id } = await api.createWorkflow(demoWorkflow(credential));
	await api.publish(id);
	const nobody = { userId: null };
	const customer = kustomer
		.records('customer')
		.find(({ attributes }) => attributes.name === 'Matteo Ricci')?.id;
	const conversation = kustomer.create('conversation', { customer, direction: 'in' }, nobody);
	const meta = { from: 'matteo.ricci@example.com' };
	kustomer.create(
		'message',
		{
			conversation: conversation.id,
			channel: 'chat',
			app: 'chat',
			direction: 'in',
			preview: 'Where is my parcel?',
			meta,
		},
		nobody,
	);
	await api.waitForExecutions(id, 1);
	await api.deleteWorkflow(id);
	kustomer.clearLogs();
	return conversation.id;
}

/** Publishes the workflow and lets a VIP's conversation be closed. */
async function runOnce(n8n: N8n, kustomer: LocalKustomer, workflowId: string): Promise<string> {
	const { status, errors } = await n8n.api.publish(workflowId);
	if (status !== 'published') throw new Error(`n8n could not publish: ${errors.join(' ')}`);
	await kustomer.send(
		makeEvent('kustomer.conversation.update', {
			changed: { status: { from: 'open', to: 'done' } },
			attributes: { custom: { vipBool: true } },
		}),
	);
	const [execution] = await n8n.api.waitForExecutions(workflowId, 1);
	if (execution === undefined) throw new Error('the event started no execution');
	return execution.id;
}

function fromTrigger(
	name: string,
	trigger: Pick<NodeDraft, 'parameters' | 'credentials'>,
): WorkflowDraft {
	return {
		name,
		nodes: [
			{
				name: TRIGGER,
				type: 'n8n-nodes-kustomer.kustomerTrigger',
				typeVersion: 1.1,
				webhookId: crypto.randomUUID(),
				...trigger,
			},
			{ name: 'Next Step', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
		],
		connections: leads(TRIGGER, 'Next Step'),
	};
}

function orderWorkflow(credentials: NodeDraft['credentials']): WorkflowDraft {
	return {
		name: 'Order to Kustomer',
		nodes: [
			{
				name: 'Manual Trigger',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				parameters: {},
			},
			{
				name: ACTION,
				type: 'n8n-nodes-kustomer.kustomer',
				typeVersion: 1,
				parameters: {
					resource: 'inboundHook',
					operation: 'post',
					hookType: 'web',
					hook: locator('list', ''),
					contentType: 'json',
					specifyBody: 'fields',
				},
				credentials,
			},
		],
		connections: leads('Manual Trigger', ACTION),
	};
}

/** "A VIP has waited for half an hour", as somebody clicked it together. */
function waitingWorkflow(credentials: NodeDraft['credentials']): WorkflowDraft {
	const step = (name: string, parameters: NodeDraft['parameters']): NodeDraft => ({
		name,
		type: 'n8n-nodes-kustomer.kustomer',
		typeVersion: 1,
		parameters: { resource: 'conversation', ...parameters },
		credentials,
	});
	return {
		name: 'VIPs who wait',
		nodes: [
			{
				name: 'Every 5 Minutes',
				type: 'n8n-nodes-base.scheduleTrigger',
				typeVersion: 1.2,
				parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 5 }] } },
			},
			step(SEARCH, {
				operation: 'search',
				criteria: {
					criterion: [
						{ field: 'customer_custom_vipBool', operator: 'equals', value: 'true' },
						{
							field: 'conversation_last_message_unresponded_to_sent_at',
							operator: 'lt',
							value: 'now-30m',
						},
					],
				},
			}),
			step(ASSIGN, {
				operation: 'assign',
				conversation: locator('id', '={{ $json.id }}'),
				teams: [TEAMS[1].id],
			}),
		],
		connections: { ...leads('Every 5 Minutes', SEARCH), ...leads(SEARCH, ASSIGN) },
	};
}

function leads(from: string, to: string): WorkflowDraft['connections'] {
	return { [from]: { main: [[{ node: to, type: 'main', index: 0 }]] } };
}

function locator(mode: string, value: string) {
	return { __rl: true, mode, value };
}
