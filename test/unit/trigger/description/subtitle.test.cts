import { subtitleFor } from '../../../../nodes/Kustomer/trigger/description/subtitle';

const LABELS = [
	{ name: 'a.create', label: 'A Created' },
	{ name: 'a.update', label: 'A Updated' },
];
const subtitle = (events?: string[], additionalEvents?: string[]) =>
	subtitleFor({ events, options: { additionalEvents } }, LABELS, '*');

describe('what stands under the trigger on the canvas', () => {
	it.each<[string[] | undefined, string[] | undefined, string]>([
		[undefined, undefined, 'No events chosen'],
		[[], [' '], 'No events chosen'],
		[['a.create'], undefined, 'A Created'],
		[['a.create', 'a.update'], [], 'A Created, A Updated'],
		[['a.create', 'a.create'], ['b.merge'], 'A Created, b.merge'],
		[['a.create', 'a.update'], ['b.merge'], 'A Created +2'],
		[['a.create', '*'], undefined, 'All events'],
	])('for %j and %j is %j', (events, more, expected) =>
		expect(subtitle(events, more)).toBe(expected),
	);

	it('is there without any options', () =>
		expect(subtitleFor({ events: ['a.create'] }, LABELS, '*')).toBe('A Created'));
});
