import { namesOf } from '../../api/names';
import { apiList } from '../../api/paging';
import type { ApiRecord } from '../../api/records';
import { recordOf, textOf } from '../../narrowing';
import type { Operation } from '../operation';
import { Access } from './access';
import { conversation } from './conversation';

type Entry = {
	at: string;
	kind: 'message' | 'note';
	author: string;
	channel: string | null;
	text: string;
	/** A message's text is what Kustomer shows of it in lists, which may be shorter than it was. */
	isPreview: boolean;
};

export const getTranscript: Operation = {
	name: 'Get Transcript',
	value: 'getTranscript',
	action: 'Get transcript of conversation',
	description:
		'Read the messages and notes of a conversation in order, as one text and one by one, e.g. for an AI summary. Long messages are shown as previews.',
	credential: 'kustomerApi',
	properties: [],
	async perItem(item) {
		const access = new Access(item, conversation);
		const { id } = await access.meant();
		const [messages, notes] = await Promise.all([
			entriesOf(access, { id, kind: 'message' }),
			entriesOf(access, { id, kind: 'note' }),
		]);
		const entries = [...messages, ...notes].sort((a, b) => a.at.localeCompare(b.at));
		const text = entries.map(lineOf).join('\n\n');
		// A model needs nothing twice.
		return { conversationId: id, text, ...(!item.isTool && { entries }) };
	},
};

async function entriesOf(
	access: Access,
	of: { id: string; kind: Entry['kind'] },
): Promise<Entry[]> {
	const { kind, filled, role } = asKind(access, of.kind);
	const records = await apiList(access.caller, {
		...access.call,
		purpose: `read the ${kind.plural} of the conversation`,
		role,
		missing: `Kustomer has no conversation with the ID ${of.id}.`,
		path: filled(of.id),
		query: { sort: 'asc' },
	});
	const users = (await namesOf(access.caller, 'users').catch(() => undefined)) ?? [];
	return records.map((record) => entryOf(record, of.kind, users));
}

function asKind(access: Access, value: Entry['kind']) {
	const other = access.of(value);
	const path = other.kind.parents?.conversation ?? other.kind.path;
	return {
		kind: other.kind,
		role: other.role('read'),
		filled: (id: string) => other.filled(path, id),
	};
}

function entryOf(
	{ attributes, relationships }: ApiRecord,
	kind: Entry['kind'],
	users: ReadonlyArray<{ id: string; name: string }>,
): Entry {
	const { data } = recordOf(relationships.createdBy);
	const user = users.find(({ id }) => id === recordOf(data).id)?.name;
	const isIn = kind === 'message' && attributes.direction === 'in';
	return {
		at: textOf(attributes.sentAt) || textOf(attributes.createdAt),
		kind,
		author: isIn ? 'Customer' : (user ?? 'Team'),
		channel: kind === 'message' ? textOf(attributes.channel) || null : null,
		text: textOf(kind === 'message' ? attributes.preview : attributes.body),
		isPreview: kind === 'message',
	};
}

function lineOf({ at, kind, author, channel, text }: Entry): string {
	const how = kind === 'note' ? 'note' : (channel ?? 'message');
	return `[${at}] ${author} (${how}): ${text}`;
}
