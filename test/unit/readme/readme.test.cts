import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { ACTIVITY_FIELDS } from '../../../nodes/Kustomer/event/activity';
import { BOOKKEEPING_FIELDS } from '../../../nodes/Kustomer/event/changes';
import { ANY_EVENT, EVENTS } from '../../../nodes/Kustomer/event/catalog';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';
import { KustomerTrigger } from '../../../nodes/Kustomer/KustomerTrigger.node';
import { RESOURCES } from '../../../nodes/Kustomer/actions/table';
import { KustomerApi } from '../../../credentials/KustomerApi.credentials';
import { KustomerWebhookApi } from '../../../credentials/KustomerWebhookApi.credentials';
import { PICTURES } from '../../../sandbox/pictures/pictures.cts';

const ROOT = join(__dirname, '..', '..', '..');
/** Prettier pads tables; here a blank is a blank. */
const README = readFileSync(join(ROOT, 'README.md'), 'utf8').replace(/(?<=\S) +/g, ' ');
const LINES = README.split('\n');

/** Everything that the nodes can say, with the escapes of their quotes undone. */
const SOURCES = ['nodes', 'credentials']
	.flatMap((folder) => filesIn(join(ROOT, folder)))
	.map((file) => readFileSync(file, 'utf8').replace(/\\(['"`])/g, '$1'))
	.join('\n');

const OPERATIONS = RESOURCES.flatMap((resource) =>
	resource.operations.map((operation) => ({
		heading: `### ${resource.name}: ${operation.name}`,
		properties: operation.properties,
	})),
);

describe('the README', () => {
	it.each(EVENTS)('has $label ($name) in its table of events', ({ name, label }) => {
		expect(LINES.filter((line) => line.startsWith(`| ${label} | \`${name}\` |`))).toHaveLength(1);
	});

	it('names the choice that stands for all events', () => {
		expect(README).toContain(`| All Events (*) | \`${ANY_EVENT}\` |`);
	});

	it.each(Object.entries(ACTIVITY_FIELDS))(
		'shows what is mere activity of a %s',
		(record, fields) => {
			expect(rowOf(record)).toBe(`| ${record} | ${inCode(fields)} |`);
		},
	);

	it('shows the book-keeping that every update carries', () => {
		expect(rowOf('every record')).toBe(
			`| every record | ${inCode([...BOOKKEEPING_FIELDS, 'related.modifiedBy'])} |`,
		);
	});

	it.each([
		['Kustomer Trigger', new KustomerTrigger().description.properties],
		['Kustomer', new Kustomer().description.properties],
		['Kustomer API', new KustomerApi().properties],
		['Kustomer Webhook API', new KustomerWebhookApi().properties],
	])('explains every field of %s, down to those within others', (_, properties) => {
		expect(labelsOf(properties).filter((label) => !README.includes(`**${label}**`))).toEqual([]);
	});

	it.each([
		['Kustomer Trigger', new KustomerTrigger().description.properties],
		['Kustomer', new Kustomer().description.properties],
		['Kustomer API', new KustomerApi().properties],
	])('names every choice of %s', (_, properties) => {
		expect(choicesOf(properties).filter((choice) => !README.includes(choice))).toEqual([]);
	});

	it.each(OPERATIONS)(
		'has "$heading" with its fields and one example',
		({ heading, properties }) => {
			const section = sectionOf(heading);
			expect(section.split(/[*_]Example\.[*_]/)).toHaveLength(2);
			expect(labelsOf(properties).filter((label) => !section.includes(`**${label}**`))).toEqual([]);
		},
	);

	it('has sections for the operations that exist, and no others', () => {
		const headings = sectionOf('## Kustomer: every operation')
			.split('\n')
			.filter((line) => line.startsWith('### '));
		expect(headings.sort()).toEqual(OPERATIONS.map(({ heading }) => heading).sort());
	});

	it('quotes in its troubleshooting only what the nodes really say', () => {
		const rows = sectionOf('## Troubleshooting by message')
			.split('\n')
			.filter((line) => line.startsWith('| "'));
		const quoted = rows.map((row) => /^\| "(.+?)" \|/.exec(row)?.[1] ?? row);
		expect(quoted.length).toBeGreaterThan(50);
		expect(quoted.filter((message) => !SOURCES.includes(message))).toEqual([]);
		expect(quoted.filter((message, place) => quoted.indexOf(message) !== place)).toEqual([]);
	});

	it('says the limits that the code has', () => {
		expect(SOURCES).toContain('MOST_BYTES = 400_000');
		expect(README).toContain('**400,000 bytes** a post');
	});

	it('links only to files and headings that exist', () => {
		const targets = [...README.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '');
		const missing = targets.filter((target) => {
			if (target.startsWith('https://')) return false;
			if (target.startsWith('#')) return !LINES.some((line) => anchorOf(line) === target);
			return !existsSync(join(ROOT, target));
		});
		expect(missing).toEqual([]);
	});

	it('shows each picture that the script takes once, and describes it to those who cannot see it', () => {
		const shown = [...README.matchAll(/!\[([^\]]*)\]\(docs\/images\/([^)]+)\)/g)];
		const files = shown.map(([, , file]) => file).sort();
		expect(files).toEqual(PICTURES.map(({ file }) => file).sort());
		expect(readdirSync(join(ROOT, 'docs', 'images')).sort()).toEqual(files);
		expect(shown.filter(([, description = '']) => description.length < 60)).toEqual([]);
	});

	it('shows every heading of the first rank in its contents', () => {
		const headings = LINES.filter((line) => line.startsWith('## '));
		expect(headings.filter((line) => !README.includes(`](${anchorOf(line)})`))).toEqual([]);
	});

	it('shows JSON that can be read', () => {
		for (const [, json] of README.matchAll(/```json\n([\s\S]*?)```/g)) {
			expect(() => JSON.parse(json ?? '') as unknown).not.toThrow();
		}
	});
});

/** What the editor calls its fields; notices are texts of their own. */
function labelsOf(properties: readonly INodeProperties[]): string[] {
	const labels = properties
		.filter(({ type }) => type !== 'notice')
		.flatMap((property) => [
			...(isMereFrame(property) ? [] : [property.displayName]),
			...(property.options ?? []).flatMap((option) => {
				if ('values' in option) return labelsOf(option.values);
				return 'type' in option ? labelsOf([option]) : [];
			}),
		]);
	return [...new Set(labels)];
}

/** "Filters" and "Options" only hold other fields. */
function isMereFrame({ type }: INodeProperties): boolean {
	return type === 'collection';
}

function choicesOf(properties: readonly INodeProperties[]): string[] {
	return properties.flatMap(({ type, options = [] }) => {
		if (type === 'options') return (options as INodePropertyOptions[]).map(({ name }) => name);
		return options.flatMap((option) => {
			if ('values' in option) return choicesOf(option.values);
			return 'type' in option ? choicesOf([option]) : [];
		});
	});
}

/** @returns a heading's text up to the next heading of the same or a higher rank */
function sectionOf(heading: string): string {
	const rank = heading.indexOf(' ');
	const start = LINES.indexOf(heading);
	const rest = LINES.slice(start + 1);
	const end = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= rank);
	return start < 0 ? '' : rest.slice(0, end < 0 ? undefined : end).join('\n');
}

function rowOf(record: string): string | undefined {
	return LINES.find((line) => line.startsWith(`| ${record} | \``));
}

function inCode(fields: readonly string[]): string {
	return fields.map((field) => `\`${field}\``).join(', ');
}

/** As GitHub makes them. */
function anchorOf(line: string): string | undefined {
	const text = /^#+ (.+)$/.exec(line)?.[1];
	if (text === undefined) return undefined;
	const slug = text.toLowerCase().replace(/[^\w\- ]/g, '');
	return `#${slug.replaceAll(' ', '-')}`;
}

function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
