import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { apiList, resourcesOf, type Resource } from '../../api/paging';
import { kustomerErrors } from '../../api/replies';
import { apiReply } from '../../api/request';
import type { HookType } from './hookAddress';
import { InputMistake } from '../mistake';
import { requireApiKey } from '../credentials';
import { oneByOne } from '../batches';
import { LIST_LENGTH, listLimit, locatorText } from '../locator';
import type { Operation } from '../operation';
import { withoutSecrets } from '../withoutSecrets';
import { hookPath, PAGE_SIZE, readingHook, switchDebugOn, UNKNOWN_HOOK } from './hooks';
import { hookTypeOf } from './hookType';
import { HOOK_BY_ID, HOOK_TYPE } from './parameters';

const DEBUG_IS_OFF =
	'Kustomer does not record what arrives at this hook, because debug is off. Switch on "Switch Debug On" here and run this step again: Kustomer then records for 24 hours, beginning with the next post.';

const DEBUG_IS_NOW_ON =
	'Debug was off, so nothing is recorded yet. It is on now for 24 hours: post to the hook, then run this step again.';

const properties: INodeProperties[] = [
	HOOK_TYPE,
	HOOK_BY_ID,
	...LIST_LENGTH,
	{
		displayName: 'Switch Debug On',
		name: 'switchDebugOn',
		type: 'boolean',
		default: false,
		description:
			'Whether to let Kustomer record for 24 hours what arrives, should it not do so yet. Only what arrives afterwards is recorded.',
	},
];

type Wanted = { hookType: HookType; id: string; limit: number | undefined };

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	return await oneByOne(context, async (itemIndex) => {
		requireApiKey(context, 'to read what arrived at a hook');
		const wanted = {
			hookType: hookTypeOf(context, itemIndex),
			id: locatorText(context, 'hook', itemIndex),
			limit: listLimit(context, itemIndex),
		};
		if (wanted.id === '') throw new InputMistake('No hook is chosen. Choose one in "Hook".');
		return await deliveries(context, wanted, itemIndex);
	});
}

async function deliveries(context: IExecuteFunctions, wanted: Wanted, itemIndex: number) {
	if (!(await isDebugOff(context, wanted))) {
		return (await transactions(context, wanted)).map((entry) => deliveryItem(wanted, entry));
	}
	if (context.getNodeParameter('switchDebugOn', itemIndex, false) !== true) {
		throw new InputMistake(DEBUG_IS_OFF);
	}
	await switchDebugOn(context, wanted.hookType, wanted.id);
	context.addExecutionHints({ message: DEBUG_IS_NOW_ON, location: 'outputPane' });
	return [];
}

async function isDebugOff(context: IExecuteFunctions, wanted: Wanted): Promise<boolean> {
	const hook = await apiReply(context, readingHook(wanted.hookType, wanted.id));
	if (hook.status < 300) return resourcesOf(hook.body)[0]?.attributes.debug === false;
	// A key may see what arrived (org.hooks) without seeing the hook: then only Kustomer can tell.
	const refusal = await apiReply(context, { ...reading(wanted), method: 'GET' });
	return (
		refusal.status >= 400 && kustomerErrors(refusal.body).some(({ text }) => /debug/i.test(text))
	);
}

async function transactions(context: IExecuteFunctions, wanted: Wanted): Promise<Resource[]> {
	return await apiList(context, {
		...reading(wanted),
		pageSize: PAGE_SIZE,
		limit: wanted.limit,
	});
}

function reading({ hookType, id }: Wanted) {
	return {
		purpose: 'read what arrived at the hook',
		role: 'org.hooks',
		missing: UNKNOWN_HOOK,
		path: `${hookPath(hookType, id)}/transactions`,
	};
}

function deliveryItem({ hookType, id }: Wanted, entry: Resource) {
	return { id: entry.id, hookId: id, hookType, ...withoutSecrets(entry.attributes) };
}

export const getDeliveries: Operation = {
	name: 'Get Deliveries',
	value: 'getDeliveries',
	action: 'Get deliveries of inbound webhook',
	description:
		'List what arrived at an inbound webhook within the last 24 hours, to see whether and how data reaches Kustomer. Kustomer records it only while debug is on.',
	properties,
	execute,
};
