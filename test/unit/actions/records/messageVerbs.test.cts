import { createHash, randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer, startStranger } from '../../../support/actionWorld.cts';
import { runNode, storedFile } from '../../../support/executeContext.cts';
import { first, itemFrom, messageWithFile } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const SHORT: INodeParameters = { options: { maxRetries: 0 } };

const doing = (operation: string, parameters: INodeParameters = {}) =>
	apiRun(kustomer, {
		resource: 'message',
		operation,
		message: chosen('id', messageWithFile(kustomer)),
		...parameters,
	});

/** Logs a message with this file. */
async function logged(bytes: Buffer, externalId: string): Promise<string> {
	const file = await storedFile(bytes, 'Bericht.zip', 'application/x-report');
	const run = apiRun(
		kustomer,
		{
			resource: 'message',
			operation: 'create',
			conversation: chosen('id', first(kustomer, 'conversation').id),
			specifyAttributes: 'json',
			attributesJson: JSON.stringify({ channel: 'email', direction: 'in', externalId }),
			files: { file: [{ binaryProperty: 'data' }, { binaryProperty: 'note' }] },
		},
		{
			items: [
				{
					json: {},
					binary: {
						data: file,
						note: { data: 'SGk=', mimeType: 'text/plain', fileName: 'hi.txt' },
					},
				},
			],
		},
	);
	return String((await itemFrom(run)).id);
}

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** @returns the bytes of a binary, wherever n8n keeps it */
async function bytesOf(binary: { id?: string; data: string }): Promise<Buffer> {
	if (binary.id === undefined) return Buffer.from(binary.data, 'base64');
	const { BinaryDataService } = await import('n8n-core');
	const di = require.resolve('@n8n/di', { paths: [require.resolve('n8n-core')] });
	const { Container } = require(di) as { Container: { get(type: unknown): unknown } };
	const service = Container.get(BinaryDataService) as InstanceType<typeof BinaryDataService>;
	return await service.getAsBuffer(binary as never);
}

describe('downloading the files of a message', () => {
	it('gives each byte for byte, under its name and type, and the message', async () => {
		const bytes = randomBytes(25_000_000);
		const id = await logged(bytes, 'M-25');
		const { items } = await runNode(
			doing('downloadAttachments', { message: chosen('externalId', 'M-25') }),
		);
		expect(items).toHaveLength(1);
		const [{ json, binary, pairedItem }] = items;
		expect(json).toMatchObject({ id, attributes: { externalId: 'M-25' } });
		expect(pairedItem).toEqual({ item: 0 });
		expect(Object.keys(binary ?? {})).toEqual(['attachment_0', 'attachment_1']);
		const { attachment_0: report, attachment_1: note } = binary ?? {};
		expect(report).toMatchObject({ fileName: 'Bericht.zip', mimeType: 'application/x-report' });
		expect(note).toMatchObject({ fileName: 'hi.txt', mimeType: 'text/plain' });
		expect(hash(await bytesOf(report))).toBe(hash(bytes));
		expect((await bytesOf(note)).toString()).toBe('Hi');
	}, 60_000);

	it('gives the message alone when it has no files', async () => {
		const bare = kustomer
			.records('message')
			.find(({ attributes }) => attributes.attachments === undefined);
		const run = doing('downloadAttachments', { message: chosen('id', String(bare?.id)) });
		const [{ json, binary }] = (await runNode(run)).items;
		expect([json.id, binary]).toEqual([bare?.id, undefined]);
	});

	it('leaves out what was redacted', async () => {
		await runNode(doing('redact', { redact: 'attachments' }));
		const [{ binary }] = (await runNode(doing('downloadAttachments'))).items;
		expect(binary).toBeUndefined();
	});
});

/** Kustomer says that the file is there. */
function isAt(related: string) {
	kustomer.faults.push({
		path: /\/attachments\//,
		status: 200,
		body: {
			data: {
				id: 'a',
				type: 'attachment',
				attributes: { name: 'a.txt', contentType: 'text/plain' },
				links: { related },
			},
		},
	});
}

async function serving(handle: RequestListener) {
	const server = createServer(handle);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?sig=1`,
		close: () => server.closeAllConnections() ?? server.close(),
	};
}

describe('the place of files', () => {
	it('gets no key', async () => {
		const stranger = await startStranger();
		isAt(stranger.url);
		await runNode(doing('downloadAttachments'));
		await stranger.close();
		expect(stranger.received[0].headers.authorization).toBeUndefined();
	});

	it('is named when it refuses', async () => {
		const stranger = await startStranger({ status: 403 });
		isAt(stranger.url);
		await expect(runNode(doing('downloadAttachments'))).rejects.toThrow(
			`could not download the file "a.txt": ${new URL(stranger.url).host}, where Kustomer keeps files, answered with status 403`,
		);
		await stranger.close();
	});

	it('is asked again after a failure of its own', async () => {
		let asked = 0;
		const place = await serving((_, response) => {
			asked++;
			response.writeHead(asked === 1 ? 503 : 200).end('all');
		});
		isAt(place.url);
		const [{ binary }] = (await runNode(doing('downloadAttachments'))).items;
		place.close();
		expect((await bytesOf(binary?.attachment_0 as never)).toString()).toBe('all');
		expect(asked).toBe(2);
	});

	it('does not give half a file for a whole one', async () => {
		const place = await serving((_, response) => {
			response.writeHead(200, { 'content-length': 200_000 });
			response.write(Buffer.alloc(100_000), () => response.destroy());
		});
		isAt(place.url);
		await expect(runNode(doing('downloadAttachments', SHORT))).rejects.toThrow(
			'could not download the file "a.txt": the connection broke off before its end',
		);
		place.close();
	});

	it.each(['http://files.example.com/a', ''])('is refused at %j', async (url) => {
		isAt(url);
		await expect(runNode(doing('downloadAttachments'))).rejects.toThrow(
			'Kustomer gave no address for it that begins with https://',
		);
	});
});

describe('redacting', () => {
	const asked = () =>
		kustomer.requestsTo('POST', '/v1/messages/:id/redactions').map(({ body }) => body);

	it.each([
		['preview', {}, { preview: '[redacted]' }],
		['preview', { replacement: 'A card number was here' }, { preview: 'A card number was here' }],
		['meta', {}, { meta: {} }],
	])('%s with %j', async (redact, more, body) => {
		const id = messageWithFile(kustomer);
		expect(await itemFrom(doing('redact', { redact, ...more }))).toEqual({
			redacted: true,
			id,
			part: redact,
		});
		expect(asked()).toEqual([body]);
		expect(kustomer.record('message', id)?.attributes.redacted).toBe(true);
	});

	it('removes all files of the message, or those that are named', async () => {
		const file = first(kustomer, 'attachment').id;
		await runNode(doing('redact', { redact: 'attachments', attachmentIds: [] }));
		expect(asked()).toEqual([{ attachments: [file] }]);
		expect(first(kustomer, 'attachment').attributes.redacted).toBe(true);
		await runNode(doing('redact', { redact: 'attachments', attachmentIds: `${file}, ` as never }));
		expect(asked()[1]).toEqual({ attachments: [file] });
	});

	it.each([
		['', 'Set "Redact" to preview (the text), attachments or meta'],
		['everything', 'Set "Redact" to preview'],
	])('of %j is refused', async (redact, words) => {
		await expect(runNode(doing('redact', { redact }))).rejects.toThrow(words);
		expect(asked()).toEqual([]);
	});

	it('of files is refused where there are none', async () => {
		const bare = kustomer
			.records('message')
			.find(({ attributes }) => attributes.attachments === undefined);
		const message = chosen('id', String(bare?.id));
		await expect(runNode(doing('redact', { message, redact: 'attachments' }))).rejects.toThrow(
			'The message has no files',
		);
	});

	it('is not done twice when it is not known whether it was done', async () => {
		kustomer.faults.push({ method: 'POST', path: /redactions/, reset: true, when: 'after' });
		await expect(runNode(doing('redact', { redact: 'meta' }))).rejects.toThrow(
			'Kustomer may have carried it out nevertheless',
		);
		expect(asked()).toHaveLength(1);
	});
});
