import { namesOf, type Named, type NameKind } from '../api/names';
import { listedTexts } from '../narrowing';
import type { ApiCaller } from '../api/request';
import { InputMistake } from './itemErrors';

const KUSTOMER_ID = /^[0-9a-f]{24}$/i;

/**
 * @param entered names, ids, their JSON, or text with commas between them
 * @returns the ids, in this order and each once
 * @throws InputMistake for a name that several have, listing them, and for one that nobody has,
 *   naming the nearest
 */
export async function idsOf(
	caller: ApiCaller,
	kind: NameKind,
	entered: unknown,
): Promise<string[]> {
	const wanted = listedTexts(entered);
	if (wanted.length === 0) return [];
	const known = wanted.every((text) => KUSTOMER_ID.test(text))
		? undefined
		: await namesOf(caller, kind);
	return [...new Set(wanted.map((text) => idOf(text, kind, known)))];
}

function idOf(text: string, kind: NameKind, known: Named[] | undefined): string {
	if (known === undefined) {
		if (KUSTOMER_ID.test(text)) return text;
		throw new InputMistake(
			`"${text}" is a name, and the API key may not list the ${kind}. Use the ID, or a key with the role to read them.`,
		);
	}
	const byId = known.find(({ id }) => id === text);
	if (byId !== undefined) return byId.id;
	const named = matching(text, known);
	if (named.length === 1) return named[0].id;
	if (named.length > 1) throw new InputMistake(severalWords(text, kind, named));
	if (KUSTOMER_ID.test(text)) return text;
	throw new InputMistake(noneWords(text, kind, known));
}

/** As written first; capitals matter only where two names differ by nothing else. */
function matching(text: string, known: readonly Named[]): Named[] {
	const exact = known.filter(({ name }) => name === text);
	if (exact.length > 0) return exact;
	return known.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
}

function severalWords(text: string, kind: NameKind, named: readonly Named[]): string {
	const list = named.map(({ name, id }) => `${name} (${id})`).join(', ');
	return `"${text}" is the name of several ${kind}: ${list}. Use the ID of the one that you mean.`;
}

function noneWords(text: string, kind: NameKind, known: readonly Named[]): string {
	const nearest = nearestName(text, known);
	const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
	return `Kustomer has no ${kind.replace(/s$/, '')} named "${text}".${hint}`;
}

/** @returns the name with the fewest letters to change, if that is at most a third of them */
export function nearestName(text: string, known: readonly Named[]): string | undefined {
	const [best] = known
		.map(({ name }) => ({ name, steps: stepsBetween(text.toLowerCase(), name.toLowerCase()) }))
		.sort((a, b) => a.steps - b.steps);
	return best !== undefined && best.steps <= Math.max(2, text.length / 3) ? best.name : undefined;
}

/** The Levenshtein distance. */
function stepsBetween(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, place) => place);
	for (const [i, letter] of [...a].entries()) {
		const next = [i + 1];
		for (let j = 0; j < b.length; j++) {
			next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (letter === b[j] ? 0 : 1)));
		}
		row = next;
	}
	return row[b.length];
}
