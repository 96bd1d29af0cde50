import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer, Resource } from '../../sandbox/kustomer/server.cts';
import { apiRun, chosen } from './actionWorld.cts';
import type { NodeRun } from './executeContext.cts';
import { until } from './until.cts';

/** @returns the seeded conversation of this name */
export function conversationNamed(kustomer: LocalKustomer, name: string): Resource {
	const found = kustomer.records('conversation').find(({ attributes }) => attributes.name === name);
	if (found === undefined) throw new Error(`no conversation named ${name}`);
	return found;
}

export const related = ({ relationships }: Resource, name: string) =>
	(relationships[name] as { data?: { id: string } | null } | undefined)?.data?.id;

/** @returns an answer to a seeded conversation, as in production */
export function answering(
	kustomer: LocalKustomer,
	parameters: INodeParameters = {},
	{ name = 'Broken spout', operation = 'send', ...run }: Partial<NodeRun> & Answer = {},
): NodeRun {
	return apiRun(
		kustomer,
		{
			resource: 'message',
			operation,
			conversation: chosen('id', conversationNamed(kustomer, name).id),
			body: 'A new spout is on its way to you.',
			...parameters,
		},
		{ mode: 'trigger', ...run },
	);
}

type Answer = { name?: string; operation?: 'send' | 'createDraft' };

/** @returns the drafts as they were asked for, newest last */
export const draftsAsked = (kustomer: LocalKustomer) =>
	kustomer
		.requestsTo('POST', '/v1/customers/:id/drafts')
		.map(({ body }) => body as Record<string, unknown>);

/** Waits until Kustomer has sent what is due. */
export async function delivered(kustomer: LocalKustomer): Promise<void> {
	await until(
		() => kustomer.records('draft').every((draft) => !isDue(draft)),
		'Kustomer to send the drafts that are due',
	);
}

function isDue({ attributes }: Resource): boolean {
	const { sendAt, deleted, status } = attributes;
	return (
		typeof sendAt === 'string' &&
		deleted !== true &&
		status !== 'failed' &&
		Date.parse(sendAt) <= Date.now()
	);
}

/** @returns the messages that went out by drafts in a conversation, oldest first */
export function sentIn(kustomer: LocalKustomer, conversation: string, text?: string): Resource[] {
	return kustomer
		.records('message')
		.filter((message) => related(message, 'conversation') === conversation)
		.filter(
			({ attributes }) =>
				attributes.direction === 'out' && (text === undefined || attributes.preview === text),
		);
}
