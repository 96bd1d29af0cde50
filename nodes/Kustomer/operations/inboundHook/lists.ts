import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { listHooks, type Hook } from './hooks';
import { requireApiKey } from '../apiKey';

/** The hooks of the chosen type; their value is the address to which one posts. */
export async function searchPostHooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	requireApiKey(
		this,
		'for the list of hooks. You can also choose "By Address" and paste the address of the hook',
	);
	const hookType = this.getCurrentNodeParameter('hookType') === 'form' ? 'form' : 'web';
	return found(await listHooks(this, hookType), filter, (hook) => hook.address);
}

function found(
	hooks: readonly Hook[],
	filter: string | undefined,
	valueOf: (hook: Hook) => string,
): INodeListSearchResult {
	const wanted = (filter ?? '').trim().toLowerCase();
	const results = hooks
		.filter((hook) => valueOf(hook) !== '')
		.filter((hook) =>
			`${hook.label}\n${hook.eventName}\n${valueOf(hook)}`.toLowerCase().includes(wanted),
		)
		.map((hook) => ({ name: hook.label, value: valueOf(hook), description: hook.eventName }))
		.sort((a, b) => a.name.localeCompare(b.name));
	return { results };
}
