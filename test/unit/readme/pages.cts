import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..');

/** One page of the documentation. */
export type Page = {
	/** From the repository's root. */
	readonly path: string;
	/** Prettier may pad tables, so runs of spaces count as one. */
	readonly text: string;
	readonly lines: readonly string[];
};

/** Every page that people read, found by its folder. */
export const PAGES: readonly Page[] = ['.', 'docs', 'examples', 'deploy', 'bench'].flatMap(
	(folder) =>
		readdirSync(join(ROOT, folder))
			.filter((file) => file.endsWith('.md') && file !== 'LICENSE.md')
			.map((file) => readPage(join(folder, file))),
);

export function page(path: string): Page {
	const found = PAGES.find((one) => one.path === path);
	if (found === undefined) throw new Error(`There is no page ${path}.`);
	return found;
}

/** @returns what follows a heading, up to the next one of the same or a higher rank; else "" */
export function sectionOf({ lines }: Page, heading: string): string {
	const rank = heading.indexOf(' ');
	const start = lines.indexOf(heading);
	const rest = lines.slice(start + 1);
	const end = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= rank);
	return start < 0 ? '' : rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** @returns the anchors of a page's headings, as GitHub makes them */
export function anchorsOf({ lines }: Page): string[] {
	return lines
		.map((line) => /^#+ (.+)$/.exec(line)?.[1])
		.filter((text) => text !== undefined)
		.map((text) =>
			text
				.toLowerCase()
				.replace(/[^\p{L}\p{N}_\- ]/gu, '')
				.replaceAll(' ', '-'),
		);
}

/** @returns the files that a page links to, from the repository's root, with their anchors */
export function linksOf(from: Page): Array<{ path: string; anchor: string | undefined }> {
	return [...from.text.matchAll(/\]\(([^)]+)\)/g)]
		.map(([, target = '']) => target)
		.filter((target) => !target.startsWith('https://'))
		.map((target) => {
			const [file = '', anchor] = target.split('#');
			const folder = dirname(join(ROOT, from.path));
			return { path: file === '' ? from.path : relative(ROOT, join(folder, file)), anchor };
		});
}

function readPage(path: string): Page {
	const text = readFileSync(join(ROOT, path), 'utf8').replace(/(?<=\S) +/g, ' ');
	return { path, text, lines: text.split('\n') };
}
