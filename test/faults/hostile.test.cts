import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { SavedWorkflow } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { startWorld, type World } from '../support/world.cts';
import { mutations, validDelivery, type Mutated } from './mutations.cts';
import { record } from './record.cts';

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

it('starts nothing for spoiled deliveries, and one execution for each valid one between them', async () => {
	const count = FULL ? 20_000 : 2_000;
	const spoiled = fc.sample(mutations(secret), count);
	const before = await world.n8n.api.countExecutions(workflow.id);
	const began = Date.now();
	const logged = world.n8n.logText().length;
	const statuses: Record<string, number> = {};
	let valid = 0;
	for (let at = 0; at < count; at += 50) {
		const one = deliver(validDelivery(secret));
		const answers = await Promise.all(spoiled.slice(at, at + 50).map(deliver));
		for (const status of answers) statuses[status] = (statuses[status] ?? 0) + 1;
		expect(await one).toBe(200);
		valid++;
	}
	const minutes = Math.ceil((Date.now() - began) / 60_000);
	const logLines = world.n8n.logText().slice(logged).split('Kustomer Trigger:').length - 1;
	record('Spoiled deliveries through n8n, by status', { ...statuses, valid, logLines });
	expect(Object.keys(statuses)).toEqual(['401', '422']);
	expect(await settled(before + valid)).toBe(before + valid);
	expect(logLines).toBeLessThanOrEqual(minutes + 1);
});

/** What a stranger does to a connection, and what shows that it reached n8n. */
type Attack = {
	what: string;
	connections: number;
	bytes: () => string | Buffer;
	/** The statuses in n8n's answers on one connection; none if n8n goes on waiting. */
	answers: number[];
};

const ATTACKS: Attack[] = [
	{ what: 'connections that say nothing', connections: 500, bytes: () => '', answers: [] },
	{
		what: 'requests that stop halfway, or go on at a byte a second',
		connections: 100,
		bytes: () => `${head({ length: 5_000 })}{"id":`,
		answers: [],
	},
	{
		what: 'bodies above the limit',
		connections: 20,
		bytes: () => head({ length: 3_000_000 }) + 'x'.repeat(3_000_000),
		answers: [500],
	},
	// n8n unpacks two of them, up to its limit, and takes the third to be JSON.
	...(
		[
			['gzip', gzipSync, 500],
			['deflate', deflateSync, 500],
			['br', brotliCompressSync, 422],
		] as const
	).map(([encoding, pack, status]) => ({
		what: `bodies that ${encoding} unpacks to twenty million bytes`,
		connections: 10,
		bytes: () => {
			const packed = pack(Buffer.alloc(20_000_000, ' '));
			const more = `content-encoding: ${encoding}\r\n`;
			return Buffer.concat([Buffer.from(head({ length: packed.length, more })), packed]);
		},
		answers: [status],
	})),
	{
		what: 'requests behind each other in one connection',
		connections: 20,
		bytes: () => (head({ length: 2 }) + '{}').repeat(50),
		answers: Array<number>(50).fill(401),
	},
	{
		what: 'more bytes than they said',
		connections: 50,
		bytes: () => `${head({ length: 2 })}{}garbage\r\n\r\n`,
		answers: [400],
	},
	{
		what: 'broken chunks',
		connections: 50,
		bytes: () => `${head({ chunked: true })}zz\r\n{}\r\n`,
		answers: [400],
	},
];

describe('valid deliveries beside', () => {
	const ends: Array<() => void> = [];
	afterEach(() => {
		for (const end of ends.splice(0)) end();
	});

	it.each(ATTACKS)('$what: all are answered 200 and run once', async (attack) => {
		const before = await world.n8n.api.countExecutions(workflow.id);
		const strangers = await Promise.all(
			Array.from({ length: attack.connections }, async () => await connected(attack.bytes())),
		);
		const began = Date.now();
		const answers = await Promise.all(
			Array.from({ length: 10 }, async () => await deliver(validDelivery(secret))),
		);
		record(`Ten valid deliveries beside ${attack.what}`, { ms: Date.now() - began });
		expect(answers).toEqual(Array(10).fill(200));
		expect(await settled(before + 10)).toBe(before + 10);
		await until(
			() => strangers.every((one) => one.answers().length >= attack.answers.length) || undefined,
			{
				what: 'n8n to answer every stranger',
				withinMs: 20_000,
			},
		);
		for (const one of strangers) expect(one.answers()).toEqual(attack.answers);
		if (attack.answers.length === 0) {
			// A connection that n8n refused would prove nothing.
			expect(strangers.filter((one) => one.isOpen())).toHaveLength(attack.connections);
		}
	});

	/** Connects and writes at once, and then a byte a second if the body is not complete. */
	async function connected(bytes: string | Buffer) {
		const { hostname, port } = new URL(world.n8n.url);
		const socket = connect({ host: hostname, port: Number(port) });
		let received = '';
		socket.setEncoding('latin1').on('data', (text: string) => (received += text));
		// n8n may close the connection while it is being written to: that is an answer too.
		socket.on('error', () => undefined);
		await once(socket, 'connect');
		socket.write(bytes);
		const more = setInterval(() => bytes.includes('{"id":') && socket.write('x'), 1_000);
		ends.push(() => {
			clearInterval(more);
			socket.destroy();
		});
		return {
			answers: () =>
				[...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)),
			isOpen: () => !socket.destroyed && socket.readyState === 'open',
		};
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
