import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { isRecord } from './body.cts';
import {
	Deliveries,
	DOCUMENTED_CLOCK,
	type Clock,
	type Delivery,
	type Parcel,
} from './delivery.cts';
import { DeliverTo } from './deliverTo.cts';
import { notFound, Refusal } from './errors.cts';
import { isEventName, makeEvent, type Envelope, type EventName } from './events.cts';
import { hookReceiver } from './hookReceiver.cts';
import { hookRoutes } from './hookRoutes.cts';
import { Hooks, type Hook, type HookKind, type HookOptions, type HookRequest } from './hooks.cts';
import { Router, serveRoutes, type Desk, type Route } from './api.cts';
import type { Author } from './announce.cts';
import { fileRoutes } from './attachments.cts';
import { BLANKS } from './blanks.cts';
import { Directory } from './directory.cts';
import { newId, newKeyToken, newSecret } from './ids.cts';
import { Keys, type ApiKey, type KeyOptions } from './keys.cts';
import { Mailbox, type Mail } from './mailbox.cts';
import { MADE_UP_ORGANIZATION, type Organization } from './organization.cts';
import {
	outboundWebhookRoutes,
	OutboundWebhooks,
	type OutboundWebhook,
	type UpdateVerb,
} from './outboundWebhooks.cts';
import { pageRoutes, type StoppableN8n } from './page.cts';
import { USERS } from './people.cts';
import { organizationRoutes } from './organizationRoutes.cts';
import { ENTERPRISE_RATE_LIMIT, RateLimiter, type RateLimit } from './rateLimit.cts';
import { familyOf, type UpdateOptions } from './records.cts';
import { recordPageRoutes } from './recordPage.cts';
import { Requests, type ApiRequest, type Fault } from './requests.cts';
import { resourceOf, type Resource } from './resource.cts';
import { ALL_ROLES } from './roles.cts';
import { sign } from './signature.cts';
import { StateFile } from './stateFile.cts';
import type { Json, StoredRecord } from './store.cts';
import { BEST_EVIDENCE, type Switches } from './switches.cts';
import { transactionRoutes } from './transactions.cts';
import type { WebhookFields } from './webhookRules.cts';

export { ALL_ROLES } from './roles.cts';
export { cardErrors, jsonApiErrors, platformErrors, recordedErrors } from './errors.cts';
export { EVENT_NAMES, makeEvent } from './events.cts';
export { sign } from './signature.cts';
export type { ApiKey, KeyOptions } from './keys.cts';
export { SIGN_IN_PAGE, type ApiRequest, type Fault } from './requests.cts';
export type { Resource } from './resource.cts';
export type { Clock, Delivery } from './delivery.cts';
export type { Diff, Envelope, EventName, EventOverrides } from './events.cts';
export type { Hook, HookKind, HookOptions, HookRequest } from './hooks.cts';
export type { Mail } from './mailbox.cts';
export type { OutboundWebhook, UpdateVerb } from './outboundWebhooks.cts';
export type { RateLimit } from './rateLimit.cts';
export type { Switches } from './switches.cts';

export type KustomerOptions = {
	/** 0 (default) takes a free port. Always on 127.0.0.1. */
	port?: number;
	orgId?: string;
	orgName?: string;
	subdomain?: string;
	/** Default: one key with all roles and a random token; `state.keys` has it. */
	keys?: readonly KeyOptions[];
	/** The pod that this server plays; keys of another one are refused. Default `prod1`. */
	pod?: string;
	/** https origin → http origin on this machine; see `DeliverTo`. */
	deliverTo?: Readonly<Record<string, string>>;
	/**
	 * Whether what n8n answers while it is still starting reaches Kustomer as 503, as behind the reverse proxy in
	 * deploy/. Default false: n8n's own answer is 200, and Kustomer takes the event for received.
	 */
	refuseWhileStarting?: boolean;
	/** Default: the documented pauses of minutes. */
	clock?: Partial<Clock>;
	/** How many outbound webhooks the organization may have. Default 5. */
	webhookLimit?: number;
	/** Default: 1,000 requests and 1,000 posts to hooks a minute, as for Kustomer's Enterprise plan. */
	rateLimit?: Partial<RateLimit>;
	/** The verb that updates an outbound webhook. Default `PATCH`. */
	updateVerb?: UpdateVerb;
	/** See `Switches`; the others keep the best evidence. */
	switches?: Partial<Switches>;
	/** Whether there are pages at `/` and `/records`. Default true. */
	page?: boolean;
	/** The n8n that is tried here, so that the page can stop and start it. */
	n8n?: StoppableN8n;
	/** Keeps webhooks and hooks across restarts, with their tokens; records are in a file beside it. */
	stateFile?: string;
};

export type SendOptions = {
	/** Sign with a secret that is not the webhook's, as a stranger would. Not retried, not counted. */
	forged?: boolean;
	/** Only to this webhook, even where it is off or did not subscribe to the event. */
	webhookId?: string;
	/** Replace, add or (null) leave out headers. A list sends the header several times. */
	headers?: Record<string, string | string[] | null>;
	/** Send these bytes instead of the envelope; the signature is theirs. */
	bodyOverride?: string | Buffer;
};

/** A server that behaves as Kustomer does, as far as it is documented, for one organization. */
export type LocalKustomer = {
	/** Base URL without a trailing slash and without `/v1`: what a credential's base URL is. */
	readonly url: string;
	readonly port: number;
	/** Port on 127.0.0.1 to which mails for email hooks are sent. */
	readonly smtpPort: number;
	readonly orgId: string;
	readonly orgName: string;
	/** What is configured at the moment, as copies. */
	readonly state: KustomerState;
	/** The speeds; may be changed at any time. */
	readonly clock: Clock;
	/** What sources tell differently; may be turned at any time. */
	readonly switches: Switches;
	/** The budgets; may be changed at any time. */
	readonly rateLimit: RateLimit;
	/** The routes of records and their roles; those of webhooks and hooks are not among them. */
	readonly routes: ReadonlyArray<Pick<Route, 'method' | 'path' | 'roles'>>;
	/** @returns a record as the API shows it, deleted ones too */
	record(type: string, id: string): Resource | undefined;
	/** @returns all records of a type, oldest first, deleted ones too */
	records(type: string): Resource[];
	/** Writes as the API does, with all that follows; by an agent where no author is given. */
	create(type: string, body: Json, by?: Author): Resource;
	update(type: string, id: string, body: Json, how?: UpdateOptions & { by?: Author }): Resource;
	remove(type: string, id: string, by?: Author): void;
	/** Puts a record there as it is: no checks, stamps or events. Returns its id. */
	put(record: {
		type: string;
		id?: string;
		attributes?: Json;
		related?: StoredRecord['related'];
	}): string;
	/** What the API does wrong; may be replaced or pushed to at any time. */
	faults: Fault[];
	/** Outbound webhooks with their tokens, as copies. */
	webhooks(): OutboundWebhook[];
	/** Every attempt of a delivery, oldest first. */
	deliveries(): readonly Delivery[];
	/** Everything that reached an inbound hook's address, oldest first. */
	hookRequests(): readonly HookRequest[];
	/** Every mail that reached the SMTP port, oldest first. */
	mails(): readonly Mail[];
	/** Every request under /v1, oldest first, with its `Authorization` header. */
	requests(): readonly ApiRequest[];
	/** @returns those of one route, e.g. `POST` and `/v1/customers/:id/messages` */
	requestsTo(method: string, route: string): ApiRequest[];
	/** Every event that a write raised, oldest first, whoever was told of it. */
	events(): readonly Envelope[];
	/** Empties the five logs above. */
	clearLogs(): void;
	/**
	 * Delivers an event to all enabled webhooks that subscribed to it, at the same time.
	 *
	 * @param event an event's name, or an envelope as it is
	 * @returns the first attempts, in the webhooks' order; retries go on by themselves
	 */
	send(event: EventName | Envelope, options?: SendOptions): Promise<Delivery[]>;
	/** @returns the signature for a body, 64 hex digits */
	sign(rawBody: Buffer | string, token: string): string;
	/** Resolves when nothing is being delivered and no retry is planned; rejects after the deadline (default 10 s). */
	whenIdle(deadlineMs?: number): Promise<void>;
	/** Adds an entry to the deliver-to map; null takes it out. */
	deliverTo(from: string, to: string | readonly string[] | null): void;
	/** As "Add webhook" on Kustomer's settings screen. Throws `Refusal` as the API answers. */
	createWebhook(fields: Record<string, unknown>): OutboundWebhook;
	/** As "Edit" there: changes the given fields. */
	editWebhook(id: string, fields: Partial<WebhookFields>): OutboundWebhook;
	deleteWebhook(id: string): void;
	/** Switches a webhook off as Kustomer does after failures: `enabled` false, `isError` true. */
	disableWebhook(id: string): void;
	/** Leaves every request to the API without an answer for so long. */
	answerNothing(forMs: number): void;
	/** @returns the webhook's new token */
	rotateToken(id: string): string;
	createHook(kind: HookKind, options: HookOptions): HookWithAddress;
	addKey(key: KeyOptions): ApiKey;
	revokeKey(token: string): void;
	/** Drops open connections and planned retries. */
	close(): Promise<void>;
};

/** `address` is a URL, or a mail address for email hooks. */
export type HookWithAddress = Hook & { address: string };

export type KustomerState = Organization & {
	orgId: string;
	orgName: string;
	url: string;
	smtpPort: number;
	keys: ApiKey[];
	hooks: HookWithAddress[];
	webhooks: OutboundWebhook[];
	deliverTo: Record<string, string>;
};

/** Larger bodies are cut off by the server library with 413. */
const MOST_BYTES = 64 * 1024 * 1024;
const WHEN_IDLE_DEADLINE_MS = 10_000;
/** Who writes where nobody else is named. */
const AGENT: Author = { userId: USERS[0].id };

/**
 * Starts a local Kustomer on 127.0.0.1: the REST API, signed deliveries, inbound hooks, an SMTP
 * port for email hooks and a page. It calls nothing off this machine.
 *
 * @throws Error when the port is taken (`EADDRINUSE`) or an option is unusable
 */
export async function startKustomer(options: KustomerOptions = {}): Promise<LocalKustomer> {
	const organization: Organization = {
		id: options.orgId ?? MADE_UP_ORGANIZATION.id,
		name: options.orgName ?? MADE_UP_ORGANIZATION.name,
		subdomain: options.subdomain ?? MADE_UP_ORGANIZATION.subdomain,
	};
	const clock: Clock = { ...DOCUMENTED_CLOCK, ...options.clock };
	const deliverTo = new DeliverTo(options.deliverTo);
	const switches: Switches = { ...BEST_EVIDENCE, ...options.switches };
	const pod = options.pod ?? 'prod1';
	const keys = new Keys(organization, pod, switches);
	for (const key of options.keys ?? [demoKey()]) keys.add(key);

	let url = '';
	let version = 0;
	let state: StateFile | undefined;
	const changed = () => void version++;
	const configured = () => {
		changed();
		state?.save();
	};
	const webhooks = new OutboundWebhooks(organization, options.webhookLimit ?? 5, switches);
	const hooks = new Hooks(organization, () => url, {
		listeners: { changed, configured },
		switches,
	});
	const deliveries = new Deliveries(
		webhooks,
		{ deliverTo, refuseWhileStarting: options.refuseWhileStarting ?? false },
		clock,
		{ changed, configured },
	);
	const mailbox = new Mailbox(hooks);
	const requests = new Requests();
	const limiter = new RateLimiter({ ...ENTERPRISE_RATE_LIMIT, ...options.rateLimit });
	const directory = new Directory({
		organization,
		switches,
		journalPath: options.stateFile === undefined ? undefined : `${options.stateFile}.records`,
		publish: (envelope) => void publish(envelope, {}),
		changed,
	});
	const { records } = directory;
	directory.open();
	for (const key of keys.list()) records.store.place(machineUser(key));
	if (options.stateFile !== undefined) {
		state = new StateFile(options.stateFile, webhooks, hooks);
		state.load();
	}

	const app = fastify({
		bodyLimit: MOST_BYTES,
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		routerOptions: { maxParamLength: 500 },
	});
	// Bodies stay bytes: hooks record them as they came, whatever their type.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
	app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
		const refusal =
			error instanceof Refusal
				? error
				: new Refusal(error.statusCode ?? 500, { title: error.message });
		return reply.code(refusal.status).headers(refusal.headers).send(refusal.body(switches.errors));
	});
	requests.watch(app);
	limiter.watch(app);
	addUsualHeaders(app, pod);
	app.setNotFoundHandler(() => {
		throw notFound();
	});
	keys.routes(app);
	const desk: Desk = {
		records,
		organization,
		switches,
		keys,
		limitCreates: limiter.limitCreates,
		url: () => url,
	};
	const router = new Router(organizationRoutes(desk));
	requests.routeOf = (request) => {
		const path = router.match(request, request.method)?.route.path;
		return path === undefined ? (request.routeOptions.url ?? '') : `/v1${path}`;
	};
	serveRoutes(app, desk, router);
	fileRoutes(app, desk);
	outboundWebhookRoutes(app, keys, webhooks, {
		updateVerb: options.updateVerb ?? 'PATCH',
		switches,
		changed: configured,
	});
	transactionRoutes(app, keys, webhooks, { deliveries, organization, switches });
	hookRoutes(app, keys, hooks, organization);
	hookReceiver(app, keys, hooks, organization);

	const publish = async (envelope: Envelope, sending: SendOptions): Promise<Delivery[]> => {
		const receivers = webhooks
			.list()
			.filter((webhook) =>
				sending.webhookId === undefined
					? webhook.enabled && webhook.events.includes(envelope.name)
					: webhook.id === sending.webhookId,
			);
		if (receivers.length === 0) return [];
		const parcel = parcelOf(envelope, sending);
		return await Promise.all(receivers.map((webhook) => deliveries.deliver(webhook, parcel)));
	};
	const shown = (record: StoredRecord): Resource => copy(resourceOf(record, organization));
	const withAddress = (hook: Hook): HookWithAddress => ({ ...hook, address: hooks.address(hook) });
	const copy = <Value,>(value: Value): Value => structuredClone(value);
	let smtpPort = 0;
	const kustomer: LocalKustomer = {
		get url() {
			return url;
		},
		get port() {
			return Number(new URL(url).port);
		},
		get smtpPort() {
			return smtpPort;
		},
		orgId: organization.id,
		orgName: organization.name,
		clock,
		switches,
		rateLimit: limiter.limit,
		routes: router.routes,
		record(type, id) {
			const record = records.store.find(type, id);
			return record === undefined ? undefined : shown(record);
		},
		records: (type) => records.store.all(type).map(shown),
		create: (type, body, by = AGENT) => shown(records.create(type, body, by)),
		update: (type, id, body, { by = AGENT, ...how } = {}) =>
			shown(records.update(records.get(type, id), body, { by, ...how })),
		remove: (type, id, by = AGENT) => void records.remove(records.get(type, id), by),
		put(record) {
			const blank = BLANKS[familyOf(record.type)]?.(new Date().toISOString());
			const full = { id: newId(), related: {}, ...record };
			records.store.place({ ...full, attributes: { ...blank, ...record.attributes } });
			return full.id;
		},
		events: () => directory.events,
		get state() {
			return {
				...organization,
				orgId: organization.id,
				orgName: organization.name,
				url,
				smtpPort,
				keys: copy([...keys.list()]),
				hooks: hooks.list().map(withAddress),
				webhooks: copy(webhooks.list()),
				deliverTo: deliverTo.entries(),
			};
		},
		get faults() {
			return requests.faults;
		},
		set faults(faults) {
			requests.faults = faults;
		},
		webhooks: () => copy(webhooks.list()),
		deliveries: () => deliveries.log,
		hookRequests: () => hooks.log,
		mails: () => mailbox.log,
		requests: () => requests.log,
		requestsTo: (method, route) =>
			requests.log.filter((entry) => entry.method === method && entry.route === route),
		clearLogs() {
			const { events } = directory;
			for (const log of [deliveries.log, hooks.log, mailbox.log, requests.log, events])
				log.length = 0;
			changed();
		},
		async send(event, sending = {}) {
			return await publish(envelopeFor(event, organization), sending);
		},
		sign,
		whenIdle: (deadlineMs = WHEN_IDLE_DEADLINE_MS) => deliveries.whenIdle(deadlineMs),
		deliverTo(from, to) {
			deliverTo.set(from, to);
			changed();
		},
		createWebhook(fields) {
			const webhook = webhooks.create(fields);
			configured();
			return copy(webhook);
		},
		editWebhook(id, fields) {
			const webhook = webhooks.update(id, fields);
			configured();
			return copy(webhook);
		},
		deleteWebhook(id) {
			webhooks.delete(id);
			configured();
		},
		disableWebhook(id) {
			const updatedAt = new Date().toISOString();
			Object.assign(webhooks.get(id), { enabled: false, isError: true, updatedAt });
			configured();
		},
		answerNothing(forMs) {
			requests.silentUntilMs = Date.now() + forMs;
		},
		rotateToken(id) {
			const token = newSecret();
			webhooks.get(id).token = token;
			configured();
			return token;
		},
		createHook: (kind, hookOptions) => withAddress(hooks.create(kind, hookOptions)),
		addKey(key) {
			const added = keys.add(key);
			records.store.place(machineUser(added));
			return copy(added);
		},
		revokeKey(token) {
			keys.revoke(token);
			changed();
		},
		async close() {
			directory.close();
			deliveries.close();
			await Promise.all([app.close(), mailbox.close()]);
		},
	};
	if (options.page !== false) {
		pageRoutes(app, kustomer, { version: () => version, changed, n8n: options.n8n });
		recordPageRoutes(app, desk);
	}
	await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
	url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
	smtpPort = await mailbox.listen();
	return kustomer;
}

/** What recorded answers carry besides the rate limit, errors too. */
function addUsualHeaders(app: FastifyInstance, pod: string): void {
	app.addHook('onSend', async (request, reply, payload) => {
		if (!request.url.startsWith('/v1/')) return payload;
		reply.headers({ 'x-kustomer-pod': pod, 'cache-control': 'no-cache,private' });
		if (typeof payload !== 'string' || payload === '') return payload;
		const digest = createHash('sha1').update(payload).digest('base64url');
		reply.header('etag', `W/"${payload.length.toString(16)}-${digest}"`);
		return payload;
	});
}

function demoKey(): KeyOptions {
	return { token: newKeyToken(), roles: ALL_ROLES, userName: 'Demo key' };
}

/** Each API key acts as a user of its own. */
function machineUser({ userId, userName, createdAt }: ApiKey): StoredRecord {
	const person = { name: userName, email: `${userId}@machine.example.com`, userType: 'machine' };
	const attributes = { ...BLANKS.user(createdAt), displayName: userName, ...person };
	return { type: 'user', id: userId, attributes, related: {} };
}

function envelopeFor(event: EventName | Envelope, organization: Organization): Envelope {
	const isName = typeof event === 'string' && isEventName(event);
	if (!isName && !isRecord(event)) throw new Error(`Kustomer has no event ${String(event)}`);
	return isName ? makeEvent(event, { org: organization.id, orgName: organization.name }) : event;
}

function parcelOf(envelope: Envelope, sending: SendOptions): Parcel {
	return {
		event: envelope.name,
		body: Buffer.from(sending.bodyOverride ?? JSON.stringify(envelope)),
		forged: sending.forged === true,
		headers: sending.headers ?? {},
	};
}
