import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

/** @returns the entries in which the searched text occurs, by name; those without a value left out */
export function searched(
	entries: readonly INodeListSearchItems[],
	filter: string | undefined,
): INodeListSearchResult {
	const wanted = (filter ?? '').trim().toLowerCase();
	const results = entries
		.filter(({ value }) => value !== '')
		.filter(({ name, value, description }) =>
			`${name}\n${value}\n${description ?? ''}`.toLowerCase().includes(wanted),
		)
		.sort((a, b) => a.name.localeCompare(b.name));
	return { results };
}
