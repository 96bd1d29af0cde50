import { runNode } from '../../support/executeContext.cts';

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
