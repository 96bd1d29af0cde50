import type { INodeProperties } from 'n8n-workflow';
import { WEBHOOK_SECRET } from '../../api/places';
import { parseEvent } from '../../event/event';
import { simplifiedItem } from '../../event/item';
import { VERDICT_WORDS, verify as verdictOn, type Verdict } from '../../event/signature';
import { textOf, textsOf } from '../../narrowing';
import { InputMistake } from '../itemErrors';
import { binaryField, piecesOf } from '../files';
import type { Operation } from '../operation';
import type { Item } from '../itemParameters';

const REMEDIES: Readonly<Record<Exclude<Verdict, 'valid'>, string>> = {
	noSecret: `Enter the secret in the Kustomer Webhook API credential. In Kustomer it is under ${WEBHOOK_SECRET}.`,
	noSignature:
		'Check that the field Signature contains the header x-kustomer-webhook-signature of the delivery.',
	malformedSignature:
		'Check that the field Signature contains the header x-kustomer-webhook-signature and nothing else.',
	mismatch:
		'Either this webhook did not send it, or the secret in the Kustomer Webhook API credential is another webhook\'s, or the body is no longer exactly as it arrived: in n8n\'s Webhook node, switch on the option "Raw Body".',
};

const properties: INodeProperties[] = [
	{
		displayName:
			'For deliveries that did not come through the Kustomer Trigger, but through n8n\'s Webhook node with the option "Raw Body", a queue or a file. Events whose signature is valid become the same items as in the trigger. To keep the others, set On Error to "Continue (using error output)" in the settings.',
		name: 'verifyNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Body Is In',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		default: 'binary',
		description: 'Where the body of the delivery is, exactly as it came',
		options: [
			{
				name: 'Binary Field',
				value: 'binary',
				description: "What n8n's Webhook node gives with Raw Body, or a file",
			},
			{ name: 'Text', value: 'text', description: 'What most queues give' },
		],
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryProperty',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field containing the body of the delivery',
		description: 'It is on the Binary tab of the input',
		displayOptions: { show: { source: ['binary'] } },
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. {{ $json.body }}',
		description:
			'The body exactly as it came. JSON that was read and written again is not: its signature no longer holds.',
		displayOptions: { show: { source: ['text'] } },
	},
	{
		displayName: 'Signature',
		name: 'signature',
		type: 'string',
		default: '={{ $json.headers["x-kustomer-webhook-signature"] }}',
		required: true,
		description: 'The header x-kustomer-webhook-signature of the delivery: 64 letters and digits',
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description:
			'Whether to return a simplified version of the event, with IDs in place of links and changes as from/to pairs, instead of the event exactly as Kustomer sent it',
	},
];

async function bodyOf(item: Item): Promise<Uint8Array> {
	if (item.value('source', 'binary') === 'text') {
		const text = item.value('text', '');
		if (typeof text === 'string') return Buffer.from(text, 'utf8');
		throw new InputMistake(
			'The expression in Text returns an object: the body was parsed already, so its signature can no longer be checked. Let the step before return it as text, or switch on "Raw Body" in n8n\'s Webhook node and choose "Binary Field" here.',
		);
	}
	const binary = binaryField(item, textOf(item.value('binaryProperty', 'data')));
	const pieces: Uint8Array[] = [];
	for await (const piece of await piecesOf(item.context, binary)) pieces.push(piece);
	return Buffer.concat(pieces);
}

async function secretsOf({ context }: Item): Promise<string[]> {
	const { secret, previousSecret } = await context.getCredentials('kustomerWebhookApi');
	return textsOf([secret, previousSecret]);
}

export const verify: Operation = {
	name: 'Verify',
	value: 'verify',
	action: 'Verify event',
	description:
		'Check by its signature that a delivery comes from Kustomer, and return the event. For deliveries that did not come through the Kustomer Trigger.',
	properties,
	credential: 'kustomerWebhookApi',
	async perItem(item) {
		const secrets = await item.run.once('secrets', async () => await secretsOf(item));
		const body = await bodyOf(item);
		const signature = item.value('signature', '');
		const verdict = verdictOn(
			body,
			typeof signature === 'string' ? signature.trim() : signature,
			secrets,
		);
		if (verdict !== 'valid') {
			throw new InputMistake(
				`This delivery is not taken as an event of Kustomer: ${VERDICT_WORDS[verdict]}. ${REMEDIES[verdict]}`,
			);
		}
		const event = parseEvent(body);
		if (event === undefined) {
			throw new InputMistake('Its signature is valid, but the body is not a Kustomer event.');
		}
		return item.value('simplify', true) === false ? event.raw : simplifiedItem(event);
	},
};
