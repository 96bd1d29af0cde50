import { join } from 'node:path';

/** What n8n gets from the host: what a program needs to run at all. No proxy, no registry, no key of the host. */
const FROM_HOST = [
	'PATH',
	'Path',
	'LANG',
	'LC_ALL',
	'TZ',
	'TMPDIR',
	'TEMP',
	'TMP',
	'SystemRoot',
	'windir',
	'ComSpec',
];

/** Everything by which n8n would call outside. */
const SILENCE = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_REINSTALL_MISSING_PACKAGES: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_AI_ENABLED: 'false',
	// It fetches a list of servers at every start and has no switch of its own.
	N8N_DISABLED_MODULES: 'mcp-registry',
};

/** What differs from one n8n to the next. */
export interface Surroundings {
	readonly userFolder: string;
	readonly port: number;
	readonly brokerPort: number;
	readonly webhookUrl: string | undefined;
	/** On top of everything else, so that a test can change any of it. */
	readonly env: Readonly<Record<string, string>>;
}

/** The whole environment of an n8n on loopback with its data in `userFolder` (SQLite). */
export function n8nEnvironment(around: Surroundings): Record<string, string> {
	const fromHost = FROM_HOST.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(fromHost),
		...SILENCE,
		HOME: around.userFolder,
		USERPROFILE: around.userFolder,
		APPDATA: join(around.userFolder, 'AppData'),
		N8N_USER_FOLDER: around.userFolder,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${around.port}`,
		N8N_PORT: String(around.port),
		N8N_RUNNERS_BROKER_PORT: String(around.brokerPort),
		// A browser refuses n8n's secure cookie over plain http.
		N8N_SECURE_COOKIE: 'false',
		...(around.webhookUrl === undefined ? {} : { N8N_WEBHOOK_URL: around.webhookUrl }),
		...around.env,
	};
}
