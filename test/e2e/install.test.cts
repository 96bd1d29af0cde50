// What a person gets from "Settings → Community nodes → Install": the tarball as npm would publish it, put in place by
// the steps of n8n itself. (Through n8n's own page it would have to come from npm, or from a registry of one's own,
// which n8n allows with a licence only.)
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeEvent } from '../../sandbox/kustomer/server.cts';
import { itemsOf } from '../../sandbox/n8n/api.cts';
import { npm } from '../../sandbox/n8n/npm.cts';
import { ensureBuilt, packageFolder } from '../../sandbox/n8n/thisPackage.cts';
import { ITEM, PACKAGE_NAME } from '../fixtures/contract.cts';
import { startWorld, TRIGGER, type World } from '../support/world.cts';

jest.setTimeout(300_000);

const EVENT = 'kustomer.customer.create';
const ACTION = 'Kustomer';

let world: World;
let packageDir: string;

beforeAll(async () => {
	const userFolder = await mkdtemp(join(tmpdir(), 'n8n-nodes-kustomer-'));
	packageDir = await installedTarball(userFolder);
	world = await startWorld({ installed: { userFolder, packageDir } });
});

afterAll(async () => await world?.end());

/** `downloadPackage` in dist/modules/community-packages/community-packages.service.js of n8n 2.41. */
async function installedTarball(userFolder: string): Promise<string> {
	const target = packageFolder(userFolder, PACKAGE_NAME);
	const downloads = join(userFolder, '.n8n', 'nodes');
	await mkdir(target, { recursive: true });
	const args = [
		'pack',
		'--json',
		'--ignore-scripts',
		'--loglevel=silent',
		'--pack-destination',
		downloads,
	];
	const printed = await npm({ cwd: await ensureBuilt(), args });
	const [{ filename }] = JSON.parse(printed) as [{ filename: string }];
	await promisify(execFile)('tar', ['-xzf', filename, '-C', target, '--strip-components=1'], {
		cwd: downloads,
	});
	const manifestFile = join(target, 'package.json');
	const { devDependencies, peerDependencies, optionalDependencies, ...manifest } = JSON.parse(
		await readFile(manifestFile, 'utf8'),
	) as Record<string, unknown> & { name: string; version: string };
	await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
	await npm({
		cwd: target,
		args: [
			'install',
			'--audit=false',
			'--fund=false',
			'--bin-links=false',
			'--install-strategy=shallow',
			'--ignore-scripts=true',
			'--package-lock=false',
			// Ours: whatever it fetched would be a dependency that everybody has to fetch.
			'--offline',
		],
	});
	await rm(join(downloads, filename));
	const ledger = {
		name: 'installed-nodes',
		private: true,
		dependencies: { [manifest.name]: manifest.version },
	};
	await writeFile(join(downloads, 'package.json'), JSON.stringify(ledger, null, 2));
	return target;
}

describe('the package from its tarball', () => {
	it('brought no other package along', async () => {
		expect((await readdir(packageDir)).sort()).toEqual([
			'LICENSE.md',
			'README.md',
			'dist',
			'index.js',
			'package.json',
		]);
		expect(existsSync(join(packageDir, 'node_modules'))).toBe(false);
	});

	it('is what n8n offers, in the version that is pinned', async () => {
		const ours = (name: string) => name.toLowerCase().includes('kustomer');
		expect(world.n8n.version).toMatch(/^2\.41\./);
		expect((await world.n8n.api.nodeTypes()).filter(ours).sort()).toEqual([
			`${PACKAGE_NAME}.kustomer`,
			`${PACKAGE_NAME}.kustomerTool`,
			`${PACKAGE_NAME}.kustomerTrigger`,
		]);
		expect((await world.n8n.api.credentialTypes()).filter(ours).sort()).toEqual([
			'kustomerApi',
			'kustomerWebhookApi',
		]);
	});

	it('shows its icon', async () => {
		const type = await world.n8n.api.nodeDescription(`${PACKAGE_NAME}.kustomerTrigger`);
		const { light, dark } = type?.iconUrl as { light: string; dark: string };
		for (const icon of [light, dark]) {
			const answer = await fetch(`${world.n8n.url}/${icon}`);
			expect([answer.status, answer.headers.get('content-type')]).toEqual([
				200,
				expect.stringContaining('image/svg+xml'),
			]);
		}
	});

	it('receives an event and posts it to a hook', async () => {
		const hook = world.kustomer.createHook('web', { title: 'From the tarball' });
		const workflow = await world.publishTrigger({
			parameters: { events: [EVENT] },
			after: [
				{
					name: ACTION,
					type: `${PACKAGE_NAME}.kustomer`,
					typeVersion: 1,
					parameters: {
						resource: 'inboundHook',
						operation: 'post',
						hookType: 'web',
						hook: { __rl: true, mode: 'url', value: hook.address },
					},
					credentials: { kustomerApi: world.apiCredential },
				},
			],
		});
		const event = makeEvent(EVENT);
		expect(await world.kustomer.send(event)).toMatchObject([{ status: 200 }]);
		const [execution] = await world.n8n.api.waitForExecutions(workflow.id, 1);
		expect(execution.status).toBe('success');
		const [item] = itemsOf(execution, TRIGGER);
		expect(Object.keys(item)).toEqual(ITEM);
		const [{ rawBody }] = world.kustomer.hookRequests();
		expect(JSON.parse(rawBody.toString())).toEqual(item);
		expect(itemsOf(execution, ACTION)).toMatchObject([{ accepted: true, hookType: 'web' }]);
	});

	it('is still published after a crash of n8n', async () => {
		const before = await world.n8n.api.listWorkflows();
		expect(before).toMatchObject([{ active: true }]);
		await world.n8n.kill();
		await world.n8n.start();
		expect(await world.n8n.api.listWorkflows()).toEqual(before);
	});
});
