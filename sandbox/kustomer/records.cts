import { newId } from './ids.cts';
import { relationship, type Relationship } from './organization.cts';
import { TEAMS, USERS } from './people.cts';

/** Made-up records with the structure of the ones in Kustomer's documentation. */

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
	const { id, createdAt } = parts;
	const custom = { loyaltyStr: 'Silver', vipBool: null, ordersNum: 3, lastOrderAt: null };
	return {
		attributes: {
			name: 'Solveig Aune',
			displayName: 'Solveig Aune',
			displayColor: 'teal',
			displayIcon: 'anchor',
			externalIds: [],
			sharedExternalIds: [],
			emails: [{ type: 'home', email: 'solveig.aune@example.com', verified: true }],
			sharedEmails: [],
			phones: [],
			sharedPhones: [],
			whatsapps: [],
			facebookIds: [],
			instagramIds: [],
			socials: [],
			sharedSocials: [],
			urls: [],
			locations: [],
			activeUsers: [],
			watchers: [],
			recentLocation: { updatedAt: createdAt },
			locale: null,
			gender: null,
			createdAt,
			updatedAt: createdAt,
			modifiedAt: createdAt,
			lastActivityAt: createdAt,
			deleted: false,
			lastConversation: { channels: [], tags: [] },
			conversationCounts: { done: 0, open: 0, snoozed: 0, all: 0 },
			preview: {},
			tags: [],
			custom,
			progressiveStatus: null,
			verified: false,
			rev: 1,
			recentItems: [],
			defaultLang: 'nb',
			satisfactionLevel: {
				firstSatisfaction: { sentByTeams: [] },
				lastSatisfaction: { sentByTeams: [] },
			},
			roleGroupVersions: [],
			accessOverride: [],
			companyName: 'Aune Båtbyggeri',
			firstName: 'Solveig',
			lastName: 'Aune',
		},
		relationships: {
			messages: { links: { self: `/v1/customers/${id}/messages` } },
			...editors(parts),
			org: relationship('org', parts.org),
			company: relationship('company', newId(), 'companies'),
		},
		links: { self: `/v1/customers/${id}` },
		// Custom attributes come as one diff of the whole object, whichever of them changed.
		next: { defaultLang: 'en', custom: { ...custom, vipBool: true, loyaltyStr: 'Gold' } },
	};
}

function makeConversation(parts: RecordParts): MadeRecord {
	const { id, createdAt } = parts;
	const nobody = { createdByTeams: [], assignedTeams: [], assignedUsers: [] };
	const custom = { orderIdStr: null, refundNum: 0 };
	return {
		attributes: {
			name: '',
			channels: ['email'],
			status: 'open',
			messageCount: 1,
			noteCount: 0,
			satisfaction: 0,
			satisfactionLevel: { sentByTeams: [] },
			createdAt,
			updatedAt: createdAt,
			modifiedAt: createdAt,
			lastActivityAt: createdAt,
			spam: false,
			tags: [],
			suggestedTags: [],
			predictions: [],
			suggestedShortcuts: [],
			firstMessageOut: { createdByTeams: [] },
			assignedUsers: [],
			assignedTeams: [],
			firstResponse: nobody,
			firstResponseSinceLastDone: nobody,
			lastResponse: nobody,
			firstDone: nobody,
			lastDone: nobody,
			direction: 'in',
			outboundMessageCount: 0,
			inboundMessageCount: 1,
			rev: 1,
			priority: 3,
			custom,
			roleGroupVersions: [],
			accessOverride: [],
			assistant: { assistantId: [] },
		},
		relationships: {
			messages: { links: { self: `/v1/conversations/${id}/messages` } },
			...editors(parts),
			org: relationship('org', parts.org),
			customer: relationship('customer', newId()),
		},
		links: { self: `/v1/conversations/${id}` },
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
	const { id, createdAt } = parts;
	const preview = 'Hello, my card ends in 0000 and the spout of my teapot is broken.';
	return {
		attributes: {
			externalId: `SM${newId()}`,
			channel: 'sms',
			app: 'twilio',
			size: preview.length,
			direction: 'in',
			directionType: 'initial-in',
			preview,
			meta: { from: '+15550100017', to: '+15550100042' },
			status: 'received',
			assignedTeams: [],
			assignedUsers: [],
			auto: false,
			sentAt: createdAt,
			createdAt,
			updatedAt: createdAt,
			modifiedAt: createdAt,
			redacted: false,
			createdByTeams: [],
			rev: 1,
			reactions: [],
		},
		relationships: {
			org: relationship('org', parts.org),
			...editors(parts),
			// The plural type is Kustomer's.
			customer: relationship('customers', newId(), 'customers'),
			conversation: relationship('conversation', newId()),
		},
		links: { self: `/v1/messages/${id}`, related: `/v1/twilio/messages/${id}` },
		next: {
			preview: preview.replace('0000', '■■■■'),
			redacted: true,
			redactedAt: new Date().toISOString(),
		},
	};
}

function makeUser(parts: RecordParts): MadeRecord {
	const { id, createdAt } = parts;
	return {
		attributes: {
			displayName: null,
			name: 'Amir Haddad',
			userType: 'user',
			email: 'amir.haddad@example.com',
			emailSignature: null,
			emailVerifiedAt: null,
			firstEmailVerifiedAt: null,
			password: null,
			mobile: null,
			roleGroups: [newId()],
			roles: [],
			seasons: null,
			custom: {},
			updatedAt: createdAt,
			modifiedAt: createdAt,
			createdAt,
			deletedAt: null,
		},
		relationships: { org: relationship('org', parts.org), ...editors(parts) },
		links: { self: `/v1/users/${id}` },
		next: { displayName: 'Amir', custom: null },
	};
}

function makeTeam(parts: RecordParts): MadeRecord {
	const { id, createdAt } = parts;
	return {
		attributes: {
			icon: null,
			name: TEAMS[1].name,
			displayName: TEAMS[1].name,
			createdAt,
			updatedAt: createdAt,
			modifiedAt: createdAt,
			deleted: false,
			deletedAt: null,
			importedAt: null,
			members: [],
			externalId: null,
			roleGroups: [],
		},
		relationships: {
			org: relationship('org', parts.org),
			...editors(parts),
			deletedBy: null,
		},
		links: { self: `/v1/teams/${id}` },
		next: { icon: '🔧', members: [AGENT] },
	};
}

/** No sample of a tag event is known; this one follows the team's. */
function makeTag(parts: RecordParts): MadeRecord {
	const { id, createdAt } = parts;
	return {
		attributes: {
			name: 'chipped lid',
			color: '#b45309',
			createdAt,
			updatedAt: createdAt,
			modifiedAt: createdAt,
			deleted: false,
			deletedAt: null,
		},
		relationships: {
			org: relationship('org', parts.org),
			...editors(parts),
			deletedBy: null,
		},
		links: { self: `/v1/tags/${id}` },
		next: { name: 'chipped lid or handle' },
	};
}

function editors(parts: RecordParts): Record<'createdBy' | 'modifiedBy', Relationship> {
	return {
		createdBy: relationship('user', parts.createdBy),
		modifiedBy: relationship('user', parts.modifiedBy),
	};
}
