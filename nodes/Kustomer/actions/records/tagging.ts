import type { INodeProperties } from 'n8n-workflow';
import { forgetNames, namesOf } from '../../api/names';
import { listedTexts, textsOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { idsOf } from '../idsByName';
import type { Operation } from '../operation';
import { Access } from './access';
import { changedWith } from './changing';
import { conversation } from './conversation';
import { outputOf } from './output';

const TAGS: INodeProperties = {
	displayName: 'Tags',
	name: 'tags',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Tag' },
	default: [],
	placeholder: 'e.g. refund',
	description: 'Names of tags; several may be separated by commas',
};

export const addTags: Operation = {
	name: 'Add Tags',
	value: 'addTags',
	action: 'Add tags to conversation',
	description: 'Add tags to a conversation; nothing else on it changes',
	credential: 'kustomerApi',
	properties: [
		TAGS,
		{
			displayName: 'Create Missing Tags',
			name: 'createMissing',
			type: 'boolean',
			default: false,
			description:
				'Whether to create tags that do not exist yet. Off by default, so that a typo does not become a tag of the whole organization.',
		},
	],
	async perItem(item) {
		const access = new Access(item, conversation);
		const names = await tagNames(access);
		const { id } = await access.meant();
		const changed = await access.write({
			...access.call,
			purpose: 'add tags to the conversation',
			role: access.role('update'),
			missing: `Kustomer has no conversation with the ID ${id}.`,
			method: 'POST',
			path: `${access.pathOf(id)}/tags`,
			body: names,
		});
		// Kustomer may have made tags of these names.
		if (item.isOn('createMissing')) await forgetNames(access.caller, 'tags');
		return await outputOf(access, changed);
	},
};

/** Kustomer takes the names, and makes a new tag of one that it does not know. */
async function tagNames({ item, caller }: Access): Promise<string[]> {
	const entered = listedTexts(item.value('tags', []));
	if (entered.length === 0) throw new InputMistake('No tag is given. Enter one in "Tags".');
	const known = await namesOf(caller, 'tags');
	if (item.isOn('createMissing'))
		return entered.map((name) => known?.find(({ id }) => id === name)?.name ?? name);
	const ids = await idsOf(caller, 'tags', entered);
	return ids.map((id) => known?.find((tag) => tag.id === id)?.name ?? id);
}

export const removeTags: Operation = {
	name: 'Remove Tags',
	value: 'removeTags',
	action: 'Remove tags from conversation',
	description: 'Take tags off a conversation; nothing else on it changes',
	credential: 'kustomerApi',
	properties: [TAGS],
	async perItem(item) {
		const access = new Access(item, conversation);
		const ids = await idsOf(access.caller, 'tags', item.value('tags', []));
		if (ids.length === 0) throw new InputMistake('No tag is given. Enter one in "Tags".');
		const changed = await changedWith(access, await access.meant(), async ({ attributes }) => {
			const there = textsOf(attributes.tags);
			const left = there.filter((id) => !ids.includes(id));
			return await Promise.resolve(left.length === there.length ? undefined : { tags: left });
		});
		const isThere = textsOf(changed.attributes.tags).some((id) => ids.includes(id));
		if (isThere) throw new InputMistake(STILL_THERE);
		return await outputOf(access, changed);
	},
};

/** How Kustomer takes tags off is not documented. */
const STILL_THERE =
	'Kustomer answered that the conversation was changed, but it still has a tag that was to be removed. Look at it in Kustomer, and run the step again.';
