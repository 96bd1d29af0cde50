import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { HookType } from './hookAddress';
import { requireApiKey } from '../credentials';
import { searched } from '../search';
import { listHooks, type Hook } from './hooks';

/** The hooks of the chosen type; their value is the address to which one posts. */
export async function searchPostHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireApiKey(this, `${FOR_LIST}. You can also choose "By URL" and paste the hook's address`);
	const hooks = await listHooks(this, chosenType(this) === 'form' ? 'form' : 'web');
	return searched(hooks.map(entryBy('address')), filter);
}

/** The hooks of the chosen type by their ID. */
export async function searchHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireApiKey(this, FOR_LIST);
	return searched((await listHooks(this, chosenType(this))).map(entryBy('id')), filter);
}

/** The email hooks; their value is the address to which one mails. */
export async function searchEmailHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireApiKey(this, `${FOR_LIST}. You can also choose "By Email" and paste the hook's address`);
	return searched((await listHooks(this, 'email')).map(entryBy('address')), filter);
}

const FOR_LIST = 'for the list of hooks';

function chosenType(context: ILoadOptionsFunctions): HookType {
	const given = context.getCurrentNodeParameter('hookType');
	return given === 'form' || given === 'email' ? given : 'web';
}

function entryBy(value: 'address' | 'id') {
	return (hook: Hook) => ({ name: hook.label, value: hook[value], description: hook.eventName });
}
