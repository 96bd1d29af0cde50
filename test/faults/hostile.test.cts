import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { SavedWorkflow } from '../../sandbox/n8n/api.cts';
import { startWorld, type World } from '../support/world.cts';
import { mutations, trueDelivery, type Mutated } from './mutations.cts';
import { print } from './print.cts';

jest.setTimeout(1_800_000);

const FULL = process.env.FAULTS === 'full';
const HEADER = 'X-Kustomer-Webhook-Signature';

let world: World;
let workflow: SavedWorkflow;
let secret: string;

beforeAll(async () => {
	world = await startWorld({
		env: { N8N_EXPRESSION_ENGINE: 'legacy', N8N_LOG_LEVEL: 'warn', N8N_PAYLOAD_SIZE_MAX: '2' },
	});
	workflow = await world.publishTrigger({});
	secret = world.kustomer.webhooks()[0]?.token ?? '';
});

afterAll(async () => {
	await world?.end();
});

it('starts nothing for spoiled deliveries, and one execution for each true one between them', async () => {
	const count = FULL ? 20_000 : 1_000;
	const spoiled = fc.sample(mutations(secret), count);
	const before = await world.n8n.api.countExecutions(workflow.id);
	const began = Date.now();
	const logged = world.n8n.logText().length;
	const statuses: Record<string, number> = {};
	let honest = 0;
	for (let at = 0; at < count; at += 50) {
		const one = deliver(trueDelivery(secret));
		const answers = await Promise.all(spoiled.slice(at, at + 50).map(deliver));
		for (const status of answers) statuses[status] = (statuses[status] ?? 0) + 1;
		expect(await one).toBe(200);
		honest++;
	}
	const minutes = Math.ceil((Date.now() - began) / 60_000);
	const lines = world.n8n.logText().slice(logged).split('Kustomer Trigger:').length - 1;
	print('Spoiled deliveries through n8n, by status', { ...statuses, honest, lines });
	expect(Object.keys(statuses)).toEqual(['401', '422']);
	expect(await settled(before + honest)).toBe(before + honest);
	expect(lines).toBeLessThanOrEqual(minutes + 1);
});

describe('true deliveries beside', () => {
	const sockets: Socket[] = [];
	afterEach(() => {
		for (const socket of sockets.splice(0)) socket.destroy();
	});

	it.each<[string, () => Promise<void> | void]>([
		['500 connections that say nothing', () => opened(500, () => '')],
		['requests that stop half-way', () => opened(100, () => `${head({ length: 5_000 })}{"id":`)],
		['requests that come a byte a second', () => slow(50)],
		['requests that hang up', () => opened(100, () => head({ length: 10 }), true)],
		[
			'bodies above the limit',
			() => opened(20, () => head({ length: 50_000_000 }) + 'x'.repeat(3_000_000)),
		],
		['bodies that unpack to a thousand times their size', () => opened(10, () => bomb())],
		[
			'requests behind each other in one connection',
			() => opened(20, () => (head({ length: 2 }) + '{}').repeat(50)),
		],
		[
			'lengths that are wrong',
			() => opened(50, () => `${head({ length: 1 })}{"id":"1"}garbage\r\n\r\n`),
		],
		['broken chunks', () => opened(50, () => `${head({ chunked: true })}zz\r\n{}\r\n`)],
	])('%s: all are answered 200 and run once', async (_, attack) => {
		const before = await world.n8n.api.countExecutions(workflow.id);
		await attack();
		for (let sent = 0; sent < 10; sent++) expect(await deliver(trueDelivery(secret))).toBe(200);
		expect(await settled(before + 10)).toBe(before + 10);
	});

	/** Opens so many connections and writes to each without waiting for an answer. */
	async function opened(count: number, text: () => string | Buffer, hangUp = false): Promise<void> {
		await Promise.all(
			Array.from({ length: count }, async () => {
				const socket = await connected();
				const bytes = text();
				if (bytes.length > 0) socket.write(bytes);
				if (hangUp) socket.destroy();
			}),
		);
	}

	async function slow(count: number): Promise<void> {
		await opened(count, () => head({ length: 1_000 }));
		void (async () => {
			while (sockets.length > 0) {
				for (const socket of sockets) socket.write('x');
				await delay(1_000);
			}
		})();
	}

	async function connected(): Promise<Socket> {
		const { hostname, port } = new URL(world.n8n.url);
		const socket = connect({ host: hostname, port: Number(port) });
		// n8n may end it at any time: that is its answer.
		socket.on('error', () => undefined);
		socket.resume();
		sockets.push(socket);
		await new Promise<void>((resolve) =>
			socket.once('connect', () => resolve()).once('close', () => resolve()),
		);
		return socket;
	}

	function bomb(): Buffer {
		const packed = gzipSync(Buffer.alloc(20_000_000, ' '));
		const encoding = 'content-encoding: gzip\r\n';
		return Buffer.concat([Buffer.from(head({ length: packed.length, more: encoding })), packed]);
	}
});

function head(of: { length?: number; chunked?: boolean; more?: string }): string {
	const { pathname, host } = new URL(world.receiver(workflow));
	const size = of.chunked === true ? 'transfer-encoding: chunked' : `content-length: ${of.length}`;
	return (
		`POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
		`${HEADER}: ${'0'.repeat(64)}\r\n${of.more ?? ''}${size}\r\n\r\n`
	);
}

/** @returns the status of n8n's answer */
async function deliver({ body, signature }: Mutated): Promise<number> {
	const headers = new Headers({ 'content-type': 'application/json' });
	for (const value of [signature ?? []].flat()) headers.append(HEADER, value);
	const reply = await fetch(world.receiver(workflow), {
		method: 'POST',
		headers,
		body: new Uint8Array(body),
		signal: AbortSignal.timeout(20_000),
	});
	await reply.arrayBuffer();
	return reply.status;
}

/** Waits until there are so many executions; a moment longer shows whether there are more. */
async function settled(expected: number): Promise<number> {
	const endsAt = Date.now() + 20_000;
	while ((await world.n8n.api.countExecutions(workflow.id)) < expected && Date.now() < endsAt) {
		await delay(200);
	}
	await delay(500);
	return await world.n8n.api.countExecutions(workflow.id);
}
