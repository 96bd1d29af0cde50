import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parseEvent, partsOf } from '../../../nodes/Kustomer/event/event';
import {
	ALL_NAMES,
	bytesOf,
	created,
	envelopeOf,
	eventOf,
	updated,
} from '../../fixtures/envelopes.cts';

describe('the bytes of a delivery', () => {
	it.each(ALL_NAMES)('hold %s just as it was sent', (name) => {
		const event = envelopeOf(name);
		expect(parseEvent(bytesOf(event))?.raw).toStrictEqual(event);
	});

	it('hold an event also when a byte order mark stands before it', () => {
		const event = created('kustomer.tag.create');
		const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytesOf(event)]);
		expect(parseEvent(marked)?.raw).toStrictEqual(event);
	});

	it('keep letters beyond ASCII and fields that nobody knows yet', () => {
		const event = { ...created('kustomer.tag.create'), later: { word: 'kääntö ■ 你好 ⏰' } };
		expect(parseEvent(bytesOf(event))?.raw).toStrictEqual(event);
	});

	it('hold an event when nothing but its name and its data is there', () => {
		const event = { name: 'kustomer.tag.create', data: {} };
		expect(parseEvent(bytesOf(event))?.raw).toStrictEqual(event);
	});

	it('hold an event of a kind that Kustomer may add later', () => {
		const event = { ...created('kustomer.tag.create'), name: 'kustomer.shortcut.archive' };
		expect(parseEvent(bytesOf(event))?.raw).toStrictEqual(event);
	});

	const { name, data } = created('kustomer.tag.create');
	it.each<[string, unknown]>([
		['there is no name', { data }],
		['the name is a number', { name: 7, data }],
		['the name is empty', { name: '', data }],
		['the name is of another product', { name: 'zendesk.ticket.create', data }],
		['the name begins almost as Kustomer’s do', { name: 'kustomers.tag.create', data }],
		['there is no data', { name }],
		['the data is null', { name, data: null }],
		['the data is a list', { name, data: [data] }],
		['the data is text', { name, data: 'tag' }],
		['it is a list of events', [{ name, data }]],
		['it is null', null],
		['it is text', 'kustomer.tag.create'],
		['it is a number', 1],
	])('are not an event when %s', (_, body) => {
		expect(parseEvent(bytesOf(body))).toBeUndefined();
	});

	it('are not an event when they are empty or cut off', () => {
		const bytes = bytesOf(created('kustomer.tag.create'));
		expect(parseEvent(Buffer.alloc(0))).toBeUndefined();
		expect(parseEvent(bytes.subarray(0, -1))).toBeUndefined();
	});

	it('never make the reader throw', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				expect(() => parseEvent(bytes)).not.toThrow();
			}),
		);
	});

	it('never make the reader throw when they are any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(() => parseEvent(bytesOf(value))).not.toThrow();
			}),
		);
	});

	it('never make the reader throw when they are nested very deeply', () => {
		const deep = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
		expect(parseEvent(deep)).toBeUndefined();
	});
});

describe('two deliveries', () => {
	const keyOf = (bytes: Buffer) => parseEvent(bytes)?.key;

	it('are the same event when the envelope id is the same, whatever else differs', () => {
		const event = created('kustomer.tag.create');
		expect(keyOf(bytesOf(event))).toBe(event.id);
		expect(keyOf(bytesOf({ ...event, persist: false }))).toBe(event.id);
	});

	it.each([
		['absent', undefined],
		['empty', ''],
		['null', null],
		['a number', 12],
	])('are the same event by their bytes when the id is %s', (_, id) => {
		const bytes = bytesOf({ ...created('kustomer.tag.create'), id });
		const digest = createHash('sha256').update(bytes).digest('hex');
		expect(keyOf(bytes)).toBe(`sha256:${digest}`);
		expect(keyOf(Buffer.concat([bytes, Buffer.from(' ')]))).not.toBe(`sha256:${digest}`);
	});
});

describe('an event name', () => {
	it.each([
		['kustomer.conversation.update', 'conversation', 'update'],
		['kustomer.tag.create', 'tag', 'create'],
		['kustomer.kobject.order.update', 'kobject.order', 'update'],
		['kustomer.ping', 'ping', 'ping'],
		['kustomer.', '', ''],
		['', '', ''],
	])('%j is of the resource %j and the action %j', (name, resource, action) => {
		expect(partsOf(name)).toEqual({ resource, action });
	});
});

describe('attributes and relationships', () => {
	it('are those of the record', () => {
		const event = eventOf(created('kustomer.team.create'));
		expect(event.attributes).toBe(event.raw.data.attributes);
		expect(event.relationships).toBe(event.raw.data.relationships);
	});

	it.each([undefined, null, 'text', 3, [], true])('are empty when they are %j', (spoiled) => {
		const data = { attributes: spoiled, relationships: spoiled };
		const event = eventOf({ name: 'kustomer.team.create', data });
		expect(event.attributes).toEqual({});
		expect(event.relationships).toEqual({});
	});
});

describe('the changes', () => {
	it('are read when they are first asked for, and once', () => {
		const event = eventOf(updated('kustomer.conversation.update'));
		const { changes } = event.raw;
		let reads = 0;
		const read = () => {
			reads++;
			return changes;
		};
		Object.defineProperty(event.raw, 'changes', { get: read });
		expect(event.changes().size).toBeGreaterThan(0);
		expect(event.changes()).toBe(event.changes());
		expect(reads).toBe(1);
	});
});
