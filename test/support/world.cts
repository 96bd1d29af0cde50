import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import {
	startKustomer,
	type KustomerOptions,
	type LocalKustomer,
} from '../../sandbox/kustomer/server.cts';
import type { CredentialReference, NodeDraft, SavedWorkflow } from '../../sandbox/n8n/api.cts';
import { lineOfMatrix, type Line } from '../../sandbox/n8n/install.cts';
import { startN8n, type N8n } from '../../sandbox/n8n/n8n.cts';

/** The https name under which Kustomer reaches n8n; the local Kustomer's deliver-to map knows the way. */
export const N8N_NAME = 'https://n8n.example.test';

export const TRIGGER = 'Kustomer Trigger';

/** Where the step after the trigger shows what reached it. */
export const AFTER = 'After';

/** What n8n printed stays here, in a file named after the test file. */
const LOGS = resolve(__dirname, '..', '..', '.cache', 'e2e');

export const FAST_RETRIES = {
	retryDelaysMs: [300, 300, 600, 600, 1_000, 1_000, 1_000],
	answerTimeoutMs: 5_000,
	disableAfterFailures: 10,
};

/** A real n8n with the package, and a local Kustomer that delivers to it. */
export type World = {
	kustomer: LocalKustomer;
	n8n: N8n;
	apiKey: string;
	apiCredential: CredentialReference;
	/** Creates a workflow "trigger → After" and does not publish it. */
	createTrigger(draft: TriggerDraft): Promise<SavedWorkflow>;
	/** Creates and publishes it; throws what n8n shows when that did not succeed. */
	publishTrigger(draft: TriggerDraft): Promise<SavedWorkflow>;
	/** The address at which the workflow's trigger receives, on this machine. */
	receiver(workflow: SavedWorkflow): string;
	end(): Promise<void>;
};

export type TriggerDraft = {
	name?: string;
	parameters?: Record<string, unknown>;
	/** By default the API credential. */
	credentials?: Record<string, CredentialReference>;
	/** In place of the one harmless step. */
	after?: readonly NodeDraft[];
};

export type WorldOptions = {
	env?: Readonly<Record<string, string>>;
	kustomer?: KustomerOptions;
	webhookUrl?: string;
	/** Where this n8n keeps its data, with the package in it already; by default a fresh one with the built package. */
	installed?: { userFolder: string; packageDir: string };
	/** By default the one that N8N_LINE names, for the matrix, else the newest. */
	line?: Line;
};

/** Starts both. Give the test file minutes: n8n is installed first where that has not been done. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
	const { userFolder, packageDir } = options.installed ?? {
		userFolder: await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-')),
	};
	const kustomer = await startKustomer({
		clock: FAST_RETRIES,
		webhookLimit: 50,
		...options.kustomer,
	});
	const starting = startN8n({
		userFolder,
		packageDir,
		line: options.line ?? lineOfMatrix(),
		webhookUrl: options.webhookUrl ?? `${N8N_NAME}/`,
		env: { N8N_LOG_LEVEL: 'debug', ...options.env },
		log: join(LOGS, `${basename(expect.getState().testPath ?? 'n8n')}.log`),
	});
	// Left open, it would keep a test run waiting for ever that cannot begin.
	starting.catch(async () => await kustomer.close());
	const n8n = await starting;
	kustomer.deliverTo(N8N_NAME, n8n.url);
	return {
		...(await joined(kustomer, n8n)),
		receiver: (workflow) => `${n8n.url}${receiverPath(workflow)}`,
		end: async () => {
			await n8n.stop();
			await kustomer.close();
			await rm(userFolder, { recursive: true, force: true });
		},
	};
}

/** What a person does first: puts the API key of `kustomer` into `n8n`. */
export async function joined(
	kustomer: LocalKustomer,
	n8n: N8n,
): Promise<Omit<World, 'receiver' | 'end'>> {
	const apiKey = kustomer.state.keys[0]?.token ?? '';
	const apiCredential = await n8n.api.createCredential({
		name: 'Kustomer',
		type: 'kustomerApi',
		data: { region: 'custom', baseUrl: kustomer.url, apiKey },
	});
	const createTrigger = async (draft: TriggerDraft) =>
		await n8n.api.createWorkflow(workflowOf(draft, { kustomerApi: apiCredential }));
	return {
		kustomer,
		n8n,
		apiKey,
		apiCredential,
		createTrigger,
		publishTrigger: async (draft) => {
			const workflow = await createTrigger(draft);
			const { status, errors } = await n8n.api.publish(workflow.id);
			if (status !== 'published') throw new Error(`${status}: ${errors.join(' ')}`);
			return await n8n.api.getWorkflow(workflow.id);
		},
	};
}

/** Below the address of whichever process receives. */
export function receiverPath(workflow: SavedWorkflow): string {
	return `/webhook/${triggerOf(workflow).webhookId}/webhook`;
}

/** A workflow as a person would draw it: the trigger and one step. */
export function workflowOf(draft: TriggerDraft, credentials: Record<string, CredentialReference>) {
	const after: readonly NodeDraft[] = draft.after ?? [
		{ name: AFTER, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
	];
	const names = [TRIGGER, ...after.map(({ name }) => name)];
	return {
		name: draft.name ?? 'Kustomer events',
		nodes: [
			{
				name: TRIGGER,
				type: 'n8n-nodes-kustomer.kustomerTrigger',
				typeVersion: 1.1,
				webhookId: crypto.randomUUID(),
				parameters: { events: ['kustomer.conversation.update'], ...draft.parameters },
				credentials: draft.credentials ?? credentials,
			} as NodeDraft,
			...after,
		],
		connections: Object.fromEntries(
			names
				.slice(0, -1)
				.map((name, place) => [
					name,
					{ main: [[{ node: names[place + 1] ?? '', type: 'main' as const, index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1' as const },
	};
}

export function triggerOf(workflow: SavedWorkflow) {
	const trigger = workflow.nodes.find((node) => node.name === TRIGGER);
	if (trigger === undefined) throw new Error('the workflow has no Kustomer Trigger');
	return trigger;
}
