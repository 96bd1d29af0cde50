import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parsedJson, rawBodyOf } from './body.cts';

/** A request to the API as it arrived. Nothing is left out: tests look for a key that must not be there. */
export type ApiRequest = {
	method: string;
	/** Path with its query. */
	path: string;
	/** The address's pattern, e.g. `/v1/customers/:id`; empty where there is no such route. */
	route: string;
	/** Decoded. */
	query: Record<string, string>;
	headers: Record<string, string | string[] | undefined>;
	rawBody: Buffer;
	/** The body parsed where it is JSON, else as text. */
	body: unknown;
	/** The answer's status; null while there is none, and where a fault broke the connection. */
	status: number | null;
	receivedAt: string;
};

/** What the API does wrong, for tests. The first fault that fits a request and is not used up applies. */
export type Fault = {
	/** Any method where left out. */
	method?: string;
	/** Matched against the path with its query. */
	path: RegExp;
	/** How many requests it applies to; without end where left out. Counts down. */
	times?: number;
	/** `before` (default): instead of handling the request. `after`: it is handled, then answered so. */
	when?: 'before' | 'after';
	delayMs?: number;
	/** Never answer; the connection stays open. */
	hang?: boolean;
	/** Break the connection instead of answering. */
	reset?: boolean;
	/** Break the connection in the middle of the answer's body. */
	half?: boolean;
	/** Answer with this status; without it, and without `reset`, only the delay applies. */
	status?: number;
	headers?: Record<string, string>;
	/** Text and bytes are sent as they are (garbage too), anything else as JSON. */
	body?: unknown;
};

const MOST_KEPT = 50_000;

export class Requests {
	/** Set once the routes are known. */
	routeOf: (request: FastifyRequest) => string = () => '';
	readonly log: ApiRequest[] = [];
	faults: Fault[] = [];
	/** Until then, requests are left without an answer. */
	silentUntilMs = 0;
	private readonly entries = new WeakMap<FastifyRequest, ApiRequest>();
	private readonly following = new WeakMap<FastifyRequest, Fault>();

	/** Records every request under /v1 and applies the faults. */
	watch(app: FastifyInstance): void {
		app.addHook('onRequest', async (request) => this.record(request));
		app.addHook('preHandler', async (request, reply) => {
			this.recordBody(request);
			if (request.url.startsWith('/v1/') && Date.now() < this.silentUntilMs) reply.hijack();
			else await this.applyFault(request, reply);
			return reply.sent ? reply : undefined;
		});
		app.addHook('onSend', async (request, reply, payload) => {
			const fault = this.following.get(request);
			this.following.delete(request);
			const sent = fault === undefined ? payload : await misanswer(reply, fault, payload);
			const entry = this.entries.get(request);
			if (entry !== undefined && !request.raw.socket.destroyed) entry.status = reply.statusCode;
			return sent;
		});
	}

	private record(request: FastifyRequest): void {
		if (!request.url.startsWith('/v1/')) return;
		const entry: ApiRequest = {
			method: request.method,
			path: request.url,
			route: this.routeOf(request),
			query: Object.fromEntries(new URL(request.url, 'http://local').searchParams),
			headers: { ...request.headers },
			rawBody: Buffer.alloc(0),
			body: '',
			status: null,
			receivedAt: new Date().toISOString(),
		};
		this.entries.set(request, entry);
		this.log.push(entry);
		if (this.log.length > MOST_KEPT) this.log.shift();
	}

	private recordBody(request: FastifyRequest): void {
		const entry = this.entries.get(request);
		if (entry === undefined) return;
		entry.rawBody = rawBodyOf(request);
		const text = entry.rawBody.toString('utf8');
		entry.body = parsedJson(text) ?? text;
	}

	private async applyFault(request: FastifyRequest, reply: FastifyReply): Promise<void> {
		const fault = this.faults.find((candidate) => fits(candidate, request));
		if (fault === undefined) return;
		if (fault.times !== undefined) fault.times--;
		if (fault.when === 'after' || fault.half) {
			this.following.set(request, fault);
			return;
		}
		if (fault.delayMs !== undefined) await pause(fault.delayMs, undefined, { ref: false });
		if (fault.hang) reply.hijack();
		else if (fault.reset) {
			reply.hijack();
			request.raw.socket.destroy();
		} else if (fault.status !== undefined) {
			await reply
				.code(fault.status)
				.headers(fault.headers ?? {})
				.type(typeOf(fault))
				.send(payloadOf(fault));
		}
	}
}

function fits(fault: Fault, request: FastifyRequest): boolean {
	if (!request.url.startsWith('/v1/') || fault.times === 0) return false;
	if (fault.method !== undefined && fault.method.toUpperCase() !== request.method) return false;
	return request.url.search(fault.path) >= 0;
}

async function misanswer(reply: FastifyReply, fault: Fault, payload: unknown): Promise<unknown> {
	if (fault.delayMs !== undefined) await pause(fault.delayMs, undefined, { ref: false });
	if (fault.hang) await new Promise(() => {});
	if (fault.reset) reply.request.raw.socket.destroy();
	if (fault.half) return halfOf(reply, payload);
	if (fault.status === undefined) return payload;
	reply.code(fault.status).removeHeader('content-length');
	reply.type(typeOf(fault)).headers(fault.headers ?? {});
	return payloadOf(fault);
}

/** The length is that of the whole, so that a client can tell that something is missing. */
function halfOf(reply: FastifyReply, payload: unknown): Readable {
	const bytes = Buffer.from(String(payload));
	reply.header('content-length', bytes.length);
	const { socket } = reply.request.raw;
	return Readable.from(
		(async function* () {
			yield bytes.subarray(0, Math.ceil(bytes.length / 2));
			// Once it is on its way, the rest never comes.
			await pause(10);
			socket.destroy();
		})(),
	);
}

/** What a proxy with a sign-in sends in Kustomer's place, with status 200. */
export const SIGN_IN_PAGE: Omit<Fault, 'path'> = {
	status: 200,
	headers: { 'content-type': 'text/html; charset=utf-8' },
	body: '<!doctype html><html><head><title>Sign in</title></head><body><form>…</form></body></html>',
};

function payloadOf({ body }: Fault): string | Buffer {
	if (body === undefined) return '';
	return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function typeOf({ body, headers }: Fault): string {
	const given = Object.entries(headers ?? {}).find(([name]) => /^content-type$/i.test(name))?.[1];
	if (given !== undefined) return given;
	return typeof body === 'string' || Buffer.isBuffer(body) ? 'text/html' : 'application/json';
}
