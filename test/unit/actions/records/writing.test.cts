import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiCredential, apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { itemOf, runNode, type NodeRun } from '../../../support/executeContext.cts';
import { byName, first, itemFrom } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const run = (
	resource: string,
	operation: string,
	parameters: INodeParameters,
	more: Partial<NodeRun> = {},
) => apiRun(kustomer, { resource, operation, ...parameters }, more);

const json = (attributes: unknown) => ({
	specifyAttributes: 'json',
	attributesJson: JSON.stringify(attributes),
});

const form = (value: object, more: object = {}) => ({
	attributes: { mappingMode: 'defineBelow', value, schema: [], ...more } as never,
});

const solveig = () => byName(kustomer, 'customer', 'Solveig Aune');
const patches = () => kustomer.requests().filter(({ method }) => /PATCH|PUT/.test(method));
const posts = () =>
	kustomer.requests().filter(({ method, path }) => method === 'POST' && !/search/.test(path));

describe('a form', () => {
	it('reaches Kustomer converted, with what is blank left out and names as ids', async () => {
		const value = {
			name: 'Ines Duarte',
			emails: 'ines@example.com, i.duarte@example.com',
			signedUpAt: '2026-11-24',
			locale: '',
			username: null,
			tags: 'wholesale',
			'custom.ordersNum': '12',
			'custom.vipBool': 'true',
			'custom.lastOrderAt': '2026-11-24T15:30',
		};
		await runNode(run('customer', 'create', form(value), { timeZone: 'Europe/Berlin' }));
		expect(posts()[0].body).toEqual({
			name: 'Ines Duarte',
			emails: [{ email: 'ines@example.com' }, { email: 'i.duarte@example.com' }],
			signedUpAt: '2026-11-23T23:00:00.000Z',
			tags: [byName(kustomer, 'tag', 'wholesale').id],
			custom: { ordersNum: 12, vipBool: true, lastOrderAt: '2026-11-24T14:30:00.000Z' },
		});
	});
});

describe('a form that maps automatically', () => {
	it('takes the fields of the item that are attributes, and none that would end or move', async () => {
		const item = itemOf({
			name: 'New name',
			deleted: true,
			locked: true,
			rev: 1,
			other: 'x',
			customer: 'c',
		});
		const id = first(kustomer, 'conversation').id;
		await runNode(
			run(
				'conversation',
				'update',
				{
					conversation: chosen('id', id),
					attributes: { mappingMode: 'autoMapInputData', value: null, schema: [] },
				},
				{ items: [item] },
			),
		);
		expect(patches()[0].body).toEqual({ name: 'New name' });
	});
});

describe('a create', () => {
	it('names the required attribute that nobody entered', async () => {
		await expect(runNode(run('company', 'create', json({ employeeCount: 3 })))).rejects.toThrow(
			'Kustomer needs a value for Name (name). Enter it in "Attributes".',
		);
		expect(posts()).toEqual([]);
	});

	it('of a conversation belongs to the customer that the locator finds by e-mail', async () => {
		const { related } = await itemFrom(
			run('conversation', 'create', {
				customer: chosen('email', 'solveig.aune@example.com'),
				...json({
					name: 'A question',
					queue: 'Wholesale customers',
					assignedTeams: 'Returns, Repairs',
				}),
			}),
		);
		expect((related as Record<string, string>).customer).toBe(solveig().id);
		expect(posts()[0].body).toEqual({
			customer: solveig().id,
			name: 'A question',
			queue: { id: '66b0c1a05a4d0bca7f1e0d12' },
			assignedTeams: ['66b0c1a05a4d0bca7f1e0b11', '66b0c1a05a4d0bca7f1e0b12'],
		});
	});

	it('of old records says so', async () => {
		await runNode(
			run('customer', 'create', { ...json({ name: 'Old' }), options: { historical: true } }),
		);
		expect(posts()[0].body).toEqual({ name: 'Old', importedAt: expect.stringMatching(/Z$/) });
	});

	it.each([
		['conversation', 'conversation', '/v1/conversations/:id/messages'],
		['newConversation', 'customer', '/v1/customers/:id/messages'],
	])('of a message goes to where "%s" says, with the app n8n', async (sendTo, parent, route) => {
		const parameters = { sendTo, [parent]: chosen('id', first(kustomer, parent).id) };
		const said = json({ channel: 'sms', direction: 'in', preview: 'Hello' });
		await runNode(run('message', 'create', { ...parameters, ...said }));
		expect(posts().map(({ route: asked, body }) => [asked, body])).toEqual([
			[route, { channel: 'sms', direction: 'in', preview: 'Hello', app: 'n8n' }],
		]);
	});

	it('of a note mentions users and teams by name', async () => {
		const conversation = chosen('id', first(kustomer, 'conversation').id);
		const mentions = {
			mention: [
				{ kind: 'user', name: 'Lerato Dube' },
				{ kind: 'team', name: 'returns' },
				{ kind: 'user', name: '' },
			],
		};
		await runNode(run('note', 'create', { conversation, body: 'Look at this', mentions }));
		expect(posts()[0].body).toEqual({
			body: 'Look at this',
			userMentions: [{ user: '66b0c1a05a4d0bca7f1e0a13' }, { team: '66b0c1a05a4d0bca7f1e0b11' }],
		});
		await expect(runNode(run('note', 'create', { conversation, body: ' ' }))).rejects.toThrow(
			'The note has no text.',
		);
	});

	it('whose answer never comes is not sent again, and says that it may have happened', async () => {
		kustomer.faults.push({ method: 'POST', path: /customers$/, when: 'after', reset: true });
		await expect(runNode(run('customer', 'create', json({ name: 'Once' })))).rejects.toThrow(
			/may have carried it out nevertheless/,
		);
		expect(posts()).toHaveLength(1);
	});

	it('refuses a class that cannot be one, and asks for one where there is none', async () => {
		const create = (klass: unknown) =>
			runNode(run('customObject', 'create', { klass: klass as never, ...json({ title: 'x' }) }));
		await expect(create(chosen('name', '../customers'))).rejects.toThrow(
			'cannot be the name of a class',
		);
		await expect(create(chosen('list', ''))).rejects.toThrow('No class is chosen');
	});
});

describe('an update', () => {
	const update = async (parameters: INodeParameters, more: Partial<NodeRun> = {}) =>
		await itemFrom(
			run('customer', 'update', { customer: chosen('id', solveig().id), ...parameters }, more),
		);

	it('adds to lists and keeps what is there, and sends rev and company along', async () => {
		const { rev } = solveig().attributes;
		const company = solveig().relationships.company as { data: { id: string } };
		await update(form({ emails: 'SOLVEIG.aune@example.com, new@example.com' }));
		expect(patches()[0].body).toEqual({
			emails: [
				{ type: 'home', email: 'solveig.aune@example.com', verified: true },
				{ email: 'new@example.com' },
			],
			company: company.data.id,
			rev,
		});
		expect(solveig().relationships.company).toBeDefined();
	});

	it('replaces lists when told to', async () => {
		await update({ ...form({ emails: 'new@example.com' }), lists: 'replace' });
		expect(solveig().attributes.emails).toEqual([{ email: 'new@example.com' }]);
	});

	it('clears by name and by label', async () => {
		await update({ ...form({}), clear: ['Phones', 'custom.loyaltyStr', 'externalId'] });
		expect(patches()[0].body).toMatchObject({
			phones: [],
			externalId: null,
			custom: { loyaltyStr: null },
		});
	});

	it('clears by null in JSON, and takes the company away only when that is said', async () => {
		await update(json({ company: null, phones: null }));
		expect(patches()[0].body).toMatchObject({ company: null, phones: [] });
	});

	it.each([
		['text', '{"name":', 'not valid JSON'],
		['a list', '[1]', 'must be one JSON object'],
	])('refuses JSON that is %s', async (_, attributesJson, words) => {
		await expect(update({ specifyAttributes: 'json', attributesJson })).rejects.toThrow(words);
		expect(patches()).toEqual([]);
	});

	it('with nothing to change is refused', async () => {
		await expect(update(form({ name: '' }))).rejects.toThrow('There is nothing to change');
	});

	it('reads again and keeps both changes when somebody was faster', async () => {
		kustomer.faults.push({
			method: 'PATCH',
			path: /customers/,
			times: 1,
			delayMs: 50,
			status: 409,
			body: { errors: [] },
		});
		const { id } = solveig();
		const other = setInterval(() => {
			if (patches().length === 0) return;
			clearInterval(other);
			kustomer.update('customer', id, { company: null, emails: [{ email: 'other@example.com' }] });
		}, 1);
		const { attributes } = await update(form({ emails: 'new@example.com' })).finally(() =>
			clearInterval(other),
		);
		expect(
			(attributes as { emails: Array<{ email: string }> }).emails.map(({ email }) => email),
		).toEqual(['other@example.com', 'new@example.com']);
	});

	it('gives up on a conflict that is not about its revision', async () => {
		await expect(update(json({ emails: [{ email: 'matteo.ricci@example.com' }] }))).rejects.toThrow(
			/Another customer has this value/,
		);
		expect(patches()).toHaveLength(1);
	});

	it('stops the item when the record cannot be read first, so that nothing is lost', async () => {
		kustomer.faults.push({ method: 'GET', path: /customers\/\w/, status: 503 });
		await expect(update({ ...json({ name: 'x' }), options: { maxRetries: 0 } })).rejects.toThrow(
			'503',
		);
		expect(patches()).toEqual([]);
	});

	it('never writes a masked list back', async () => {
		const key = kustomer.addKey({
			token: 'eyJ-masked',
			roles: ['org.permission'],
			masked: ['emails'],
		});
		const credentials = { kustomerApi: apiCredential(kustomer, key.token) };
		await expect(update(form({ emails: 'new@example.com' }), { credentials })).rejects.toThrow(
			'Kustomer masks "Emails" for this API key',
		);
		expect(patches()).toEqual([]);
	});

	it('takes names for ids, and tells what an unknown and an ambiguous one could be', async () => {
		const conversation = chosen('id', first(kustomer, 'conversation').id);
		const tag = async (tags: string) =>
			await runNode(run('conversation', 'update', { conversation, ...form({ tags }) }));
		await expect(tag('wholesle')).rejects.toThrow(
			'no tag named "wholesle". Did you mean "wholesale"?',
		);
		const fresh = await startedKustomer();
		const twins = [1, 2].map((n) => fresh.put({ type: 'tag', attributes: { name: 'Twin', n } }));
		const other = chosen('id', first(fresh, 'conversation').id);
		const running = runNode(
			apiRun(fresh, {
				resource: 'conversation',
				operation: 'update',
				conversation: other,
				...form({ tags: 'Twin' }),
			}),
		);
		const words = await running.then(String, (error: Error) => error.message);
		await fresh.close();
		expect(words).toContain(`Twin (${twins[0]}), Twin (${twins[1]})`);
	});
});

describe('an upsert', () => {
	const upsert = (parameters: INodeParameters = {}, more: Partial<NodeRun> = {}) =>
		run(
			'customer',
			'upsert',
			{ matchValue: 'ines@example.com', ...json({ name: 'Ines' }), ...parameters },
			more,
		);
	const named = (name: string) =>
		kustomer.records('customer').filter(({ attributes }) => attributes.name === name);

	it('creates what is not there, with the key, and changes what is', async () => {
		expect(await itemFrom(upsert())).toMatchObject({ created: true });
		expect(named('Ines')[0].attributes.emails).toEqual([{ email: 'ines@example.com' }]);
		expect(await itemFrom(upsert(json({ name: 'Ines D' })))).toMatchObject({ created: false });
		expect(named('Ines D')).toHaveLength(1);
	});

	it.each([
		['phone', '+351900000020', { phones: [{ phone: '+351900000020' }] }],
		['externalId', 'C/2 000+é', { externalId: 'C/2 000+é' }],
	])('matches by %s', async (matchBy, matchValue, expected) => {
		await runNode(upsert({ matchBy, matchValue }));
		expect(posts()[0].body).toMatchObject(expected);
		expect(await itemFrom(upsert({ matchBy, matchValue }))).toMatchObject({ created: false });
	});

	it.each([409, 400] as const)('survives a race that Kustomer ends with %s', async (status) => {
		kustomer.switches.duplicateStatus = status;
		kustomer.faults.push({
			method: 'GET',
			path: /email=/,
			times: 1,
			status: 404,
			body: { errors: [] },
		});
		kustomer.create('customer', { name: 'Faster', emails: [{ email: 'ines@example.com' }] });
		expect(await itemFrom(upsert())).toMatchObject({
			created: false,
			attributes: { name: 'Ines' },
		});
		expect(named('Faster')).toEqual([]);
	});

	it.each([
		['before', 2],
		['after', 1],
	] as const)('survives a connection that breaks %s the write', async (when, creates) => {
		kustomer.faults.push({ method: 'POST', path: /customers$/, times: 1, when, reset: true });
		expect(await itemFrom(upsert())).toMatchObject({ created: true });
		expect(named('Ines')).toHaveLength(1);
		expect(posts()).toHaveLength(creates);
	});

	it('says what Kustomer refused when nobody has the key', async () => {
		await expect(runNode(upsert(json({ nickname: 'I' })))).rejects.toThrow(/nickname/);
		expect(posts()).toHaveLength(1);
	});

	it('gives up when it stays unknown', async () => {
		kustomer.faults.push({ method: 'POST', path: /customers$/, reset: true });
		await expect(runNode(upsert())).rejects.toThrow(/connection broke off/);
		expect(posts()).toHaveLength(3);
	});

	it('makes one record of two items with one key at the same time', async () => {
		const items = [itemOf({}), itemOf({})];
		const result = await runNode(upsert({ options: { batchSize: 10 } }, { items }));
		expect(result.items.map(({ json: { created } }) => created)).toEqual([true, false]);
		expect(named('Ines')).toHaveLength(1);
	});

	it.each([401, 422, 500])('takes only a 404 for "not there", not a %s', async (status) => {
		kustomer.faults.push({ method: 'GET', path: /email=/, status, body: { errors: [] } });
		await expect(runNode(upsert({ options: { maxRetries: 0 } }))).rejects.toThrow(
			'n8n could not look up',
		);
		expect(posts()).toEqual([]);
	});

	it('waits for a limit and goes on', async () => {
		const headers = { 'retry-after': '1' };
		kustomer.faults.push({ method: 'GET', path: /email=/, times: 1, status: 429, headers });
		expect(await itemFrom(upsert())).toMatchObject({ created: true });
	});

	it('needs a value to look up', async () => {
		await expect(runNode(upsert({ matchValue: '' }))).rejects.toThrow('"Match Value" is empty');
	});

	it('of a company looks it up in the list', async () => {
		const company = (matchValue: string) =>
			run('company', 'upsert', { matchValue, ...json({ name: 'Aune Boats' }) });
		expect(await itemFrom(company('CO-100'))).toMatchObject({ created: false });
		expect(await itemFrom(company('CO-1000'))).toMatchObject({ created: true });
		kustomer.put({ type: 'company', attributes: { name: 'Double', externalId: 'CO-100' } });
		await expect(runNode(company('CO-100'))).rejects.toThrow('Several companies have "CO-100"');
	});

	it('of a conversation keeps its customer, and of a custom object what only a new one takes', async () => {
		const customer = chosen('id', solveig().id);
		const conversation = (attributes: object) =>
			run('conversation', 'upsert', { customer, matchValue: 'T-1', ...json(attributes) });
		expect(await itemFrom(conversation({ name: 'A' }))).toMatchObject({ created: true });
		const matteo = byName(kustomer, 'customer', 'Matteo Ricci').id;
		await runNode(conversation({ name: 'B', customer: matteo }));
		expect(patches().at(-1)?.body).toEqual({ name: 'B' });
		const order = { klass: chosen('name', 'order'), matchValue: 'TW-20417' };
		await runNode(
			run('customObject', 'upsert', { ...order, ...json({ title: 'T', customer: matteo }) }),
		);
		expect(patches().at(-1)?.body).toEqual({ title: 'T' });
	});
});

describe('a delete', () => {
	it('by e-mail deletes the one that has it', async () => {
		const { id } = solveig();
		expect(
			await itemFrom(
				run('customer', 'delete', { customer: chosen('email', 'solveig.aune@example.com') }),
			),
		).toEqual({ deleted: true, id });
		expect(kustomer.record('customer', id)?.attributes.deleted).toBe(true);
	});

	it('of a company marks it, for Kustomer has no other way', async () => {
		const { id } = first(kustomer, 'company');
		await runNode(run('company', 'delete', { company: chosen('id', id) }));
		expect(patches()[0].body).toEqual({ deleted: true });
	});

	it('of what is not there names it', async () => {
		const gone = 'a'.repeat(24);
		await expect(
			runNode(run('customer', 'delete', { customer: chosen('id', gone) })),
		).rejects.toThrow(`no customer with the ID ${gone}`);
	});
});
