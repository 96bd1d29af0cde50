import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	broughtAlong,
	installedPackages,
	notAllowed,
	ownManifests,
	packagesOfN8n,
	readAudit,
} from '../../packages/packages.cts';

describe('what is shipped along', () => {
	it('is nothing, by the manifest and by its lock', () => {
		const manifests = ownManifests();
		expect(manifests).toHaveLength(2);
		for (const manifest of manifests) {
			expect(Object.keys(manifest.devDependencies ?? {}).length).toBeGreaterThan(10);
			expect(broughtAlong(manifest)).toEqual([]);
		}
	});

	it.each([
		['dependencies', { dependencies: { axios: '*' } }],
		['optional dependencies', { optionalDependencies: { axios: '*' } }],
		['bundled dependencies', { bundleDependencies: ['axios'] }],
	])('would be told of: %s', (_, spoiled) => {
		expect(broughtAlong({ ...ownManifests()[0], ...spoiled })).toEqual(['axios']);
	});
});

describe('the licences of the development packages', () => {
	const ours = (licenses: string | string[], licenseFile?: string) => ({ licenses, licenseFile });

	it('are all allowed', async () => {
		const packages = await installedPackages();
		expect(Object.keys(packages).length).toBeGreaterThan(500);
		expect(notAllowed(packages)).toEqual([]);
		expect(packagesOfN8n(packages).join()).toMatch(/n8n-core@/);
	}, 60_000);

	it.each(['MIT', '(MIT OR GPL-3.0)', '(MIT AND Zlib)', 'Apache-2.0 AND MIT'])(
		'may be %s',
		(licence) => expect(notAllowed({ 'a@1.0.0': ours(licence) })).toEqual([]),
	);

	it.each(['GPL-3.0', '(MIT AND GPL-3.0)', 'UNKNOWN', 'MIT*', 'LicenseRef-n8n-enterprise', ''])(
		'may not be "%s"',
		(licence) => {
			expect(notAllowed({ 'a@1.0.0': ours(licence) })).toEqual([`a@1.0.0: ${licence}`]);
		},
	);

	it('may be n8n’s own for n8n’s own packages only', () => {
		const file = join(mkdtempSync(join(tmpdir(), 'licence-')), 'LICENSE.md');
		const licence = 'Custom: LICENSE.md';
		writeFileSync(file, '# License\n\nthe Sustainable Use License');
		expect(notAllowed({ 'n8n-core@1.0.0': ours(licence, file) })).toEqual([]);
		expect(notAllowed({ 'other@1.0.0': ours(licence, file) })).toEqual([`other@1.0.0: ${licence}`]);
		writeFileSync(file, 'Pay first.');
		expect(notAllowed({ 'n8n-core@1.0.0': ours(licence, file) })).toHaveLength(1);
	});
});

describe('the answer to an audit', () => {
	it('is counts', () => {
		const found = { low: 2, high: 1, total: 3 };
		const output = JSON.stringify({
			metadata: { vulnerabilities: found, dependencies: { total: 9 } },
		});
		expect(readAudit(output)).toEqual({ isAnswered: true, audited: 9, found });
	});

	it.each([
		[
			'405 Method Not Allowed',
			JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405 }),
		],
		['no counts', '{"metadata":{}}'],
		['no counts', 'null'],
		['npm printed nothing', ''],
		['connect ECONNREFUSED', 'connect ECONNREFUSED\n'],
	])('is none, and never "nothing found", where the registry says: %s', (why, output) => {
		expect(readAudit(output)).toEqual({ isAnswered: false, why: expect.stringContaining(why) });
	});
});
