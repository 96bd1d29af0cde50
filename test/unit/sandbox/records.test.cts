import { get, idOf, list, made, send } from './api.cts';
import { BARE_KEY, FULL_KEY, started, stopAll } from './started.cts';

afterEach(stopAll);

const NEW_CUSTOMER = {
	name: 'Ines Duarte',
	emails: [{ email: 'ines+tea@example.com', type: 'home' }],
	phones: [{ phone: '+351900000020' }],
	externalId: 'C-2000',
	custom: { vipBool: true },
};

describe('a create', () => {
	it('gives 201 with the record, revision 1, its author and what follows from the body', async () => {
		const kustomer = await started();
		const { status, body } = await send(kustomer, ['POST', '/customers', NEW_CUSTOMER]);
		expect(status).toBe(201);
		expect(body.data).toMatchObject({
			type: 'customer',
			id: expect.stringMatching(/^[0-9a-f]{24}$/),
			attributes: {
				displayName: 'Ines Duarte',
				firstName: 'Ines',
				externalIds: [{ verified: true, externalId: 'C-2000' }],
				custom: { vipBool: true },
				rev: 1,
			},
			links: { self: `/v1/customers/${body.data.id}` },
		});
		const me = (await get(kustomer, '/users/current')).body.data.id;
		expect(body.data.relationships.createdBy?.data).toEqual({ type: 'user', id: me });
	});

	it.each([
		['an unknown field', { nickname: 'I' }, 'nickname', '/additionalProperties'],
		['a wrapped body', { data: {} }, 'data', '/additionalProperties'],
		['a wrong type', { name: 7 }, 'name', '/properties/name/type'],
		['an unknown choice', { gender: 'x' }, 'gender', '/properties/gender/enum'],
		['a bad time', { signedUpAt: 'soon' }, 'signedUpAt', '/properties/signedUpAt/format'],
		[
			'an unknown part of a list',
			{ emails: [{ email: 'a@example.com', label: 'x' }] },
			'label',
			'/properties/emails/items/additionalProperties',
		],
		[
			'a custom attribute without a known ending',
			{ custom: { vip: true } },
			'vip',
			'/properties/custom/additionalProperties',
		],
		[
			'a reference without metadata',
			{ custom: { otherId: 'a'.repeat(24) } },
			'otherId',
			'/properties/custom/additionalProperties',
		],
		['a long text', { custom: { noteStr: 'x'.repeat(1025) } }, 'noteStr', /Str\$$/],
		['a company that is not there', { company: 'a'.repeat(24) }, 'company', undefined],
	])('refuses %s with 400 and names it', async (_, spoilt, parameter, detail) => {
		const kustomer = await started();
		const before = kustomer.records('customer').length;
		const reply = await send(kustomer, ['POST', '/customers', { ...NEW_CUSTOMER, ...spoilt }]);
		expect(reply.status).toBe(400);
		const [error] = reply.body.errors;
		expect(error).toMatchObject({ code: 'badparam', source: { parameter } });
		if (detail instanceof RegExp) expect(error?.detail).toMatch(detail);
		else expect(error?.detail).toBe(detail);
		expect(kustomer.records('customer')).toHaveLength(before);
	});

	it('refuses a body above 100 kB with 413', async () => {
		const kustomer = await started();
		const body = { name: 'x'.repeat(103_000) };
		expect((await send(kustomer, ['POST', '/customers', body])).status).toBe(413);
	});

	it.each([
		['email', { emails: [{ email: 'INES+tea@example.com' }] }],
		['phone', { phones: [{ phone: '+351900000020' }] }],
		['externalId', { externalId: 'C-2000' }],
	])('refuses a second customer with the same %s', async (parameter, same) => {
		const kustomer = await started();
		await made(kustomer, '/customers', NEW_CUSTOMER);
		const reply = await send(kustomer, ['POST', '/customers', { name: 'Another', ...same }]);
		expect([reply.status, reply.body.errors[0]?.source.parameter]).toEqual([409, parameter]);
		kustomer.switches.duplicateStatus = 400;
		expect((await send(kustomer, ['POST', '/customers', same])).status).toBe(400);
	});

	it('lets customers share what is in the shared lists', async () => {
		const kustomer = await started();
		const shared = { sharedEmails: [{ email: 'desk@example.com' }] };
		await made(kustomer, '/customers', shared);
		await made(kustomer, '/customers', shared);
	});

	it.each([
		['accept', 201],
		[409, 409],
		[400, 400],
	] as const)(
		'treats a second company with the same externalId as the switch says (%s)',
		async (sameExternalId, status) => {
			const kustomer = await started({ switches: { sameExternalId } });
			await made(kustomer, '/companies', { name: 'Tea Ltd', externalId: 'X' });
			const again = await send(kustomer, [
				'POST',
				'/companies',
				{ name: 'Tea Inc', externalId: 'X' },
			]);
			expect(again.status).toBe(status);
		},
	);

	it('sets stamps itself, unless the key may', async () => {
		const kustomer = await started();
		kustomer.addKey({ token: 'eyJ-admin', roles: ['org.admin', 'org.permission'] });
		const body = { name: 'Old', createdAt: '2020-01-01T00:00:00.000Z' };
		const usual = await made(kustomer, '/customers', body);
		expect(usual.attributes.createdAt).not.toBe(body.createdAt);
		const admin = await send(kustomer, ['POST', '/customers', body], { key: 'eyJ-admin' });
		expect(admin.body.data.attributes.createdAt).toBe(body.createdAt);
	});
});

describe('an update', () => {
	const change = async (
		kustomer: Awaited<ReturnType<typeof started>>,
		request: { method?: string; query?: string; body: object },
	) => {
		const { method = 'PATCH', query = '', body } = request;
		const id = idOf(kustomer, 'customer', 'Solveig Aune');
		return await send(kustomer, [method, `/customers/${id}${query}`, body]);
	};

	it.each(['PATCH', 'PUT'])(
		'by %s leaves what is not sent, and merges custom attributes',
		async (method) => {
			const kustomer = await started();
			const body = { locale: 'nb_NO', custom: { ordersNum: 4, vipBool: null } };
			const { status, body: after } = await change(kustomer, { method, body });
			expect(status).toBe(200);
			expect(after.data.attributes).toMatchObject({
				name: 'Solveig Aune',
				locale: 'nb_NO',
				custom: { loyaltyStr: 'Silver', ordersNum: 4, vipBool: null },
			});
		},
	);

	it('by PUT with replace takes away what is not sent', async () => {
		const kustomer = await started();
		const { body } = await change(kustomer, {
			method: 'PUT',
			query: '?replace=true',
			body: { name: 'S' },
		});
		expect(body.data.attributes).toMatchObject({ name: 'S', emails: [], custom: {} });
	});

	it('replaces lists whole', async () => {
		const kustomer = await started();
		const emails = [{ email: 'new@example.com', type: 'work' }];
		const { body } = await change(kustomer, { body: { emails } });
		expect(body.data.attributes.emails).toEqual(emails);
	});

	it('moves revision, stamps and editor', async () => {
		const kustomer = await started();
		const rev = Number(
			kustomer.record('customer', idOf(kustomer, 'customer', 'Solveig Aune'))?.attributes.rev,
		);
		const { body } = await change(kustomer, { body: { locale: 'nb' } });
		expect(body.data.attributes.rev).toBe(rev + 1);
		const me = (await get(kustomer, '/users/current')).body.data.id;
		expect(body.data.relationships.modifiedBy?.data.id).toBe(me);
		expect(body.data.relationships.createdBy?.data.id).not.toBe(me);
	});

	it.each(['body', 'query'])('refuses an old revision in the %s with 409', async (place) => {
		const kustomer = await started();
		const old =
			place === 'body' ? { body: { name: 'X', rev: 1 } } : { body: { name: 'X' }, query: '?rev=1' };
		await change(kustomer, { body: { locale: 'nb' } });
		const reply = await change(kustomer, old);
		expect([reply.status, reply.body.errors[0]?.code]).toEqual([409, 'conflict']);
	});

	it('unlinks a customer’s company that is left out, unless the switch is off', async () => {
		const kustomer = await started({ switches: { unlinkCompanyWhenOmitted: false } });
		const kept = await change(kustomer, { body: { locale: 'nb' } });
		expect(kept.body.data.attributes.companyName).toBe('Aune Båtbyggeri');
		kustomer.switches.unlinkCompanyWhenOmitted = true;
		const company = kept.body.data.relationships.company?.data.id;
		const sent = await change(kustomer, { body: { locale: 'nb', company } });
		expect(sent.body.data.relationships).toHaveProperty('company');
		const lost = await change(kustomer, { body: { locale: 'nb' } });
		expect(lost.body.data.relationships).not.toHaveProperty('company');
	});

	it.each([
		['PATCH', 'companies', 'company', 'Café Lindenhof'],
		['PATCH', 'users', 'user', 'Imke Brandt'],
		['PATCH', 'routing/queues', 'queue', 'Everyone'],
	])(
		'answers 404 to %s of %s, which has PUT only, or 405 by the switch',
		async (method, path, type, name) => {
			const kustomer = await started();
			const address = `/${path}/${idOf(kustomer, type, name)}`;
			expect((await send(kustomer, [method, address, {}])).status).toBe(404);
			kustomer.switches.wrongVerb = 405;
			expect((await send(kustomer, [method, address, {}])).status).toBe(405);
		},
	);

	it('answers 201 to a change of a user', async () => {
		const kustomer = await started();
		const path = `/users/${idOf(kustomer, 'user', 'Lerato Dube')}`;
		expect((await send(kustomer, ['PUT', path, { displayName: 'Lerato' }])).status).toBe(201);
	});
});

describe('a delete', () => {
	it('hides the record from lists and look-ups, and frees its values', async () => {
		const kustomer = await started();
		const { id } = await made(kustomer, '/customers', NEW_CUSTOMER);
		const gone = await send(kustomer, ['DELETE', `/customers/${id}`]);
		expect([gone.status, gone.text]).toEqual([204, '']);
		expect((await get(kustomer, `/customers/${id}`)).status).toBe(404);
		expect((await get(kustomer, '/customers/externalId=C-2000')).status).toBe(404);
		await made(kustomer, '/customers', NEW_CUSTOMER);
	});

	it('is taken back by an update that says so', async () => {
		const kustomer = await started();
		const id = idOf(kustomer, 'conversation', 'Returns');
		await send(kustomer, ['DELETE', `/conversations/${id}`]);
		expect((await send(kustomer, ['PATCH', `/conversations/${id}`, { name: 'X' }])).status).toBe(
			404,
		);
		expect(
			(await send(kustomer, ['PATCH', `/conversations/${id}`, { deleted: null }])).status,
		).toBe(200);
		expect((await get(kustomer, `/conversations/${id}`)).status).toBe(200);
	});
});

describe('finding one record', () => {
	it.each([
		['/customers/email=ines%2Btea%40example.com'],
		['/customers/email=ines%2Btea@example.com'],
		['/customers/phone=%2B351900000020'],
		['/customers/externalId=C-2000'],
	])('by %s', async (path) => {
		const kustomer = await started();
		const { id } = await made(kustomer, '/customers', NEW_CUSTOMER);
		expect((await get(kustomer, path)).body.data.id).toBe(id);
	});

	it('answers 404 that names the look-up', async () => {
		const kustomer = await started();
		const { status, body } = await get(kustomer, '/customers/externalId=nobody');
		expect(status).toBe(404);
		expect(body).toEqual({
			errors: [
				{ status: 404, source: { parameter: 'externalId' }, code: 'notfound', title: 'Not Found' },
			],
		});
	});

	it('gives several by their ids', async () => {
		const kustomer = await started();
		const ids = ['Solveig Aune', 'Matteo Ricci'].map((name) => idOf(kustomer, 'customer', name));
		const { body } = await list(kustomer, `/customers/${ids.join(',')}`);
		expect(body.data.map(({ id }) => id)).toEqual(ids);
	});
});

describe('lists', () => {
	it('give newest or oldest first, in pages with relative links', async () => {
		const kustomer = await started();
		const oldest = await list(kustomer, '/conversations?sort=asc&pageSize=2');
		const newest = await list(kustomer, '/conversations?sort=desc');
		expect(oldest.body.data[0]?.id).toBe(newest.body.data.at(-1)?.id);
		expect(oldest.body.links.next).toBe('/v1/conversations?sort=asc&pageSize=2&page=2');
		expect(newest.body.links.next).toBeNull();
		expect(oldest.body.meta).toEqual({ page: 1, pageSize: 2 });
	});

	it('of customers tell the total, and are narrowed and sorted by time', async () => {
		const kustomer = await started();
		const since = '2026-01-01T00:00:00.000Z';
		const at = (id: string, updatedAt: string) =>
			kustomer.put({ type: 'customer', id, attributes: { updatedAt, createdAt: updatedAt } });
		at('a'.repeat(24), '2025-06-01T00:00:00.000Z');
		at('b'.repeat(24), '2024-06-01T00:00:00.000Z');
		const filter = `filter[updatedAt][lt]=${encodeURIComponent(since)}`;
		const { body } = await list(kustomer, `/customers?${filter}&sort=-updatedAt&pageSize=1`);
		expect(body.data.map(({ id }) => id)).toEqual(['a'.repeat(24)]);
		expect(body.meta).toMatchObject({ total: 2, totalPages: 2 });
	});

	it('of companies are narrowed by name or externalId; both together are ignored', async () => {
		const kustomer = await started();
		const names = async (query: string) =>
			(await list(kustomer, `/companies${query}`)).body.data.map(
				({ attributes }) => attributes.name,
			);
		expect(await names('?filter=linden')).toEqual(['Café Lindenhof']);
		expect(await names('?externalId=CO-100')).toEqual(['Aune Båtbyggeri']);
		expect(await names('?filter=linden&externalId=CO-100')).toHaveLength(2);
	});

	it('of tags show deleted ones only to who asks for them', async () => {
		const kustomer = await started();
		const names = async (query: string) =>
			(await list(kustomer, `/tags${query}`)).body.data.map(({ attributes }) => attributes.name);
		expect(await names('')).not.toContain('spring sale');
		expect(await names('?deleted=true')).toEqual(['spring sale']);
	});

	it('of users have machine users, some without a display name, and one filter at a time', async () => {
		const kustomer = await started();
		const machines = await list(kustomer, '/users?userType=machine');
		expect(machines.body.data.map(({ attributes }) => attributes.name)).toContain('Full key');
		const people = await list(kustomer, '/users?userType=user');
		expect(people.body.data.map(({ attributes }) => attributes.displayName)).toContain(null);
		expect((await get(kustomer, '/users?userType=user&deleted=true')).status).toBe(400);
	});
});

describe('roles', () => {
	it('are asked for on every route of records but the few that any key may call', async () => {
		const kustomer = await started();
		for (const { method, path, roles } of kustomer.routes) {
			const address = path.replace(/:\w+/g, 'a'.repeat(24));
			const { status } = await send(
				kustomer,
				[method, address, method === 'GET' ? undefined : {}],
				{ key: BARE_KEY },
			);
			if (roles.length > 0) expect([method, path, status]).toEqual([method, path, 401]);
			else expect([method, path, status]).not.toEqual([method, path, 401]);
		}
	});

	it('of one klass open its objects and no others', async () => {
		const kustomer = await started();
		kustomer.addKey({ token: 'eyJ-orders', roles: ['org.permission.kobject.kobject_order.read'] });
		const paths = ['order', 'service-call'].map((klass) => `/klasses/${klass}/externalId=none`);
		const replies = await Promise.all(
			paths.map((path) => get(kustomer, path, { key: 'eyJ-orders' })),
		);
		expect(replies.map(({ status }) => status)).toEqual([404, 401]);
	});

	it('mask what a key may not read', async () => {
		const kustomer = await started();
		kustomer.addKey({
			token: 'eyJ-masked',
			roles: ['org.permission'],
			masked: ['emails', 'custom.loyaltyStr'],
		});
		const path = `/customers/${idOf(kustomer, 'customer', 'Solveig Aune')}`;
		const { attributes } = (await get(kustomer, path, { key: 'eyJ-masked' })).body.data;
		expect(attributes.emails).toEqual([{ type: '******', email: '******', verified: null }]);
		expect(attributes.custom).toMatchObject({ loyaltyStr: '******', ordersNum: 3 });
		const open = (await get(kustomer, path, { key: FULL_KEY })).body.data.attributes;
		expect(open.custom).toMatchObject({ loyaltyStr: 'Silver' });
	});
});
