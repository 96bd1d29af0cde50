import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer, Resource } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { itemOf, runNode, searchList } from '../../../support/executeContext.cts';
import {
	answering,
	conversationNamed,
	delivered,
	draftsAsked,
	related,
	sentIn,
} from '../../../support/sentMessages.cts';
import { until } from '../../../support/until.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const SUPPORT = 'support@teapot-works.example';
const WHOLESALE = 'wholesale@teapot-works.example';
const SOLVEIG = 'solveig.aune@example.com';
const TEXT = 'A new spout is on its way to you.';

const broken = () => conversationNamed(kustomer, 'Broken spout');

async function itemOfRun(run: Parameters<typeof runNode>[0]) {
	const { items } = await runNode(run);
	return items[0].json as Record<string, unknown>;
}

const sending = async (
	parameters: INodeParameters = {},
	run: Parameters<typeof answering>[2] = {},
) => await itemOfRun(answering(kustomer, parameters, run));

/** Nothing may have been written. */
function expectNothingSent() {
	const writes = kustomer.requests().filter(({ method }) => method !== 'GET');
	expect(writes).toEqual([]);
}

/** A message of the customer, later than those that were seeded. */
function writes(attributes: Record<string, unknown>, name = 'Broken spout'): Resource {
	return kustomer.create('message', {
		conversation: conversationNamed(kustomer, name).id,
		...{ channel: 'email', app: 'postmark', direction: 'in', preview: 'And when?' },
		...attributes,
	});
}

describe('an answer', () => {
	it("goes by the channel, from the address and to the address of the customer's last message", async () => {
		const item = await sending();
		const [asked] = draftsAsked(kustomer);
		expect(asked).toMatchObject({
			channel: 'email',
			conversation: broken().id,
			app: 'postmark',
			from: { email: SUPPORT },
			to: [{ email: SOLVEIG, name: 'Solveig Aune' }],
			subject: 'Re: Broken spout',
			body: TEXT,
			payload: { draftJs: { blocks: [expect.objectContaining({ text: TEXT })], entityMap: {} } },
		});
		expect(asked).not.toHaveProperty('scheduled');
		expect(Math.abs(Date.parse(String(asked.sendAt)) - Date.now())).toBeLessThan(10_000);
		expect(item).toEqual({
			sent: true,
			id: expect.stringMatching(/^[0-9a-f]{24}$/),
			when: expect.stringMatching(/Z$/),
			conversationId: broken().id,
			channel: 'email',
			to: SOLVEIG,
		});
		await delivered(kustomer);
		const [message] = sentIn(kustomer, broken().id, TEXT);
		expect(message.attributes).toMatchObject({ channel: 'email', direction: 'out' });
		expect(related(message, 'customer')).toBe(related(broken(), 'customer'));
	});

	it.each([
		['Where is my parcel?', { channel: 'chat' }, null],
		['Lid does not fit', { channel: 'sms', app: 'twilio', from: '+15550100042' }, /^\+/],
		['', { channel: 'whatsapp', app: 'whatsapp', from: '+15550100043' }, /^\+/],
	])('goes by the channel of %j', async (name, expected, to) => {
		const item = await sending({ body: 'A & B' }, { name });
		const [asked] = draftsAsked(kustomer);
		expect(asked).toMatchObject({ ...expected, body: 'A & B' });
		expect(asked).not.toHaveProperty('subject');
		expect(item).toMatchObject({
			sent: true,
			channel: expected.channel,
			to: to === null ? null : expect.stringMatching(to),
		});
		if (to === null) expect(asked).not.toHaveProperty('to');
		else expect(asked.to).toBe(item.to);
	});

	it('takes what is given instead', async () => {
		await sending({
			from: chosen('address', WHOLESALE),
			to: 'Jane Doe <jane@example.com>, bob@example.com',
			subject: 'Spout\nno. 7',
			cc: ['"Doe, John" <john@example.com>'],
			bcc: ['archive@example.com'],
		});
		expect(draftsAsked(kustomer)).toMatchObject([
			{
				from: { email: WHOLESALE },
				to: [{ email: 'jane@example.com', name: 'Jane Doe' }, { email: 'bob@example.com' }],
				cc: [{ email: 'john@example.com', name: 'Doe, John' }],
				bcc: [{ email: 'archive@example.com' }],
				subject: 'Spout no. 7',
			},
		]);
	});

	it('on another channel needs its own addresses', async () => {
		await expect(sending({ channel: 'sms' })).rejects.toThrow(
			'the customer did not write by sms last, so there is nothing to take it from. Fill in "From"',
		);
		await expect(sending({ channel: 'sms', from: chosen('list', '+15550100042') })).rejects.toThrow(
			'Fill in "To"',
		);
		expectNothingSent();
		await sending({
			...{ channel: 'sms', from: chosen('list', '+15550100042'), to: '+1 (415) 555-0123' },
		});
		expect(draftsAsked(kustomer)).toMatchObject([{ from: '+15550100042', to: '+14155550123' }]);
	});

	it('is to the latest message of the customer, however many others came after it', async () => {
		writes({ channel: 'sms', app: 'zipwhip', meta: { from: '+4711', to: '+15550100042' } });
		for (let i = 0; i < 120; i++) {
			kustomer.create('message', {
				conversation: broken().id,
				...{ channel: 'email', app: 'postmark', direction: 'out', preview: `Update ${i}` },
			});
		}
		await sending();
		expect(draftsAsked(kustomer)).toMatchObject([{ channel: 'sms', app: 'zipwhip', to: '+4711' }]);
	});

	it('keeps a subject that is an answer already', async () => {
		writes({ subject: 'RE: Spout', meta: { from: SOLVEIG, to: SUPPORT } });
		await sending();
		expect(draftsAsked(kustomer)).toMatchObject([
			{ subject: 'RE: Spout', to: [{ email: SOLVEIG }] },
		]);
	});

	it('comes from the one of several addresses that is an account', async () => {
		const from = { email: SOLVEIG };
		writes({ meta: { from, to: [{ email: 'boss@example.com' }], cc: [{ email: WHOLESALE }] } });
		await sending();
		expect(draftsAsked(kustomer)).toMatchObject([{ from: { email: WHOLESALE } }]);
	});
});

describe('nothing is sent', () => {
	const from = { email: SOLVEIG };
	it.each<[string, Record<string, unknown> | undefined, string]>([
		['from several accounts', { meta: { from, to: [SUPPORT, WHOLESALE] } }, 'more than one'],
		['from no account', { meta: { from, to: ['a@example.com', 'b@example.com'] } }, 'none of them'],
		['without our address', { meta: { from } }, 'Fill in "From"'],
		['without their address', { meta: { to: SUPPORT } }, 'Fill in "To"'],
		['to several senders', { meta: { from: [SOLVEIG, 'x@y.example'], to: SUPPORT } }, 'in "To"'],
		['to a masked address', { meta: { from: 's**@example.com', to: SUPPORT } }, 'masks'],
		['to ourselves', { meta: { from: SUPPORT, to: SUPPORT } }, 'would write to itself'],
		['by phone', { channel: 'voice', meta: {} }, 'came by voice'],
		[
			'by an unknown WhatsApp',
			{ channel: 'whatsapp', app: 'x', meta: { from: '+1', to: '+2' } },
			'WhatsApp',
		],
	])('%s', async (_, attributes, words) => {
		if (attributes !== undefined) writes(attributes);
		await expect(sending()).rejects.toThrow(words);
		expectNothingSent();
	});

	it('where the customer has not written in the conversation', async () => {
		const customer = String(related(broken(), 'customer'));
		const { id } = kustomer.create('conversation', { customer, name: 'Empty' });
		await expect(sending({ conversation: chosen('id', id) })).rejects.toThrow(
			'there is no message of the customer to take it from. Fill in "Channel"',
		);
		expectNothingSent();
	});

	it('where the key may not read which addresses are ours', async () => {
		const roles = ['conversation', 'message', 'draft'].map((name) => `org.permission.${name}`);
		const { token } = kustomer.addKey({ token: 'eyJ-no-apps', roles });
		writes({ meta: { from, to: [SUPPORT, WHOLESALE] } });
		const credentials = { kustomerApi: apiCredential(kustomer, token) };
		await expect(sending({}, { credentials })).rejects.toThrow('role org.permission.apps.read');
		expectNothingSent();
	});

	it.each<[string, INodeParameters, string]>([
		['without text', { body: ' ' }, 'Enter it in "Text"'],
		['with an object', { body: '={{ ({ a: 1 }) }}' }, 'holds an object'],
		[
			'with half an object',
			{ body: '=Dear {{ ({ a: 1 }) }}' },
			'"Text" contains "[object Object]"',
		],
		['to no address', { to: 'Jane' }, '"Jane" in "To" is not an email address'],
		[
			'from no address',
			{ from: chosen('address', 'support') },
			'in "From" is not an email address',
		],
		['with a copy to no address', { cc: ['all'] }, '"all" in "Cc" is not an email address'],
		['by a channel of its own', { channel: '={{ "pigeon" }}' }, '"pigeon" in "Channel" is none of'],
		['at no time', { when: 'at' }, 'Enter it in "Send At"'],
		['at what is no time', { when: 'at', sendAt: 'soon' }, '"soon" in "Send At" is not a time'],
		['in the past', { when: 'at', sendAt: '2020-01-01' }, 'which is in the past'],
		['in no conversation', { conversation: chosen('list', '') }, 'No conversation is given'],
	])('%s', async (_, parameters, words) => {
		await expect(sending(parameters)).rejects.toThrow(words);
		expectNothingSent();
	});

	it.each<[string, INodeParameters, string]>([
		['as HTML', { bodyFormat: 'html' }, 'HTML can be sent by email only'],
		['with a copy', { bcc: ['a@example.com'] }, '"Bcc" is for emails'],
		['to two numbers', { to: '+14155550123, +14155550124' }, 'several recipients'],
		['to no number', { to: 'jane@example.com' }, 'is not a phone number'],
	])('by SMS %s', async (_, parameters, words) => {
		await expect(sending(parameters, { name: 'Lid does not fit' })).rejects.toThrow(words);
		expectNothingSent();
	});
});

describe('the text', () => {
	const TRICKY = 'a < b & "c"\r\n<script>\n\'d\'';

	it('is escaped in emails', async () => {
		await sending({ body: TRICKY });
		const [{ body, payload }] = draftsAsked(kustomer);
		expect(body).toBe('a &lt; b &amp; &quot;c&quot;<br>&lt;script&gt;<br>&#39;d&#39;');
		expect(payload).toMatchObject({
			draftJs: { blocks: [{ text: 'a < b & "c"' }, { text: '<script>' }, { text: "'d'" }] },
		});
	});

	it('is sent as it is when it is HTML', async () => {
		await sending({ body: '<p>Dear <b>Jane</b></p>', bodyFormat: 'html' });
		const [asked] = draftsAsked(kustomer);
		expect(asked.body).toBe('<p>Dear <b>Jane</b></p>');
		expect(asked).not.toHaveProperty('payload');
	});
});

describe('a new conversation', () => {
	const parcel = (more: INodeParameters = {}) =>
		sending({
			sendTo: 'newConversation',
			customer: chosen('email', SOLVEIG),
			...{ channel: 'email', from: chosen('list', SUPPORT), to: SOLVEIG },
			...{ subject: 'Your parcel', body: 'It is late.', ...more },
		});

	it('begins with the message', async () => {
		const item = await parcel();
		expect(kustomer.requestsTo('POST', '/v1/customers/:id/drafts')[0].query).toEqual({
			createConversation: 'true',
		});
		await delivered(kustomer);
		const conversation = String(item.conversationId);
		expect(conversation).not.toBe(broken().id);
		expect(sentIn(kustomer, conversation, 'It is late.')).toHaveLength(1);
	});

	it.each([
		['channel', 'Fill in "Channel"', { channel: '' }],
		['sender', 'Fill in "From"', { from: chosen('list', '') }],
		['recipient', 'Fill in "To"', { to: '' }],
	])('needs a %s', async (_, words, more) => {
		await expect(parcel(more)).rejects.toThrow(
			`Nothing was sent: a new conversation has no message to take it from. ${words}`,
		);
		expectNothingSent();
	});
});

describe('a message for later', () => {
	it('is kept by Kustomer until then, in the zone of the workflow', async () => {
		const parameters = { when: 'at', sendAt: '2126-01-02T09:00' };
		const item = await sending(parameters, { timeZone: 'America/New_York' });
		expect(draftsAsked(kustomer)).toMatchObject([
			{ sendAt: '2126-01-02T14:00:00.000Z', scheduled: true },
		]);
		expect(item).toMatchObject({ sent: true, when: '2126-01-02T14:00:00.000Z' });
		expect(sentIn(kustomer, broken().id, TEXT)).toEqual([]);
	});

	it('that Kustomer does not send then is not said to be', async () => {
		const attributes = { channel: 'email', sendAt: new Date().toISOString() };
		const body = { data: { type: 'draft', id: 'a'.repeat(24), attributes } };
		kustomer.faults.push({ method: 'POST', path: /drafts/, status: 200, body });
		await expect(sending({ when: 'at', sendAt: 'now+3d' })).rejects.toThrow(
			'but Kustomer sends it at',
		);
	});
});

describe('a run from the editor', () => {
	it.each(['manual', 'evaluation'] as const)('shows what would go out (%s)', async (mode) => {
		const { items, hints } = await runNode(
			answering(
				kustomer,
				{ body: 'a < b', cc: ['john@example.com'] },
				{ mode, items: [itemOf({}), itemOf({})] },
			),
		);
		expect(items.map(({ json }) => json)).toEqual(
			[1, 2].map(() => ({
				sent: false,
				preview: {
					conversationId: broken().id,
					customerId: related(broken(), 'customer'),
					channel: 'email',
					from: SUPPORT,
					to: SOLVEIG,
					cc: 'john@example.com',
					bcc: null,
					subject: 'Re: Broken spout',
					body: 'a &lt; b',
					files: [],
					when: 'now',
				},
			})),
		);
		expect(hints).toEqual([
			{ message: expect.stringContaining('nothing was sent'), location: 'outputPane' },
		]);
		expectNothingSent();
	});

	it('sends when that is wanted', async () => {
		expect(await sending({ sendWhenTesting: true }, { mode: 'manual' })).toMatchObject({
			sent: true,
		});
		expect(draftsAsked(kustomer)).toHaveLength(1);
	});

	it.each(['trigger', 'webhook', 'integrated', 'retry', 'internal', 'error'] as const)(
		'is not what n8n calls %s',
		async (mode) => expect(await sending({}, { mode })).toMatchObject({ sent: true }),
	);

	it('says what is missing as another run does', async () => {
		await expect(sending({ body: '' }, { mode: 'manual' })).rejects.toThrow('has no text');
	});
});

describe('only if nobody has answered', () => {
	const if_ = (since: string, run = {}) => sending({ onlyIf: 'notAnsweredSince', since }, run);
	const answers = (attributes: Record<string, unknown> = {}) =>
		kustomer.create('message', {
			conversation: broken().id,
			...{ channel: 'email', app: 'postmark', direction: 'out', preview: 'Glue is fine.' },
			...attributes,
		});

	it('it goes out', async () => expect(await if_('now-40h')).toMatchObject({ sent: true }));

	it('else it does not, and says when the answer was', async () => {
		const { attributes } = answers();
		expect(await if_('now-1h')).toEqual({
			sent: false,
			reason: `answered at ${String(attributes.sentAt)}, by a message sent by email`,
		});
		expectNothingSent();
		expect(await if_('now', {})).toMatchObject({ sent: true });
	});

	it('finds an answer among many messages', async () => {
		answers();
		for (let i = 0; i < 120; i++)
			writes({ preview: `And ${i}?`, meta: { from: SOLVEIG, to: SUPPORT } });
		expect(await if_('now-1h')).toMatchObject({ sent: false });
	});

	it.each([{ auto: true }, { source: 'satisfaction' }])('%j is no answer', async (attributes) => {
		answers(attributes);
		expect(await if_('now-1h')).toMatchObject({ sent: true });
	});

	it('counts what is about to go out', async () => {
		kustomer.switches.sendDelayMs = 60_000;
		await sending({ body: 'Another answer' });
		expect(await if_('now-1h')).toEqual({
			sent: false,
			reason: expect.stringMatching(/^an answer goes out at \d/),
		});
	});

	it.each([
		['', 'no time is given. Enter it in "Since"'],
		['2126-01-01', 'which is still to come'],
	])('needs a time (%j)', async (since, words) => {
		await expect(if_(since)).rejects.toThrow(words);
		expectNothingSent();
	});
});

describe('a draft that an agent is writing', () => {
	const LERATO = '66b0c1a05a4d0bca7f1e0a13';
	const agentWrites = (attributes: Record<string, unknown> = {}) =>
		kustomer.put({
			type: 'draft',
			attributes: {
				...{ channel: 'email', body: 'Dear Solveig, ', status: 'draft', sendAt: null },
				...{ createdAt: new Date().toISOString(), modifiedAt: '2026-11-24T10:00:00.000Z' },
				...attributes,
			},
			related: {
				customer: { type: 'customer', id: String(related(broken(), 'customer')) },
				conversation: { type: 'conversation', id: broken().id },
				createdBy: { type: 'user', id: LERATO },
			},
		});

	it.each(['send', 'createDraft'] as const)('is left alone by %s', async (operation) => {
		kustomer.switches.draftsPerConversation = 'one';
		const id = agentWrites();
		await expect(sending({}, { operation })).rejects.toThrow(
			/does not overwrite a draft: Lerato Dube is writing an answer .*10:00/,
		);
		expectNothingSent();
		expect(kustomer.record('draft', id)?.attributes).toMatchObject({ body: 'Dear Solveig, ' });
	});

	it('counts as an answer', async () => {
		agentWrites();
		expect(await sending({ onlyIf: 'notAnsweredSince', since: 'now-1h' })).toEqual({
			sent: false,
			reason: expect.stringContaining('Lerato Dube is writing an answer'),
		});
	});

	it('may be a note, or in another conversation', async () => {
		agentWrites({ channel: 'note' });
		expect(await sending()).toMatchObject({ sent: true });
	});

	it("is told apart from n8n's own", async () => {
		await sending({}, { operation: 'createDraft' });
		expect(await sending({ body: 'Another answer' })).toMatchObject({ sent: true });
	});

	it("is one that an agent has changed, though it is n8n's own", async () => {
		const { id } = await sending({}, { operation: 'createDraft' });
		const draft = kustomer.record('draft', String(id));
		const { attributes } = draft as Resource;
		kustomer.put({
			...{ type: 'draft', id: String(id), attributes },
			related: {
				customer: { type: 'customer', id: String(related(draft as Resource, 'customer')) },
				conversation: { type: 'conversation', id: broken().id },
				createdBy: { type: 'user', id: String(related(draft as Resource, 'createdBy')) },
				modifiedBy: { type: 'user', id: LERATO },
			},
		});
		await expect(sending({ body: 'Another' })).rejects.toThrow('Lerato Dube is writing');
	});
});

describe('a draft', () => {
	const drafting = async (parameters: INodeParameters = {}) =>
		await sending(parameters, { operation: 'createDraft' });

	it('has no time, and stays for an agent to send', async () => {
		const item = await drafting();
		const [asked] = draftsAsked(kustomer);
		expect(asked).not.toHaveProperty('sendAt');
		expect(asked).toMatchObject({ channel: 'email', to: [{ email: SOLVEIG }], body: TEXT });
		expect(item).toEqual({
			id: expect.stringMatching(/^[0-9a-f]{24}$/),
			conversationId: broken().id,
			channel: 'email',
			to: SOLVEIG,
		});
		expect(kustomer.record('draft', String(item.id))?.attributes).toMatchObject({ body: TEXT });
		expect(sentIn(kustomer, broken().id, TEXT)).toEqual([]);
	});

	it('is written from the editor too', async () => {
		await sending({}, { operation: 'createDraft', mode: 'manual' });
		expect(draftsAsked(kustomer)).toHaveLength(1);
	});

	it('that Kustomer sends is no success', async () => {
		kustomer.switches.draftsWithoutTime = 'send';
		await expect(drafting()).rejects.toThrow('Kustomer sent the message to the customer');
	});

	it('that Kustomer is about to send is deleted', async () => {
		Object.assign(kustomer.switches, { draftsWithoutTime: 'send', sendDelayMs: 60_000 });
		await expect(drafting()).rejects.toThrow('was about to send the draft');
		const [draft] = kustomer.records('draft');
		expect(draft.attributes).toMatchObject({ deleted: true });
	});

	it('that is gone again is not said to be there', async () => {
		const body = { data: { type: 'draft', id: 'a'.repeat(24), attributes: {} } };
		kustomer.faults.push({ method: 'POST', path: /drafts/, status: 200, body });
		await expect(drafting()).rejects.toThrow('The draft is no longer there');
	});
});

describe('files', () => {
	const withFile = (json = {}) => ({
		json,
		binary: {
			data: {
				data: Buffer.from('%PDF').toString('base64'),
				mimeType: 'application/pdf',
				fileName: 'a.pdf',
			},
		},
	});
	const FILES = { files: { file: [{ binaryProperty: 'data' }] } };
	const attaching = async (
		parameters: INodeParameters = {},
		run: Parameters<typeof answering>[2] = {},
	) => await sending({ ...FILES, ...parameters }, { items: [withFile()], ...run });
	const bytesOf = (id: string) =>
		Buffer.from(String(kustomer.record('file', id)?.attributes.base64), 'base64').toString();

	it('are attached before the email goes out', async () => {
		const item = await attaching();
		expect(draftsAsked(kustomer)[0]).not.toHaveProperty('sendAt');
		const [put] = kustomer.requestsTo('PUT', '/v1/drafts/:id');
		expect(put.body).toEqual({ channel: 'email', sendAt: expect.stringMatching(/Z$/) });
		expect(item).toMatchObject({ sent: true, to: SOLVEIG });
		await delivered(kustomer);
		const [message] = sentIn(kustomer, broken().id, TEXT);
		const [{ _id, ...file }] = message.attributes.attachments as Array<Record<string, string>>;
		expect(file).toEqual({ name: 'a.pdf', contentType: 'application/pdf', contentLength: 4 });
		expect(bytesOf(_id)).toBe('%PDF');
	});

	it('wait with a message for later, and with a draft', async () => {
		await attaching({ when: 'at', sendAt: 'now+1d' });
		expect(kustomer.requestsTo('PUT', '/v1/drafts/:id')[0].body).toMatchObject({ scheduled: true });
		await attaching({ body: 'A proposal' }, { operation: 'createDraft' });
		expect(kustomer.requestsTo('PUT', '/v1/drafts/:id')).toHaveLength(1);
		expect(kustomer.requestsTo('POST', '/v1/drafts/:id/attachments')).toHaveLength(2);
	});

	it('are named in a chat', async () => {
		await attaching({}, { name: 'Where is my parcel?' });
		const [{ attachments, sendAt }] = draftsAsked(kustomer);
		expect(bytesOf((attachments as string[])[0])).toBe('%PDF');
		expect(sendAt).toEqual(expect.stringMatching(/Z$/));
	});

	it('are shown by a run from the editor', async () => {
		expect(await attaching({}, { mode: 'manual' })).toMatchObject({
			preview: { files: [{ name: 'a.pdf', contentType: 'application/pdf' }] },
		});
		expectNothingSent();
	});

	it('that are not there are missed before anything is written', async () => {
		await expect(attaching({}, { items: [itemOf({})] })).rejects.toThrow(
			'no file in the binary field',
		);
		expectNothingSent();
	});

	it.each([
		['that Kustomer refuses', { method: 'POST', path: /attachments/, status: 413, body: {} }],
		['whose fate is not known', { method: 'POST', path: /attachments/, reset: true }],
		['when the message is refused', { method: 'PUT', path: /drafts/, status: 422, body: {} }],
	])('%s leave no draft behind, and may be sent again', async (_, fault) => {
		const fresh = { sendTo: 'newConversation', customer: chosen('email', SOLVEIG), to: SOLVEIG };
		const parameters = { ...fresh, channel: 'email', from: chosen('list', SUPPORT) };
		kustomer.faults.push({ ...fault, times: 1 });
		await expect(attaching(parameters)).rejects.toThrow('Nothing was sent');
		expect(kustomer.records('draft').every(({ attributes }) => attributes.deleted)).toBe(true);
		const [{ id }] = kustomer.records('conversation').slice(-1);
		expect(kustomer.record('conversation', id)?.attributes.deleted).toBe(true);
		expect(await attaching(parameters)).toMatchObject({ sent: true });
	});

	it('do not go out when somebody answers while they are uploaded', async () => {
		kustomer.faults.push({ method: 'POST', path: /attachments/, times: 1, delayMs: 300 });
		const running = attaching({ onlyIf: 'notAnsweredSince', since: 'now-1h' });
		await until(() => draftsAsked(kustomer).length > 0, 'the draft');
		kustomer.create('message', {
			conversation: broken().id,
			...{ channel: 'email', app: 'postmark', direction: 'out', preview: 'Glue is fine.' },
		});
		expect(await running).toMatchObject({
			sent: false,
			reason: expect.stringContaining('answered'),
		});
		expect(kustomer.records('draft').every(({ attributes }) => attributes.deleted)).toBe(true);
	});

	it.each([
		['cut off after it went out', { when: 'after', reset: true } as const],
		['answered by half', { half: true }],
	])('go out once when the request is %s', async (_, fault) => {
		kustomer.faults.push({ method: 'PUT', path: /drafts/, times: 1, ...fault });
		expect(await attaching()).toMatchObject({ sent: true });
		await delivered(kustomer);
		expect(sentIn(kustomer, broken().id, TEXT)).toHaveLength(1);
	});

	it('are not said to be sent when the request did not arrive', async () => {
		kustomer.faults.push({ method: 'PUT', path: /drafts/, times: 1, reset: true });
		await expect(attaching()).rejects.toThrow('may have carried it out');
		expect(sentIn(kustomer, broken().id, TEXT)).toEqual([]);
	});
});

describe('the list of senders', () => {
	const at = (channel: string) =>
		apiRun(kustomer, { resource: 'message', operation: 'send', channel });

	it('has the accounts of the channel', async () => {
		const { results } = await searchList('searchOutboundAccounts', at('email'), 'whole');
		expect(results).toEqual([
			{ name: `Wholesale (${WHOLESALE})`, value: WHOLESALE, description: 'email' },
		]);
		expect((await searchList('searchOutboundAccounts', at(''))).results).toHaveLength(4);
	});

	it('names the role that it needs', async () => {
		const { token } = kustomer.addKey({ token: 'eyJ-none', roles: ['org.permission.message'] });
		const run = { ...at(''), credentials: { kustomerApi: apiCredential(kustomer, token) } };
		await expect(searchList('searchOutboundAccounts', run)).rejects.toThrow(
			'org.permission.apps.read',
		);
	});
});
