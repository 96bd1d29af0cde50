import type { Author } from './announce.cts';
import { badRequest } from './errors.cts';
import type { Records } from './records.cts';
import type { StoredRecord } from './store.cts';

/**
 * Records hold tags' ids; names are taken too. An unknown name becomes a new tag.
 *
 * @throws Refusal 400 where it is no list of texts
 */
export function storedTags(records: Records, tags: unknown, by: Author): string[] {
	const ids = textList(tags).map(
		(tag) => (knownTag(records, tag) ?? records.create('tag', { name: tag }, by)).id,
	);
	return [...new Set(ids)];
}

/** @param tags the body of a request that adds or removes: a bare list, or a list in `tags` */
export function changeTags(
	records: Records,
	conversation: StoredRecord,
	change: { action: 'add' | 'remove'; tags: unknown; by: Author },
): StoredRecord {
	const { action, tags, by } = change;
	const present = conversation.attributes.tags as string[];
	const given =
		action === 'add'
			? storedTags(records, tags, by)
			: textList(tags).flatMap((tag) => knownTag(records, tag)?.id ?? []);
	const after =
		action === 'add'
			? [...new Set([...present, ...given])]
			: present.filter((id) => !given.includes(id));
	if (after.length === present.length) return conversation;
	return records.edit(conversation, { attributes: { tags: after } }, by);
}

function knownTag({ store }: Records, idOrName: string): StoredRecord | undefined {
	// A deleted tag stays in what has it: whoever sends the list back must not make a new tag of its id.
	return store.find('tag', idOrName) ?? store.lookUp('tag', 'name', idOrName)[0];
}

function textList(value: unknown): string[] {
	if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string')) {
		throw badRequest('Invalid type', { parameter: 'tags', detail: '/properties/tags/type' });
	}
	return value;
}
