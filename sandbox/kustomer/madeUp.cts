import { BLANKS } from './blanks.cts';
import { newId } from './ids.cts';
import { relationship, type Relationship } from './organization.cts';
import { TEAMS, USERS } from './people.cts';

/** Made-up records for events at the press of a button. What really changes is in the store. */

export type EventResource = 'customer' | 'conversation' | 'message' | 'user' | 'team' | 'tag';

export type RecordParts = {
	id: string;
	/** ISO time. */
	createdAt: string;
	org: string;
	createdBy: string;
	modifiedBy: string;
};

export type MadeRecord = {
	attributes: Record<string, unknown>;
	relationships: Record<string, Relationship | { links: { self: string } } | null>;
	links: Record<string, string>;
	/** What a plausible update changes, besides the bookkeeping. */
	next: Record<string, unknown>;
};

const AGENT = USERS[1].id;

export function makeRecord(resource: EventResource, parts: RecordParts): MadeRecord {
	return MAKERS[resource](parts);
}

const MAKERS: Readonly<Record<EventResource, (parts: RecordParts) => MadeRecord>> = {
	customer: makeCustomer,
	conversation: makeConversation,
	message: makeMessage,
	user: makeUser,
	team: makeTeam,
	tag: makeTag,
};

function makeCustomer(parts: RecordParts): MadeRecord {
	const custom = { loyaltyStr: 'Silver', vipBool: null, ordersNum: 3, lastOrderAt: null };
	return {
		attributes: {
			...BLANKS.customer(parts.createdAt),
			name: 'Solveig Aune',
			displayName: 'Solveig Aune',
			emails: [{ type: 'home', email: 'solveig.aune@example.com', verified: true }],
			custom,
			defaultLang: 'nb',
			companyName: 'Aune Båtbyggeri',
			firstName: 'Solveig',
			lastName: 'Aune',
		},
		relationships: {
			messages: { links: { self: `/v1/customers/${parts.id}/messages` } },
			...editors(parts),
			company: relationship('company', newId(), 'companies'),
		},
		links: { self: `/v1/customers/${parts.id}` },
		// Custom attributes come as one diff of the whole object, whichever of them changed.
		next: { defaultLang: 'en', custom: { ...custom, vipBool: true, loyaltyStr: 'Gold' } },
	};
}

function makeConversation(parts: RecordParts): MadeRecord {
	const custom = { orderIdStr: null, refundNum: 0 };
	return {
		attributes: {
			...BLANKS.conversation(parts.createdAt),
			channels: ['email'],
			messageCount: 1,
			inboundMessageCount: 1,
			custom,
		},
		relationships: {
			messages: { links: { self: `/v1/conversations/${parts.id}/messages` } },
			...editors(parts),
			customer: relationship('customer', newId()),
		},
		links: { self: `/v1/conversations/${parts.id}` },
		next: {
			status: 'done',
			assignedUsers: [AGENT],
			preview: 'The new spout is on its way – thank you for waiting! ☕',
			lastMessageDirection: 'out',
			messageCount: 2,
			outboundMessageCount: 1,
			custom: { ...custom, orderIdStr: 'TW-20417' },
		},
	};
}

function makeMessage(parts: RecordParts): MadeRecord {
	const preview = 'Hello, my card ends in 0000 and the spout of my teapot is broken.';
	return {
		attributes: {
			...BLANKS.message(parts.createdAt),
			externalId: `SM${newId()}`,
			channel: 'sms',
			app: 'twilio',
			size: preview.length,
			direction: 'in',
			directionType: 'initial-in',
			preview,
			meta: { from: '+15550100017', to: '+15550100042' },
			status: 'received',
		},
		relationships: {
			...editors(parts),
			// The plural type is Kustomer's.
			customer: relationship('customers', newId(), 'customers'),
			conversation: relationship('conversation', newId()),
		},
		links: { self: `/v1/messages/${parts.id}`, related: `/v1/twilio/messages/${parts.id}` },
		next: {
			preview: preview.replace('0000', '■■■■'),
			redacted: true,
			redactedAt: new Date().toISOString(),
		},
	};
}

function makeUser(parts: RecordParts): MadeRecord {
	return {
		attributes: {
			...BLANKS.user(parts.createdAt),
			name: 'Amir Haddad',
			email: 'amir.haddad@example.com',
			roleGroups: [newId()],
			custom: {},
		},
		relationships: editors(parts),
		links: { self: `/v1/users/${parts.id}` },
		next: { displayName: 'Amir', custom: null },
	};
}

function makeTeam(parts: RecordParts): MadeRecord {
	const { name } = TEAMS[1];
	return {
		attributes: { ...BLANKS.team(parts.createdAt), name, displayName: name },
		relationships: { ...editors(parts), deletedBy: null },
		links: { self: `/v1/teams/${parts.id}` },
		next: { icon: '🔧', members: [AGENT] },
	};
}

/** No sample of a tag event is known; this one follows the team's. */
function makeTag(parts: RecordParts): MadeRecord {
	return {
		attributes: { ...BLANKS.tag(parts.createdAt), name: 'chipped lid', color: '#b45309' },
		relationships: { ...editors(parts), deletedBy: null },
		links: { self: `/v1/tags/${parts.id}` },
		next: { name: 'chipped lid or handle' },
	};
}

function editors(parts: RecordParts): Record<'org' | 'createdBy' | 'modifiedBy', Relationship> {
	return {
		org: relationship('org', parts.org),
		createdBy: relationship('user', parts.createdBy),
		modifiedBy: relationship('user', parts.modifiedBy),
	};
}
