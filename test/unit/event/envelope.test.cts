import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
	attributesOf,
	eventKey,
	isRecord,
	parseEnvelope,
	partsOf,
	relatedId,
	relationshipsOf,
	textOrNull,
} from '../../../nodes/Kustomer/event/envelope';
import { ALL_NAMES, IDS, bytesOf, created, envelopeOf } from '../../fixtures/envelopes.cts';

describe('the bytes of a delivery', () => {
	it.each(ALL_NAMES)('hold %s just as it was sent', (name) => {
		const event = envelopeOf(name);
		expect(parseEnvelope(bytesOf(event))).toStrictEqual(event);
	});

	it('hold an event also when a byte order mark stands before it', () => {
		const event = created('kustomer.tag.create');
		const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytesOf(event)]);
		expect(parseEnvelope(marked)).toStrictEqual(event);
	});

	it('keep letters beyond ASCII and fields that nobody knows yet', () => {
		const event = { ...created('kustomer.tag.create'), later: { word: 'kääntö ■ 你好 ⏰' } };
		expect(parseEnvelope(bytesOf(event))).toStrictEqual(event);
	});

	it('hold an event when nothing but its name and its data is there', () => {
		const event = { name: 'kustomer.tag.create', data: {} };
		expect(parseEnvelope(bytesOf(event))).toStrictEqual(event);
	});

	it('hold an event of a kind that Kustomer may add later', () => {
		const event = { ...created('kustomer.tag.create'), name: 'kustomer.shortcut.archive' };
		expect(parseEnvelope(bytesOf(event))).toStrictEqual(event);
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
		expect(parseEnvelope(bytesOf(body))).toBeUndefined();
	});

	it('are not an event when they are empty or cut off', () => {
		const bytes = bytesOf(created('kustomer.tag.create'));
		expect(parseEnvelope(Buffer.alloc(0))).toBeUndefined();
		expect(parseEnvelope(bytes.subarray(0, -1))).toBeUndefined();
	});

	it('never make the reader throw', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				expect(() => parseEnvelope(bytes)).not.toThrow();
			}),
		);
	});

	it('never make the reader throw when they are any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(() => parseEnvelope(bytesOf(value))).not.toThrow();
			}),
		);
	});

	it('never make the reader throw when they are nested very deeply', () => {
		const deep = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
		expect(parseEnvelope(deep)).toBeUndefined();
	});
});

describe('two deliveries', () => {
	it('are the same event when the envelope id is the same, whatever else differs', () => {
		const event = created('kustomer.tag.create');
		expect(eventKey(event, bytesOf(event))).toBe(event.id);
		expect(eventKey({ ...event, persist: false }, Buffer.alloc(0))).toBe(event.id);
	});

	it.each([
		['absent', undefined],
		['empty', ''],
		['null', null],
		['a number', 12],
	])('are the same event by their bytes when the id is %s', (_, id) => {
		const event = { ...created('kustomer.tag.create'), id };
		const bytes = bytesOf(event);
		const digest = createHash('sha256').update(bytes).digest('hex');
		expect(eventKey(event, bytes)).toBe(`sha256:${digest}`);
		expect(eventKey(event, Buffer.concat([bytes, Buffer.from(' ')]))).not.toBe(`sha256:${digest}`);
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
		const event = created('kustomer.team.create');
		expect(attributesOf(event)).toBe(event.data.attributes);
		expect(relationshipsOf(event)).toBe(event.data.relationships);
	});

	it.each([undefined, null, 'text', 3, [], true])('are empty when they are %j', (spoiled) => {
		const data = { attributes: spoiled, relationships: spoiled };
		const event = { name: 'kustomer.team.create', data };
		expect(attributesOf(event)).toEqual({});
		expect(relationshipsOf(event)).toEqual({});
	});
});

describe('a relationship', () => {
	const { relationships } = created('kustomer.conversation.create').data;

	it('gives its id', () => {
		expect(relatedId(relationships.customer)).toBe(IDS.customer);
	});

	it('gives null when it is null or relates to nothing', () => {
		expect(relatedId(null)).toBeNull();
		expect(relatedId({ data: null })).toBeNull();
	});

	it('gives nothing when it holds links only', () => {
		expect(relatedId(relationships.messages)).toBeUndefined();
		expect(relatedId(undefined)).toBeUndefined();
	});

	it('gives all ids when it relates to several', () => {
		expect(
			relatedId({
				data: [
					{ type: 'tag', id: 'one' },
					{ type: 'tag', id: 'two' },
				],
			}),
		).toEqual(['one', 'two']);
		expect(relatedId({ data: [] })).toEqual([]);
	});

	it.each([{ data: {} }, { data: { id: 5 } }, { data: 'text' }])('gives null for %j', (spoiled) => {
		expect(relatedId(spoiled)).toBeNull();
	});

	it.each(['text', 5, true, [], [{ data: { id: 'x' } }]])('gives nothing for %j', (spoiled) => {
		expect(relatedId(spoiled)).toBeUndefined();
	});
});

it('a record is an object that is neither null nor a list', () => {
	expect([{}, { a: 1 }].map(isRecord)).toEqual([true, true]);
	expect([null, undefined, [], 'x', 1, true].some(isRecord)).toBe(false);
});

it('what is not text is null where text is shown', () => {
	expect(textOrNull('x')).toBe('x');
	expect(textOrNull('')).toBe('');
	expect([undefined, null, 1, {}, []].map(textOrNull)).toEqual([null, null, null, null, null]);
});
