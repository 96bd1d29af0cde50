import { isRecord, textOf, textsOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';

/** What is to reach a customer, and how it is written in a draft of Kustomer. */

/** The channels on which Kustomer sends drafts; messages come on more. */
export const CHANNELS = [
	'chat',
	'email',
	'facebook',
	'instagram',
	'sms',
	'twitter-dm',
	'twitter-tweet',
	'whatsapp',
] as const;

export type Channel = (typeof CHANNELS)[number];

/** An address, number or handle, and whose it is. */
export type Party = { address: string; name?: string };

export type Outgoing = {
	customerId: string;
	/** Undefined: a new one is made. */
	conversationId: string | undefined;
	channel: Channel;
	/** The app that connects the channel, as in the customer's message. */
	app: string | undefined;
	/** A chat has no addresses of its own. */
	from: Party | undefined;
	to: readonly Party[];
	cc: readonly Party[];
	bcc: readonly Party[];
	subject: string | undefined;
	/** As it was entered. */
	text: string;
	isHtml: boolean;
};

/** By channel, what Kustomer takes as `app`; the others take none. */
const APPS: Readonly<Partial<Record<Channel, readonly string[]>>> = {
	email: ['gmail', 'postmark'],
	sms: ['twilio', 'zipwhip'],
	whatsapp: ['twilio_whatsapp', 'messagebird', 'whatsapp'],
};

/** @returns the app if Kustomer takes it in a draft of this channel */
export function appOf(channel: Channel, app: unknown): string | undefined {
	return APPS[channel]?.find((known) => known === app);
}

const MASKED = '**';

/**
 * @param value as in a message's `meta`, where channels write one party, several, or plain text; or
 *   text with commas that a person entered
 */
export function partiesIn(value: unknown): Party[] {
	if (Array.isArray(value)) return value.flatMap(partiesIn);
	if (isRecord(value)) {
		const address = textOf(value.email) || textOf(value.phone) || textOf(value.id);
		const name = textOf(value.name);
		return address === '' ? [] : [{ address, ...(name !== '' && { name }) }];
	}
	return textOf(value)
		.split(/[,;\n](?=(?:[^"]*"[^"]*")*[^"]*$)/)
		.flatMap(textsOf)
		.map(partyIn);
}

/** `Jane Doe <jane@example.com>`, or the address alone. */
function partyIn(text: string): Party {
	const parts = /^(.*)<([^<>]+)>$/.exec(text);
	if (parts === null) return { address: text };
	const name = parts[1].trim().replace(/^"(.*)"$/, '$1');
	return { address: parts[2].trim(), ...(name !== '' && { name }) };
}

const EMAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;
const PHONE = /^\+?\d{3,15}$/;

/**
 * @returns the party that a person entered, its number without spaces
 * @throws InputMistake naming the parameter when it is no address on this channel
 */
export function checkedParty(party: Party, channel: Channel, parameter: string): Party {
	const { address } = unmasked(party, parameter);
	if (channel === 'email' && !EMAIL.test(address)) throw notAnAddress(address, parameter, 'email');
	if (channel !== 'sms' && channel !== 'whatsapp') return party;
	const number = address.replace(/[\s().-]/g, '');
	if (PHONE.test(number)) return { ...party, address: number };
	throw notAnAddress(address, parameter, 'phone');
}

/** @throws InputMistake naming the parameter when Kustomer withholds the address from the key */
export function unmasked(party: Party, parameter: string): Party {
	if (!party.address.includes(MASKED)) return party;
	throw new InputMistake(
		`Nothing was sent: Kustomer masks the address for this API key. Enter it in "${parameter}", or use a key that may see it.`,
	);
}

function notAnAddress(address: string, parameter: string, kind: 'email' | 'phone'): InputMistake {
	const words =
		kind === 'email'
			? 'an email address, such as jane@example.com'
			: 'a phone number with the country code, such as +14155550123';
	return new InputMistake(
		`Nothing was sent: "${address.slice(0, 100)}" in "${parameter}" is not ${words}.`,
	);
}

/** @returns the body as it goes out: in an email, text is shown as it is written */
export function bodyOf({ channel, text, isHtml }: Outgoing): string {
	return isHtml || channel !== 'email' ? text : escaped(text).replace(/\r\n|\r|\n/g, '<br>');
}

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** @returns the draft as Kustomer's API takes it, without the time at which it goes out */
export function draftOf(outgoing: Outgoing): Record<string, unknown> {
	const { channel, conversationId, app, from, to, cc, bcc, subject, isHtml, text } = outgoing;
	const isEmail = channel === 'email';
	const written = ({ address, name }: Party) =>
		isEmail ? { email: address, ...(name !== undefined && { name }) } : address;
	return {
		channel,
		...(conversationId !== undefined && { conversation: conversationId }),
		...(app !== undefined && { app }),
		...(from !== undefined && { from: written(from) }),
		...(to.length > 0 && { to: isEmail ? to.map(written) : written(to[0]) }),
		...(cc.length > 0 && { cc: cc.map(written) }),
		...(bcc.length > 0 && { bcc: bcc.map(written) }),
		...(subject !== undefined && { subject }),
		body: bodyOf(outgoing),
		// From this Kustomer's editor shows the text to an agent.
		...(!isHtml && { payload: { draftJs: draftJsOf(text) } }),
	};
}

function draftJsOf(text: string) {
	const blocks = text.split(/\r\n|\r|\n/).map((line, place) => ({
		key: place.toString(36).padStart(5, '0'),
		text: line,
		type: 'unstyled',
		depth: 0,
		inlineStyleRanges: [],
		entityRanges: [],
		data: {},
	}));
	return { blocks, entityMap: {} };
}

/** @returns what people read of them; null where the channel has no addresses */
export function addressesOf(parties: readonly Party[]): string | null {
	return parties.length === 0 ? null : parties.map(({ address }) => address).join(', ');
}

/** @returns the text without markup and white space, which previews change */
export function lettersOf(text: string): string {
	return text
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&quot;/g, '"')
		.replace(/&#39;/g, "'")
		.replace(/&amp;/g, '&')
		.replace(/<\/?[a-z][^<>]*>/gi, '')
		.replace(/\s+/g, '');
}
