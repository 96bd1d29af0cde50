import type { FastifyInstance, FastifyRequest } from 'fastify';
import { one, pageOfRecords, type Call, type Desk, type Route } from './api.cts';
import { isRecord, rawBodyOf } from './body.cts';
import { badRequest, notFound, Refusal } from './errors.cts';
import { newSecret } from './ids.cts';
import type { Records } from './records.cts';
import { ROLES } from './roles.cts';
import { checkBody } from './schema.cts';
import type { Json, StoredRecord } from './store.cts';

/** Files of these kinds are refused. */
const BLOCKED = /\.(bin|bat|exe|ps1|vbs)$/i;

const NOBODY = { userId: null };

/** Files go the way of Kustomer's: an attachment is announced, then its bytes are posted to an address. */
export function attachmentRoutes(desk: Desk): Route[] {
	const { records } = desk;
	return [
		{
			method: 'POST',
			path: '/attachments',
			roles: ROLES.attach,
			status: 201,
			handle: (call) => announceFile(desk, call),
		},
		{
			method: 'GET',
			path: '/attachments/:id',
			roles: ROLES.attachments,
			handle: ({ params }) => withAddress(desk, records.get('attachment', params.id)),
		},
		{
			method: 'PUT',
			path: '/attachments/:id',
			roles: ['org.permission.message.update', 'org.admin.message.write'],
			handle({ params, body, by }) {
				checkBody(body, {
					name: 'string',
					contentType: 'string',
					contentLength: 'number',
					redacted: 'boolean',
				});
				const attachment = records.get('attachment', params.id);
				return withAddress(desk, records.edit(attachment, { attributes: body }, by));
			},
		},
		{
			method: 'GET',
			path: '/messages/:message/attachments/:id',
			roles: ROLES.attachments,
			handle({ params }) {
				const attachment = records.get('attachment', params.id);
				if (attachment.related.message?.id !== params.message) throw notFound('id');
				return withAddress(desk, attachment);
			},
		},
		{
			method: 'GET',
			path: '/conversations/:id/attachments',
			roles: ROLES.attachments,
			handle(call) {
				records.get('conversation', call.params.id);
				const messages = records.store.children('message', 'conversation', call.params.id);
				const files = messages.flatMap(({ id }) =>
					records.store.children('attachment', 'message', id),
				);
				return pageOfRecords(desk, call, { records: files });
			},
		},
	];
}

function announceFile(desk: Desk, { body, by }: Call) {
	checkBody(body, {
		name: 'string!',
		contentType: 'string!',
		contentLength: 'number!',
		externalUrl: 'string',
		renderMode: '=default|metadata_only',
	});
	if (BLOCKED.test(String(body.name))) throw badRequest('Blocked extension', { parameter: 'name' });
	const isElsewhere = body.externalUrl !== undefined;
	if (isElsewhere && !/^https:\/\/[^@]+$/.test(String(body.externalUrl))) {
		throw badRequest('Invalid format', { parameter: 'externalUrl' });
	}
	const attributes = { ...body, uploaded: isElsewhere, redacted: false };
	const file = desk.records.add('attachment', { attributes, related: {} }, by);
	const document = withAddress(desk, file);
	if (isElsewhere) return document;
	return { ...document, meta: { upload: uploadForm(desk, file) } };
}

/** The form that object storage takes; every field must come back, and the file after them. */
function uploadForm(desk: Desk, { id, attributes }: StoredRecord) {
	return {
		url: `${desk.url()}/_files`,
		fields: {
			key: id,
			acl: 'private',
			'Content-Type': String(attributes.contentType),
			'X-Amz-Meta-Attachment-Id': id,
			bucket: 'local-attachments',
			'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
			'X-Amz-Credential': 'local/us-east-1/s3/aws4_request',
			'X-Amz-Date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
			Policy: Buffer.from(JSON.stringify({ key: id })).toString('base64'),
			'X-Amz-Signature': newSecret(),
		},
	};
}

function withAddress(desk: Desk, file: StoredRecord) {
	const { data } = one(desk, file);
	const related = file.attributes.externalUrl ?? `${desk.url()}/_files/${file.id}`;
	return { data: { ...data, links: { ...data.links, related } } };
}

/** Keeps a file's bytes beside its record. */
export function keepFile(records: Records, id: string, bytes: Buffer): void {
	const attachment = records.get('attachment', id);
	const attributes = { base64: bytes.toString('base64') };
	records.store.put({ type: 'file', id, attributes, related: {} });
	records.edit(attachment, { attributes: { uploaded: true } }, NOBODY);
}

type ById = { Params: { id: string } };

/** The addresses that stand for object storage: no key is asked for, as theirs are signed. */
export function fileRoutes(app: FastifyInstance, { records }: Desk): void {
	app.post('/_files', async (request, reply) => {
		const { id, bytes } = await uploadOf(request);
		keepFile(records, id, bytes);
		return reply.code(204).send();
	});
	app.put<ById>('/_files/:id', (request, reply) => {
		keepFile(records, request.params.id, rawBodyOf(request));
		return reply.code(200).send();
	});
	app.get<ById>('/_files/:id', (request, reply) => {
		const { attributes } = records.get('attachment', request.params.id);
		const file = records.store.find('file', request.params.id);
		if (file === undefined || attributes.redacted === true) throw notFound('id');
		const name = encodeURIComponent(String(attributes.name));
		return reply
			.type(String(attributes.contentType))
			.header('content-disposition', `attachment; filename*=UTF-8''${name}`)
			.send(Buffer.from(String(file.attributes.base64), 'base64'));
	});
}

/** @throws Refusal 403 for a form that object storage would not take */
async function uploadOf(request: FastifyRequest): Promise<{ id: string; bytes: Buffer }> {
	const type = String(request.headers['content-type']);
	const form = await new Response(new Uint8Array(rawBodyOf(request)), {
		headers: { 'content-type': type },
	})
		.formData()
		.catch(() => undefined);
	const entries: Array<[string, unknown]> = [];
	form?.forEach((value, name) => entries.push([name, value]));
	const fields = Object.fromEntries(entries);
	const [lastName, file] = entries.at(-1) ?? [];
	const policy: unknown = JSON.parse(
		Buffer.from(String(fields.Policy ?? ''), 'base64').toString() || 'null',
	);
	const key = isRecord(policy) ? (policy as Json).key : undefined;
	if (lastName !== 'file' || !(file instanceof Blob) || key !== fields.key || key === undefined) {
		throw new Refusal(403, { title: 'The form is not the one that was given out' });
	}
	return { id: String(key), bytes: Buffer.from(await file.arrayBuffer()) };
}
