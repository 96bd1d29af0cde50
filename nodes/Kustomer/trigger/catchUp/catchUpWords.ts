/** What people are told about missed events. */

export const fetched = (given: number, gap: { since: string; until: string }) =>
	`${given === 1 ? '1 missed event was' : `${given} missed events were`} fetched from Kustomer, of what happened from ${gap.since} to ${gap.until}.`;

export const withheld = (count: number, gap: { since: string; until: string }) =>
	`${count === 1 ? '1 missed update was' : `${count} missed updates were`} withheld: the filter Changed Fields needs to know what changed, and Kustomer keeps no record of that for customers and messages. To look at them, use the Kustomer node with Event: Get Missed, from ${gap.since} to ${gap.until}.`;

export const notFetched = (reason: string) =>
	`Events that Kustomer could not deliver cannot be fetched. ${reason}`;

export const notYetFetched = (reason: string) =>
	`Missed events could not be fetched; n8n tries again in five minutes. ${reason}`;

export const MARK_REFUSED =
	'Kustomer does not let the webhook be renamed, which would note what is still to be fetched. If n8n stops meanwhile, the rest is not fetched.';
