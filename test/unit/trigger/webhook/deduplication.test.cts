import type { ICheckProcessedOptions, IDataDeduplicator, INodeParameters } from 'n8n-workflow';
import { makeEvent } from '../../../../sandbox/kustomer/server.cts';
import { Collector } from '../../../../nodes/Kustomer/trigger/memory/collector';
import { Versions } from '../../../../nodes/Kustomer/trigger/memory/versions';
import { until } from '../../../support/until.cts';
import {
	aheadBy,
	endTriggers,
	heldTimers,
	manualDraft,
	responseModeOf,
	SECRET,
	startTrigger,
	type Answer,
	type TestTrigger,
} from '../../../support/triggerContexts.cts';

const CHOSEN = 'kustomer.conversation.update';
const event = () => makeEvent(CHOSEN);

const triggerWith = async (options: INodeParameters, parameters: INodeParameters = {}) =>
	await startTrigger(manualDraft({ ...parameters, options }));

/** A workflow that goes on until it is told how it ends. */
function heldRun(trigger: TestTrigger) {
	const ends: Array<{ succeed: () => void; fail: () => void }> = [];
	trigger.run = async () =>
		await new Promise<void>((resolve, reject) => {
			ends.push({ succeed: resolve, fail: () => reject(new Error('a step failed')) });
		});
	return ends;
}

const fails = () => {
	throw new Error('a step failed');
};

/** Takes the place of n8n's database. */
class FakeStore implements IDataDeduplicator {
	options: ICheckProcessedOptions[] = [];

	failures = 0;

	/** The connection breaks after so many records were made, before it can say so. */
	lostAnswers = 0;

	private readonly seen = new Set<unknown>();

	clear(): void {
		this.options = [];
		this.failures = 0;
		this.lostAnswers = 0;
		this.seen.clear();
	}

	checkProcessedAndRecord: IDataDeduplicator['checkProcessedAndRecord'] = async (
		items,
		_context,
		_data,
		options,
	) => {
		this.options.push(options);
		if (this.failures > 0) {
			this.failures--;
			throw new Error('UNIQUE constraint failed: processed_data.workflowId');
		}
		const known = items.filter((item) => this.seen.has(item));
		const fresh = items.filter((item) => !this.seen.has(item));
		for (const item of fresh) this.seen.add(item);
		if (this.lostAnswers > 0) {
			this.lostAnswers--;
			throw new Error('Connection terminated unexpectedly');
		}
		return await Promise.resolve({ new: fresh, processed: known });
	};

	removeProcessed = async () => await Promise.resolve();

	clearAllProcessedItems = async () => await Promise.resolve();

	getProcessedDataCount = async () => await Promise.resolve(0);
}

afterEach(async () => {
	jest.restoreAllMocks();
	await endTriggers();
});

describe('a repeat of an event', () => {
	let trigger: TestTrigger;
	beforeEach(async () => (trigger = await triggerWith({})));

	/** The second delivery is in the node; what it does there until it waits takes no timers. */
	const repeatToWait = async () => {
		await until(() => trigger.counts.begun === 2, 'the repeat to arrive');
		await new Promise((resolve) => setImmediate(resolve));
	};

	it('is answered 200 and starts nothing once the first was answered with a 2xx', async () => {
		const body = event();
		expect((await trigger.deliver({ body })).status).toBe(200);
		const repeat = await trigger.deliver({ body });
		expect(repeat.status).toBe(200);
		expect(repeat.body).toContain('duplicate');
		expect(trigger.executions).toHaveLength(1);
	});

	it('is known by the id in the signed body, whatever else differs', async () => {
		const body = event();
		await trigger.deliver({ body });
		await trigger.deliver({ body: { ...body, client: 'another' } });
		expect(trigger.executions).toHaveLength(1);
		await trigger.deliver({ body: event() });
		expect(trigger.executions).toHaveLength(2);
	});

	it('is known by its identical bytes where the event has no id', async () => {
		const { id: _, ...body } = event();
		await trigger.deliver({ body });
		await trigger.deliver({ body });
		expect(trigger.executions).toHaveLength(1);
		await trigger.deliver({ body: { ...body, createdAt: '2024-01-01T00:00:00.000Z' } });
		expect(trigger.executions).toHaveLength(2);
	});

	it('waits for the first, and is answered 200 when that succeeds', async () => {
		const ends = heldRun(trigger);
		const body = event();
		const first = trigger.deliver({ body });
		await until(() => ends.length === 1, 'the first to run');
		let isAnswered = false;
		const repeat = trigger.deliver({ body }).then((answer) => {
			isAnswered = true;
			return answer;
		});
		await repeatToWait();
		expect(isAnswered).toBe(false);
		ends[0].succeed();
		expect((await first).status).toBe(200);
		expect((await repeat).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	it('waits for the first, and is answered 503 when that fails', async () => {
		const ends = heldRun(trigger);
		const body = event();
		const first = trigger.deliver({ body });
		await until(() => ends.length === 1, 'the first to run');
		const repeat = trigger.deliver({ body });
		await repeatToWait();
		ends[0].fail();
		expect((await first).status).toBe(500);
		expect((await repeat).status).toBe(503);
		expect(trigger.executions).toHaveLength(1);
	});

	it('is answered 503 when the first takes longer than eight seconds', async () => {
		const timers = heldTimers(8_000);
		const ends = heldRun(trigger);
		const body = event();
		const first = trigger.deliver({ body });
		await until(() => ends.length === 1, 'the first to run');
		const repeat = trigger.deliver({ body });
		await until(() => timers.count() === 1, 'the repeat to wait');
		timers.fire(8_000);
		expect((await repeat).status).toBe(503);
		expect((await repeat).body).toContain('still being answered');
		ends[0].succeed();
		await first;
		expect((await trigger.deliver({ body })).body).toContain('duplicate');
		expect(trigger.executions).toHaveLength(1);
	});

	it('runs when the first came to nothing', async () => {
		const body = event();
		trigger.run = fails;
		expect((await trigger.deliver({ body })).status).toBe(500);
		trigger.run = () => {};
		expect((await trigger.deliver({ body })).status).toBe(200);
		expect(trigger.executions).toHaveLength(2);
		expect((await trigger.deliver({ body })).body).toContain('duplicate');
	});

	it('does not run when Kustomer hung up before the answer of a first that succeeded', async () => {
		const ends = heldRun(trigger);
		const body = event();
		const hungUp = trigger.deliver({
			body,
			hangUp: until(() => ends.length === 1, 'the first to run'),
		});
		await expect(hungUp).rejects.toThrow();
		await until(() => trigger.counts.hungUp === 1, 'n8n to notice that the line is dead');
		ends[0].succeed();
		const repeat = await trigger.deliver({ body });
		expect(repeat.status).toBe(200);
		expect(repeat.body).toContain('duplicate');
		expect(trigger.executions).toHaveLength(1);
	});

	it('is the business of each trigger by itself', async () => {
		const other = await triggerWith({});
		const body = event();
		await trigger.deliver({ body });
		await other.deliver({ body });
		expect(other.executions).toHaveLength(1);
	});

	it('runs each time while Skip Duplicates is off', async () => {
		trigger = await triggerWith({ skipDuplicates: 'off' });
		const body = event();
		await Promise.all([trigger.deliver({ body }), trigger.deliver({ body })]);
		await trigger.deliver({ body });
		expect(trigger.executions).toHaveLength(3);
	});

	it('runs each time while listening for a test event', async () => {
		trigger = await startTrigger(manualDraft({}, { isTest: true }));
		const body = event();
		await trigger.deliver({ body });
		await trigger.deliver({ body });
		expect(trigger.executions).toHaveLength(2);
	});

	it('of a forged delivery leaves no trace', async () => {
		const body = event();
		expect((await trigger.deliver({ body, secret: 'forged' })).status).toBe(401);
		expect((await trigger.deliver({ body })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
	});

	it('that was filtered out is filtered out again', async () => {
		const body = makeEvent('kustomer.tag.update');
		await trigger.deliver({ body });
		expect((await trigger.deliver({ body })).body).toContain('not among the chosen events');
	});
});

describe('with "When the Workflow Has Finished"', () => {
	it('n8n answers when the workflow has ended', async () => {
		const trigger = await triggerWith({ acknowledge: 'finished' });
		expect(responseModeOf(trigger)).toEqual({ resolved: true, value: 'lastNode' });
	});

	it('an event that keeps failing is answered 5xx three times, then 200 with a line in the log', async () => {
		const trigger = await triggerWith({ acknowledge: 'finished' });
		trigger.run = fails;
		const body = event();
		const answers = [];
		for (let attempt = 0; attempt < 5; attempt++) answers.push(await trigger.deliver({ body }));
		expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 200, 200]);
		expect(answers[4].body).toContain('did not succeed');
		expect(trigger.executions).toHaveLength(3);
		expect(trigger.log('warn')).toEqual([expect.stringContaining('did not succeed in 3 tries')]);
	});

	it('an event that fails does not hold up another', async () => {
		const trigger = await triggerWith({ acknowledge: 'finished' });
		trigger.run = fails;
		const body = event();
		for (let attempt = 0; attempt < 3; attempt++) await trigger.deliver({ body });
		trigger.run = () => {};
		expect((await trigger.deliver({ body: event() })).status).toBe(200);
		expect(trigger.executions).toHaveLength(4);
	});

	it('an event that fails twice and then succeeds is a duplicate afterwards', async () => {
		const trigger = await triggerWith({ acknowledge: 'finished' });
		const body = event();
		trigger.run = fails;
		await trigger.deliver({ body });
		await trigger.deliver({ body });
		trigger.run = () => {};
		expect((await trigger.deliver({ body })).status).toBe(200);
		expect((await trigger.deliver({ body })).body).toContain('duplicate');
		expect(trigger.executions).toHaveLength(3);
	});

	it('an event is given up too where Skip Duplicates is off', async () => {
		const trigger = await triggerWith({ acknowledge: 'finished', skipDuplicates: 'off' });
		trigger.run = fails;
		const body = event();
		const statuses = [];
		for (let attempt = 0; attempt < 4; attempt++) {
			statuses.push((await trigger.deliver({ body })).status);
		}
		expect(statuses).toEqual([500, 500, 500, 200]);
	});
});

describe('with "When Received", an event whose execution cannot be started', () => {
	it('is never given up, for n8n itself is what fails', async () => {
		const trigger = await triggerWith({});
		expect(responseModeOf(trigger)).toEqual({ resolved: true, value: 'onReceived' });
		trigger.run = fails;
		const body = event();
		for (let attempt = 0; attempt < 5; attempt++) {
			expect((await trigger.deliver({ body })).status).toBe(500);
		}
		expect(trigger.log('warn')).toEqual([]);
	});
});

describe("n8n's own store of seen events", () => {
	const store = new FakeStore();

	beforeAll(async () => {
		const { DataDeduplicationService } = await import('n8n-core');
		await DataDeduplicationService.init(store);
	});
	beforeEach(() => store.clear());

	const itemsOf = async (trigger: TestTrigger, ...bodies: unknown[]) => {
		const first = trigger.executions.length;
		for (const body of bodies) await trigger.deliver({ body });
		return trigger.executions.slice(first).flat();
	};

	it('drops an event that a process before this one has had', async () => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const items = await itemsOf(trigger, event(), event());
		expect(await trigger.execute(items)).toEqual([items]);
		expect(await trigger.execute(items)).toEqual([[]]);
		expect(store.options).toEqual([
			{ mode: 'entries', maxEntries: 10_000 },
			{ mode: 'entries', maxEntries: 10_000 },
		]);
	});

	it('lets a repeat within one batch pass once', async () => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const [item] = await itemsOf(trigger, event());
		expect(await trigger.execute([item, item])).toEqual([[item]]);
	});

	it('knows an event by the same id, simplified or not', async () => {
		const body = event();
		const simplified = await triggerWith({ skipDuplicates: 'database' });
		await simplified.execute(await itemsOf(simplified, body));
		const whole = await triggerWith({ skipDuplicates: 'database' }, { simplify: false });
		expect(await whole.execute(await itemsOf(whole, body))).toEqual([[]]);
	});

	it('knows with Fetch Missed Events, whatever Skip Duplicates says, an event by any of its keys', async () => {
		const options = { catchUp: 'together', skipDuplicates: 'off' };
		const trigger = await startTrigger({ parameters: { events: [CHOSEN], options } });
		const item = (id: string, ...own: string[]) => ({
			json: { event: CHOSEN, eventId: id },
			keys: { own: [id, ...own], covered: [`${id} later`] },
		});
		const passed = async (...items: Array<ReturnType<typeof item>>) =>
			(await trigger.execute(items)).flat().map(({ json }) => json.eventId);
		expect(await passed(item('a', 'record:1'), item('b', 'record:1'))).toEqual(['a']);
		expect(await passed(item('c', 'record:1'), item('a'), item('d', 'record:2'))).toEqual(['d']);
		expect(await passed(item('e', 'a later'))).toEqual([]);
		expect(await passed(item('f'))).toEqual(['f']);
		// Its creation is known, but not its change.
		const changed = { ...item('a'), keys: { own: ['a'], covered: ['a:2'] } };
		const instead = { event: CHOSEN, eventId: 'a:2' };
		expect(await passed({ ...changed, instead } as typeof changed)).toEqual(['a:2']);
		expect(await passed({ ...changed, instead } as typeof changed)).toEqual([]);
	});

	it('knows an event without an id by its content', async () => {
		const { id: _, ...body } = event();
		const trigger = await triggerWith({ skipDuplicates: 'database' }, { simplify: false });
		const items = await itemsOf(trigger, body);
		expect(await trigger.execute(items)).toEqual([items]);
		expect(await trigger.execute(items)).toEqual([[]]);
	});

	it.each([
		['before it records, which two first records at once can cause', 'failures'],
		['after it has recorded, as when the connection breaks', 'lostAnswers'],
	] as const)('is tried once more, and lets the event pass, when it throws %s', async (_, what) => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const items = await itemsOf(trigger, event());
		store[what] = 1;
		expect(await trigger.execute(items)).toEqual([items]);
		expect(await trigger.execute(items)).toEqual([[]]);
	});

	it('drops a repeat on its second try, when it surely did not record it on the first', async () => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const items = await itemsOf(trigger, event());
		await trigger.execute(items);
		store.failures = 1;
		expect(await trigger.execute(items)).toEqual([[]]);
	});

	it('that throws twice lets the events pass, with a warning', async () => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const items = await itemsOf(trigger, event());
		store.failures = 2;
		expect(await trigger.execute(items)).toEqual([items]);
		expect(trigger.log('warn').at(-1)).toContain('The events pass unchecked');
		expect(trigger.log('warn').join()).not.toContain('UNIQUE constraint');
	});

	it.each(['process', 'off'])('is left alone with "%s"', async (skipDuplicates) => {
		const trigger = await triggerWith({ skipDuplicates });
		const items = await itemsOf(trigger, event());
		expect(await trigger.execute(items)).toEqual([items]);
		expect(await trigger.execute(items)).toEqual([items]);
		expect(store.options).toEqual([]);
	});

	it('does not drop the events of an execution that a person runs again', async () => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const items = await itemsOf(trigger, event());
		await trigger.execute(items);
		expect(await trigger.execute(items, 'retry')).toEqual([items]);
	});

	it('is left alone while listening for a test event', async () => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const items = await itemsOf(trigger, event());
		await trigger.execute(items, 'manual');
		expect(store.options).toEqual([]);
	});

	it('does not replace the memory of the process, which is first', async () => {
		const trigger = await triggerWith({ skipDuplicates: 'database' });
		const body = event();
		await trigger.deliver({ body });
		expect((await trigger.deliver({ body })).body).toContain('duplicate');
		expect(trigger.executions).toHaveLength(1);
	});
});

describe('Split Outputs', () => {
	const TAG = 'kustomer.tag.create';
	const split = async (parameters: INodeParameters) => {
		const trigger = await startTrigger(manualDraft({ splitOutputs: true, ...parameters }));
		for (const name of [TAG, CHOSEN] as const) await trigger.deliver({ body: makeEvent(name) });
		const outputs = await trigger.execute(trigger.executions.flat());
		return outputs.map((items) => items.map(({ json }) => json.event ?? json.name));
	};

	it('sends each event by its own output, in the order chosen', async () => {
		expect(await split({ events: [CHOSEN, TAG] })).toEqual([[CHOSEN], [TAG]]);
		expect(await split({ events: [TAG, CHOSEN] })).toEqual([[TAG], [CHOSEN]]);
	});

	it('does so with whole events too', async () => {
		expect(await split({ events: [CHOSEN, TAG], simplify: false })).toEqual([[CHOSEN], [TAG]]);
	});

	it('puts additional events last', async () => {
		expect(await split({ events: [TAG], options: { additionalEvents: [CHOSEN] } })).toEqual([
			[TAG],
			[CHOSEN],
		]);
	});

	it('has twelve outputs and one for others with all events', async () => {
		const outputs = await split({ events: ['*'] });
		expect(outputs).toHaveLength(13);
		expect(outputs[3]).toEqual([CHOSEN]);
		expect(outputs[10]).toEqual([TAG]);
		expect(outputs[12]).toEqual([]);
	});

	it('sends an event that Kustomer has added since by the output "Other"', async () => {
		const trigger = await startTrigger(manualDraft({ splitOutputs: true, events: ['*'] }));
		await trigger.deliver({ body: { ...event(), name: 'kustomer.note.create' } });
		const outputs = await trigger.execute(trigger.executions.flat());
		expect(outputs[12]).toHaveLength(1);
	});

	it('reads parameters that are expressions, though there is no item to read them for', async () => {
		const trigger = await startTrigger(
			manualDraft({ splitOutputs: true, events: [TAG, CHOSEN], simplify: '={{ true }}' }),
		);
		await trigger.deliver({ body: event() });
		const outputs = await trigger.execute(trigger.executions.flat());
		expect(outputs.map((items) => items.length)).toEqual([0, 1]);
	});
});

describe('a batch', () => {
	const WINDOW = 1_999;
	/** Who is not first waits for the first, for eight seconds. */
	const FOLLOWER = 8_000;

	type Timers = ReturnType<typeof heldTimers>;
	let timers: Timers;
	beforeEach(() => (timers = heldTimers(WINDOW, FOLLOWER)));

	const batched = async (options: INodeParameters = {}) =>
		await triggerWith({ batchWindow: WINDOW, ...options });

	const begin = (trigger: TestTrigger, bodies: unknown[]) =>
		bodies.map(async (body) => await trigger.deliver({ body }));

	const events = (count: number) => Array.from({ length: count }, event);

	/** Lets the window end once so many deliveries wait. */
	const endWindow = async (waiting: number) => {
		await until(() => timers.count() === waiting, `${waiting} deliveries to wait`);
		timers.fire(WINDOW);
	};

	const statusesOf = async (answers: Array<Promise<Answer>>) =>
		(await Promise.all(answers)).map(({ status }) => status);

	it('gathers the events within the window into one execution, and answers each 200', async () => {
		const trigger = await batched();
		const answers = begin(trigger, events(5));
		await endWindow(5);
		expect(await statusesOf(answers)).toEqual([200, 200, 200, 200, 200]);
		expect(trigger.executions).toHaveLength(1);
		expect(trigger.executions[0]).toHaveLength(5);
	});

	it('answers nobody before n8n has taken the execution', async () => {
		const trigger = await batched();
		const ends = heldRun(trigger);
		let answered = 0;
		const answers = begin(trigger, events(3)).map(async (answer) => {
			await answer;
			answered++;
		});
		await endWindow(3);
		await until(() => ends.length === 1, 'the batch to run');
		expect(answered).toBe(0);
		ends[0].succeed();
		await Promise.all(answers);
	});

	it('starts at once when it holds as many as Batch Size says', async () => {
		const trigger = await batched({ batchSize: 4 });
		expect(await statusesOf(begin(trigger, events(4)))).toEqual([200, 200, 200, 200]);
		expect(trigger.executions).toHaveLength(1);
		expect(trigger.executions[0]).toHaveLength(4);
	});

	it('begins anew when one is full', async () => {
		const trigger = await batched({ batchSize: 2 });
		const answers = begin(trigger, events(5));
		await endWindow(5);
		await Promise.all(answers);
		expect(trigger.executions.map((items) => items.length)).toEqual([2, 2, 1]);
	});

	it('answers every follower 503 when its execution cannot be started, and runs them again', async () => {
		const trigger = await batched({ batchSize: 3 });
		trigger.run = fails;
		const bodies = events(3);
		expect((await statusesOf(begin(trigger, bodies))).sort()).toEqual([500, 503, 503]);
		trigger.run = () => {};
		expect(await statusesOf(begin(trigger, bodies))).toEqual([200, 200, 200]);
		expect(trigger.executions.slice(1).flat()).toHaveLength(3);
	});

	it('answers a follower 503 when n8n takes longer than eight seconds, and counts it all the same', async () => {
		const trigger = await batched({ batchSize: 2 });
		const ends = heldRun(trigger);
		const bodies = events(2);
		const answers = begin(trigger, bodies);
		await until(() => ends.length === 1 && timers.count() === 2, 'the batch to run');
		timers.fire(FOLLOWER);
		expect((await Promise.race(answers)).status).toBe(503);
		ends[0].succeed();
		expect((await statusesOf(answers)).sort()).toEqual([200, 503]);
		const repeats = await Promise.all(begin(trigger, bodies));
		expect(repeats.map(({ body }) => body.includes('duplicate'))).toEqual([true, true]);
		expect(trigger.executions).toHaveLength(1);
	});

	it('does not take a repeat in', async () => {
		const trigger = await batched();
		const body = event();
		const answers = begin(trigger, [body, body, event()]);
		await endWindow(3);
		expect(await statusesOf(answers)).toEqual([200, 200, 200]);
		expect(trigger.executions.flat()).toHaveLength(2);
	});

	it('does not take a forged delivery in, nor one that is not chosen', async () => {
		const trigger = await batched();
		const answers = begin(trigger, events(1));
		await until(() => timers.count() === 1, 'the first to wait');
		expect((await trigger.deliver({ body: event(), secret: 'forged' })).status).toBe(401);
		expect((await trigger.deliver({ body: makeEvent('kustomer.tag.update') })).status).toBe(200);
		await endWindow(1);
		expect(await statusesOf(answers)).toEqual([200]);
		expect(trigger.executions.flat()).toHaveLength(1);
	});

	it.each(['received', 'finished'])(
		'is not joined again by events whose batch failed, so that one broken event stops no other (%s)',
		async (acknowledge) => {
			const trigger = await batched({ batchSize: 2, acknowledge });
			const [broken, sound] = events(2);
			trigger.run = (items) => {
				if (items.some(({ json }) => json.eventId === broken.id)) return fails();
			};
			expect((await statusesOf(begin(trigger, [broken, sound]))).sort()).toEqual([500, 503]);
			expect(await statusesOf(begin(trigger, [broken, sound]))).toEqual([500, 200]);
			expect(trigger.executions.map((items) => items.length)).toEqual([2, 1, 1]);
		},
	);

	it('is not waited for while listening for a test event', async () => {
		const options = { batchWindow: WINDOW };
		const trigger = await startTrigger(manualDraft({ options }, { isTest: true }));
		expect(await statusesOf(begin(trigger, events(1)))).toEqual([200]);
		expect(timers.count()).toBe(0);
	});
});

describe('an event that was taken when something unexpected happened', () => {
	it.each([
		[
			'while it was compared with what was seen of its record',
			() => jest.spyOn(Versions.prototype, 'claim').mockImplementation(fails),
		],
		[
			'while its batch was made up',
			() => jest.spyOn(Collector.prototype, 'join').mockImplementation(fails),
		],
	])('is not a duplicate when it is sent again: %s', async (_, spoil) => {
		const trigger = await triggerWith({
			skipOutdated: true,
			batchWindow: 1,
			acknowledge: 'finished',
		});
		spoil();
		const body = event();
		expect((await trigger.deliver({ body })).status).toBe(503);
		jest.restoreAllMocks();
		expect((await trigger.deliver({ body })).status).toBe(200);
		expect(trigger.executions).toHaveLength(1);
		expect((await trigger.deliver({ body })).body).toContain('duplicate');
	});
});

describe('an event of long ago', () => {
	it('whose first delivery was never answered does not block its retry for more than an hour', async () => {
		const trigger = await triggerWith({});
		const ends = heldRun(trigger);
		const body = event();
		const first = trigger.deliver({ body });
		await until(() => ends.length === 1, 'the first to run');
		aheadBy(61 * 60_000);
		trigger.run = () => {};
		expect((await trigger.deliver({ body, secret: SECRET })).status).toBe(200);
		expect(trigger.executions).toHaveLength(2);
		ends[0].succeed();
		await first;
	});
});

describe('two updates of a record at the same time, with Skip Outdated Updates', () => {
	const recordId = '66b0c1a05a4d0bca7f1eaaaa';
	const update = (rev: number) => ({ body: makeEvent(CHOSEN, { recordId, rev }) });

	/** The newer one is being answered, and the older one waits for that. */
	async function bothUnderWay(options: INodeParameters = {}) {
		const timers = heldTimers(8_000);
		const trigger = await triggerWith({ skipOutdated: true, ...options });
		const ends = heldRun(trigger);
		const newer = trigger.deliver(update(8));
		await until(() => ends.length === 1, 'the newer one to run');
		const older = trigger.deliver(update(7));
		await until(() => timers.count() === 1, 'the older one to wait');
		return { trigger, timers, end: ends[0], newer, older };
	}

	it.each(['process', 'off'])(
		'drop the older one when the newer one succeeds (Skip Duplicates: %s)',
		async (skipDuplicates) => {
			const { trigger, end, older } = await bothUnderWay({ skipDuplicates });
			end.succeed();
			expect(await older).toMatchObject({ status: 200 });
			expect((await older).body).toContain('newer state');
			expect(trigger.executions).toHaveLength(1);
			expect(trigger.log('warn')).toEqual([expect.stringContaining('filtered out')]);
		},
	);

	it('have the older one sent again when the newer one came to nothing', async () => {
		const { trigger, end, newer, older } = await bothUnderWay();
		end.fail();
		expect((await newer).status).toBe(500);
		expect((await older).status).toBe(503);
		trigger.run = () => {};
		expect((await trigger.deliver(update(7))).status).toBe(200);
		expect(trigger.executions).toHaveLength(2);
	});

	it('have the older one sent again when the newer one takes longer than eight seconds', async () => {
		const { trigger, timers, end, newer, older } = await bothUnderWay();
		timers.fire(8_000);
		expect((await older).status).toBe(503);
		expect((await older).body).toContain('newer state of its record');
		end.succeed();
		await newer;
		expect((await trigger.deliver(update(7))).body).toContain('newer state');
		expect(trigger.executions).toHaveLength(1);
	});

	it('start both when it is off', async () => {
		const trigger = await triggerWith({});
		const ends = heldRun(trigger);
		const answers = [trigger.deliver(update(8)), trigger.deliver(update(7))];
		await until(() => ends.length === 2, 'both to run');
		for (const end of ends) end.succeed();
		for (const answer of answers) expect((await answer).status).toBe(200);
	});
});
