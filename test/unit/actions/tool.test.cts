import { NodeHelpers } from 'n8n-workflow';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';
import { RESOURCES } from '../../../nodes/Kustomer/actions/table';
import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../support/actionWorld.cts';
import { toolOf } from '../../support/aiTool.cts';
import { answering, draftsAsked } from '../../support/sentMessages.cts';

let kustomer: LocalKustomer;

beforeAll(async () => (kustomer = await startedKustomer()));
afterAll(async () => await kustomer.close());
beforeEach(() => kustomer.clearLogs());

function posting(body: string) {
	const { address } = kustomer.createHook('web', { title: 'Orders' });
	return apiRun(kustomer, {
		resource: 'inboundHook',
		operation: 'post',
		hook: chosen('url', address),
		specifyBody: 'json',
		body,
	});
}

describe("the node in n8n's tool wrapper", () => {
	it('posts what a model gives, and tells it what became of it', async () => {
		const tool = await toolOf(posting("={{ $fromAI('order', 'The order', 'json') }}"));
		const answer = await tool.invoke({ order: { id: 'A-1' } });
		expect(kustomer.hookRequests()[0].rawBody.toString()).toBe('{"id":"A-1"}');
		expect(JSON.parse(String(answer))).toEqual([
			expect.objectContaining({ accepted: true, statusCode: 200 }),
		]);
	});

	it('describes itself to the model', async () => {
		const tool = await toolOf(posting('{}'));
		expect(tool.description).toMatch(/inbound webhook/i);
	});

	it('gives the model our words when it does not succeed', async () => {
		const tool = await toolOf(posting("={{ $fromAI('order', 'The order', 'string') }}"));
		const answer = await tool.invoke({ order: '{' });
		expect(JSON.parse(String(answer))).toEqual([
			{ error: expect.stringMatching(/not valid JSON: line 1, column 2/) },
		]);
	});

	it('gives hints without stumbling', async () => {
		const tool = await toolOf(posting(`"${'a'.repeat(370_000)}"`));
		expect(JSON.parse(String(await tool.invoke({})))).toMatchObject([{ accepted: true }]);
	});

	it('repairs webhooks', async () => {
		const url = 'https://n8n.example.test/webhook/1';
		const fields = { name: 'A', url, events: ['kustomer.tag.create'] };
		kustomer.disableWebhook(kustomer.createWebhook(fields).id);
		const run = apiRun(kustomer, { resource: 'outboundWebhook', operation: 'repair' });
		const tool = await toolOf(run);
		expect(JSON.parse(String(await tool.invoke({})))).toMatchObject([{ repaired: true }]);
	});
});

it('a model that repeats itself sends one message, and another one for another text', async () => {
	const body = "={{ $fromAI('text', 'The text', 'string') }}";
	const tool = await toolOf(answering(kustomer, { sendWhenTesting: true, body }));
	const first = await tool.invoke({ text: 'Hello' });
	expect(JSON.parse(String(first))).toMatchObject([{ sent: true }]);
	expect(await tool.invoke({ text: 'Hello' })).toBe(first);
	expect(await tool.invoke({ text: 'And the lid?' })).not.toBe(first);
	expect(draftsAsked(kustomer).map((draft) => draft.body)).toEqual(['Hello', 'And the lid?']);
});

describe('what n8n tells a model by default', () => {
	it.each(
		RESOURCES.flatMap(({ value, operations }) =>
			operations.map((one) => [value, one.value, one.action]),
		),
	)('names %s/%s', (resource, operation, action) => {
		const { description } = new Kustomer();
		const name = NodeHelpers.makeNodeName({ resource, operation }, description);
		expect(name).toBe(action);
	});
});
