import type { AddressInfo } from 'node:net';
import fastify from 'fastify';

/** As much of GitHub's API as n8n's GitHub Trigger needs to register a webhook. */
export interface FakeGithub {
	readonly url: string;
	/** With which n8n wants deliveries to be signed. */
	secret(): string;
	close(): Promise<void>;
}

type Hook = { config: { url: string; secret?: string }; events: string[] };

/** Source: https://docs.github.com/rest/repos/webhooks */
export async function startFakeGithub(): Promise<FakeGithub> {
	let latest: Hook | undefined;
	const server = fastify();
	server.addHook(
		'onRequest',
		async (_, reply) => void reply.header('content-type', 'application/json'),
	);
	server.get('/repos/:owner/:repo/hooks', async () => []);
	server.get('/repos/:owner/:repo/hooks/:id', async () => ({ id: 1, ...latest }));
	server.delete('/repos/:owner/:repo/hooks/:id', async (_, reply) => await reply.code(204).send());
	server.post<{ Body: Hook }>('/repos/:owner/:repo/hooks', async (request, reply) => {
		latest = request.body;
		return await reply.code(201).send({ id: 1, active: true, ...request.body });
	});
	await server.listen({ host: '127.0.0.1', port: 0 });
	const { port } = server.server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		secret: () => {
			if (latest?.config.secret === undefined) throw new Error('n8n registered no secret');
			return latest.config.secret;
		},
		close: async () => await server.close(),
	};
}
