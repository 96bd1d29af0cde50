import type { FastifyInstance } from 'fastify';
import type { ApiKey, Keys } from './keys.cts';
import { relationship, type Organization } from './organization.cts';
import { pageOf } from './paging.cts';
import type { Switches } from './switches.cts';

/** Made-up users, teams, tags and queues: enough for a picker to choose from. */

export const USERS = [
	{ id: '66b0c1a05a4d0bca7f1e0a11', name: 'Imke Brandt', email: 'imke.brandt@example.com' },
	{ id: '66b0c1a05a4d0bca7f1e0a12', name: 'Tomasz Nowicki', email: 'tomasz.nowicki@example.com' },
	{ id: '66b0c1a05a4d0bca7f1e0a13', name: 'Lerato Dube', email: 'lerato.dube@example.com' },
] as const;

export const TEAMS = [
	{ id: '66b0c1a05a4d0bca7f1e0b11', name: 'Returns', icon: '📦' },
	{ id: '66b0c1a05a4d0bca7f1e0b12', name: 'Repairs', icon: null },
] as const;

export const TAGS = [
	{ id: '66b0c1a05a4d0bca7f1e0c11', name: 'broken spout', color: '#b45309' },
	{ id: '66b0c1a05a4d0bca7f1e0c12', name: 'late parcel', color: '#1d4ed8' },
	{ id: '66b0c1a05a4d0bca7f1e0c13', name: 'thank you', color: '#15803d' },
] as const;

export const QUEUES = [
	{ id: '66b0c1a05a4d0bca7f1e0d11', name: 'Everyone', displayName: 'Everyone' },
	{ id: '66b0c1a05a4d0bca7f1e0d12', name: 'Wholesale', displayName: 'Wholesale customers' },
] as const;

const MADE_AT = '2024-08-05T12:00:00.000Z';

/** Source: https://developer.kustomer.com/docs/concepts/pagination */
const USERS_AND_TEAMS = { mostPerPage: 500, totals: false };
const OTHERS = { mostPerPage: 100, totals: false };

type ListEntry = { id: string } & Record<string, unknown>;

/**
 * The lists that pickers read. Which roles they need is not documented; any valid key may read
 * them here.
 */
export function peopleRoutes(
	app: FastifyInstance,
	keys: Keys,
	{ organization, switches }: { organization: Organization; switches: Switches },
): void {
	const resource = (type: string, entry: ListEntry, path = `${type}s`) => {
		const { id, ...attributes } = entry;
		return {
			type,
			id,
			attributes: { ...attributes, createdAt: MADE_AT, updatedAt: MADE_AT, modifiedAt: MADE_AT },
			relationships: { org: relationship('org', organization.id) },
			links: { self: `/v1/${path}/${id}` },
		};
	};
	const user = (entry: ListEntry) => resource('user', { displayName: entry.name, ...entry });

	app.get('/v1/users/current', (request) => ({ data: user(machineUser(keys.require(request))) }));
	app.get('/v1/users', (request) => {
		keys.require(request);
		const people = USERS.map((entry) => ({ ...entry, userType: 'user', deletedAt: null }));
		const machines = new Map(keys.list().map((key) => [key.userId, machineUser(key)]));
		return pageOf(request, [...people, ...machines.values()].map(user), {
			...USERS_AND_TEAMS,
			...switches,
		});
	});
	app.get('/v1/teams', (request) => {
		keys.require(request);
		const teams = TEAMS.map((entry) =>
			resource('team', { ...entry, displayName: entry.name, members: [], deleted: false }),
		);
		return pageOf(request, teams, { ...USERS_AND_TEAMS, ...switches });
	});
	app.get('/v1/tags', (request) => {
		keys.require(request);
		const tags = TAGS.map((entry) => resource('tag', { ...entry, deleted: false }));
		return pageOf(request, tags, { ...OTHERS, ...switches });
	});
	app.get('/v1/routing/queues', (request) => {
		keys.require(request);
		const queues = QUEUES.map((entry) => resource('queue', entry, 'routing/queues'));
		return pageOf(request, queues, { ...OTHERS, ...switches });
	});
}

/** Each API key acts as a user of its own. */
function machineUser(key: ApiKey): ListEntry {
	return {
		id: key.userId,
		name: key.userName,
		email: `${key.userId}@machine.example.com`,
		userType: 'machine',
		deletedAt: null,
	};
}
