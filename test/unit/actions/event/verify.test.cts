import { createHmac } from 'node:crypto';
import type { INodeExecutionData } from 'n8n-workflow';
import { makeEvent } from '../../../../sandbox/kustomer/server.cts';
import { itemOf, runNode, storedFile, type NodeRun } from '../../../support/executeContext.cts';

const SECRET = 'the secret of a webhook';
const EVENT = makeEvent('kustomer.conversation.update');
const BODY = Buffer.from(JSON.stringify(EVENT, null, 1));
const signed = (body: Buffer, secret = SECRET) =>
	createHmac('sha256', secret).update(body).digest('hex');

/** What n8n's Webhook node gives with Raw Body. */
function delivery(body = BODY, signature = signed(body)): INodeExecutionData {
	return {
		json: { headers: { 'x-kustomer-webhook-signature': signature } },
		binary: { data: { data: body.toString('base64'), mimeType: 'application/json' } },
	};
}

function verify(item: INodeExecutionData, run: Partial<NodeRun> = {}): NodeRun {
	return {
		parameters: { resource: 'event', operation: 'verify' },
		items: [item],
		credentials: { kustomerWebhookApi: { secret: SECRET } },
		...run,
	};
}

describe('a true delivery', () => {
	it("becomes the trigger's item", async () => {
		const { items } = await runNode(verify(delivery()));
		expect(items).toEqual([
			{
				json: expect.objectContaining({
					event: 'kustomer.conversation.update',
					resource: 'conversation',
					eventId: EVENT.id,
					attributes: EVENT.data.attributes,
				}),
				pairedItem: { item: 0 },
			},
		]);
	});

	it('becomes the event as it was sent without Simplify', async () => {
		const parameters = { resource: 'event', operation: 'verify', simplify: false };
		const { items } = await runNode(verify(delivery(), { parameters }));
		expect(items[0].json).toEqual(EVENT);
	});

	it('may be on disk, in another field', async () => {
		const stored = await storedFile(BODY, 'delivery.json', 'application/json');
		const item = { ...delivery(), binary: { body: stored } };
		const parameters = { resource: 'event', operation: 'verify', binaryProperty: 'body' };
		const { items } = await runNode(verify(item, { parameters }));
		expect(items[0].json).toMatchObject({ eventId: EVENT.id });
	});

	it('may be text', async () => {
		const item = itemOf({ ...delivery().json, body: BODY.toString() });
		const parameters = {
			resource: 'event',
			operation: 'verify',
			source: 'text',
			text: '={{ $json.body }}',
		};
		const { items } = await runNode(verify(item, { parameters }));
		expect(items[0].json).toMatchObject({ eventId: EVENT.id });
	});

	it('may be signed with the previous secret, and secrets may have blanks around them', async () => {
		const kustomerWebhookApi = { secret: 'another one entirely', previousSecret: ` ${SECRET}\n` };
		const { items } = await runNode(verify(delivery(), { credentials: { kustomerWebhookApi } }));
		expect(items).toHaveLength(1);
	});

	it('may have its signature elsewhere', async () => {
		const item = { ...delivery(), json: { signature: signed(BODY) } };
		const parameters = {
			resource: 'event',
			operation: 'verify',
			signature: '={{ $json.signature }}',
		};
		expect((await runNode(verify(item, { parameters }))).items).toHaveLength(1);
	});
});

describe('an untrue delivery', () => {
	const changed = Buffer.from(BODY.toString().replace('conversation', 'c0nversation'));

	it.each([
		['with a changed body', delivery(changed, signed(BODY)), /does not match.*"Raw Body"/],
		['signed with another secret', delivery(BODY, signed(BODY, 'x')), /does not match/],
		['signed with an empty secret', delivery(BODY, signed(BODY, '')), /does not match/],
		['without a signature', delivery(BODY, ''), /has no X-Kustomer-Webhook-Signature header/],
		[
			'with a signature in capitals',
			delivery(BODY, signed(BODY).toUpperCase()),
			/64 lower-case hex/,
		],
		['without a body', itemOf(delivery().json), /no files at all/],
	])('%s is refused in words', async (_, item, words) => {
		await expect(runNode(verify(item))).rejects.toThrow(words);
	});

	it('goes to the error output with the reason', async () => {
		const { items } = await runNode({
			...verify(delivery(BODY, 'f'.repeat(64)), { onError: 'continueErrorOutput' }),
		});
		expect(items).toEqual([
			{ json: { error: expect.stringMatching(/does not match/) }, pairedItem: { item: 0 } },
		]);
	});

	it.each([
		['is missing', {}, /This needs a Kustomer Webhook API credential/],
		['is empty', { kustomerWebhookApi: { secret: ' ' } }, /there is no webhook secret/],
	])('is never let through when the credential %s', async (_, credentials, words) => {
		const run = verify(delivery(BODY, signed(BODY, '')), { credentials });
		await expect(runNode(run)).rejects.toThrow(words);
		const { items } = await runNode({ ...run, onError: 'continueRegularOutput' });
		expect(items).toEqual([
			{ json: { error: expect.stringMatching(words) }, pairedItem: { item: 0 } },
		]);
	});

	it('is said to have been parsed already when an expression gives an object', async () => {
		const item = itemOf({ ...delivery().json, body: { a: 1 } });
		const parameters = {
			resource: 'event',
			operation: 'verify',
			source: 'text',
			text: '={{ $json.body }}',
		};
		await expect(runNode(verify(item, { parameters }))).rejects.toThrow(
			/was parsed already.*"Raw Body"/,
		);
	});

	it('tells nothing of signature and secret', async () => {
		const attempt = runNode(verify(delivery(BODY, 'f'.repeat(64))));
		await expect(attempt).rejects.not.toThrow(new RegExp(`ffff|${signed(BODY)}|${SECRET}`));
	});
});

describe('a body with a valid signature that is not an event', () => {
	it('is refused in words', async () => {
		await expect(runNode(verify(delivery(Buffer.from('[]'))))).rejects.toThrow(
			/signature is valid, but the body is not a Kustomer event/,
		);
	});
});

describe('a signature that is no text', () => {
	it('is none', async () => {
		const parameters = { resource: 'event', operation: 'verify', signature: '={{ null }}' };
		await expect(runNode(verify(delivery(), { parameters }))).rejects.toThrow(
			'it has no X-Kustomer-Webhook-Signature header',
		);
	});
});
