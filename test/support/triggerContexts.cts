import { createHmac, randomUUID } from 'node:crypto';
import {
	createServer,
	request as send,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGunzip, createInflate } from 'node:zlib';
import {
	createRunExecutionData,
	resolveWebhookDescriptionField,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteData,
	type IExecuteFunctions,
	type IHookFunctions,
	type ITriggerFunctions,
	type ITriggerResponse,
	type WorkflowExecuteMode,
	type INode,
	type INodeExecutionData,
	type IRun,
	type INodeParameters,
	type IWebhookData,
	type IWebhookFunctions,
	type IWebhookResponseData,
	type IWorkflowExecuteAdditionalData,
	type WorkflowActivateMode,
} from 'n8n-workflow';
import type { LocalKustomer } from '../../sandbox/kustomer/server.cts';
import { KustomerTrigger } from '../../nodes/Kustomer/KustomerTrigger.node';
import { upkeepOf } from '../../nodes/Kustomer/trigger/memory/memory';
import { apiCredential } from './actionWorld.cts';
import { additionalDataFor } from './executeContext.cts';
import { until } from './until.cts';
import { onlyNodeType } from './nodeTypes.cts';

const core = import('n8n-core');

const realTimeout = globalThis.setTimeout;

const NODE_NAME = 'Kustomer Trigger';
const NODE_TYPE = 'n8n-nodes-kustomer.kustomerTrigger';
const N8N_URL = 'https://n8n.example.test/';

/** As N8N_PAYLOAD_SIZE_MAX is by default. */
const MOST_BYTES = 16 * 1024 * 1024;

const SIGNATURE_HEADER = 'x-kustomer-webhook-signature';

export const SECRET = 'a-secret-that-only-tests-know-0001';

/** What a test says about a trigger; the rest is as in a workflow that works. */
export type TriggerDraft = {
	parameters?: INodeParameters;
	/** Decrypted data by credential type; a getter that throws stands for a deleted one. */
	credentials?: Credentials;
	/** What n8n's static data holds of the node. */
	notes?: IDataObject;
	/** Where this n8n receives webhooks, ending with a slash. */
	webhookUrl?: string;
	workflowId?: string;
	workflowName?: string;
	node?: Partial<INode>;
	/** "Listen for test event" instead of the published workflow. */
	isTest?: boolean;
};

export type Credentials = Record<string, ICredentialDataDecryptedObject>;

export type Delivery = {
	/** The bytes, or what is to be sent as JSON. */
	body: unknown;
	/** The secret to sign with; null sends no signature. */
	secret?: string | null;
	/** Put over the usual ones; null leaves one out. */
	headers?: Record<string, string | string[] | null>;
	/** The bytes that go over the line, where they differ from the signed ones (compressed). */
	sent?: Buffer;
	/** Hang up when this settles, without waiting for the answer. */
	hangUp?: Promise<unknown>;
};

export type Answer = { status: number; body: string };

/** What n8n does with the items of a delivery; by default it succeeds at once. */
export type Run = (items: INodeExecutionData[]) => Promise<void> | void;

export type TestTrigger = {
	readonly node: INode;
	readonly workflow: Workflow;
	/** Live: what is put here holds for the next read. */
	readonly credentials: Credentials;
	/** Every execution that was started, with its items. */
	readonly executions: INodeExecutionData[][];
	/** What `webhook()` threw, and it must throw nothing. */
	readonly thrown: unknown[];
	/** What `execute()` said above its output, at all its runs. */
	readonly hints: string[];
	/** How many deliveries reached `webhook()`, and on how many the sender hung up unanswered. */
	readonly counts: { begun: number; hungUp: number };
	/** The address at which Kustomer would deliver, and the one on this machine. */
	readonly address: string;
	readonly url: string;
	/** How the workflow goes; may be replaced at any time. */
	run: Run;
	/** @returns the live static data of the node */
	notes(): IDataObject;
	/** Lines that were written into n8n's log since the trigger was made. */
	log(level?: Level): string[];
	/** How often a credential was read and decrypted. */
	reads(type: string): number;
	/** Sends real HTTP to the trigger and returns n8n's real answer. */
	deliver(delivery: Delivery): Promise<Answer>;
	/** As n8n publishes (or begins to listen for a test event). */
	activate(): Promise<void>;
	/** As n8n unpublishes. */
	deactivate(): Promise<void>;
	/** @returns whether n8n would find the webhook in order, when publishing or at another moment */
	isRegistered(moment?: WorkflowActivateMode): Promise<boolean>;
	/** Calls `trigger()`, as n8n does at publishing and at every start. */
	watch(how?: { moment?: WorkflowActivateMode; mode?: WorkflowExecuteMode }): Promise<TestWatch>;
	/** Runs the trigger's `execute()` with the items of a delivery. */
	execute(
		items: INodeExecutionData[],
		mode?: 'webhook' | 'manual' | 'retry',
	): Promise<INodeExecutionData[][]>;
};

/** What `trigger()` asked of n8n. */
export type TestWatch = {
	response: ITriggerResponse;
	/** The expressions of its clocks, and what n8n calls when they fire. */
	crons: Array<{ expression: string; onTick: () => void }>;
	/** Messages of the failed executions that n8n was asked to save. */
	failed: string[];
	/** Executions that were started. */
	emitted: unknown[];
	/** Waits until no look is under way. */
	over(): Promise<void>;
	/** Lets the clock of every five minutes fire, and waits until the look is over. */
	look(): Promise<void>;
};

type Level = 'error' | 'warn' | 'info' | 'debug';

/** @returns a draft for manual registration whose credential holds `SECRET` */
export function manualDraft(parameters: INodeParameters = {}, draft: TriggerDraft = {}) {
	return {
		parameters: {
			registration: 'manual',
			events: ['kustomer.conversation.update'],
			...parameters,
		},
		credentials: { kustomerWebhookApi: { secret: SECRET } },
		...draft,
	} satisfies TriggerDraft;
}

/** @returns a draft for automatic registration at a local Kustomer */
export function automaticDraft(
	kustomer: LocalKustomer,
	parameters: INodeParameters = {},
	draft: TriggerDraft = {},
) {
	return {
		parameters: { events: ['kustomer.conversation.update'], ...parameters },
		credentials: { kustomerApi: apiCredential(kustomer) },
		...draft,
	} satisfies TriggerDraft;
}

/**
 * @returns a trigger that an earlier process has registered: Kustomer has its webhook, static data
 *   the notes, and this process' memory nothing
 */
export async function registeredTrigger(
	kustomer: LocalKustomer,
	parameters: INodeParameters = {},
	draft: TriggerDraft = {},
) {
	const webhookId = randomUUID();
	const webhook = kustomer.createWebhook({
		name: 'n8n: Test workflow (workflow1)',
		url: `${N8N_URL}webhook/${webhookId}/webhook`,
		events: ['kustomer.conversation.update'],
	});
	const trigger = await startTrigger(
		automaticDraft(kustomer, parameters, {
			notes: { webhookId: webhook.id, host: kustomer.url, orgId: kustomer.orgId },
			...draft,
			node: { webhookId, ...draft.node },
		}),
	);
	return { trigger, webhook };
}

const started: Array<() => Promise<void>> = [];

/** Ends every trigger that was started; for `afterEach`. */
export async function endTriggers(): Promise<void> {
	await Promise.all(started.splice(0).map(async (end) => await end()));
}

/** Makes a trigger in a workflow of its own, in n8n's own contexts, behind a real HTTP server. */
export async function startTrigger(draft: TriggerDraft = {}): Promise<TestTrigger> {
	const { WebhookContext, HookContext, ExecuteContext, TriggerContext } = await core;
	const lines = await recordedLog();
	const firstLine = lines.length;
	const isTest = draft.isTest === true;
	const webhookUrl = draft.webhookUrl ?? N8N_URL;
	const credentials: Credentials = draft.credentials ?? {};
	const { watched, reads } = watch(credentials);
	const workflow = workflowOf(draft);
	const node = workflow.nodes[NODE_NAME];
	const additionalData = () =>
		additionalDataFor({ parameters: {}, credentials: watched, webhookUrl });
	const webhookData = {
		isTest,
		webhookDescription: new KustomerTrigger().description.webhooks?.[0],
	} as IWebhookData;
	const mode = isTest ? 'manual' : 'trigger';
	const hook = (moment: WorkflowActivateMode = isTest ? 'manual' : 'activate') =>
		new HookContext(workflow, node, additionalData(), mode, moment, webhookData) as IHookFunctions;
	const methods = new KustomerTrigger().webhookMethods.default;

	const receive = async (request: Request, response: Response) => {
		trigger.counts.begun++;
		response.on('close', () => {
			if (!response.writableEnded) trigger.counts.hungUp++;
		});
		const data = { ...additionalData(), httpRequest: request, httpResponse: response };
		const context = new WebhookContext(
			workflow,
			node,
			data as unknown as IWorkflowExecuteAdditionalData,
			isTest ? 'manual' : 'webhook',
			webhookData,
			[],
			null,
		);
		return await new KustomerTrigger().webhook.call(context as IWebhookFunctions);
	};
	const server = createServer((request, response) => {
		void answerAsN8n(trigger, receive, [toRequest(request), toResponse(response)]);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	started.push(async () => {
		server.closeAllConnections();
		await new Promise<void>((resolve) => server.close(() => resolve()));
	});

	const trigger: TestTrigger = {
		node,
		workflow,
		credentials,
		executions: [],
		thrown: [],
		hints: [],
		counts: { begun: 0, hungUp: 0 },
		address: `${webhookUrl}${isTest ? 'webhook-test' : 'webhook'}/${node.webhookId}/webhook`,
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		run: () => {},
		notes: () => workflow.getStaticData('node', node),
		log: (level) =>
			lines
				.slice(firstLine)
				.filter((line) => level === undefined || line.level === level)
				.map((line) => line.text),
		reads,
		deliver: async (delivery) => await deliver(trigger.url, delivery),
		activate: async () => {
			if (!(await methods.checkExists.call(hook()))) await methods.create.call(hook());
		},
		deactivate: async () => void (await methods.delete.call(hook())),
		isRegistered: async (moment) => await methods.checkExists.call(hook(moment)),
		watch: async ({ moment = 'activate', mode: executionMode = 'trigger' } = {}) => {
			const watch: TestWatch = {
				response: {},
				crons: [],
				failed: [],
				emitted: [],
				over: async () => await lookIsOver(workflow, node),
				look: async () => {
					watch.crons.at(-1)?.onTick();
					await watch.over();
				},
			};
			const context = new TriggerContext(
				workflow,
				node,
				additionalData(),
				executionMode,
				moment,
				(data, _response, done) => {
					watch.emitted.push(data);
					done?.resolve({} as IRun);
				},
				(error) => void trigger.thrown.push(error),
				(error) => void watch.failed.push(error.message),
				{
					registerCron: ({ expression }, onTick) => {
						watch.crons.push({ expression, onTick: () => onTick(new Date()) });
						return true;
					},
				},
			);
			watch.response = await new KustomerTrigger().trigger.call(context as ITriggerFunctions);
			return watch;
		},
		execute: async (items, executionMode = 'webhook') => {
			const inputData = { main: [items] };
			const executeData: IExecuteData = { data: inputData, node, source: null };
			const context = new ExecuteContext(
				workflow,
				node,
				additionalData(),
				executionMode,
				createRunExecutionData(),
				0,
				items,
				inputData,
				executeData,
				[],
			);
			const outputs = await new KustomerTrigger().execute.call(context as IExecuteFunctions);
			trigger.hints.push(...context.hints.map(({ message }) => message));
			return outputs;
		},
	};
	return trigger;
}

/** @returns what Kustomer would send in its signature header */
export function signatureOf(body: Buffer | string, secret: string): string {
	return createHmac('sha256', secret).update(body).digest('hex');
}

/** Lets `Date.now` run ahead, for limits of minutes. Undone by `jest.restoreAllMocks()`. */
export function aheadBy(milliseconds: number): void {
	const now = performance.timeOrigin + performance.now();
	const since = performance.now();
	jest
		.spyOn(Date, 'now')
		.mockImplementation(() => Math.trunc(now + milliseconds + performance.now() - since));
}

/**
 * Holds back the timers of exactly so many milliseconds, for patience of seconds that no test
 * should wait for. Undone by `jest.restoreAllMocks()`.
 *
 * @returns how many are held, and a way to let those of one length come at once
 */
export function heldTimers(...lengths: number[]) {
	const held: Array<{ length: number; callback: () => void }> = [];
	const spy = ((callback: () => void, delay = 0, ...rest: unknown[]) => {
		if (!lengths.includes(delay)) return realTimeout(callback, delay, ...rest);
		held.push({ length: delay, callback });
		return realTimeout(() => {}, 0);
	}) as typeof setTimeout;
	jest.spyOn(globalThis, 'setTimeout').mockImplementation(spy);
	return {
		count: () => held.length,
		fire: (length: number) => {
			for (const timer of held) if (timer.length === length) timer.callback();
		},
	};
}

/** A lifecycle that begins now would end the look, so it is waited for. */
async function lookIsOver(workflow: Workflow, node: INode): Promise<void> {
	const { turns } = upkeepOf(workflow.id, node.id);
	await until(() => !turns.isBusy, 'the look to end');
}

function workflowOf(draft: TriggerDraft): Workflow {
	const kustomer = new KustomerTrigger();
	const node: INode = {
		id: randomUUID(),
		webhookId: randomUUID(),
		name: NODE_NAME,
		type: NODE_TYPE,
		typeVersion: 1.1,
		position: [0, 0],
		parameters: draft.parameters ?? {},
		credentials: Object.fromEntries(
			Object.keys(draft.credentials ?? {}).map((type) => [
				type,
				{ id: `${type} ${randomUUID()}`, name: type },
			]),
		),
		...draft.node,
	};
	return new Workflow({
		id: draft.workflowId ?? 'workflow1',
		name: draft.workflowName ?? 'Test workflow',
		nodes: [node],
		connections: {},
		active: draft.isTest !== true,
		nodeTypes: onlyNodeType(kustomer),
		staticData: draft.notes && { [`node:${NODE_NAME}`]: draft.notes },
	});
}

/** Counts the reads of each credential; a live object, so that a test can change or spoil it. */
function watch(credentials: Credentials) {
	const counts = new Map<string, number>();
	const watched = new Proxy(credentials, {
		get(target, type: string) {
			counts.set(type, (counts.get(type) ?? 0) + 1);
			return target[type];
		},
	});
	return { watched, reads: (type: string) => counts.get(type) ?? 0 };
}

// What follows stands for n8n's web server: dist/middlewares/body-parser.js and
// dist/webhooks/webhook-helpers.js of n8n 2.41.

type Request = IncomingMessage & {
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
	contentType: string;
	body?: unknown;
};

type Response = ServerResponse & {
	status: (code: number) => Response;
	json: (value: unknown) => Response;
};

type Receive = (request: Request, response: Response) => Promise<IWebhookResponseData>;

async function answerAsN8n(
	trigger: TestTrigger,
	receive: Receive,
	[request, response]: [Request, Response],
): Promise<void> {
	let result: IWebhookResponseData;
	try {
		if (isReadForTheNode(request.contentType)) await request.readRawBody();
		if (request.contentType === 'application/json') parseJson(request);
	} catch {
		response.status(422).json({ message: 'Failed to parse request body' });
		return;
	}
	try {
		result = await receive(request, response);
	} catch (error) {
		trigger.thrown.push(error);
		response
			.status(500)
			.json({ message: 'Workflow Webhook Error: Workflow could not be started!' });
		return;
	}
	if (result.noWebhookResponse === true) return;
	if (result.workflowData === undefined) {
		response.status(200).json(result.webhookResponse ?? { message: 'Webhook call received' });
		return;
	}
	const items = result.workflowData.flat();
	trigger.executions.push(items);
	try {
		// For "onReceived", what may fail is the start of the execution; for "lastNode", all of it.
		await trigger.run(items);
		response.status(200).end();
	} catch {
		response.status(500).json({ message: 'Error in workflow' });
	}
}

/** Whether n8n answers when the execution begins, or when it has finished. */
export function responseModeOf({ node }: TestTrigger): unknown {
	const description = new KustomerTrigger().description.webhooks?.[0];
	return description && resolveWebhookDescriptionField(node, description, 'responseMode');
}

function isReadForTheNode(type: string): boolean {
	return (
		type.startsWith('application/json') ||
		type.startsWith('text/plain') ||
		type.startsWith('application/x-www-form-urlencoded') ||
		type.endsWith('/xml') ||
		type.endsWith('+xml')
	);
}

function parseJson(request: Request): void {
	const text = request.rawBody?.toString('utf8') ?? '';
	if (text !== '') request.body = JSON.parse(text.replace(/^\ufeff/, ''));
}

function toRequest(message: IncomingMessage): Request {
	const type = (message.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
	const request: Request = Object.assign(message, {
		contentType: type,
		readRawBody: async () => {
			request.rawBody ??= await bytesOf(unpacked(message));
		},
	});
	return request;
}

function unpacked(message: IncomingMessage): NodeJS.ReadableStream {
	const encoding = message.headers['content-encoding'];
	if (encoding === 'gzip') return message.pipe(createGunzip());
	if (encoding === 'deflate') return message.pipe(createInflate());
	return message;
}

async function bytesOf(stream: NodeJS.ReadableStream): Promise<Buffer> {
	return await new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let size = 0;
		stream.on('data', (chunk: Buffer) => {
			chunks.push(chunk);
			size += chunk.length;
			if (size <= MOST_BYTES) return;
			stream.removeAllListeners('data');
			stream.pause();
			reject(new Error('request entity too large'));
		});
		stream.on('end', () => resolve(Buffer.concat(chunks)));
		stream.on('error', reject);
	});
}

function toResponse(raw: ServerResponse): Response {
	const response: Response = Object.assign(raw, {
		status: (code: number) => {
			response.statusCode = code;
			return response;
		},
		json: (value: unknown) => {
			response.setHeader('content-type', 'application/json; charset=utf-8');
			response.end(JSON.stringify(value));
			return response;
		},
	});
	return response;
}

async function deliver(url: string, delivery: Delivery): Promise<Answer> {
	const body = Buffer.isBuffer(delivery.body)
		? delivery.body
		: Buffer.from(
				typeof delivery.body === 'string' ? delivery.body : JSON.stringify(delivery.body),
			);
	const secret = delivery.secret === undefined ? SECRET : delivery.secret;
	const given: Record<string, string | string[] | null> = {
		'content-type': 'application/json',
		...(secret !== null && { [SIGNATURE_HEADER]: signatureOf(body, secret) }),
		...delivery.headers,
	};
	const headers = Object.fromEntries(
		Object.entries(given).filter(
			(entry): entry is [string, string | string[]] => entry[1] !== null,
		),
	);
	return await new Promise((resolve, reject) => {
		const request = send(`${url}/webhook`, { method: 'POST', headers, agent: false });
		request.on('response', (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('end', () => {
				resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
				request.destroy();
			});
		});
		request.on('error', reject);
		request.end(delivery.sent ?? body);
		void delivery.hangUp?.then(() => request.destroy());
	});
}

// What follows takes the place of n8n's log.

type Line = { level: Level; text: string };
type Container = { set(type: unknown, value: unknown): void };

let recorded: Line[] | undefined;

/** Puts a recorder in place of n8n's logger, for all contexts of this test file. */
async function recordedLog(): Promise<Line[]> {
	if (recorded !== undefined) return recorded;
	await core;
	const lines: Line[] = [];
	const write = (level: Level) => (text: unknown) => void lines.push({ level, text: String(text) });
	const recorder = {
		scoped: () => recorder,
		error: write('error'),
		warn: write('warn'),
		info: write('info'),
		debug: write('debug'),
	};
	const fromCore = { paths: [require.resolve('n8n-core')] };
	const { Logger } = require(require.resolve('@n8n/backend-common', fromCore)) as {
		Logger: unknown;
	};
	const { Container } = require(require.resolve('@n8n/di', fromCore)) as { Container: Container };
	Container.set(Logger, recorder);
	recorded = lines;
	return lines;
}
