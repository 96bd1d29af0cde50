import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { composedEmail, type Format } from './email';
import { oneByOne } from '../batches';
import { locator, parameterText } from '../locator';
import type { Operation } from '../operation';
import { jsonOf } from './content';
import { listHooks, type Hook } from './hooks';
import { FIELDS, JSON_TEXT } from './parameters';

const NO_KEY =
	'Kustomer reads a mail only when it carries the key of the email hook. Choose the hook from the list, or enter its key in "Hook Key".';

const properties: INodeProperties[] = [
	{
		displayName:
			'This step writes the mail; one of n8n\'s mail nodes after it sends it. Map subject, html and bcc there. With the Send Email node: Email Format "Both", and bcc as an option.',
		name: 'mailNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Hook',
		name: 'hook',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'The email hook that is to get the mail',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a hook...',
				typeOptions: { searchListMethod: 'searchEmailHooks', searchable: true },
			},
			{
				displayName: 'By Email',
				name: 'email',
				type: 'string',
				placeholder: 'e.g. 5f3a…@hooks.kustomerapp.com',
				hint: 'In Kustomer: Settings > Platform > Inbound Webhooks > Copy Hook Address',
			},
		],
	},
	{
		displayName: 'Hook Key',
		name: 'hookKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. 7c1d…',
		description:
			'What proves to Kustomer that the mail may be read (data-kustomer-key). Empty: n8n asks Kustomer for the key of a hook that was chosen from the list.',
	},
	{
		displayName: 'Subject',
		name: 'subject',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Your order A-1042',
		description: 'The subject of the mail',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. Thank you for your order.',
		description: 'What a person who gets the mail sees. An empty line begins a new paragraph.',
	},
	{
		displayName: 'Format',
		name: 'format',
		type: 'options',
		noDataExpression: true,
		default: 'jsonLd',
		description: 'How the data stands in the mail, invisible to people',
		options: [
			{ name: 'JSON', value: 'json', description: 'A block of plain JSON' },
			{
				name: 'JSON-LD',
				value: 'jsonLd',
				description: "A block of JSON-LD, as in Kustomer's documentation",
			},
		],
	},
	{
		displayName: 'Data',
		name: 'specifyBody',
		type: 'options',
		noDataExpression: true,
		default: 'item',
		description: 'Where the data comes from',
		options: [
			{
				name: 'Fields Below',
				value: 'fields',
				description: 'Fields that you list here, for clicking a mail together',
			},
			{
				name: 'Incoming Item',
				value: 'item',
				description: 'The item as the node before this one gives it',
			},
			{
				name: 'JSON Text',
				value: 'json',
				description: 'JSON that you write yourself, for full control',
			},
		],
	},
	{ ...FIELDS, displayOptions: { show: { specifyBody: ['fields'] } } },
	{ ...JSON_TEXT, displayOptions: { show: { specifyBody: ['json'] } } },
];

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	let known: Promise<Hook[]> | undefined;
	const emailHooks = async () => await (known ??= listHooks(context, 'email'));
	let keyless = 0;
	const output = await oneByOne(context, async (itemIndex) => {
		const key = await keyOf(context, emailHooks, itemIndex);
		const email = composedEmail({
			bcc: locator(context, 'hook', itemIndex).value,
			subject: parameterText(context, 'subject', itemIndex),
			text: String(context.getNodeParameter('text', itemIndex, '')),
			json: jsonOf(context, itemIndex).bytes.toString('utf8'),
			format: formatOf(context, itemIndex),
			key,
		});
		if (key === '') keyless++;
		return email;
	});
	if (keyless > 0) context.addExecutionHints({ message: NO_KEY, location: 'outputPane' });
	return output;
}

/** The list gives addresses only; the key that belongs to one is read from Kustomer, once per run. */
async function keyOf(
	context: IExecuteFunctions,
	emailHooks: () => Promise<Hook[]>,
	itemIndex: number,
): Promise<string> {
	const given = parameterText(context, 'hookKey', itemIndex);
	const { mode, value } = locator(context, 'hook', itemIndex);
	if (given !== '' || mode !== 'list' || value === '') return given;
	if (context.getNode().credentials?.kustomerApi === undefined) return '';
	const address = value.toLowerCase();
	const hook = (await emailHooks()).find((one) => one.address.toLowerCase() === address);
	return hook?.key ?? '';
}

function formatOf(context: IExecuteFunctions, itemIndex: number): Format {
	return context.getNodeParameter('format', itemIndex, 'jsonLd') === 'json' ? 'json' : 'jsonLd';
}

export const composeEmail: Operation = {
	name: 'Compose Email',
	value: 'composeEmail',
	action: 'Compose email for inbound webhook',
	description:
		'Write a mail that an email hook of Kustomer can read: address for Bcc, subject, and HTML with the data inside. Does not send it; a mail node does.',
	properties,
	execute,
};
