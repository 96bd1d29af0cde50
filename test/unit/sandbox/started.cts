import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
	startKustomer,
	type KustomerOptions,
	type LocalKustomer,
} from '../../../sandbox/kustomer/server.cts';

export const FULL_KEY = 'eyJ-a-key-with-all-roles';
export const BARE_KEY = 'eyJ-a-key-without-roles';

const running: Array<{ close: () => Promise<void> }> = [];

/** To be called in `afterEach`. */
export async function stopAll(): Promise<void> {
	await Promise.all(running.splice(0).map(async (server) => await server.close()));
}

/** A local Kustomer with two keys and pauses of milliseconds. */
export async function started(options: KustomerOptions = {}): Promise<LocalKustomer> {
	const kustomer = await startKustomer({
		keys: [
			{
				token: FULL_KEY,
				roles: ['org.outbound_webhooks', 'org.permission', 'org.hooks'],
				userName: 'Full key',
			},
			{ token: BARE_KEY, roles: [] },
		],
		clock: { retryDelaysMs: [5, 5, 5], answerTimeoutMs: 2_000, disableAfterFailures: 10 },
		...options,
	});
	running.push(kustomer);
	return kustomer;
}

export type Call = {
	method?: string;
	path: string;
	key?: string;
	body?: unknown;
	headers?: Record<string, string>;
};

/** The parts of any reply that tests look at; the tests say what they expect to be there. */
export type ReplyBody = {
	data: {
		id: string;
		type: string;
		attributes: Record<string, unknown>;
		relationships: Record<string, { data: { type: string; id: string } }>;
		links: Record<string, string>;
	};
	/** Recorded shape, and by a switch the portal's. */
	errors: Array<{
		status: number;
		code: string;
		title: string;
		detail: string;
		source: { parameter: string };
		message: string;
		meta: Record<string, unknown>;
	}>;
	events: string[];
	meta: Record<string, number>;
	links: Record<string, string | null>;
};
export type ListBody = Omit<ReplyBody, 'data'> & { data: Array<ReplyBody['data']> };

export type Reply<Body = ReplyBody> = {
	status: number;
	headers: Headers;
	text: string;
	body: Body;
};

/** Calls the API; text and bytes go out as they are, other bodies as JSON. */
export async function call<Body = ReplyBody>(
	kustomer: LocalKustomer,
	{ method = 'GET', path, key = FULL_KEY, body, headers = {} }: Call,
): Promise<Reply<Body>> {
	const raw = typeof body === 'string' || body instanceof Uint8Array || body instanceof FormData;
	const reply = await fetch(kustomer.url + path, {
		method,
		headers: {
			...(key !== '' && { authorization: `Bearer ${key}` }),
			...(body !== undefined && !raw && { 'content-type': 'application/json' }),
			...headers,
		},
		body: body === undefined ? undefined : raw ? (body as BodyInit) : JSON.stringify(body),
	});
	const text = await reply.text();
	const isJson = /json/.test(reply.headers.get('content-type') ?? '');
	return {
		status: reply.status,
		headers: reply.headers,
		text,
		body: (isJson && text !== '' ? JSON.parse(text) : undefined) as Body,
	};
}

export type Received = {
	path: string;
	headers: IncomingHttpHeaders;
	body: Buffer;
	rawHeaders: string[];
};

/** Stands for n8n: answers with the given statuses in turn, the last one from then on; null: not at all. */
export async function receiver(
	...answers: Array<number | null | { status: number; body: string }>
) {
	const received: Received[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { url = '', headers, rawHeaders } = request;
			received.push({ path: url, headers, rawHeaders, body: Buffer.concat(chunks) });
			const answer = answers.length > 1 ? answers.shift() : answers[0];
			if (answer === null) return;
			const { status, body } =
				typeof answer === 'object' ? answer : { status: answer ?? 200, body: '{"received":true}' };
			response.writeHead(status, { location: '/elsewhere' });
			response.end(body);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	running.push({
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	});
	return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** Waits for a state, not for a time. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
	const deadline = Date.now() + 5_000;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error(`Waited 5 s in vain: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

export function must<Value>(value: Value | undefined | null): Value {
	if (value === undefined || value === null) throw new Error('Expected something, got nothing');
	return value;
}
