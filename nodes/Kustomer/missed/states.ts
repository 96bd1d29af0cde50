import { searchOldestFirst } from '../api/searchByTime';
import type { ApiCaller } from '../api/request';
import { timeOf } from '../narrowing';
import { isEditedWithin, isWithin, type Gap } from './gap';
import { stateEvent, type Recovered } from './recovered';

/** Resources whose search knows when somebody edited a record last. */
const WITH_MODIFIED_AT: ReadonlySet<string> = new Set(['customer', 'conversation']);

/** The records that were created within the gap, as they are now, oldest first. */
export async function* createdWithin(
	caller: ApiCaller,
	context: string,
	gap: Gap,
): AsyncGenerator<Recovered> {
	const { since, until } = gap;
	for await (const record of searchOldestFirst(caller, {
		context,
		by: 'createdAt',
		since,
		until,
	})) {
		const { createdAt, updatedAt } = record.attributes;
		const later =
			timeOf(updatedAt) > timeOf(createdAt)
				? stateEvent('update', context, { record, gap })
				: undefined;
		yield { ...stateEvent('create', context, { record, gap }), later };
	}
}

/**
 * The records that changed within the gap, each once and as it is now, in the order of their last
 * changes. What changed again afterwards was delivered then, unless by a filter: so an edit
 * within the gap counts, even if something happened around the record later.
 *
 * @param withNew whether those count that were created within the gap, too
 */
export async function* updatedWithin(
	caller: ApiCaller,
	context: string,
	{ gap, withNew }: { gap: Gap; withNew: boolean },
): AsyncGenerator<Recovered> {
	const given = new Set<string>();
	const older = { created_at: withNew ? { lte: gap.until } : { lt: gap.since } };
	const edited = [
		{ modified_at: { gte: gap.began ?? gap.since } },
		{ modified_at: { lte: gap.until } },
	];
	const searches = [
		{ since: gap.since, until: gap.until, and: [older] },
		...(WITH_MODIFIED_AT.has(context) ? [{ since: gap.until, and: [older, ...edited] }] : []),
	];
	for (const search of searches) {
		for await (const record of searchOldestFirst(caller, { context, by: 'updatedAt', ...search })) {
			const { createdAt, updatedAt, modifiedAt } = record.attributes;
			const isOlder = timeOf(createdAt) < (withNew ? timeOf(updatedAt) : gap.since);
			const isMissed = isWithin(gap, updatedAt) || isEditedWithin(gap, modifiedAt);
			if (!isOlder || !isMissed || given.has(record.id)) continue;
			given.add(record.id);
			yield stateEvent('update', context, { record, gap });
		}
	}
}
