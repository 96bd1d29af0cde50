import { textOf } from '../narrowing';
import { apiList } from './paging';
import { recordsIn, type ApiRecord } from './records';
import { apiRequest, type ApiCaller } from './request';

/**
 * Kustomer's inbound hooks.
 * Source: https://developer.kustomer.com/docs/events/inbound-webhooks
 */
export type HookType = 'web' | 'form' | 'email';

/** @returns the type of hook that a parameter names; web hooks where it names none */
export function hookTypeOf(value: unknown): HookType {
	return value === 'form' || value === 'email' ? value : 'web';
}

/** An inbound hook in the words of Kustomer's settings. */
export type Hook = {
	id: string;
	/** Title, or what comes closest: web hooks often have none. */
	label: string;
	eventName: string;
	/** Where to post or mail to. */
	address: string;
	/** Of email hooks: what a mail must carry to be read. */
	key: string;
};

/** Kustomer gives at most 10 pages of 99 of its lists about hooks. */
const PAGES = { pageSize: 99, window: { entries: 990, goOn: '' } } as const;

const READ_ROLE = 'org.permission.hook.read';
const CREATE_ROLE = 'org.permission.hook.create';
const UPDATE_ROLE = 'org.permission.hook.update';

const UNKNOWN_HOOK =
	'Kustomer has no hook of this type with this ID. Check the Hook Type, and choose the hook from the list.';

export async function listHooks(caller: ApiCaller, hookType: HookType): Promise<Hook[]> {
	const records = await hookRecords(caller, hookType);
	return records.map((record) => hookOf(hookType, record));
}

/** @param limit how many to read at most; all when left out */
export async function hookRecords(
	caller: ApiCaller,
	hookType: HookType,
	limit?: number,
): Promise<ApiRecord[]> {
	return await apiList(caller, {
		purpose: `list the ${hookType} hooks of your organization`,
		role: READ_ROLE,
		path: `/v1/hooks/${hookType}`,
		...PAGES,
		limit,
	});
}

/** What is asked about one hook; to be sent by `apiReply` or `apiRequest`. */
export function readingHook(hookType: HookType, id: string) {
	return {
		purpose: 'read the hook from Kustomer',
		role: READ_ROLE,
		missing: UNKNOWN_HOOK,
		method: 'GET',
		path: hookPath(hookType, id),
	} as const;
}

/** @returns the new hook as Kustomer made it */
export async function createHook(
	caller: ApiCaller,
	hookType: HookType,
	body: Record<string, string>,
): Promise<ApiRecord | undefined> {
	const reply = await apiRequest(caller, {
		purpose: 'create the hook in Kustomer',
		role: CREATE_ROLE,
		method: 'POST',
		path: `/v1/hooks/${hookType}`,
		body,
	});
	return recordsIn(reply)[0];
}

/**
 * Lets Kustomer record what arrives at a hook, for 24 hours.
 * Source: https://developer.kustomer.com/api/apps-platform/update-email-hook
 */
export async function switchDebugOn(
	caller: ApiCaller,
	hookType: HookType,
	id: string,
): Promise<void> {
	await apiRequest(caller, {
		purpose: 'switch debug on for the hook',
		role: UPDATE_ROLE,
		missing: UNKNOWN_HOOK,
		method: 'PATCH',
		path: hookPath(hookType, id),
		body: { debug: true },
	});
}

/** What is asked about the deliveries of a hook that debug recorded. */
export function readingDeliveries(hookType: HookType, id: string) {
	return {
		purpose: 'read what arrived at the hook',
		role: 'org.hooks',
		missing: UNKNOWN_HOOK,
		method: 'GET',
		path: `${hookPath(hookType, id)}/transactions`,
		...PAGES,
	} as const;
}

function hookPath(hookType: HookType, id: string): string {
	return `/v1/hooks/${hookType}/${encodeURIComponent(id)}`;
}

export function hookOf(hookType: HookType, record: ApiRecord): Hook {
	const { attributes, id } = record;
	const eventName = textOf(attributes.eventName);
	const label = textOf(attributes.title) || textOf(attributes.description) || eventName || id;
	const address = addressOf(hookType, attributes);
	return { id, label, eventName, address, key: textOf(attributes.key) };
}

/** @returns a hook as an item; its hash is in the address, and its key is left out */
export function hookItem(hookType: HookType, record: ApiRecord) {
	const { attributes, id } = record;
	const { address, eventName } = hookOf(hookType, record);
	return {
		id,
		hookType,
		title: attributes.title ?? null,
		description: attributes.description ?? null,
		eventName,
		address,
		debug: attributes.debug ?? null,
		createdAt: attributes.createdAt ?? null,
		updatedAt: attributes.updatedAt ?? null,
		modifiedAt: attributes.modifiedAt ?? null,
	};
}

function addressOf(hookType: HookType, attributes: Record<string, unknown>): string {
	const hash = textOf(attributes.hash);
	if (hookType === 'email') {
		return textOf(attributes.email) || (hash === '' ? '' : `${hash}@hooks.kustomerapp.com`);
	}
	// A form hook's address names the organization too, so only Kustomer itself can give it.
	const url = textOf(attributes.url);
	return url === '' && hookType === 'web' && hash !== '' ? `/v1/hooks/web/${hash}` : url;
}
