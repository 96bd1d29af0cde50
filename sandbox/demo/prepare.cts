import type { LocalKustomer } from '../kustomer/server.cts';
import type { CredentialDraft, CredentialReference, N8nApi, SavedWorkflow } from '../n8n/api.cts';
import type { DemoSettings } from './settings.cts';
import { demoWorkflow } from './workflow.cts';

const CREDENTIAL_NAME = 'Local Kustomer';

/**
 * Makes the demo's credential and published workflow in a fresh n8n; in one that has them it only follows the
 * local Kustomer to another address, so that what a person has changed stays.
 * @returns the settings to keep
 */
export async function prepareDemo(
	api: N8nApi,
	kustomer: LocalKustomer,
	settings: DemoSettings,
): Promise<DemoSettings> {
	const credential = await ensureCredential(api, kustomer.url, settings.apiKey);
	const known = await findWorkflow(api, settings.workflowId);
	const workflow = known ?? (await api.createWorkflow(demoWorkflow(credential)));
	if (known === undefined) await publish(api, workflow.id);
	else if (settings.kustomerUrl !== kustomer.url)
		await follow(api, known, [settings.kustomerUrl, kustomer.url]);
	return { ...settings, kustomerUrl: kustomer.url, workflowId: workflow.id };
}

async function ensureCredential(
	api: N8nApi,
	baseUrl: string,
	apiKey: string,
): Promise<CredentialReference> {
	const draft: CredentialDraft = {
		name: CREDENTIAL_NAME,
		type: 'kustomerApi',
		data: { region: 'custom', baseUrl, apiKey },
	};
	const existing = (await api.listCredentials()).find(({ name }) => name === CREDENTIAL_NAME);
	if (existing === undefined) return await api.createCredential(draft);
	await api.updateCredential(existing.id, draft);
	return { id: existing.id, name: existing.name };
}

async function findWorkflow(api: N8nApi, id: string): Promise<SavedWorkflow | undefined> {
	const isThere = id !== '' && (await api.listWorkflows()).some((workflow) => workflow.id === id);
	return isThere ? await api.getWorkflow(id) : undefined;
}

/** Puts the new address in the place of the old one, and has the trigger register there. */
async function follow(
	api: N8nApi,
	workflow: SavedWorkflow,
	[from, to]: readonly [string, string],
): Promise<void> {
	const { id, active, name, connections } = workflow;
	const moved = JSON.stringify(workflow.nodes).replaceAll(from, to);
	const nodes = JSON.parse(moved) as SavedWorkflow['nodes'];
	if (active) await api.unpublish(id);
	await api.updateWorkflow(id, { name, connections, nodes });
	if (active) await publish(api, id);
}

async function publish(api: N8nApi, id: string): Promise<void> {
	const { status, errors } = await api.publish(id);
	if (status !== 'published') {
		throw new Error(`n8n could not publish the demo's workflow: ${errors.join(' ')}`);
	}
}
