import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/**
 * Answers a delivery with a status of its own and starts nothing. n8n overwrites the status of
 * what a node returns, so the answer is sent here.
 */
export function answer(
	context: IWebhookFunctions,
	status: number,
	message: string,
): IWebhookResponseData {
	const response = context.getResponseObject();
	if (!response.headersSent) response.status(status).json({ message });
	return { noWebhookResponse: true };
}

/** Answers 200 and starts nothing: Kustomer counts anything else as failed and would send it again. */
export function ignore(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

/**
 * Calls back once with whether n8n answered the delivery with a 2xx. It looks at the moment the
 * response is ended, because `finish` never comes when Kustomer has hung up by then.
 */
export function onAnswered(context: IWebhookFunctions, tell: (succeeded: boolean) => void): void {
	const response = context.getResponseObject();
	const end = response.end.bind(response) as (...args: unknown[]) => typeof response;
	let isTold = false;
	response.end = ((...args: unknown[]) => {
		if (!isTold) {
			isTold = true;
			tell(response.statusCode >= 200 && response.statusCode < 300);
		}
		return end(...args);
	}) as typeof response.end;
}
