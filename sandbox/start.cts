import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareDemo } from './demo/prepare.cts';
import { readSettings, writeSettings } from './demo/settings.cts';
import { ALL_ROLES, startKustomer } from './kustomer/server.cts';
import { takeLock } from './n8n/folderLock.cts';
import { freePort } from './n8n/freePort.cts';
import { startN8n, type N8n } from './n8n/n8n.cts';
import { withProgress } from './n8n/progress.cts';
import { quickLooks } from './n8n/quickLooks.cts';
import { ensureN8n } from './n8n/install.cts';
import { ensureBuilt } from './n8n/thisPackage.cts';

/** `npm start -- --folder PATH` keeps its data elsewhere, e.g. to try something beside the demo. */
const { values: given } = parseArgs({ options: { folder: { type: 'string' } } });
const FOLDER = resolve(given.folder ?? join(__dirname, '..', '.cache', 'demo'));
const SETTINGS = join(FOLDER, 'settings.json');
const LOCK = join(FOLDER, 'running');
/** Nobody wants to wait five minutes to see a webhook put right. */
const LOOK_SECONDS = 20;
const N8N_PORT = 5678;
const KUSTOMER_PORT = 5680;
/** Kustomer delivers to https addresses only: the local one is told where this name leads. */
const N8N_ORIGIN = 'https://n8n.example.test';

/** `npm start`: a real n8n with this package and a local Kustomer, joined by a workflow that is published already. */
async function main(): Promise<void> {
	if (!(await takeLock(LOCK))) {
		console.error(
			'The demo is running already, in another terminal. Stop it there with Ctrl-C first.',
		);
		process.exit(1);
	}
	process.once('exit', () => rmSync(LOCK, { force: true }));
	await ensureN8n();
	await ensureBuilt();

	const settings = await readSettings(SETTINGS);
	const demo: { n8n?: N8n; isAway: boolean; isStopping: boolean } = {
		isAway: false,
		isStopping: false,
	};
	const kustomer = await startKustomer({
		port: await portNear(KUSTOMER_PORT, 'the local Kustomer'),
		keys: [{ token: settings.apiKey, roles: ALL_ROLES, userName: 'Demo key' }],
		stateFile: join(FOLDER, 'kustomer.json'),
		n8n: {
			isRunning: () => !demo.isAway,
			stop: async () => {
				demo.isAway = true;
				await demo.n8n?.stop();
			},
			start: async () => {
				await demo.n8n?.start();
				demo.isAway = false;
				endWithN8n();
			},
		},
	});
	const n8n = await withProgress(
		'Starting n8n, about 10 s',
		startN8n({
			userFolder: join(FOLDER, 'n8n'),
			webhookUrl: `${N8N_ORIGIN}/`,
			preferredPort: await portNear(N8N_PORT, 'n8n'),
			env: quickLooks(LOOK_SECONDS),
			onOutput: showOurs,
		}),
	);
	demo.n8n = n8n;
	kustomer.deliverTo(N8N_ORIGIN, n8n.url);

	const end = async (exitCode: number): Promise<void> => {
		await n8n.stop();
		await kustomer.close();
		process.exit(exitCode);
	};
	const stop = (): void => {
		// A terminal's Ctrl-C comes twice: npm passes it on.
		if (demo.isStopping) return;
		demo.isStopping = true;
		console.log(`\nStopping n8n and the local Kustomer ... (their data stays in ${FOLDER})`);
		void end(0);
	};
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);

	const prepared = await prepareDemo(n8n.api, kustomer, settings);
	await writeSettings(SETTINGS, prepared);
	console.log(`
  Local Kustomer   ${kustomer.url}
                   write as a customer there
  n8n              ${n8n.url}/workflow/${prepared.workflowId}/executions
                   the workflow "Kustomer demo" tags the conversation, notes who wrote, and drafts an answer
  Login to n8n     ${n8n.owner.email}
                   ${n8n.owner.password}
  n8n's log        ${join(FOLDER, 'n8n', 'n8n.log')}
                   what the Kustomer Trigger writes there is shown here too

The trigger looks at its webhook every ${LOOK_SECONDS} seconds here, in place of every five minutes.

Ctrl-C stops both. What you change stays in ${FOLDER};
delete that folder to begin anew.
`);
	const endWithN8n = () =>
		void n8n.whenEnded().then(() => {
			if (demo.isStopping || demo.isAway) return;
			console.error(`n8n has ended by itself. Its log: ${join(FOLDER, 'n8n', 'n8n.log')}`);
			void end(1);
		});
	endWithN8n();
}

/** Of what n8n prints, what the package has to say. */
function showOurs(text: string): void {
	for (const line of text.split('\n')) {
		const at = line.indexOf('Kustomer Trigger: ');
		if (at >= 0) console.log(`n8n's log: ${line.slice(at)}`);
	}
}

async function portNear(preferred: number, who: string): Promise<number> {
	const port = await freePort(preferred);
	if (port !== preferred) console.log(`Port ${preferred} is taken: ${who} uses ${port}.`);
	return port;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exit(1);
});
