import { isRecord } from './body.cts';
import { badRequest, unknownProperty, type Refusal } from './errors.cts';
import type { Json } from './store.cts';

/**
 * One field of a body. Text: a kind (`string`, `number`, `boolean`, `time`, `id`, `object`, `any`,
 * or `=a|b` for a choice), then `[]` for a list, `?` where null is allowed, `!` where it is required.
 * An object stands for a nested one, in a list for a list of them.
 */
export type Field = string | Fields | readonly [Fields];
export type Fields = { readonly [name: string]: Field };

/**
 * Checks a body as Kustomer's strict JSON schema does.
 *
 * @param parent the nested object's name, for the place that the error tells
 * @throws Refusal 400 naming the field
 */
export function checkBody(body: unknown, fields: Fields, parent = ''): asserts body is Json {
	if (!isRecord(body)) throw badRequest('The request body is not a valid JSON object');
	for (const [name, value] of Object.entries(body)) {
		if (!Object.hasOwn(fields, name)) throw unknownProperty(name, parent);
		checkField(name, value, fields[name]);
	}
	const missing = Object.keys(fields).find((name) => isRequired(fields[name]) && !(name in body));
	if (missing !== undefined) {
		throw badRequest('Missing required property', { parameter: missing, detail: '/required' });
	}
}

const IS_KIND: Readonly<Record<string, (value: unknown) => boolean>> = {
	string: (value) => typeof value === 'string',
	number: (value) => typeof value === 'number',
	boolean: (value) => typeof value === 'boolean',
	time: (value) => typeof value === 'string' && isTime(value),
	id: (value) => typeof value === 'string' && isId(value),
	object: isRecord,
	any: () => true,
};

function checkField(name: string, value: unknown, field: Field): void {
	if (typeof field !== 'string') {
		const [nested] = Array.isArray(field) ? (field as readonly [Fields]) : [field as Fields];
		if (!Array.isArray(field)) return checkBody(value, nested, name);
		if (!Array.isArray(value)) throw wrong(name, 'type');
		return value.forEach((entry) => checkBody(entry, nested, `${name}/items`));
	}
	const [, kind, list, nullable] = /^(=?[^[\]?!]+)(\[\])?(\?)?!?$/.exec(field) ?? [];
	if (value === null && nullable) return;
	if (list && !Array.isArray(value)) throw wrong(name, 'type');
	for (const entry of list ? (value as unknown[]) : [value]) {
		if (kind.startsWith('=')) {
			if (!kind.slice(1).split('|').includes(String(entry))) throw wrong(name, 'enum');
		} else if (!IS_KIND[kind](entry)) {
			throw wrong(name, kind === 'time' || kind === 'id' ? 'format' : 'type');
		}
	}
}

function wrong(name: string, rule: 'type' | 'enum' | 'format'): Refusal {
	const detail = `/properties/${name}/${rule}`;
	return badRequest(`Invalid ${rule}`, { parameter: name, detail });
}

function isRequired(field: Field): boolean {
	return typeof field === 'string' && field.endsWith('!');
}

export function isTime(text: string): boolean {
	return (
		/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text) &&
		!Number.isNaN(Date.parse(text))
	);
}

export function isId(text: string): boolean {
	return /^[0-9a-f]{24}$/.test(text);
}

const EMAIL = { type: '=home|work|other', email: 'string!', verified: 'boolean' };
const PHONE = { type: '=mobile|home|work|fax|other', phone: 'string!', verified: 'boolean' };
const WHATSAPP = { type: '=mobile', phone: 'string!', verified: 'boolean' };
const SOCIAL = {
	type: '=twitter|facebook|instagram|linkedin|pinterest!',
	userid: 'string',
	username: 'string!',
	url: 'string',
	verified: 'boolean',
};
const URL_ENTRY = { type: '=website|blog|other', url: 'string!' };
const EXTERNAL_ID = { externalId: 'string!', verified: 'boolean' };
const PLACE = {
	name: 'string?',
	address: 'string?',
	address2: 'string?',
	address3: 'string?',
	latitude: 'number?',
	longitude: 'number?',
	countryCode: 'string?',
	countryName: 'string?',
	regionCode: 'string?',
	regionName: 'string?',
	cityName: 'string?',
	zipCode: 'string?',
	areaCode: 'string?',
};
const LOCATION = { type: '=home|work|other', ...PLACE };
const SENTIMENT = { polarity: 'number!', confidence: 'number!' };
/** Only with `org.admin`; see `STAMPS`. */
const EDITORS = { createdAt: 'time', createdBy: 'id', modifiedAt: 'time', modifiedBy: 'id?' };

/** Set by Kustomer itself unless the key has `org.admin`. */
export const STAMPS = ['createdAt', 'createdBy', 'modifiedAt', 'modifiedBy', 'updatedAt'] as const;

const CUSTOMER: Fields = {
	name: 'string?',
	company: 'id?',
	externalId: 'string?',
	username: 'string?',
	signedUpAt: 'time?',
	lastActivityAt: 'time?',
	lastCustomerActivityAt: 'time?',
	lastSeenAt: 'time?',
	avatarUrl: 'string?',
	externalIds: [EXTERNAL_ID],
	sharedExternalIds: [EXTERNAL_ID],
	emails: [EMAIL],
	sharedEmails: [EMAIL],
	phones: [PHONE],
	sharedPhones: [PHONE],
	whatsapps: [WHATSAPP],
	facebookIds: [{ pageId: 'string!', userId: 'string!', name: 'string' }],
	instagramIds: [
		{ pageId: 'string!', threadId: 'string!', username: 'string!', instagramId: 'string' },
	],
	socials: [SOCIAL],
	sharedSocials: [SOCIAL],
	urls: [URL_ENTRY],
	locations: [LOCATION],
	locale: 'string?',
	timeZone: 'string?',
	tags: 'string[]',
	sentiment: SENTIMENT,
	custom: 'object',
	birthdayAt: 'string?',
	gender: '=m|f?',
	createdAt: 'time',
	importedAt: 'time',
	rev: 'number',
	defaultLang: 'string?',
};

const CONVERSATION: Fields = {
	externalId: 'string?',
	name: 'string?',
	priority: 'number',
	direction: '=in|out',
	replyChannel: 'string?',
	tags: 'string[]',
	assignedUsers: 'id[]',
	assignedTeams: 'id[]',
	custom: 'object',
	defaultLang: 'string?',
	queue: 'any',
};

const ATTACHMENTS: Field = 'any';
const ERROR: Fields = {
	status: 'number',
	code: 'string',
	title: 'string',
	detail: 'string',
	source: 'object',
	meta: 'object',
	links: 'object',
};

const MESSAGE: Fields = {
	conversation: 'id',
	externalId: 'string?',
	preview: 'string?',
	subject: 'string?',
	status: '=sent|received|error',
	error: ERROR,
	errorAt: 'time',
	sentAt: 'time?',
	size: 'number',
	attachments: ATTACHMENTS,
	meta: 'object',
	custom: 'object',
	related: 'string',
	sentiment: SENTIMENT,
	lang: 'string?',
	...EDITORS,
};

const NOTE: Fields = {
	conversation: 'id',
	externalId: 'string?',
	body: 'string',
	userMentions: [{ user: 'id', team: 'id' }],
	attachments: ATTACHMENTS,
	lang: 'string?',
	...EDITORS,
};

const COMPANY: Fields = {
	name: 'string',
	externalId: 'string?',
	avatarUrl: 'string?',
	emails: [EMAIL],
	phones: [PHONE],
	whatsapps: [WHATSAPP],
	socials: [SOCIAL],
	urls: [URL_ENTRY],
	domains: [{ domain: 'string!' }],
	locations: [LOCATION],
	employeeCount: 'number',
	tags: 'string[]',
	custom: 'object',
	defaultLang: 'string?',
	rev: 'number',
};

const KOBJECT: Fields = {
	externalId: 'string?',
	title: 'string',
	description: 'string?',
	images: 'string[]',
	icon: 'string?',
	data: 'object',
	custom: 'object',
	tags: 'string[]',
	createdAt: 'time',
	importedAt: 'time',
	rev: 'number',
};

const KLASS: Fields = {
	name: 'string!',
	displayName: 'string',
	icon: 'string',
	color: 'string',
	jsonSchema: 'any',
	klassSchema: '=task',
	mixins: '=commentable|assignable|editable|creatable[]',
	status: '=enabled|disabled',
};

const USER: Fields = {
	displayName: 'string?',
	avatarUrl: 'string?',
	name: 'string',
	email: 'string',
	mobile: 'string?',
	emailSignature: 'string?',
	userType: '=user|limited|hourly',
	roleGroups: 'string[]',
	roles: 'string[]',
};

const TEAM: Fields = {
	icon: 'string?',
	name: 'string',
	displayName: 'string?',
	members: 'id[]',
	externalId: 'string',
	createdAt: 'time',
	importedAt: 'time',
};

const QUEUE: Fields = {
	name: 'string',
	key: 'string',
	displayName: 'string',
	description: 'string',
	itemSize: 'number',
	priority: 'number',
	restrictTransfersByUsers: 'boolean',
};

const SEARCH: Fields = {
	name: 'string',
	data: 'object',
	icon: 'string',
	badgeColor: 'string?',
	showBadge: 'boolean',
	position: 'number',
	routing: 'object',
	defaultVisibility: '=all|search|autopilot|none',
	userVisibilities: 'object[]',
	teamVisibilities: 'object[]',
	private: 'boolean',
	accessTeams: 'string[]',
	accessUsers: 'string[]',
	externalId: 'string',
	timeZone: 'string',
	folderId: 'string',
};

const DELETED = { deleted: 'boolean?' };

/** The bodies that Kustomer takes, by type and action. Source: its specification's request schemas. */
export const BODIES: Readonly<Record<string, { create: Fields; update: Fields }>> = {
	customer: { create: CUSTOMER, update: CUSTOMER },
	conversation: {
		create: {
			...CONVERSATION,
			id: 'id',
			customer: 'id!',
			status: '=open|done',
			createdAt: 'time',
			importedAt: 'time',
		},
		update: {
			...CONVERSATION,
			...DELETED,
			customer: 'id',
			status: '=open|snoozed|done',
			subStatus: 'string?',
			snooze: { time: 'time', status: '=scheduled|canceled|elapsed!' },
			satisfaction: 'number?',
			satisfactionLevel: 'object',
			suggestedShortcuts: 'object[]',
			suggestedTags: 'object[]',
			sentiment: SENTIMENT,
			ended: 'boolean',
			endedAt: 'time',
			endedReason: 'string',
			endedBy: 'string',
			endedByType: '=user|customer',
			locked: 'boolean',
			rev: 'number',
		},
	},
	message: {
		create: {
			...MESSAGE,
			id: 'id',
			customer: 'id',
			channel: '=email|sms|chat|facebook|twitter-dm|twitter-tweet|voice|instagram|whatsapp!',
			app: 'string!',
			direction: '=in|out!',
			reference: { message: 'string!', type: '=reply|replyAll|forward!' },
			auto: 'boolean',
			source: '=bulk|satisfaction',
			shortcuts: 'string[]',
			kbArticles: 'string[]',
			location: PLACE,
			queue: 'object',
			importedAt: 'time',
		},
		update: { ...MESSAGE, updatedAt: 'time', spam: 'boolean', reactions: 'object[]' },
	},
	note: {
		create: { ...NOTE, id: 'id', body: 'string!', importedAt: 'time' },
		update: { ...NOTE, ...DELETED, updatedAt: 'time' },
	},
	company: {
		create: { ...COMPANY, name: 'string!', createdAt: 'time', importedAt: 'time' },
		update: { ...COMPANY, ...DELETED },
	},
	kobject: {
		create: { ...KOBJECT, title: 'string!', customer: 'id', company: 'id' },
		update: { ...KOBJECT, customer: 'id?', company: 'id?' },
	},
	klass: { create: KLASS, update: { ...KLASS, name: 'string' } },
	user: {
		create: { ...USER, name: 'string!', email: 'string!' },
		update: { ...USER, ...DELETED, password: 'string', currentPassword: 'string' },
	},
	team: { create: { ...TEAM, name: 'string!' }, update: { ...TEAM, ...DELETED } },
	tag: { create: { name: 'string!', color: 'string' }, update: {} },
	queue: { create: { ...QUEUE, name: 'string!' }, update: QUEUE },
	search: {
		create: { ...SEARCH, name: 'string!', data: 'object!' },
		update: { ...SEARCH, ...DELETED },
	},
};
