import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { NodeDraft } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';

/** Where the step after a trigger reports the events that it ran for. */
export interface Sink {
	readonly url: string;
	/** Event id → how often the step ran for it. */
	runs(path: string): ReadonlyMap<string, number>;
	/** How often it ran for each of these, once it ran for all of them, or after 20 s. */
	runsFor(path: string, ids: readonly string[]): Promise<number[]>;
	close(): Promise<void>;
}

/** Starts it on a free loopback port. */
export async function startSink(): Promise<Sink> {
	const runs = new Map<string, Map<string, number>>();
	const runsOf = (path: string) => {
		const known = runs.get(path) ?? new Map<string, number>();
		runs.set(path, known);
		return known;
	};
	const server = fastify();
	server.post<{ Params: { path: string }; Body: { id: string } }>('/:path', async (request) => {
		const known = runsOf(request.params.path);
		const { id } = request.body;
		known.set(id, (known.get(id) ?? 0) + 1);
		return {};
	});
	await server.listen({ host: '127.0.0.1', port: 0 });
	const { port } = server.server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		runs: runsOf,
		runsFor: async (path, ids) => {
			const runs = runsOf(path);
			const hasAll = () => ids.every((id) => runs.has(id)) || undefined;
			// What is missing then shows in the counts.
			await until(hasAll, { what: 'every event to run', withinMs: 20_000 }).catch(() => undefined);
			return ids.map((id) => runs.get(id) ?? 0);
		},
		close: async () => await server.close(),
	};
}

/** The step that reports to it. */
export function reporting(sink: Sink, path: string, idExpression: string): NodeDraft {
	return {
		name: 'Report',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url: `${sink.url}/${encodeURIComponent(path)}`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ { id: ${idExpression} } }}`,
		},
	};
}
