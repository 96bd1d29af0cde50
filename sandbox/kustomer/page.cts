import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isRecord, jsonObjectOf } from './body.cts';
import { badRequest, notFound, Refusal } from './errors.cts';
import { EVENT_NAMES, isEventName, makeEvent, type Envelope, type EventName } from './events.cts';
import { contentTypeOf, readable } from './hookBody.cts';
import { HOOK_KINDS, type HookKind, type HookRequest } from './hooks.cts';
import type { LocalKustomer } from './server.cts';

/** The most entries that the page shows; the logs themselves hold more. */
const SHOWN = 100;
const LONGEST_SHOWN_CHARACTERS = 20_000;

/** Nothing from elsewhere is loaded, and no other page may frame this one. */
const PAGE_HEADERS = {
	'cache-control': 'no-store',
	'content-security-policy':
		"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

const FILES = [
	['/', 'page.html'],
	['/records', 'records.html'],
	['/_local/page.css', 'page.css'],
	['/_local/page.js', 'page.js'],
] as const;

const TYPES: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
};

type ById = { Params: { id: string } };

/** The n8n beside this Kustomer. */
export type StoppableN8n = {
	isRunning(): boolean;
	stop(): Promise<void>;
	start(): Promise<void>;
};

type Surroundings = {
	/** Counts every change, so that the page asks often and is seldom sent anything. */
	version: () => number;
	changed: () => void;
	n8n: StoppableN8n | undefined;
};

/**
 * The pages at `/` and `/records` and their own endpoints under `/_local`, which stand for Kustomer's settings
 * screen: no API key is asked for, so only this machine's own page may use them.
 */
export function pageRoutes(
	app: FastifyInstance,
	kustomer: LocalKustomer,
	{ version, changed, n8n }: Surroundings,
): void {
	app.addHook('onRequest', async (request) => {
		if (request.url.startsWith('/_local/')) refuseOtherSites(request, kustomer.url);
	});
	for (const [path, file] of FILES) {
		const text = readFileSync(join(__dirname, file), 'utf8');
		const type = TYPES[extname(file)];
		app.get(path, (_, reply) =>
			reply.headers({ ...PAGE_HEADERS, 'content-type': type }).send(text),
		);
	}
	app.get('/_local/version', () => ({ version: version() }));
	app.get<{ Querystring: { since?: string } }>('/_local/state', async (request, reply) => {
		reply.header('cache-control', 'no-store');
		const now = version();
		if (request.query.since !== String(now)) {
			const n8nState = n8n && { n8n: { isRunning: n8n.isRunning() } };
			return { version: now, ...(await snapshot(kustomer)), ...n8nState };
		}
		reply.code(204);
		return reply.send();
	});
	eventRoutes(app, kustomer);
	settingsRoutes(app, kustomer);
	if (n8n === undefined) return;
	app.post('/_local/n8n', async (request) => {
		const isRunning = jsonObjectOf(request).isRunning === true;
		if (isRunning !== n8n.isRunning()) await (isRunning ? n8n.start() : n8n.stop());
		changed();
		return { isRunning: n8n.isRunning() };
	});
}

function eventRoutes(app: FastifyInstance, kustomer: LocalKustomer): void {
	app.get<{ Params: { name: string } }>('/_local/events/:name', (request) => {
		const { name } = request.params;
		if (!isEventName(name)) throw notFound('name');
		return madeUp(kustomer, name);
	});
	app.post('/_local/send', async (request) => {
		const { event, envelope, forged } = jsonObjectOf(request);
		const sent = isRecord(envelope) ? envelope : event;
		if (isRecord(sent)) {
			if (typeof sent.name !== 'string') throw badRequest('The event has no "name"');
		} else if (typeof sent !== 'string' || !isEventName(sent)) {
			throw badRequest('There is no such event');
		}
		const sending = isRecord(sent) ? (sent as Envelope) : madeUp(kustomer, sent);
		const attempts = await kustomer.send(sending, { forged: forged === true });
		return {
			deliveries: attempts.map(({ webhookName, status, error, ok, ms }) => ({
				webhookName,
				status,
				error,
				ok,
				ms,
			})),
		};
	});
}

/** The record is made up; the conversation and the customer that a message names are there, so that steps find them. */
function madeUp(kustomer: LocalKustomer, name: EventName): Envelope {
	const about = { org: kustomer.orgId, orgName: kustomer.orgName };
	const conversation = kustomer.records('conversation').at(-1);
	if (!name.startsWith('kustomer.message.') || conversation === undefined)
		return makeEvent(name, about);
	const { customer } = conversation.relationships;
	const relationships = {
		customer,
		conversation: { data: { type: 'conversation', id: conversation.id } },
	};
	return makeEvent(name, { ...about, relationships });
}

function settingsRoutes(app: FastifyInstance, kustomer: LocalKustomer): void {
	app.post('/_local/webhooks', (request, reply) => {
		const { id, name } = kustomer.createWebhook(jsonObjectOf(request));
		reply.code(201);
		return { id, name };
	});
	app.patch<ById>('/_local/webhooks/:id', (request) => {
		const { enabled } = kustomer.editWebhook(request.params.id, jsonObjectOf(request));
		return { enabled };
	});
	app.post<ById>('/_local/webhooks/:id/failure', (request) => {
		kustomer.disableWebhook(request.params.id);
		return { enabled: false };
	});
	app.post('/_local/silence', (request) => {
		const { forMs } = jsonObjectOf(request);
		if (typeof forMs !== 'number') throw badRequest('"forMs" must be a number');
		kustomer.answerNothing(forMs);
		return { forMs };
	});
	app.delete<ById>('/_local/webhooks/:id', (request) => {
		kustomer.deleteWebhook(request.params.id);
		return { deleted: true };
	});
	app.get<ById>('/_local/webhooks/:id/secret', (request, reply) => {
		const webhook = kustomer.webhooks().find(({ id }) => id === request.params.id);
		if (webhook === undefined) throw notFound();
		reply.header('cache-control', 'no-store');
		return { secret: webhook.token };
	});
	app.get<ById>('/_local/keys/:id/secret', (request, reply) => {
		const key = kustomer.state.keys.find(({ id }) => id === request.params.id);
		if (key === undefined) throw notFound();
		reply.header('cache-control', 'no-store');
		return { secret: key.token };
	});
	app.post('/_local/hooks', (request, reply) => {
		const { kind, title } = jsonObjectOf(request);
		if (!HOOK_KINDS.includes(kind as HookKind)) throw badRequest('Choose web, form or email');
		if (typeof title !== 'string' || title === '') throw badRequest('The hook needs a title');
		const { id } = kustomer.createHook(kind as HookKind, { title });
		reply.code(201);
		return { id };
	});
}

/** What the page shows: everything but secrets. */
async function snapshot(kustomer: LocalKustomer) {
	const { orgName, orgId, smtpPort, deliverTo, keys, hooks } = kustomer.state;
	const deliveries = kustomer.deliveries();
	return {
		url: kustomer.url,
		orgId,
		orgName,
		smtpPort,
		deliverTo,
		events: EVENT_NAMES,
		webhooks: kustomer.webhooks().map(({ id, name, url, events, enabled, isError }) => {
			const last = deliveries.findLast(({ webhookId, forged }) => webhookId === id && !forged);
			const lastResult = last && { ok: last.ok, status: last.status, sentAt: last.sentAt };
			return { id, name, url, events, enabled, isError, lastResult };
		}),
		deliveries: deliveries
			.slice(-SHOWN)
			.reverse()
			.map(({ requestHeaders: _, body, answer, ...shown }) => ({
				...shown,
				answer: shortened(answer),
				body: shortened(body.toString('utf8')),
			})),
		hooks: hooks.map(({ id, kind, title, address }) => ({ id, kind, title, address })),
		hookRequests: await Promise.all(
			kustomer.hookRequests().slice(-SHOWN).reverse().map(shownHookRequest),
		),
		keys: keys.map(({ id, userName, roles, expired }) => ({ id, userName, roles, expired })),
	};
}

async function shownHookRequest(entry: HookRequest) {
	const { id, kind, hookId, receivedAt, outcome, rawBody } = entry;
	const value = await readable(entry);
	return {
		id,
		kind,
		hookId,
		receivedAt,
		outcome,
		contentType: contentTypeOf(entry),
		bytes: rawBody.length,
		pretty: shortened(typeof value === 'string' ? value : JSON.stringify(value, null, 2)),
		raw: shortened(rawBody.toString('utf8')),
	};
}

function shortened(text: string): string {
	if (text.length <= LONGEST_SHOWN_CHARACTERS) return text;
	return `${text.slice(0, LONGEST_SHOWN_CHARACTERS)}\n… cut here: ${text.length} characters in all`;
}

/**
 * A web site that is open in the same browser could otherwise press these buttons: by a form
 * (its Origin gives it away) or by a name of its own that resolves to this machine (its Host does).
 */
function refuseOtherSites(request: FastifyRequest, url: string): void {
	const { origin, host } = request.headers;
	const hostname = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
	const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
	if (isLocal && (origin === undefined || origin === `http://${host}` || origin === url)) return;
	throw new Refusal(403, { title: 'Only for the page on this machine' });
}
