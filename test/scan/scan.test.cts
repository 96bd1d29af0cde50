import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from '../../sandbox/n8n/npm.cts';
import { ensureBuilt } from '../../sandbox/n8n/thisPackage.cts';
import { ensureScanner, scan } from './scanner.cts';

// The check that n8n runs before it verifies a community package, offline and before publishing.
describe('the scan n8n makes of a community package', () => {
	let root = '';
	let scratch = '';

	beforeAll(async () => {
		root = await ensureBuilt();
		scratch = await mkdtemp(join(tmpdir(), 'kustomer-scan-'));
		await ensureScanner();
	}, 300_000);

	afterAll(async () => {
		await rm(scratch, { recursive: true, force: true });
	});

	it('passes on the sources', async () => {
		expect(await scan(await copyOfSources('sources'), 'source')).toEqual(PASSED);
	}, 120_000);

	it('passes on what npm would publish', async () => {
		expect(await scan(await unpackedTarball(), 'dist')).toEqual(PASSED);
	}, 120_000);

	it('reports a node that reads the environment', async () => {
		const folder = await copyOfSources('spoiled');
		const node = join(folder, 'nodes', 'Kustomer', 'KustomerTrigger.node.ts');
		await writeFile(
			node,
			`${await readFile(node, 'utf8')}\nexport const home = process.env.HOME;\n`,
		);

		const verdict = await scan(folder, 'source');

		expect(verdict.passed).toBe(false);
		expect(verdict.details).toContain('no-restricted-globals');
	}, 120_000);

	async function copyOfSources(name: string): Promise<string> {
		const folder = join(scratch, name);
		for (const part of ['package.json', 'nodes', 'credentials']) {
			await cp(join(root, part), join(folder, part), { recursive: true });
		}
		return folder;
	}

	async function unpackedTarball(): Promise<string> {
		const folder = join(scratch, 'tarball');
		await mkdir(folder);
		await npm({ cwd: root, args: ['pack', '--silent', '--pack-destination', folder] });
		const [tarball = ''] = await readdir(folder);
		await promisify(execFile)('tar', ['-xzf', tarball], { cwd: folder });
		return join(folder, 'package');
	}
});

const PASSED = { passed: true, message: '', details: '' };
