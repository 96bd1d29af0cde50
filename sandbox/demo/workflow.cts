import type { AssignmentCollectionValue, INodeParameters } from 'n8n-workflow';
import type { CredentialReference, NodeDraft, WorkflowDraft } from '../n8n/api.cts';

const WROTE = 'Customer Wrote';
const CUSTOMER = 'Look Up the Customer';
const ABOUT = 'What Is It About?';
const TAG = 'Tag the Conversation';
const NOTE = 'Leave a Note';
const DRAFT = 'Draft an Answer';

/** A customer writes → who is it? → what is it about? → a tag, a note and the draft of an answer in the conversation. */
export function demoWorkflow(kustomerApi: CredentialReference): WorkflowDraft {
	const step = (name: string, parameters: INodeParameters): NodeDraft => ({
		name,
		type: 'n8n-nodes-kustomer.kustomer',
		typeVersion: 1,
		parameters,
		credentials: { kustomerApi },
	});
	const conversation = byId(`={{ $('${WROTE}').item.json.related.conversation }}`);
	const nodes: NodeDraft[] = [
		{
			name: WROTE,
			type: 'n8n-nodes-kustomer.kustomerTrigger',
			typeVersion: 1.1,
			// What the workflow itself writes comes from nobody's customer, so it does not start it again.
			parameters: {
				registration: 'automatic',
				events: ['kustomer.message.create'],
				filters: { messageDirection: 'in' },
				options: { catchUp: 'together' },
			},
			credentials: { kustomerApi },
		},
		step(CUSTOMER, {
			resource: 'customer',
			operation: 'get',
			customer: byId('={{ $json.related.customer }}'),
		}),
		{
			name: ABOUT,
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: {
				assignments: { assignments: [text('about', SUBJECT), text('customer', WHO)] },
				options: {},
			},
		},
		step(TAG, {
			resource: 'conversation',
			operation: 'addTags',
			conversation,
			tags: '={{ $json.about }}',
			createMissing: true,
		}),
		step(NOTE, {
			resource: 'note',
			operation: 'create',
			conversation,
			body: `=From n8n: {{ $('${ABOUT}').item.json.customer }} wrote about: {{ $('${ABOUT}').item.json.about }}.`,
		}),
		step(DRAFT, {
			resource: 'message',
			operation: 'createDraft',
			sendTo: 'conversation',
			conversation,
			body: `=Dear {{ $('${CUSTOMER}').item.json.attributes.displayName }}, thank you for your message. We look into it today.`,
		}),
	];
	return {
		name: 'Kustomer demo',
		nodes,
		connections: Object.fromEntries(
			nodes
				.slice(1)
				.map(({ name }, at) => [
					nodes[at].name,
					{ main: [[{ node: name, type: 'main' as const, index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1' },
	};
}

const PREVIEW = `$('${WROTE}').item.json.attributes.preview`;
const SUBJECT = `={{ /parcel|deliver|where is/i.test(${PREVIEW}) ? 'late parcel' : /broken|spout|lid|crack/i.test(${PREVIEW}) ? 'broken spout' : 'question' }}`;
const WHO =
	"={{ $json.attributes.displayName }} ({{ $json.attributes.custom?.vipBool ? 'a VIP' : 'no VIP' }}, {{ $json.attributes.conversationCounts.all }} conversations so far)";

function text(name: string, value: string): AssignmentCollectionValue['assignments'][number] {
	return { id: name, name, type: 'string', value };
}

function byId(value: string): INodeParameters {
	return { __rl: true, mode: 'id', value };
}
