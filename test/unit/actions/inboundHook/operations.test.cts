import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { itemOf, runNode, searchList, type NodeRun } from '../../../support/executeContext.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const run = (operation: string, parameters: NodeRun['parameters'], more: Partial<NodeRun> = {}) =>
	apiRun(kustomer, { resource: 'inboundHook', operation, ...parameters }, more);

function keyWith(roles: string[]) {
	const { token } = kustomer.addKey({ token: `eyJ-${roles.join('-')}`, roles });
	return { credentials: { kustomerApi: apiCredential(kustomer, token) } };
}

describe('listing hooks', () => {
	it('gives address and names, and no key of an email hook', async () => {
		const hook = kustomer.createHook('email', { title: 'Shop mails', description: 'Orders' });
		const { items } = await runNode(run('getMany', { hookType: 'email' }));
		expect(items).toEqual([
			{
				json: {
					id: hook.id,
					hookType: 'email',
					title: 'Shop mails',
					description: 'Orders',
					eventName: hook.eventName,
					address: hook.address,
					debug: false,
					createdAt: hook.createdAt,
					updatedAt: hook.updatedAt,
					modifiedAt: hook.updatedAt,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('stops at the limit, and pages through all', async () => {
		for (let i = 0; i < 120; i++) kustomer.createHook('form', { title: `Form ${i}` });
		const few = await runNode(run('getMany', { hookType: 'form', returnAll: false, limit: 7 }));
		expect(few.items).toHaveLength(7);
		const all = await runNode(run('getMany', { hookType: 'form', returnAll: true }));
		expect(all.items).toHaveLength(120);
		expect(new Set(all.items.map(({ json }) => json.id)).size).toBe(120);
	});

	it('names the role that is missing', async () => {
		await expect(runNode(run('getMany', {}, keyWith(['org.hooks'])))).rejects.toThrow(
			/lacks the role org\.permission\.hook\.read/,
		);
	});

	it('needs a credential, and says so', async () => {
		await expect(runNode(run('getMany', {}, { credentials: {} }))).rejects.toThrow(
			/This needs a Kustomer API credential/,
		);
	});
});

describe('the list of hooks in the editor', () => {
	it('offers hooks to post to by their address, with what comes closest to a title', async () => {
		const titled = kustomer.createHook('form', { title: 'Contact' });
		const web = kustomer.createHook('web', { title: 'never shown', description: 'Orders' });
		const bare = kustomer.createHook('web', {
			title: 'never shown',
			eventName: 'kustomer.app.a.b',
		});
		expect(await searchList('searchPostHooks', run('post', { hookType: 'form' }))).toEqual({
			results: [{ name: 'Contact', value: titled.address, description: titled.eventName }],
		});
		expect(await searchList('searchPostHooks', run('post', { hookType: 'web' }))).toEqual({
			results: [
				{ name: 'kustomer.app.a.b', value: bare.address, description: 'kustomer.app.a.b' },
				{ name: 'Orders', value: web.address, description: web.eventName },
			],
		});
	});

	it('is searched by name', async () => {
		kustomer.createHook('form', { title: 'Contact' });
		kustomer.createHook('form', { title: 'Feedback' });
		const found = await searchList('searchPostHooks', run('post', { hookType: 'form' }), 'FEED');
		expect(found.results.map(({ name }) => name)).toEqual(['Feedback']);
	});

	it('gives an address that can be posted to', async () => {
		kustomer.createHook('web', { title: 'Orders' });
		const { results } = await searchList('searchPostHooks', run('post', { hookType: 'web' }));
		const hook = chosen('list', String(results[0].value));
		const { items } = await runNode(run('post', { hookType: 'web', hook }));
		expect(items[0].json).toMatchObject({ accepted: true });
	});

	it('offers hooks to look at by their ID', async () => {
		const hook = kustomer.createHook('email', { title: 'Mails' });
		const { results } = await searchList(
			'searchHooks',
			run('getDeliveries', { hookType: 'email' }),
		);
		expect(results).toMatchObject([{ name: 'Mails', value: hook.id }]);
	});

	it('offers email hooks by their mail address', async () => {
		const hook = kustomer.createHook('email', { title: 'Mails' });
		const { results } = await searchList('searchEmailHooks', run('composeEmail', {}));
		expect(results).toMatchObject([{ name: 'Mails', value: hook.address }]);
	});

	it.each(['searchPostHooks', 'searchHooks', 'searchEmailHooks'] as const)(
		'%s says which credential it needs',
		async (method) => {
			await expect(searchList(method, run('post', {}, { credentials: {} }))).rejects.toThrow(
				/This needs a Kustomer API credential/,
			);
		},
	);
});

describe('making a hook', () => {
	it('returns its address', async () => {
		const { items } = await runNode(
			run('create', { hookType: 'web', title: 'Orders', description: 'From the shop' }),
		);
		const [hook] = kustomer.state.hooks;
		expect(hook).toMatchObject({ kind: 'web', title: 'Orders', description: 'From the shop' });
		expect(items[0].json).toMatchObject({ id: hook.id, address: hook.address, debug: false });
	});

	it('switches debug on where that is wanted', async () => {
		const parameters = { hookType: 'form', title: 'A', eventName: 'kustomer.app.x.y', debug: true };
		const { items } = await runNode(run('create', parameters));
		expect(kustomer.state.hooks[0]).toMatchObject({ debug: true, eventName: 'kustomer.app.x.y' });
		expect(items[0].json.debug).toBe(true);
	});

	it('does not lose the new hook when debug cannot be switched on', async () => {
		kustomer.faults = [{ method: 'PATCH', path: /hooks/, status: 403 }];
		const { items, hints } = await runNode(run('create', { title: 'A', debug: true }));
		expect(items[0].json).toMatchObject({ debug: false });
		expect(hints[0].message).toMatch(
			/was created, but debug is off.*org\.permission\.hook\.update/,
		);
	});

	it('needs a title, and the role', async () => {
		await expect(runNode(run('create', { title: ' ' }))).rejects.toThrow(/needs a title/);
		await expect(runNode(run('create', { title: 'A' }, keyWith([])))).rejects.toThrow(
			/lacks the role org\.permission\.hook\.create/,
		);
	});
});

describe('what arrived at a hook', () => {
	it('is listed while debug is on', async () => {
		const hook = kustomer.createHook('form', { title: 'A', debug: true });
		const post = { hookType: 'form', hook: chosen('url', hook.address) };
		await runNode(run('post', post, { items: [itemOf({ a: 1 })] }));
		const wanted = { hookType: 'form', hook: chosen('id', hook.id) };
		const { items } = await runNode(run('getDeliveries', wanted));
		expect(items).toMatchObject([
			{
				json: {
					hookId: hook.id,
					hookType: 'form',
					contentType: 'application/json',
					body: { a: 1 },
				},
			},
		]);
	});

	it('is not recorded while debug is off: the message says how to switch it on', async () => {
		const hook = kustomer.createHook('web', { title: 'A' });
		const wanted = { hookType: 'web', hook: chosen('list', hook.id) };
		await expect(runNode(run('getDeliveries', wanted))).rejects.toThrow(
			/debug is off\. Turn on "Switch Debug On"/,
		);
		expect(kustomer.state.hooks[0].debug).toBe(false);
	});

	it('is recorded from now on when the option says so', async () => {
		const hook = kustomer.createHook('web', { title: 'A' });
		const wanted = { hookType: 'web', hook: chosen('id', hook.id), switchDebugOn: true };
		const { items, hints } = await runNode(run('getDeliveries', wanted));
		expect(items).toEqual([]);
		expect(hints[0].message).toMatch(/is on now for 24 hours/);
		expect(kustomer.state.hooks[0].debug).toBe(true);
	});

	it('is seen with the role org.hooks alone', async () => {
		const hook = kustomer.createHook('web', { title: 'A', debug: true });
		const wanted = { hookType: 'web', hook: chosen('id', hook.id) };
		const { items } = await runNode(run('getDeliveries', wanted, keyWith(['org.hooks'])));
		expect(items).toEqual([]);
	});

	it('is known not to be recorded with that role alone', async () => {
		const hook = kustomer.createHook('web', { title: 'A' });
		const wanted = { hookType: 'web', hook: chosen('id', hook.id) };
		await expect(runNode(run('getDeliveries', wanted, keyWith(['org.hooks'])))).rejects.toThrow(
			/debug is off/,
		);
	});

	it('is not there for a hook that is not there', async () => {
		const wanted = { hookType: 'web', hook: chosen('id', 'f'.repeat(24)) };
		await expect(runNode(run('getDeliveries', wanted))).rejects.toThrow(/no hook of this type/);
	});

	it('needs a hook', async () => {
		await expect(runNode(run('getDeliveries', { hook: chosen('list', '') }))).rejects.toThrow(
			/No hook is chosen/,
		);
	});
});

describe('composing a mail', () => {
	const mail = (parameters: NodeRun['parameters'], more?: Partial<NodeRun>) =>
		run('composeEmail', { subject: 'Order', text: 'Thanks', ...parameters }, more);

	it('carries the item and the key of a hook that was chosen from the list', async () => {
		const hook = kustomer.createHook('email', { title: 'Mails' });
		const parameters = { hook: chosen('list', hook.address) };
		const items = [itemOf({ order: { id: 'A-1' } }), itemOf({ order: { id: 'A-2' } })];
		const { items: output, hints } = await runNode(mail(parameters, { items }));
		expect(Object.keys(output[0].json)).toEqual(['bcc', 'subject', 'html', 'text']);
		expect(output[0].json).toMatchObject({ bcc: hook.address, subject: 'Order', text: 'Thanks' });
		expect(output[0].json.html).toContain(
			`<script type="application/ld+json" data-kustomer-key="${hook.hash}">{"order":{"id":"A-1"}}</script>`,
		);
		expect(output[1].pairedItem).toEqual({ item: 1 });
		expect(hints).toEqual([]);
		expect(kustomer.requests()).toHaveLength(1);
	});

	it('needs no credential for an address and a key', async () => {
		const parameters = { hook: chosen('email', 'a@hooks.kustomerapp.com'), hookKey: 'k1' };
		const { items, hints } = await runNode(mail(parameters, { credentials: {} }));
		expect(items[0].json.html).toContain('data-kustomer-key="k1"');
		expect(hints).toEqual([]);
	});

	it('hints that Kustomer asks for the key', async () => {
		const parameters = { hook: chosen('email', 'a@hooks.kustomerapp.com') };
		const { items, hints } = await runNode(mail(parameters, { credentials: {} }));
		expect(items[0].json.html).not.toContain('data-kustomer-key');
		expect(hints[0].message).toMatch(/"Hook Key"/);
	});

	it('takes fields and JSON text', async () => {
		const hook = chosen('email', 'a@hooks.kustomerapp.com');
		const fields = { field: [{ name: 'order.id', value: 'A-1' }] };
		const clicked = await runNode(mail({ hook, format: 'json', specifyBody: 'fields', fields }));
		expect(clicked.items[0].json.html).toContain(
			'<script type="application/json">{"order":{"id":"A-1"}}</script>',
		);
		const written = await runNode(mail({ hook, specifyBody: 'json', body: '[1, 2]' }));
		expect(written.items[0].json.html).toContain('>[1, 2]</script>');
	});

	it('refuses the address of another kind of hook', async () => {
		const { address } = kustomer.createHook('web', { title: 'A' });
		await expect(runNode(mail({ hook: chosen('email', address) }))).rejects.toThrow(/"Post"/);
	});
});

describe('what Kustomer seldom answers', () => {
	it('says where to look for a hook that was made but not told about', async () => {
		kustomer.faults = [{ method: 'POST', path: /hooks\/web/, status: 201, body: {} }];
		await expect(
			runNode(run('create', { hookType: 'web', title: 'Orders', debug: false })),
		).rejects.toThrow('Kustomer created the hook but did not return it');
	});

	it('writes a mail without a key where nobody can tell it', async () => {
		const parameters = {
			hook: chosen('list', 'nobody@hooks.kustomerapp.com'),
			subject: 'S',
			text: 'T',
		};
		const listed = await runNode(run('composeEmail', parameters));
		expect(listed.items[0].json.html).not.toContain('data-kustomer-key');
		const keyless = await runNode(run('composeEmail', parameters, { credentials: {} }));
		expect(keyless.items[0].json.html).not.toContain('data-kustomer-key');
	});
});

describe('a body that an expression gives', () => {
	it('may be an object where form data is made of it', async () => {
		const hook = kustomer.createHook('form', { title: 'F' });
		const parameters = {
			hookType: 'form',
			hook: chosen('url', hook.address),
			contentType: 'form',
			specifyBody: 'json',
			body: '={{ ({ a: 1 }) }}',
		};
		expect((await runNode(run('post', parameters))).items[0].json.accepted).toBe(true);
	});

	it('is no XML unless it is text', async () => {
		const parameters = {
			hookType: 'web',
			hook: chosen('url', `${kustomer.url}/v1/hooks/web/${'a'.repeat(64)}`),
			contentType: 'xml',
			specifyBody: 'raw',
			body: '={{ 5 }}',
		};
		await expect(runNode(run('post', parameters))).rejects.toThrow('gives no text');
	});
});
