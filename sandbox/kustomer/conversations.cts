import { isRecord } from './body.cts';
import { badRequest } from './errors.cts';
import type { Draft, Records } from './records.cts';
import type { Followed, Preparation, Rule } from './rules.cts';
import { isDeleted, type Json, type StoredRecord } from './store.cts';
import { storedTags } from './tags.cts';

const MOST_ASSIGNEES = 10;

export const conversationRule: Rule = {
	prepare(draft, about) {
		const { body, by, records } = about;
		if (about.before !== undefined && body.customer !== undefined) refuseBesideCustomer(body);
		const { priority } = draft.attributes;
		if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5) {
			throw badRequest('Invalid range', {
				parameter: 'priority',
				detail: '/properties/priority/maximum',
			});
		}
		for (const field of ['assignedUsers', 'assignedTeams']) {
			if ((draft.attributes[field] as unknown[]).length > MOST_ASSIGNEES) {
				throw badRequest('Too many items', {
					parameter: field,
					detail: `/properties/${field}/maxItems`,
				});
			}
		}
		if (body.tags !== undefined) draft.attributes.tags = storedTags(records, body.tags, by);
		if ('queue' in body) enqueue(draft, body.queue, records);
		followStatus(draft, about);
	},
	follow: countForCustomer,
};

/** Moving a conversation to another customer is a body of its own in Kustomer's specification. */
function refuseBesideCustomer(body: Json): void {
	const other = Object.keys(body).find((name) => name !== 'customer' && name !== 'rev');
	if (other === undefined) return;
	throw badRequest('Additional properties not allowed', { parameter: other, detail: '/oneOf' });
}

/** A queue is a relationship that is written as `{ id }`. */
function enqueue({ attributes, related }: Draft, queue: unknown, records: Records): void {
	delete attributes.queue;
	const isBare = typeof queue === 'string' && records.switches.bareQueueId === 'accept';
	const given = isBare ? { id: queue } : queue;
	if (!isRecord(given)) throw badRequest('Invalid type', { parameter: 'queue' });
	if (given.external !== undefined) {
		attributes.externalQueue = given.external;
	} else if (given.id === null) {
		delete related.queue;
	} else if (records.store.find('queue', String(given.id)) === undefined) {
		throw badRequest('No such queue', { parameter: 'queue' });
	} else {
		related.queue = { type: 'queue', id: String(given.id) };
	}
}

function followStatus({ attributes }: Draft, { before, by, body, records }: Preparation): void {
	const was = before?.attributes.status;
	const { status } = attributes;
	if (status === was) return;
	const now = records.now();
	if (status === 'done') {
		const done = {
			createdByTeams: [],
			assignedTeams: attributes.assignedTeams,
			assignedUsers: attributes.assignedUsers,
			createdAt: now,
			...(by.userId !== null && { createdBy: by.userId }),
		};
		attributes.lastDone = done;
		if ((attributes.firstDone as Json).createdAt === undefined) attributes.firstDone = done;
		attributes.doneCount = Number(attributes.doneCount ?? 0) + 1;
	} else if (status === 'open' && was === 'done') {
		attributes.reopenCount = Number(attributes.reopenCount ?? 0) + 1;
	}
	const snooze = attributes.snooze as Json | undefined;
	if (was === 'snoozed' && snooze?.status === 'scheduled' && body.snooze === undefined) {
		attributes.snooze = { ...snooze, status: 'canceled' };
	}
}

/** @returns once its time has come: the conversation is open again, by nobody's hand */
export function wakeUp(records: Records, conversation: StoredRecord): void {
	const snooze = conversation.attributes.snooze as Json;
	const attributes = { status: 'open', snooze: { ...snooze, status: 'elapsed' } };
	records.touch(conversation, attributes, { userId: null });
}

/** The customer knows how many conversations are in which state. */
function countForCustomer({ before, after, by, records }: Followed): void {
	const [old, fresh] = [placeOf(before), placeOf(after)];
	if (old?.customer === fresh?.customer && old?.status === fresh?.status) return;
	for (const customer of new Set([old?.customer, fresh?.customer])) {
		const owner = customer === undefined ? undefined : records.store.find('customer', customer);
		if (owner === undefined || isDeleted(owner)) continue;
		const counts = { ...(owner.attributes.conversationCounts as Record<string, number>) };
		const count = (status: string, step: number) => {
			counts[status] = (counts[status] ?? 0) + step;
			counts.all += step;
		};
		if (old !== undefined && old.customer === customer) count(old.status, -1);
		if (fresh !== undefined && fresh.customer === customer) count(fresh.status, 1);
		const progressiveStatus =
			['open', 'snoozed', 'done'].find((status) => counts[status] > 0) ?? null;
		const activity = { conversationCounts: counts, progressiveStatus };
		records.touch(owner, { ...activity, lastActivityAt: records.now() }, by);
	}
}

type Place = { customer: string; status: string };

function placeOf(conversation: StoredRecord | undefined): Place | undefined {
	const customer = conversation?.related.customer?.id;
	if (conversation === undefined || isDeleted(conversation) || customer === undefined)
		return undefined;
	return { customer, status: String(conversation.attributes.status) };
}
