import { EVENT_NAMES, makeEvent, type EventName } from '../../../sandbox/kustomer/server.cts';
import { must } from './started.cts';

/** What stands in an envelope besides what all have, by Kustomer's documented samples. */
const EXTRAS: Record<EventName, string[]> = {
	'kustomer.customer.create': ['orgName', 'client'],
	'kustomer.customer.update': ['changes', 'client'],
	'kustomer.conversation.create': [],
	'kustomer.conversation.update': ['changes', 'client'],
	'kustomer.message.create': ['client'],
	'kustomer.message.update': ['changes'],
	'kustomer.user.create': ['orgName', 'changes'],
	'kustomer.user.update': ['orgName', 'changes'],
	'kustomer.team.create': ['orgName', 'changes'],
	'kustomer.team.update': ['orgName', 'changes'],
	'kustomer.tag.create': ['orgName', 'changes'],
	'kustomer.tag.update': ['orgName', 'changes'],
};
const ALWAYS = ['id', 'name', 'org', 'partition', 'data', 'createdAt', 'persist'];

describe('made-up events', () => {
	it.each(EVENT_NAMES)('%s has the keys of its sample', (name) => {
		const envelope = makeEvent(name);
		expect(Object.keys(envelope).sort()).toEqual([...ALWAYS, ...EXTRAS[name]].sort());
		expect(envelope.partition).toBe(envelope.org);
		expect(envelope.data.links.self).toMatch(new RegExp(`/${envelope.data.id}$`));
	});

	it.each(EVENT_NAMES.filter((name) => name.endsWith('.update')))(
		'%s changes what its record then holds, bookkeeping included',
		(name) => {
			const { data, changes } = makeEvent(name);
			const diffs = must(changes).attributes;
			expect(diffs).toHaveProperty('updatedAt');
			expect(diffs).toHaveProperty('modifiedAt');
			expect('rev' in diffs).toBe('rev' in data.attributes);
			for (const [field, { after }] of Object.entries(diffs)) {
				expect(data.attributes[field]).toEqual(after);
			}
		},
	);

	it('has fresh ids and times', () => {
		const [one, other] = [makeEvent('kustomer.tag.create'), makeEvent('kustomer.tag.create')];
		expect(one.id).toMatch(/^[0-9a-f]{24}$/);
		expect(one.id).not.toBe(other.id);
		expect(one.data.id).not.toBe(other.data.id);
		expect(Date.now() - Date.parse(one.createdAt)).toBeLessThan(5_000);
	});

	it('shows custom attributes as one change of the whole object', () => {
		const { custom } = must(makeEvent('kustomer.customer.update').changes).attributes;
		expect(custom).toMatchObject({
			op: 'replace',
			before: { vipBool: null },
			after: { vipBool: true },
		});
	});

	it('has null for the changes of a new team, and none for a new conversation', () => {
		expect(makeEvent('kustomer.team.create').changes).toBeNull();
		expect(makeEvent('kustomer.conversation.create')).not.toHaveProperty('changes');
	});

	it('takes what shall be otherwise', () => {
		const { data, changes, id } = makeEvent('kustomer.conversation.update', {
			id: 'b'.repeat(24),
			recordId: 'c'.repeat(24),
			attributes: { priority: 5 },
			changed: { status: { from: 'snoozed', to: 'open' }, preview: { to: 'Hi' } },
			rev: 9,
			modifiedBy: 'd'.repeat(24),
		});
		expect([id, data.id]).toEqual(['b'.repeat(24), 'c'.repeat(24)]);
		expect(data.attributes).toMatchObject({ priority: 5, status: 'open', preview: 'Hi', rev: 9 });
		expect(Object.keys(must(changes).attributes).sort()).toEqual([
			'modifiedAt',
			'preview',
			'rev',
			'status',
			'updatedAt',
		]);
		expect(must(changes).attributes).toMatchObject({
			status: { op: 'replace', before: 'snoozed', after: 'open' },
			preview: { op: 'add', after: 'Hi' },
			rev: { before: 8, after: 9 },
		});
		expect(data.relationships.modifiedBy).toMatchObject({ data: { id: 'd'.repeat(24) } });
	});

	it('has no user behind what a customer writes', () => {
		expect(makeEvent('kustomer.message.create').data.relationships).not.toHaveProperty('createdBy');
		const out = makeEvent('kustomer.message.create', { attributes: { direction: 'out' } });
		expect(out.data.relationships).toHaveProperty('createdBy');
	});

	it('redacts in a message update', () => {
		const { data, changes } = makeEvent('kustomer.message.update');
		expect(data.attributes.redacted).toBe(true);
		expect(data.attributes.preview).toContain('■');
		expect(must(changes).relationships).toHaveProperty('redactedBy');
	});
});
