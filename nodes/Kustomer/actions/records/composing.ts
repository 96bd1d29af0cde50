import { NodeApiError } from 'n8n-workflow';
import { outboundAccounts } from '../../api/drafts';
import { apiList } from '../../api/paging';
import type { ApiRecord } from '../../api/records';
import { relatedId } from '../../event/fields';
import { oneOf, recordOf, textOf, textsOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import type { Item } from '../itemParameters';
import type { Access } from './access';
import { instantOf, relativeInstant, withoutDateObjects } from './dates';
import {
	appOf,
	CHANNELS,
	checkedParty,
	partiesIn,
	unmasked,
	type Channel,
	type Outgoing,
	type Party,
} from './outgoing';
import { filesGiven } from './uploading';

/** How far back messages are looked for at first. */
export const RECENT_MESSAGES = 100;

/**
 * Makes of the parameters what is to reach the customer. What is not given is as in the customer's
 * last message in the conversation; nothing is guessed.
 *
 * @returns it, and the latest messages that are there already
 * @throws InputMistake naming the parameter to fill in where it cannot be told
 */
export async function composed(
	access: Access,
): Promise<{ outgoing: Outgoing; there: ApiRecord[] }> {
	const { item } = access;
	const text = textToSend(item);
	filesGiven(access);
	const place = await placeOf(access);
	const there = await messagesOf(access, place, RECENT_MESSAGES);
	const last = await lastMessage(access, place, there);
	const channel = channelOf(item, last);
	// Addresses of another channel are no addresses on this one.
	const answered = last?.attributes.channel === channel ? last : undefined;
	const from = await senderOf(access, channel, answered);
	const to = recipientsFor(item, channel, answered);
	if (to.some(({ address }) => address.toLowerCase() === from?.address.toLowerCase())) {
		throw new InputMistake(
			`Nothing was sent: ${from?.address} would write to itself. Fill in "From" and "To".`,
		);
	}
	const isHtml = oneOf(item.value('bodyFormat', 'text'), ['text', 'html']) === 'html';
	if (isHtml && channel !== 'email') {
		throw new InputMistake(
			`Nothing was sent: HTML can be sent by email only, and this goes out by ${channel}. Set "Text Format" to "Text".`,
		);
	}
	const outgoing: Outgoing = {
		...place,
		channel,
		app: appFor(channel, answered),
		from,
		to,
		cc: copiesTo(item, channel, 'Cc'),
		bcc: copiesTo(item, channel, 'Bcc'),
		subject: subjectOf(item, channel, answered),
		text,
		isHtml,
	};
	return { outgoing, there };
}

/** @returns the messages of the conversation, or of the customer where that is still to be made; newest first */
export async function messagesOf(
	access: Access,
	{ conversationId, customerId }: Pick<Outgoing, 'conversationId' | 'customerId'>,
	limit?: number,
): Promise<ApiRecord[]> {
	const { parents } = access.kind;
	const path =
		conversationId === undefined
			? access.filled(parents?.customer ?? '', customerId)
			: access.filled(parents?.conversation ?? '', conversationId);
	const messages = await apiList(access.caller, {
		...access.call,
		purpose: `read the messages of the ${conversationId === undefined ? 'customer' : 'conversation'}`,
		role: access.role('read'),
		path,
		query: { sort: 'desc' },
		limit,
	});
	return messages.sort((a, b) => sentAtMs(b) - sentAtMs(a));
}

/** @returns when a message was sent or received, in epoch milliseconds */
export function sentAtMs({ attributes }: ApiRecord): number {
	return Date.parse(textOf(attributes.sentAt) || textOf(attributes.createdAt)) || 0;
}

/** @returns the time in a parameter; throws InputMistake naming it when there is none */
export function timeIn(item: Item, name: string, label: string): string {
	const given = withoutDateObjects(item.value(name, ''));
	const text = given instanceof Date ? given.toISOString() : textOf(given);
	const time = relativeInstant(text, new Date()) ?? instantOf(text, item.context.getTimezone());
	if (time !== undefined) return time;
	throw new InputMistake(
		text === ''
			? `Nothing was sent: no time is given. Enter it in "${label}".`
			: `Nothing was sent: "${text.slice(0, 60)}" in "${label}" is not a time. Write it as 2026-11-24T15:30.`,
	);
}

function textToSend(item: Item): string {
	const given = item.value('body', '');
	if (typeof given === 'object' && given !== null) {
		throw new InputMistake('Nothing was sent: "Text" holds an object. Choose one of its fields.');
	}
	const text = String(given ?? '');
	if (text.trim() === '') {
		throw new InputMistake('Nothing was sent: the message has no text. Enter it in "Text".');
	}
	if (text.includes('[object Object]')) {
		throw new InputMistake(
			'Nothing was sent: "Text" contains "[object Object]". Check the expression in it.',
		);
	}
	return text;
}

type Place = Pick<Outgoing, 'customerId' | 'conversationId'>;

async function placeOf(access: Access): Promise<Place> {
	if (access.item.value('sendTo', 'conversation') === 'newConversation') {
		const { id } = await access.of('customer').meant();
		return { customerId: id, conversationId: undefined };
	}
	const conversations = access.of('conversation');
	const meant = await conversations.meant();
	const { id, relationships } = meant.record ?? (await conversations.read(meant.id));
	const customerId = relatedId(relationships.customer);
	if (typeof customerId === 'string') return { customerId, conversationId: id };
	throw new InputMistake(
		`Nothing was sent: Kustomer does not say which customer the conversation ${id} is with.`,
	);
}

async function lastMessage(
	access: Access,
	place: Place,
	recent: readonly ApiRecord[],
): Promise<ApiRecord | undefined> {
	if (place.conversationId === undefined) return undefined;
	const found = recent.find(isFromCustomer);
	if (found !== undefined || recent.length < RECENT_MESSAGES) return found;
	return (await messagesOf(access, place)).find(isFromCustomer);
}

export function isFromCustomer({ attributes }: ApiRecord): boolean {
	return attributes.direction === 'in';
}

function channelOf(item: Item, last: ApiRecord | undefined): Channel {
	const given = item.text('channel');
	const wanted = given || textOf(last?.attributes.channel);
	const channel = CHANNELS.find((known) => known === wanted);
	if (channel !== undefined) return channel;
	if (given !== '') {
		throw new InputMistake(
			`Nothing was sent: "${given.slice(0, 40)}" in "Channel" is none of ${CHANNELS.join(', ')}.`,
		);
	}
	throw untold(
		'Channel',
		wanted === ''
			? sourceless(item)
			: `the customer's last message came by ${wanted}, by which Kustomer cannot answer`,
	);
}

/** @returns why something is not known from the conversation */
function sourceless(item: Item, channel?: Channel): string {
	if (item.value('sendTo', 'conversation') === 'newConversation')
		return 'a new conversation has no message to take it from';
	return channel === undefined
		? 'there is no message of the customer to take it from'
		: `the customer did not write by ${channel} last, so there is nothing to take it from`;
}

/** @returns the error for what is neither given nor known from the conversation */
function untold(parameter: string, why: string) {
	return new InputMistake(`Nothing was sent: ${why}. Fill in "${parameter}".`);
}

function recipientsFor(item: Item, channel: Channel, answered: ApiRecord | undefined): Party[] {
	const given = partiesIn(item.value('to', ''));
	const found = given.length > 0 ? given : partiesIn(metaOf(answered).from);
	if (found.length === 0 && channel === 'chat' && answered !== undefined) return [];
	if (found.length === 0)
		throw untold('To', unaddressed(answered, 'from') ?? sourceless(item, channel));
	if (found.length > 1 && (given.length === 0 || channel !== 'email')) {
		throw new InputMistake(
			`Nothing was sent: there are several recipients (${found.map(({ address }) => address).join(', ')}). Enter the one that you mean in "To".`,
		);
	}
	const isChecked = given.length > 0 || channel === 'email';
	return found.map((party) =>
		isChecked ? checkedParty(party, channel, 'To') : unmasked(party, 'To'),
	);
}

function unaddressed(answered: ApiRecord | undefined, whose: 'from' | 'to'): string | undefined {
	if (answered === undefined) return undefined;
	return `Kustomer does not say ${whose === 'from' ? 'from which' : 'to which'} address the customer wrote`;
}

async function senderOf(
	access: Access,
	channel: Channel,
	answered: ApiRecord | undefined,
): Promise<Party | undefined> {
	const given = access.item.locator('from').value;
	const [sender] = given === '' ? await ownAddresses(access, channel, answered) : partiesIn(given);
	// By SMS, senders may also be names.
	if (sender !== undefined && channel !== 'email') return unmasked(sender, 'From');
	if (sender !== undefined) return checkedParty(sender, channel, 'From');
	if (channel === 'chat' && answered !== undefined) return undefined;
	throw untold('From', unaddressed(answered, 'to') ?? sourceless(access.item, channel));
}

/**
 * The address that the customer wrote to; without the name, which the customer may have chosen.
 * Where the customer wrote to several, it is the one that is an account of the organization.
 */
async function ownAddresses(
	access: Access,
	channel: Channel,
	answered: ApiRecord | undefined,
): Promise<Party[]> {
	const { to, cc } = metaOf(answered);
	const found = [...partiesIn(to), ...partiesIn(cc)].map(({ address }) => ({ address }));
	if (found.length < 2) return found;
	const own = await accountsOf(access, channel);
	const ours = found.filter(({ address }) => own?.has(address.toLowerCase()));
	if (new Set(ours.map(({ address }) => address.toLowerCase())).size === 1) return ours;
	throw untold(
		'From',
		own === undefined
			? 'the customer wrote to several addresses, and the API key may not read which of them are yours (role org.permission.apps.read)'
			: `the customer wrote to several addresses, and ${ours.length === 0 ? 'none' : 'more than one'} of them is an account that your organization sends from`,
	);
}

/** @returns the addresses of the organization; undefined where the key may not read them */
async function accountsOf(
	{ item, caller }: Access,
	channel: Channel,
): Promise<Set<string> | undefined> {
	const reading = item.run.once('outbound accounts', async () =>
		outboundAccounts(caller).catch((error: unknown) => {
			if (error instanceof NodeApiError && WITHHELD.has(error.httpCode ?? '')) return undefined;
			throw error;
		}),
	);
	const accounts = (await reading)?.filter((account) => account.channel === channel);
	return accounts && new Set(accounts.map(({ address }) => address.toLowerCase()));
}

const WITHHELD: ReadonlySet<string> = new Set(['401', '403', '404']);

function metaOf(message: ApiRecord | undefined): Record<string, unknown> {
	return recordOf(message?.attributes.meta);
}

function appFor(channel: Channel, answered: ApiRecord | undefined): string | undefined {
	const app = appOf(channel, answered?.attributes.app);
	if (app !== undefined || channel !== 'whatsapp') return app;
	throw new InputMistake(
		'Nothing was sent: by WhatsApp, Kustomer can only answer a WhatsApp message that says by which app it came. Choose another channel in "Channel".',
	);
}

function copiesTo(item: Item, channel: Channel, label: 'Cc' | 'Bcc'): Party[] {
	const parties = partiesIn(textsOf(item.value(label.toLowerCase(), [])));
	if (parties.length > 0 && channel !== 'email') {
		throw new InputMistake(
			`Nothing was sent: "${label}" is for emails, and this goes out by ${channel}. Remove it.`,
		);
	}
	return parties.map((party) => checkedParty(party, channel, label));
}

function subjectOf(
	item: Item,
	channel: Channel,
	answered: ApiRecord | undefined,
): string | undefined {
	if (channel !== 'email') return undefined;
	const given = item.text('subject').replace(/\s+/g, ' ');
	if (given !== '') return given;
	const theirs = textOf(answered?.attributes.subject) || textOf(metaOf(answered).subject);
	if (theirs === '') return undefined;
	return /^re:/i.test(theirs) ? theirs : `Re: ${theirs}`;
}
