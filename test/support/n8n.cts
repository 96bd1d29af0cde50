import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { startN8n, type N8n, type StartN8nOptions } from '../../sandbox/n8n/n8n.cts';

export { itemsOf, type Execution, type WorkflowDraft } from '../../sandbox/n8n/api.cts';
export { until } from '../../sandbox/n8n/deadline.cts';
export type { N8n } from '../../sandbox/n8n/n8n.cts';

/** The name under which the tests' n8n is known to Kustomer, which takes https addresses only. */
export const N8N_ORIGIN = 'https://n8n.example.test';

/** A test that waits for n8n to give up registering takes longest: five tries, 15 s of pauses. */
export const E2E_TIMEOUT_MS = 120_000;
const START_WITHIN_MS = 300_000;
const LOGS = resolve(__dirname, '..', '..', '.cache', 'e2e');

/**
 * One fresh n8n with this package for all tests of the calling file: started before the first, gone after the last.
 * Call it at the top of the file or of a `describe`, and the result inside tests:
 *
 *     const n8n = sharedN8n();
 *     it('publishes', async () => {
 *         const { id } = await n8n().api.createWorkflow(draft);
 *         expect(await n8n().api.publish(id)).toEqual({ status: 'published', errors: [] });
 *     });
 *
 * It also sets the file's time limit per test. n8n's log stays in `.cache/e2e/<file>.log`.
 */
export function sharedN8n(options: Omit<StartN8nOptions, 'userFolder' | 'log'> = {}): () => N8n {
	jest.setTimeout(E2E_TIMEOUT_MS);
	let n8n: N8n | undefined;
	let userFolder = '';

	beforeAll(async () => {
		userFolder = await mkdtemp(join(tmpdir(), 'n8n-e2e-'));
		const log = join(LOGS, `${basename(expect.getState().testPath ?? 'n8n')}.log`);
		await rm(log, { force: true });
		n8n = await startN8n({ webhookUrl: `${N8N_ORIGIN}/`, ...options, userFolder, log });
	}, START_WITHIN_MS);

	afterAll(async () => {
		await n8n?.stop();
		await rm(userFolder, { recursive: true, force: true, maxRetries: 3 });
	});

	return () => {
		if (n8n === undefined) throw new Error('n8n is there only inside tests and hooks');
		return n8n;
	};
}
