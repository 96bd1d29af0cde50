import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INodeParameters } from 'n8n-workflow';
import {
	startKustomer,
	type KustomerOptions,
	type LocalKustomer,
} from '../../sandbox/kustomer/server.cts';
import type { NodeRun } from './executeContext.cts';

/** A rate that no test reaches by accident. */
const PLENTY = { requestsPerMinute: 1_000_000, hookPostsPerMinute: 1_000_000 };

/** A local Kustomer for tests of the action node. */
export async function startedKustomer(options: KustomerOptions = {}): Promise<LocalKustomer> {
	return await startKustomer({ rateLimit: PLENTY, webhookLimit: 50, ...options });
}

export function keyOf(kustomer: LocalKustomer): string {
	return kustomer.state.keys[0].token;
}

/** @returns the decrypted `kustomerApi` credential for a local Kustomer */
export function apiCredential(kustomer: LocalKustomer, apiKey = keyOf(kustomer)) {
	return { region: 'custom', baseUrl: kustomer.url, apiKey };
}

/** @returns a run of an operation that needs the API */
export function apiRun(
	kustomer: LocalKustomer,
	parameters: INodeParameters,
	run: Partial<NodeRun> = {},
): NodeRun {
	return { parameters, credentials: { kustomerApi: apiCredential(kustomer) }, ...run };
}

/** @returns the value of a resource locator */
export function chosen(mode: string, value: string) {
	return { __rl: true, mode, value };
}

export type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer };

/** A server that is not Kustomer; it must not get to see a key. */
export async function startStranger(answer: { status?: number; location?: string } = {}) {
	const received: Received[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method = '', url = '', headers } = request;
			received.push({ method, path: url, headers, body: Buffer.concat(chunks) });
			const { status = 200, location } = answer;
			response.writeHead(status, location === undefined ? {} : { location });
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
