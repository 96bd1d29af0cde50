import type { IRun, ITriggerFunctions } from 'n8n-workflow';
import { handOver } from '../../../../nodes/Kustomer/trigger/catchUp/handOver';
import { Pending } from '../../../../nodes/Kustomer/trigger/memory/pending';
import { heldTimers } from '../../../support/triggerContexts.cts';
import { until } from '../../../support/until.cts';

type Done = Parameters<ITriggerFunctions['emit']>[2];

const ITEMS = [{ json: { id: 1 } }];

/** A context of a look, and the executions that it starts. */
function look() {
	const stop = new AbortController();
	const emitted: Done[] = [];
	const context = {
		emit: (_data: unknown, _response: unknown, done: Done) => void emitted.push(done),
		getExecutionCancelSignal: () => stop.signal,
		getNode: () => ({ name: 'Kustomer Trigger' }),
		helpers: {
			createDeferredPromise: () => {
				const ended = new Pending<Promise<void>>();
				return {
					promise: ended.promise.then(async (outcome) => await outcome),
					resolve: () => ended.settle(Promise.resolve()),
					reject: (error: Error) => ended.settle(Promise.reject(error)),
				};
			},
		},
	};
	return { context: context as unknown as ITriggerFunctions, emitted, stop };
}

afterEach(() => jest.restoreAllMocks());

it('waits for the end of the execution', async () => {
	const { context, emitted } = look();
	let isOver = false;
	const handing = handOver(context, ITEMS).then(() => (isOver = true));
	await until(() => emitted.length === 1, 'the execution');
	expect(isOver).toBe(false);
	emitted[0]?.resolve({} as IRun);
	await handing;
	expect(emitted).toHaveLength(1);
});

it('waits no longer than a minute', async () => {
	const timers = heldTimers(1_000, 59_000);
	const { context, emitted } = look();
	const handing = handOver(context, ITEMS);
	await until(() => timers.count() === 1, 'the first second');
	timers.fire(1_000);
	await until(() => timers.count() === 2, 'the rest of the minute');
	timers.fire(59_000);
	await handing;
	expect(emitted).toHaveLength(1);
});

it('starts it without waiting where n8n refuses who waits', async () => {
	const { context, emitted } = look();
	const handing = handOver(context, ITEMS);
	emitted[0]?.reject(new Error('Engine 2.0 cannot run a trigger that waits'));
	await handing;
	expect(emitted).toEqual([expect.anything(), undefined]);
});

it('starts nothing once the workflow is unpublished', async () => {
	const { context, emitted, stop } = look();
	stop.abort();
	await expect(handOver(context, ITEMS)).rejects.toThrow('stopped');
	expect(emitted).toEqual([]);
});

it('waits no longer when the workflow is unpublished meanwhile', async () => {
	const { context, stop } = look();
	const handing = handOver(context, ITEMS);
	stop.abort();
	await expect(handing).rejects.toThrow('stopped');
});
