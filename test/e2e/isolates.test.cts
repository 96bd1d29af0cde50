import { makeEvent } from '../../sandbox/kustomer/server.cts';
import { recordOf } from '../../nodes/Kustomer/narrowing';
import { startWorld, type TriggerDraft, type World } from '../support/world.cts';

jest.setTimeout(600_000);

const EVENT = 'kustomer.conversation.update';
const DELIVERIES = 5;
const MODIFIED_BY = 'aaaaaaaaaaaaaaaaaaaaaaaa';

let world: World;

beforeAll(async () => {
	world = await startWorld({
		env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true', N8N_METRICS: 'true' },
	});
});

afterAll(async () => {
	await world?.end();
});

afterEach(async () => {
	for (const { id } of await world.n8n.api.listWorkflows()) await world.n8n.api.deleteWorkflow(id);
});

/** Each costs n8n 36 to 40 ms of CPU: several times what everything else about a delivery does. */
describe('isolates that n8n takes for expressions, with N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE', () => {
	it('are none for what a stranger signed', async () => {
		expect(await takenBy({}, { forged: true })).toEqual({ statuses: [401], isolates: 0 });
	});

	it.each<[string, Record<string, unknown>]>([
		['with the usual options', {}],
		['that would be confirmed when the workflow has finished', { acknowledge: 'finished' }],
		['that would be collected', { batchWindow: 100 }],
	])('are none for what is filtered out: %s', async (_, options) => {
		const filters = { ignoreUserIds: MODIFIED_BY, ignoreActivity: true };
		expect(await takenBy({ parameters: { filters, options } })).toEqual({
			statuses: [200],
			isolates: 0,
		});
	});

	it('are one each for what Changed Fields or Conditions filter out, whose fields come from a list', async () => {
		// n8n gives a parameter that is a resource locator to its expression engine, whatever it holds.
		const filters = { changedFields: { field: [{ name: 'priority' }] } };
		expect(await takenBy({ parameters: { filters } })).toEqual({
			statuses: [200],
			isolates: DELIVERIES,
		});
	});

	it('are none for the delivery of an event that is accepted', async () => {
		const { isolates } = await takenBy({});
		// The execution may take one, as after any trigger.
		expect(isolates).toBeLessThanOrEqual(DELIVERIES);
	});
});

/** Publishes, lets the first delivery fill n8n's memory, and counts for the ones after it. */
async function takenBy(draft: TriggerDraft, options: { forged?: boolean } = {}) {
	// A look at the webhook takes one, too.
	const unwatched = { keepWebhookOn: false, ...recordOf(draft.parameters?.options) };
	await world.publishTrigger({ ...draft, parameters: { ...draft.parameters, options: unwatched } });
	await deliver(options);
	const before = await isolatesTaken();
	const statuses = new Set<number | null>();
	for (let sent = 0; sent < DELIVERIES; sent++) statuses.add(await deliver(options));
	return { statuses: [...statuses], isolates: (await isolatesTaken()) - before };
}

async function deliver(options: { forged?: boolean }): Promise<number | null> {
	const envelope = makeEvent(EVENT, {
		modifiedBy: MODIFIED_BY,
		changed: { status: { from: 'open', to: 'done' } },
	});
	const [delivery] = await world.kustomer.send(envelope, options);
	return delivery?.status ?? null;
}

async function isolatesTaken(): Promise<number> {
	const metrics = await (await fetch(`${world.n8n.url}/metrics`)).text();
	const [, count] = /^n8n_expression_pool_acquired_total (\d+)$/m.exec(metrics) ?? [];
	if (count === undefined) throw new Error('n8n does not say how many isolates it took');
	return Number(count);
}
