import {
	ANY_EVENT,
	EVENTS,
	EVENT_NAMES,
	chosenEvents,
	isChosen,
	isNothingChosen,
} from '../../../nodes/Kustomer/event/catalog';
import { ALL_NAMES } from '../../fixtures/envelopes.cts';

describe('the events', () => {
	it('are the twelve of the contract', () => {
		const resources = ['customer', 'conversation', 'message', 'user', 'team', 'tag'];
		expect(EVENT_NAMES).toEqual(
			resources.flatMap((resource) => [
				`kustomer.${resource}.create`,
				`kustomer.${resource}.update`,
			]),
		);
		expect([...ALL_NAMES].sort()).toEqual([...EVENT_NAMES].sort());
	});

	it.each(['label', 'short', 'about'] as const)('have a %s of their own', (part) => {
		const texts = EVENTS.map((event) => event[part]);
		expect(texts.every((text) => text.trim() !== '')).toBe(true);
	});

	it('can be told apart by their labels', () => {
		expect(new Set(EVENTS.map((event) => event.label)).size).toBe(12);
		expect(new Set(EVENTS.map((event) => event.short)).size).toBe(12);
	});
});

describe('what was chosen', () => {
	it('starts the workflow, and nothing else does', () => {
		const chosen = chosenEvents(['kustomer.tag.create'], undefined);
		expect(isChosen(chosen, 'kustomer.tag.create')).toBe(true);
		expect(isChosen(chosen, 'kustomer.tag.update')).toBe(false);
		expect(isChosen(chosen, 'kustomer.tag')).toBe(false);
		expect(isChosen(chosen, 'KUSTOMER.TAG.CREATE')).toBe(false);
	});

	it('stands in the order of Events, then Additional Events, each once', () => {
		const events = ['kustomer.tag.update', 'kustomer.customer.create', 'kustomer.tag.update'];
		const more = ['kustomer.kobject.create', 'kustomer.customer.create'];
		expect(chosenEvents(events, more)).toEqual({
			any: false,
			names: ['kustomer.tag.update', 'kustomer.customer.create', 'kustomer.kobject.create'],
		});
	});

	it.each(ALL_NAMES)('includes %s when everything was chosen', (name) => {
		expect(isChosen(chosenEvents([ANY_EVENT], []), name)).toBe(true);
	});

	it('includes names that Kustomer may add later when everything was chosen', () => {
		expect(isChosen(chosenEvents(['*'], []), 'kustomer.shortcut.archive')).toBe(true);
	});

	it('keeps the names beside the star, but not the star among them', () => {
		expect(chosenEvents(['*', 'kustomer.tag.create'], [])).toEqual({
			any: true,
			names: ['kustomer.tag.create'],
		});
	});

	it('is everything too when the star is among Additional Events', () => {
		expect(chosenEvents([], ['*']).any).toBe(true);
	});

	it('takes a single text for a list of one, as an expression may give it', () => {
		expect(chosenEvents('kustomer.tag.create', 'kustomer.tag.update').names).toEqual([
			'kustomer.tag.create',
			'kustomer.tag.update',
		]);
	});

	it.each([[undefined], [null], [''], [[]], [[' ', '']], [[null, {}, true]], [{}]])(
		'is nothing at all when Events is %j',
		(events) => {
			const chosen = chosenEvents(events, undefined);
			expect(isNothingChosen(chosen)).toBe(true);
			expect(isChosen(chosen, 'kustomer.tag.create')).toBe(false);
			expect(isChosen(chosen, '')).toBe(false);
		},
	);

	it('is something when only a name or only the star was chosen', () => {
		expect(isNothingChosen(chosenEvents(['kustomer.tag.create'], []))).toBe(false);
		expect(isNothingChosen(chosenEvents([], ['*']))).toBe(false);
	});
});
