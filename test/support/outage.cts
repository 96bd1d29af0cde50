import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import fastify from 'fastify';
import type { ApiRequest, Envelope, LocalKustomer } from '../../sandbox/kustomer/server.cts';
import type { NodeDraft, SavedWorkflow } from '../../sandbox/n8n/api.cts';
import { until } from '../../sandbox/n8n/deadline.cts';
import { TRIGGER, workflowOf, type World } from './world.cts';

/** n8n is away while things happen at Kustomer, and gets to know them afterwards. */

/** What there are missed events of. */
const EVENTS = ['customer', 'conversation', 'message'].flatMap((one) => [
	`kustomer.${one}.create`,
	`kustomer.${one}.update`,
]);

/** An item as a workflow told of it. */
export type Reported = {
	eventId: string;
	event: string;
	occurredAt: string;
	changes: Record<string, unknown>;
	direction: string | null;
	recovered?: boolean;
	/** By which output of the trigger it came. */
	by: 'live' | 'missed';
};

/** Where workflows tell of the items that reached them. */
export class Reports {
	readonly all: Reported[] = [];

	private readonly server = fastify();

	static async start(): Promise<Reports> {
		const reports = new Reports();
		reports.server.post<{ Body: Reported }>('/', async (request) => {
			reports.all.push(request.body);
			return {};
		});
		await reports.server.listen({ host: '127.0.0.1', port: 0 });
		return reports;
	}

	get url(): string {
		const { port } = this.server.server.address() as AddressInfo;
		return `http://127.0.0.1:${port}/`;
	}

	clear(): void {
		this.all.length = 0;
	}

	/** Waits until so many have come. */
	async reach(count: number, withinMs = 300_000): Promise<void> {
		const what = `${count} items`;
		await until(() => this.all.length >= count || undefined, { what, withinMs });
	}

	/** Waits until no more come. */
	async settled(): Promise<void> {
		let before = -1;
		while (before !== this.all.length) {
			before = this.all.length;
			await delay(3_000);
		}
	}

	missing(expected: ReadonlySet<string>): string[] {
		const counts = this.counts();
		return [...expected].filter((id) => !counts.has(id));
	}

	/** @returns the expected ones that came more than once */
	repeated(expected: ReadonlySet<string>): string[] {
		return [...this.counts()]
			.filter(([id, count]) => count > 1 && expected.has(id))
			.map(([id]) => id);
	}

	expectEach(expected: ReadonlySet<string>): void {
		expect(this.missing(expected)).toEqual([]);
		expect(this.repeated(expected)).toEqual([]);
	}

	/** All came as missed ones, oldest first. */
	expectMissedInOrder(): void {
		const times = this.all.map(({ occurredAt }) => occurredAt);
		expect(times).toEqual([...times].sort());
		expect(new Set(this.all.map(({ by }) => by))).toEqual(new Set(['missed']));
	}

	async close(): Promise<void> {
		await this.server.close();
	}

	private counts(): Map<string, number> {
		const counts = new Map<string, number>();
		for (const { eventId } of this.all) counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
		return counts;
	}
}

/** Publishes a trigger with an output for missed events, and waits until it has received one as usual. */
export async function publishReporting(
	{ n8n, kustomer, apiCredential }: Pick<World, 'n8n' | 'kustomer' | 'apiCredential'>,
	reports: Reports,
	parameters: object = {},
): Promise<SavedWorkflow> {
	const report = (by: Reported['by']): NodeDraft => ({
		name: by,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url: reports.url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ { ...$json, attributes: null, direction: $json.attributes.direction ?? null, by: '${by}' } }}`,
		},
	});
	const draft = workflowOf(
		{
			parameters: { events: EVENTS, options: { catchUp: 'separate' }, ...parameters },
			after: [report('live'), report('missed')],
		},
		{ kustomerApi: apiCredential },
	);
	const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	const workflow = await n8n.api.createWorkflow({
		...draft,
		connections: { [TRIGGER]: { main: [to('live'), to('missed')] } },
	});
	const { status, errors } = await n8n.api.publish(workflow.id);
	if (status !== 'published') throw new Error(`${status}: ${errors.join(' ')}`);
	expect(kustomer.webhooks()).toMatchObject([{ enabled: true }]);
	kustomer.create('customer', { name: 'Heard' });
	await reports.reach(1, 30_000);
	expect(reports.all).toMatchObject([{ by: 'live', event: 'kustomer.customer.create' }]);
	expect(reports.all[0]).not.toHaveProperty('keys');
	reports.clear();
	return workflow;
}

export type Outage = {
	kustomer: LocalKustomer;
	/** How much happens. */
	changes: number;
	stop: () => Promise<void>;
	start: () => Promise<void>;
	/** Whether the trigger's filters let it pass; by default all do. */
	passes?: (event: Envelope) => boolean;
};

/**
 * Stops n8n until Kustomer has switched the webhook off, lets things of every kind happen, and starts it again.
 *
 * @returns the ids of the events that are to be found afterwards
 */
export async function outage(away: Outage): Promise<Set<string>> {
	const { kustomer, passes = () => true } = away;
	await away.stop();
	for (let n = 0; n < 10; n++) kustomer.create('customer', { name: `Unheard ${n}` });
	await kustomer.whenIdle(30_000);
	expect(kustomer.webhooks()).toMatchObject([{ enabled: false, isError: true }]);
	const heard = kustomer.events().length - 10;
	await happen(kustomer, away.changes);
	const happened = kustomer.events().slice(heard);
	const seen = kustomer.requests().length;
	await away.start();
	const since = await until(() => markIn(kustomer.requests().slice(seen)), {
		what: 'the webhook to be on, with the mark',
		withinMs: 60_000,
	});
	return new Set(
		happened.flatMap((event) => {
			const { id, name, data } = event;
			const [, resource = ''] = name.split('.');
			if (resource === 'conversation') return passes(event) ? [id] : [];
			const { createdAt, rev } = kustomer.record(resource, data.id)?.attributes ?? {};
			const isNew = String(createdAt) >= since;
			const action = isNew ? 'create' : 'update';
			// Kustomer keeps no record of it, but what the record is now.
			if (!passes({ ...event, name: `kustomer.${resource}.${action}` })) return [];
			return [`${resource}:${data.id}:${isNew ? 'create' : `update:${String(rev)}`}`];
		}),
	);
}

async function happen(kustomer: LocalKustomer, changes: number): Promise<void> {
	// The creation of the one that was heard of counts, although the gap begins before it.
	const customers = kustomer
		.records('customer')
		.filter(({ attributes }) => !/^(Heard|Unheard)/.test(String(attributes.name)));
	for (let n = 0; n < changes; n++) {
		const customer = customers[n % customers.length]?.id ?? '';
		const conversations = kustomer.records('conversation');
		const conversation = conversations[(n * 7) % conversations.length]?.id ?? '';
		switch (n % 5) {
			case 0:
				kustomer.create('customer', { name: `New ${n}` });
				break;
			case 1:
				kustomer.update('customer', customer, { name: `Renamed ${n}` });
				break;
			case 2:
				kustomer.create('conversation', { customer, name: `Case ${n}` });
				break;
			case 3:
				kustomer.update('conversation', conversation, { priority: 1 + (n % 4), name: `Case ${n}` });
				break;
			default:
				kustomer.create('message', {
					conversation,
					channel: 'chat',
					app: 'test',
					direction: n % 2 === 0 ? 'in' : 'out',
					preview: `Hi ${n}`,
				});
		}
		await delay(2);
	}
}

/** @returns since when events are to be fetched, by the first request that says so */
function markIn(requests: readonly ApiRequest[]): string | undefined {
	const names = requests.map(({ body }) => String((body as { name?: string } | null)?.name));
	return names.map((name) => /missed since ([^)]+)/.exec(name)?.[1]).find(Boolean);
}
