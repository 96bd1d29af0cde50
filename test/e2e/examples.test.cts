import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeParameters,
	type INodeTypeDescription,
	type IPinData,
} from 'n8n-workflow';
import {
	EVENT_NAMES,
	makeEvent,
	sign,
	type Envelope,
	type EventOverrides,
	type HookKind,
} from '../../sandbox/kustomer/server.cts';
import {
	itemsOf,
	type CredentialReference,
	type Execution,
	type SavedWorkflow,
	type WorkflowDraft,
} from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { N8nSession } from '../../sandbox/n8n/session.cts';
import { OUTBOUND_ACCOUNTS } from '../../sandbox/kustomer/drafts.cts';
import { TAGS, TEAMS, USERS } from '../../sandbox/kustomer/people.cts';
import { relatedId } from '../../nodes/Kustomer/event/fields';
import { startChatModel, type ChatModel } from '../support/chatModel.cts';
import { N8N_NAME, startWorld, type World } from '../support/world.cts';

/** Every file of `examples/` in a real n8n: what n8n thinks of it as it is, and what it does once filled in. */

jest.setTimeout(600_000);

type Example = Omit<WorkflowDraft, 'nodes'> & {
	readonly nodes: readonly INode[];
	readonly pinData: IPinData;
};

/** Parameters that a person fills in, by the node's name. */
type FilledIn = Readonly<Record<string, INodeParameters>>;

const FOLDER = join(__dirname, '..', '..', 'examples');
const NAMES = readdirSync(FOLDER)
	.filter((file) => file.endsWith('.json'))
	.map((file) => file.replace(/\.json$/, ''));

const SECRET = 'a-secret-that-was-typed-by-hand-0123456789';
/** Who writes where it is the customer. */
const NOBODY = { userId: null };

const HEADER = { name: 'x-shop-key', value: 'a-long-value-that-the-shop-sends' };

/** Steps at vendors that nobody plays here: they show what reached them, what Slack would say beside it, and do nothing. */
const VENDORS = [
	'n8n-nodes-base.slack',
	'n8n-nodes-base.googleSheets',
	'n8n-nodes-base.googleDrive',
];

let world: World;
let credentials: Record<
	'kustomerApi' | 'kustomerWebhookApi' | 'smtp' | 'httpHeaderAuth' | 'openAiApi',
	CredentialReference
>;
let nodeTypes: INodeTypeDescription[];
let chatModel: ChatModel;
const created: string[] = [];

beforeAll(async () => {
	[world, chatModel] = await Promise.all([startWorld(), startChatModel()]);
	const make = async (type: string, data: Record<string, unknown>) =>
		await world.n8n.api.createCredential({ name: type, type, data });
	credentials = {
		kustomerApi: world.apiCredential,
		kustomerWebhookApi: await make('kustomerWebhookApi', { secret: SECRET }),
		httpHeaderAuth: await make('httpHeaderAuth', HEADER),
		openAiApi: await make('openAiApi', { apiKey: 'none', url: chatModel.url }),
		smtp: await make('smtp', {
			user: '',
			password: '',
			host: '127.0.0.1',
			port: world.kustomer.smtpPort,
			secure: false,
			disableStartTls: true,
		}),
	};
	const session = new N8nSession(world.n8n.url);
	await session.open();
	nodeTypes = await session.typesFile<INodeTypeDescription>('nodes');
});

afterAll(async () => {
	await chatModel?.close();
	await world?.end();
});

afterEach(async () => {
	for (const id of created.splice(0)) await world.n8n.api.deleteWorkflow(id);
	// Where n8n did not start, its own reason is enough to read.
	if (world === undefined) return;
	world.kustomer.faults = [];
	world.kustomer.clearLogs();
});

it('examples/README.md has a line for each', () => {
	const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
	const linked = [...readme.matchAll(/\]\(([\w-]+)\.json\)/g)].map(([, name]) => name);
	expect(linked.sort()).toEqual([...NAMES].sort());
});

describe.each(NAMES)('examples/%s.json', (name) => {
	const example = exampleNamed(name);

	it('is accepted by n8n as it is, with every node and its fields known', async () => {
		const { id, nodes } = await world.n8n.api.createWorkflow(example);
		created.push(id);
		expect(nodes).toHaveLength(example.nodes.length);
		for (const node of example.nodes)
			expect([node.name, unknownFields(node)]).toEqual([node.name, []]);
	});

	it('holds nothing that belongs to one person or one n8n', () => {
		const text = readFileSync(join(FOLDER, `${name}.json`), 'utf8');
		expect(Object.keys(example).sort()).toEqual(
			['active', 'connections', 'name', 'nodes', 'pinData', 'settings', 'tags'].sort(),
		);
		expect(example.nodes.filter((node) => node.credentials !== undefined)).toEqual([]);
		expect(text).not.toMatch(/instanceId|versionId|127\.0\.0\.1|localhost|Bearer /);
	});

	it('says on a note what it is for and what to fill in', () => {
		const notes = example.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes.map(({ parameters }) => parameters.content)).toEqual([
			expect.stringMatching(/^\*\*.+\*\*\n\nFill in: .+$/),
		]);
	});

	const [sampled] = Object.keys(example.pinData);
	if (sampled !== undefined && !isReached(example, sampled)) {
		it('maps every field of its pinned sample', async () => {
			const isSet = ({ type }: INode) => type === 'n8n-nodes-base.set';
			const nodes = example.nodes.map((node) =>
				node.name === sampled || isSet(node) ? node : asNoOp(node),
			);
			const workflow = await world.n8n.api.createWorkflow({ ...example, nodes });
			created.push(workflow.id);
			await world.n8n.api.listen(workflow.id, sampled);
			const run = await execution(workflow);
			expect(itemsOf(run, sampled)).toEqual(pinned(name));
			for (const { name: step } of nodes.filter(isSet)) {
				expect(itemsOf(run, step)).toHaveLength(pinned(name).length);
				expect(itemsOf(run, step).flatMap(Object.values)).not.toContain(null);
			}
		});
	}

	it('does its work', async () => {
		const run = RUNS[name];
		if (run === undefined) throw new Error(`No test runs examples/${name}.json`);
		await run();
	});
});

const RUNS: Readonly<Record<string, () => Promise<void>>> = {
	'webhook-watchdog': async () => {
		const watchdog = await start('webhook-watchdog');
		const { id, name } = world.kustomer.createWebhook({
			name: 'Set up by hand',
			url: `${N8N_NAME}/webhook/by-hand/webhook`,
			events: ['kustomer.customer.create'],
		});
		world.kustomer.disableWebhook(id);
		await world.n8n.api.listen(watchdog.id, 'Every 15 Minutes');
		const first = await execution(watchdog);
		expect(itemsOf(first, 'Tell the Team in Slack')).toMatchObject([{ name }]);
		expect(world.kustomer.webhooks()).toMatchObject([{ id, enabled: true }]);

		await world.n8n.api.listen(watchdog.id, 'Every 15 Minutes');
		expect(itemsOf(await execution(watchdog, 2), 'Tell the Team in Slack')).toEqual([]);
		world.kustomer.deleteWebhook(id);
	},

	'order-mail-to-email-hook': async () => {
		const hook = world.kustomer.createHook('email', { title: 'Order mails' });
		const workflow = await start('order-mail-to-email-hook', {
			'Write the Order Mail': { hook: chosen('list', hook.address) },
		});
		await world.n8n.api.listen(workflow.id, 'When You Click "Execute Workflow"');
		const { data } = await execution(workflow);
		const [order] = itemsOf({ data } as Execution, 'Sample Order');
		expect(world.kustomer.mails()).toMatchObject([
			{
				from: 'shop@example.com',
				to: ['ines@atelier-cardoso.example', hook.address],
				hookIds: [hook.id],
				subject: 'Your order TP-3107',
				data: [order],
				broken: [],
			},
		]);
	},

	'webhook-verify': async () => {
		const workflow = await start('webhook-verify');
		const event = makeEvent('kustomer.conversation.create');
		const body = JSON.stringify(event, null, 2);
		const headers = { 'x-kustomer-webhook-signature': sign(Buffer.from(body), SECRET) };
		const address = ownAddress(workflow, 'Webhook With Raw Body');

		expect(await post(address, body, headers)).toMatchObject({ status: 200 });
		const signed = await execution(workflow);
		expect(itemsOf(signed, 'Is It From Kustomer?', 0)).toMatchObject([
			{ event: event.name, eventId: event.id },
		]);
		expect(ran(signed, 'Work With the Event')).toBe(true);
		expect(ran(signed, 'Refuse It')).toBe(false);

		expect(await post(address, `${body} `, headers)).toMatchObject({ status: 401 });
		const forged = await execution(workflow, 2);
		expect(ran(forged, 'Work With the Event')).toBe(false);
		expect(itemsOf(forged, 'Look at What Was Refused')).toMatchObject([
			{ error: expect.stringContaining('does not match') },
		]);
	},

	'vip-conversation-closed-to-slack': async () => {
		const workflow = await start('vip-conversation-closed-to-slack');
		const { id: customer } = world.kustomer.create('customer', { name: 'Ines Cardoso' });
		const closed = (vip: boolean | null) => ({
			relationships: { customer: { data: { type: 'customer', id: customer } } },
			attributes: { name: 'Lid', custom: { vipBool: vip } },
			changed: { status: { from: 'open', to: 'done' } },
		});
		await unheard(workflow, 'kustomer.conversation.update', closed(null));
		await unheard(workflow, 'kustomer.conversation.update', {
			...closed(true),
			changed: { status: { from: 'done', to: 'open' } },
		});
		const run = await heard(workflow, 'kustomer.conversation.update', closed(true));
		expect(itemsOf(run, 'Tell the Account Team')).toMatchObject([
			{ id: customer, attributes: { name: 'Ines Cardoso' } },
		]);
	},

	'new-message-assistant-form-hook': async () => {
		const hook = world.kustomer.createHook('form', { title: 'Answers' });
		const workflow = await start('new-message-assistant-form-hook', {
			'Give the Answer to Kustomer': { hook: chosen('url', hook.address) },
		});
		const attributes = { direction: 'out', preview: 'The answer' };
		await unheard(workflow, 'kustomer.message.create', { attributes });
		await heard(workflow, 'kustomer.message.create', {
			recordId: 'message1',
			attributes: { direction: 'in', preview: 'The question' },
		});
		expect(posted('form', hook.id)).toEqual([
			expect.objectContaining({
				messageId: 'message1',
				conversationId: expect.stringMatching(/^\w{24}$/),
				customerId: expect.stringMatching(/^\w{24}$/),
				question: 'The question',
				answer: expect.stringContaining('Thank you'),
			}),
		]);
		expect(world.kustomer.hookRequests()[0]?.headers).not.toHaveProperty('authorization');
	},

	'order-from-shop-to-web-hook': async () => {
		const hook = world.kustomer.createHook('web', { title: 'Orders' });
		const workflow = await start('order-from-shop-to-web-hook', {
			'Post the Order': { hook: chosen('list', hook.address) },
		});
		const address = ownAddress(workflow, 'Order From the Shop');
		const order = JSON.stringify(pinned('order-from-shop-to-web-hook')[0]?.body);
		expect(await post(address, order)).toMatchObject({ status: 403 });
		expect(await post(address, order, { [HEADER.name]: HEADER.value })).toMatchObject({
			status: 200,
		});
		await execution(workflow);
		expect(posted('web', hook.id)).toEqual([
			{
				order: {
					number: 'TP-3107',
					total: 64.5,
					currency: 'EUR',
					items: ['1 × Teapot "Fjord", 1.2 l'],
				},
				customer: { name: 'Ines Cardoso', email: 'ines@atelier-cardoso.example' },
			},
		]);
	},

	'web-form-to-form-hook': async () => {
		const hook = world.kustomer.createHook('form', { title: 'Contact form' });
		const workflow = await start('web-form-to-form-hook', {
			'Give It to Kustomer': { hook: chosen('url', hook.address) },
		});
		const form = new FormData();
		const [{ Name, 'E-mail': email, 'Your message': message }] = pinned('web-form-to-form-hook');
		[Name, email, message].forEach((value, at) => form.set(`field-${at}`, String(value)));
		const address = `${world.n8n.url}/form/${nodeOf(workflow, 'Contact Form').webhookId}`;
		expect(await fetch(address, { method: 'POST', body: form })).toMatchObject({ status: 200 });
		await execution(workflow);
		expect(posted('form', hook.id)).toEqual([
			{ customer: { name: Name, email }, message, source: 'n8n contact form' },
		]);
		expect(world.kustomer.hookRequests()[0]?.headers).not.toHaveProperty('authorization');
	},

	'new-customer-to-google-sheets': async () => {
		const workflow = await start('new-customer-to-google-sheets');
		const run = await heard(workflow, 'kustomer.customer.create', { recordId: 'customer1' });
		expect(itemsOf(run, 'Add or Update the Row')).toEqual([
			{
				'Customer ID': 'customer1',
				Name: 'Solveig Aune',
				'E-mail': 'solveig.aune@example.com',
				Phone: '',
				Language: 'nb',
				Created: expect.stringMatching(/^\d{4}-/),
			},
		]);
	},

	dispatcher: async () => {
		const part = await start('dispatcher-part');
		const workflowId = chosen('list', part.id);
		const workflow = await start('dispatcher', {
			'Conversation Was Updated': { workflowId },
			'Message Came': { workflowId },
			'Customer Was Created': { workflowId },
		});
		const run = await heard(workflow, 'kustomer.message.create', { recordId: 'message1' });
		expect(ran(run, 'Message Came')).toBe(true);
		expect(ran(run, 'Conversation Was Updated')).toBe(false);
		expect(ran(run, 'Customer Was Created')).toBe(false);
		const started = await execution(part);
		expect(itemsOf(started, 'What Happened')).toEqual([
			{ summary: 'message message1: create', event: 'kustomer.message.create' },
		]);
		await heard(workflow, 'kustomer.customer.create', {}, 2);
		expect(itemsOf(await execution(part, 2), 'What Happened')).toMatchObject([
			{ event: 'kustomer.customer.create' },
		]);
	},

	'dispatcher-part': async () => {
		const part = await start('dispatcher-part');
		await world.n8n.api.listen(part.id, 'Started by the Dispatcher');
		expect(itemsOf(await execution(part), 'What Happened')).toHaveLength(1);
	},

	'full-message-and-attachments': async () => {
		const workflow = await start('full-message-and-attachments', {}, atLocalKustomer);
		const api = '/v1/messages/message1';
		const file = `${world.kustomer.url}/v1/files/lid.txt`;
		const attachments = [{ _id: 'file1', name: 'lid.txt' }];
		const message = {
			id: 'message1',
			attributes: { attachments },
			links: { related: '/v1/sms/1' },
		};
		const attachment = { id: 'file1', attributes: { name: 'lid.txt' }, links: { related: file } };
		const answer = (path: RegExp, body: unknown) => ({ path, status: 200, body });
		world.kustomer.faults = [
			answer(new RegExp(`${api}/attachments/file1$`), {
				data: { type: 'attachment', ...attachment },
			}),
			answer(new RegExp(`${api}(\\?.*)?$`), { data: { type: 'message', ...message } }),
			answer(/^\/v1\/sms\/1$/, { data: { attributes: { body: 'The whole text' } } }),
			answer(/^\/v1\/files\/lid\.txt$/, 'The lid, in words'),
		];
		const run = await heard(workflow, 'kustomer.message.create', { recordId: 'message1' });
		expect(itemsOf(run, 'Work With the Text')).toEqual([
			{ data: { attributes: { body: 'The whole text' } } },
		]);
		expect(filesIn(run, 'Work With the File')).toMatchObject([
			{ attachment_0: { fileName: 'lid.txt' } },
		]);
		const keys = world.kustomer
			.requests()
			.filter(({ path }) => /messages|sms|files/.test(path))
			.map(({ path, headers }) => [path.split('/').slice(2).join('/'), headers.authorization]);
		const key = `Bearer ${world.apiKey}`;
		expect(Object.fromEntries(keys)).toEqual({
			'messages/message1': key,
			'messages/message1?include=attachments': key,
			'sms/1': key,
			'messages/message1/attachments/file1': key,
			// The address of a file leads elsewhere; the key has no business there.
			'files/lid.txt': undefined,
		});
	},

	'catch-up-by-search': async () => {
		const since = '2026-11-02T00:00:00.000Z';
		const createdAt = '2026-10-01T00:00:00.000Z';
		for (let missed = 0; missed < 103; missed++) {
			const at = new Date(Date.parse('2026-11-03') + missed * 1_000).toISOString();
			const attributes = { name: `Missed ${missed}`, createdAt, updatedAt: at };
			world.kustomer.put({ type: 'conversation', attributes });
		}
		world.kustomer.put({
			type: 'conversation',
			attributes: { name: 'Heard', createdAt, updatedAt: '2026-11-01T00:00:00.000Z' },
		});
		const tea = { id: world.kustomer.put({ type: 'conversation', attributes: { createdAt } }) };
		const workflow = await start('catch-up-by-search');
		world.kustomer.update('conversation', tea.id, { status: 'done' });
		world.kustomer.update('conversation', tea.id, { status: 'open' });
		await world.n8n.api.listen(workflow.id, 'When You Click "Execute Workflow"');
		const found = itemsOf(await execution(workflow), 'Work With What Was Missed');
		const names = found.map(({ attributes }) => (attributes as IDataObject).name);
		expect(names.filter((name) => String(name).startsWith('Missed '))).toEqual(
			Array.from({ length: 103 }, (_, missed) => `Missed ${missed}`),
		);
		expect(names).not.toContain('Heard');
		expect(found.slice(-2)).toMatchObject([
			{ id: tea.id, changes: { status: { to: 'done' } }, recovered: true },
			{ id: tea.id, changes: { status: { from: 'done', to: 'open' } }, recovered: true },
		]);
		expect(world.kustomer.requestsTo('POST', '/v1/customers/search')[0]).toMatchObject({
			body: { and: expect.arrayContaining([{ conversation_updated_at: { gte: since } }]) },
			headers: { authorization: `Bearer ${world.apiKey}` },
		});
	},

	'unsigned-rest-step': async () => {
		const workflow = await start('unsigned-rest-step');
		const [sample] = pinned('unsigned-rest-step');
		const { mergedInto } = (sample?.body as { details: { mergedInto: string } }).details;
		world.kustomer.put({ type: 'customer', id: mergedInto, attributes: { name: 'Ines Cardoso' } });
		const address = ownAddress(workflow, 'REST Step of Kustomer');
		const body = JSON.stringify(sample?.body);
		expect(await post(address, body)).toMatchObject({ status: 403 });
		expect(await post(address, body, { [HEADER.name]: HEADER.value })).toMatchObject({
			status: 200,
		});
		const run = await execution(workflow);
		expect(itemsOf(run, 'What Happened')).toMatchObject([{ what: 'customer.merge' }]);
		expect(itemsOf(run, 'Work With It')).toMatchObject([
			{ id: mergedInto, attributes: { name: 'Ines Cardoso' } },
		]);
	},

	'ai-agent-tool': async () => {
		const hook = world.kustomer.createHook('web', { title: 'Requests' });
		const workflow = await start('ai-agent-tool', {
			Chat: { public: true },
			'Hand Over to Support': { hook: chosen('list', hook.address) },
		});
		const asked = {
			subject: 'Lid does not close',
			details: 'Wants a call',
			email: 'ines@atelier-cardoso.example',
		};
		chatModel.follow({
			calls: [{ tool: 'Hand_Over_to_Support', arguments: asked }],
			says: 'The support team has it.',
		});
		const [sample] = pinned('ai-agent-tool');
		const address = `${world.n8n.url}/webhook/${nodeOf(workflow, 'Chat').webhookId}/chat`;
		expect(await post(address, JSON.stringify(sample))).toMatchObject({ status: 200 });
		const run = await execution(workflow);
		expect(posted('web', hook.id)).toEqual([
			{
				request: { subject: asked.subject, details: asked.details },
				customer: { email: asked.email },
			},
		]);
		expect(itemsOf(run, 'Agent')).toEqual([{ output: 'The support team has it.' }]);
		expect(chatModel.toldByTools()).toEqual([expect.stringContaining('"accepted":true')]);
	},

	'vip-waits-to-team-and-slack': async () => {
		const [, repairs] = TEAMS;
		const workflow = await start('vip-waits-to-team-and-slack', {
			'Assign to the Team': { teams: [repairs.id] },
		});
		const matteo = world.kustomer
			.records('customer')
			.find(({ attributes }) => attributes.name === 'Matteo Ricci')?.id;
		const { id: vip } = customer('Ines Cardoso', { vipBool: true });
		const { id: other } = customer('Joaquim Reis', { vipBool: false });
		const late = writtenBy(vip, { name: 'Lid', minutesAgo: 31 });
		writtenBy(vip, { name: 'Too early', minutesAgo: 29 });
		writtenBy(other, { name: 'Not a VIP', minutesAgo: 31 });
		const answered = writtenBy(vip, { name: 'Answered', minutesAgo: 31 });
		written({ conversation: answered, direction: 'out' });

		await world.n8n.api.listen(workflow.id, 'Every 5 Minutes');
		const first = await execution(workflow);
		const told = itemsOf(first, 'Tell the Team in Slack');
		// The organization has a VIP of its own who waits.
		expect(
			told.filter(({ related }) => (related as IDataObject).customer !== matteo),
		).toMatchObject([
			{
				id: late,
				names: { assignedTeams: [repairs.name] },
				text: expect.stringMatching(/^A VIP has waited since \d{4}.+: "Lid"\. .+ to Repairs now\./),
			},
		]);
		expect(world.kustomer.record('conversation', late)?.attributes).toMatchObject({
			assignedTeams: [repairs.id],
		});

		await world.n8n.api.listen(workflow.id, 'Every 5 Minutes');
		const second = await execution(workflow, 2);
		expect(itemsOf(second, 'Find VIPs Who Wait')).toHaveLength(told.length);
		expect(itemsOf(second, 'Tell the Team in Slack')).toEqual([]);
	},

	'close-silent-conversations': async () => {
		const workflow = await start('close-silent-conversations');
		const { id: ines } = customer('Ines Cardoso');
		const week = 7 * 24 * 60;
		const silent = writtenBy(ines, { name: 'Silent', minutesAgo: week + 2 });
		written({ conversation: silent, direction: 'out', minutesAgo: week + 1 });
		const waiting = writtenBy(ines, { name: 'Waits for us', minutesAgo: week + 2 });
		const recent = writtenBy(ines, { name: 'Recent', minutesAgo: week });
		written({ conversation: recent, direction: 'out', minutesAgo: week - 5 });

		await world.n8n.api.listen(workflow.id, 'Every Morning');
		await execution(workflow);
		const statusOf = (id: string) => world.kustomer.record('conversation', id)?.attributes.status;
		expect([silent, waiting, recent].map(statusOf)).toEqual(['done', 'open', 'open']);
		expect(notesOf(silent)).toEqual([expect.stringContaining('not answered for seven days')]);
		expect(notesOf(waiting)).toEqual([]);
	},

	'sla-breaches-to-slack': async () => {
		const workflow = await start('sla-breaches-to-slack');
		const due = (name: string, minutes: number, status = 'pending') =>
			world.kustomer.put({
				type: 'conversation',
				attributes: {
					name,
					assignedUsers: [USERS[2].id],
					sla: {
						status,
						breached: minutes < 0,
						summary: { firstBreachAt: minutesFromNow(minutes) },
					},
				},
			});
		due('Soon', 14);
		due('Later', 16);
		due('Missed already', -1);
		due('Paused', 5, 'paused');

		await world.n8n.api.listen(workflow.id, 'Every 5 Minutes');
		expect(itemsOf(await execution(workflow), 'Tell the Team in Slack')).toMatchObject([
			{ text: expect.stringMatching(/^SLA missed at \d{4}.+: "Soon", assigned to Lerato Dube\./) },
		]);
		await world.n8n.api.listen(workflow.id, 'Every 5 Minutes');
		const second = await execution(workflow, 2);
		expect(itemsOf(second, 'Find What Is Due')).toHaveLength(1);
		expect(itemsOf(second, 'Tell the Team in Slack')).toEqual([]);
	},

	'round-robin-among-a-team': async () => {
		const [, repairs] = TEAMS;
		const workflow = await start('round-robin-among-a-team', {
			'Get the Team': { team: chosen('list', repairs.id) },
		});
		const { id: ines } = customer('Ines Cardoso');
		const conversations: string[] = [];
		for (const name of ['First', 'Second', 'Third']) {
			const { id } = world.kustomer.create('conversation', { customer: ines, name });
			conversations.push(id);
			await world.kustomer.whenIdle();
			await execution(workflow, conversations.length);
		}
		const [one, other] = repairs.members;
		const assigned = conversations.map(
			(id) => world.kustomer.record('conversation', id)?.attributes.assignedUsers,
		);
		expect(assigned).toEqual([[one], [other], [one]]);
	},

	'tags-by-an-assistant': async () => {
		const workflow = await start('tags-by-an-assistant');
		const { id: ines } = customer('Ines Cardoso');
		const known = world.kustomer.records('tag').length;
		chatModel.follow({ says: 'None' });
		const conversation = writtenBy(ines, { name: 'Spout', minutesAgo: 60, text: 'It is broken.' });
		const tags = () => world.kustomer.record('conversation', conversation)?.attributes.tags;
		await world.kustomer.whenIdle();
		expect(ran(await execution(workflow), 'Add the Tags')).toBe(false);

		chatModel.follow({ says: 'broken spout, late parcel' });
		written({ conversation, direction: 'in', text: 'Where is the new one?' });
		await world.kustomer.whenIdle();
		await execution(workflow, 2);
		expect(chatModel.heard()).toMatch(/Tags: .*broken spout.*late parcel/);
		expect(chatModel.heard()).toMatch(/It is broken\.[^]*Where is the new one\?/);
		expect(tags()).toEqual([TAGS[0].id, TAGS[1].id]);
		expect(world.kustomer.records('tag')).toHaveLength(known);
	},

	'order-from-shop-to-customer-and-order': async () => {
		const workflow = await start('order-from-shop-to-customer-and-order');
		const address = ownAddress(workflow, 'Order From the Shop');
		const [sample] = pinned('order-from-shop-to-customer-and-order');
		const order = sample?.body as IDataObject;
		const send = async (body: IDataObject) =>
			await post(address, JSON.stringify(body), { [HEADER.name]: HEADER.value });
		expect(await post(address, JSON.stringify(order))).toMatchObject({ status: 403 });

		expect(await send(order)).toMatchObject({ status: 200 });
		const first = await execution(workflow);
		const [made] = itemsOf(first, 'Create or Update the Order');
		expect(made).toMatchObject({
			created: true,
			attributes: {
				title: 'Order TP-3107',
				externalId: 'TP-3107',
				custom: { totalNum: 64.5, orderStatusStr: 'paid' },
			},
		});
		const [ines] = itemsOf(first, 'Find or Create the Customer');
		expect(ines).toMatchObject({
			created: true,
			attributes: { name: 'Ines Cardoso', emails: [{ email: 'ines@atelier-cardoso.example' }] },
		});
		expect(made?.related).toMatchObject({ customer: ines?.id });

		await send({ ...order, status: 'delivered' });
		const second = await execution(workflow, 2);
		expect(itemsOf(second, 'Find or Create the Customer')).toMatchObject([
			{ created: false, id: ines?.id },
		]);
		expect(itemsOf(second, 'Create or Update the Order')).toMatchObject([
			{ created: false, id: made?.id, attributes: { custom: { orderStatusStr: 'delivered' } } },
		]);
	},

	'night-reply-to-new-mail': async () => {
		const address = 'ines.night@example.com';
		const { id: ines } = customerWithAddress('Ines Cardoso', address);
		const atNight = mailedBy(ines, { name: 'At night', address });
		const byDay = mailedBy(ines, { name: 'By day', address });
		const workflow = await start('night-reply-to-new-mail');
		const mailAt = async (hour: string, conversation: string, attributes: IDataObject = {}) =>
			await send('kustomer.message.create', {
				createdAt: `2026-11-02T${hour}:30:00.000Z`,
				attributes: {
					direction: 'in',
					channel: 'email',
					directionType: 'initial-in',
					auto: false,
					...attributes,
				},
				relationships: {
					conversation: { data: { type: 'conversation', id: conversation } },
					customer: { data: { type: 'customer', id: ines } },
				},
			});
		// n8n's own time zone is New York's, where 3:30 UTC is half past ten in the evening.
		await mailAt('03', atNight, { auto: true });
		await mailAt('03', atNight, { directionType: 'followup-in' });
		await mailAt('03', atNight, { channel: 'sms' });
		await mailAt('15', byDay);
		expect(ran(await execution(workflow), 'Reply')).toBe(false);

		await mailAt('03', atNight);
		const run = await execution(workflow, 2);
		expect(itemsOf(run, 'Reply')).toMatchObject([{ sent: true, conversationId: atNight }]);
		await becomes(() => sentIn(atNight), [expect.stringMatching(/^Hello, thank you/)]);
		// Whoever was answered already is not answered again.
		await mailAt('03', atNight);
		await execution(workflow, 3);
		expect([sentIn(atNight).length, sentIn(byDay).length]).toEqual([1, 0]);
	},

	'parcel-late-to-new-conversation': async () => {
		const [sample] = pinned('parcel-late-to-new-conversation');
		const late = sample?.body as IDataObject;
		const workflow = await start('parcel-late-to-new-conversation', {
			'Send the Mail': { from: chosen('list', OUTBOUND_ACCOUNTS[0].account) },
		});
		const { id: ines } = customerWithAddress('Ines Cardoso', 'ines.late@example.com');
		const address = ownAddress(workflow, 'Parcel Is Late');
		const body = JSON.stringify({ ...late, email: 'ines.late@example.com' });
		const key = { [HEADER.name]: HEADER.value };
		expect(await post(address, body)).toMatchObject({ status: 403 });
		expect(await post(address, body, key)).toMatchObject({ status: 200 });
		const first = await execution(workflow);
		const [sent] = itemsOf(first, 'Send the Mail');
		expect(sent).toMatchObject({ sent: true, channel: 'email', to: 'ines.late@example.com' });
		await becomes(
			() => sentIn(String(sent?.conversationId)),
			[expect.stringMatching(/^Dear Ines Cardoso, your parcel JD0146000031 is late\./)],
		);
		const conversation = world.kustomer.record('conversation', String(sent?.conversationId));
		expect(relatedId(conversation?.relationships.customer)).toBe(ines);

		await post(address, body, key);
		expect(ran(await execution(workflow, 2), 'Send the Mail')).toBe(false);
	},

	'ai-agent-drafts-answers': async () => {
		const workflow = await start('ai-agent-drafts-answers');
		chatModel.follow({
			calls: [
				{ tool: 'Look_Up_the_Customer', arguments: {} },
				{ tool: 'Read_the_Conversation', arguments: {} },
				{ tool: 'Write_a_Note', arguments: { note: 'Ines wants a new lid.' } },
				{ tool: 'Draft_an_Answer', arguments: { answer: 'Dear Ines, it is on its way.' } },
			],
			says: 'The draft is ready.',
		});
		const { id: ines } = customerWithAddress('Ines Cardoso', 'ines.lid@example.com');
		const conversation = mailedBy(ines, { name: 'Lid', address: 'ines.lid@example.com' });
		await world.kustomer.whenIdle();
		const run = await execution(workflow);
		expect(itemsOf(run, 'Agent')).toEqual([{ output: 'The draft is ready.' }]);
		expect(chatModel.offered().sort()).toEqual(
			['Draft_an_Answer', 'Look_Up_the_Customer', 'Read_the_Conversation', 'Write_a_Note'].sort(),
		);
		const [known, said] = chatModel.toldByTools();
		expect(known).toContain('Ines Cardoso');
		expect(said).toContain('Hello');
		expect(notesOf(conversation)).toEqual(['Ines wants a new lid.']);
		const drafts = world.kustomer
			.records('draft')
			.filter(({ relationships }) => relatedId(relationships.conversation) === conversation);
		expect(drafts).toHaveLength(1);
		expect(JSON.stringify(drafts[0].attributes)).toContain('Dear Ines, it is on its way.');
		expect(sentIn(conversation)).toEqual([]);
	},

	'bad-satisfaction-to-slack': async () => {
		const workflow = await start('bad-satisfaction-to-slack');
		const { id: ines } = customer('Ines Cardoso');
		let runs = 0;
		const rated = async (rating: number, answer?: string) => {
			const conversation = world.kustomer.create('conversation', { customer: ines, name: 'Lid' });
			const answers = answer === undefined ? [] : [{ question: 'How did we do?', answer }];
			const response = world.kustomer.put({
				type: 'satisfaction_response',
				attributes: { status: 'rated', rating, score: rating > 2 ? 1 : 0, answers },
				related: { conversation: { type: 'conversation', id: conversation.id } },
			});
			world.kustomer.update('conversation', conversation.id, {
				satisfactionLevel: { sentByTeams: [], formResponse: response, rating },
			});
			await world.kustomer.whenIdle();
			return await execution(workflow, ++runs);
		};
		const told = itemsOf(await rated(1, 'Nobody called.'), 'Tell the Team in Slack');
		expect(told).toMatchObject([
			{ text: expect.stringMatching(/^"Lid" was rated 1: Nobody called\./) },
		]);
		expect(ran(await rated(2), 'Tell the Team in Slack')).toBe(true);
		expect(ran(await rated(5, 'Quick and kind.'), 'Tell the Team in Slack')).toBe(false);
	},

	'merge-duplicates-after-approval': async () => {
		const decided = (approved: boolean) => (node: INode) =>
			node.name === 'One Person?' ? asAnswered(node, { approved }) : node;
		const twins = (address: string) => {
			const emails = [{ email: address, type: 'home' }];
			const old = customerWithAddress('Ines Cardoso', address);
			return { old: old.id, make: () => customer('Ines C.', {}, { sharedEmails: emails }).id };
		};
		const here = (id: string) => world.kustomer.record('customer', id)?.attributes.deleted !== true;

		const no = twins('ines.no@example.com');
		const refusing = await start('merge-duplicates-after-approval', {}, decided(false));
		const kept = no.make();
		await world.kustomer.whenIdle();
		expect(ran(await execution(refusing), 'One Person?')).toBe(true);
		expect([here(no.old), here(kept)]).toEqual([true, true]);
		await world.n8n.api.unpublish(refusing.id);

		const yes = twins('ines.yes@example.com');
		const approving = await start('merge-duplicates-after-approval', {}, decided(true));
		const gone = yes.make();
		await world.kustomer.whenIdle();
		const run = await execution(approving);
		expect(itemsOf(run, 'Merge the New One Away')).toMatchObject([{ merged: gone, kept: yes.old }]);
		// Whoever has an address of their own is nobody's duplicate.
		customerWithAddress('Joaquim Reis', 'joaquim@example.com');
		await world.kustomer.whenIdle();
		expect(ran(await execution(approving, 2), 'One Person?')).toBe(false);
	},

	'attachments-to-google-drive': async () => {
		const workflow = await start('attachments-to-google-drive', {}, (node) =>
			node.name === 'Store It' ? asSet(node, ['name', 'inputDataFieldName']) : node,
		);
		const { id: ines } = customer('Ines Cardoso');
		const photo = Buffer.from([0xff, 0xd8, 0x00, 0x0a]);
		const files = await Promise.all([attached('lid.jpg', photo), attached('bill.pdf', photo)]);
		const { id } = world.kustomer.create('conversation', { customer: ines, name: 'Lid' }, NOBODY);
		written({ conversation: id, direction: 'in' }, { attachments: files });
		await world.kustomer.whenIdle();
		const run = await execution(workflow);
		expect(filesIn(run, 'One Item per File')).toMatchObject([
			{ attachment_0: { fileName: 'lid.jpg' } },
			{ attachment_1: { fileName: 'bill.pdf' } },
		]);
		expect(itemsOf(run, 'Store It')).toEqual([
			{ name: 'lid.jpg', inputDataFieldName: 'attachment_0' },
			{ name: 'bill.pdf', inputDataFieldName: 'attachment_1' },
		]);
		written({ conversation: id, direction: 'in' });
		await world.kustomer.whenIdle();
		expect(ran(await execution(workflow, 2), 'Store It')).toBe(false);
	},

	'sample-of-every-event': async () => {
		const workflow = await start('sample-of-every-event');
		const samples = pinned('sample-of-every-event');
		expect(samples.map(({ event }) => event)).toEqual([...EVENT_NAMES]);
		for (const [at, name] of EVENT_NAMES.entries()) {
			const run = await heard(workflow, name, {}, at + 1);
			const [item] = itemsOf(run, 'Every Event');
			expect(shapeOf(samples[at])).toEqual(shapeOf(item));
		}
	},
};

/** A customer whom no other test knows. */
function customer(name: string, custom: IDataObject = {}, more: IDataObject = {}) {
	return world.kustomer.create('customer', { name, custom, ...more });
}

function minutesFromNow(minutes: number): string {
	return new Date(Date.now() + minutes * 60_000).toISOString();
}

type Written = { minutesAgo?: number; text?: string };

/** @returns the id of a conversation that began with this customer's message */
function writtenBy(of: string, { name, ...message }: Written & { name: string }): string {
	const { id } = world.kustomer.create('conversation', { customer: of, name }, NOBODY);
	written({ conversation: id, direction: 'in', ...message });
	return id;
}

function written(
	message: Written & { conversation: string; direction: 'in' | 'out' },
	more: IDataObject = {},
): void {
	const { conversation, direction, minutesAgo = 0, text = 'Hello' } = message;
	world.kustomer.create(
		'message',
		{
			conversation,
			direction,
			channel: 'email',
			app: 'postmark',
			preview: text,
			sentAt: minutesFromNow(-minutesAgo),
			...more,
		},
		direction === 'in' ? NOBODY : undefined,
	);
}

function customerWithAddress(name: string, email: string) {
	return world.kustomer.create('customer', { name, emails: [{ email, type: 'home' }] });
}

/** @returns the id of a conversation that began with this customer's mail to the organization */
function mailedBy(of: string, { name, address }: { name: string; address: string }): string {
	const { id } = world.kustomer.create('conversation', { customer: of, name }, NOBODY);
	const meta = { from: address, to: [{ email: OUTBOUND_ACCOUNTS[0].account }], subject: name };
	world.kustomer.create(
		'message',
		{
			conversation: id,
			direction: 'in',
			channel: 'email',
			app: 'postmark',
			preview: 'Hello',
			meta,
		},
		NOBODY,
	);
	return id;
}

/** @returns the texts that went out to the customer in a conversation */
function sentIn(conversation: string): string[] {
	return world.kustomer
		.records('message')
		.filter(
			({ attributes, relationships }) =>
				attributes.direction === 'out' && relatedId(relationships.conversation) === conversation,
		)
		.map(({ attributes }) => String(attributes.preview));
}

/** The local Kustomer sends a moment after it has taken a draft. */
async function becomes(read: () => unknown[], wanted: unknown[]): Promise<void> {
	await until(() => read().length >= wanted.length || undefined, {
		what: `${wanted.length} messages`,
		withinMs: 10_000,
	});
	expect(read()).toEqual(wanted);
}

/** @returns the texts of a conversation's notes */
function notesOf(conversation: string): unknown[] {
	return world.kustomer
		.records('note')
		.filter(({ relationships }) => relatedId(relationships.conversation) === conversation)
		.map(({ attributes }) => attributes.body);
}

/** @returns the files of each item that a step gave */
function filesIn({ data }: Execution, step: string): unknown[] {
	const [run] = data.resultData.runData[step] ?? [];
	return (run?.data?.main[0] ?? []).map(({ binary }) => binary);
}

function exampleNamed(name: string): Example {
	return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Example;
}

/** @returns whether a connection leads to the node */
function isReached({ connections }: Example, name: string): boolean {
	const ends = Object.values(connections).flatMap(({ main }) => (main ?? []).flat());
	return ends.some((end) => end?.node === name);
}

/** The sample items of the one node that has some. */
function pinned(name: string): IDataObject[] {
	return Object.values(exampleNamed(name).pinData)
		.flat()
		.map(({ json }) => json);
}

/**
 * Creates and publishes an example as a person would after filling it in: with local credentials,
 * and with nothing pinned.
 */
async function start(
	name: string,
	filledIn: FilledIn = {},
	change: (node: INode) => INode = (node) => node,
): Promise<SavedWorkflow> {
	const example = exampleNamed(name);
	const names = example.nodes.map((node) => node.name);
	expect(names).toEqual(expect.arrayContaining(Object.keys(filledIn)));
	const nodes = example.nodes.map((node) => {
		const parameters = { ...node.parameters, ...filledIn[node.name] };
		const changed = change({ ...node, parameters });
		if (VENDORS.includes(changed.type)) return asShown(changed);
		return { ...changed, credentials: credentialsOf(changed) };
	});
	const { id } = await world.n8n.api.createWorkflow({ ...example, nodes, pinData: {} });
	created.unshift(id);
	const startsBy = (type: string) => nodes.some((node) => node.type === `n8n-nodes-base.${type}`);
	if (!startsBy('manualTrigger')) {
		const publication = await world.n8n.api.publish(id);
		expect(publication).toEqual({ status: 'published', errors: [] });
	}
	// It must not run by itself while the test looks on.
	if (startsBy('scheduleTrigger')) await world.n8n.api.unpublish(id);
	return await world.n8n.api.getWorkflow(id);
}

function asNoOp({ id, name, position }: INode): INode {
	return { id, name, position, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
}

/** What a vendor would get: the item, and the text for people with its expressions worked out. */
function asShown(node: INode): INode {
	if (node.parameters.text === undefined) return asNoOp(node);
	const { parameters, ...set } = asSet(node, ['text']);
	return { ...set, parameters: { ...parameters, includeOtherFields: true } };
}

/** The values of some parameters, with their expressions worked out. */
function asSet(node: INode, names: string[]): INode {
	const { parameters: all } = node;
	const assignments = names.map((name) => ({ id: name, name, type: 'string', value: all[name] }));
	const parameters = { assignments: { assignments }, options: {} } as INodeParameters;
	return { ...asNoOp(node), type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters };
}

/** What Slack's buttons would answer. */
function asAnswered(node: INode, answer: IDataObject): INode {
	const assignments = [{ id: 'data', name: 'data', type: 'object', value: JSON.stringify(answer) }];
	const parameters = { assignments: { assignments }, options: {} };
	return { ...asNoOp(node), type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters };
}

/** @returns the id of a file that was uploaded, as from the app */
async function attached(name: string, bytes: Buffer): Promise<string> {
	const ask = async (path: string, init: RequestInit) =>
		(await fetch(`${world.kustomer.url}${path}`, init)).json() as Promise<{
			data: { id: string };
			meta: { upload: { url: string; fields: Record<string, string> } };
		}>;
	const { data, meta } = await ask('/v1/attachments', {
		method: 'POST',
		headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
		body: JSON.stringify({ name, contentType: 'image/jpeg', contentLength: bytes.length }),
	});
	const form = new FormData();
	for (const [field, value] of Object.entries(meta.upload.fields)) form.set(field, value);
	form.set('file', new Blob([new Uint8Array(bytes)]), name);
	await fetch(meta.upload.url, { method: 'POST', body: form });
	return data.id;
}

function credentialsOf({ type, parameters }: INode): INode['credentials'] {
	const use = (...names: Array<keyof typeof credentials>) =>
		Object.fromEntries(names.map((name) => [name, credentials[name]]));
	switch (type.split('.').at(-1)) {
		case 'kustomer':
		case 'kustomerTool':
			if (parameters.operation === 'verify') return use('kustomerWebhookApi');
			return parameters.hookType === 'form' ? undefined : use('kustomerApi');
		case 'kustomerTrigger':
			return use('kustomerApi');
		case 'httpRequest':
			return parameters.nodeCredentialType === 'kustomerApi' ? use('kustomerApi') : undefined;
		case 'webhook':
			return parameters.authentication === 'headerAuth' ? use('httpHeaderAuth') : undefined;
		case 'emailSend':
			return use('smtp');
		case 'lmChatOpenAi':
			return use('openAiApi');
		default:
			return undefined;
	}
}

function atLocalKustomer(node: INode): INode {
	const text = JSON.stringify(node.parameters);
	const local = text.replace('https://YOUR-SUBDOMAIN.api.kustomerapp.com', world.kustomer.url);
	return { ...node, parameters: JSON.parse(local) };
}

function chosen(mode: string, value: string): INodeParameters {
	return { __rl: true, mode, value };
}

/** @returns the fields of a node that its type does not show in this version with these values */
function unknownFields({ type, typeVersion, parameters }: INode): string[] {
	const known = nodeTypes.filter(({ name }) => name === type);
	const description = known.find(({ version }) => [version].flat().includes(typeVersion));
	if (description === undefined) return [`n8n does not know ${type} ${typeVersion}`];
	const shown = NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		{ typeVersion },
		description,
	);
	return missing(parameters, shown, []);
}

function missing(given: unknown, shown: unknown, path: string[]): string[] {
	if (given === null || typeof given !== 'object') {
		return given === shown ? [] : [path.join('.')];
	}
	if (shown === null || typeof shown !== 'object') return [path.join('.')];
	const inside = new Map(Object.entries(shown));
	return Object.entries(given).flatMap(([name, value]) =>
		missing(value, inside.get(name), [...path, name]),
	);
}

/** Waits for the workflow's execution number `count`, which must succeed and show no key. */
async function execution(workflow: SavedWorkflow, count = 1): Promise<Execution> {
	const all = await world.n8n.api.waitForExecutions(workflow.id, count);
	expect(all).toHaveLength(count);
	const [newest] = all;
	if (newest === undefined) throw new Error('no execution');
	expect(newest.data.resultData.error).toBeUndefined();
	expect(newest.status).toBe('success');
	expect(JSON.stringify(newest)).not.toMatch(new RegExp(`${world.apiKey}|${SECRET}`));
	return newest;
}

async function heard(
	workflow: SavedWorkflow,
	name: Envelope['name'],
	overrides: EventOverrides,
	count = 1,
): Promise<Execution> {
	await send(name, overrides);
	return await execution(workflow, count);
}

async function unheard(
	workflow: SavedWorkflow,
	name: Envelope['name'],
	overrides: EventOverrides,
): Promise<void> {
	await send(name, overrides);
	expect(await world.n8n.api.listExecutions(workflow.id)).toEqual([]);
}

async function send(name: Envelope['name'], overrides: EventOverrides): Promise<void> {
	const event = EVENT_NAMES.find((known) => known === name);
	if (event === undefined) throw new Error(`Kustomer has no event ${name}`);
	const deliveries = await world.kustomer.send(makeEvent(event, overrides));
	expect(deliveries).toMatchObject([{ status: 200 }]);
}

/** What a hook got, parsed. */
function posted(kind: HookKind, hookId: string): unknown[] {
	return world.kustomer
		.hookRequests()
		.filter((request) => request.kind === kind && request.hookId === hookId)
		.map(({ rawBody }) => JSON.parse(rawBody.toString('utf8')) as unknown);
}

async function post(url: string, body: string, headers: Record<string, string> = {}) {
	const type = { 'content-type': 'application/json' };
	return await fetch(url, { method: 'POST', body, headers: { ...type, ...headers } });
}

function nodeOf(workflow: SavedWorkflow, name: string): INode {
	const node = workflow.nodes.find((candidate) => candidate.name === name);
	if (node === undefined) throw new Error(`The workflow has no node ${name}`);
	return node;
}

function ownAddress(workflow: SavedWorkflow, name: string): string {
	return `${world.n8n.url}/webhook/${String(nodeOf(workflow, name).parameters.path)}`;
}

function ran({ data }: Execution, name: string): boolean {
	const runs = data.resultData.runData[name] ?? [];
	return runs.some((run) => (run.data?.main ?? []).some((items) => (items ?? []).length > 0));
}

/** The keys of an item and of its parts; of `changes` only that it is there, for they differ. */
function shapeOf(item: IDataObject | undefined) {
	const keys = (value: unknown) => Object.keys(value ?? {}).sort();
	return {
		item: keys(item),
		attributes: keys(item?.attributes),
		related: keys(item?.related),
		nulls: keys(item).filter((key) => item?.[key] === null),
	};
}
