import type { AssignmentCollectionValue } from 'n8n-workflow';
import type { CredentialReference, WorkflowDraft } from '../n8n/api.cts';

/** What the demo's workflow is joined to. */
export interface DemoParts {
	readonly credential: CredentialReference;
	/** The address of the web hook at the local Kustomer that the workflow posts to. */
	readonly hookAddress: string;
}

type Assignment = AssignmentCollectionValue['assignments'][number];

const TRIGGER = 'Kustomer Trigger';
const NOTE = 'Write a note';
const POST = 'Post to Kustomer';

/** The whole way: any event of Kustomer → a step to look at → back to an inbound hook of Kustomer. */
export function demoWorkflow({ credential, hookAddress }: DemoParts): WorkflowDraft {
	return {
		name: 'Kustomer demo',
		nodes: [
			{
				name: TRIGGER,
				type: 'n8n-nodes-kustomer.kustomerTrigger',
				typeVersion: 1.1,
				parameters: { registration: 'automatic', events: ['*'] },
				credentials: { kustomerApi: credential },
			},
			{
				name: NOTE,
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: {
					mode: 'manual',
					assignments: {
						assignments: [
							field('note', 'string', '={{ $json.resource }} {{ $json.id }}: {{ $json.action }}'),
							field('event', 'string', '={{ $json.event }}'),
							field('eventId', 'string', '={{ $json.eventId }}'),
							field('changes', 'object', '={{ $json.changes }}'),
						],
					},
					options: {},
				},
			},
			{
				name: POST,
				type: 'n8n-nodes-kustomer.kustomer',
				typeVersion: 1,
				parameters: {
					resource: 'inboundHook',
					operation: 'post',
					hookType: 'web',
					hook: { __rl: true, mode: 'url', value: hookAddress },
					contentType: 'json',
					specifyBody: 'item',
				},
				credentials: { kustomerApi: credential },
			},
		],
		connections: { [TRIGGER]: leadsTo(NOTE), [NOTE]: leadsTo(POST) },
		settings: { executionOrder: 'v1' },
	};
}

function field(name: string, type: string, value: string): Assignment {
	return { id: name, name, type, value };
}

function leadsTo(node: string): WorkflowDraft['connections'][string] {
	return { main: [[{ node, type: 'main', index: 0 }]] };
}
