import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { hookTypeOf, listHooks, type HookType } from '../api/hooks';
import { listWebhooks } from '../api/outboundWebhooks';
import { requireCredential } from './run';

/** The hooks of the chosen type; their value is the address that takes posts. */
export async function searchPostHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi', orPaste('By URL'));
	const hookType = chosenType(this) === 'form' ? 'form' : 'web';
	return await searchedHooks(this, { hookType, value: 'address', filter });
}

/** The hooks of the chosen type by their ID. */
export async function searchHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi');
	return await searchedHooks(this, { hookType: chosenType(this), value: 'id', filter });
}

/** The email hooks; their value is the address that takes mail. */
export async function searchEmailHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireCredential(this, 'kustomerApi', orPaste('By Email'));
	return await searchedHooks(this, { hookType: 'email', value: 'address', filter });
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

function orPaste(mode: string): string {
	return ` You can also choose "${mode}" and paste the address of the hook.`;
}

async function searchedHooks(
	context: ILoadOptionsFunctions,
	search: { hookType: HookType; value: 'address' | 'id'; filter: string | undefined },
): Promise<INodeListSearchResult> {
	const { hookType, value, filter } = search;
	const entries = (await listHooks(context, hookType)).map((hook) => ({
		name: hook.label,
		value: hook[value],
		description: hook.eventName,
	}));
	return searched(entries, filter);
}
