import { createHmac, timingSafeEqual } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseEvent } from '../nodes/Kustomer/event/event';
import { chosenEvents, isChosen } from '../nodes/Kustomer/event/catalog';
import { readFilters, whyFiltered } from '../nodes/Kustomer/event/filters';
import { simplifiedItem } from '../nodes/Kustomer/event/item';
import { SeenEvents } from '../nodes/Kustomer/trigger/memory/seenEvents';
import { sign, verify } from '../nodes/Kustomer/event/signature';
import { makeEvent } from '../sandbox/kustomer/server.cts';
import type { Compared } from './bounds.cts';
import { median, ratiosOf, spread, type Spread } from './numbers.cts';

/** What an event costs without n8n around it. */
export interface OwnCode {
	readonly cases: ReadonlyArray<Compared & { readonly microseconds: Spread }>;
	/** Events that went through, and how much the heap had grown after garbage collection, MB. */
	readonly memory: { readonly events: number; readonly grewMb: number };
}

const SECRET = 'a-secret-of-the-usual-length-0123456789abcdef';
const FORGED = '0'.repeat(64);
const NOW_MS = 1_795_000_000_000;

type Delivery = { body: Buffer; signature: string };

/**
 * Measures an event's way through `nodes/`, side by side with the bare operations on the same bytes.
 * @param size how many rounds are timed, and over how many events the memory is watched
 */
export function measureOwnCode(size: { rounds: number; events: number }): OwnCode {
	const deliveries = Array.from({ length: 500 }, (_, index) => delivery(index));
	const cases = Object.entries(casesFor());
	const times = new Map(cases.map(([name]) => [name, [] as number[]]));
	// The first two let the machine code settle.
	for (let round = -2; round < size.rounds; round++) {
		for (const [name, run] of cases) {
			const microseconds = timed(run, deliveries);
			if (round >= 0) times.get(name)?.push(microseconds);
		}
	}
	return {
		cases: [...times].map(([name, own]) => ({
			name,
			microseconds: spread(own),
			costRatio: ratiosOf(name, times),
		})),
		memory: memoryOver(size.events, deliveries),
	};
}

function casesFor(): Record<string, (delivery: Delivery) => unknown> {
	const chosen = chosenEvents(['kustomer.conversation.update'], undefined);
	const none = readFilters({}, undefined);
	const wanted = readFilters({ changedFields: { field: [{ name: 'priority' }] } }, undefined);
	const hmac = ({ body, signature }: Delivery) =>
		timingSafeEqual(
			Buffer.from(signature, 'hex'),
			createHmac('sha256', SECRET).update(body).digest(),
		);
	const received = ({ body, signature }: Delivery) =>
		verify(body, signature, [SECRET]) === 'valid' ? parseEvent(body) : undefined;
	const seen = new SeenEvents(10_000, 60_000);
	return {
		'bare HMAC': hmac,
		'bare HMAC and JSON.parse': (one) =>
			hmac(one) && (JSON.parse(one.body.toString('utf8')) as unknown),
		'ours, forged': ({ body }) => verify(body, FORGED, [SECRET]),
		'ours, accepted': (one) => {
			const event = received(one);
			if (event === undefined || !isChosen(chosen, event.name)) throw new Error('refused');
			if (whyFiltered(event, none, NOW_MS) !== undefined) throw new Error('filtered out');
			return simplifiedItem(event);
		},
		'ours, filtered out': (one) => {
			const event = received(one);
			if (event === undefined || whyFiltered(event, wanted, NOW_MS) === undefined) {
				throw new Error('not filtered out');
			}
		},
		'ours, duplicate': (one) => {
			const event = received(one);
			if (event === undefined) throw new Error('refused');
			const claim = seen.claim(event.key, NOW_MS);
			if (claim.kind === 'new') claim.settle(true);
		},
	};
}

function delivery(index: number): Delivery {
	const envelope = makeEvent('kustomer.conversation.update', {
		changed: { status: { from: 'open', to: 'done' } },
		attributes: { preview: 'The customer asks where the parcel is. '.repeat(index % 40) },
	});
	const body = Buffer.from(JSON.stringify(envelope));
	return { body, signature: sign(SECRET, body) };
}

/** @returns microseconds for one */
function timed(run: (delivery: Delivery) => unknown, deliveries: readonly Delivery[]): number {
	const TIMES = 4;
	const began = performance.now();
	for (let time = 0; time < TIMES; time++) for (const one of deliveries) run(one);
	return ((performance.now() - began) * 1_000) / (TIMES * deliveries.length);
}

/** Different events all the way, so that what is remembered turns over. */
function memoryOver(events: number, deliveries: readonly Delivery[]) {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const memory = new SeenEvents(10_000, 60_000);
	const heaps: number[] = [];
	for (let count = 0; count < events; count++) {
		const one = deliveries[count % deliveries.length];
		if (one === undefined || verify(one.body, one.signature, [SECRET]) !== 'valid') continue;
		const event = parseEvent(one.body);
		if (event === undefined) continue;
		simplifiedItem(event);
		const claim = memory.claim(`event ${count}`, NOW_MS);
		if (claim.kind === 'new') claim.settle(true);
		if ((count + 1) % (events / 10) === 0) {
			collect();
			heaps.push(process.memoryUsage().heapUsed / 1e6);
		}
	}
	// From the point where the memory of seen events is full.
	return { events, grewMb: median(heaps.slice(-3)) - median(heaps.slice(1, 4)) };
}
