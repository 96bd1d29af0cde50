import type { ApiCaller } from '../api/request';
import { EVENTS } from '../event/catalog';
import { partsOf } from '../event/event';
import { recordedWithin } from './recordedEvents';
import type { Gap } from './gap';
import type { Recovered } from './recovered';
import { createdWithin, updatedWithin } from './states';

/** In the order in which Kustomer makes them, for those of one moment. */
const RESOURCES = ['customer', 'conversation', 'message'] as const;

/** The events that can be found afterwards; those of users, teams and tags cannot. */
export const RECOVERABLE_EVENTS = EVENTS.filter(({ name }) =>
	RESOURCES.some((resource) => resource === partsOf(name).resource),
);

export const RECOVERABLE_NAMES: readonly string[] = RECOVERABLE_EVENTS.map(({ name }) => name);

/**
 * Finds what happened within a span of time: for conversations the events that Kustomer recorded,
 * for customers and messages that a record was created or changed.
 *
 * @param wanted.names full names of events; those that cannot be found afterwards give nothing
 * @param wanted.readsEvents whether the key may read recorded events; without, conversations are
 *   found as the others are
 * @returns the events, oldest first; they are read while they are taken
 * @throws NodeApiError when Kustomer refuses, or cannot be reached
 */
export async function* missedEvents(
	caller: ApiCaller,
	gap: Gap,
	wanted: { names: readonly string[]; readsEvents: boolean },
): AsyncGenerator<Recovered> {
	const streams = RESOURCES.flatMap((resource) => {
		const isWanted = (action: string) => wanted.names.includes(`kustomer.${resource}.${action}`);
		const actions = ['create', 'update'].filter(isWanted);
		if (resource === 'conversation' && wanted.readsEvents && actions.length > 0) {
			return [recordedWithin(caller, gap, new Set(actions))];
		}
		return [
			...(isWanted('create') ? [createdWithin(caller, resource, gap)] : []),
			...(isWanted('update')
				? [updatedWithin(caller, resource, { gap, withNew: !isWanted('create') })]
				: []),
		];
	});
	yield* merged(streams);
}

/** @param streams each oldest first */
async function* merged(streams: Array<AsyncGenerator<Recovered>>): AsyncGenerator<Recovered> {
	try {
		const heads = await Promise.all(streams.map(async (stream) => await stream.next()));
		for (;;) {
			let earliest = -1;
			for (const [place, head] of heads.entries()) {
				if (head.done) continue;
				const best = heads[earliest];
				if (best === undefined || best.done || head.value.at < best.value.at) earliest = place;
			}
			const head = heads[earliest];
			if (head === undefined || head.done) return;
			yield head.value;
			heads[earliest] = await streams[earliest].next();
		}
	} finally {
		for (const stream of streams) await stream.return(undefined);
	}
}
