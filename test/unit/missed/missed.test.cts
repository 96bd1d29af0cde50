import { setTimeout as sleep } from 'node:timers/promises';
import { simplifiedItem } from '../../../nodes/Kustomer/event/item';
import type { Gap } from '../../../nodes/Kustomer/missed/gap';
import { missedEvents, RECOVERABLE_EVENTS } from '../../../nodes/Kustomer/missed/missed';
import type { Recovered } from '../../../nodes/Kustomer/missed/recovered';
import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { apiRun, startedKustomer } from '../../support/actionWorld.cts';
import { executeContext } from '../../support/executeContext.cts';
import { byName } from '../actions/records/cases.cts';

const NAMES: readonly string[] = RECOVERABLE_EVENTS.map(({ name }) => name);

let kustomer: LocalKustomer;

beforeEach(async () => {
	kustomer = await startedKustomer();
	ids = {
		solveig: byName(kustomer, 'customer', 'Solveig Aune').id,
		broken: byName(kustomer, 'conversation', 'Broken spout').id,
	};
});
afterEach(async () => await kustomer.close());

/** @returns a time that no write has, before or after */
async function moment(): Promise<string> {
	await sleep(3);
	const now = new Date().toISOString();
	await sleep(3);
	return now;
}

/** What happens between the ends of the gap. */
async function gapWith(happening: () => void | Promise<void>): Promise<Gap> {
	const since = await moment();
	await happening();
	return { since, until: await moment() };
}

async function missed(
	gap: Gap,
	{ names = NAMES, readsEvents = true }: { names?: readonly string[]; readsEvents?: boolean } = {},
): Promise<Recovered[]> {
	const { context } = await executeContext(apiRun(kustomer, {}));
	const found: Recovered[] = [];
	for await (const event of missedEvents(context, gap, { names, readsEvents })) found.push(event);
	return found;
}

let ids: { solveig: string; broken: string };
const solveig = () => ids.solveig;
const broken = () => ids.broken;
const write = (conversation: string) =>
	kustomer.create('message', {
		channel: 'chat',
		app: 'test',
		direction: 'in',
		conversation,
		preview: 'Hi',
	});

it('finds the six events of customers, conversations and messages, and no others', () => {
	expect(NAMES).toEqual(
		['customer', 'conversation', 'message'].flatMap((one) => [
			`kustomer.${one}.create`,
			`kustomer.${one}.update`,
		]),
	);
});

it('finds nothing where nothing happened', async () => {
	kustomer.update('conversation', broken(), { status: 'done' });
	const gap = await gapWith(() => {});
	kustomer.update('conversation', broken(), { status: 'open' });
	expect(await missed(gap)).toEqual([]);
});

describe('of conversations', () => {
	const names = NAMES.filter((name) => name.includes('conversation'));

	it('finds every event that Kustomer recorded, as it was delivered, with the record as it is now', async () => {
		kustomer.clearLogs();
		const gap = await gapWith(async () => {
			kustomer.update('conversation', broken(), { status: 'done' });
			await sleep(2);
			kustomer.update('conversation', broken(), { status: 'open', priority: 5 });
			await sleep(2);
			kustomer.create('conversation', { customer: solveig(), name: 'New' });
		});
		const sent = kustomer.events().filter(({ name }) => names.includes(name));
		kustomer.update('conversation', broken(), { name: 'Renamed later' });
		const found = await missed(gap, { names });
		expect(found.map(({ id, name, createdAt }) => ({ id, name, createdAt }))).toEqual(
			sent.map(({ id, name, createdAt }) => ({ id, name, createdAt })),
		);
		expect(found.map((event) => event.raw.changes ?? null)).toEqual([
			sent[0].changes,
			sent[1].changes,
			{ attributes: {}, relationships: {} },
		]);
		expect(found.map(({ attributes }) => attributes.name)).toEqual([
			'Renamed later',
			'Renamed later',
			'New',
		]);
		expect(simplifiedItem(found[0])).toMatchObject({
			changes: { status: { from: 'open', to: 'done' } },
			attributes: { status: 'open' },
			related: { customer: solveig() },
			orgId: kustomer.orgId,
			recovered: true,
		});
	});

	it('finds those that changed again after the gap, and only by what happened within', async () => {
		const gap = await gapWith(
			() => void kustomer.update('conversation', broken(), { priority: 5 }),
		);
		kustomer.update('conversation', broken(), { priority: 1 });
		const found = await missed(gap, { names });
		expect(found.map((event) => event.changes().get('priority')?.to)).toEqual([5]);
	});

	it('tells by its state of what left no recorded event', async () => {
		const now = new Date().toISOString();
		const stamps = { createdAt: now, updatedAt: now };
		const gap = { since: now, until: now };
		const made = kustomer.put({ type: 'conversation', attributes: stamps });
		const older = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: now, rev: 7 };
		const changed = kustomer.put({ type: 'conversation', attributes: older });
		const found = await missed(gap, { names });
		expect(new Map(found.map(({ recordId, id }) => [recordId, id]))).toEqual(
			new Map([
				[made, `conversation:${made}:create`],
				[changed, `conversation:${changed}:update:7`],
			]),
		);
		expect(found.map((event) => [...event.changes()])).toEqual([[], []]);
	});

	it('gives none of a deleted one, and the others nevertheless', async () => {
		const gap = await gapWith(() => {
			kustomer.update('conversation', broken(), { priority: 5 });
			const { id } = kustomer.create('conversation', { customer: solveig() });
			kustomer.remove('conversation', id);
		});
		const found = await missed(gap, { names });
		expect(found.map(({ recordId }) => recordId)).toEqual([broken()]);
	});

	it('finds them as they are now for a key that may not read events', async () => {
		const gap = await gapWith(() => {
			kustomer.update('conversation', broken(), { priority: 5 });
			kustomer.update('conversation', broken(), { priority: 4 });
		});
		const [event, ...others] = await missed(gap, { names, readsEvents: false });
		expect(others).toEqual([]);
		const { rev, updatedAt } = kustomer.record('conversation', broken())?.attributes ?? {};
		expect(event).toMatchObject({
			id: `conversation:${broken()}:update:${String(rev)}`,
			createdAt: updatedAt,
			recovered: { hasChanges: false, isEdited: true },
		});
		expect(kustomer.requestsTo('GET', '/v1/conversations/:id/events')).toEqual([]);
	});

	it('finds more events than it keeps in memory', async () => {
		const three = [0, 1, 2].map(() => kustomer.put({ type: 'conversation' }));
		const since = Date.now() - 60_000;
		const { until } = await gapWith(() => {});
		for (let place = 0; place < 20_400; place++) {
			const id = three[place % 3];
			const createdAt = new Date(since + place * 2).toISOString();
			const attributes = { name: 'kustomer.conversation.update', createdAt, changes: {} };
			kustomer.put({
				type: 'event',
				id: `e${place}`,
				attributes,
				related: { conversation: { type: 'conversation', id } },
			});
		}
		const gap = { since: new Date(since).toISOString(), until };
		const found = await missed(gap, { names: ['kustomer.conversation.update'] });
		expect(found.map(({ id }) => id)).toEqual(
			Array.from({ length: 20_400 }, (_, place) => `e${place}`),
		);
	}, 60_000);
});

describe('of customers and messages', () => {
	const names = NAMES.filter((name) => !name.includes('conversation'));

	it('finds each record once, as it is now', async () => {
		let created = '';
		const gap = await gapWith(() => {
			created = kustomer.create('customer', { name: 'New' }).id;
			kustomer.update('customer', created, { name: 'Renamed' });
			kustomer.update('customer', solveig(), { name: 'Solveig A.' });
			kustomer.update('customer', solveig(), { name: 'Solveig' });
		});
		const found = await missed(gap, { names });
		const { rev, updatedAt } = kustomer.record('customer', solveig())?.attributes ?? {};
		expect(found.map(simplifiedItem)).toMatchObject([
			{
				event: 'kustomer.customer.create',
				eventId: `customer:${created}:create`,
				occurredAt: kustomer.record('customer', created)?.attributes.createdAt,
				attributes: { name: 'Renamed' },
				changes: {},
				recovered: true,
			},
			{
				event: 'kustomer.customer.update',
				eventId: `customer:${solveig()}:update:${String(rev)}`,
				occurredAt: updatedAt,
				attributes: { name: 'Solveig' },
				changes: {},
			},
		]);
		expect(Object.keys(simplifiedItem(found[0])).at(-1)).toBe('recovered');
	});

	it('finds the change of one that was created within the gap where creations do not count', async () => {
		let changed = '';
		const gap = await gapWith(async () => {
			kustomer.create('customer', { name: 'Unchanged' });
			changed = kustomer.create('customer', { name: 'New' }).id;
			await sleep(3);
			kustomer.update('customer', changed, { name: 'Renamed' });
		});
		const found = await missed(gap, { names: ['kustomer.customer.update'] });
		expect(found.map(({ name, recordId }) => [name, recordId])).toEqual([
			['kustomer.customer.update', changed],
		]);
	});

	it('calls an update without a revision by its time', async () => {
		const updatedAt = new Date().toISOString();
		const id = kustomer.put({
			type: 'message',
			attributes: { createdAt: '2026-01-01T00:00:00.000Z', updatedAt, rev: undefined },
		});
		const found = await missed({ since: updatedAt, until: updatedAt }, { names });
		expect(found.map((event) => event.id)).toEqual([`message:${id}:update:${updatedAt}`]);
	});

	it('counts an edit within the gap even if something happened around the record afterwards', async () => {
		const gap = await gapWith(() => {
			kustomer.update('customer', solveig(), { name: 'Solveig A.' });
		});
		write(broken());
		const found = await missed(gap, { names: ['kustomer.customer.update'] });
		expect(found.map(({ recordId }) => recordId)).toEqual([solveig()]);
		kustomer.update('customer', solveig(), { name: 'Solveig' });
		expect(await missed(gap, { names: ['kustomer.customer.update'] })).toEqual([]);
	});

	it('is an envelope with what is known', async () => {
		const gap = await gapWith(() => void kustomer.update('customer', solveig(), { name: 'S.' }));
		const [{ raw }] = await missed(gap, { names });
		const data = kustomer.record('customer', solveig());
		expect(raw).toEqual({
			id: expect.stringMatching(/^customer:/),
			name: 'kustomer.customer.update',
			org: kustomer.orgId,
			data,
			createdAt: data?.attributes.updatedAt,
			recovered: true,
		});
	});
});

it('finds all kinds, oldest first', async () => {
	const gap = await gapWith(async () => {
		for (let round = 0; round < 5; round++) {
			const customer = kustomer.create('customer', { name: `C${round}` }).id;
			await sleep(2);
			const conversation = kustomer.create('conversation', { customer }).id;
			await sleep(2);
			write(conversation);
			await sleep(2);
			kustomer.update('conversation', conversation, { status: 'done' });
			await sleep(2);
		}
	});
	const found = await missed(gap);
	const times = found.map(({ at }) => at);
	expect(times).toEqual([...times].sort());
	expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
	const counts = new Map<string, number>();
	for (const { name } of found) counts.set(name, (counts.get(name) ?? 0) + 1);
	expect(Object.fromEntries(counts)).toMatchObject({
		'kustomer.customer.create': 5,
		'kustomer.conversation.create': 5,
		'kustomer.message.create': 5,
	});
});

it('reads only what is asked for', async () => {
	const gap = await gapWith(() => void write(broken()));
	kustomer.clearLogs();
	await missed(gap, { names: ['kustomer.message.create'] });
	expect(kustomer.requests().map(({ route }) => route)).toEqual(['/v1/customers/search']);
});

it('stops reading when nobody takes any more', async () => {
	const gap = await gapWith(() => {
		for (let made = 0; made < 60; made++) kustomer.create('conversation', { customer: solveig() });
	});
	const { context } = await executeContext(apiRun(kustomer, {}));
	const events = missedEvents(context, gap, { names: NAMES, readsEvents: true });
	expect((await events.next()).done).toBe(false);
	await events.return(undefined);
	const before = kustomer.requests().length;
	await sleep(20);
	expect(kustomer.requests()).toHaveLength(before);
	expect(await events.next()).toEqual({ done: true, value: undefined });
});
