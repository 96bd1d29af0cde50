import { authorOf } from '../../../nodes/Kustomer/event/event';
import {
	CREATE_NAMES,
	IDS,
	UPDATE_NAMES,
	created,
	eventOf,
	updated,
	type EventFixture,
} from '../../fixtures/envelopes.cts';

const causeOf = (event: EventFixture) => authorOf(eventOf(event));
const byUser = (id: string) => ({ links: {}, data: { type: 'user', id } });

describe('who caused a create', () => {
	it.each(CREATE_NAMES)('of %s is its creator', (name) => {
		const event = created(name);
		event.data.relationships.createdBy = byUser('creator');
		event.data.relationships.modifiedBy = byUser('editor');
		expect(causeOf(event)).toBe('creator');
	});

	it.each([undefined, null, { links: {} }, { data: null }, { data: [] }, 'text'])(
		'is not known when its creator is %j',
		(createdBy) => {
			const event = created('kustomer.message.create');
			event.data.relationships.createdBy = createdBy;
			expect(causeOf(event)).toBeUndefined();
		},
	);
});

describe('who caused an update', () => {
	it.each(UPDATE_NAMES)('of %s is its last editor', (name) => {
		const event = updated(name);
		event.data.relationships.createdBy = byUser('creator');
		event.data.relationships.modifiedBy = byUser('editor');
		expect(causeOf(event)).toBe('editor');
	});

	it('is not known when the last editor was someone earlier', () => {
		const event = updated('kustomer.conversation.update');
		delete event.changes.attributes.modifiedAt;
		expect(causeOf(event)).toBeUndefined();
	});

	it('is not known when the event says nothing about changes', () => {
		const event = updated('kustomer.conversation.update');
		expect(causeOf({ ...event, changes: null })).toBeUndefined();
	});

	it('is its last editor when only modifiedBy changed, as attribute or as relationship', () => {
		const asAttribute = updated('kustomer.conversation.update');
		asAttribute.changes.attributes = { modifiedBy: { op: 'replace', before: 'a', after: 'b' } };
		expect(causeOf(asAttribute)).toBe(IDS.agent);
		const asRelationship = updated('kustomer.message.update');
		delete asRelationship.changes.attributes.modifiedAt;
		expect(causeOf(asRelationship)).toBe(IDS.agent);
	});

	it('is not known when there is no editor', () => {
		const event = updated('kustomer.conversation.update');
		delete event.data.relationships.modifiedBy;
		expect(causeOf(event)).toBeUndefined();
	});
});
