import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { preProcessFile } from 'typescript';

const ROOT = resolve(__dirname, '..', '..', '..');
const KUSTOMER = 'nodes/Kustomer';
const [EVENT, API] = [`${KUSTOMER}/event`, `${KUSTOMER}/api`];
const MISSED = `${KUSTOMER}/missed`;
const [NARROWING, BOUNDED] = [`${KUSTOMER}/narrowing`, `${KUSTOMER}/bounded`];

/** A folder may import from itself and from these; of packages, the published code only from those named here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	[EVENT]: [NARROWING, 'node:crypto'],
	[API]: [NARROWING, BOUNDED, 'n8n-workflow', 'node:crypto'],
	[MISSED]: [EVENT, API, NARROWING],
	[`${KUSTOMER}/actions`]: [MISSED, EVENT, API, NARROWING, 'n8n-workflow', 'node:crypto'],
	[`${KUSTOMER}/trigger`]: [MISSED, EVENT, API, NARROWING, BOUNDED, 'n8n-workflow', 'node:crypto'],
	credentials: [API, 'n8n-workflow'],
	// An oracle shares no code with what it judges.
	'sandbox/kustomer': ['any package'],
	sandbox: [EVENT, 'any package'],
	'test/support': ['nodes', 'credentials', 'sandbox', 'any package'],
	bench: ['nodes', 'sandbox', 'test/support', 'any package'],
};

describe('the house', () => {
	it.each(Object.entries(MAY_IMPORT))(
		'has no way from %s but to itself and %j',
		(folder, rooms) => {
			expect(strangers(folder, rooms)).toEqual([]);
		},
	);

	it.each(Object.keys(MAY_IMPORT))('would tell of every way out of %s', (folder) => {
		expect(strangers(folder, [])).not.toEqual([]);
	});
});

/** @returns "file → import" for what leads to none of the rooms */
function strangers(folder: string, rooms: readonly string[]): string[] {
	return waysOut(folder)
		.filter(({ to, isPackage }) =>
			[folder, ...rooms].every(
				(room) => !isWithin(to, room) && !(isPackage && room === 'any package'),
			),
		)
		.map(({ from, to }) => `${from} → ${to}`);
}

function isWithin(path: string, room: string): boolean {
	return path === room || path.startsWith(`${room}/`);
}

function waysOut(folder: string): Array<{ from: string; to: string; isPackage: boolean }> {
	return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.c?ts$/.test(entry.name))
		.flatMap(({ name, parentPath }) => {
			const from = join(parentPath, name);
			return preProcessFile(readFileSync(from, 'utf8')).importedFiles.map(({ fileName }) => {
				const isPackage = !fileName.startsWith('.');
				const to = isPackage ? fileName : fromRoot(resolve(parentPath, fileName));
				return { from: fromRoot(from), to, isPackage };
			});
		});
}

function fromRoot(path: string): string {
	return relative(ROOT, path).replaceAll('\\', '/');
}
