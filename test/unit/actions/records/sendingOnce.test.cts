import { createRunExecutionData, type IDataDeduplicator } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { itemOf, runNode, type NodeRun } from '../../../support/executeContext.cts';
import {
	answering,
	conversationNamed,
	delivered,
	draftsAsked,
	sentIn,
} from '../../../support/sentMessages.cts';

/** Stands for n8n's store of processed items, which lives as long as its database. */
class FakeStore implements IDataDeduplicator {
	readonly known = new Set<unknown>();

	isBroken = false;

	checkProcessedAndRecord: IDataDeduplicator['checkProcessedAndRecord'] = async (items) => {
		if (this.isBroken) throw new Error('UNIQUE constraint failed');
		const processed = items.filter((item) => this.known.has(item));
		const fresh = items.filter((item) => !this.known.has(item));
		for (const item of fresh) this.known.add(item);
		return await Promise.resolve({ new: fresh, processed });
	};

	removeProcessed: IDataDeduplicator['removeProcessed'] = async (items) => {
		for (const item of items) this.known.delete(item);
		return await Promise.resolve();
	};

	clearAllProcessedItems = async () => await Promise.resolve();

	getProcessedDataCount = async () => await Promise.resolve(0);
}

const store = new FakeStore();

let kustomer: LocalKustomer;

beforeAll(async () => {
	const { DataDeduplicationService } = await import('n8n-core');
	await DataDeduplicationService.init(store);
});
beforeEach(async () => {
	store.known.clear();
	store.isBroken = false;
	kustomer = await startedKustomer();
});
afterEach(async () => await kustomer.close());

const TEXT = 'Yes, with the glue that comes with it.';
const conversation = () => conversationNamed(kustomer, 'Broken spout').id;

const run = (more: Parameters<typeof answering>[2] & { body?: string } = {}): NodeRun => {
	const { body = TEXT, ...rest } = more;
	return answering(kustomer, { body }, rest);
};

async function outcomesOf(one: NodeRun) {
	const { items } = await runNode(one);
	return items.map(({ json }) => json);
}

/** How many messages of this text there are, once all that is due is sent. */
async function sentCount(text = TEXT): Promise<number> {
	await delivered(kustomer);
	return sentIn(kustomer, conversation(), text).length;
}

const cutAfter = { method: 'POST', path: /drafts/, times: 1, when: 'after', reset: true } as const;
const cutBefore = { ...cutAfter, when: 'before' } as const;
const notTaken = { method: 'POST', path: /drafts/, times: 1, status: 422, body: { errors: [] } };

describe('a step that n8n runs again in the same execution', () => {
	it('gives what it gave, without sending again, even if the text differs', async () => {
		const execution = createRunExecutionData();
		const first = await outcomesOf(run({ execution }));
		expect(await outcomesOf(run({ execution, body: 'Written again' }))).toEqual(first);
		expect(await sentCount()).toBe(1);
		expect(await sentCount('Written again')).toBe(0);
	});

	it('goes on where it stopped', async () => {
		const execution = createRunExecutionData();
		const items = [1, 2, 3].map((n) => itemOf({ n }));
		const three = { ...run({ execution, items }) };
		three.parameters.body = '=Answer {{ $json.n }}';
		const passes = { method: 'POST', path: /drafts/, times: 1 };
		kustomer.faults.push(passes, { ...notTaken });
		await expect(runNode(three)).rejects.toThrow('status 422');
		expect(await sentCount('Answer 1')).toBe(1);
		expect(await sentCount('Answer 2')).toBe(0);
		expect(await outcomesOf(three)).toMatchObject([1, 2, 3].map(() => ({ sent: true })));
		expect(await outcomesOf(three)).toHaveLength(3);
		for (const n of [1, 2, 3]) expect(await sentCount(`Answer ${n}`)).toBe(1);
	});

	it('keeps several messages for one conversation apart', async () => {
		const execution = createRunExecutionData();
		const items = [itemOf({}), itemOf({})];
		const first = await outcomesOf(run({ execution, items }));
		expect(new Set(first.map(({ id }) => id)).size).toBe(2);
		expect(await outcomesOf(run({ execution, items }))).toEqual(first);
		expect(await sentCount()).toBe(2);
	});
});

describe('a job that another worker runs again', () => {
	it('finds what was sent', async () => {
		await outcomesOf(run());
		await delivered(kustomer);
		const [message] = sentIn(kustomer, conversation(), TEXT);
		const { items, hints } = await runNode(run());
		expect(items[0].json).toMatchObject({ sent: true, id: message.id });
		expect(hints[0].message).toContain('does not go out twice');
		expect(await sentCount()).toBe(1);
	});

	it('finds what is still a draft', async () => {
		kustomer.switches.sendDelayMs = 60_000;
		const [{ id }] = await outcomesOf(run());
		expect(await outcomesOf(run())).toMatchObject([{ sent: true, id }]);
		expect(draftsAsked(kustomer)).toHaveLength(1);
	});

	it.each(['send', 'createDraft'] as const)(
		'never repeats %s when nothing is found',
		async (operation) => {
			kustomer.faults.push({ ...cutBefore });
			await expect(runNode(run({ operation }))).rejects.toThrow('may have carried it out');
			await expect(runNode(run({ operation }))).rejects.toThrow('It was not sent again');
			expect(await sentCount()).toBe(0);
			expect(draftsAsked(kustomer)).toHaveLength(1);
		},
	);

	it('does so when a person retries, who was told to look', async () => {
		const execution = createRunExecutionData();
		kustomer.faults.push({ ...cutBefore });
		await expect(runNode(run({ execution }))).rejects.toThrow('may have carried it out');
		await outcomesOf(run({ execution, mode: 'retry', executionId: '43' }));
		expect(await sentCount()).toBe(1);
	});

	it('that crashed, and that a person retries, sends nothing twice', async () => {
		const items = [itemOf({}), itemOf({})];
		await outcomesOf(run({ items: items.slice(1) }));
		await delivered(kustomer);
		await outcomesOf(run({ items, mode: 'retry', executionId: '43' }));
		expect(await sentCount()).toBe(2);
	});

	it('is told from another execution', async () => {
		await outcomesOf(run());
		await outcomesOf(run({ executionId: '43' }));
		expect(await sentCount()).toBe(2);
	});

	it('has nothing to look for when nothing was sent', async () => {
		kustomer.faults.push({ ...notTaken });
		await expect(runNode(run())).rejects.toThrow('status 422');
		kustomer.faults.push({ path: /drafts/, times: 1, status: 422, body: {} });
		await expect(runNode(run())).rejects.toThrow("read the customer's drafts");
		await outcomesOf(run());
		expect(await sentCount()).toBe(1);
	});
});

describe('where the store cannot be used', () => {
	beforeEach(() => (store.isBroken = true));

	it('the same message to the same conversation counts as sent', async () => {
		await outcomesOf(run());
		expect(await outcomesOf(run())).toMatchObject([{ sent: true }]);
		expect(await sentCount()).toBe(1);
	});

	it('two in one execution are two, also when it is run again', async () => {
		const items = [itemOf({}), itemOf({})];
		await outcomesOf(run({ items }));
		await delivered(kustomer);
		await outcomesOf(run({ items }));
		expect(await sentCount()).toBe(2);
	});

	it('it is not the same after the customer wrote again', async () => {
		await outcomesOf(run());
		await delivered(kustomer);
		kustomer.create('message', {
			conversation: conversation(),
			...{ channel: 'email', app: 'postmark', direction: 'in', preview: 'Thank you!' },
			meta: { from: 'solveig.aune@example.com', to: 'support@teapot-works.example' },
		});
		await outcomesOf(run());
		expect(await sentCount()).toBe(2);
	});

	it('what cannot be looked for is not sent, and may be tried again', async () => {
		const execution = createRunExecutionData();
		kustomer.faults.push({ path: /drafts/, times: 1, status: 422, body: {} });
		await expect(runNode(run({ execution }))).rejects.toThrow("read the customer's drafts");
		await outcomesOf(run({ execution }));
		expect(await sentCount()).toBe(1);
	});
});

describe('a request whose outcome is not known', () => {
	it.each([
		['cut off after it was carried out', cutAfter],
		['answered by half', { ...cutAfter, reset: undefined, half: true }],
		[
			'answered with 502 although it was carried out',
			{ ...cutAfter, reset: undefined, status: 502 },
		],
		['answered with a web page', { ...cutAfter, reset: undefined, status: 200, body: '<html>' }],
	])('is found when it was %s', async (_, fault) => {
		kustomer.faults.push({ ...fault });
		expect(await outcomesOf(run())).toMatchObject([{ sent: true, conversationId: conversation() }]);
		expect(await sentCount()).toBe(1);
		expect(draftsAsked(kustomer)).toHaveLength(1);
	});

	it.each([
		['cut off before', cutBefore],
		['answered with 503', { ...cutBefore, reset: undefined, status: 503 }],
	])('is not said to be sent when it was %s', async (_, fault) => {
		kustomer.faults.push({ ...fault });
		await expect(runNode(run())).rejects.toThrow('Kustomer may have carried it out');
		expect(await sentCount()).toBe(0);
		expect(draftsAsked(kustomer)).toHaveLength(1);
	});

	it('is not taken for an older message of the same text', async () => {
		await outcomesOf(run({ executionId: '41' }));
		expect(await sentCount()).toBe(1);
		kustomer.faults.push({ ...cutBefore });
		await expect(runNode(run())).rejects.toThrow('may have carried it out');
		expect(await sentCount()).toBe(1);
	});

	it('is found in a new conversation too', async () => {
		kustomer.faults.push({ ...cutAfter });
		const one = run();
		const email = 'solveig.aune@example.com';
		Object.assign(one.parameters, {
			...{ sendTo: 'newConversation', customer: chosen('email', email), channel: 'email' },
			...{ from: chosen('address', 'support@teapot-works.example'), to: email },
		});
		const [{ conversationId }] = await outcomesOf(one);
		await delivered(kustomer);
		expect(sentIn(kustomer, String(conversationId), TEXT)).toHaveLength(1);
	});

	it('leaves a draft where it can be found', async () => {
		kustomer.faults.push({ ...cutAfter });
		const [{ id }] = await outcomesOf(run({ operation: 'createDraft' }));
		expect(kustomer.records('draft').map((draft) => draft.id)).toEqual([id]);
	});
});

it('a limit is waited for, and then it is sent once', async () => {
	const limited = { status: 429, headers: { 'x-ratelimit-reset': '1' }, body: {} };
	kustomer.faults.push({ method: 'POST', path: /drafts/, times: 1, ...limited });
	expect(await outcomesOf(run())).toMatchObject([{ sent: true }]);
	expect(await sentCount()).toBe(1);
});

it('messages for one conversation go out in order, however many at a time', async () => {
	const one = run({ items: [1, 2, 3, 4].map((n) => itemOf({ n })) });
	Object.assign(one.parameters, { body: '=Part {{ $json.n }}', options: { batchSize: 10 } });
	await outcomesOf(one);
	expect(draftsAsked(kustomer).map(({ body }) => body)).toEqual(
		[1, 2, 3, 4].map((n) => `Part ${n}`),
	);
});

describe('as the tool of an agent', () => {
	const tool = { nodeType: 'n8n-nodes-kustomer.kustomerTool' };

	it('several messages in one run are several, the same one is one', async () => {
		const execution = createRunExecutionData();
		await outcomesOf(run({ ...tool, execution }));
		await outcomesOf(run({ ...tool, execution, body: 'And the lid?' }));
		await outcomesOf(run({ ...tool, execution }));
		expect([await sentCount(), await sentCount('And the lid?')]).toEqual([1, 1]);
	});
});
