import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

/**
 * What the trigger writes into n8n's static data. Everybody who may read the workflow can read it,
 * so no secret stands here.
 */
export type Notes = {
	/** Id of the webhook at Kustomer. */
	webhookId?: string;
	/** The address it was made for. In a copy of the workflow it is the original's: then the notes are not ours. */
	url?: string;
	/** Base URL of the API at which it was made. */
	host?: string;
	/** Id of the organization it belongs to. */
	orgId?: string;
	/** Id of the API key's own user, for Ignore Own Changes. */
	userId?: string;
};

/** @returns the live object: what is written into it, n8n saves */
export function notesOf(context: IHookFunctions | IWebhookFunctions): Notes {
	return context.getWorkflowStaticData('node') as Notes;
}
