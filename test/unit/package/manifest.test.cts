import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..', '..');

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, unknown> & {
	n8n: { nodes: string[]; credentials: string[] };
	files: string[];
	main: string;
	scripts: Record<string, string>;
};

// What n8n asks of a community package that it verifies:
// https://docs.n8n.io/integrations/community-nodes/building-community-nodes/
describe('package.json', () => {
	it('has a name and keyword under which n8n lists community nodes', () => {
		expect(manifest.name).toMatch(/^n8n-nodes-/);
		expect(manifest.keywords).toContain('n8n-community-node-package');
	});

	it('brings nothing along when it is installed', () => {
		for (const field of ['dependencies', 'optionalDependencies', 'bundleDependencies']) {
			expect(manifest).not.toHaveProperty(field);
		}
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	it.each(['overrides', 'resolutions'])('has no %s, which would hold in every n8n', (field) => {
		expect(manifest).not.toHaveProperty(field);
	});

	it('runs nothing when it is installed', () => {
		const atInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
		expect(Object.keys(manifest.scripts).filter((name) => atInstall.includes(name))).toEqual([]);
	});

	it('asks for the strict rules', () => {
		expect(manifest.n8n).toMatchObject({ n8nNodesApiVersion: 1, strict: true });
	});

	it('lists files of dist whose sources are there', () => {
		const listed = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
		expect(listed).toHaveLength(4);
		for (const file of listed) {
			expect(file).toMatch(/^dist\//);
			const source = file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
			expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
		}
	});

	it('has the version that its lock has, and the changelog tells what is in it', () => {
		const lock = JSON.parse(read('package-lock.json')) as {
			version: string;
			packages: { '': { version: string } };
		};
		expect([lock.version, lock.packages[''].version]).toEqual([manifest.version, manifest.version]);
		expect(read('CHANGELOG.md')).toContain(`\n## ${String(manifest.version)}\n\n`);
	});

	it('publishes dist, and the file that it names as its main one', () => {
		expect(manifest.files).toEqual(['dist']);
		expect(existsSync(join(ROOT, manifest.main))).toBe(true);
	});

	it('says who made it, under which licence, and where it is', () => {
		expect(manifest).toMatchObject({
			license: 'MIT',
			author: { name: expect.stringMatching(/./), email: expect.stringMatching(/@/) },
			homepage: expect.stringMatching(/^https:/),
			repository: { type: 'git', url: expect.stringMatching(/github\.com/) },
		});
	});
});

it('the rules of the lint are those of n8n, unmodified', () => {
	const lines = read('eslint.config.mjs')
		.split('\n')
		.filter((line) => line.trim() !== '');
	expect(lines).toEqual([
		"import { config } from '@n8n/node-cli/eslint';",
		'export default config;',
	]);
});
