import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type { PackageDirectoryLoader } from 'n8n-core';
import {
	webhookDescriptionIsNativelyResolvable,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookDescription,
} from 'n8n-workflow';
import { simplifiedItem } from '../../../nodes/Kustomer/event/item';
import { ensureBuilt } from '../../../sandbox/n8n/thisPackage.cts';
import { eventOf, updated } from '../../fixtures/envelopes.cts';

// n8n's own loader, on the same files that npm would publish.
const core = import('n8n-core');

let root: string;
let loader: PackageDirectoryLoader;

beforeAll(async () => {
	const { PackageDirectoryLoader } = await core;
	root = await ensureBuilt();
	loader = new PackageDirectoryLoader(root);
	await loader.loadAll();
}, 120_000);

const NODES = ['kustomer', 'kustomerTrigger'] as const;

function nodeType(name: string): INodeType {
	return loader.getNode(name).type as INodeType;
}

describe('n8n, loading the built package,', () => {
	it('finds the nodes and credentials under the names that saved workflows use', () => {
		expect(loader.packageName).toBe('n8n-nodes-kustomer');
		expect(Object.keys(loader.known.nodes)).toEqual(NODES);
		expect(Object.keys(loader.known.credentials)).toEqual(['kustomerApi', 'kustomerWebhookApi']);
	});

	it('finds their versions', () => {
		expect(nodeType('kustomer').description.version).toBe(1);
		expect(nodeType('kustomerTrigger').description.version).toBe(1.1);
	});

	it('finds a trigger that does all that n8n asks of it', () => {
		const trigger = nodeType('kustomerTrigger');
		expect(trigger.description).toMatchObject({ group: ['trigger'], inputs: [] });
		expect(typeof trigger.webhook).toBe('function');
		expect(typeof trigger.execute).toBe('function');
		expect(Object.keys(trigger.webhookMethods?.default ?? {}).sort()).toEqual([
			'checkExists',
			'create',
			'delete',
		]);
	});

	it('finds one webhook, at the address that was given to Kustomer', () => {
		expect(nodeType('kustomerTrigger').description.webhooks).toEqual([
			expect.objectContaining({ name: 'default', httpMethod: 'POST', path: 'webhook' }),
		]);
	});

	it('needs its expression engine for nothing that it reads of a webhook on each delivery', () => {
		const [webhook] = nodeType('kustomerTrigger').description.webhooks ?? [];
		// The editor alone reads this one.
		const perDelivery = { ...webhook, ndvHideUrl: false } as IWebhookDescription;
		expect(webhookDescriptionIsNativelyResolvable(perDelivery)).toBe(true);
	});

	it.each(NODES)('finds both icons of %s', (name) => {
		expectIcons(nodeType(name).description);
	});

	it.each(NODES)('finds where %s belongs and where its documentation is', (name) => {
		const { codex } = nodeType(name).description;
		expect(codex?.categories).toContain('Communication');
		expect(codex?.resources?.primaryDocumentation?.[0]?.url).toMatch(/^https:/);
		expect(codex?.resources?.credentialDocumentation?.[0]?.url).toMatch(/^https:/);
	});

	it.each(NODES)('finds a test for every credential of %s', (name) => {
		const { description, methods } = nodeType(name);
		expect(description.credentials).toHaveLength(2);
		for (const { testedBy } of description.credentials ?? []) {
			expect(methods?.credentialTest).toHaveProperty([testedBy as string]);
		}
	});

	it.each(['kustomerApi', 'kustomerWebhookApi'])('finds the icons and nodes of %s', (name) => {
		const { type } = loader.getCredential(name);
		expectIcons(type);
		expect(loader.known.credentials[name]?.supportedNodes).toEqual(NODES);
	});

	it('finds the fields of the simplified item, to offer them before the first event', async () => {
		const { loadOutputSchema } = await core;
		const schema = loadOutputSchema({ nodeDir: dirOf('kustomerTrigger'), version: 1.1 });
		const item = simplifiedItem(eventOf(updated('kustomer.conversation.update')));
		expect(Object.keys(schema?.properties ?? {})).toEqual(Object.keys(item));
	});

	it('finds the fields of what each operation returns', async () => {
		const { loadOutputSchema } = await core;
		const pairs = operationsOf(nodeType('kustomer').description);
		expect(pairs.length).toBeGreaterThan(10);
		for (const pair of pairs) {
			const ref = { nodeDir: dirOf('kustomer'), version: 1, ...pair };
			expect([pair, Object.keys(loadOutputSchema(ref)?.properties ?? {})]).not.toEqual([pair, []]);
		}
	});
});

describe('the built package', () => {
	it('needs nothing but n8n-workflow and Node itself', () => {
		const needed = new Set(filesIn(join(root, 'dist'), '.js').flatMap(importsOf));
		const foreign = [...needed].filter((name) => !name.startsWith('.') && !isBuiltin(name));
		expect(foreign).toEqual(['n8n-workflow']);
		expect([...needed].filter((name) => isBuiltin(name))).toEqual(['node:crypto']);
	});

	it('holds a compiled file for every source, and no test', () => {
		const compiled = filesIn(join(root, 'dist'), '.js').map((file) => file.replace(/\.js$/, ''));
		const sources = ['nodes', 'credentials']
			.flatMap((folder) => filesIn(join(root, folder), '.ts'))
			.map((file) => file.replace(root, join(root, 'dist')).replace(/\.ts$/, ''));
		expect(compiled.sort()).toEqual(sources.sort());
	});
});

type Icons = { iconUrl?: unknown };

function expectIcons({ iconUrl }: Icons): void {
	const { light, dark } = iconUrl as { light: string; dark: string };
	expect(light).not.toBe(dark);
	for (const url of [light, dark]) {
		const file = url.replace('icons/n8n-nodes-kustomer/', '');
		expect([file, existsSync(join(root, file))]).toEqual([file, true]);
	}
}

function dirOf(name: string): string {
	return join(root, dirname(loader.getNode(name).sourcePath));
}

/** The pairs that the editor asks schemas for: every operation is shown for one resource. */
function operationsOf({ properties }: INodeTypeDescription) {
	return properties
		.filter((property) => property.name === 'operation')
		.flatMap(({ displayOptions, options }) => {
			const [resource] = displayOptions?.show?.resource ?? [];
			return (options ?? []).map((option) => ({
				resource: resource as string,
				operation: 'value' in option ? String(option.value) : '',
			}));
		});
}

function filesIn(folder: string, end: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith(end))
		.map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): string[] {
	const code = readFileSync(file, 'utf8');
	return [...code.matchAll(/\b(?:require|import)\(["']([^"']+)["']\)/g)].map(
		(match) => match[1] ?? '',
	);
}
