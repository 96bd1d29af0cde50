import { idsOf, nearestName } from '../../../nodes/Kustomer/actions/idsByName';
import { scripted, type Script } from '../api/scripted.cts';

const ID = 'a'.repeat(24);
const servers: Array<{ close: () => Promise<void> }> = [];

afterEach(async () => await Promise.all(servers.splice(0).map(async (one) => await one.close())));

async function asked(entered: unknown, script: Script) {
	const server = await scripted(script);
	servers.push(server);
	return { ids: await idsOf(server.caller, 'tags', entered), asked: server.asked };
}

const tags =
	(...names: string[]): Script =>
	() => ({ body: { data: names.map((name, i) => ({ id: `t${i}`, attributes: { name } })) } });

describe('names', () => {
	it.each<[unknown, string[]]>([
		['red', ['t0']],
		['RED, blue', ['t0', 't1']],
		[
			['blue', 'red', 'blue'],
			['t1', 't0'],
		],
		['t1', ['t1']],
		[`red,${ID}`, ['t0', ID]],
		['', []],
		[[], []],
		[null, []],
	])('%j are the ids %j', async (entered, ids) =>
		expect((await asked(entered, tags('red', 'blue'))).ids).toEqual(ids),
	);

	it('are not asked for where only ids are given', async () =>
		expect((await asked([ID], tags('red'))).asked).toEqual([]));

	it('that differ by capitals only are told apart', async () =>
		expect((await asked('Red', tags('red', 'Red'))).ids).toEqual(['t1']));

	it('that several have are refused with all of them', async () => {
		await expect(asked('red', tags('Red', 'RED'))).rejects.toThrow('Red (t0), RED (t1)');
	});

	it.each([
		['rde', 'Kustomer has no tag named "rde". Did you mean "red"?'],
		['something else', 'Kustomer has no tag named "something else".'],
	])('that nobody has are refused with the nearest: %s', async (entered, words) => {
		await expect(asked(entered, tags('red', 'blue'))).rejects.toThrow(
			new RegExp(`${words.replace('?', '\\?')}$`),
		);
	});

	it('are refused where the key may not list them', async () => {
		const script: Script = (url) =>
			url.pathname.endsWith('/current')
				? { body: { data: { attributes: { roles: ['org.permission.customer'] } } } }
				: { status: 401, body: {} };
		await expect(asked('red', script)).rejects.toThrow(
			'is a name, and the API key may not list the tags',
		);
	});
});

it('the nearest name has few letters to change, or there is none', () => {
	const known = ['refund', 'reset', 'a'].map((name) => ({ id: name, name }));
	expect(nearestName('refnud', known)).toBe('refund');
	expect(nearestName('warehouse', known)).toBeUndefined();
	expect(nearestName('anything', [])).toBeUndefined();
});
