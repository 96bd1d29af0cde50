import { searchOldestFirst, type TimeSearch } from '../../../nodes/Kustomer/api/searchByTime';
import type { LocalKustomer } from '../../../sandbox/kustomer/server.cts';
import { apiRun, startedKustomer } from '../../support/actionWorld.cts';
import { executeContext } from '../../support/executeContext.cts';

const START = Date.parse('2026-03-20T10:00:00.000Z');
const at = (ms: number) => new Date(START + ms).toISOString();
const SEARCH = {
	context: 'conversation',
	by: 'updatedAt',
	since: at(0),
	until: at(999_999),
} as const;

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => {
	jest.restoreAllMocks();
	await kustomer.close();
});

/** Puts conversations there that were last changed at these milliseconds after the start. */
function put(times: readonly number[]): string[] {
	return times.map((ms) =>
		kustomer.put({
			type: 'conversation',
			attributes: { createdAt: at(-1), modifiedAt: at(-1), updatedAt: at(ms) },
		}),
	);
}

async function found(
	search: TimeSearch = SEARCH,
	each: (id: string, place: number) => void = () => {},
): Promise<string[]> {
	const { context } = await executeContext(apiRun(kustomer, {}));
	const ids: string[] = [];
	for await (const { id } of searchOldestFirst(context, search)) {
		ids.push(id);
		each(id, ids.length);
	}
	return ids;
}

const queries = () => kustomer.requestsTo('POST', '/v1/customers/search');

const range = (length: number) => Array.from({ length }, (_, place) => place);

it('finds the records of a time span, oldest first, both ends included', async () => {
	const [, first, , last] = put([-1, 0, 500, 999_999, 1_000_000]);
	const ids = await found();
	expect([ids.length, ids[0], ids.at(-1)]).toEqual([3, first, last]);
});

it('finds more than one answer holds, each once, without asking for a second page', async () => {
	const put1200 = put(range(1_200));
	expect(await found()).toEqual(put1200);
	expect(queries().map(({ query }) => query.page)).toEqual(['1', '1', '1']);
});

it('skips none when those that were given change meanwhile', async () => {
	const ids = put(range(700));
	const given = await found({ ...SEARCH, until: undefined }, (_, place) => {
		if (place === 400)
			for (const one of ids.slice(0, 50)) kustomer.update('conversation', one, { name: 'new' });
	});
	const own = given.filter((id) => ids.includes(id));
	expect(own.slice(0, 700)).toEqual(ids);
	expect(own.slice(700).sort()).toEqual(ids.slice(0, 50).sort());
});

it('finds all of those that have one and the same time', async () => {
	const ids = put([1, ...range(1_300).map(() => 2), 3, 4]);
	const given = await found();
	expect([...given].sort()).toEqual([...ids].sort());
	expect([given[0], given.slice(-2)]).toEqual([ids[0], ids.slice(-2)]);
});

it('narrows the search by further criteria', async () => {
	const [id] = put([5]);
	put([6]);
	kustomer.update('conversation', id, { priority: 5 });
	const before = new Date(Date.now() - 1_000).toISOString();
	const search = { ...SEARCH, until: undefined, and: [{ modified_at: { gte: before } }] };
	expect(await found(search)).toEqual([id]);
});

it('reads again what was read a minute ago', async () => {
	put(range(3));
	let now = Date.now();
	jest.spyOn(Date, 'now').mockImplementation(() => now);
	await found(SEARCH, () => (now += 40_000));
	expect(queries()).toHaveLength(2);
});

it('does not take a sign-in page for an empty result', async () => {
	kustomer.faults.push({ path: /search/, status: 200, body: { data: null } });
	await expect(found()).rejects.toThrow("the answer is not Kustomer's");
});

it('names the role that is missing', async () => {
	const { token } = kustomer.addKey({ token: 'poor', roles: ['org.permission.event.read'] });
	const { context } = await executeContext(
		apiRun(
			kustomer,
			{},
			{ credentials: { kustomerApi: { region: 'custom', baseUrl: kustomer.url, apiKey: token } } },
		),
	);
	await expect(searchOldestFirst(context, SEARCH).next()).rejects.toThrow(
		'lacks the role org.permission.search.create',
	);
});
