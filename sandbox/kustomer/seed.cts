import { envelopeOf, historyOf } from './announce.cts';
import { keepFile } from './attachments.cts';
import { BLANKS } from './blanks.cts';
import { OUTBOUND_ACCOUNTS } from './drafts.cts';
import { createMessage } from './messages.cts';
import type { Organization } from './organization.cts';
import { DELETED_TAG, QUEUES, TAGS, TEAMS, USERS } from './people.cts';
import { Records } from './records.cts';
import { Store, type Json, type StoredRecord } from './store.cts';
import { BEST_EVIDENCE } from './switches.cts';

/** The made-up organization: a maker of teapots, its customers and what they wrote about. */

const MADE_AT = '2024-08-05T12:00:00.000Z';
const HOUR_MS = 60 * 60 * 1000;

const COMPANIES = [
	{
		name: 'Aune Båtbyggeri',
		externalId: 'CO-100',
		domains: [{ domain: 'aune-bat.example' }],
		employeeCount: 12,
	},
	{
		name: 'Café Lindenhof',
		externalId: 'CO-101',
		domains: [{ domain: 'lindenhof.example' }],
		custom: { contractAt: '2025-03-01T00:00:00.000Z', tierStr: 'Gold' },
	},
];

const mail = (email: string) => [{ type: 'home', email, verified: true }];
const mobile = (phone: string) => [{ type: 'mobile', phone, verified: true }];

/** `company` is a place in the list above. */
const CUSTOMERS: ReadonlyArray<Json & { name: string; company?: number }> = [
	{
		name: 'Solveig Aune',
		emails: mail('solveig.aune@example.com'),
		phones: mobile('+4740000011'),
		externalId: 'C-1001',
		defaultLang: 'nb',
		company: 0,
		custom: {
			loyaltyStr: 'Silver',
			ordersNum: 3,
			vipBool: false,
			lastOrderAt: '2026-11-02T09:30:00.000Z',
		},
	},
	{
		name: 'Matteo Ricci',
		emails: mail('matteo.ricci@example.com'),
		phones: mobile('+390500000012'),
		externalId: 'C-1002',
		defaultLang: 'it',
		custom: { loyaltyStr: 'Gold', ordersNum: 11, vipBool: true },
	},
	{
		name: 'Anneliese Vogt',
		emails: [
			...mail('a.vogt+tea@example.com'),
			{ type: 'work', email: 'vogt@lindenhof.example', verified: true },
		],
		externalId: 'C-1003',
		defaultLang: 'de',
		company: 1,
		custom: { loyaltyStr: 'Gold', notesTxt: 'Calls herself the tea lady.\nPrefers the phone.' },
	},
	{
		name: 'Jun Watanabe',
		emails: mail('jun.watanabe@example.com'),
		phones: mobile('+81900000014'),
		externalId: 'C-1004',
		defaultLang: 'ja',
		custom: { shopUrl: 'https://shop.example.com/jun' },
	},
	{
		name: 'Maeve O’Donnell',
		emails: mail('maeve.odonnell@example.com'),
		phones: mobile('+353850000015'),
		externalId: 'C-1005',
		custom: { regionTree: 'ie', ordersNum: 1 },
	},
	{ name: 'Thabo Molefe', emails: mail('thabo.molefe@example.com'), externalId: 'C-1006' },
	{
		name: 'Chiara Bianchi',
		phones: mobile('+390600000017'),
		whatsapps: [{ type: 'mobile', phone: '+390600000017', verified: true }],
	},
	{
		name: 'Piotr Zieliński',
		emails: mail('piotr.zielinski@example.com'),
		externalId: 'C-1008',
		tags: ['wholesale'],
	},
	{
		name: 'Priya Raman',
		emails: mail('priya.raman@example.com'),
		externalId: 'C-1009',
		locale: 'en_IN',
		gender: 'f',
	},
	{
		name: 'Lucas Ferreira',
		emails: mail('lucas.ferreira@example.com'),
		externalId: 'C-1010',
		defaultLang: 'pt',
	},
	{
		name: 'Front desk of Café Lindenhof',
		sharedEmails: [{ type: 'work', email: 'hello@lindenhof.example' }],
		company: 1,
	},
	// Nameless, as a customer who only ever wrote a mail.
	{ name: '', emails: mail('k.nielsen@example.com') },
];

/** Who (the customer, or a place in the list of users), how many hours after the beginning, and what. */
type Said = [from: 'customer' | number, after: number, text: string, kind?: 'note'];

type Talk = {
	customer: number;
	name: string;
	channel: string;
	hoursAgo: number;
	queue?: number;
	tags?: string[];
	assigned?: number[];
	status?: 'done' | 'snoozed';
	custom?: Json;
	said: Said[];
};

const TALKS: readonly Talk[] = [
	{
		customer: 0,
		name: 'Broken spout',
		channel: 'email',
		hoursAgo: 70,
		queue: 2,
		tags: ['broken spout'],
		assigned: [2],
		custom: { orderIdStr: 'TW-20417' },
		said: [
			['customer', 0, 'Hello, the spout of my teapot arrived broken. Order TW-20417.'],
			[2, 2, 'Photo shows a clean break, spare part 7 fits.', 'note'],
			[2, 3, 'Dear Solveig, we are sorry! A new spout is on its way to you.'],
			['customer', 26, 'Thank you, that was quick. Does it need glue?'],
		],
	},
	{
		customer: 1,
		name: 'Where is my parcel?',
		channel: 'chat',
		hoursAgo: 30,
		queue: 0,
		tags: ['late parcel'],
		assigned: [0],
		said: [
			['customer', 0, 'Good morning! My parcel should have been here on Friday.'],
			[0, 1, 'Good morning Matteo, it is with the carrier in Pisa since yesterday.'],
			['customer', 2, 'Then I will wait one more day.'],
		],
	},
	{
		customer: 2,
		name: 'Forty pots for the café',
		channel: 'email',
		hoursAgo: 200,
		queue: 1,
		tags: ['wholesale', DELETED_TAG.name],
		status: 'snoozed',
		said: [
			['customer', 0, 'We need forty small pots by March. What is your best price?'],
			[3, 5, 'Ask the workshop for the lead time first.', 'note'],
			[3, 24, 'Dear Anneliese, our offer is attached. It holds until the end of the month.'],
		],
	},
	{
		customer: 3,
		name: 'A word of thanks',
		channel: 'email',
		hoursAgo: 400,
		tags: ['thank you'],
		status: 'done',
		assigned: [1],
		said: [
			['customer', 0, 'The pot pours like no other. Thank you.'],
			[1, 20, 'Thank you, Jun! We passed it on to the workshop.'],
		],
	},
	{
		customer: 4,
		name: 'Lid does not fit',
		channel: 'sms',
		hoursAgo: 12,
		queue: 2,
		said: [['customer', 0, 'Hi, the lid is too big for the pot. Can I send it back?']],
	},
	{
		customer: 6,
		name: '',
		channel: 'whatsapp',
		hoursAgo: 5,
		queue: 0,
		said: [['customer', 0, 'Ciao! Do you have the blue one again?']],
	},
	{
		customer: 7,
		name: 'Invoice for October',
		channel: 'email',
		hoursAgo: 90,
		queue: 1,
		status: 'done',
		assigned: [3],
		said: [
			['customer', 0, 'Please send me the invoice for October once more.'],
			[3, 1, 'Here it is. Have a good week!'],
		],
	},
	{
		customer: 11,
		name: 'Returns',
		channel: 'email',
		hoursAgo: 3,
		said: [['customer', 0, 'How do I return a pot that was a present?']],
	},
];

const KLASSES = [
	{
		name: 'order',
		displayName: 'Order',
		icon: 'shopping',
		color: 'teal',
		mixins: ['editable', 'creatable'],
	},
	{
		name: 'service-call',
		displayName: 'Service call',
		icon: 'wrench',
		color: 'orange',
		mixins: ['assignable', 'creatable'],
	},
];

const OBJECTS: ReadonlyArray<[klass: string, customer: number, body: Json]> = [
	[
		'order',
		0,
		{
			title: 'Order TW-20417',
			externalId: 'TW-20417',
			custom: {
				totalNum: 89.5,
				orderStatusStr: 'delivered',
				deliveredAt: '2026-11-20T14:00:00.000Z',
				giftBool: false,
			},
		},
	],
	[
		'order',
		1,
		{
			title: 'Order TW-20433',
			externalId: 'TW-20433',
			custom: { totalNum: 240, orderStatusStr: 'in transit', giftBool: true },
		},
	],
	[
		'order',
		7,
		{
			title: 'Order TW-20398',
			externalId: 'TW-20398',
			custom: { totalNum: 1310, orderStatusStr: 'paid' },
		},
	],
	[
		'service-call',
		2,
		{
			title: 'Glaze touch-up on site',
			externalId: 'SC-7',
			custom: { hoursNum: 2, technicianStr: 'Rosa' },
		},
	],
];

const about = (type: string, displayName: string, more: Json = {}) => ({
	type,
	displayName,
	...more,
});

/** One custom attribute of every kind, and one that was deleted. */
const METADATA: Readonly<Record<string, Json>> = {
	customer: {
		loyaltyStr: about('string', 'Loyalty', { enumeration: ['Bronze', 'Silver', 'Gold'] }),
		notesTxt: about('string', 'Notes'),
		ordersNum: about('number', 'Orders'),
		lastOrderAt: about('date', 'Last Order'),
		vipBool: about('boolean', 'VIP'),
		shopUrl: about('string', 'Shop'),
		favouriteOrdersId: about('string', 'Favourite Orders', {
			target: 'kobject.order',
			multi: true,
		}),
		regionTree: about('string', 'Region', {
			tree: {
				children: [
					{
						id: 'eu',
						displayName: 'Europe',
						children: [
							{ id: 'ie', displayName: 'Ireland' },
							{ id: 'it', displayName: 'Italy' },
						],
					},
					{ id: 'as', displayName: 'Asia', children: [{ id: 'jp', displayName: 'Japan' }] },
				],
			},
			lastNodeRequired: false,
		}),
		oldCodeStr: about('string', 'Old Code', { deletedAt: MADE_AT, deletedBy: USERS[0].id }),
	},
	conversation: { orderIdStr: about('string', 'Order Id'), refundNum: about('number', 'Refund') },
	message: { campaignStr: about('string', 'Campaign') },
	company: {
		contractAt: about('date', 'Contract'),
		tierStr: about('string', 'Tier', { enumeration: ['Silver', 'Gold'] }),
	},
	'kobject.order': {
		totalNum: about('number', 'Total'),
		orderStatusStr: about('string', 'Order Status', {
			enumeration: ['paid', 'in transit', 'delivered'],
		}),
		deliveredAt: about('date', 'Delivered'),
		giftBool: about('boolean', 'Gift'),
	},
	'kobject.service-call': {
		hoursNum: about('number', 'Hours'),
		technicianStr: about('string', 'Technician'),
	},
};

const SEARCHES = [
	{
		name: 'Open repairs',
		data: {
			queryContext: 'conversation',
			and: [
				{ conversation_status: { equals: 'open' } },
				{ conversation_queue: { equals: QUEUES[2].id } },
			],
			or: [],
			sort: [{ conversation_updated_at: 'desc' }],
		},
	},
	{
		name: 'Gold customers',
		data: {
			queryContext: 'customer',
			and: [{ customer_custom_loyaltyStr: { equals: 'Gold' } }],
			sort: [{ customer_updated_at: 'desc' }],
		},
	},
];

const SETUP = { userId: USERS[0].id };

let made: StoredRecord[] | undefined;

/**
 * Made once for each process; the times lie in the past, the last ones a few hours ago.
 *
 * @returns the records of a small organization
 */
export function madeUpOrganization(organization: Organization): readonly StoredRecord[] {
	if (made !== undefined) return made;
	const store = new Store(BEST_EVIDENCE, () => undefined);
	const records: Records = new Records(store, BEST_EVIDENCE, (write) => {
		const envelope = envelopeOf(write, organization, records.now());
		if (write.after.type === 'conversation' && envelope !== undefined) {
			store.put(historyOf(envelope, write));
		}
	});
	fill(records);
	made = store.types().flatMap((type) => store.all(type));
	return made;
}

function fill(records: Records): void {
	const began = Date.now();
	const setBack = (hours: number) => {
		records.now = () => new Date(began - hours * HOUR_MS).toISOString();
	};
	people(records);
	setBack(24 * 60);
	for (const [resource, properties] of Object.entries(METADATA)) {
		records.store.put({ type: 'metadata', id: resource, attributes: { properties }, related: {} });
	}
	for (const klass of KLASSES) records.create('klass', klass, SETUP);
	for (const data of SEARCHES) records.create('search', data, SETUP);
	const companies = COMPANIES.map((body) => records.create('company', body, SETUP).id);
	const customers = CUSTOMERS.map(({ company, ...body }, at) => {
		setBack(24 * (50 - 3 * at));
		const link = company === undefined ? {} : { company: companies[company] };
		return records.create('customer', { ...body, ...link }, SETUP).id;
	});
	setBack(24 * 9);
	for (const [klass, customer, body] of OBJECTS) {
		records.create(`kobject.${klass}`, { ...body, customer: customers[customer] }, SETUP);
	}
	for (const talk of [...TALKS].sort((one, other) => other.hoursAgo - one.hoursAgo)) {
		converse(records, { talk, customer: customers[talk.customer], setBack });
	}
}

function people({ store }: Records): void {
	const put = (type: string, { id, ...attributes }: Json & { id: string }) =>
		store.put({
			type,
			id,
			attributes: { ...BLANKS[type](MADE_AT), ...attributes },
			related: {
				createdBy: { type: 'user', id: USERS[0].id },
				modifiedBy: { type: 'user', id: USERS[0].id },
				...(type !== 'user' && type !== 'queue' && { deletedBy: null }),
			},
		});
	for (const user of USERS) put('user', user);
	for (const team of TEAMS) put('team', { ...team, members: [...team.members] });
	for (const tag of TAGS) put('tag', tag);
	put('tag', DELETED_TAG);
	for (const queue of QUEUES) put('queue', queue);
}

const APP_OF: Readonly<Record<string, string>> = { email: 'postmark', sms: 'twilio' };

/** Who wrote to whom; a chat has no addresses. */
function metaOf(
	{ store }: Records,
	message: { channel: string; customer: string; name: string; isIn: boolean },
): Json {
	const { channel, isIn } = message;
	const { emails, sharedEmails, phones, whatsapps, name } =
		store.find('customer', message.customer)?.attributes ?? {};
	const ours = OUTBOUND_ACCOUNTS.find((one) => one.channel === channel)?.account;
	if (ours === undefined) return {};
	const first = (...lists: unknown[]) => (lists.flatMap((list) => list ?? []) as Json[])[0];
	if (channel === 'email') {
		const theirs = { email: first(emails, sharedEmails)?.email, ...(name ? { name } : {}) };
		const subject = isIn ? message.name : `Re: ${message.name}`;
		return isIn
			? { subject, from: theirs, to: [{ email: ours }] }
			: { subject, from: { email: ours }, to: [theirs] };
	}
	const theirs = first(whatsapps, phones)?.phone;
	return isIn ? { from: theirs, to: ours } : { from: ours, to: theirs };
}

type Setting = { talk: Talk; customer: string; setBack: (hours: number) => void };

function converse(records: Records, { talk, customer, setBack }: Setting): void {
	const { channel, name, custom, queue, tags, assigned = [], status, said, hoursAgo } = talk;
	const nobody = { userId: null };
	setBack(hoursAgo);
	const { id } = records.create(
		'conversation',
		{ customer, name, direction: 'in', ...(custom && { custom }) },
		nobody,
	);
	for (const [from, after, text, kind] of said) {
		setBack(hoursAgo - after);
		const isIn = from === 'customer';
		const by = isIn ? nobody : { userId: USERS[from].id };
		if (kind === 'note') records.create('note', { conversation: id, body: text }, by);
		else {
			const direction = isIn ? 'in' : 'out';
			createMessage(
				records,
				{
					...{ conversation: id, channel, app: APP_OF[channel] ?? channel, direction },
					...{ preview: text, meta: metaOf(records, { channel, customer, name, isIn }) },
				},
				by,
			);
		}
	}
	const { store } = records;
	records.update(
		records.get('conversation', id),
		{
			...(queue !== undefined && { queue: { id: QUEUES[queue].id } }),
			...(tags !== undefined && { tags }),
			assignedUsers: assigned.map((at) => USERS[at].id),
			...(status !== undefined && { status }),
			...(status === 'snoozed' && {
				snooze: { time: new Date(Date.now() + 72 * HOUR_MS).toISOString(), status: 'scheduled' },
			}),
		},
		{ by: SETUP },
	);
	if (name === 'Broken spout') addPhoto(records, id);
	if (status === 'done') rate(records, id);
	const deleted = store.find('tag', DELETED_TAG.id);
	if (tags?.includes(DELETED_TAG.name) && deleted !== undefined) {
		const gone = { deleted: true, deletedAt: records.now() };
		store.put({ ...deleted, attributes: { ...deleted.attributes, ...gone } });
	}
}

function addPhoto(records: Records, conversation: string): void {
	const [message] = records.store.children('message', 'conversation', conversation);
	const bytes = Buffer.from('A photo of a broken spout would be here.');
	const file = records.add(
		'attachment',
		{
			attributes: {
				name: 'spout.txt',
				contentType: 'text/plain',
				contentLength: bytes.length,
				uploaded: true,
				redacted: false,
			},
			related: {},
		},
		{ userId: null },
	);
	records.update(message, { attachments: [file.id] }, { by: { userId: null } });
	keepFile(records, file.id, bytes);
}

function rate(records: Records, id: string): void {
	const conversation = records.get('conversation', id);
	const now = records.now();
	const rating = { status: 'commented', rating: 5, score: 1 };
	const response = records.add(
		'satisfaction_response',
		{
			attributes: {
				...rating,
				formType: 'csat',
				channel: 'email',
				app: 'email',
				answers: [{ question: 'How did we do?', answer: 'Quick and kind.' }],
				sentAt: now,
				submittedAt: now,
				completedAt: now,
				scheduledFor: null,
				modifiedAt: now,
			},
			related: {
				conversation: { type: 'conversation', id },
				customer: conversation.related.customer ?? null,
			},
		},
		{ userId: null },
	);
	const satisfactionLevel = {
		sentByTeams: [],
		formResponse: response.id,
		createdAt: now,
		sentAt: now,
		channel: 'email',
		...rating,
	};
	records.edit(conversation, { attributes: { satisfaction: 100, satisfactionLevel } }, SETUP);
}
