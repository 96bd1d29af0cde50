import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** Where the connection breaks: before the request is passed on, or after this part of the answer came back. */
export type Break = {
	method: string;
	path: RegExp;
	/** `unread`, or the part of the answer's bytes that gets through, from 0 to 1. */
	at: 'unread' | number;
	times: number;
};

export type BreakingProxy = {
	/** The origin to use in place of the target's. */
	readonly url: string;
	breaks: Break[];
	close(): Promise<void>;
};

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/;

/**
 * Stands between a client and a server on this machine and breaks chosen connections, which the
 * server itself cannot do before it has read the request or in the head of its answer.
 *
 * @param target an http origin
 */
export async function startBreakingProxy(target: string): Promise<BreakingProxy> {
	const port = Number(new URL(target).port);
	const sockets = new Set<Socket>();
	const proxy = { breaks: [] as Break[] };
	const server = createServer((client) => {
		const upstream = connect(port, '127.0.0.1');
		for (const socket of [client, upstream]) {
			sockets.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => sockets.delete(socket));
		}
		let broken: Break | undefined;
		const end = () => {
			client.destroy();
			upstream.destroy();
		};
		client.on('data', (bytes) => {
			broken = takenFor(proxy.breaks, bytes) ?? broken;
			if (broken?.at === 'unread') end();
			else upstream.write(bytes);
		});
		upstream.on('data', (bytes) => {
			if (typeof broken?.at !== 'number') return void client.write(bytes);
			client.write(bytes.subarray(0, Math.floor(bytes.length * broken.at)), end);
		});
		client.on('close', end);
		upstream.on('close', () => client.end());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port: own } = server.address() as AddressInfo;
	return Object.assign(proxy, {
		url: `http://127.0.0.1:${own}`,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	});
}

function takenFor(breaks: readonly Break[], bytes: Buffer): Break | undefined {
	const [, method, path = ''] = REQUEST_LINE.exec(bytes.toString('latin1')) ?? [];
	const found = breaks.find(
		(one) => one.times > 0 && one.method === method && path.search(one.path) >= 0,
	);
	if (found !== undefined) found.times--;
	return found;
}
