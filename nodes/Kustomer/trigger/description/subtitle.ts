import { ANY_EVENT, EVENTS } from '../../event/catalog';

type Parameters = { events?: string[]; options?: { additionalEvents?: string[] } };
type Label = { name: string; label: string };

/** Runs in the editor as the text of an expression, so it can use nothing but its arguments. */
export function subtitleFor(parameters: Parameters, labels: Label[], anyEvent: string): string {
	const extra = (parameters.options && parameters.options.additionalEvents) || [];
	const names = ([] as string[])
		.concat(parameters.events || [], extra)
		.map((name) => String(name).trim())
		.filter((name, place, all) => name !== '' && all.indexOf(name) === place);
	if (names.length === 0) return 'No events chosen';
	if (names.indexOf(anyEvent) >= 0) return 'All events';
	const known = names.map((name) => {
		const entry = labels.filter((label) => label.name === name)[0];
		return entry ? entry.label : name;
	});
	return known.length <= 2 ? known.join(', ') : `${known[0]} +${known.length - 1}`;
}

/** What the trigger listens to, in a few words; the canvas shows it under the node's name. */
export const SUBTITLE = `={{(${String(subtitleFor)})($parameter, ${JSON.stringify(
	EVENTS.map(({ name, label }) => ({ name, label })),
)}, ${JSON.stringify(ANY_EVENT)})}}`;
