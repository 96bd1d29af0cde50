import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { errorOfItem, Failure } from '../../../nodes/Kustomer/actions/itemErrors';
import type { Operation } from '../../../nodes/Kustomer/actions/operation';
import { runOperation } from '../../../nodes/Kustomer/actions/run';
import { chosenOperation } from '../../../nodes/Kustomer/actions/table';
import { executeContext, itemOf, type NodeRun } from '../../support/executeContext.cts';

const CONTINUE = { onError: 'continueRegularOutput' } as const;
const items = (count: number) => Array.from({ length: count }, (_, i) => itemOf({ i }));

/** Runs a made-up operation in n8n's own context. */
async function ran(
	operation: Partial<Operation> & Pick<Operation, 'perItem'>,
	run: Partial<NodeRun> = {},
) {
	const { context } = await executeContext({ parameters: {}, items: items(3), ...run });
	const whole = { name: '', value: '', action: '', description: '', properties: [], ...operation };
	return { output: await runOperation(context, () => whole), hints: context.hints };
}

describe('the items of a run', () => {
	it('come out in order, each paired with the one it came from, be it one, many or none', async () => {
		const counts = [2, 0, 1];
		const { output } = await ran({
			perItem: async ({ index }) => Array.from({ length: counts[index] }, (_, n) => ({ index, n })),
		});
		expect(output).toEqual([
			{ json: { index: 0, n: 0 }, pairedItem: { item: 0 } },
			{ json: { index: 0, n: 1 }, pairedItem: { item: 0 } },
			{ json: { index: 2, n: 0 }, pairedItem: { item: 2 } },
		]);
	});

	it('are one after the other unless the operation says otherwise', async () => {
		let [open, most] = [0, 0];
		const perItem: Operation['perItem'] = async () => {
			most = Math.max(most, ++open);
			await new Promise(setImmediate);
			open--;
			return {};
		};
		await ran({ perItem });
		expect(most).toBe(1);
		await ran({ perItem, batches: () => ({ size: 2, intervalMs: 0 }) });
		expect(most).toBe(2);
	});

	it('are only the first one where the outcome is the same for all', async () => {
		const { output } = await ran({ isOnce: true, perItem: async ({ json }) => ({ ...json }) });
		expect(output).toEqual([{ json: { i: 0 }, pairedItem: { item: 0 } }]);
	});
});

describe('an item that does not succeed', () => {
	const perItem: Operation['perItem'] = async ({ index }) => {
		if (index === 1) throw new Error('words');
		return { index };
	};

	it('ends the run, and the error names it', async () => {
		const seen: number[] = [];
		const running = ran({
			perItem: async (item) => {
				seen.push(item.index);
				return await perItem(item);
			},
		});
		await expect(running).rejects.toMatchObject({ message: 'words', context: { itemIndex: 1 } });
		expect(seen).toEqual([0, 1]);
	});

	it('becomes an error in its place with "continue on fail"', async () => {
		const { output } = await ran({ perItem }, CONTINUE);
		expect(output).toEqual([
			{ json: { index: 0 }, pairedItem: { item: 0 } },
			{ json: { error: 'words' }, pairedItem: { item: 1 } },
			{ json: { index: 2 }, pairedItem: { item: 2 } },
		]);
	});
});

describe('one of several outcomes of an item that failed', () => {
	const perItem: Operation['perItem'] = async () => [
		{ id: 'a' },
		new Failure(new Error('b failed')),
		{ id: 'c' },
	];

	it('becomes an error of its own with "continue on fail", and the others stay', async () => {
		const { output } = await ran({ perItem }, { items: items(1), ...CONTINUE });
		expect(output).toEqual([
			{ json: { id: 'a' }, pairedItem: { item: 0 } },
			{ json: { error: 'b failed' }, pairedItem: { item: 0 } },
			{ json: { id: 'c' }, pairedItem: { item: 0 } },
		]);
	});

	it('ends the run otherwise', async () =>
		await expect(ran({ perItem })).rejects.toMatchObject({
			message: 'b failed',
			context: { itemIndex: 0 },
		}));
});

describe('what fails before the first item', () => {
	const never: Operation['perItem'] = async () => await Promise.reject(new Error('It was begun'));
	const broken: Array<[string, Partial<Operation>, RegExp]> = [
		[
			'a credential that is missing',
			{ credential: 'kustomerApi' },
			/needs a Kustomer API credential/,
		],
		[
			'batches that an expression spoils',
			{
				batches: () => {
					throw new Error('bad batches');
				},
			},
			/bad batches/,
		],
	];

	it.each(broken)('ends the run: %s', async (_, operation, words) =>
		expect(ran({ ...operation, perItem: never })).rejects.toThrow(words),
	);

	it.each(broken)(
		'becomes the error of every item with "continue on fail", never the item itself: %s',
		async (_, operation, words) => {
			const { output } = await ran({ ...operation, isOnce: true, perItem: never }, CONTINUE);
			expect(output).toEqual(
				[0, 1, 2].map((item) => ({
					json: { error: expect.stringMatching(words) },
					pairedItem: { item },
				})),
			);
		},
	);
});

describe('hints', () => {
	it('come once above the output, after the last item', async () => {
		const { hints } = await ran({
			perItem: async ({ run, index }) => {
				run.hint('Look here.');
				run.once('end', () => run.hintAtEnd(() => `The last was ${index}.`));
				run.once('none', () => run.hintAtEnd(() => undefined));
				return {};
			},
		});
		expect(hints.map(({ message }) => message)).toEqual(['Look here.', 'The last was 0.']);
	});
});

describe('an execution that is stopped', () => {
	it('begins no further item, not even with "continue on fail"', async () => {
		const controller = new AbortController();
		const seen: number[] = [];
		const perItem: Operation['perItem'] = async ({ index }) => {
			seen.push(index);
			if (index === 1) controller.abort();
			return {};
		};
		const running = ran({ perItem }, { signal: controller.signal, ...CONTINUE });
		await expect(running).rejects.toThrow('The execution was stopped');
		expect(seen).toEqual([0, 1]);
	});
});

describe('an error of an item', () => {
	it('is n8n’s own where it is one, and names the item', async () => {
		const { context } = await executeContext({ parameters: {} });
		const told = new NodeOperationError(context.getNode(), 'words', { itemIndex: 7 });
		expect(errorOfItem(context, told, 3)).toBe(told);
		expect(told.context.itemIndex).toBe(7);
		const untold = new NodeApiError(context.getNode(), { message: 'words' });
		expect(errorOfItem(context, untold, 3)).toBe(untold);
		expect(untold.context.itemIndex).toBe(3);
	});

	it.each<[unknown, string]>([
		[new Error('words'), 'words'],
		['bare words', 'bare words'],
	])('made of %j says %j', async (thrown, message) => {
		const { context } = await executeContext({ parameters: {} });
		const error = errorOfItem(context, thrown, 3);
		expect(error).toMatchObject({ message, context: { itemIndex: 3 } });
	});
});

describe('an operation that does not exist', () => {
	it.each([
		{ resource: 'inboundHook', operation: 'none' },
		{ resource: 'none', operation: '' },
	])('is refused in words: %j', async ({ resource, operation }) => {
		const { context } = await executeContext({ parameters: { resource, operation } });
		expect(() => chosenOperation(context)).toThrow(
			`has no operation "${operation}" for the resource "${resource}"`,
		);
	});
});
