// The node as tools of n8n's AI Agent, on whichever line of n8n N8N_LINE names, with a model whose words are a script.
import type { INodeParameters } from 'n8n-workflow';
import type { Execution, NodeDraft } from '../../sandbox/n8n/api.cts';
import { lineOfMatrix } from '../../sandbox/n8n/install.cts';
import { startChatModel, type ToolCall } from '../support/chatModel.cts';
import { startWorld, type World } from '../support/world.cts';

jest.setTimeout(300_000);

const LINE = lineOfMatrix();

let world: World;

beforeAll(async () => (world = await startWorld()));
afterAll(async () => await world?.end());

const ai = (key: string, description: string, type = 'string') =>
	`={{ $fromAI('${key}', '${description}', '${type}') }}`;

const byId = (key: string, what: string) => ({
	__rl: true,
	mode: 'id',
	value: ai(key, `The ID of the ${what}`),
});

/** By the names under which the model knows them. */
const TOOLS: Readonly<Record<string, INodeParameters>> = {
	find_customers: {
		resource: 'customer',
		operation: 'search',
		text: ai('text', 'Words to look for'),
		limit: ai('limit', 'How many'),
	},
	find_conversations: {
		resource: 'conversation',
		operation: 'getMany',
		scope: 'customer',
		customer: byId('customer', 'customer'),
	},
	read_conversation: {
		resource: 'conversation',
		operation: 'getTranscript',
		conversation: byId('conversation', 'conversation'),
	},
	note: {
		resource: 'note',
		operation: 'create',
		conversation: byId('conversation', 'conversation'),
		body: ai('text', 'What the team should know'),
	},
	tag: {
		resource: 'conversation',
		operation: 'addTags',
		conversation: byId('conversation', 'conversation'),
		tags: ai('tags', 'Names of tags'),
	},
	delete_conversation: {
		resource: 'conversation',
		operation: 'delete',
		conversation: byId('conversation', 'conversation'),
		confirm: ai('confirm', 'Repeat the ID, after the person agreed'),
	},
};

/** Lets an agent with all tools run this script once. */
async function ran(script: readonly ToolCall[]) {
	const model = await startChatModel();
	model.follow({ calls: script, says: 'Done.' });
	const { api, url } = world.n8n;
	const openAi = await api.createCredential({
		name: 'Model',
		type: 'openAiApi',
		data: { apiKey: 'sk-scripted', url: model.url },
	});
	const path = crypto.randomUUID();
	const tools = Object.entries(TOOLS).map(([name, parameters]) => ({
		name,
		type: 'n8n-nodes-kustomer.kustomerTool',
		typeVersion: 1,
		parameters: { ...parameters, descriptionType: 'auto' },
		credentials: { kustomerApi: world.apiCredential },
	}));
	const nodes = [
		{
			name: 'Start',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, options: {} },
		},
		{
			name: 'Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			// What a new agent has on each line.
			typeVersion: LINE === '1.123' ? 3 : 3.1,
			parameters: { promptType: 'define', text: 'Help.', options: { maxIterations: 20 } },
		},
		{
			name: 'Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.2,
			parameters: { model: { __rl: true, mode: 'id', value: 'scripted' }, options: {} },
			credentials: { openAiApi: openAi },
		},
		...tools,
	] as unknown as NodeDraft[];
	const into = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
	const { id } = await api.createWorkflow({
		name: 'Agent',
		nodes,
		connections: {
			Start: into('main'),
			Model: into('ai_languageModel'),
			...Object.fromEntries(tools.map(({ name }) => [name, into('ai_tool')])),
		} as never,
		settings: { executionOrder: 'v1' },
	});
	expect(await api.publish(id)).toEqual({ status: 'published', errors: [] });
	world.kustomer.clearLogs();
	await fetch(`${url}/webhook/${path}`, { method: 'POST' });
	const [execution] = await api.waitForExecutions(id, 1, 120_000);
	await model.close();
	return { execution, answers: model.toldByTools(), tools: model.offered() };
}

const said = (execution: Execution) =>
	execution.data.resultData.runData.Agent?.at(-1)?.data?.main?.[0]?.[0]?.json.output;

/** What a tool answered is a list of items in JSON, however the agent wraps it. */
function itemsIn(answer: string): Array<Record<string, never>> {
	const parsed: unknown = JSON.parse(answer);
	const inner: unknown = typeof parsed === 'string' ? JSON.parse(parsed) : parsed;
	const items = [inner].flat() as Array<Record<string, never>>;
	const [{ response }] = items as Array<{ response?: Array<Record<string, never>> }>;
	return response ?? items;
}

const idIn = (answer: string) => String(itemsIn(answer)[0].id);

describe(`an agent on n8n ${LINE}`, () => {
	it('finds a customer, reads, notes and tags', async () => {
		const { execution, answers, tools } = await ran([
			{ tool: 'find_customers', arguments: { text: 'Solveig', limit: '' } },
			{ tool: 'find_conversations', arguments: ([found]) => ({ customer: idIn(found) }) },
			{ tool: 'read_conversation', arguments: ([, found]) => ({ conversation: idIn(found) }) },
			{
				tool: 'note',
				arguments: ([, found]) => ({ conversation: idIn(found), text: 'A new spout is due.' }),
			},
			{
				tool: 'tag',
				arguments: ([, found]) => ({ conversation: idIn(found), tags: '["wholesale"]' }),
			},
		]);
		expect(execution.status).toBe('success');
		expect(said(execution)).toBe('Done.');
		expect(tools.sort()).toEqual(Object.keys(TOOLS).sort());
		const [customers, conversations, transcript, note, tagged] = answers.map(itemsIn);
		expect(customers[0]).toMatchObject({ attributes: { displayName: 'Solveig Aune' } });
		expect(conversations.length).toBeLessThanOrEqual(5);
		expect(transcript[0]).toMatchObject({ conversationId: conversations[0].id });
		expect(note[0]).toMatchObject({ attributes: { body: 'A new spout is due.' } });
		expect(tagged[0]).toMatchObject({ names: { tags: expect.arrayContaining(['wholesale']) } });
		for (const answer of answers) expect(answer.length).toBeLessThan(2_000);
		const id = String(conversations[0].id);
		const bodies = (route: string) =>
			world.kustomer.requestsTo('POST', route).map(({ path, body }) => [path, body]);
		expect(bodies('/v1/conversations/:id/notes')).toEqual([
			[`/v1/conversations/${id}/notes`, { body: 'A new spout is due.' }],
		]);
		expect(bodies('/v1/conversations/:id/tags')).toEqual([
			[`/v1/conversations/${id}/tags`, ['wholesale']],
		]);
	});

	it('is told what was wrong, goes on, and deletes only what it confirms', async () => {
		const [{ id }] = world.kustomer.records('conversation');
		const { execution, answers } = await ran([
			{ tool: 'find_customers', arguments: { text: 'nobody is called so', limit: '5' } },
			{ tool: 'note', arguments: { conversation: 'f'.repeat(24), text: 'Hello' } },
			{ tool: 'note', arguments: { conversation: '', text: 'Hello' } },
			{ tool: 'delete_conversation', arguments: { conversation: id, confirm: '' } },
			{ tool: 'delete_conversation', arguments: { conversation: id, confirm: 'yes' } },
			{ tool: 'delete_conversation', arguments: { conversation: id, confirm: id } },
		]);
		expect(execution.status).toBe('success');
		expect(said(execution)).toBe('Done.');
		const [none, invented, missing, unconfirmed, agreed, deleted] = answers.map(itemsIn);
		expect(none).toEqual([{ found: 0 }]);
		expect(invented).toEqual([
			{ error: expect.stringMatching(/^n8n could not create the note: /) },
		]);
		expect(missing).toEqual([{ error: expect.stringMatching(/^No conversation is given\. /) }]);
		for (const refused of [unconfirmed, agreed]) {
			expect(refused).toEqual([
				{ error: expect.stringMatching(/^Nothing was deleted: "Confirm"/) },
			]);
		}
		expect(deleted).toEqual([{ deleted: true, id }]);
		expect(world.kustomer.requestsTo('DELETE', '/v1/conversations/:id')).toHaveLength(1);
		expect(JSON.stringify(execution)).not.toContain(world.apiKey);
	});
});
