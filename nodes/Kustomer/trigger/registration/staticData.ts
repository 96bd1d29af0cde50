import type { IHookFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

/**
 * What the trigger writes into n8n's static data. Everybody who may read the workflow can read it,
 * so it holds no secret.
 */
export type StaticData = {
	/** Id of the webhook at Kustomer. */
	webhookId?: string;
	/** The address it was made for. In a copy of the workflow it is the original's. */
	url?: string;
	/** Base URL of the API at which it was made. */
	host?: string;
	/** Id of the organization it belongs to. */
	orgId?: string;
	/** Id of the API key's own user, for Ignore Own Changes. */
	userId?: string;
};

/** @returns the live object: what the lifecycle writes into it, n8n saves */
export function staticDataOf(
	context: IHookFunctions | ITriggerFunctions | IWebhookFunctions,
): StaticData {
	return context.getWorkflowStaticData('node') as StaticData;
}

export function forget(state: StaticData): void {
	for (const key of ['webhookId', 'url', 'host', 'orgId', 'userId'] as const) delete state[key];
}
