import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { hookTypeOf, listHooks, type Hook } from '../api/hooks';
import { listWebhooks } from '../api/outboundWebhooks';
import { requireCredential } from './run';

/** The hooks of the chosen type; their value is the address that takes posts. */
export async function searchPostHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(
		this,
		'kustomerApi',
		' You can also choose "By URL" and paste the address of the hook.',
	);
	const hooks = await listHooks(this, chosenType(this) === 'form' ? 'form' : 'web');
	return searched(hooks.map(entryBy('address')), filter);
}

/** The hooks of the chosen type by their ID. */
export async function searchHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi');
	return searched((await listHooks(this, chosenType(this))).map(entryBy('id')), filter);
}

/** The email hooks; their value is the address that takes mail. */
export async function searchEmailHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(
		this,
		'kustomerApi',
		' You can also choose "By Email" and paste the address of the hook.',
	);
	return searched((await listHooks(this, 'email')).map(entryBy('address')), filter);
}

/** The outbound webhooks by their ID; those that are off say so. */
export async function searchWebhooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi');
	const entries = (await listWebhooks(this)).map(({ id, name, url, enabled }) => ({
		name: enabled ? name : `${name} (Off)`,
		value: id,
		description: url,
	}));
	return searched(entries, filter);
}

/** @returns the entries that contain the searched text, by name; those without a value left out */
function searched(
	entries: readonly INodeListSearchItems[],
	filter: string | undefined,
): INodeListSearchResult {
	const wanted = (filter ?? '').trim().toLowerCase();
	const results = entries
		.filter(({ value }) => value !== '')
		.filter(({ name, value, description }) =>
			`${name}\n${value}\n${description ?? ''}`.toLowerCase().includes(wanted),
		)
		.sort((a, b) => a.name.localeCompare(b.name));
	return { results };
}

function chosenType(context: ILoadOptionsFunctions) {
	return hookTypeOf(context.getCurrentNodeParameter('hookType'));
}

function entryBy(value: 'address' | 'id') {
	return (hook: Hook) => ({ name: hook.label, value: hook[value], description: hook.eventName });
}
