import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '..', '..');
const LICENCE_CHECKER = join(
	ROOT,
	'node_modules',
	'license-checker-rseidelsohn',
	'bin',
	'license-checker-rseidelsohn.js',
);

/** May be used by whoever builds and tests this package; none of them is in what is published. */
const ALLOWED: ReadonlySet<string> = new Set([
	'0BSD',
	'Apache-2.0',
	'BlueOak-1.0.0',
	'BSD-2-Clause',
	'BSD-3-Clause',
	'CC0-1.0',
	'ISC',
	'MIT',
	'MIT-0',
	'Python-2.0',
	'Unlicense',
	'Zlib',
	// Lists of browsers and licence names, used as they are.
	'CC-BY-3.0',
	'CC-BY-4.0',
	// Asks for the source of changed files; axe-core is used unchanged.
	'MPL-2.0',
]);

/**
 * n8n's own packages: its Sustainable Use License allows to build and test with them, not to hand them on. So they
 * may be development dependencies and nothing else.
 */
const N8N_PACKAGE = /^(n8n-|@n8n\/|@n8n_io\/)/;
const N8N_LICENCE = /Sustainable Use License|LicenseRef-n8n-enterprise/;

/** What a manifest or the root of a lock would bring along for everybody who installs the package. */
const BROUGHT_ALONG = [
	'dependencies',
	'optionalDependencies',
	'bundleDependencies',
	'bundledDependencies',
];

/** What the licence checker tells of a package. */
type Installed = { licenses?: string | string[]; licenseFile?: string };
type Packages = Readonly<Record<string, Installed>>;

/** What `npm audit --json` said, or why it said nothing. */
export type Audit =
	| { isAnswered: true; audited: number; found: Readonly<Record<string, number>> }
	| { isAnswered: false; why: string };

/** @returns the packages that a manifest brings along when it is installed: there must be none */
export function broughtAlong(manifest: Readonly<Record<string, unknown>>): string[] {
	return BROUGHT_ALONG.flatMap((field) => {
		const value = manifest[field] ?? {};
		return Array.isArray(value) ? value.map(String) : Object.keys(value);
	});
}

/** @returns the manifest of this package and the entry that its lock has of it */
export function ownManifests(): Array<Record<string, unknown>> {
	const read = (file: string) =>
		JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, unknown>;
	const { packages } = read('package-lock.json') as { packages: { '': Record<string, unknown> } };
	return [read('package.json'), packages['']];
}

/** @returns every installed package with its licence, as its own files tell */
export async function installedPackages(): Promise<Packages> {
	// By its command: it is an ES module, which jest does not load.
	const { stdout } = await promisify(execFile)(
		process.execPath,
		[LICENCE_CHECKER, '--json', '--excludePrivatePackages', '--start', ROOT],
		{ maxBuffer: 64 * 1024 * 1024 },
	);
	return JSON.parse(stdout) as Packages;
}

/** @returns the packages whose licences nobody has allowed, with the licence */
export function notAllowed(packages: Packages): string[] {
	return Object.entries(packages)
		.filter(([name, info]) => !isAllowed(licenceOf(info)) && !isOfN8n(name, info))
		.map(([name, info]) => `${name}: ${licenceOf(info)}`);
}

/** @returns the packages that are here under n8n's own licences */
export function packagesOfN8n(packages: Packages): string[] {
	return Object.entries(packages)
		.filter(([name, info]) => isOfN8n(name, info))
		.map(([name]) => name);
}

/** @param output what `npm audit --json` printed, whatever it was */
export function readAudit(output: string): Audit {
	let read: unknown;
	try {
		read = JSON.parse(output);
	} catch {
		return { isAnswered: false, why: output.trim().slice(0, 300) || 'npm printed nothing' };
	}
	const { metadata, message, error } = (read ?? {}) as {
		metadata?: { vulnerabilities?: Record<string, number>; dependencies?: { total?: number } };
		message?: string;
		error?: { summary?: string };
	};
	const found = metadata?.vulnerabilities;
	const audited = metadata?.dependencies?.total;
	if (typeof found?.total === 'number' && typeof audited === 'number') {
		return { isAnswered: true, audited, found };
	}
	return { isAnswered: false, why: message || error?.summary || 'the reply holds no counts' };
}

function licenceOf({ licenses }: Installed): string {
	return Array.isArray(licenses) ? licenses.join(' OR ') : (licenses ?? 'none');
}

/** Of alternatives one is enough; of licences that hold together, all must be allowed. */
function isAllowed(expression: string): boolean {
	return expression
		.replace(/[()]/g, '')
		.split(' OR ')
		.some((one) => one.split(' AND ').every((name) => ALLOWED.has(name)));
}

/** A file instead of a name is read: it has to be n8n's licence. */
function isOfN8n(name: string, info: Installed): boolean {
	if (!N8N_PACKAGE.test(name)) return false;
	const licence = licenceOf(info);
	if (!licence.startsWith('Custom:')) return N8N_LICENCE.test(licence);
	return info.licenseFile !== undefined && N8N_LICENCE.test(readFileSync(info.licenseFile, 'utf8'));
}
