import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Workflow, type ILoadOptionsFunctions } from 'n8n-workflow';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';
import { additionalDataFor, nodeOf, type NodeRun } from '../../support/executeContext.cts';
import { onlyNodeType } from '../../support/nodeTypes.cts';

/** Answers one request; undefined is Kustomer's "not found". */
export type Script = (url: URL) => { status?: number; body: unknown } | undefined;

/** A server that answers by a script, and n8n's own context for the lists of its editor. */
export async function scripted(script: Script) {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const url = new URL(request.url ?? '/', 'http://kustomer.example.test');
		asked.push(`${request.method} ${url.pathname}${url.search}`);
		const { status = 200, body } = script(url) ?? {
			status: 404,
			body: { errors: [{ status: 404, code: 'notfound', title: 'Not Found' }] },
		};
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(typeof body === 'string' ? body : JSON.stringify(body));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		asked,
		caller: await editorContext({
			parameters: {},
			credentials: { kustomerApi: { region: 'custom', baseUrl, apiKey: 'made-up-key' } },
		}),
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

async function editorContext(run: NodeRun): Promise<ILoadOptionsFunctions> {
	const { LoadOptionsContext } = await import('n8n-core');
	const kustomer = new Kustomer();
	const node = nodeOf(run);
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: onlyNodeType(kustomer),
	});
	const additionalData = additionalDataFor(run);
	additionalData.currentNodeParameters = node.parameters;
	return new LoadOptionsContext(workflow, workflow.nodes[node.name], additionalData, '');
}
