import { runNode } from '../../../support/executeContext.cts';

const parameters = {
	resource: 'appDefinition',
	operation: 'generate',
	app: 'acme',
	version: '1.2.0',
	title: 'Acme Orders',
	hooks: {
		hook: [
			{
				eventName: 'kustomer.app.acme.order.update',
				displayEventName: 'Order Updated',
				description: 'Every change',
				type: 'form',
			},
		],
	},
	webhooks: {
		webhook: [
			{
				name: 'To n8n',
				url: 'https://n8n.example.com/webhook/1/webhook',
				headers: { header: [{ name: 'X-Source', value: 'kustomer' }] },
				events: ['kustomer.tag.create'],
			},
		],
	},
};

describe('generating an app definition', () => {
	it('gives the JSON that Kustomer takes, without any credential', async () => {
		const { items } = await runNode({ parameters });
		expect(items).toEqual([
			{
				json: {
					app: 'acme',
					version: '1.2.0',
					title: 'Acme Orders',
					hooks: parameters.hooks.hook,
					outboundWebhooks: [
						{
							name: 'To n8n',
							url: 'https://n8n.example.com/webhook/1/webhook',
							headers: [{ name: 'X-Source', value: 'kustomer' }],
							events: ['kustomer.tag.create'],
						},
					],
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('says what Kustomer would refuse', async () => {
		const spoiled = { ...parameters, version: '1' };
		await expect(runNode({ parameters: spoiled })).rejects.toThrow(/three numbers/);
	});
});

describe('rows that say little', () => {
	it('make a web hook, and a webhook without headers', async () => {
		const { items } = await runNode({
			parameters: {
				resource: 'appDefinition',
				operation: 'generate',
				app: 'acme',
				version: '1.0.0',
				title: 'Acme',
				hooks: {
					hook: [{ eventName: 'kustomer.app.acme.order', displayEventName: 'Order', type: '' }],
				},
				webhooks: {
					webhook: [
						{ name: 'A', url: 'https://a.example.com', events: ['kustomer.tag.create'] },
						{
							name: 'B',
							url: 'https://b.example.com',
							events: ['kustomer.tag.create'],
							headers: {},
						},
					],
				},
			},
		});
		expect(JSON.stringify(items[0].json)).toContain('"type":"web"');
		expect(JSON.stringify(items[0].json)).toContain('"headers":[]');
	});
});
