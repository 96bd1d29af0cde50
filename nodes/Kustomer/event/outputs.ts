import { EVENT_NAMES, type Chosen } from './catalog';

/**
 * @returns the names behind the trigger's outputs with `splitOutputs`, in order. `*` stands for the
 *   twelve in table order plus a last one for every other event (undefined here).
 */
export function outputEvents(chosen: Chosen): Array<string | undefined> {
	return chosen.any ? [...EVENT_NAMES, undefined] : [...chosen.names];
}

/**
 * @param outputs what `outputEvents` returned
 * @returns the index of the output that an event of this name leaves by; the last one takes others
 */
export function outputIndex(outputs: ReadonlyArray<string | undefined>, name: string): number {
	const index = outputs.indexOf(name);
	return index >= 0 ? index : Math.max(outputs.length - 1, 0);
}

type Label = { name: string; label: string };

// Stryker disable all: it runs elsewhere as its text, where what Stryker writes into it is missing.
/**
 * Runs in the editor and in n8n's expression engine, as the text of an expression: it uses nothing
 * but its arguments.
 */
export function describedOutputs(
	parameters: {
		registration?: string;
		splitOutputs?: boolean;
		events?: string[];
		options?: { additionalEvents?: string[]; catchUp?: string };
	},
	labels: Label[],
	anyEvent: string,
): Array<{ type: string; displayName?: string }> {
	const options = parameters.options || {};
	const isMissedApart = options.catchUp === 'separate' && parameters.registration !== 'manual';
	const missed = isMissedApart ? [{ type: 'main', displayName: 'Missed' }] : [];
	const one: Array<{ type: string; displayName?: string }> = isMissedApart
		? [{ type: 'main', displayName: 'Events' }]
		: [{ type: 'main' }];
	if (!parameters.splitOutputs) return one.concat(missed);
	const listed = ([] as string[]).concat(parameters.events || [], options.additionalEvents || []);
	const names = listed
		.map((name) => String(name).trim())
		.filter((name, place, all) => name !== '' && all.indexOf(name) === place);
	if (names.indexOf(anyEvent) >= 0) {
		return labels
			.map((entry) => ({ type: 'main', displayName: entry.label }))
			.concat([{ type: 'main', displayName: 'Other' }], missed);
	}
	if (names.length === 0) return one.concat(missed);
	return names
		.map((name) => {
			const known = labels.filter((entry) => entry.name === name)[0];
			return { type: 'main', displayName: known ? known.label : name };
		})
		.concat(missed);
}
