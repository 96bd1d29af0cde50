import { Workflow, type INode, type INodeParameters } from 'n8n-workflow';
import { KustomerTrigger } from '../../../../nodes/Kustomer/KustomerTrigger.node';
import { QUEUES, TAGS, TEAMS, USERS } from '../../../../sandbox/kustomer/people.cts';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, startedKustomer } from '../../../support/actionWorld.cts';
import { additionalDataFor } from '../../../support/executeContext.cts';
import type { Credentials } from '../../../support/triggerContexts.cts';
import { onlyNodeType } from '../../../support/nodeTypes.cts';

const core = import('n8n-core');

const { listSearch, loadOptions } = new KustomerTrigger().methods;

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

describe('the list of fields', () => {
	const fieldsFor = async (events: string[], filter?: string) => {
		const { results } = await listSearch.searchFields.call(await editor({ events }), filter);
		return results.map(({ value }) => value);
	};

	it('offers those of the chosen records, sorted and each once', async () => {
		const fields = await fieldsFor(['kustomer.conversation.update', 'kustomer.message.create']);
		expect(fields).toEqual([...new Set(fields)].sort());
		expect(fields).toEqual(expect.arrayContaining(['status', 'assignedUsers', 'preview', 'app']));
		expect(fields).not.toContain('companyName');
	});

	it('offers all of them for all events', async () => {
		const fields = await fieldsFor(['*']);
		expect(fields).toEqual(expect.arrayContaining(['companyName', 'status', 'members', 'color']));
	});

	it('offers relationships as they are written in a filter', async () => {
		expect(await fieldsFor(['kustomer.conversation.update'])).toContain('related.queue');
	});

	it('is narrowed by what a person types, in whatever case', async () => {
		expect(await fieldsFor(['kustomer.conversation.update'], 'ASSIGNED')).toEqual([
			'assignedTeams',
			'assignedUsers',
		]);
	});

	it('is empty for records that Kustomer adds later, and asks nothing of Kustomer', async () => {
		expect(await fieldsFor(['kustomer.company.update'])).toEqual([]);
		expect(kustomer.requests()).toEqual([]);
	});
});

describe('the list of users, teams, queues and tags', () => {
	const recordsFor = async (filter?: string, credentials?: Credentials) =>
		(await listSearch.searchRecords.call(await editor({}, credentials), filter)).results;

	it('offers each by its kind and name', async () => {
		const records = await recordsFor();
		expect(records).toEqual(
			expect.arrayContaining([
				{ name: `User: ${USERS[0].name}`, value: USERS[0].id },
				{ name: `Team: ${TEAMS[0].name}`, value: TEAMS[0].id },
				{ name: `Queue: ${QUEUES[1].displayName}`, value: QUEUES[1].id },
				{ name: `Tag: ${TAGS[2].name}`, value: TAGS[2].id },
			]),
		);
	});

	it('is narrowed by what a person types', async () => {
		expect(await recordsFor('parcel')).toEqual([{ name: 'Tag: late parcel', value: TAGS[1].id }]);
		expect((await recordsFor('team:')).map(({ value }) => value)).toEqual(
			TEAMS.map(({ id }) => id),
		);
	});

	it.each([401, 403, 404])(
		'leaves out what is answered with %d, and offers the rest',
		async (status) => {
			kustomer.faults = [{ path: /\/v1\/users/, status, body: {} }];
			const names = (await recordsFor()).map(({ name }) => name);
			expect(names).not.toContainEqual(expect.stringMatching(/^User:/));
			expect(names).toContain(`Team: ${TEAMS[0].name}`);
		},
	);

	it('leaves out what the key has no role for', async () => {
		const { token } = kustomer.addKey({
			token: 'eyJ-reads-tags',
			roles: ['org.permission.tag.read'],
		});
		const credentials = { kustomerApi: apiCredential(kustomer, token) };
		const names = (await recordsFor('', credentials)).map(({ name }) => name);
		expect(names.sort()).toEqual(TAGS.map(({ name }) => `Tag: ${name}`).sort());
	});

	it('says what to do about a revoked key instead of staying empty', async () => {
		const credentials = { kustomerApi: apiCredential(kustomer, 'eyJ-revoked') };
		await expect(recordsFor('', credentials)).rejects.toThrow(/does not accept the API key/);
	});
});

describe('the list of users', () => {
	it('calls who has no name by the id', async () => {
		const data = [
			{ id: 'u1', type: 'user', attributes: { displayName: '', name: null } },
			{ id: 'u2', type: 'user', attributes: { email: 'oona@example.com' } },
		];
		kustomer.faults = [{ path: /\/v1\/users/, status: 200, body: { data } }];
		const users = await loadOptions.getUsers.call(await editor({}));
		expect(users).toEqual([
			{ name: 'oona@example.com', value: 'u2' },
			{ name: 'u1', value: 'u1' },
		]);
	});

	it('offers them by name, sorted', async () => {
		const users = await loadOptions.getUsers.call(await editor({}));
		expect(users).toEqual(
			expect.arrayContaining(USERS.map(({ id, name }) => ({ name, value: id }))),
		);
		const names = users.map(({ name }) => name);
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
	});

	it('names the role that is missing', async () => {
		const { token } = kustomer.addKey({ token: 'eyJ-without-roles', roles: [] });
		const credentials = { kustomerApi: apiCredential(kustomer, token) };
		const users = loadOptions.getUsers.call(await editor({}, credentials));
		await expect(users).rejects.toThrow(/lacks the role org\.permission\.user\.read/);
	});
});

/** The node as it stands open in the editor. */
async function editor(
	parameters: INodeParameters,
	credentials: Credentials = { kustomerApi: apiCredential(kustomer) },
) {
	const { LoadOptionsContext } = await core;
	const trigger = new KustomerTrigger();
	const draft: INode = {
		id: '1',
		name: 'Kustomer Trigger',
		type: 'n8n-nodes-kustomer.kustomerTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters,
		credentials: { kustomerApi: { id: '1', name: 'Kustomer' } },
	};
	const workflow = new Workflow({
		nodes: [draft],
		connections: {},
		active: false,
		nodeTypes: onlyNodeType(trigger),
	});
	const node = workflow.nodes[draft.name];
	const additionalData = additionalDataFor({ parameters: {}, credentials });
	additionalData.currentNodeParameters = node.parameters;
	return new LoadOptionsContext(workflow, node, additionalData, '');
}
