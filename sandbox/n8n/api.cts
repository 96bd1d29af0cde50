import type {
	IConnections,
	IDataObject,
	INode,
	INodeTypeDescription,
	IPinData,
	IRunExecutionData,
	IWorkflowSettings,
} from 'n8n-workflow';
import { until } from './deadline.cts';
import { N8nRefusal, type N8nSession } from './session.cts';

/** A node as one writes it down: n8n fills in `id` and `webhookId`. */
export type NodeDraft = Omit<INode, 'id' | 'position'> & Partial<Pick<INode, 'id' | 'position'>>;

export interface WorkflowDraft {
	readonly name: string;
	readonly nodes: readonly NodeDraft[];
	readonly connections: IConnections;
	readonly settings?: IWorkflowSettings;
	readonly pinData?: IPinData;
}

/** A workflow as n8n has it, all that its export and its row in the database would show. */
export interface SavedWorkflow {
	readonly id: string;
	readonly name: string;
	readonly versionId: string;
	readonly active: boolean;
	readonly nodes: INode[];
	readonly connections: IConnections;
	readonly staticData: IDataObject | null;
}

/** How a publication ended. `errors` holds what the person at the editor would read, one text per trigger. */
export interface Publication {
	readonly status: 'published' | 'partial' | 'failed' | 'not_published';
	readonly errors: readonly string[];
}

export interface CredentialDraft {
	readonly name: string;
	readonly type: string;
	readonly data: Readonly<Record<string, unknown>>;
}

/** What a node's `credentials` field wants: `{ kustomerApi: reference }`. */
export interface CredentialReference {
	readonly id: string;
	readonly name: string;
}

export interface ExecutionSummary {
	readonly id: string;
	readonly status:
		| 'new'
		| 'running'
		| 'waiting'
		| 'success'
		| 'error'
		| 'canceled'
		| 'crashed'
		| 'unknown';
	readonly mode: string;
	readonly finished: boolean;
}

export interface Execution extends ExecutionSummary {
	readonly data: IRunExecutionData;
}

// n8n tries a failing registration five times and waits 15 s in between; each try may take its own time-outs.
const PUBLICATION_WITHIN_MS = 120_000;

/** What a person does in the editor, as calls. Every method throws `N8nRefusal` with n8n's reason when it says no. */
export class N8nApi {
	constructor(private readonly session: N8nSession) {}

	async createCredential({ name, type, data }: CredentialDraft): Promise<CredentialReference> {
		const body = { name, type, data };
		const { id } = await this.session.rest<{ id: string }>({
			method: 'POST',
			path: '/credentials',
			body,
		});
		return { id, name };
	}

	async updateCredential(id: string, { name, type, data }: CredentialDraft): Promise<void> {
		await this.session.rest({
			method: 'PATCH',
			path: `/credentials/${id}`,
			body: { name, type, data },
		});
	}

	async listCredentials(): Promise<Array<CredentialReference & { readonly type: string }>> {
		return await this.session.rest({ method: 'GET', path: '/credentials' });
	}

	/** Presses "Test" in the credential's dialog. */
	async testCredential(
		credential: CredentialDraft & { readonly id: string },
	): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const { id, name, type, data } = credential;
		const body = { credentials: { id, name, type, data } };
		return await this.session.rest({ method: 'POST', path: '/credentials/test', body });
	}

	async createWorkflow(draft: WorkflowDraft): Promise<SavedWorkflow> {
		// n8n 1.x has no default for `active`.
		const body = { active: false, ...complete(draft) };
		return await this.session.rest({ method: 'POST', path: '/workflows', body });
	}

	/** Saves a draft over the workflow. What is published stays as it is until `publish`. */
	async updateWorkflow(id: string, draft: WorkflowDraft): Promise<SavedWorkflow> {
		return await this.session.rest({
			method: 'PATCH',
			path: `/workflows/${id}`,
			body: complete(draft),
		});
	}

	async getWorkflow(id: string): Promise<SavedWorkflow> {
		return await this.session.rest({ method: 'GET', path: `/workflows/${id}` });
	}

	async listWorkflows(): Promise<Array<Pick<SavedWorkflow, 'id' | 'name' | 'active'>>> {
		return await this.session.rest({ method: 'GET', path: '/workflows' });
	}

	/** Publishes the saved draft and waits until n8n has registered its triggers or given up. */
	async publish(id: string): Promise<Publication> {
		const { versionId } = await this.getWorkflow(id);
		const refusal = await this.switchOn(id, versionId);
		if (refusal !== undefined) return refusal;
		return await this.settled(id, ({ status, liveVersionId }) =>
			status === 'published' ? liveVersionId === versionId : status !== 'not_published',
		);
	}

	/** Unpublishes and waits until n8n has removed its triggers. */
	async unpublish(id: string): Promise<Publication> {
		await this.session.rest({ method: 'POST', path: `/workflows/${id}/deactivate`, body: {} });
		return await this.settled(id, ({ status }) => status === 'not_published');
	}

	/** Unpublishes if need be, archives, deletes. */
	async deleteWorkflow(id: string): Promise<void> {
		const { active } = await this.getWorkflow(id);
		if (active) await this.unpublish(id);
		await this.session.rest({ method: 'POST', path: `/workflows/${id}/archive`, body: {} });
		await this.session.rest({ method: 'DELETE', path: `/workflows/${id}` });
	}

	/** Presses "Listen for test event" (or, for a node that needs no event, "Execute workflow") on the given trigger. */
	async listen(
		id: string,
		triggerName: string,
	): Promise<{ waitingForWebhook?: boolean; executionId?: string }> {
		const workflowData = await this.getWorkflow(id);
		return await this.session.rest({
			method: 'POST',
			path: `/workflows/${id}/run`,
			// n8n sends what it finds to this editor tab; nobody has to be there.
			headers: { 'push-ref': 'n8n-nodes-kustomer-harness' },
			body: { workflowData, triggerToStartFrom: { name: triggerName } },
		});
	}

	/** The workflow's executions, newest first, manual ones too. */
	async listExecutions(workflowId: string): Promise<ExecutionSummary[]> {
		const query = `workflowId=${workflowId}&limit=250`;
		const { data } = await this.session.publicApi<{ data: ExecutionSummary[] }>({
			method: 'GET',
			path: `/executions?${query}`,
		});
		return data;
	}

	/** How many executions the workflow has. */
	async countExecutions(workflowId: string): Promise<number> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { count } = await this.session.rest<{ count: number }>({
			method: 'GET',
			path: `/executions?filter=${filter}&limit=1`,
		});
		return count;
	}

	/** One execution with everything its nodes put out. */
	async getExecution(id: string): Promise<Execution> {
		return await this.session.publicApi({
			method: 'GET',
			path: `/executions/${id}?includeData=true`,
		});
	}

	/** "Retry" in the list of executions; resolves when the new execution is over. */
	async retryExecution(id: string): Promise<void> {
		await this.session.rest({
			method: 'POST',
			path: `/executions/${id}/retry`,
			body: { loadWorkflow: false },
		});
	}

	/** Waits until the workflow has at least `count` executions and all are over. Newest first. */
	async waitForExecutions(
		workflowId: string,
		count: number,
		withinMs = 30_000,
	): Promise<Execution[]> {
		const over = await until(
			async () => {
				const all = await this.listExecutions(workflowId);
				return all.length >= count && all.every(isOver) ? all : undefined;
			},
			{ what: `${count} finished executions of workflow ${workflowId}`, withinMs },
		);
		return await Promise.all(over.map(({ id }) => this.getExecution(id)));
	}

	/** The names of the node types n8n offers, for example `n8n-nodes-kustomer.kustomerTrigger`. */
	async nodeTypes(): Promise<string[]> {
		return (await this.session.typesFile('nodes')).map(({ name }) => name);
	}

	/** What n8n gives the editor to show of a node type: every text and parameter of it. */
	async nodeDescription(name: string): Promise<INodeTypeDescription | undefined> {
		const all = await this.session.typesFile<INodeTypeDescription>('nodes');
		return all.find((type) => type.name === name);
	}

	async credentialTypes(): Promise<string[]> {
		return (await this.session.typesFile('credentials')).map(({ name }) => name);
	}

	/** n8n 1.x registers before it answers, and what hinders that is in the answer. */
	private async switchOn(id: string, versionId: string): Promise<Publication | undefined> {
		const path = `/workflows/${id}/activate`;
		try {
			await this.session.rest({ method: 'POST', path, body: { versionId } });
		} catch (error) {
			if (!(error instanceof N8nRefusal) || error.status !== 400) throw error;
			return { status: 'failed', errors: [error.reason] };
		}
		return undefined;
	}

	/** Without its publication service n8n has no such address: there it registers before it answers. */
	private async publicationStatus(id: string): Promise<PublicationStatus> {
		const path = `/workflows/${id}/publication-status`;
		try {
			return await this.session.rest<PublicationStatus>({ method: 'GET', path });
		} catch (error) {
			if (!isUnknownAddress(error)) throw error;
			const { active, versionId } = await this.getWorkflow(id);
			const status = active ? 'published' : 'not_published';
			return { status, liveVersionId: active ? versionId : null, triggers: [] };
		}
	}

	private async settled(
		id: string,
		isThere: (status: PublicationStatus) => boolean,
	): Promise<Publication> {
		const { status, triggers } = await until(
			async () => {
				const now = await this.publicationStatus(id);
				return now.status !== 'in_progress' && isThere(now) ? now : undefined;
			},
			{ what: `n8n to settle the publication of workflow ${id}`, withinMs: PUBLICATION_WITHIN_MS },
		);
		if (status === 'in_progress') throw new Error('unreachable: in_progress never settles');
		return { status, errors: triggers.flatMap(({ errorMessage }) => errorMessage ?? []) };
	}
}

/**
 * The items a node put out in its last run.
 * @param output which of the node's outputs, the first by default
 */
export function itemsOf(execution: Execution, nodeName: string, output = 0): IDataObject[] {
	const runs = execution.data.resultData.runData[nodeName] ?? [];
	return (runs.at(-1)?.data?.main?.[output] ?? []).map(({ json }) => json);
}

interface PublicationStatus {
	readonly status: Publication['status'] | 'in_progress';
	readonly liveVersionId: string | null;
	readonly triggers: ReadonlyArray<{ readonly errorMessage: string | null }>;
}

function isUnknownAddress(error: unknown): boolean {
	return error instanceof N8nRefusal && error.status === 404;
}

function isOver({ status }: ExecutionSummary): boolean {
	return !['new', 'running', 'waiting'].includes(status);
}

/** Adds what the editor would: a place on the canvas and an id for each node. */
function complete(draft: WorkflowDraft): object {
	const nodes = draft.nodes.map((node, index) => ({
		id: crypto.randomUUID(),
		position: [index * 240, 0],
		...node,
	}));
	return { settings: {}, ...draft, nodes };
}
