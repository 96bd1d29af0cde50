import { compileFunction } from 'node:vm';
import fc from 'fast-check';
import {
	ANY_EVENT,
	EVENTS,
	EVENT_NAMES,
	chosenEvents,
} from '../../../nodes/Kustomer/event/catalog';
import { describedOutputs, outputEvents, outputIndex } from '../../../nodes/Kustomer/event/outputs';

const outputsOf = (events: string[], additionalEvents: string[]) =>
	outputEvents(chosenEvents(events, additionalEvents));

const LABELS = EVENTS.map(({ name, short }) => ({ name, label: short }));

type Shown = Parameters<typeof describedOutputs>[0];

const described = (parameters: Shown) => describedOutputs(parameters, LABELS, ANY_EVENT);

const names = (events: string[], additionalEvents?: string[]) =>
	described({ splitOutputs: true, events, options: { additionalEvents } }).map(
		(output) => output.displayName,
	);

describe('the outputs', () => {
	it('stand in the order of Events, then Additional Events', () => {
		const events = ['kustomer.tag.update', 'kustomer.customer.create'];
		expect(outputsOf(events, ['kustomer.shortcut.create'])).toEqual([
			'kustomer.tag.update',
			'kustomer.customer.create',
			'kustomer.shortcut.create',
		]);
	});

	it('are the twelve in table order and a last one for others when everything is chosen', () => {
		expect(outputsOf(['*'], [])).toEqual([...EVENT_NAMES, undefined]);
		expect(outputsOf(['kustomer.tag.update', '*'], ['kustomer.shortcut.create'])).toEqual([
			...EVENT_NAMES,
			undefined,
		]);
	});

	it('are one per event, however often it was chosen', () => {
		const twice = ['kustomer.tag.update', 'kustomer.tag.update'];
		expect(outputsOf(twice, twice)).toEqual(['kustomer.tag.update']);
	});
});

describe('an event', () => {
	it('leaves by the output of its own', () => {
		const outputs = outputsOf(['kustomer.tag.update', 'kustomer.customer.create'], []);
		expect(outputIndex(outputs, 'kustomer.tag.update')).toBe(0);
		expect(outputIndex(outputs, 'kustomer.customer.create')).toBe(1);
	});

	it.each(EVENT_NAMES.map((name, place) => [name, place] as const))(
		'%s leaves by output %d when everything is chosen',
		(name, place) => {
			expect(outputIndex(outputsOf(['*'], []), name)).toBe(place);
		},
	);

	it('of a kind that Kustomer adds later leaves by Other when everything is chosen', () => {
		const outputs = outputsOf(['*'], ['kustomer.shortcut.create']);
		expect(outputIndex(outputs, 'kustomer.shortcut.create')).toBe(12);
		expect(outputIndex(outputs, 'kustomer.anything.else')).toBe(12);
	});

	it('has a place even where there are no outputs', () => {
		expect(outputIndex([], 'kustomer.tag.update')).toBe(0);
	});
});

describe('the outputs on the canvas', () => {
	it.each<[string, Shown]>([
		['not split', { splitOutputs: false, events: ['*'] }],
		['left as they are', { events: ['kustomer.tag.create', 'kustomer.tag.update'] }],
		['split, but of no event', { splitOutputs: true }],
		['split, but of blanks', { splitOutputs: true, events: ['', '  '], options: {} }],
	])('are one without a label when they are %s', (_, parameters) => {
		expect(described(parameters)).toEqual([{ type: 'main' }]);
	});

	it('are labelled shortly, and with the full name where it is not one of the twelve', () => {
		expect(names(['kustomer.conversation.update'], ['kustomer.shortcut.create'])).toEqual([
			'Conv. Updated',
			'kustomer.shortcut.create',
		]);
	});

	it('end with Other when everything is chosen', () => {
		expect(names(['*'])).toEqual([...LABELS.map(({ label }) => label), 'Other']);
	});

	it.each<[string, Shown, Array<string | undefined>]>([
		['one output', {}, ['Events', 'Missed']],
		[
			'an output for each event',
			{ splitOutputs: true, events: ['kustomer.tag.update'] },
			['Tag Updated', 'Missed'],
		],
		['no event', { splitOutputs: true, events: [] }, ['Events', 'Missed']],
	])('end with Missed where missed events leave apart, with %s', (_, parameters, shown) => {
		const options = { catchUp: 'separate' };
		const apart = described({ ...parameters, options });
		expect(apart.map(({ displayName }) => displayName)).toEqual(shown);
		expect(described({ ...parameters, options: { catchUp: 'together' } })).toEqual(
			described(parameters),
		);
		expect(described({ ...parameters, options, registration: 'manual' })).toEqual(
			described(parameters),
		);
	});

	it('end with Missed after Other', () => {
		const all = described({ splitOutputs: true, events: ['*'], options: { catchUp: 'separate' } });
		expect(all.slice(-2).map(({ displayName }) => displayName)).toEqual(['Other', 'Missed']);
	});

	it('are what the text of the function makes of the same parameters elsewhere', () => {
		// n8n evaluates the text as an expression: nothing around the function is there.
		const text = `return (${String(describedOutputs)})(parameters, labels, anyEvent)`;
		const alone = compileFunction(text, [
			'parameters',
			'labels',
			'anyEvent',
		]) as typeof describedOutputs;
		for (const events of [['*'], [], ['kustomer.tag.update', ' kustomer.tag.update ', 'x']]) {
			const parameters = { splitOutputs: true, events, options: { additionalEvents: ['y'] } };
			expect(alone(parameters, LABELS, ANY_EVENT)).toEqual(described(parameters));
		}
	});

	it('agree with the outputs that events leave by, whatever was chosen', () => {
		const anyName = fc.oneof(
			fc.constantFrom(...EVENT_NAMES, ANY_EVENT, '', ' ', ' kustomer.tag.create '),
			fc.string(),
		);
		fc.assert(
			fc.property(fc.array(anyName), fc.array(anyName), (events, additionalEvents) => {
				const expected = outputsOf(events, additionalEvents).map((name) => {
					const known = LABELS.find((entry) => entry.name === name);
					return name === undefined ? 'Other' : (known?.label ?? name);
				});
				const shown = names(events, additionalEvents);
				expect(shown).toEqual(expected.length === 0 ? [undefined] : expected);
			}),
		);
	});
});
