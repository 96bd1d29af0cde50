import { Script } from 'node:vm';
import { relatedId } from '../../../nodes/Kustomer/event/fields';
import { idOf } from './api.cts';
import { call, must, started, stopAll } from './started.cts';

afterEach(stopAll);

type Table = {
	types: Array<{ type: string; count: number }>;
	columns: string[];
	rows: Array<{ id: string; cells: string[] }>;
	total: number;
	pages: number;
};
type Talk = {
	status: string;
	entries: Array<{ kind: string; author: string; text: string }>;
	tags: unknown[];
};

const table = async (kustomer: Awaited<ReturnType<typeof started>>, query: string) =>
	(await call<Table>(kustomer, { path: `/_local/records?${query}` })).body;

describe('the page of records', () => {
	it('is served, and loads nothing from elsewhere', async () => {
		const kustomer = await started();
		const page = await call(kustomer, { path: '/records', key: '' });
		expect(page.status).toBe(200);
		expect(page.text).not.toMatch(/(src|href)="https?:/);
		for (const [path, type] of [
			['page.css', /css/],
			['page.js', /javascript/],
		] as const) {
			const { status, headers } = await call(kustomer, { path: `/_local/${path}` });
			expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(type)]);
		}
	});

	it.each(['/', '/records'])('has in %s a script that can run', async (path) => {
		const kustomer = await started();
		const { text } = await call(kustomer, { path, key: '' });
		const scripts = [...text.matchAll(/<script(?: src="([^"]+)")?>([\s\S]*?)<\/script>/g)];
		const sources = await Promise.all(
			scripts.map(async ([, src, own]) => (src ? (await call(kustomer, { path: src })).text : own)),
		);
		expect(scripts[0]?.[1]).toBe('/_local/page.js');
		// Parses, and defines the one name that the browser itself has in another meaning.
		expect(() => new Script(sources.join('\n'))).not.toThrow();
		expect(sources.join('\n')).toMatch(/const find = /);
	});

	it('shows every kind of record as a table, with names in the place of ids', async () => {
		const kustomer = await started();
		const { types, columns, rows } = await table(kustomer, 'type=conversation');
		expect(types.map(({ type }) => type)).toEqual(
			expect.arrayContaining(['customer', 'kobject.service-call']),
		);
		const row = must(rows.find(({ cells }) => cells[0] === 'Broken spout'));
		const shown = Object.fromEntries(columns.map((column, at) => [column, row.cells[at]]));
		expect(shown).toMatchObject({
			Customer: 'Solveig Aune',
			'Assigned to': 'Lerato Dube',
			Tags: 'broken spout',
		});
		for (const { type, count } of types) {
			expect((await table(kustomer, `type=${type}`)).rows.length).toBeGreaterThanOrEqual(
				Math.min(count, 1),
			);
		}
	});

	it.each([
		['a part of a name', 'type=customer&text=AUNE', 1],
		['an address', 'type=customer&text=a.vogt%2Btea', 1],
		['what a cell shows', 'type=conversation&text=lerato', 1],
		['nothing that is there', 'type=customer&text=xyzzy', 0],
	])('is searched by %s', async (_, query, total) => {
		const kustomer = await started();
		expect((await table(kustomer, query)).total).toBe(total);
	});

	it('shows 25 rows at a time, newest first', async () => {
		const kustomer = await started();
		for (let n = 0; n < 60; n++) kustomer.put({ type: 'company', attributes: { name: `C${n}` } });
		const { rows, pages } = await table(kustomer, 'type=company&page=3');
		expect([rows.length, pages, rows.at(-1)?.cells[0]]).toEqual([12, 3, 'Aune Båtbyggeri']);
	});

	it('writes as the customer, as an agent, and notes as an agent only', async () => {
		const kustomer = await started();
		const id = idOf(kustomer, 'conversation', 'Lid does not fit');
		const path = `/_local/conversations/${id}`;
		const agent = idOf(kustomer, 'user', 'Imke Brandt');
		const write = async (body: object) =>
			await call(kustomer, { method: 'POST', path: `${path}/messages`, body });
		expect((await write({ from: 'customer', kind: 'message', text: 'Well?' })).status).toBe(201);
		expect((await write({ from: agent, kind: 'message', text: 'Yes!' })).status).toBe(201);
		expect((await write({ from: agent, kind: 'note', text: 'Hm.' })).status).toBe(201);
		expect((await write({ from: 'customer', kind: 'note', text: 'Hm.' })).status).toBe(400);
		expect((await write({ from: agent, kind: 'message', text: ' ' })).status).toBe(400);
		const { entries } = (await call<Talk>(kustomer, { path })).body;
		expect(entries.slice(-3).map(({ kind, author, text }) => [kind, author, text])).toEqual([
			['in', 'Maeve O’Donnell', 'Well?'],
			['out', 'Imke Brandt', 'Yes!'],
			['note', 'Imke Brandt', 'Hm.'],
		]);
		const names = kustomer.events().map(({ name }) => name);
		expect(names.filter((name) => name === 'kustomer.message.create')).toHaveLength(2);
	});

	it('shows a draft in its conversation, until it is deleted', async () => {
		const kustomer = await started();
		const id = idOf(kustomer, 'conversation', 'Lid does not fit');
		const { relationships } = must(kustomer.record('conversation', id));
		const kinds = async () =>
			(await call<Talk>(kustomer, { path: `/_local/conversations/${id}` })).body.entries.map(
				({ kind, text }) => [kind, text],
			);
		const { body } = await call<{ data: { id: string } }>(kustomer, {
			method: 'POST',
			path: `/v1/customers/${String(relatedId(relationships.customer))}/drafts`,
			body: { channel: 'sms', conversation: id, body: 'Of course.' },
		});
		expect((await kinds()).at(-1)).toEqual(['draft', 'Of course.']);
		await call(kustomer, { method: 'DELETE', path: `/v1/drafts/${body.data.id}` });
		expect((await kinds()).at(-1)).toEqual(['in', expect.stringContaining('the lid is too big')]);
	});

	it('changes status, assignees and tags, and tells of it', async () => {
		const kustomer = await started();
		const id = idOf(kustomer, 'conversation', 'Forty pots for the café');
		const path = `/_local/conversations/${id}`;
		const { tags } = must(kustomer.record('conversation', id)).attributes as { tags: string[] };
		const known = kustomer.records('tag').length;
		for (const body of [
			{ status: 'snoozed' },
			{ assignedUsers: [idOf(kustomer, 'user', 'Amir Haddad')] },
			{ tags },
		]) {
			expect((await call(kustomer, { method: 'PATCH', path, body })).status).toBe(200);
		}
		const after = must(kustomer.record('conversation', id)).attributes;
		expect(after).toMatchObject({ status: 'snoozed', tags, snooze: { status: 'scheduled' } });
		expect(kustomer.records('tag')).toHaveLength(known);
		expect(
			kustomer.events().filter(({ name }) => name === 'kustomer.conversation.update'),
		).toHaveLength(3);
	});

	it('adds customers, and conversations that a customer begins', async () => {
		const kustomer = await started();
		const body = { name: 'Ana Pop', email: 'ana.pop@example.com' };
		const added = await call<{ id: string }>(kustomer, {
			method: 'POST',
			path: '/_local/customers',
			body,
		});
		const begun = await call<{ id: string }>(kustomer, {
			method: 'POST',
			path: '/_local/conversations',
			body: { customer: added.body.id, text: 'Hello' },
		});
		expect(kustomer.record('conversation', begun.body.id)?.attributes).toMatchObject({
			preview: 'Hello',
		});
		const again = await call(kustomer, { method: 'POST', path: '/_local/customers', body });
		expect([again.status, again.body.errors[0]?.title]).toEqual([
			409,
			'Another customer has this value',
		]);
	});
});
