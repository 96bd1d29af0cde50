import { request } from 'node:http';

export type Posted = {
	/** HTTP status; null where no answer came. */
	status: number | null;
	/** The answer's body as text, cut after 64 kB. */
	answer: string;
	/** Why no answer came, in words. */
	error: string | null;
	/** From the first byte sent to the end of the answer. */
	ms: number;
	/** Who answered, or did not. */
	target: URL;
};

export type Posting = {
	/** Tried in their order until somebody listens, as a load balancer passes over what is down. At least one. */
	targets: readonly [URL, ...URL[]];
	headers: Record<string, string | string[]>;
	body: Buffer;
	timeoutMs: number;
	/** Ends the request when the server closes. */
	stop: AbortSignal;
};

const LONGEST_ANSWER_BYTES = 64 * 1024;

/**
 * Posts bytes to a server on this machine. Node's own client and not `fetch`, because the latter
 * follows redirects, adds headers of its own and does not let a test send a header twice.
 * Never rejects.
 */
export async function post(posting: Posting): Promise<Posted> {
	const {
		targets: [target, next, ...others],
		...rest
	} = posting;
	const { code, ...posted } = await postTo(target, rest);
	if (code !== 'ECONNREFUSED' || next === undefined) return { ...posted, target };
	return await post({ ...rest, targets: [next, ...others] });
}

type Outcome = Omit<Posted, 'target'> & { code?: string };

function postTo(target: URL, posting: Omit<Posting, 'targets'>): Promise<Outcome> {
	const { headers, body, timeoutMs, stop } = posting;
	const began = performance.now();
	return new Promise((resolve) => {
		const end = (status: number | null, answer: string, error: string | null, code?: string) =>
			resolve({ status, answer, error, code, ms: Math.round(performance.now() - began) });
		const fail = (error: NodeJS.ErrnoException) =>
			end(null, '', words(error, target, posting), error.code);
		const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
		const sent = request(
			target,
			// No kept connections: one that n8n closed at a restart would count as a failed delivery.
			{ method: 'POST', headers, agent: false, signal },
			(reply) => {
				const chunks: Buffer[] = [];
				let kept = 0;
				reply.on('data', (chunk: Buffer) => {
					if (kept < LONGEST_ANSWER_BYTES) chunks.push(chunk);
					kept += chunk.length;
				});
				reply.on('end', () => {
					const answer = Buffer.concat(chunks).subarray(0, LONGEST_ANSWER_BYTES).toString('utf8');
					end(reply.statusCode ?? null, answer, null);
				});
				reply.on('error', fail);
			},
		);
		sent.on('error', fail);
		sent.end(body);
	});
}

function words(
	error: NodeJS.ErrnoException,
	target: URL,
	{ timeoutMs, stop }: Omit<Posting, 'targets'>,
): string {
	if (stop.aborted) return 'The local Kustomer was stopped';
	if (error.name === 'TimeoutError' || error.name === 'AbortError') {
		return `${target.host} did not answer within ${timeoutMs} ms`;
	}
	if (error.code === 'ECONNREFUSED') return `Nothing listens on ${target.host}`;
	if (error.code === 'ECONNRESET') return `${target.host} broke the connection`;
	return error.message;
}
