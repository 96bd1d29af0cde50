import { NodeOperationError } from 'n8n-workflow';
import type { Webhook } from '../../api/outboundWebhooks';
import { OUTBOUND_WEBHOOKS, WEBHOOK_SECRET } from '../../api/places';
import type { ApiCaller } from '../../api/request';
import type { StaticData } from './staticData';

/**
 * Everything that registration says to people. After publishing, n8n shows only the message of an
 * error, so each sentence carries its own remedy.
 */

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/** @returns an error that n8n shows with exactly this message */
export function inWords(caller: ApiCaller, message: string): NodeOperationError {
	return new NodeOperationError(caller.getNode(), message, { level: 'warning' });
}

export const NO_EVENT =
	'No event is chosen, so nothing would ever start this workflow. Choose at least one under Events in the Kustomer Trigger.';

export const NOTHING_TO_FETCH =
	'Kustomer Trigger: "Fetch Missed Events" is on, but none of the chosen events can be fetched afterwards. It works for those of conversations, customers and messages.';

export const CANNOT_SEARCH =
	'Kustomer Trigger: "Fetch Missed Events" is on, but the API key lacks the role org.permission.search.create. Without it, missed events cannot be found. Make a new key with that role.';

export const CANNOT_READ_EVENTS =
	'Kustomer Trigger: "Fetch Missed Events" is on, but the API key lacks the role org.permission.event.read. Without it, each missed conversation comes once, as it is then and without changes, and never passes Changed Fields. Make a new key with that role.';

export const FINISHED_WITH_CATCH_UP =
	'"When to Confirm to Kustomer" is "When the Workflow Has Finished", which does not go together with "Fetch Missed Events": an event whose workflow failed has to run again, but is remembered as soon as it has started it. Set "When to Confirm to Kustomer" to "When the Event Is Received", or "Fetch Missed Events" to "Off".';

export const FINISHED_WITH_DATABASE =
	'"When to Confirm to Kustomer" is "When the Workflow Has Finished", which does not go together with "Skip Duplicates: Also Across Restarts": an event whose workflow failed has to run again. Set Skip Duplicates to "Until n8n Restarts".';

export const NO_SECRET_GIVEN = `There is no webhook secret, so every delivery would be rejected. Choose a Kustomer Webhook API credential in the Kustomer Trigger and paste the secret from Kustomer into it: ${WEBHOOK_SECRET}.`;

export const SECRET_NOT_SHOWN =
	'Kustomer does not show the secret of the webhook to this API key, so deliveries could not be verified. Set "Webhook Setup" to "I Set It Up in Kustomer" and paste the secret by hand.';

const PUBLIC_ADDRESS =
	'Give n8n a public https address, e.g. through a reverse proxy or tunnel, and set the environment variable WEBHOOK_URL to it (e.g. WEBHOOK_URL=https://n8n.example.com/), then restart n8n and publish again.';

export const notAUrl = (address: string) =>
	`n8n's webhook address "${address}" is not a URL. ${PUBLIC_ADDRESS}`;

export const localAddress = (origin: string) =>
	`Kustomer cannot reach this n8n: its webhook address ${origin} is local to this machine or network. ${PUBLIC_ADDRESS}`;

export const notHttps = (origin: string) =>
	`Kustomer delivers to https addresses only, and n8n's webhook address is ${origin}. ${PUBLIC_ADDRESS}`;

export const badHeaderName = (name: string) =>
	`"${name}" cannot be the name of a header. Use letters, digits and hyphens in Webhook Headers, e.g. X-Gateway-Key.`;

export const reservedHeader = (name: string) =>
	`The header "${name}" is Kustomer's own. Choose another name in Webhook Headers.`;

export const lineBreakIn = (name: string) =>
	`The value of the header "${name}" contains a line break. Remove it in Webhook Headers.`;

export const unknownEvents = (unknown: readonly string[], known: readonly string[]) =>
	`Kustomer does not know the event ${quoted(unknown)}. Remove it from Events or Additional Events, or correct its spelling. Known are: ${known.join(', ')}.`;

export const fewerEvents = (left: readonly string[]) =>
	`Kustomer Trigger: Kustomer lists more events than one webhook may have, so these do not start the workflow: ${left.join(', ')}. Choose the events that you need in place of "*".`;

export const noPlaceLeft = (existing: readonly Webhook[], usualLimit: number) =>
	`Kustomer refused another webhook: an organization may have only a few (usually ${usualLimit}), and there are ${existing.length} already: ${quoted(existing.map(({ name }) => name))}. Either delete one that is no longer needed in Kustomer (${OUTBOUND_WEBHOOKS}), or use one Kustomer Trigger for several events and switch on "Split Outputs by Event".`;

export const notChanged = (name: string) =>
	`Kustomer accepted the change of the webhook "${name}", but the webhook is as it was before. Compare it with the Kustomer Trigger in Kustomer (${OUTBOUND_WEBHOOKS}), or delete it there and publish again.`;

export const credentialUnusable = ({ webhookId, orgId, host }: StaticData) =>
	`The API credential of the Kustomer Trigger cannot be used any more, so its webhook ${webhookId} in organization ${orgId ?? 'unknown'} (${host}) could not be removed. Choose a working credential, or delete the webhook in Kustomer: ${OUTBOUND_WEBHOOKS}.`;

export const foreignWebhook = ({ name, id }: Webhook) =>
	`Kustomer Trigger: another webhook in Kustomer points here: "${name}" (${id}). Its deliveries are rejected, because they carry another signature. If it is not needed, delete it in Kustomer: ${OUTBOUND_WEBHOOKS}.`;

export const notChecked = (error: unknown) =>
	`Kustomer Trigger: the webhook could not be checked, so it is taken to be in order. ${error instanceof Error ? error.message : ''}`.trim();

export const notRemoved = ({ name, id }: Webhook) =>
	`Kustomer Trigger: the leftover webhook "${name}" (${id}) could not be removed. n8n tries again at the next publishing.`;

export const otherOrganization = ({ webhookId, orgId }: StaticData, own: Webhook) =>
	`Kustomer Trigger: the API key now belongs to organization ${own.orgId}, so the former webhook ${webhookId} in organization ${orgId} could not be removed. Delete it there: ${OUTBOUND_WEBHOOKS}.`;

export const otherHost = ({ webhookId, orgId, host }: StaticData) =>
	`Kustomer Trigger: the API credential now belongs to another host, so the former webhook ${webhookId} at ${host} (organization ${orgId ?? 'unknown'}) could not be removed. Delete it there: ${OUTBOUND_WEBHOOKS}. Next time, unpublish before you change the credential.`;

export const otherAddress = ({ webhookId }: StaticData) =>
	`Kustomer Trigger: the webhook ${webhookId} in static data delivers to another address than this trigger's, as in a copy of a workflow or after n8n moved. It is left alone. If nothing needs it, delete it in Kustomer: ${OUTBOUND_WEBHOOKS}.`;

export const movedAway = ({ name, id, url }: Webhook) =>
	`Kustomer Trigger: the webhook "${name}" (${id}) now delivers to ${url}, not to this trigger, so it is left alone. If nothing needs it, delete it in Kustomer: ${OUTBOUND_WEBHOOKS}.`;

export const alreadyGone = ({ webhookId, orgId }: StaticData) =>
	`Kustomer Trigger: the webhook ${webhookId} of organization ${orgId ?? 'unknown'} was already gone. If the API key was changed to another organization, delete it in the former one: ${OUTBOUND_WEBHOOKS}.`;

export const OWN_USER_UNKNOWN =
	'Kustomer Trigger: Ignore Own Changes has no effect, because Kustomer does not tell which user the API key belongs to. Events of that user pass.';
