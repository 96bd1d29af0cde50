import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	createRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type ICredentialType,
	type IExecuteData,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeListSearchResult,
	type ILoadOptionsFunctions,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
	type NodeExecutionHint,
} from 'n8n-workflow';
import { KustomerApi } from '../../credentials/KustomerApi.credentials';
import { KustomerWebhookApi } from '../../credentials/KustomerWebhookApi.credentials';
import { Kustomer } from '../../nodes/Kustomer/Kustomer.node';
import { onlyNodeType } from './nodeTypes.cts';

// n8n-core keeps an instance's settings in the user's folder and writes them when it is loaded.
process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'n8n-core-'));

const core = import('n8n-core');

const NODE_NAME = 'Kustomer';
const NODE_TYPE = 'n8n-nodes-kustomer.kustomer';

const CREDENTIAL_TYPES: Record<string, ICredentialType> = {
	kustomerApi: new KustomerApi(),
	kustomerWebhookApi: new KustomerWebhookApi(),
};

/** One run of the action node, as n8n would run it. */
export type NodeRun = {
	parameters: INodeParameters;
	items?: INodeExecutionData[];
	/** Decrypted data by credential type. */
	credentials?: Record<string, ICredentialDataDecryptedObject>;
	onError?: INode['onError'];
	/** Stops the execution. */
	signal?: AbortSignal;
	/** Where this n8n receives webhooks: `WEBHOOK_URL`, ending with a slash. */
	webhookUrl?: string;
	/** Where its editor is; by default the same. */
	editorUrl?: string;
	/** "combined" keeps files among the item's fields. */
	binaryMode?: 'separate' | 'combined';
	/** By default the node as a step; `n8n-nodes-kustomer.kustomerTool` is the one of an agent. */
	nodeType?: string;
	timeZone?: string;
	/** How the execution was started; by default from the editor. */
	mode?: WorkflowExecuteMode;
	executionId?: string;
	/** What n8n knows of the execution; the same again when it runs a step again. */
	execution?: IRunExecutionData;
};

export type NodeResult = {
	items: INodeExecutionData[];
	hints: NodeExecutionHint[];
	/** How often a credential was read and decrypted. */
	credentialReads: number;
};

/** Runs the node inside n8n's own ExecuteContext, with its real HTTP client and expressions. */
export async function runNode(run: NodeRun): Promise<NodeResult> {
	const { context, reads } = await executeContext(run);
	const output = await new Kustomer().execute.call(context);
	return { items: output[0], hints: context.hints, credentialReads: reads() };
}

/** What n8n hands to the node for a run; `reads` counts how often a credential was decrypted. */
export async function executeContext(run: NodeRun) {
	const { ExecuteContext } = await core;
	const { workflow, node, additionalData, items, reads } = setUp(run);
	const inputData = { main: [items] };
	const executeData: IExecuteData = { data: inputData, node, source: null };
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		run.mode ?? 'manual',
		run.execution ?? createRunExecutionData(),
		0,
		items,
		inputData,
		executeData,
		[],
		run.signal,
	);
	return { context: context as typeof context & IExecuteFunctions, reads };
}

/** Asks the node for the entries of one of its lists, as the editor does. */
export async function searchList(method: string, run: NodeRun, filter?: string, page?: string) {
	const lists: Readonly<Record<string, ListMethod>> = new Kustomer().methods.listSearch;
	return await lists[method].call(await editorOf(run), filter, page);
}

type ListMethod = (
	this: ILoadOptionsFunctions,
	filter?: string,
	page?: string,
) => Promise<INodeListSearchResult>;

/** Asks the node for the options of one of its parameters, as the editor does. */
export async function loadOptions(
	method: keyof Kustomer['methods']['loadOptions'],
	run: NodeRun,
	path = '',
) {
	return await new Kustomer().methods.loadOptions[method].call(await editorOf(run, path));
}

/** Asks the node for the fields of its form of attributes, as the editor does. */
export async function mapperFields(run: NodeRun) {
	return await new Kustomer().methods.resourceMapping.getAttributes.call(await editorOf(run));
}

/** @param path of the parameter that is filled in, for those inside of collections */
export async function editorOf(run: NodeRun, path = '') {
	const { LoadOptionsContext } = await core;
	const { workflow, node, additionalData } = setUp(run);
	additionalData.currentNodeParameters = node.parameters;
	return new LoadOptionsContext(workflow, node, additionalData, path);
}

/** Stores a file as n8n does outside of tests: on disk, with a reference in the item. */
export async function storedFile(bytes: Buffer, fileName: string, mimeType: string) {
	const { BinaryDataService } = await core;
	const service = container().get(BinaryDataService);
	await service.init();
	const location = { type: 'execution' as const, workflowId: 'tests', executionId: '1' };
	return await service.store(location, bytes, { fileName, mimeType, data: '' });
}

/** The container that n8n-core itself uses; npm installed several of them. */
function container(): { get<T>(type: abstract new (...parts: never[]) => T): T } {
	const path = require.resolve('@n8n/di', { paths: [require.resolve('n8n-core')] });
	return (require(path) as { Container: ReturnType<typeof container> }).Container;
}

/** An item that holds one small piece of data. */
export function itemOf(json: INodeExecutionData['json']): INodeExecutionData {
	return { json };
}

/** @returns the node as it would be saved in a workflow */
export function nodeOf(run: NodeRun): INode {
	return {
		id: 'c1d9fdbd-0f4b-4c0c-9a59-1f3a2e3c0f7a',
		name: NODE_NAME,
		type: run.nodeType ?? NODE_TYPE,
		typeVersion: 1,
		position: [0, 0],
		parameters: run.parameters,
		onError: run.onError,
		credentials: Object.fromEntries(
			Object.keys(run.credentials ?? {}).map((type) => [type, { id: `id of ${type}`, name: type }]),
		),
	};
}

/** @returns what n8n knows about itself and its credentials while it runs a workflow */
export function additionalDataFor(run: NodeRun): IWorkflowExecuteAdditionalData {
	return additionalDataOf(run, credentialsHelper(run.credentials ?? {}).helper);
}

function setUp(run: NodeRun) {
	const workflow = new Workflow({
		id: 'workflow1',
		name: 'Test workflow',
		nodes: [nodeOf(run)],
		connections: {},
		active: false,
		nodeTypes: onlyNodeType(nodeTypeOf(run)),
		settings: { binaryMode: run.binaryMode, timezone: run.timeZone },
	});
	const { helper, reads } = credentialsHelper(run.credentials ?? {});
	return {
		workflow,
		node: workflow.nodes[NODE_NAME],
		additionalData: additionalDataOf(run, helper),
		items: run.items ?? [itemOf({})],
		reads,
	};
}

/** n8n offers a node to agents as a copy with another name. */
function nodeTypeOf({ nodeType = NODE_TYPE }: NodeRun): INodeType {
	const kustomer = new Kustomer();
	const name = nodeType.slice(nodeType.lastIndexOf('.') + 1);
	return Object.assign(kustomer, { description: { ...kustomer.description, name } });
}

function additionalDataOf(
	run: NodeRun,
	helper: ICredentialsHelper,
): IWorkflowExecuteAdditionalData {
	const webhookUrl = run.webhookUrl ?? 'https://n8n.example.test/';
	return {
		credentialsHelper: helper,
		executionId: run.executionId ?? '42',
		currentNodeExecutionIndex: 0,
		variables: {},
		instanceBaseUrl: run.editorUrl ?? webhookUrl,
		restApiUrl: `${webhookUrl}rest`,
		webhookBaseUrl: `${webhookUrl}webhook`,
		webhookTestBaseUrl: `${webhookUrl}webhook-test`,
		webhookWaitingBaseUrl: `${webhookUrl}webhook-waiting`,
		formWaitingBaseUrl: `${webhookUrl}form-waiting`,
	} as IWorkflowExecuteAdditionalData;
}

/** Keeps credentials in memory, and authenticates by the credential types' own functions. */
function credentialsHelper(credentials: Record<string, ICredentialDataDecryptedObject>) {
	let count = 0;
	const helper: Partial<ICredentialsHelper> = {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		preAuthentication: async () => await Promise.resolve(undefined),
		authenticate: async (data, type, options) => {
			const { authenticate } = CREDENTIAL_TYPES[type];
			if (typeof authenticate !== 'function') return options as IHttpRequestOptions;
			return await authenticate.call(CREDENTIAL_TYPES[type], data, options as IHttpRequestOptions);
		},
		getDecrypted: async (_additionalData, _details, type) => {
			count++;
			return await Promise.resolve({ ...credentials[type] });
		},
	};
	return { helper: helper as ICredentialsHelper, reads: () => count };
}
