import type { ApiRecord } from '../../api/records';
import type { Operation } from '../operation';
import { Access } from './access';
import type { Body } from './body';
import { changedWith } from './changing';
import { conversation } from './conversation';
import { outputOf } from './output';

/** @returns what to change of the conversation as it is; undefined: nothing */
export type Change = (record: ApiRecord, access: Access) => Promise<Body | undefined>;

/** An operation that reads the conversation, works out a change of it, and gives it as it is then. */
export function verb(
	entry: Pick<Operation, 'name' | 'value' | 'action' | 'description' | 'properties'>,
	change: Change,
): Operation {
	return {
		...entry,
		credential: 'kustomerApi',
		async perItem(item) {
			const access = new Access(item, conversation);
			const meant = await access.meant();
			const changed = await changedWith(access, meant, async (record) => change(record, access));
			return await outputOf(access, changed);
		},
	};
}
