import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RECORD_KINDS } from '../../../nodes/Kustomer/actions/records/kinds';
import { npm } from '../../../sandbox/n8n/npm.cts';
import { ensureBuilt } from '../../../sandbox/n8n/thisPackage.cts';

/** Every n8n with this package keeps it on disk, and queue mode fetches it for every process. */
const MOST_BYTES_UNPACKED = 1_000_000;
const MOST_BYTES_PACKED = 260_000;

type Tarball = {
	name: string;
	size: number;
	unpackedSize: number;
	bundled: string[];
	files: Array<{ path: string; mode: number }>;
};

let root: string;
let tarball: Tarball;

beforeAll(async () => {
	root = await ensureBuilt();
	const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=silent'];
	[tarball] = JSON.parse(await npm({ cwd: root, args })) as [Tarball];
}, 120_000);

describe('what npm publishes', () => {
	it('is what n8n needs, and nothing else', () => {
		const built = [...sources('nodes'), ...sources('credentials'), ...writtenSchemas()];
		const compiled = built.map((file) => `dist/${file}`);
		const paths = tarball.files.map(({ path }) => path);
		expect(compiled.length).toBeGreaterThan(80);
		expect(paths.sort()).toEqual(
			['LICENSE.md', 'README.md', 'index.js', 'package.json', ...compiled].sort(),
		);
	});

	it('is small', () => {
		expect(tarball.unpackedSize).toBeGreaterThan(100_000);
		expect(tarball.unpackedSize).toBeLessThan(MOST_BYTES_UNPACKED);
		expect(tarball.size).toBeLessThan(MOST_BYTES_PACKED);
	});

	it('brings no other package, and no file that can be run by itself', () => {
		expect(tarball.name).toBe('n8n-nodes-kustomer');
		expect(tarball.bundled).toEqual([]);
		expect(tarball.files.filter(({ mode }) => (mode & 0o111) !== 0)).toEqual([]);
	});
});

/** @returns what is built of the sources in a folder: TypeScript is compiled, pictures and JSON are copied */
function sources(folder: string): string[] {
	return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
		.map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, '.js'));
}

/** @returns what the build writes from the table of records */
function writtenSchemas(): string[] {
	return RECORD_KINDS.flatMap(({ value, operations, verbs = [], others = [] }) =>
		[...operations, ...verbs, ...others].map(
			(operation) => `nodes/Kustomer/__schema__/v1.0.0/${value}/${operation}.json`,
		),
	);
}
