import type { IExecuteFunctions, INode, IWebhookFunctions } from 'n8n-workflow';
import { apiKeyTest, webhookSecretTest } from '../../../../nodes/Kustomer/api/credentialTests';
import { withoutStored } from '../../../../nodes/Kustomer/trigger/webhook/deduplication';
import { signedRequest } from '../../../../nodes/Kustomer/trigger/webhook/signedRequest';

// What n8n may hand over by its types, and the n8n under test never does.

describe('an n8n that cannot read the body later, as 1.x', () => {
	const contextOf = (request: unknown) =>
		({
			getRequestObject: () => request,
			getHeaderData: () => ({}),
		}) as unknown as IWebhookFunctions;

	it.each([{}, { rawBody: 'text' }, { readRawBody: async () => {} }])(
		'gives no bytes with %j',
		async (request) => expect(await signedRequest(contextOf(request))).toBeUndefined(),
	);
});

describe('a store that throws what is no error', () => {
	it('lets the events pass and says that the reason is unknown', async () => {
		const lines: string[] = [];
		const context = {
			logger: { warn: (line: string) => lines.push(line) },
			helpers: {
				checkProcessedAndRecord: async () => await Promise.reject('odd' as unknown as Error),
			},
		} as unknown as IExecuteFunctions;
		const items = [{ json: { id: '1' } }];
		expect(await withoutStored(context, items)).toBe(items);
		expect(lines[1]).toContain('(unknown). The events pass unchecked.');
	});
});

describe('a credential’s test', () => {
	const tested = async (reply: unknown, data?: Record<string, string>) => {
		const context = { helpers: { request: async () => reply }, getNode: () => ({}) as INode };
		const credential = { id: '1', name: 'K', type: 'kustomerApi', data };
		return await apiKeyTest.call(context as never, credential as never);
	};
	const usable = { region: 'us', apiKey: 'k' };

	it('asks for what is missing when there is nothing in the credential', async () => {
		expect((await tested({})).message).toContain('has no subdomain');
		const credential = { id: '1', name: 'K', type: 'kustomerWebhookApi' };
		const { status } = await webhookSecretTest.call({} as never, credential as never);
		expect(status).toBe('Error');
	});

	it.each<[unknown, string]>([
		[{ statusCode: 200, body: {} }, 'OK'],
		[{ statusCode: 200, body: ' {}' }, 'OK'],
		[{ statusCode: 200, body: 5 }, 'Error'],
		[{ statusCode: '200' }, 'Error'],
		['a page', 'Error'],
	])('judges the reply %j as %s', async (reply, status) =>
		expect((await tested(reply, usable)).status).toBe(status),
	);
});
