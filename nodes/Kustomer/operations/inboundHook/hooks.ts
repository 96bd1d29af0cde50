import { apiList, type Resource } from '../../api/paging';
import type { ApiCaller } from '../../api/request';
import { textOf } from '../../api/host';
import type { HookType } from '../../send/hookAddress';

/** An inbound hook as people know it. */
export type Hook = {
	id: string;
	/** Title, or what comes closest: web hooks often have none. */
	label: string;
	eventName: string;
	/** Where to post or mail to. */
	address: string;
};

/** Kustomer's lists of hooks end at 10 pages of 99. */
const PAGE_SIZE = 99;

export const READ_ROLE = 'org.permission.hook.read';

export async function listHooks(caller: ApiCaller, hookType: HookType): Promise<Hook[]> {
	const resources = await hookResources(caller, hookType);
	return resources.map((resource) => hookOf(hookType, resource));
}

export async function hookResources(
	caller: ApiCaller,
	hookType: HookType,
	limit?: number,
): Promise<Resource[]> {
	return await apiList(caller, {
		purpose: `list the ${hookType} hooks of your organization`,
		role: READ_ROLE,
		path: `/v1/hooks/${hookType}`,
		pageSize: PAGE_SIZE,
		limit,
	});
}

export function hookOf(hookType: HookType, resource: Resource): Hook {
	const { attributes, id } = resource;
	const eventName = textOf(attributes.eventName);
	const hash = textOf(attributes.hash);
	const label =
		textOf(attributes.title) || textOf(attributes.description) || eventName || hash || id;
	return { id, label, eventName, address: addressOf(hookType, resource, hash) };
}

function addressOf(hookType: HookType, resource: Resource, hash: string): string {
	const { attributes } = resource;
	if (hookType === 'email') {
		return textOf(attributes.email) || (hash === '' ? '' : `${hash}@hooks.kustomerapp.com`);
	}
	// A form hook's address names the organization too, so only Kustomer itself can give it.
	const url = textOf(attributes.url);
	return url === '' && hookType === 'web' && hash !== '' ? `/v1/hooks/web/${hash}` : url;
}
