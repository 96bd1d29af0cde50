import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import {
	apiCredential,
	apiRun,
	startedKustomer,
	startStranger,
} from '../../../support/actionWorld.cts';
import { runNode, storedFile, type NodeRun } from '../../../support/executeContext.cts';
import { CASES, first } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const PDF = Buffer.from([0, 13, 10, 45, 45, 255, 0]);

const inMemory = (bytes: Buffer, fileName: string, mimeType: string) => ({
	data: bytes.toString('base64'),
	fileName,
	mimeType,
});

async function itemWithFiles(): Promise<INodeExecutionData> {
	return {
		json: {},
		binary: {
			data: await storedFile(PDF, 'Rechnung "März".pdf', 'application/pdf'),
			note: inMemory(Buffer.from('Hello'), 'note.txt', 'text/plain'),
		},
	};
}

const FILES = { file: [{ binaryProperty: 'data' }, { binaryProperty: 'note' }] };

function creating(resource: string, run: Partial<NodeRun>, more: INodeParameters = {}): NodeRun {
	const one = CASES.find((each) => each.resource === resource && each.operation === 'create');
	const parameters = { resource, operation: 'create', ...one?.parameters(kustomer) };
	return apiRun(kustomer, { ...parameters, files: FILES, ...more } as INodeParameters, run);
}

const announced = () => kustomer.requestsTo('POST', '/v1/attachments');
const written = (list: string) =>
	kustomer.requestsTo('POST', `/v1/conversations/:id/${list}`).map(({ body }) => body);

describe.each([
	['message', 'messages'],
	['note', 'notes'],
])('files of a %s', (resource, list) => {
	it('are uploaded byte for byte, in order, and named by what is created', async () => {
		const items = [await itemWithFiles()];
		await runNode(creating(resource, { items }));
		const [file, text] = kustomer.records('attachment').slice(-2);
		const attachments = [
			{
				_id: file.id,
				name: 'Rechnung "März".pdf',
				contentType: 'application/pdf',
				contentLength: 7,
			},
			{ _id: text.id, name: 'note.txt', contentType: 'text/plain', contentLength: 5 },
		];
		expect(written(list)).toEqual([expect.objectContaining({ attachments })]);
		expect(announced().map(({ body }) => body)).toEqual(
			attachments.map(({ _id, ...attributes }) => attributes),
		);
		expect(file.attributes.uploaded).toBe(true);
		const stored = await fetch(`${kustomer.url}/_files/${file.id}`);
		expect(Buffer.from(await stored.arrayBuffer())).toEqual(PDF);
	});

	it('are missed before anything is sent', async () => {
		const items = [{ json: {}, binary: { data: inMemory(PDF, 'a.pdf', 'application/pdf') } }];
		await expect(runNode(creating(resource, { items }))).rejects.toThrow(
			'no file in the binary field "note". This item has: "data"',
		);
		expect(kustomer.requestsTo('POST', '/v1/attachments')).toEqual([]);
		expect(written(list)).toEqual([]);
	});

	it('are none where none is given', async () => {
		await runNode(creating(resource, {}, { files: {} }));
		expect(announced()).toEqual([]);
		expect(written(list)[0]).not.toHaveProperty('attachments');
	});

	it('name the role that their upload lacks', async () => {
		const other = resource === 'note' ? 'conversation' : 'note';
		const { token } = kustomer.addKey({ token: 'eyJ-less', roles: [`org.permission.${other}`] });
		const items = [await itemWithFiles()];
		kustomer.faults.push({ method: 'POST', path: /^\/v1\/attachments/, status: 401, times: 1 });
		const credentials = { kustomerApi: apiCredential(kustomer, token) };
		await expect(runNode(creating(resource, { items, credentials }))).rejects.toThrow(
			`could not upload the file "Rechnung "März".pdf": the API key lacks the role org.permission.${resource}.create`,
		);
		expect(written(list)).toEqual([]);
	});
});

it('files are added to those that the attributes name', async () => {
	const there = first(kustomer, 'attachment').id;
	const attributes = { channel: 'sms', direction: 'in', attachments: [there] };
	const more = { attributesJson: JSON.stringify(attributes) };
	await runNode(creating('message', { items: [await itemWithFiles()] }, more));
	const [{ attachments }] = written('messages') as Array<{ attachments: unknown[] }>;
	expect(attachments).toEqual([there, expect.any(Object), expect.any(Object)]);
});

/** Kustomer gives out an address for the file. */
function givingOut(url: string) {
	const body = {
		data: { id: first(kustomer, 'attachment').id, type: 'attachment', attributes: {} },
		meta: { upload: { url, fields: { key: 'k', acl: 'private' } } },
	};
	kustomer.faults.push({ method: 'POST', path: /^\/v1\/attachments/, status: 201, body });
}

describe('the place of files', () => {
	it('gets what Kustomer gave out and the file last, but no key', async () => {
		const storage = await startStranger({ status: 204 });
		givingOut(`${storage.url}/bucket`);
		await runNode(creating('message', { items: [await itemWithFiles()] }));
		await storage.close();
		expect(storage.received).toHaveLength(2);
		const [{ method, path, headers, body }] = storage.received;
		expect([method, path]).toEqual(['POST', '/bucket']);
		expect(headers.authorization).toBeUndefined();
		expect(Number(headers['content-length'])).toBe(body.length);
		const form = await new Response(new Uint8Array(body), {
			headers: { 'content-type': String(headers['content-type']) },
		}).formData();
		const names: string[] = [];
		form.forEach((_, name) => names.push(name));
		expect(names).toEqual(['key', 'acl', 'file']);
		expect(Buffer.from(await (form.get('file') as File).arrayBuffer())).toEqual(PDF);
	});

	it('is named when it refuses, and nothing is created', async () => {
		const storage = await startStranger({ status: 403 });
		givingOut(storage.url);
		const running = runNode(creating('note', { items: [await itemWithFiles()] }));
		await expect(running).rejects.toThrow(
			`n8n could not upload the file "Rechnung "März".pdf": ${new URL(storage.url).host}, where Kustomer keeps files, answered with status 403. Try again`,
		);
		await storage.close();
		expect(written('notes')).toEqual([]);
	});

	it('is named when it cannot be reached', async () => {
		const storage = await startStranger();
		await storage.close();
		givingOut(storage.url);
		const running = runNode(
			creating('note', { items: [await itemWithFiles()] }, { options: { maxRetries: 0 } }),
		);
		await expect(running).rejects.toThrow('where Kustomer keeps files, cannot be reached');
	});

	it.each(['http://files.example.com/a', 'ftp://127.0.0.1/a', '', 'no address'])(
		'is refused at %j',
		async (url) => {
			givingOut(url);
			await expect(runNode(creating('note', { items: [await itemWithFiles()] }))).rejects.toThrow(
				'Kustomer gave no address for it that begins with https://',
			);
		},
	);
});
