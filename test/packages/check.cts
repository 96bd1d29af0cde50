// `npm run check:packages`: what is shipped along (nothing), under which licences the development packages are, and
// what the registry knows against them. Exit code 1 when something is shipped along or a licence is not allowed.
import { spawnSync } from 'node:child_process';
import {
	broughtAlong,
	installedPackages,
	notAllowed,
	ownManifests,
	packagesOfN8n,
	readAudit,
	type Audit,
} from './packages.cts';

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});

async function main(): Promise<void> {
	tellShipped();
	await tellLicences();
	tellDevelopment(audit());
}

function tellShipped(): void {
	const shipped = ownManifests().flatMap(broughtAlong);
	if (shipped.length > 0) {
		fail(`Shipped along, and nothing may be: ${[...new Set(shipped)].join(', ')}.`);
		return;
	}
	// With nothing to ask about, npm asks nobody: this holds without a registry as well.
	const result = audit('--omit=dev');
	if (result.isAnswered && result.found.total !== 0) {
		fail(`npm audit knows weaknesses in what is shipped: ${countsOf(result)}.`);
		return;
	}
	console.log('Shipped along: nothing, so there is nothing to audit in what users install.');
}

async function tellLicences(): Promise<void> {
	const packages = await installedPackages();
	const refused = notAllowed(packages);
	if (refused.length > 0) {
		fail(
			`Licences that nobody has allowed yet:\n  ${refused.join('\n  ')}\n` +
				'Read them, then remove the package or add the licence to test/packages/packages.cts.',
		);
		return;
	}
	const ofN8n = packagesOfN8n(packages).length;
	console.log(
		`Development packages: ${Object.keys(packages).length}, all under allowed licences. ` +
			`${ofN8n} of them are n8n's own (Sustainable Use License): for development only, never shipped.`,
	);
}

/** Only told: what is never shipped endangers no user, and most of it comes with n8n's own packages. */
function tellDevelopment(result: Audit): void {
	if (!result.isAnswered) {
		console.log(
			`Audit of the development packages: NOT DONE, the registry did not answer (${result.why}). ` +
				'Nothing is known for or against them; run this again with a registry that answers audits.',
		);
		return;
	}
	console.log(
		`Audit of the development packages (${result.audited}): ${countsOf(result)}. ` +
			'It is told only and decides nothing here: "npm audit" shows them.',
	);
}

function audit(...args: string[]): Audit {
	// On Windows npm is a .cmd file, which Node starts only through a shell.
	const { stdout, error } = spawnSync('npm', ['audit', '--json', ...args], {
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
		shell: process.platform === 'win32',
		timeout: 120_000,
	});
	return error ? { isAnswered: false, why: error.message } : readAudit(stdout);
}

function countsOf({ found }: Extract<Audit, { isAnswered: true }>): string {
	const { total, ...bySeverity } = found;
	if (total === 0) return 'nothing known against them';
	const parts = Object.entries(bySeverity).filter(([, count]) => count > 0);
	return parts.map(([severity, count]) => `${count} ${severity}`).join(', ');
}

function fail(words: string): void {
	console.error(words);
	process.exitCode = 1;
}
