import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import type { HookType } from './hookAddress';
import { InputMistake } from '../mistake';
import { requireApiKey } from '../credentials';
import { oneByOne } from '../batches';
import { parameterText } from '../locator';
import type { Operation } from '../operation';
import { createHook, hookItem, switchDebugOn } from './hooks';
import { hookTypeOf } from './hookType';
import { HOOK_TYPE } from './parameters';

const properties: INodeProperties[] = [
	HOOK_TYPE,
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. Orders from the shop',
		description: 'Under which name people find the hook in Kustomer',
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
			'Under which name workflows in Kustomer see what arrives. Empty: Kustomer makes one with the ID of the hook.',
	},
	{
		displayName: 'Debug',
		name: 'debug',
		type: 'boolean',
		default: false,
		description:
			'Whether Kustomer records for 24 hours what arrives, for "Get Deliveries". Useful while building.',
	},
];

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) => {
		requireApiKey(context, 'to create a hook');
		const hookType = hookTypeOf(context, itemIndex);
		const created = await createHook(context, hookType, bodyOf(context, itemIndex));
		if (created === undefined) {
			throw new NodeOperationError(
				context.getNode(),
				'Kustomer made the hook but did not say which. Look under Settings > Platform > Inbound Webhooks.',
				{ itemIndex },
			);
		}
		const item = hookItem(hookType, created);
		if (context.getNodeParameter('debug', itemIndex, false) !== true) return item;
		return { ...item, debug: await isDebugOn(context, { hookType, id: created.id }) };
	});
}

/** The hook exists by now: failing here would lead people to make a second one. */
async function isDebugOn(
	context: IExecuteFunctions,
	{ hookType, id }: { hookType: HookType; id: string },
): Promise<boolean> {
	try {
		await switchDebugOn(context, hookType, id);
		return true;
	} catch (error) {
		const why = (error as Error).message;
		context.addExecutionHints({
			message: `The hook was created, but debug is off. ${why}`,
			location: 'outputPane',
		});
		return false;
	}
}

function bodyOf(context: IExecuteFunctions, itemIndex: number): Record<string, string> {
	const title = parameterText(context, 'title', itemIndex);
	if (title === '') throw new InputMistake('The hook needs a title. Enter one in "Title".');
	const description = parameterText(context, 'description', itemIndex);
	const eventName = parameterText(context, 'eventName', itemIndex);
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
		'Make a new inbound webhook in Kustomer and return its address, to which data can be posted or mailed from then on',
	properties,
	execute,
};
