import { Limit } from '../../../nodes/Kustomer/api/limits';
import type { LocalKustomer, RateLimit } from '../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../support/actionWorld.cts';
import { executeContext, itemOf, runNode } from '../../support/executeContext.cts';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';

const NOW = 1_790_000_000_000;
const headers = (remaining: number, more: object = {}) => ({
	'x-ratelimit-limit': '1000',
	'x-ratelimit-remaining': String(remaining),
	...more,
});

describe('a limit', () => {
	it('lets everybody through while nothing is known of it, and while much remains', () => {
		const limit = new Limit();
		expect(limit.enter(NOW)).toBe(0);
		limit.told(headers(500), NOW);
		expect(limit.enter(NOW + 1)).toBe(0);
	});

	it('leaves a tenth to others, and counts what is under way', () => {
		const limit = new Limit();
		limit.told(headers(102), NOW);
		expect([limit.enter(NOW), limit.enter(NOW)]).toEqual([0, 0]);
		expect(limit.enter(NOW)).toBeGreaterThan(0);
		limit.leave();
		expect(limit.enter(NOW)).toBe(0);
	});

	it('waits until the time that Kustomer names', () => {
		const limit = new Limit();
		limit.told(headers(50, { 'x-ratelimit-reset': String(NOW / 1000 + 7) }), NOW);
		expect(limit.enter(NOW)).toBe(7_000);
		expect(limit.enter(NOW + 7_001)).toBe(0);
	});

	it('looks now and then where Kustomer names none', () => {
		const limit = new Limit();
		limit.told(headers(900), NOW - 10_000);
		limit.told(headers(50), NOW);
		expect(limit.enter(NOW)).toBe(0);
		limit.leave();
		expect(limit.enter(NOW + 1)).toBeCloseTo(1_000, -2);
		expect(limit.enter(NOW + 1_200)).toBe(0);
	});

	it('goes on when more remains than before', () => {
		const limit = new Limit();
		limit.told(headers(50), NOW);
		limit.told(headers(999), NOW + 1);
		expect(limit.enter(NOW + 2)).toBe(0);
		expect(limit.enter(NOW + 2)).toBe(0);
	});

	it('is not fooled by a reply that comes late', () => {
		const limit = new Limit();
		limit.enter(NOW);
		limit.told(headers(100), NOW);
		limit.told(headers(101), NOW);
		expect(limit.enter(NOW)).toBeGreaterThan(0);
	});

	it('forgets what it knows after a minute', () => {
		const limit = new Limit();
		limit.told(headers(0), NOW);
		limit.enter(NOW + 1);
		expect(limit.enter(NOW + 61_000)).toBe(0);
	});

	it('makes all wait when one was refused', () => {
		const limit = new Limit();
		limit.refused(NOW + 3_000);
		expect(limit.enter(NOW)).toBe(3_000);
		expect(limit.enter(NOW + 3_000)).toBe(0);
	});
});

describe('runs that share a limit', () => {
	let kustomer: LocalKustomer;
	const started = async (rateLimit: Partial<RateLimit>) =>
		(kustomer = await startedKustomer({ rateLimit: { windowMs: 1_500, ...rateLimit } }));
	afterEach(async () => await kustomer.close());

	const updates = (count: number, more: object = {}) =>
		apiRun(
			kustomer,
			{
				resource: 'conversation',
				operation: 'update',
				conversation: chosen('id', kustomer.records('conversation')[0].id),
				specifyAttributes: 'json',
				attributesJson: '{"priority":3}',
				options: { batchSize: 20, names: false },
			},
			{ items: Array.from({ length: count }, () => itemOf({})), ...more },
		);

	/** How many requests came in each second, from the first one on. */
	function perWindow(times: number[]): number[] {
		const counts: number[] = [];
		let end = 0;
		for (const at of times) {
			if (at >= end) {
				end = at + 1_000;
				counts.push(0);
			}
			counts[counts.length - 1]++;
		}
		return counts;
	}

	it.each(['always', 'resetWhenExceeded'] as const)(
		'use most of it, leave a tenth, and are hardly refused: %s',
		async (headersWhen) => {
			await started({ requestsPerMinute: 100, windowMs: 1_000, headers: headersWhen });
			const [one, other] = await Promise.all([runNode(updates(120)), runNode(updates(120))]);
			expect(one.items.length + other.items.length).toBe(240);
			const requests = kustomer.requests();
			const refused = requests.filter(({ status }) => status === 429);
			expect(refused.length).toBeLessThanOrEqual(requests.length * 0.01);
			expect(kustomer.requestsTo('PATCH', '/v1/conversations/:id')).toHaveLength(240);
			// How much of it is used depends on the machine; the bench measures it.
			const counts = perWindow(requests.map(({ receivedAt }) => Date.parse(receivedAt)));
			expect(Math.max(...counts)).toBeLessThanOrEqual(99);
		},
		30_000,
	);

	it('tell it in the log once, and end at once when stopped', async () => {
		await started({ requestsPerMinute: 40, windowMs: 60_000 });
		const stop = new AbortController();
		const { context } = await executeContext(updates(100, { signal: stop.signal }));
		const info = jest.spyOn(context.logger, 'info').mockReturnValue();
		const running = new Kustomer().execute.call(context);
		setTimeout(() => stop.abort(), 1_000);
		await expect(running).rejects.toThrow(/execution was stopped/);
		expect(info.mock.calls).toEqual([[expect.stringMatching(/This run waits/)]]);
		info.mockRestore();
	});

	it('do not wait for the limit of a single customer', async () => {
		await started({ requestsPerMinute: 100_000, createsPerCustomerPerMinute: 2, windowMs: 60_000 });
		const [full, free] = kustomer.records('customer').map(({ id }) => id);
		const create = (customer: string, count: number) =>
			apiRun(
				kustomer,
				{
					resource: 'conversation',
					operation: 'create',
					customer: chosen('id', customer),
					specifyAttributes: 'json',
					attributesJson: '{"name":"x"}',
				},
				{ items: Array.from({ length: count }, () => itemOf({})) },
			);
		const stop = new AbortController();
		const refused = runNode({ ...create(full, 3), signal: stop.signal }).catch(() => 'stopped');
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect((await runNode(create(free, 2))).items).toHaveLength(2);
		stop.abort();
		expect(await refused).toBe('stopped');
	});
});
