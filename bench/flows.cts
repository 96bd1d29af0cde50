import type { IConnections, INodeParameters } from 'n8n-workflow';
import type { NodeDraft } from '../sandbox/n8n/api.cts';
import { receiverPath } from '../test/support/world.cts';
import type { FakeGithub } from './fakeGithub.cts';
import type { Layout } from './layouts.cts';

/** A published workflow that receives. */
export interface Flow {
	readonly workflowId: string;
	/** Below the address of whichever process receives. */
	readonly path: string;
	/** For signing what is sent to it; empty where nothing is verified. */
	readonly secret: string;
}

export const SIGNATURE_HEADER = 'x-kustomer-webhook-signature';
const HAND_SECRET = 'a-secret-for-the-flow-that-is-built-by-hand';

/** The Kustomer Trigger with these parameters, and a step that does nothing. */
export async function publishOurs(
	layout: Layout,
	name: string,
	parameters: Record<string, unknown>,
): Promise<Flow> {
	const workflow = await layout.world.publishTrigger({ name, parameters });
	const webhook = layout.kustomer.webhooks().find((one) => one.name.includes(`: ${name} (`));
	if (webhook === undefined) throw new Error(`the workflow "${name}" made no webhook`);
	return { workflowId: workflow.id, path: receiverPath(workflow), secret: webhook.token };
}

/** n8n's Webhook node in front of these steps. */
export async function publishWebhook(
	layout: Layout,
	parameters: INodeParameters,
	steps: readonly NodeDraft[],
): Promise<Flow> {
	const path = crypto.randomUUID();
	const webhook = node('webhook', 2.1, { httpMethod: 'POST', path, options: {}, ...parameters });
	const workflowId = await publish(layout, [{ ...webhook, webhookId: path }, ...steps]);
	return { workflowId, path: `/webhook/${path}`, secret: '' };
}

/** What a person builds after reading Kustomer's page on signatures: raw body, HMAC, compare, filter, then `steps`. */
export async function publishHandBuilt(layout: Layout, steps: readonly NodeDraft[]): Promise<Flow> {
	const hmac = node('crypto', 1, {
		action: 'hmac',
		binaryData: true,
		binaryPropertyName: 'data',
		type: 'SHA256',
		secret: HAND_SECRET,
		encoding: 'hex',
		dataPropertyName: 'signature',
	});
	const flow = await publishWebhook(layout, { options: { rawBody: true } }, [
		hmac,
		onlyIf('Is Signed', '={{ $json.signature }}', `={{ $json.headers["${SIGNATURE_HEADER}"] }}`),
		onlyIf('Is Wanted', '={{ $json.body.changes.attributes.priority ? "yes" : "no" }}', 'yes'),
		...steps,
	]);
	return { ...flow, secret: HAND_SECRET };
}

/** The one trigger of n8n's own that verifies signatures like ours. */
export async function publishGithub(layout: Layout, github: FakeGithub): Promise<Flow> {
	const githubApi = await layout.n8n.api.createCredential({
		name: 'GitHub',
		type: 'githubApi',
		data: { server: github.url, user: 'octocat', accessToken: 'none' },
	});
	const webhookId = crypto.randomUUID();
	const trigger = node('githubTrigger', 1, {
		authentication: 'accessToken',
		owner: { __rl: true, mode: 'name', value: 'octocat' },
		repository: { __rl: true, mode: 'name', value: 'hello' },
		events: ['*'],
		options: {},
	});
	const workflowId = await publish(layout, [
		{ ...trigger, webhookId, credentials: { githubApi } },
		WORK,
	]);
	return { workflowId, path: `/webhook/${webhookId}/webhook`, secret: github.secret() };
}

/** One of n8n's own nodes, named after its type. */
export function node(type: string, typeVersion: number, parameters: INodeParameters): NodeDraft {
	return { name: type, type: `n8n-nodes-base.${type}`, typeVersion, parameters };
}

/** Stands for whatever a workflow does with an event. */
export const WORK: NodeDraft = node('noOp', 1, {});

function onlyIf(name: string, leftValue: string, rightValue: string): NodeDraft {
	const operator = { type: 'string', operation: 'equals' };
	const conditions = {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [{ id: '1', leftValue, rightValue, operator }],
		combinator: 'and',
	};
	return { ...node('if', 2.2, { conditions, options: {} }), name };
}

/** @returns the id of the workflow of these nodes, each behind the one before it */
async function publish(layout: Layout, nodes: readonly NodeDraft[]): Promise<string> {
	const { api } = layout.n8n;
	const names = nodes.map(({ name }) => name);
	const connections = names.slice(1).map((next, place) => {
		const main = [[{ node: next, type: 'main' as const, index: 0 }]];
		return [names[place], { main }];
	});
	const { id } = await api.createWorkflow({
		name: names.join(' → '),
		nodes,
		connections: Object.fromEntries(connections) as IConnections,
		settings: { executionOrder: 'v1' },
	});
	const { status, errors } = await api.publish(id);
	if (status !== 'published') throw new Error(`${names.join(' → ')}: ${errors.join(' ')}`);
	return id;
}
