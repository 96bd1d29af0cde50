import { sharedN8n } from '../support/n8n.cts';

describe('n8n with this package installed', () => {
	const n8n = sharedN8n();

	it('is the pinned n8n and knows its owner', async () => {
		expect(n8n().version).toMatch(/^2\.41\./);
		expect(await n8n().api.listWorkflows()).toEqual([]);
	});

	it('offers the nodes and credentials', async () => {
		const ours = (name: string): boolean => name.toLowerCase().includes('kustomer');
		expect((await n8n().api.nodeTypes()).filter(ours).sort()).toEqual([
			'n8n-nodes-kustomer.kustomer',
			'n8n-nodes-kustomer.kustomerTool',
			'n8n-nodes-kustomer.kustomerTrigger',
		]);
		expect((await n8n().api.credentialTypes()).filter(ours).sort()).toEqual([
			'kustomerApi',
			'kustomerWebhookApi',
		]);
	});

	it('runs a workflow from a webhook to its end', async () => {
		const { api, url } = n8n();
		const { id } = await api.createWorkflow({
			name: 'Boot',
			nodes: [
				{
					name: 'Webhook',
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					parameters: { httpMethod: 'POST', path: 'boot' },
				},
			],
			connections: {},
		});
		expect(await api.publish(id)).toEqual({ status: 'published', errors: [] });

		const answer = await fetch(`${url}/webhook/boot`, { method: 'POST' });

		expect(answer.status).toBe(200);
		expect(await api.waitForExecutions(id, 1)).toMatchObject([
			{ status: 'success', mode: 'webhook' },
		]);
	});

	it('keeps its data over a crash', async () => {
		const before = await n8n().api.listWorkflows();

		await n8n().kill();
		await n8n().restart();

		expect(await n8n().api.listWorkflows()).toEqual(before);
	});
});
