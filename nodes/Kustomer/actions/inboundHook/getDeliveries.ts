import { kustomerErrors } from '../../api/errors';
import {
	hookTypeOf,
	readingDeliveries,
	readingHook,
	switchDebugOn,
	type HookType,
} from '../../api/hooks';
import { apiList } from '../../api/paging';
import { recordsIn, withoutSecrets } from '../../api/records';
import { apiReply } from '../../api/request';
import { InputMistake } from '../itemErrors';
import type { Operation } from '../operation';
import { LIST_LENGTH, type Item } from '../itemParameters';
import { HOOK_BY_ID, HOOK_TYPE } from './properties';

const DEBUG_IS_OFF =
	'Kustomer does not record what arrives at this hook, because debug is off. Turn on "Switch Debug On" here and run this step again: Kustomer then records for 24 hours, beginning with the next post.';

const DEBUG_IS_NOW_ON =
	'Debug was off, so nothing is recorded yet. It is on now for 24 hours: post to the hook, then run this step again.';

type HookRef = { hookType: HookType; id: string };

async function deliveries(item: Item, { hookType, id }: HookRef): Promise<object[]> {
	const { context, limit } = item;
	if (!(await isDebugOff(item, { hookType, id }))) {
		const entries = await apiList(context, { ...readingDeliveries(hookType, id), limit });
		return entries.map((entry) => ({
			id: entry.id,
			hookId: id,
			hookType,
			...withoutSecrets(entry.attributes),
		}));
	}
	if (!item.isOn('switchDebugOn')) throw new InputMistake(DEBUG_IS_OFF);
	await switchDebugOn(context, hookType, id);
	item.run.hint(DEBUG_IS_NOW_ON);
	return [];
}

async function isDebugOff({ context }: Item, { hookType, id }: HookRef): Promise<boolean> {
	const hook = await apiReply(context, readingHook(hookType, id));
	if (hook.status < 300) return recordsIn(hook.body)[0]?.attributes.debug === false;
	// A key may see what arrived (org.hooks) without seeing the hook: then only Kustomer can tell.
	const refusal = await apiReply(context, readingDeliveries(hookType, id));
	return (
		refusal.status >= 400 && kustomerErrors(refusal.body).some(({ text }) => /debug/i.test(text))
	);
}

export const getDeliveries: Operation = {
	name: 'Get Deliveries',
	value: 'getDeliveries',
	action: 'Get deliveries of inbound webhook',
	description:
		'List what arrived at an inbound webhook within the last 24 hours, to see whether and how data reaches Kustomer. Kustomer records it only while debug is on.',
	credential: 'kustomerApi',
	properties: [
		HOOK_TYPE,
		HOOK_BY_ID,
		...LIST_LENGTH,
		{
			displayName: 'Switch Debug On',
			name: 'switchDebugOn',
			type: 'boolean',
			default: false,
			description:
				'Whether to let Kustomer record for 24 hours what arrives, if it does not do so yet. Only what arrives afterwards is recorded.',
		},
	],
	async perItem(item) {
		const hookType = hookTypeOf(item.value('hookType', 'web'));
		const id = item.locator('hook').value;
		if (id === '') throw new InputMistake('No hook is chosen. Choose one in "Hook".');
		return await deliveries(item, { hookType, id });
	},
};
