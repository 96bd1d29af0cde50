import { InputMistake } from '../itemErrors';
import type { Item } from '../itemParameters';

/** What cannot be undone, and the locator that says to what it is done. */
export type Irreversible = {
	parameter: string;
	/** Of the locator. */
	label: string;
	/** After "Nothing was". */
	done: 'deleted' | 'merged' | 'redacted';
};

/**
 * A model must say again which record it means: what it removes is gone.
 *
 * @throws InputMistake as a tool of an AI agent, unless "Confirm" repeats what the locator has
 */
export function refuseUnlessConfirmed(item: Item, { parameter, label, done }: Irreversible): void {
	if (!item.isTool) return;
	const { value } = item.locator(parameter);
	if (value === '' || item.text('confirm') === value) return;
	throw new InputMistake(
		`Nothing was ${done}: "Confirm" must repeat what is given in "${label}". Ask the person first, then give the same ID or address in both.`,
	);
}
