import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { Reply } from '../../api/errors';
import { apiList } from '../../api/paging';
import { labelOf } from '../../api/records';
import { apiReply } from '../../api/request';
import { EVENTS } from '../../event/catalog';
import { partsOf } from '../../event/event';
import { textsOf } from '../../narrowing';

/** The usual fields of each record, by Kustomer's names. Any other name can be typed. */
const USUAL_FIELDS: Readonly<Record<string, readonly string[]>> = {
	customer: [
		'companyName',
		'custom',
		'displayName',
		'emails',
		'externalId',
		'locale',
		'name',
		'phones',
		'tags',
		'related.company',
	],
	conversation: [
		'assignedTeams',
		'assignedUsers',
		'channels',
		'custom',
		'direction',
		'ended',
		'name',
		'priority',
		'satisfaction',
		'snooze',
		'spam',
		'status',
		'subStatus',
		'tags',
		'related.brand',
		'related.customer',
		'related.queue',
	],
	message: [
		'app',
		'assignedTeams',
		'assignedUsers',
		'channel',
		'direction',
		'preview',
		'redacted',
		'status',
		'related.conversation',
		'related.customer',
	],
	user: ['displayName', 'email', 'name', 'roleGroups', 'userType'],
	team: ['deleted', 'displayName', 'members', 'name'],
	tag: ['color', 'deleted', 'name'],
};

/** Offers the usual fields of the chosen records. */
export async function searchFields(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const chosen = textsOf(this.getCurrentNodeParameter('events'));
	const names = chosen.includes('*') ? EVENTS.map((event) => event.name) : chosen;
	const resources = new Set(names.map((name) => partsOf(name).resource));
	const fields = [...resources].flatMap((resource) => USUAL_FIELDS[resource] ?? []);
	const results = [...new Set(fields)]
		.sort()
		.map((field) => ({ name: field, value: field }))
		.filter((entry) => fits(entry.name, filter));
	return { results };
}

const RECORD_LISTS = [
	{ kind: 'User', path: '/v1/users', role: 'org.permission.user.read' },
	{ kind: 'Team', path: '/v1/teams', role: 'org.permission.team.read' },
	{ kind: 'Queue', path: '/v1/routing/queues', role: 'org.permission.queue.read' },
	{ kind: 'Tag', path: '/v1/tags', role: 'org.permission.tag.read' },
] as const;

/** Offers users, teams, queues and tags by name; what the key may not read is left out. */
export async function searchRecords(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const results: INodeListSearchItems[] = [];
	for (const list of RECORD_LISTS) {
		const asked = { purpose: `list the ${list.kind.toLowerCase()}s`, role: list.role };
		const allowed = await apiReply(this, {
			...asked,
			method: 'GET',
			path: list.path,
			query: { page: 1, pageSize: 1 },
		});
		// Anything else, such as a revoked key, is explained by the request that follows.
		if (isClosed(allowed)) continue;
		const records = await apiList(this, { ...asked, path: list.path });
		results.push(
			...records.map((record) => ({ name: `${list.kind}: ${labelOf(record)}`, value: record.id })),
		);
	}
	return { results: results.filter((entry) => fits(entry.name, filter)) };
}

/** The users of the organization, for the filter that ignores some of them. */
export async function getUsers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const users = await apiList(this, {
		purpose: 'list the users of your organization',
		role: 'org.permission.user.read',
		path: '/v1/users',
	});
	return users
		.map((user) => ({ name: labelOf(user), value: user.id }))
		.sort((a, b) => a.name.localeCompare(b.name));
}

/** @returns whether Kustomer has no such list for this key */
function isClosed({ status, key }: Reply): boolean {
	if (status === 403 || status === 404) return true;
	return status === 401 && key !== undefined && key !== 'notAccepted';
}

function fits(name: string, filter: string | undefined): boolean {
	return !filter || name.toLowerCase().includes(filter.toLowerCase());
}
