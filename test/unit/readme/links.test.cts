import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES } from '../../../sandbox/pictures/pictures.cts';
import packageJson from '../../../package.json';
import { anchorsOf, linksOf, page, PAGES, ROOT } from './pages.cts';

const README = page('README.md');
const CONTRIBUTING = page('CONTRIBUTING.md');

/** Texts outside the documentation that link to its pages on GitHub. */
const LINKING_FILES = [
	...filesIn('nodes', /\.node\.json$/),
	...filesIn('credentials', /\.ts$/),
	...filesIn('.github/ISSUE_TEMPLATE', /\.yml$/),
];

const ON_GITHUB =
	/github\.com\/n8n-nodes-kustomer\/n8n-nodes-kustomer\/blob\/main\/([^\s'")#]+)(?:#([\w-]+))?/g;

describe('the documentation', () => {
	it.each(PAGES)('links in $path only to files and headings that exist', (from) => {
		expect(linksOf(from).filter((link) => !isThere(link))).toEqual([]);
	});

	it('has the pages to which the nodes, credentials and issue forms link', () => {
		const links = LINKING_FILES.flatMap((file) =>
			[...readFileSync(join(ROOT, file), 'utf8').matchAll(ON_GITHUB)].map(
				([, path = '', anchor]) => ({ path, anchor }),
			),
		);
		expect(links.length).toBeGreaterThan(6);
		expect(links.filter((link) => !isThere(link))).toEqual([]);
	});

	it.each(filesIn('nodes', /\.node\.json$/))('is found from the Docs link of %s', (file) => {
		const codex = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as {
			resources: Record<string, Array<{ url: string }>>;
		};
		const { primaryDocumentation = [], credentialDocumentation = [] } = codex.resources;
		for (const { url } of [...primaryDocumentation, ...credentialDocumentation]) {
			expect(url).toContain('/blob/main/docs/');
		}
	});

	it('is found from the README, page by page', () => {
		const linked = linksOf(README).map(({ path }) => path);
		const pages = PAGES.map(({ path }) => path).filter((path) => path.startsWith('docs/'));
		expect(pages.filter((path) => !linked.includes(path))).toEqual([]);
	});

	it('has a README that can be read at once', () => {
		expect(README.lines.length).toBeLessThanOrEqual(200);
		expect(README.text.split(/\s+/).length).toBeLessThanOrEqual(1_600);
	});

	it('gives only commands that exist', () => {
		const scripts = Object.keys(packageJson.scripts);
		const commands = PAGES.flatMap(({ text }) =>
			[...text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
				([, script, short]) => script ?? short,
			),
		);
		expect(commands).toContain('start');
		expect(commands.filter((command) => !scripts.includes(String(command)))).toEqual([]);
	});

	it('names in CONTRIBUTING only files and folders that exist', () => {
		const named = [...CONTRIBUTING.text.matchAll(/`([^`\s<>*@=]+\/[^`\s<>*@=]*)`/g)]
			.map(([, path]) => path ?? '')
			.filter((path) => !/^(https?:|dist\/|\.cache\/)/.test(path));
		expect(named.length).toBeGreaterThan(30);
		const homes = [ROOT, join(ROOT, 'nodes', 'Kustomer')];
		expect(named.filter((path) => !homes.some((home) => existsSync(join(home, path))))).toEqual([]);
	});

	it('explains the limit of webhooks in one place', () => {
		const explaining = PAGES.filter(({ lines }) =>
			lines.some((line) => /\bfive\b(?! minutes)/.test(line) && /webhook/i.test(line)),
		);
		expect(explaining.map(({ path }) => path)).toEqual(['docs/limits.md']);
	});

	it('shows each picture that the script takes once, and describes it to those who cannot see it', () => {
		const shown = PAGES.flatMap(({ text }) => [
			...text.matchAll(/!\[([^\]]*)\]\((?:docs\/)?images\/([^)]+)\)/g),
		]);
		const files = shown.map(([, , file]) => file).sort();
		expect(files).toEqual(PICTURES.map(({ file }) => file).sort());
		expect(readdirSync(join(ROOT, 'docs', 'images')).sort()).toEqual(files);
		expect(shown.filter(([, description = '']) => description.length < 60)).toEqual([]);
	});

	it('shows JSON that can be read', () => {
		const blocks = PAGES.flatMap(({ text }) => [...text.matchAll(/```json\n([\s\S]*?)```/g)]);
		expect(blocks.length).toBeGreaterThan(0);
		for (const [, json] of blocks) {
			expect(() => JSON.parse(json ?? '') as unknown).not.toThrow();
		}
	});
});

function isThere({ path, anchor }: { path: string; anchor: string | undefined }): boolean {
	if (!existsSync(join(ROOT, path))) return false;
	return anchor === undefined || anchorsOf(page(path)).includes(anchor);
}

function filesIn(folder: string, named: RegExp): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => named.test(file))
		.map((file) => join(folder, file));
}
