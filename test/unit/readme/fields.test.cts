import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { ACTIVITY_FIELDS } from '../../../nodes/Kustomer/event/activity';
import { ANY_EVENT, EVENTS } from '../../../nodes/Kustomer/event/catalog';
import { BOOKKEEPING_FIELDS } from '../../../nodes/Kustomer/event/changes';
import { RECORD_KINDS } from '../../../nodes/Kustomer/actions/records/kinds';
import { Kustomer } from '../../../nodes/Kustomer/Kustomer.node';
import { KustomerTrigger } from '../../../nodes/Kustomer/KustomerTrigger.node';
import { KustomerApi } from '../../../credentials/KustomerApi.credentials';
import { KustomerWebhookApi } from '../../../credentials/KustomerWebhookApi.credentials';
import { page, ROOT, sectionOf } from './pages.cts';

const TRIGGER = page('docs/trigger.md');
const HOOKS = page('docs/operations.md');
const RECORDS = page('docs/records.md');
const CREDENTIALS = page('docs/credentials.md');
const LIMITS = page('docs/limits.md');
const TROUBLESHOOTING = page('docs/troubleshooting.md');

/** Everything that the nodes can say, with the escapes of their quotes undone. */
const SOURCES = ['nodes', 'credentials']
	.flatMap((folder) => sourcesIn(join(ROOT, folder)))
	.map((file) => readFileSync(file, 'utf8').replace(/\\(['"`])/g, '$1'))
	.join('\n');

const ACTION_PROPERTIES = new Kustomer().description.properties;
const OPERATIONS = optionsOf(ACTION_PROPERTIES, { name: 'resource' }).flatMap((resource) =>
	optionsOf(ACTION_PROPERTIES, { name: 'operation', resource: resource.value }).map(
		(operation) => ({
			resource: resource.name,
			operation: operation.name,
			isOfRecord: RECORD_KINDS.some(({ value }) => value === resource.value),
			properties: ACTION_PROPERTIES.filter(
				({ displayOptions }) =>
					displayOptions?.show?.resource?.includes(resource.value) === true &&
					displayOptions.show.operation?.includes(operation.value) === true,
			),
		}),
	),
);
const OF_HOOKS = OPERATIONS.filter(({ isOfRecord }) => !isOfRecord);
const OF_RECORDS = OPERATIONS.filter(({ isOfRecord }) => isOfRecord);

const PROPERTIES = [
	{
		of: 'Kustomer Trigger',
		on: [TRIGGER],
		properties: new KustomerTrigger().description.properties,
	},
	{ of: 'Kustomer', on: [HOOKS, RECORDS], properties: ACTION_PROPERTIES },
	{ of: 'Kustomer API', on: [CREDENTIALS], properties: new KustomerApi().properties },
	{
		of: 'Kustomer Webhook API',
		on: [CREDENTIALS],
		properties: new KustomerWebhookApi().properties,
	},
];

describe('the documentation', () => {
	it.each(EVENTS)('has $label ($name) in its table of events', ({ name, label }) => {
		const rows = TRIGGER.lines.filter((line) => line.startsWith(`| ${label} | \`${name}\` |`));
		expect(rows).toHaveLength(1);
	});

	it('names the choice that stands for all events', () => {
		expect(TRIGGER.text).toContain(`| All Events (*) | \`${ANY_EVENT}\` |`);
	});

	it.each(Object.entries(ACTIVITY_FIELDS))(
		'shows the activity fields of a %s',
		(record, fields) => {
			expect(rowOf(record)).toBe(`| ${record} | ${inCode(fields)} |`);
		},
	);

	it('shows the fields that change with every update', () => {
		const fields = [...BOOKKEEPING_FIELDS];
		expect(rowOf('every record')).toBe(
			`| every record | ${inCode([...fields, 'related.modifiedBy'])} |`,
		);
		expect(sectionOf(TRIGGER, '## The item')).toContain(inCode(fields));
	});

	it.each(PROPERTIES)('explains every field of $of, down to those within others', (one) => {
		const texts = one.on.map(({ text }) => text).join('\n');
		expect(labelsOf(one.properties).filter((label) => !texts.includes(`**${label}**`))).toEqual([]);
	});

	it.each(PROPERTIES)('names every choice of $of', ({ on, properties }) => {
		const texts = on.map(({ text }) => text).join('\n');
		expect(choicesOf(properties).filter((choice) => !texts.includes(choice))).toEqual([]);
	});

	it.each(OF_HOOKS)('has "$resource: $operation" with its fields and one example', (one) => {
		const section = sectionOf(HOOKS, `## ${one.resource}: ${one.operation}`);
		expect(section.split(/[*_]Example\.[*_]/)).toHaveLength(2);
		expect(labelsOf(one.properties).filter((label) => !section.includes(`**${label}**`))).toEqual(
			[],
		);
	});

	it('has sections for the operations that exist, and no others', () => {
		const headings = HOOKS.lines.filter((line) => line.startsWith('## '));
		const expected = OF_HOOKS.map(({ resource, operation }) => `## ${resource}: ${operation}`);
		expect(headings.sort()).toEqual(expected.sort());
	});

	it.each([...new Set(OF_RECORDS.map(({ resource }) => resource))])(
		'names a situation for every operation of the record %s, and no other operation',
		(resource) => {
			const rows = sectionOf(RECORDS, `## ${resource}`)
				.split('\n')
				.map((line) => /^\| ([^*].+?) \| (?!you want).{10,} \|$/.exec(line)?.[1])
				.filter((operation) => operation !== undefined);
			const operations = OF_RECORDS.filter((one) => one.resource === resource);
			expect(rows.sort()).toEqual(operations.map(({ operation }) => operation).sort());
		},
	);

	it.each(RECORD_KINDS)('names the roles for $plural', ({ permission }) => {
		expect(CREDENTIALS.text).toContain(`\`org.permission.${permission}.read\``);
	});

	it('quotes in its troubleshooting only what the nodes really say', () => {
		const quoted = TROUBLESHOOTING.lines
			.map((line) => /^\| "(.+?)" \|/.exec(line)?.[1])
			.filter((message) => message !== undefined);
		expect(quoted.length).toBeGreaterThan(10);
		expect(quoted.filter((message) => !SOURCES.includes(message))).toEqual([]);
		expect(quoted.filter((message, place) => quoted.indexOf(message) !== place)).toEqual([]);
	});

	it('says the limits that the code has', () => {
		expect(SOURCES).toContain('MOST_BYTES = 400_000');
		expect(LIMITS.text).toContain('**400,000 bytes**');
	});
});

/** @returns the choices of the options field of this name, for one resource where there are several */
function optionsOf(
	properties: readonly INodeProperties[],
	wanted: { name: string; resource?: INodePropertyOptions['value'] },
): INodePropertyOptions[] {
	return properties
		.filter(({ name }) => name === wanted.name)
		.filter(
			({ displayOptions }) =>
				wanted.resource === undefined ||
				displayOptions?.show?.resource?.includes(wanted.resource) === true,
		)
		.flatMap(({ options }) => (options ?? []) as INodePropertyOptions[]);
}

/** What the editor calls its fields. "Filters" and "Options" only hold others; notices are no fields. */
function labelsOf(properties: readonly INodeProperties[]): string[] {
	const labels = properties
		.filter(({ type }) => type !== 'notice')
		.flatMap((property) => [
			...(property.type === 'collection' ? [] : [property.displayName]),
			...(property.options ?? []).flatMap((option) => {
				if ('values' in option) return labelsOf(option.values);
				return 'type' in option ? labelsOf([option]) : [];
			}),
		]);
	return [...new Set(labels)];
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

function rowOf(record: string): string | undefined {
	return TRIGGER.lines.find((line) => line.startsWith(`| ${record} | \``));
}

function inCode(fields: readonly string[]): string {
	return fields.map((field) => `\`${field}\``).join(', ');
}

function sourcesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => join(folder, file));
}
