import { eventLists, headerMistake } from '../../../../nodes/Kustomer/trigger/registration/wanted';
import { EVENT_NAMES } from '../../../../nodes/Kustomer/event/catalog';

describe('the events to ask for', () => {
	const ANY = { any: true, names: [] };
	const MORE = ['kustomer.note.create', 'kustomer.note.update'];

	it('are the chosen ones, whatever Kustomer lists', () => {
		const names = ['kustomer.tag.create', 'kustomer.note.create'];
		expect(eventLists({ any: false, names }, [])).toEqual([names]);
	});

	it('are for all events what Kustomer lists, or the twelve if it does not tell', () => {
		expect(eventLists(ANY, ['kustomer.tag.create'])).toEqual([['kustomer.tag.create']]);
		expect(eventLists(ANY, [])).toEqual([EVENT_NAMES]);
		expect(eventLists(ANY, EVENT_NAMES)).toEqual([EVENT_NAMES]);
	});

	it('have the named ones among them, each once', () => {
		const names = ['kustomer.tag.create', 'kustomer.unheard.of'];
		expect(eventLists({ any: true, names }, [])).toEqual([[...EVENT_NAMES, names[1]]]);
	});

	it('become the twelve where Kustomer lists more and refuses so many', () => {
		const listed = [...MORE, ...EVENT_NAMES];
		expect(eventLists(ANY, listed)).toEqual([listed, EVENT_NAMES]);
	});

	it('become those of the twelve that Kustomer lists', () => {
		const known = EVENT_NAMES.slice(1);
		const listed = [...known, ...MORE];
		expect(eventLists(ANY, listed)).toEqual([listed, known]);
	});

	it('keep the named ones that Kustomer lists as long as possible', () => {
		const listed = [...EVENT_NAMES, ...MORE];
		const names = [MORE[1], 'kustomer.unheard.of'];
		expect(eventLists({ any: true, names }, listed)).toEqual([
			[...listed, 'kustomer.unheard.of'],
			[...EVENT_NAMES, MORE[1]],
			EVENT_NAMES,
		]);
	});
});

describe('an extra header', () => {
	it.each([
		['X-Gateway-Key', 'made-up'],
		['Authorization', 'Basic bWFkZTp1cA=='],
		['x_under.score', ''],
		['X-Kustomer', 'not one of theirs'],
	])('%j with the value %j can be used', (name, value) => {
		expect(headerMistake([{ name, value }])).toBeUndefined();
	});

	it('is not missed when there is none', () => {
		expect(headerMistake([])).toBeUndefined();
	});

	it.each(['', ' ', 'X Gateway', 'X-Gateway:', 'X-Schlüssel', 'X-A\r\nX-B', 'X-A\n', '(x)'])(
		'cannot have the name %j',
		(name) => {
			expect(headerMistake([{ name, value: 'x' }])).toMatch(/cannot be the name of a header/);
		},
	);

	it.each([
		'Content-Type',
		'content-length',
		'HOST',
		'X-Kustomer-Webhook-Signature',
		'x-kustomer-anything',
	])('cannot be Kustomer’s own %s', (name) => {
		expect(headerMistake([{ name, value: 'x' }])).toMatch(/Kustomer's own/);
	});

	it.each(['a\nb', 'a\rb', 'a\r\nX-More: 1', 'a\0b', 'a\n'])(
		'cannot have the value %j',
		(value) => {
			const words = headerMistake([{ name: 'X-Gateway-Key', value }]);
			expect(words).toMatch(/"X-Gateway-Key" contains a line break/);
			expect(words).not.toContain(value);
		},
	);

	it('is also found wrong after a right one', () => {
		const right = { name: 'X-Gateway-Key', value: 'made-up' };
		expect(headerMistake([right, { name: 'Host', value: 'x' }])).toMatch(/"Host"/);
	});
});
