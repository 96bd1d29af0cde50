import { createServer } from 'node:net';

/** A loopback port that nothing listens on: `preferred` if that is free, else one the system picks. */
export async function freePort(preferred = 0): Promise<number> {
	const taken = await listenOnce(preferred);
	return taken ?? (await freePort(0));
}

async function listenOnce(port: number): Promise<number | undefined> {
	return await new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', (error: NodeJS.ErrnoException) => {
			// Ports that may not be used (EACCES) are as good as taken.
			if (port !== 0) resolve(undefined);
			else reject(error);
		});
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			const found = typeof address === 'object' && address !== null ? address.port : undefined;
			server.close(() => resolve(found));
		});
	});
}
