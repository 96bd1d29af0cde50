import { gzipSync } from 'node:zlib';
import { makeEvent } from '../../../../sandbox/kustomer/server.cts';
import {
	aheadBy,
	endTriggers,
	manualDraft,
	SECRET,
	signatureOf,
	startTrigger,
	type Delivery,
	type TestTrigger,
} from '../../../support/triggerContexts.cts';

const CHOSEN = 'kustomer.conversation.update';

let trigger: TestTrigger;

beforeEach(async () => (trigger = await startTrigger(manualDraft())));
afterEach(async () => {
	jest.restoreAllMocks();
	expect(trigger.thrown).toEqual([]);
	await endTriggers();
});

describe('an event with a valid signature', () => {
	it('that is chosen is answered 200 and starts one execution with one item', async () => {
		const event = makeEvent(CHOSEN);
		expect(await trigger.deliver({ body: event })).toEqual({ status: 200, body: '' });
		expect(trigger.executions).toHaveLength(1);
		expect(trigger.executions[0]).toHaveLength(1);
		expect(trigger.executions[0][0].json).toMatchObject({ event: CHOSEN, eventId: event.id });
		expect(trigger.log('warn')).toEqual([]);
	});

	it('is handed on as it was sent where Simplify is off', async () => {
		trigger = await startTrigger(manualDraft({ simplify: false }));
		const event = makeEvent(CHOSEN);
		await trigger.deliver({ body: event });
		expect(trigger.executions).toEqual([[{ json: event }]]);
	});

	it('that is not chosen is answered 200 with the reason and starts nothing', async () => {
		const answer = await trigger.deliver({ body: makeEvent('kustomer.tag.create') });
		expect(answer.status).toBe(200);
		expect(answer.body).toContain('kustomer.tag.create is not among the chosen events');
		expect(trigger.executions).toEqual([]);
	});

	it('that a filter drops is answered 200 with the reason and starts nothing', async () => {
		trigger = await startTrigger(
			manualDraft({ filters: { conditions: { field: [{ name: 'status', value: 'nonesuch' }] } } }),
		);
		const answer = await trigger.deliver({ body: makeEvent(CHOSEN) });
		expect(answer.status).toBe(200);
		expect(answer.body).toContain('filtered out, because');
		expect(trigger.executions).toEqual([]);
	});

	it('that is too old is answered 200 with the reason and starts nothing', async () => {
		trigger = await startTrigger(manualDraft({ options: { maxEventAge: 90 } }));
		const createdAt = new Date(Date.now() - 91 * 60_000).toISOString();
		const answer = await trigger.deliver({ body: makeEvent(CHOSEN, { createdAt }) });
		expect(answer.status).toBe(200);
		expect(answer.body).toContain('older than 90 minutes');
		expect(trigger.executions).toEqual([]);
	});

	it('that came before is answered 200 with the reason and starts nothing more', async () => {
		const event = makeEvent(CHOSEN);
		await trigger.deliver({ body: event });
		const answer = await trigger.deliver({ body: event });
		expect(answer.status).toBe(200);
		expect(answer.body).toContain('duplicate');
		expect(trigger.executions).toHaveLength(1);
	});

	it.each([
		['not an object', '[]'],
		['an object of something else', '{"hello":"world"}'],
		['without data', JSON.stringify({ name: CHOSEN })],
		['of another name', JSON.stringify({ name: 'stripe.charge', data: {} })],
		['empty', ''],
	])('whose body is %s is answered 200, with a warning in the log', async (_, body) => {
		const answer = await trigger.deliver({ body });
		expect(answer.status).toBe(200);
		expect(answer.body).toContain('not a Kustomer event');
		expect(trigger.executions).toEqual([]);
		expect(trigger.log('warn')).toEqual([expect.stringContaining('not a Kustomer event')]);
	});

	it.each([
		['application/octet-stream', {}],
		['application/vnd.api+json', {}],
		['application/json; charset=utf-8', {}],
		['text/plain', {}],
	])('passes whatever its content type: %s', async (type) => {
		const answer = await trigger.deliver({
			body: makeEvent(CHOSEN),
			headers: { 'content-type': type },
		});
		expect(answer.status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	it('passes without a content type', async () => {
		const answer = await trigger.deliver({
			body: makeEvent(CHOSEN),
			headers: { 'content-type': null },
		});
		expect(answer.status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	it.each(['application/json', 'application/octet-stream'])(
		'passes when a gateway compressed it (%s), for the signature is of what was packed',
		async (type) => {
			const body = Buffer.from(JSON.stringify(makeEvent(CHOSEN)));
			const answer = await trigger.deliver({
				body,
				sent: gzipSync(body),
				headers: { 'content-type': type, 'content-encoding': 'gzip' },
			});
			expect(answer.status).toBe(200);
			expect(trigger.executions).toHaveLength(1);
		},
	);

	it('passes with a byte order mark before it', async () => {
		const body = Buffer.from(`\ufeff${JSON.stringify(makeEvent(CHOSEN))}`);
		expect((await trigger.deliver({ body })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});
});

describe('a delivery that cannot be verified', () => {
	const body = JSON.stringify(makeEvent(CHOSEN));
	const signature = signatureOf(body, SECRET);
	const withSignature = (value: string | string[]): Partial<Delivery> => ({
		headers: { 'x-kustomer-webhook-signature': value },
	});

	it.each<[string, Partial<Delivery>]>([
		['without a signature', { secret: null }],
		['with an empty signature', withSignature('')],
		['signed with another secret', { secret: 'not the secret' }],
		['with one digit of the signature changed', withSignature(spoilt(signature))],
		['with a signature in capitals', withSignature(signature.toUpperCase())],
		['with a prefix before the signature', withSignature(`sha256=${signature}`)],
		['with the signature cut short', withSignature(signature.slice(0, 63))],
		[
			'with the signature in base64',
			withSignature(Buffer.from(signature, 'hex').toString('base64')),
		],
		['with the true signature sent twice', withSignature([signature, signature])],
		[
			'with one byte of the body changed',
			{ sent: Buffer.from(body.replace('kustomer', 'kustomes')) },
		],
		['without a body', { sent: Buffer.alloc(0) }],
	])('is answered 401 and starts nothing: %s', async (_, spoil) => {
		const answer = await trigger.deliver({ body, ...spoil });
		expect(answer).toEqual({ status: 401, body: '{"message":"Signature not accepted"}' });
		expect(trigger.executions).toEqual([]);
	});

	it('is answered 401 when what was compressed does not unpack', async () => {
		const answer = await trigger.deliver({
			body,
			sent: Buffer.from('no gzip at all'),
			headers: { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' },
		});
		expect(answer.status).toBe(401);
	});

	it('is answered 401 when it is larger than n8n reads', async () => {
		const large = Buffer.alloc(17 * 1024 * 1024, 0x20);
		const answer = await trigger.deliver({
			body: large,
			headers: { 'content-type': 'application/octet-stream' },
		});
		expect(answer.status).toBe(401);
	});

	it('is answered 401 when it is a form, for n8n takes its bytes apart', async () => {
		const answer = await trigger.deliver({
			body,
			headers: { 'content-type': 'multipart/form-data; boundary=x' },
		});
		expect(answer.status).toBe(401);
		expect(trigger.log('warn')).toEqual([
			expect.stringContaining('its body could not be read as it was sent'),
		]);
	});

	it('is answered 401 when there is nothing in it at all', async () => {
		const answer = await trigger.deliver({
			body: '',
			secret: null,
			headers: { 'content-type': null },
		});
		expect(answer.status).toBe(401);
	});
});

describe('the body', () => {
	/** n8n does not parse what is not JSON by its content type, so who does is the node. */
	const headers = { 'content-type': 'application/octet-stream' };
	const body = JSON.stringify(makeEvent(CHOSEN));
	const parses = async (delivery: Partial<Delivery>) => {
		const spy = jest.spyOn(JSON, 'parse');
		await trigger.deliver({ body, headers, ...delivery });
		return spy.mock.calls.filter(([text]) => text === body).length;
	};

	it('is not parsed before its signature holds', async () => {
		expect(await parses({ secret: 'forged' })).toBe(0);
	});

	it('is parsed once after that', async () => {
		expect(await parses({})).toBe(1);
		expect(trigger.executions).toHaveLength(1);
	});
});

describe('the log', () => {
	it('says in words why, once a minute for each trigger, whatever strangers send', async () => {
		const body = JSON.stringify({ ...makeEvent(CHOSEN), note: 'text-of-the-stranger' });
		for (let attempt = 0; attempt < 20; attempt++) {
			await trigger.deliver({ body, secret: 'text-of-the-stranger' });
			await trigger.deliver({ body, secret: null });
		}
		expect(trigger.log('warn')).toHaveLength(1);
		aheadBy(61_000);
		await trigger.deliver({ body, secret: null });
		const lines = trigger.log('warn');
		expect(lines).toHaveLength(2);
		expect(lines[0]).toContain('1 delivery was rejected');
		expect(lines[1]).toContain('40 deliveries were rejected');
		expect(lines[1]).toContain('no X-Kustomer-Webhook-Signature header');
		expect(lines[1]).toContain('Workflow "Test workflow" (workflow1)');
	});

	it('holds neither a body, nor a signature, nor a secret', async () => {
		const body = JSON.stringify({ ...makeEvent(CHOSEN), note: 'text-of-the-stranger' });
		const signature = signatureOf(body, 'wrong secret');
		const spoils: Array<Partial<Delivery>> = [
			{ secret: 'wrong secret' },
			{ headers: { 'x-kustomer-webhook-signature': 'text-of-the-stranger' } },
			{ headers: { 'content-type': 'multipart/form-data; boundary=text-of-the-stranger' } },
			{ secret: null },
		];
		for (const [minute, spoil] of spoils.entries()) {
			aheadBy(minute * 61_000);
			await trigger.deliver({ body, ...spoil });
		}
		const text = trigger.log().join('\n');
		expect(trigger.log('warn')).toHaveLength(spoils.length);
		for (const secret of ['text-of-the-stranger', signature, signatureOf(body, SECRET), SECRET]) {
			expect(text).not.toContain(secret);
		}
	});

	it('counts each trigger by itself', async () => {
		const other = await startTrigger(manualDraft());
		await trigger.deliver({ body: '{}', secret: null });
		await other.deliver({ body: '{}', secret: null });
		// The recorder is shared, so the first trigger's lines hold both.
		expect(trigger.log('warn')).toHaveLength(2);
		expect(other.log('warn')).toHaveLength(2);
	});
});

function spoilt(signature: string): string {
	return `${signature.startsWith('0') ? '1' : '0'}${signature.slice(1)}`;
}
