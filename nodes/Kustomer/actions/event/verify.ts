import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { WEBHOOK_SECRET } from '../../api/places';
import { parseEvent } from '../../event/event';
import { simplifiedItem } from '../../event/item';
import { VERDICT_WORDS, verify as verdictOn, type Verdict } from '../../event/signature';
import { textOf, textsOf } from '../../narrowing';
import { InputMistake } from '../mistake';
import { oneByOne } from '../batches';
import { webhookCredentialOnce } from '../credentials';
import { binaryField, piecesOf } from '../files';
import type { Operation } from '../operation';

const REMEDIES: Readonly<Record<Exclude<Verdict, 'valid'>, string>> = {
	noSecret: `Enter the secret in the Kustomer Webhook API credential. It is in Kustomer: ${WEBHOOK_SECRET}.`,
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
			'For deliveries that did not come through the Kustomer Trigger, but through n8n\'s Webhook node with the option "Raw Body", a queue or a file. Verified events become the same items as in the trigger. To keep the others, set On Error to "Continue (using error output)" in the settings.',
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
		description: 'Where the body of the delivery is, exactly as it arrived',
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
			'The body exactly as it arrived. JSON that was parsed and written again no longer matches its signature.',
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

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const credential = webhookCredentialOnce(context, 'to check signatures');
	return await oneByOne(context, async (itemIndex) => {
		const { secret, previousSecret } = await credential();
		const body = await bodyOf(context, itemIndex);
		const signature: unknown = context.getNodeParameter('signature', itemIndex, '');
		const verdict = verdictOn(
			body,
			typeof signature === 'string' ? signature.trim() : signature,
			textsOf([secret, previousSecret]),
		);
		if (verdict !== 'valid') {
			throw new InputMistake(
				`This delivery is not taken as an event of Kustomer: ${VERDICT_WORDS[verdict]}. ${REMEDIES[verdict]}`,
			);
		}
		const event = parseEvent(body);
		if (event === undefined) {
			throw new InputMistake('The signature is valid, but the body is not a Kustomer event.');
		}
		const isSimple = context.getNodeParameter('simplify', itemIndex, true) !== false;
		return (isSimple ? simplifiedItem(event) : event.raw) as IDataObject;
	});
}

async function bodyOf(context: IExecuteFunctions, itemIndex: number): Promise<Uint8Array> {
	if (context.getNodeParameter('source', itemIndex, 'binary') === 'text') {
		const text: unknown = context.getNodeParameter('text', itemIndex, '');
		if (typeof text === 'string') return Buffer.from(text, 'utf8');
		throw new InputMistake(
			'The expression in Text returns an object: the body was parsed already, so its signature can no longer be checked. Let the step before return it as text, or switch on "Raw Body" in n8n\'s Webhook node and choose "Binary Field" here.',
		);
	}
	const property = textOf(context.getNodeParameter('binaryProperty', itemIndex, 'data'));
	const pieces: Uint8Array[] = [];
	const binary = binaryField(context, property, itemIndex);
	for await (const piece of await piecesOf(context, binary)) pieces.push(piece);
	return Buffer.concat(pieces);
}

export const verify: Operation = {
	name: 'Verify',
	value: 'verify',
	action: 'Verify event',
	description:
		'Verify by its signature that a delivery comes from Kustomer, and return the event. For deliveries that did not come through the Kustomer Trigger.',
	properties,
	execute,
};
