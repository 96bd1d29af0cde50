import { setTimeout as delay } from 'node:timers/promises';
import { Api, type Answer } from './api.cts';
import { observeDeliveries } from './deliveries.cts';

/** What was seen for one thing that Kustomer's documentation leaves open. Holds no key, secret or customer data. */
export interface Finding {
	readonly question: string;
	/** In words; `not seen` where this run could not tell. */
	readonly answer: string;
}

export interface OrganizationCheck {
	readonly url: string;
	readonly key: string;
	/** Where Kustomer can deliver to, if anywhere. */
	readonly receive?: { readonly address: string; readonly port: number; readonly waitMs: number };
	readonly webHook?: string;
	readonly formHook?: string;
	readonly findLimit: boolean;
	/** What the person at the keyboard is to know or do. */
	readonly tell: (text: string) => void;
	readonly found: (finding: Finding) => void;
}

const WEBHOOKS = '/v1/outbound-webhooks';
/** Nobody is there (RFC 2606), and the webhooks made with it are switched off at once. */
const NOWHERE = 'https://n8n-check.example.com/';
const RARE_EVENT = 'kustomer.team.create';
const MOST_TRIED = 12;

/**
 * Asks everything that can be asked from outside, one question after the other, and removes what it made.
 * @throws Error in words for a person when the key or the address is not usable at all
 */
export async function checkOrganization(check: OrganizationCheck): Promise<void> {
	const api = new Api(check.url, check.key);
	await askForKey(api, check);
	const made: string[] = [];
	try {
		await askForWebhooks(api, check, made);
		if (check.findLimit) await askForLimit(api, check, made);
		if (check.receive !== undefined) await askForDeliveries(api, check, made);
	} finally {
		await removeAll(api, made);
	}
	await askForPosts(api, check);
}

async function askForKey(api: Api, { found }: OrganizationCheck): Promise<void> {
	const own = await api.send('GET', '/v1/auth/tokens/current');
	if (own.status === 401)
		throw new Error('Kustomer does not know this key. Check the key and the address.');
	found({
		question: 'May a key ask for itself (the test of the credential)?',
		answer: yesOrStatus(own),
	});
	const user = await api.send('GET', '/v1/users/current');
	found({
		question: 'May a key ask for its own user (Ignore Own Changes)?',
		answer: yesOrStatus(user),
	});
}

async function askForWebhooks(
	api: Api,
	{ found }: OrganizationCheck,
	made: string[],
): Promise<void> {
	const created = await make(api, made, { name: 'n8n check', url: NOWHERE });
	const { id } = created;
	found({ question: 'Which status does making a webhook have?', answer: String(created.status) });
	if (id === undefined) {
		// A missing role is answered 401, and the key itself was accepted above.
		const known = [401, 403].includes(created.status)
			? 'The key may not make webhooks'
			: 'Kustomer made none';
		throw new Error(`${known} (status ${created.status}). Nothing else can be checked.`);
	}
	found({ question: 'Does that reply hold the secret?', answer: holds(created, 'token') });
	found({
		question: 'Is a webhook made from outside on at once?',
		answer: said(created.attributes?.enabled),
	});
	const single = await api.send('GET', `${WEBHOOKS}/${id}`);
	found({ question: 'Does reading one webhook show its secret?', answer: holds(single, 'token') });
	const list = await api.send('GET', WEBHOOKS);
	const listed = list.resources.find((resource) => resource.id === id);
	found({
		question: 'Does the list show the secret?',
		answer: listed === undefined ? 'not seen' : said('token' in listed.attributes),
	});
	found({
		question: 'Does the list come in pages?',
		answer: 'next' in list.links ? 'yes' : `not for ${list.resources.length}`,
	});
	for (const verb of ['PUT', 'PATCH'] as const) {
		const off = await api.send(verb, `${WEBHOOKS}/${id}`, { enabled: false });
		const on = await api.send(verb, `${WEBHOOKS}/${id}`, { enabled: true });
		const after = await api.send('GET', `${WEBHOOKS}/${id}`);
		const works = off.isOk && on.isOk && after.attributes?.enabled === true;
		found({
			question: `Does ${verb} change a webhook, and switch it on?`,
			answer: works
				? 'yes'
				: `no (${off.status}, ${on.status}, enabled: ${String(after.attributes?.enabled)})`,
		});
	}
	const removed = await api.send('DELETE', `${WEBHOOKS}/${id}`);
	found({ question: 'Which status does deleting have?', answer: String(removed.status) });
	const gone = await api.send('GET', `${WEBHOOKS}/${id}`);
	found({ question: 'And reading it afterwards?', answer: String(gone.status) });
	if (removed.isOk) made.splice(made.indexOf(id), 1);
}

async function askForLimit(api: Api, { found }: OrganizationCheck, made: string[]): Promise<void> {
	const question = 'How many outbound webhooks are allowed?';
	let answer = `more than ${MOST_TRIED}`;
	for (let tried = 1; tried <= MOST_TRIED; tried++) {
		const created = await make(api, made, { name: `n8n check ${tried}`, url: NOWHERE });
		if (created.isOk) continue;
		const { resources } = await api.send('GET', WEBHOOKS);
		answer = `${resources.length} (then status ${created.status})`;
		break;
	}
	found({ question, answer });
	// Their places are needed for what comes next.
	await removeAll(api, made);
}

async function askForDeliveries(api: Api, check: OrganizationCheck, made: string[]): Promise<void> {
	const { receive, found, tell } = check;
	if (receive === undefined) return;
	const events = await api.send('GET', `${WEBHOOKS}/events`);
	found({ question: 'Can the names of the events be asked for?', answer: yesOrStatus(events) });
	const observed = await observeDeliveries(receive.port);
	try {
		const created = await make(api, made, {
			name: 'n8n check of deliveries',
			url: new URL('/kustomer-check', receive.address).href,
			events: ['kustomer.conversation.update', 'kustomer.customer.update'],
		});
		if (created.id === undefined) {
			const why = `not seen: Kustomer made no webhook for it (status ${created.status})`;
			found({ question: 'Does a delivery arrive?', answer: why });
			return;
		}
		const secret = await secretOf(api, created);
		tell(
			`Now change the priority of a conversation, or the name of a customer, in Kustomer. The first delivery is ` +
				`refused on purpose, so that Kustomer repeats it. Waiting for up to ${receive.waitMs / 60_000} minutes ...`,
		);
		await observed.repetition(receive.waitMs);
		for (const finding of observed.findings(secret)) found(finding);
	} finally {
		await observed.close();
	}
}

async function secretOf(api: Api, created: Answer): Promise<string> {
	const { id, attributes } = created;
	if (typeof attributes?.token === 'string') return attributes.token;
	const read = await api.send('GET', `${WEBHOOKS}/${id}`);
	return typeof read.attributes?.token === 'string' ? read.attributes.token : '';
}

async function askForPosts(
	api: Api,
	{ webHook, formHook, found }: OrganizationCheck,
): Promise<void> {
	for (const [kind, address, withKey] of [
		['web', webHook, true],
		['form', formHook, false],
	] as const) {
		if (address === undefined) continue;
		const { status, fields, headers } = await api.post(address, { check: 'n8n' }, withKey);
		found({ question: `Which status does a post to a ${kind} hook have?`, answer: String(status) });
		found({ question: `Which fields does its reply have?`, answer: fields.join(', ') || 'none' });
		const limits = headers.filter((name) => /ratelimit|retry-after/i.test(name));
		found({
			question: 'Which headers tell of the rate limit?',
			answer: limits.join(', ') || 'none',
		});
		await delay(100);
	}
}

async function removeAll(api: Api, made: string[]): Promise<void> {
	for (const id of made.splice(0)) await api.send('DELETE', `${WEBHOOKS}/${id}`);
}

/** Makes a webhook and remembers its id. */
async function make(
	api: Api,
	made: string[],
	fields: { name: string; url: string; events?: readonly string[] },
): Promise<Answer> {
	const answer = await api.send('POST', WEBHOOKS, { events: [RARE_EVENT], headers: [], ...fields });
	if (answer.isOk && answer.id !== undefined) made.push(answer.id);
	return answer;
}

function holds(answer: Answer, field: string): string {
	return answer.attributes === undefined ? 'not seen' : said(field in answer.attributes);
}

function said(value: unknown): string {
	if (typeof value !== 'boolean') return 'not seen';
	return value ? 'yes' : 'no';
}

function yesOrStatus({ isOk, status }: Answer): string {
	return isOk ? 'yes' : `no (status ${status})`;
}
