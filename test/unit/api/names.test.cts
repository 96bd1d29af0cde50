import { forgetNames, namesOf } from '../../../nodes/Kustomer/api/names';
import { scripted, type Script } from './scripted.cts';

const servers: Array<{ close: () => Promise<void> }> = [];

afterEach(async () => await Promise.all(servers.splice(0).map(async (one) => await one.close())));

async function serving(script: Script) {
	const server = await scripted(script);
	servers.push(server);
	return server;
}

const users: Script = () => ({
	body: {
		data: [
			{ id: 'u1', attributes: { displayName: 'Ada', name: 'A. Lovelace' } },
			{ id: 'u2', attributes: { displayName: null, name: 'Grace' } },
			{ id: 'u3', attributes: { displayName: '', name: '', email: 'x@example.com' } },
			{ id: 'u4', attributes: { name: 'Gone', deletedAt: '2026-01-01' } },
			{ id: 'u5', attributes: { name: 'Gone too', deleted: true } },
			{ id: 'u6', attributes: {} },
		],
	},
});

describe('the names of an organization’s users', () => {
	it('are what people call them, without those who were deleted', async () => {
		const { caller } = await serving(users);
		expect(await namesOf(caller, 'users')).toEqual([
			{ id: 'u1', name: 'Ada' },
			{ id: 'u2', name: 'Grace' },
			{ id: 'u3', name: 'x@example.com' },
			{ id: 'u6', name: 'u6' },
		]);
	});

	it('are asked for once, and again after they were forgotten', async () => {
		const { caller, asked } = await serving(users);
		await Promise.all([namesOf(caller, 'users'), namesOf(caller, 'users')]);
		expect(asked).toEqual(['GET /v1/users?page=1&pageSize=100']);
		await forgetNames(caller, 'users');
		await namesOf(caller, 'users');
		expect(asked).toHaveLength(2);
	});

	it.each([403, 404])('are undefined where Kustomer answers %s', async (status) => {
		const { caller } = await serving((url) =>
			url.pathname.endsWith('/current')
				? { body: { data: { attributes: { roles: [] } } } }
				: { status, body: {} },
		);
		expect(await namesOf(caller, 'users')).toBeUndefined();
	});

	it('are an error where the key is not accepted, and are asked for again then', async () => {
		let isBroken = true;
		const { caller } = await serving((url) => (isBroken ? { status: 401, body: {} } : users(url)));
		await expect(namesOf(caller, 'users')).rejects.toThrow('does not accept the API key');
		isBroken = false;
		expect(await namesOf(caller, 'users')).toHaveLength(4);
	});

	it('are an error where Kustomer is out of order', async () => {
		const { caller } = await serving(() => ({ status: 500, body: {} }));
		await expect(namesOf(caller, 'users')).rejects.toThrow('status 500');
	});
});
