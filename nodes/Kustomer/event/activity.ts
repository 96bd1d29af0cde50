import { BOOKKEEPING_FIELDS, type Changes } from './changes';

/**
 * Fields that change because something happened around a record, not because someone changed it:
 * counters, previews and activity times. docs/trigger.md shows this table. A message's `preview` is its
 * text, so it is not one of them.
 */
export const ACTIVITY_FIELDS: Readonly<Record<string, readonly string[]>> = {
	customer: [
		'activeUsers',
		'conversationCounts',
		'lastConversation',
		'lastCustomerActivityAt',
		'lastMessageAt',
		'lastMessageIn',
		'lastMessageOut',
		'lastMessageUnrespondedTo',
		'lastSeenAt',
		'preview',
		'progressiveStatus',
		'recentItems',
		'recentLocation',
	],
	conversation: [
		'firstMessageIn',
		'firstMessageOut',
		'firstResponse',
		'firstResponseSinceLastDone',
		'inboundMessageCount',
		'lastMessageAt',
		'lastMessageDirection',
		'lastMessageIn',
		'lastMessageOut',
		'lastMessageUnrespondedTo',
		'lastReceivedAt',
		'lastResponse',
		'messageCount',
		'modificationHistory',
		'noteCount',
		'outboundMessageCount',
		'preview',
		'suggestedShortcuts',
	],
	message: ['modificationHistory', 'size'],
};

/**
 * @param resource e.g. `conversation`
 * @param changes the event's changes, bookkeeping included
 * @returns whether an update tells of activity only; false if it names no changes at all, or one
 *   that is not in the table: what is unknown passes
 */
export function isActivityOnly(resource: string, changes: Changes): boolean {
	if (changes.size === 0) return false;
	const activity = Object.hasOwn(ACTIVITY_FIELDS, resource) ? ACTIVITY_FIELDS[resource] : [];
	return [...changes.keys()].every(
		(field) =>
			BOOKKEEPING_FIELDS.has(field) || field === 'related.modifiedBy' || activity.includes(field),
	);
}
