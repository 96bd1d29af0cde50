import { isRecord } from './body.cts';
import { propertiesOf } from './custom.cts';
import { klassOf } from './resource.cts';
import type { Json, Store, StoredRecord } from './store.cts';

export type FieldClass =
	| 'string'
	| 'string_notanalyzed'
	| 'text'
	| 'any'
	| 'number'
	| 'datetime'
	| 'boolean'
	| 'list'
	| 'tree';

export type SearchField = {
	/** The object that has it: `customer`, `kobject`, … */
	object: string;
	class: FieldClass;
	enum?: readonly string[];
	/** Every value that the record has for it. */
	read: (record: StoredRecord) => unknown[];
};

/** Names by object and class. Source: the search schema of Kustomer's specification. */
const NAMES: Readonly<Record<string, Partial<Record<FieldClass, string>>>> = {
	customer: {
		any: 'any_text',
		string:
			'name email shared_email phone shared_phone whatsapp urls address locale lastmessage_preview',
		string_notanalyzed:
			'externalId shared_externalId companyId social_userid social_username default_lang',
		list: 'gender presence status progressive_status active_users watchers tags sentiment social_type created_by modified_by',
		datetime:
			'activity_at last_seen_at signed_up_at last_message_sent_at last_message_out_sent_at last_message_unresponded_to_sent_at last_message_at created_at updated_at modified_at imported_at',
		number: 'satisfaction_avg_score satisfaction_avg_rating conversations_count done open snoozed',
		boolean: 'imported',
	},
	company: {
		any: 'any_text',
		string: 'name',
		string_notanalyzed: 'default_lang',
		list: 'tags created_by modified_by',
		datetime: 'created_at modified_at updated_at imported_at',
		boolean: 'imported',
	},
	conversation: {
		any: 'any_text',
		string: 'name ended_reason',
		string_notanalyzed: 'sub_status customer_id campaign_id default_lang',
		list: 'sentiment status modified_by channels tags assigned_users assigned_teams last_message_direction direction reply_channel queue external_queue satisfaction_status satisfaction_sent_by first_response_created_by last_response_created_by first_done_created_by last_done_created_by sla_status sla_breach_metric',
		datetime:
			'created_at updated_at modified_at last_message_sent_at last_message_out_sent_at last_message_unresponded_to_sent_at last_message_at first_response_sent_at first_message_in_sent_at first_message_out_sent_at satisfaction_created_at last_done_created_at sla_breach_at sla_satisfied_at ended_at imported_at',
		number:
			'message_count note_count satisfaction_score satisfaction_rating priority outbound_message_count',
		boolean: 'sla_breached ended imported',
	},
	message: {
		any: 'any_text',
		text: 'body subject',
		string: 'error_title recipients sender',
		string_notanalyzed: 'customer_id external_id created_by_teams shortcuts lang',
		list: 'channel created_by modified_by sentiment status direction_type source',
		datetime: 'sent_at created_at updated_at error_at redacted_at imported_at',
		number: 'size attachment_count',
		boolean: 'direction redacted auto imported',
	},
	note: {
		any: 'any_text',
		text: 'body',
		string_notanalyzed: 'external_id customer_id conversation_id lang',
		list: 'created_by modified_by user_mentions team_mentions',
		datetime: 'created_at modified_at updated_at imported_at',
		number: 'attachment_count',
		boolean: 'deleted imported',
	},
	kobject: {
		any: 'any_text',
		datetime: 'created_at updated_at imported_at',
		boolean: 'imported',
	},
};

const CHANNELS = 'sms chat email facebook voice twitter-dm twitter-tweet instagram whatsapp'.split(
	' ',
);

const ENUMS: Readonly<Record<string, readonly string[]>> = {
	customer_gender: ['m', 'f'],
	customer_status: ['snoozed', 'open', 'done'],
	customer_progressive_status: ['snoozed', 'open', 'done'],
	customer_presence: ['online', 'offline', 'idle'],
	conversation_status: ['snoozed', 'open', 'done'],
	conversation_channels: CHANNELS,
	conversation_direction: ['in', 'out'],
	conversation_sla_status: ['done', 'pending', 'paused'],
	conversation_last_message_direction: ['in', 'out'],
	message_channel: CHANNELS,
	message_direction: ['in', 'out'],
	message_status: ['sent', 'received', 'error'],
};

/** Kustomer's list of what a search can be sorted by; by experience the stamps of other objects work too. */
export const DOCUMENTED_SORTS: readonly string[] =
	'name gender created_at updated_at modified_at externalId activity_at last_seen_at signed_up_at lastmessage_preview progressive_status done open snoozed last_message_sent_at last_message_out_sent_at last_message_unresponded_to_sent_at last_message_at'
		.split(' ')
		.map((name) => `customer_${name}`);

type Read = SearchField['read'];

/** Names that do not follow from the attribute's. */
const READS: Readonly<Record<string, Read>> = {
	customer_email: entries('emails', 'email'),
	customer_shared_email: entries('sharedEmails', 'email'),
	customer_phone: entries('phones', 'phone'),
	customer_shared_phone: entries('sharedPhones', 'phone'),
	customer_whatsapp: entries('whatsapps', 'phone'),
	customer_urls: entries('urls', 'url'),
	customer_externalId: entries('externalIds', 'externalId'),
	customer_shared_externalId: entries('sharedExternalIds', 'externalId'),
	customer_social_type: entries('socials', 'type'),
	customer_social_userid: entries('socials', 'userid'),
	customer_social_username: entries('socials', 'username'),
	customer_address: ({ attributes }) =>
		listOf(attributes.locations).flatMap((place) => Object.values(place)),
	customer_companyId: ({ related }) => some(related.company?.id),
	customer_activity_at: attribute('lastActivityAt'),
	customer_lastmessage_preview: attribute('preview.text'),
	customer_last_message_sent_at: attribute('lastMessageAt'),
	customer_last_message_out_sent_at: attribute('lastMessageOut.sentAt'),
	customer_last_message_unresponded_to_sent_at: attribute('lastMessageUnrespondedTo.sentAt'),
	customer_conversations_count: attribute('conversationCounts.all'),
	customer_done: attribute('conversationCounts.done'),
	customer_open: attribute('conversationCounts.open'),
	customer_snoozed: attribute('conversationCounts.snoozed'),
	customer_status: ({ attributes }) =>
		['open', 'snoozed', 'done'].filter(
			(status) => Number((attributes.conversationCounts as Json)[status]) > 0,
		),
	conversation_queue: ({ related }) => some(related.queue?.id),
	conversation_last_message_sent_at: attribute('lastMessageAt'),
	conversation_last_message_out_sent_at: attribute('lastMessageOut.sentAt'),
	conversation_last_message_unresponded_to_sent_at: attribute('lastMessageUnrespondedTo.sentAt'),
	conversation_sla_status: attribute('sla.status'),
	conversation_sla_breached: attribute('sla.breached'),
	conversation_sla_breach_at: attribute('sla.summary.firstBreachAt'),
	conversation_sla_breach_metric: attribute('sla.breach.metric'),
	conversation_sla_satisfied_at: attribute('sla.summary.satisfiedAt'),
	message_body: attribute('preview'),
	message_recipients: ({ attributes }) => addresses((attributes.meta as Json).to),
	message_sender: ({ attributes }) => addresses((attributes.meta as Json).from),
	message_attachment_count: countOf('attachments'),
	note_attachment_count: countOf('attachments'),
	note_user_mentions: entries('userMentions', 'user'),
	note_team_mentions: entries('userMentions', 'team'),
};

/** Attributes that the name begins with, e.g. `first_message_in_sent_at`. */
const NESTED = [
	['first_message_in_', 'firstMessageIn'],
	['first_message_out_', 'firstMessageOut'],
	['first_response_', 'firstResponse'],
	['last_response_', 'lastResponse'],
	['first_done_', 'firstDone'],
	['last_done_', 'lastDone'],
	['satisfaction_', 'satisfactionLevel'],
	['error_', 'error'],
] as const;

/** @returns all fields that a search may name in this organization, custom attributes included */
export function searchFields(store: Store): Map<string, SearchField> {
	const fields = new Map(STANDARD);
	for (const metadata of store.all('metadata')) {
		const klass = klassOf(metadata.id);
		const object = klass === undefined ? metadata.id : 'kobject';
		const prefix = klass === undefined ? `${object}_custom_` : `kobject_custom_${klass}_`;
		for (const name of Object.keys(propertiesOf(store, metadata.id))) {
			fields.set(prefix + name, customField(object, name));
		}
	}
	return fields;
}

/** Custom attributes exist without metadata too, once somebody has written them. */
export function undeclaredField(name: string): SearchField | undefined {
	const [, object, attributeName] =
		/^(customer|conversation|message|company)_custom_(\w+)$/.exec(name) ??
		/^(kobject)_custom_.+?_(\w+)$/.exec(name) ??
		[];
	if (attributeName === undefined || !SUFFIX.test(attributeName)) return undefined;
	return customField(object, attributeName);
}

const SUFFIX = /(Str|Txt|Num|At|Bool|Url|Id|Tree)$/;

const CLASS_BY_SUFFIX: Readonly<Record<string, FieldClass>> = {
	Str: 'string',
	Txt: 'text',
	Num: 'number',
	At: 'datetime',
	Bool: 'boolean',
	Url: 'string_notanalyzed',
	Id: 'list',
	Tree: 'tree',
};

function customField(object: string, name: string): SearchField {
	const suffix = SUFFIX.exec(name)?.[1] ?? 'Str';
	return { object, class: CLASS_BY_SUFFIX[suffix], read: attribute(`custom.${name}`) };
}

const STANDARD: ReadonlyMap<string, SearchField> = new Map(
	Object.entries(NAMES).flatMap(([object, byClass]) =>
		Object.entries(byClass).flatMap(([fieldClass, names]) =>
			names.split(' ').map((name): [string, SearchField] => {
				const full = `${object}_${name}`;
				const read = READS[full] ?? readerOf(name);
				return [full, { object, class: fieldClass as FieldClass, enum: ENUMS[full], read }];
			}),
		),
	),
);

function readerOf(name: string): Read {
	if (name === 'any_text') return (record) => [textOf(record)];
	if (name === 'imported') return ({ attributes }) => [attributes.importedAt !== undefined];
	const nested = NESTED.find(([prefix]) => name.startsWith(prefix));
	if (nested !== undefined) return attribute(`${nested[1]}.${camel(name.slice(nested[0].length))}`);
	const relation = /^(created|modified)_by$/.test(name)
		? camel(name)
		: /^(customer|conversation)_id$/.exec(name)?.[1];
	if (relation !== undefined) return ({ related }) => some(related[relation]?.id);
	return attribute(camel(name));
}

const texts = new WeakMap<StoredRecord, string>();

/** Everything that a person could have written into a record, as one text. */
export function textOf(record: StoredRecord): string {
	const known = texts.get(record);
	if (known !== undefined) return known;
	const { name, displayName, preview, subject, body, title, description } = record.attributes;
	const { emails, phones, externalIds, externalId, custom, locations, meta } = record.attributes;
	const parts: unknown = [
		name,
		displayName,
		preview,
		subject,
		body,
		title,
		description,
		[emails, phones],
		[externalIds, externalId, custom, locations, meta],
	];
	const text = leaves(parts).join(' ').toLowerCase();
	texts.set(record, text);
	return text;
}

function leaves(value: unknown): string[] {
	if (typeof value === 'string' || typeof value === 'number') return [String(value)];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap(leaves);
}

/** @param path attribute, or `attribute.part.part` */
function attribute(path: string): Read {
	const names = path.split('.');
	return ({ attributes }) =>
		some(
			names.reduce<unknown>(
				(value, name) => (isRecord(value) ? value[name] : undefined),
				attributes,
			),
		);
}

function entries(list: string, name: string): Read {
	return ({ attributes }) => listOf(attributes[list]).flatMap((entry) => some(entry[name]));
}

function countOf(list: string): Read {
	return ({ attributes }) => [listOf(attributes[list]).length];
}

function addresses(value: unknown): unknown[] {
	return [value].flat().flatMap((entry) => (isRecord(entry) ? some(entry.email) : some(entry)));
}

function listOf(value: unknown): Json[] {
	return Array.isArray(value) ? (value as Json[]) : [];
}

function some(value: unknown): unknown[] {
	if (value === undefined || value === null || value === '') return [];
	return Array.isArray(value) ? value : [value];
}

function camel(name: string): string {
	return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
