import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { ACTIVITY_FIELDS } from '../../../nodes/Kustomer/receive/activity';
import { EVENTS } from '../../../nodes/Kustomer/receive/events';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';
import { PARAMETERS } from '../../../nodes/Kustomer/trigger/parameters';
import { KustomerApi } from '../../../credentials/KustomerApi.credentials';
import { KustomerWebhookApi } from '../../../credentials/KustomerWebhookApi.credentials';

const ROOT = join(__dirname, '..', '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const SOURCES = ['nodes', 'credentials']
	.flatMap((folder) => filesIn(join(ROOT, folder)))
	.map((file) => readFileSync(file, 'utf8'))
	.join('\n');

describe('the README', () => {
	it.each(EVENTS.flatMap(({ name, label }) => [name, label]))('knows the event %s', (word) => {
		expect(README).toContain(word);
	});

	it.each(Object.entries(ACTIVITY_FIELDS))(
		'shows what is mere activity of a %s',
		(record, fields) => {
			const row = README.split('\n').find((line) => line.startsWith(`| ${record} | \``));
			expect(row).toBe(`| ${record} | ${fields.map((field) => `\`${field}\``).join(', ')} |`);
		},
	);

	it.each(topLevelNames(PARAMETERS))('explains the field %s of the trigger', (name) => {
		expect(README).toContain(name);
	});

	it.each([
		...topLevelNames(new KustomerApi().properties),
		...topLevelNames(new KustomerWebhookApi().properties),
	])('explains the field %s of the credentials', (name) => {
		expect(README).toContain(name);
	});

	it('has a section for every operation', () => {
		const operations = new Kustomer().description.properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options = [] }) => options.map(({ name }) => name));
		const headings = README.split('\n')
			.filter((line) => line.startsWith('### '))
			.join('\n');
		expect(operations.length).toBeGreaterThan(10);
		expect(operations.filter((name) => !headings.includes(name))).toEqual([]);
	});

	it('quotes only messages that the nodes really give', () => {
		const table =
			README.slice(README.indexOf('## Troubleshooting by message')).split('\n## ')[0] ?? '';
		const quoted = [...table.matchAll(/^\| "([^"]+)"/gm)].map(([, message]) => message ?? '');
		expect(quoted.length).toBeGreaterThan(10);
		expect(quoted.filter((message) => !SOURCES.includes(message))).toEqual([]);
	});

	it('links only to files and headings that exist', () => {
		const links = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
		expect(links.filter((target) => !isThere(join(ROOT, target)))).toEqual([]);
		const headings = README.split('\n')
			.filter((line) => line.startsWith('#'))
			.map(
				(line) =>
					`#${line
						.replace(/^#+ /, '')
						.toLowerCase()
						.replace(/[^a-z0-9 -]/g, '')
						.replaceAll(' ', '-')}`,
			);
		const anchors = [...README.matchAll(/\]\((#[^)]+)\)/g)].map(([, target]) => target ?? '');
		expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
	});
});

/** The names on the screen: fields, and what the collections Filters and Options offer. */
function topLevelNames(properties: readonly INodeProperties[]): string[] {
	const shown = properties.filter(({ type }) => type !== 'notice');
	const names = shown.flatMap((property) => [
		property.displayName,
		...(property.type === 'collection' ? (property.options ?? []).map(displayNameOf) : []),
	]);
	return [...new Set(names)];
}

function displayNameOf(option: object): string {
	return (option as INodeProperties | INodePropertyCollection).displayName;
}

function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function isThere(path: string): boolean {
	try {
		readFileSync(path);
		return true;
	} catch {
		return false;
	}
}
