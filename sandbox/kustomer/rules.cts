import type { Author } from './announce.cts';
import { conversationRule } from './conversations.cts';
import { customerRule } from './customers.cts';
import { badRequest } from './errors.cts';
import { messageRule, noteRule } from './messages.cts';
import type { Draft, Records } from './records.cts';
import type { Json, StoredRecord } from './store.cts';
import { storedTags } from './tags.cts';

/** What Kustomer does with one type of record besides storing what was sent. */
export type Rule = {
	/** Checks what the schema cannot, and fills in what follows from the body. */
	prepare?: (draft: Draft, about: Preparation) => void;
	/** Changes other records that this one has a part in. */
	follow?: (about: Followed) => void;
};

export type Preparation = {
	type: string;
	body: Json;
	by: Author;
	/** undefined: the record is new. */
	before?: StoredRecord;
	records: Records;
};

export type Followed = {
	before: StoredRecord | undefined;
	after: StoredRecord;
	by: Author;
	records: Records;
};

const COMPANY_NAME_CHARACTERS = { least: 3, most: 255 };
const MOST_RECENT_ITEMS = 10;

const companyRule: Rule = {
	prepare(draft, { body, by, records }) {
		const { length } = String(draft.attributes.name);
		if (length < COMPANY_NAME_CHARACTERS.least || length > COMPANY_NAME_CHARACTERS.most) {
			throw badRequest('Invalid length', {
				parameter: 'name',
				detail: '/properties/name/minLength',
			});
		}
		if (body.tags !== undefined) draft.attributes.tags = storedTags(records, body.tags, by);
	},
};

const kobjectRule: Rule = {
	/** A new custom object moves its customer, as was seen in a recorded exchange. */
	follow({ before, after, by, records }) {
		const customer = after.related.customer;
		if (before !== undefined || !customer) return;
		const owner = records.get('customer', customer.id);
		const { updatedAt } = after.attributes;
		const item = {
			type: 'kobject',
			id: after.id,
			meta: { klassName: after.related.klass?.id },
			updatedAt,
		};
		const earlier = (owner.attributes.recentItems ?? []) as unknown[];
		const recentItems = [item, ...earlier].slice(0, MOST_RECENT_ITEMS);
		records.touch(owner, { recentItems, lastActivityAt: updatedAt }, by);
	},
};

const userRule: Rule = {
	/** Kustomer's users carry the time of their deletion only. */
	prepare({ attributes }) {
		delete attributes.deleted;
	},
};

export const RULES: Readonly<Record<string, Rule | undefined>> = {
	customer: customerRule,
	conversation: conversationRule,
	message: messageRule,
	note: noteRule,
	company: companyRule,
	kobject: kobjectRule,
	user: userRule,
};
