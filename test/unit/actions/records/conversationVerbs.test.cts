import type { INodeParameters } from 'n8n-workflow';
import type { LocalKustomer } from '../../../../sandbox/kustomer/server.cts';
import { apiRun, chosen, startedKustomer } from '../../../support/actionWorld.cts';
import { runNode } from '../../../support/executeContext.cts';
import { byName, itemFrom } from './cases.cts';

let kustomer: LocalKustomer;

beforeEach(async () => (kustomer = await startedKustomer()));
afterEach(async () => await kustomer.close());

const IMKE = '66b0c1a05a4d0bca7f1e0a11';
const LERATO = '66b0c1a05a4d0bca7f1e0a13';
const RETURNS = '66b0c1a05a4d0bca7f1e0b11';

const doing = (operation: string, parameters: INodeParameters = {}, name = 'Broken spout') =>
	apiRun(kustomer, {
		resource: 'conversation',
		operation,
		conversation: chosen('id', byName(kustomer, 'conversation', name).id),
		...parameters,
	});

const broken = () => byName(kustomer, 'conversation', 'Broken spout').attributes;
const patches = () => kustomer.requestsTo('PATCH', '/v1/conversations/:id').map(({ body }) => body);

describe('assigning', () => {
	it.each([
		['add', [LERATO, IMKE], [RETURNS]],
		['replace', [IMKE], [RETURNS]],
		['remove', [LERATO], []],
	])('with mode %s', async (mode, assignedUsers, assignedTeams) => {
		const { rev } = broken();
		await runNode(doing('assign', { mode, users: ['Imke Brandt'], teams: 'returns' as never }));
		expect(patches()).toEqual([{ assignedUsers, assignedTeams, rev }]);
		expect(broken()).toMatchObject({ assignedUsers, assignedTeams });
	});

	it('takes several names as one text, and refuses nobody', async () => {
		await runNode(doing('assign', { users: `Imke Brandt, ${LERATO}` as never }));
		expect(broken().assignedUsers).toEqual([LERATO, IMKE]);
		await expect(runNode(doing('assign', { users: '' as never }))).rejects.toThrow(
			'Nobody is named',
		);
		await expect(runNode(doing('assign', { users: ['Imke Brant'] }))).rejects.toThrow(
			'no user named "Imke Brant". Did you mean "Imke Brandt"?',
		);
	});
});

describe('closing and opening', () => {
	it('change the status, and end a snooze', async () => {
		expect(await itemFrom(doing('close'))).toMatchObject({ attributes: { status: 'done' } });
		expect(await itemFrom(doing('reopen'))).toMatchObject({ attributes: { status: 'open' } });
		await runNode(doing('reopen', {}, 'Forty pots for the café'));
		expect(patches().at(-1)).toMatchObject({ status: 'open', snooze: { status: 'canceled' } });
	});
});

describe('snoozing', () => {
	it.each([
		['2', 'hours', 7_200_000],
		[3, 'days', 259_200_000],
		['', 'minutes', undefined],
		[-1, 'hours', undefined],
	])('for %j %s', async (duration, unit, ms) => {
		const running = runNode(doing('snooze', { duration: duration as never, unit }));
		if (ms === undefined) return await expect(running).rejects.toThrow('must be a number above 0');
		await running;
		const [{ status, snooze }] = patches() as Array<{
			status: string;
			snooze: Record<string, string>;
		}>;
		expect([status, snooze.status]).toEqual(['snoozed', 'scheduled']);
		const distance = Date.parse(snooze.time) - Date.now();
		expect(distance).toBeGreaterThan(ms - 60_000);
		expect(distance).toBeLessThanOrEqual(ms);
	});

	it('until a time to come, in the workflow’s zone', async () => {
		const run = doing('snooze', { until: '2126-01-02T09:00' });
		await runNode({ ...run, timeZone: 'America/New_York' });
		expect(patches()[0]).toMatchObject({ snooze: { time: '2126-01-02T14:00:00.000Z' } });
	});

	it.each([
		['2020-01-01', 'is in the past'],
		['soon', '"soon" in "Until" is not a time'],
	])('until %s is refused', async (until, words) => {
		await expect(runNode(doing('snooze', { until }))).rejects.toThrow(words);
		expect(patches()).toEqual([]);
	});
});

describe('moving to a queue', () => {
	it.each([chosen('list', '66b0c1a05a4d0bca7f1e0d12'), 'Wholesale customers'])(
		'takes %j',
		async (queue) => {
			await runNode(doing('moveToQueue', { queue: queue as never }));
			expect(patches()[0]).toMatchObject({ queue: { id: '66b0c1a05a4d0bca7f1e0d12' } });
		},
	);

	it('needs a queue', async () => {
		await expect(runNode(doing('moveToQueue', { queue: chosen('list', '') }))).rejects.toThrow(
			'No queue is given',
		);
	});
});

describe('tags', () => {
	const asked = () =>
		kustomer.requestsTo('POST', '/v1/conversations/:id/tags').map(({ body }) => body);

	it('are added by name, whatever its capitals, and by ID', async () => {
		const { names } = await itemFrom(
			doing('addTags', { tags: ['Wholesale, thank you', '66b0c1a05a4d0bca7f1e0c12'] }),
		);
		expect(asked()).toEqual([['wholesale', 'thank you', 'late parcel']]);
		expect((names as Record<string, string[]>).tags).toEqual([
			'broken spout',
			'wholesale',
			'thank you',
			'late parcel',
		]);
	});

	it('that are unknown are refused, or made when that is wanted', async () => {
		await expect(runNode(doing('addTags', { tags: ['wholesail'] }))).rejects.toThrow(
			'Did you mean "wholesale"?',
		);
		expect(asked()).toEqual([]);
		const { names } = await itemFrom(doing('addTags', { tags: ['fresh'], createMissing: true }));
		expect((names as Record<string, string[]>).tags).toContain('fresh');
	});

	it('are taken off, the others stay', async () => {
		await runNode(doing('addTags', { tags: ['wholesale'] }));
		await runNode(doing('removeTags', { tags: ['broken spout'] }));
		expect(broken().tags).toEqual([byName(kustomer, 'tag', 'wholesale').id]);
		await runNode(doing('removeTags', { tags: ['thank you'] }));
		expect(patches()).toHaveLength(1);
	});

	it('that are there afterwards are not said to be gone', async () => {
		const body = { data: byName(kustomer, 'conversation', 'Broken spout') };
		kustomer.faults.push({ method: 'PATCH', path: /conversations/, status: 200, body });
		await expect(runNode(doing('removeTags', { tags: ['broken spout'] }))).rejects.toThrow(
			'it still has a tag',
		);
	});

	it.each(['addTags', 'removeTags'])('must be given (%s)', async (operation) => {
		await expect(runNode(doing(operation, { tags: [''] }))).rejects.toThrow('No tag is given');
	});
});

describe('a transcript', () => {
	it('has messages and notes in order, with who wrote them', async () => {
		const { entries, text } = await itemFrom(doing('getTranscript'));
		const list = entries as Array<Record<string, unknown>>;
		expect(
			list.map(({ kind, author, channel, isPreview }) => [kind, author, channel, isPreview]),
		).toEqual([
			['message', 'Customer', 'email', true],
			['note', 'Lerato Dube', null, false],
			['message', 'Lerato Dube', 'email', true],
			['message', 'Customer', 'email', true],
		]);
		expect(text).toMatch(/^\[\d{4}-\S+Z\] Customer \(email\): Hello, the spout/);
		expect(String(text).split('\n\n')).toHaveLength(4);
	});
});
