import { ACTIVITY_FIELDS, isActivityOnly } from '../../../nodes/Kustomer/event/activity';
import { IDS, eventOf, updated, updatedBy, type UpdateName } from '../../fixtures/envelopes.cts';

const DIFF = { op: 'replace', before: 1, after: 2 } as const;

function isOnlyActivity(name: UpdateName, ...fields: string[]): boolean {
	const event = updatedBy(name, Object.fromEntries(fields.map((field) => [field, DIFF])));
	const resource = name.split('.')[1] ?? '';
	return isActivityOnly(resource, eventOf(event).changes());
}

const TABLE = Object.entries(ACTIVITY_FIELDS).flatMap(([resource, fields]) =>
	fields.map((field) => [resource, field] as const),
);

describe('an update', () => {
	it.each(TABLE)('of a %s is activity only when %s changed', (resource, field) => {
		const changes = new Map([
			['rev', { from: 1, to: 2 }],
			[field, { from: 1, to: 2 }],
		]);
		expect(isActivityOnly(resource, changes)).toBe(true);
	});

	it.each(TABLE)('of a %s is more when another field changed beside %s', (resource, field) => {
		const changes = new Map([
			[field, { from: 1, to: 2 }],
			['status', { from: 'open', to: 'done' }],
		]);
		expect(isActivityOnly(resource, changes)).toBe(false);
	});

	it('is more when a field changed that nobody knows yet', () => {
		expect(isOnlyActivity('kustomer.conversation.update', 'messageCount')).toBe(true);
		expect(isOnlyActivity('kustomer.conversation.update', 'messageCount', 'novelty')).toBe(false);
	});

	it('is activity only when nothing but book-keeping changed', () => {
		expect(isOnlyActivity('kustomer.conversation.update', 'rev', 'lastActivityAt')).toBe(true);
	});

	it('is activity only when beside it another editor is noted', () => {
		const after = { links: {}, data: { type: 'user', id: IDS.admin } };
		const event = updatedBy(
			'kustomer.conversation.update',
			{ noteCount: DIFF },
			{ modifiedBy: { op: 'replace', before: null, after } },
		);
		expect(isActivityOnly('conversation', eventOf(event).changes())).toBe(true);
	});

	it('is more when another relationship changed', () => {
		const event = updatedBy(
			'kustomer.conversation.update',
			{ noteCount: DIFF },
			{ queue: { op: 'add', after: { data: { type: 'queue', id: 'q' } } } },
		);
		expect(isActivityOnly('conversation', eventOf(event).changes())).toBe(false);
	});

	it('is more when it does not say what changed', () => {
		expect(isActivityOnly('conversation', new Map())).toBe(false);
	});

	it('of a conversation is activity only when its preview changed, for that is a message’s', () => {
		expect(isOnlyActivity('kustomer.conversation.update', 'preview')).toBe(true);
	});

	it('of a message is more when its preview changed, for that is its text', () => {
		expect(isOnlyActivity('kustomer.message.update', 'size')).toBe(true);
		expect(isOnlyActivity('kustomer.message.update', 'size', 'preview')).toBe(false);
	});

	it('of a conversation is more when its channels changed, as with a first message', () => {
		const event = updated('kustomer.conversation.update');
		expect(isActivityOnly('conversation', eventOf(event).changes())).toBe(false);
		delete event.changes.attributes.channels;
		expect(isActivityOnly('conversation', eventOf(event).changes())).toBe(true);
	});

	it('of one kind of record is more when a field of another kind’s activity changed', () => {
		expect(isOnlyActivity('kustomer.customer.update', 'messageCount')).toBe(false);
		expect(isOnlyActivity('kustomer.tag.update', 'preview')).toBe(false);
	});

	it('of a custom attribute named as an activity is more', () => {
		const custom = { op: 'replace', before: {}, after: { preview: 'x' } } as const;
		const event = updatedBy('kustomer.conversation.update', { custom });
		expect(isActivityOnly('conversation', eventOf(event).changes())).toBe(false);
	});

	it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
		'of a kind of record named %s is more, not an error',
		(resource) => {
			expect(isActivityOnly(resource, new Map([['name', { from: 1, to: 2 }]]))).toBe(false);
		},
	);
});
