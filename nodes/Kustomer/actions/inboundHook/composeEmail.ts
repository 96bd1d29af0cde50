import type { INodeProperties } from 'n8n-workflow';
import { listHooks } from '../../api/hooks';
import { INBOUND_WEBHOOKS } from '../../api/places';
import { oneOf } from '../../narrowing';
import type { Operation } from '../operation';
import { LOCATOR_DEFAULT, locatorProperty, type Item } from '../itemParameters';
import { jsonOf } from './content';
import { composedEmail } from './email';
import { FIELDS, JSON_TEXT } from './properties';

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
		default: LOCATOR_DEFAULT,
		description: 'The email hook that gets the mail',
		...locatorProperty(
			{ method: 'searchEmailHooks', placeholder: 'Choose a hook...' },
			{
				label: 'By Email',
				mode: 'email',
				placeholder: 'e.g. 5f3a…@hooks.kustomerapp.com',
				hint: `In Kustomer: ${INBOUND_WEBHOOKS} > Copy Hook Address`,
			},
		),
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
		description: 'How the data is written into the mail, invisible to people',
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
				description: 'Fields that you list here, without writing JSON',
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

/** The list gives addresses only; the key that belongs to one is read from Kustomer, once per run. */
async function keyOf({ context, run }: Item, hook: { mode: string; value: string }) {
	if (hook.mode !== 'list' || hook.value === '') return '';
	if (context.getNode().credentials?.kustomerApi === undefined) return '';
	const hooks = await run.once('hooks', async () => await listHooks(context, 'email'));
	const address = hook.value.toLowerCase();
	return hooks.find((one) => one.address.toLowerCase() === address)?.key ?? '';
}

export const composeEmail: Operation = {
	name: 'Compose Email',
	value: 'composeEmail',
	action: 'Compose email for inbound webhook',
	description:
		'Write a mail that an email hook of Kustomer can read: address for Bcc, subject, and HTML with the data inside. Does not send it; a mail node does.',
	properties,
	async perItem(item) {
		const hook = item.locator('hook');
		const key = item.text('hookKey') || (await keyOf(item, hook));
		const email = composedEmail({
			bcc: hook.value,
			subject: item.text('subject'),
			text: String(item.value('text', '')),
			json: jsonOf(item).bytes.toString('utf8'),
			format: oneOf(item.value('format', 'jsonLd'), ['jsonLd', 'json']),
			key,
		});
		if (key === '') item.run.hint(NO_KEY);
		return email;
	},
};
