import type { INodeParameters } from 'n8n-workflow';
import { EVENTS, EVENT_NAMES, chosenEvents } from '../../../nodes/Kustomer/event/catalog';
import { outputEvents } from '../../../nodes/Kustomer/event/outputs';
import { ensureBuilt } from '../../../sandbox/n8n/thisPackage.cts';
import { evaluate, type Evaluated } from '../../support/expressionEngine.cts';

const NEW_EVENT = 'kustomer.company.update';

/** Parameters as n8n stores them, by what stands under the node for them. */
const CASES: Array<[string, INodeParameters]> = [
	['No events chosen', {}],
	['No events chosen', { events: [], splitOutputs: true }],
	['Conversation Updated', { events: ['kustomer.conversation.update'] }],
	['Tag Created, Tag Updated', { events: ['kustomer.tag.create', 'kustomer.tag.update'] }],
	['User Created +3', { events: EVENT_NAMES.slice(6, 10) }],
	['Customer Created +11', { events: [...EVENT_NAMES], splitOutputs: true }],
	['All events', { events: ['*'] }],
	['All events', { events: ['*'], splitOutputs: true }],
	['All events', { events: ['kustomer.tag.create', '*'], splitOutputs: true }],
	[NEW_EVENT, { events: [], options: { additionalEvents: [NEW_EVENT] }, splitOutputs: true }],
	[
		`Tag Updated, ${NEW_EVENT}`,
		{
			events: ['kustomer.tag.update'],
			options: { additionalEvents: [NEW_EVENT], acknowledge: 'finished' },
			splitOutputs: true,
			registration: 'manual',
		},
	],
	['No events chosen', { events: [], options: { additionalEvents: [''] } }],
	[
		'Tag Updated',
		{
			events: ['kustomer.tag.update', 'kustomer.tag.update'],
			options: { additionalEvents: ['', ' kustomer.tag.update '], acknowledge: 'received' },
			splitOutputs: true,
		},
	],
];

const ROWS = CASES.map(([words, parameters], place) => [words, parameters, place] as const);

describe.each(['legacy', 'quickjs'] as const)("in n8n's expression engine %s,", (engine) => {
	let results: Evaluated[];

	beforeAll(async () => {
		const sets = CASES.map(([, parameters]) => parameters);
		results = await evaluate(await ensureBuilt(), engine, sets);
	}, 120_000);

	it.each(ROWS)('the node says "%s" for %j', (words, _, place) => {
		expect(results[place]?.subtitle).toBe(words);
	});

	it.each(ROWS)(
		'the outputs are those that events leave by, for "%s": %j',
		(_, parameters, place) => {
			const { additionalEvents } = (parameters.options ?? {}) as INodeParameters;
			const leftBy = outputEvents(chosenEvents(parameters.events, additionalEvents));
			const labels = leftBy.map((name) => (name === undefined ? 'Other' : labelOf(name)));
			const isSplit = parameters.splitOutputs === true && labels.length > 0;
			expect(results[place]?.outputs).toEqual(
				isSplit ? labels.map((displayName) => ({ type: 'main', displayName })) : [{ type: 'main' }],
			);
		},
	);

	it.each(ROWS)(
		'n8n answers when it was told to, with or without the engine, for "%s": %j',
		(_, parameters, place) => {
			const { acknowledge } = (parameters.options ?? {}) as INodeParameters;
			const value = acknowledge === 'finished' ? 'lastNode' : 'onReceived';
			expect(results[place]?.responseMode).toBe(value);
			expect(results[place]?.nativeResponseMode).toEqual({ resolved: true, value });
		},
	);

	it('the address is shown to whoever has to copy it, and to nobody else', () => {
		for (const [place, [, parameters]] of CASES.entries()) {
			expect(results[place]?.isUrlHidden).toBe(parameters.registration !== 'manual');
		}
	});
});

function labelOf(name: string): string {
	return EVENTS.find((event) => event.name === name)?.short ?? name;
}
