import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { SIGNATURE_HEADER, verify } from '../../nodes/Kustomer/event/signature';
import type { Finding } from './organization.cts';

interface Seen {
	readonly atMs: number;
	readonly body: Buffer;
	readonly signature: unknown;
	readonly headers: readonly string[];
}

/** What arrives at this machine from Kustomer. */
export interface Observed {
	readonly port: number;
	/** Resolves when a refused delivery has come a second time, or the time is over. */
	repetition(withinMs: number): Promise<void>;
	/** What was seen, without anything of what was delivered. */
	findings(secret: string): Finding[];
	close(): Promise<void>;
}

/** Receives on all of this machine's addresses, refuses the first delivery with 503 and takes the others. */
export async function observeDeliveries(port: number): Promise<Observed> {
	const seen: Seen[] = [];
	let repeated = () => {};
	const whenRepeated = new Promise<void>((resolve) => (repeated = resolve));
	const server = fastify({ bodyLimit: 5_000_000 });
	server.removeAllContentTypeParsers();
	server.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
	server.post('/kustomer-check', async (request, reply) => {
		seen.push({
			atMs: Date.now(),
			body: request.body as Buffer,
			signature: request.headers[SIGNATURE_HEADER],
			headers: Object.keys(request.headers).filter((name) => name.startsWith('x-')),
		});
		if (isRepetition(seen)) repeated();
		return await reply.code(seen.length === 1 ? 503 : 200).send({});
	});
	await server.listen({ host: '0.0.0.0', port });
	return {
		port: (server.server.address() as AddressInfo).port,
		repetition: async (withinMs) => {
			let timer: NodeJS.Timeout | undefined;
			const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
			await Promise.race([whenRepeated, late]);
			clearTimeout(timer);
		},
		findings: (secret) => findingsOf(seen, secret),
		close: async () => await server.close(),
	};
}

function isRepetition([first, ...later]: readonly Seen[]): boolean {
	return first !== undefined && later.some((one) => repeats(first, one));
}

function repeats(first: Seen, later: Seen): boolean {
	return (
		first.body.equals(later.body) || (idOf(first) !== undefined && idOf(first) === idOf(later))
	);
}

function findingsOf(seen: readonly Seen[], secret: string): Finding[] {
	const [first, ...later] = seen;
	if (first === undefined) return [{ question: 'Does a delivery arrive?', answer: 'not seen' }];
	const again = later.find((one) => repeats(first, one));
	return [
		{ question: 'Does a delivery arrive?', answer: 'yes' },
		{
			question:
				'Is the signature the hex HMAC-SHA256 of the bytes, with the secret as it is shown?',
			answer: secret === '' ? 'not seen' : verdict(first, secret),
		},
		{
			question: 'Which headers of its own does a delivery have?',
			answer: first.headers.join(', '),
		},
		{ question: 'Which fields does an event have?', answer: fieldsOf(first).join(', ') },
		{
			question: 'After how many seconds does Kustomer try again?',
			answer:
				again === undefined ? 'not seen' : String(Math.round((again.atMs - first.atMs) / 1_000)),
		},
		{
			question: 'Does the repetition keep the bytes, and the id of the event?',
			answer:
				again === undefined
					? 'not seen'
					: `bytes: ${first.body.equals(again.body) ? 'yes' : 'no'}, id: ${idOf(first) === idOf(again) ? 'yes' : 'no'}`,
		},
	];
}

function verdict({ body, signature }: Seen, secret: string): string {
	const found = verify(body, signature, [secret]);
	return found === 'valid' ? 'yes' : `no (${found})`;
}

function idOf(one: Seen): unknown {
	return parsed(one).id;
}

function fieldsOf(one: Seen): string[] {
	return Object.keys(parsed(one));
}

function parsed({ body }: Seen): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(body.toString('utf8'));
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	} catch {
		return {};
	}
}
