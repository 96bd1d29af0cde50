import { schemaOf } from '../../../../nodes/Kustomer/actions/records/schema';
import { kindNamed } from '../../../../nodes/Kustomer/actions/records/kinds';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, startedKustomer } from '../../../support/actionWorld.cts';
import { itemOf, runNode } from '../../../support/executeContext.cts';
import { NAMED_CASES, runOf, type Case } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const isList = ({ operation }: Case) => operation === 'getMany' || operation === 'search';
const isShapeless = ({ operation }: Case) =>
	['createDraft', 'delete', 'getTranscript', 'merge', 'redact', 'send'].includes(operation);

/** A key with these roles only. */
function withRoles(roles: readonly string[]) {
	const { token } = kustomer.addKey({ token: `eyJ-${Math.random()}`, roles });
	return { kustomerApi: apiCredential(kustomer, token) };
}

describe.each(NAMED_CASES)('%s', (_, one) => {
	it('gives items that are paired with the one they came from', async () => {
		const items = [itemOf({}), itemOf({})];
		const more = one.operation === 'upsert' ? { options: { batchSize: 10 } } : {};
		const isOnce = one.operation === 'delete' || one.operation === 'merge';
		const twice = isOnce ? items.slice(0, 1) : items;
		const result = await runNode(runOf(kustomer, one, { items: twice, more }));
		const from = result.items.map(({ pairedItem }) => pairedItem);
		expect(new Set(from.map((pair) => JSON.stringify(pair)))).toEqual(
			new Set(twice.map((__, item) => JSON.stringify({ item }))),
		);
		if (!isList(one)) expect(from).toEqual(twice.map((__, item) => ({ item })));
	});

	it('puts an error in the place of its item, when told to go on', async () => {
		kustomer.faults.push({ path: /^\/v1\/(?!auth)/, status: 422, body: { errors: [] } });
		const items = [itemOf({}), itemOf({})];
		const { items: output } = await runNode(
			runOf(kustomer, one, { items, onError: 'continueRegularOutput' }),
		);
		expect(output).toEqual([
			{
				json: { error: expect.stringMatching(/^n8n could not .*status 422/) },
				pairedItem: { item: 0 },
			},
			{ json: { error: expect.any(String) }, pairedItem: { item: 1 } },
		]);
	});

	it('says what it gives in its schema', async () => {
		const kind = kindNamed(one.resource);
		const schema = kind && schemaOf(kind, one.operation);
		const { items } = await runNode(runOf(kustomer, one, { more: { limit: 1 } }));
		expect(Object.keys(schema?.properties ?? {}).sort()).toEqual(Object.keys(items[0].json).sort());
	});

	if (!isShapeless(one)) {
		it('gives the resource as Kustomer has it, when not simplified', async () => {
			const { items } = await runNode(
				runOf(kustomer, one, { more: { simplify: false, limit: 1 } }),
			);
			expect(items[0].json).toMatchObject({
				id: expect.any(String),
				type: expect.any(String),
				attributes: expect.any(Object),
				relationships: expect.any(Object),
			});
		});

		it('gives null for names that the key may not read, and only the fields asked for', async () => {
			const roles = ['customer', 'conversation', 'message', 'note', 'company', 'kobject', 'klass']
				.concat(['search', 'attachment', 'satisfaction', 'user', 'team', 'queue', 'tag'])
				.filter((name) => name === one.resource || !['user', 'team', 'queue', 'tag'].includes(name))
				.map((name) => `org.permission.${name}`);
			const named = ['addTags', 'assign', 'moveToQueue', 'removeTags'].includes(one.operation);
			const credentials = withRoles(named ? ['org.permission'] : roles);
			const { items } = await runNode(
				runOf(kustomer, one, {
					credentials,
					more: { limit: 1, options: { fields: ['tags', 'name'] } },
				}),
			);
			const { attributes, names } = items[0].json as Record<string, Record<string, unknown>>;
			expect(['tags', 'name']).toEqual(expect.arrayContaining(Object.keys(attributes)));
			const people = [names.createdBy, names.modifiedBy].filter((name) => name !== undefined);
			if (!named && one.resource !== 'user')
				expect(people.every((name) => name === null)).toBe(true);
		});
	}
});

/** The roles that each request of a case needs, by the local Kustomer's own table. */
function rolesOf(requests: ReturnType<LocalKustomer['requests']>): Map<string, readonly string[]> {
	const routes = new Map(
		kustomer.routes.map(({ method, path, roles }) => [`${method} /v1${path}`, roles]),
	);
	return new Map(
		requests
			.map(({ method, route }) => `${method} ${route}`)
			.map((route) => [route, routes.get(route) ?? []] as const)
			.filter(([, roles]) => roles.length > 0),
	);
}

/** Lists of names and metadata help; nothing may fail for want of them. */
const HELPS =
	/^GET \/v1\/(tags|users|teams|routing\/queues|metadata\/:resource|customers\/searches\/schema)$/;

describe.each(NAMED_CASES)('%s with a key that lacks a role', (_, one) => {
	it('names the role', async () => {
		await runNode(runOf(kustomer, one));
		const needed = rolesOf(kustomer.requests());
		for (const [route, roles] of needed) {
			if (HELPS.test(route) && route !== `GET ${kindNamed(one.resource)?.path}`) continue;
			const others = [...needed.values()].map(([role]) => role).filter((role) => role !== roles[0]);
			const isAlsoNeeded = others.some((role) => roles.includes(role));
			expect([route, isAlsoNeeded]).toEqual([route, false]);
			const fresh = await startedKustomer();
			const key = fresh.addKey({ token: 'eyJ-less', roles: others });
			const credentials = { kustomerApi: apiCredential(fresh, key.token) };
			const running = runNode(runOf(fresh, one, { credentials }));
			const words = await running.then(String, (error: Error) => error.message);
			await fresh.close();
			expect(words).toContain(`the API key lacks the role ${roles[0]}`);
		}
	});
});
