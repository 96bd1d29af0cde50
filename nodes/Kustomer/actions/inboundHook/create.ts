import { NodeOperationError } from 'n8n-workflow';
import { createHook, hookItem, hookTypeOf, switchDebugOn } from '../../api/hooks';
import { INBOUND_WEBHOOKS } from '../../api/places';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import type { Item } from '../itemParameters';
import { HOOK_TYPE } from './properties';

/** The hook exists by now: failing here would lead people to make a second one. */
async function isDebugOn(item: Item, id: string): Promise<boolean> {
	try {
		await switchDebugOn(item.context, hookTypeOf(item.value('hookType', 'web')), id);
		return true;
	} catch (error) {
		item.run.hint(`The hook was created, but debug is off. ${(error as Error).message}`);
		return false;
	}
}

function bodyOf(item: Item): Record<string, string> {
	const title = item.text('title');
	if (title === '') throw new InputMistake('The hook needs a title. Enter one in "Title".');
	const description = item.text('description');
	const eventName = item.text('eventName');
	return {
		title,
		...(description !== '' && { description }),
		...(eventName !== '' && { eventName }),
	};
}

export const create: Operation = {
	name: 'Create',
	value: 'create',
	action: 'Create inbound webhook',
	description:
		'Create an inbound webhook in Kustomer and return its address, to which data can be posted or mailed from then on',
	credential: 'kustomerApi',
	properties: [
		HOOK_TYPE,
		{
			displayName: 'Title',
			name: 'title',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. Orders from the shop',
			description: 'The name under which people find the hook in Kustomer',
		},
		{
			displayName: 'Description',
			name: 'description',
			type: 'string',
			default: '',
			placeholder: 'e.g. Posted by n8n for every new order',
			description: 'What the hook is for, in words for your colleagues',
		},
		{
			displayName: 'Event Name',
			name: 'eventName',
			type: 'string',
			default: '',
			placeholder: 'e.g. kustomer.app.acme.order.create',
			description:
				'The name under which workflows in Kustomer see what arrives. Empty: Kustomer makes one with the ID of the hook.',
		},
		{
			displayName: 'Debug',
			name: 'debug',
			type: 'boolean',
			default: false,
			description:
				'Whether Kustomer records for 24 hours what arrives, for "Get Deliveries". Useful while building.',
		},
	],
	async perItem(item) {
		const hookType = hookTypeOf(item.value('hookType', 'web'));
		const created = await createHook(item.context, hookType, bodyOf(item));
		if (created === undefined) {
			throw new NodeOperationError(
				item.context.getNode(),
				`Kustomer created the hook but did not return it. Look under ${INBOUND_WEBHOOKS}.`,
				{ itemIndex: item.index },
			);
		}
		const shown = hookItem(hookType, created);
		return item.isOn('debug') ? { ...shown, debug: await isDebugOn(item, created.id) } : shown;
	},
};
